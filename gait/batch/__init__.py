"""Many clips: which sessions they make, where they lie, who analyses them, and the index of all.

``gait.batch`` was a function in version 0.1 and is this package now. Calling it still works, with a warning.
"""

from __future__ import annotations

import sys
import warnings
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    """Lets the package be called like the function `gait.batch` of version 0.1."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        from gait.batch.batch_run import analyze_batch

        warnings.warn("gait.batch() is now gait.analyze_batch()", DeprecationWarning, stacklevel=2)
        return analyze_batch(*args, **options)


sys.modules[__name__].__class__ = _CallablePackage
