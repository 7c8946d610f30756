"""Type aliases that all rooms share."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

#: Array of real numbers; docstrings give its shape and unit.
FloatArray = NDArray[np.float64]
#: Array of booleans.
BoolArray = NDArray[np.bool_]
#: Frame or drawing, (height, width, 3) uint8, RGB.
Image = NDArray[np.uint8]
#: File or folder.
PathLike = str | os.PathLike[str]
#: Called with (done, total); ``total`` is ``None`` where it is unknown.
ProgressCallback = Callable[[int, int | None], None]
