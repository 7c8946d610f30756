"""The moving mean, without `scipy.ndimage`, whose import takes a tenth of a second."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray


def moving_mean(values: FloatArray, width: int) -> FloatArray:
    """Return the mean of ``width`` values around each value.

    Parameters
    ----------
    values : (n,) float array
        Evenly spaced, without NaN; beyond both ends the first and the last value count again.
    width : int
        From 1 to ``n``. An even one reaches one value farther back than ahead.

    Returns
    -------
    (n,) float array

    Notes
    -----
    The same, to the last bit, as ``scipy.ndimage.uniform_filter1d(values, width, mode="nearest")``.

    Examples
    --------
    >>> moving_mean(np.array([0.0, 3.0, 6.0, 6.0]), 3).tolist()
    [1.0, 3.0, 5.0, 6.0]
    """
    before = width // 2
    padded = np.pad(np.asarray(values, dtype=float), (before, width - before - 1), mode="edge")
    # One sum after another, as SciPy adds them.
    first = np.cumsum(padded[:width])[-1]
    return np.asarray(np.cumsum(np.concatenate([[first], padded[width:] - padded[:-width]])) / width)
