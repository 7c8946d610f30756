"""Where in a clip somebody is seen who runs: no step is counted where nobody is, or where somebody stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

from gait._typing import BoolArray
from gait.geometry.camera import Camera, keypoint_xy
from gait.records import View
from gait.signal.cleaning import CleanedPose, stride_signals

#: Swing of the feet about a moment (standard deviation over one stride) as a share of the clip's median, below which
#: nobody runs: a still picture, a pause, somebody who stands. Drift and fatigue change it by a tenth. [E]
MIN_SWING_SHARE = 0.4
#: The same in legs: runs have 0.4 and more from the side, 0.05 and more from behind and in front. [E]
MIN_SWING: Mapping[View, float] = {"side": 0.12, "rear": 0.015, "front": 0.015}
#: Variable of the cleaned poses: the frames in which somebody runs.
RUNNING = "running"
#: An event may lie so many frames outside the frames in which the runner is seen.
EDGE_FRAMES = 1.5


def mark_frames_running(cleaned: CleanedPose, estimated: xr.Dataset, camera: Camera) -> CleanedPose:
    """Mark the frames in which a runner is seen and runs.

    Parameters
    ----------
    cleaned : CleanedPose
    estimated : xarray.Dataset
        The poses before they were cleaned: where somebody stands, cleaning would go on with the mean stride.
    camera : Camera

    Returns
    -------
    CleanedPose
        Its pose has one more variable, ``running`` (time): 1 where somebody runs, else 0.
    """
    time, half = cleaned.phase.time, 0.5 / cleaned.phase.frequency_hz
    seen = np.isfinite(keypoint_xy(cleaned.pose, "left_hip", "right_hip")[:, 0])
    swing = stride_signals(estimated, camera)[0]
    first, last = np.searchsorted(time, time - half), np.searchsorted(time, time + half, side="right")
    good = np.isfinite(swing)
    sums = [np.concatenate([[0.0], np.cumsum(np.where(good, v, 0.0))]) for v in (np.ones(len(time)), swing, swing**2)]
    count, total, squares = (s[last] - s[first] for s in sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(np.clip(squares / count - (total / count) ** 2, 0, None))
        usual = float(np.nanmedian(spread[seen])) if seen.any() else np.nan
        moving = spread > max(MIN_SWING_SHARE * usual, MIN_SWING[camera.view] * camera.leg_px)
    return replace(cleaned, pose=cleaned.pose.assign({RUNNING: ("time", (seen & moving).astype(np.int8))}))


def frames_running(cleaned: CleanedPose) -> BoolArray:
    """Return the frames in which a runner is seen and runs.

    Parameters
    ----------
    cleaned : CleanedPose
        Of :func:`mark_frames_running`; of another all frames count in which the hips are known.

    Returns
    -------
    (T,) bool array
    """
    if RUNNING in cleaned.pose:
        return np.asarray(cleaned.pose[RUNNING].values == 1)
    return np.asarray(np.isfinite(keypoint_xy(cleaned.pose, "left_hip", "right_hip")[:, 0]))


def strides_seen(cleaned: CleanedPose) -> float:
    """Count the strides during which a runner is seen and runs.

    Parameters
    ----------
    cleaned : CleanedPose

    Returns
    -------
    float
    """
    running = frames_running(cleaned)
    together = running[1:] & running[:-1]
    for part in cleaned.phase.segments[1:]:
        together[part.start - 1] = False
    return float(np.diff(cleaned.phase.phase)[together].sum())


def keep_events_seen(events: pd.DataFrame, cleaned: CleanedPose) -> pd.DataFrame:
    """Drop the events of moments at which nobody is seen who runs.

    Parameters
    ----------
    events : pandas.DataFrame
        As `gait.events.detection.locate_events` gives them.
    cleaned : CleanedPose

    Returns
    -------
    pandas.DataFrame
    """
    time = cleaned.phase.time[frames_running(cleaned)]
    if not len(time) or events.empty:
        return events.iloc[:0]
    tolerance = EDGE_FRAMES * float(np.median(np.diff(cleaned.phase.time)))
    at = events.time_s.to_numpy(dtype=float)
    after = np.clip(np.searchsorted(time, at), 1, len(time) - 1) if len(time) > 1 else np.zeros(len(at), dtype=int)
    nearest = np.minimum(np.abs(time[after] - at), np.abs(time[after - 1] - at))
    seen: pd.DataFrame = events[nearest <= tolerance].reset_index(drop=True)
    return seen
