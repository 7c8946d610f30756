"""The zero-phase Butterworth filter, without `scipy.signal`, whose import takes longer than a short clip's analysis."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray


def filter_zero_phase(values: FloatArray, cutoff: float, *, padding: int) -> FloatArray:
    """Low-pass the columns of an array forwards and backwards: together fourth order, without lag.

    Parameters
    ----------
    values : (T, C) float array
        Evenly spaced, in any unit, without NaN.
    cutoff : float
        Where a single pass halves the power, as a share of half the frame rate, 0 to 1.
    padding : int
        Values by which both ends are continued, mirrored about the end point; less than ``T``.

    Returns
    -------
    (T, C) float array

    Notes
    -----
    The same as ``scipy.signal.sosfiltfilt(butter(2, cutoff, output="sos"), values, axis=0, padlen=padding)``.
    """
    # Bilinear transform of the analogue filter with poles at ±135°, frequency pre-warped.
    warped = np.tan(np.pi * cutoff / 2)
    scale = 1 + np.sqrt(2) * warped + warped**2
    gain = warped**2 / scale
    feedback = 2 * (warped**2 - 1) / scale, (1 - np.sqrt(2) * warped + warped**2) / scale
    if padding:
        before = 2 * values[0] - values[padding:0:-1]
        after = 2 * values[-1] - values[-2 : -padding - 2 : -1]
        values = np.concatenate([before, values, after])
    smooth = _filter(_filter(values, gain, feedback)[::-1], gain, feedback)[::-1]
    return smooth[padding : len(smooth) - padding]


def _filter(values: FloatArray, gain: float, feedback: tuple[float, float]) -> FloatArray:
    """Filter once, as if the first value had lasted for ever before (transposed direct form II)."""
    first, second = feedback
    filtered = np.empty_like(values)
    driven = gain * values
    # The state that a constant input leads to; the filter keeps a constant.
    later = (gain - second) * values[0]
    soon = (3 * gain - first - second) * values[0]
    for row, drive, out in zip(driven, 2 * driven, filtered, strict=True):
        np.add(row, soon, out=out)
        soon = drive - first * out + later
        later = row - second * out
    return filtered
