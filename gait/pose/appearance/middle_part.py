"""The middle of a clip, where shoes and dots are looked at."""

from __future__ import annotations

import numpy as np
import xarray as xr

from gait.pose.dataset import SAMPLED_WINDOWS_ATTR


def middle_part(pose: xr.Dataset, seconds: float) -> slice:
    """Choose the frames in the middle of a clip, so many that they last a certain time.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset. Where windows of frames were seen, the time between them does not count.
    seconds : float
        s of playback.

    Returns
    -------
    slice
        Consecutive frames of the dataset; all of them in a shorter clip.
    """
    time = np.asarray(pose.time.values, dtype=float)
    if not len(time):
        return slice(0, 0)
    if SAMPLED_WINDOWS_ATTR in pose.attrs:
        count = min(round(seconds * float(pose.attrs["fps"])), len(time))
        first = (len(time) - count) // 2
        return slice(first, first + count)
    inside = np.flatnonzero(np.abs(time - 0.5 * (time[0] + time[-1])) <= 0.5 * seconds)
    return slice(int(inside[0]), int(inside[-1]) + 1) if len(inside) else slice(0, 0)
