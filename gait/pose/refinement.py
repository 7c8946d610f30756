"""A second, better network in some strides: in which frames it runs, and its keypoints beside those of the first.

The network that runs in every frame gives tracking, rhythm and what differs from stride to stride. How its keypoints
differ from those of the better network repeats with every stride, so a few strides show it
(`gait.signal.network_difference`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from gait._typing import FloatArray
from gait.pose.checkpoints import PoseChunk
from gait.pose.dataset import CONFIDENCE_DIMS, POSITION_DIMS, REFINED_CONFIDENCE, REFINED_POSITION

if TYPE_CHECKING:
    import xarray as xr

#: Frames that the second network is given in clips of up to a minute, in how many windows, and how much of a longer
#: run one window stands for, seconds of real time. In nine clips 150 frames brought hips and legs as close to those of
#: the second network alone as all frames did, within 0.25 % of the leg (medians); 75 frames within 0.75 %. [E]
REFINED_FRAMES, MIN_WINDOWS, WINDOW_EVERY_S = 150, 3, 20.0
#: The same where the second network runs in the crops of the first one: frames, and at most so many of them per second
#: of real time. In eight clips of 5 s (side, known truth), keypoints of 75 such frames in three rows gave values that
#: lie 0.07 half widths of the interval from those of every second frame (root mean square), 150 frames in a row 0.06,
#: 75 single frames at jittered places 0.09, 60 of them 0.09, and 72 frames in six rows 0.10. [E]
SPARSE_FRAMES, SPARSE_FPS = 75, 30.0
#: (1 + √5) / 2 − 1: multiples of it, without the whole part, are spread evenly.
_GOLDEN = 0.6180339887498949
#: Two networks place half of a person's keypoints within this share of the body's diagonal. [E]
_SAME_PERSON = 0.15
_SAME_TIME_S = 1e-4


def refinement_windows(times: FloatArray, real_per_playback: float, *, frames: int = REFINED_FRAMES) -> list[slice]:
    """Choose the frames for the second network: windows spread evenly over the clip.

    Parameters
    ----------
    times : (n,) float array
        Of the frames in which poses are estimated, seconds of the playback timeline.
    real_per_playback : float
        Real seconds per second of playback.
    frames : int
        Frames in all windows of a clip of up to a minute.

    Returns
    -------
    list of slice
        Into ``times``, in order, not overlapping. One over all frames where the clip has not many more.
    """
    if len(times) <= frames:
        return [slice(0, len(times))] if len(times) else []
    duration_s = float(times[-1] - times[0]) * real_per_playback
    count = max(MIN_WINDOWS, math.ceil(duration_s / WINDOW_EVERY_S))
    length = frames // MIN_WINDOWS
    if count * length >= len(times):
        return [slice(0, len(times))]
    middles = (np.arange(count) + 0.5) * len(times) / count
    starts = np.floor(middles - length / 2).astype(int)
    return [slice(int(start), int(start) + length) for start in starts]


def sparse_rows(frames: int, count: int, fps: float, *, rows: int = 1, before: int = 0) -> tuple[int, ...]:
    """Choose frames for the second network in rows: the same distance apart within a row, so that all phases are shown.

    Parameters
    ----------
    frames : int
        How many consecutive frames there are.
    count : int
        How many to choose, in all rows together.
    fps : float
        Poses per second of real time: at most `SPARSE_FPS` of them are chosen.
    rows : int
        One in each of so many equal stretches of the frames, at a place that differs from row to row.
    before : int
        Rows in other frames of the same video.

    Returns
    -------
    tuple of int
        Numbers below ``frames``, increasing; fewer than ``count`` where there are not enough frames.
    """
    step = max(int(fps / SPARSE_FPS + 0.02), 1)
    length = math.ceil(count / rows) * step
    if length * rows >= frames:
        return tuple(range(0, frames, step))
    edges = np.arange(rows + 1) * frames // rows
    share = (before + np.arange(1, rows + 1)) * _GOLDEN % 1
    starts = edges[:-1] + np.floor(share * (np.diff(edges) - length)).astype(int)
    return tuple(int(start) + place for start in starts for place in range(0, length, step))


def add_refinement(pose: xr.Dataset, windows: Iterable[PoseChunk]) -> xr.Dataset:
    """Add the keypoints of the second network to the runner's poses.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset of the first network.
    windows : iterable of PoseChunk
        Everybody whom the second network found, window by window.

    Returns
    -------
    xarray.Dataset
        With the variables ``refined_position`` (pixels) and ``refined_confidence`` (0–1): NaN outside the windows, and
        where the second network did not find the runner.
    """
    time = np.asarray(pose.time.values, dtype=float)
    first = pose.position.isel(individual=0).transpose("time", "keypoint", "space").values
    position = np.full(first.shape, np.nan)
    confidence = np.full(first.shape[:2], np.nan)
    for window in windows:
        if not len(time) or window.time[-1] < time[0] - _SAME_TIME_S or window.time[0] > time[-1] + _SAME_TIME_S:
            continue
        nearest = np.full(len(time), _SAME_PERSON)
        for person, frame in enumerate(window.frame):
            row = int(np.argmin(np.abs(time - window.time[frame])))
            if abs(time[row] - window.time[frame]) > _SAME_TIME_S or not np.isfinite(first[row]).any():
                continue
            size = float(np.hypot(*np.ptp(first[row][np.isfinite(first[row]).all(axis=1)], axis=0)))
            away = np.linalg.norm(window.position[person] - first[row], axis=1)
            distance = float(np.nanmedian(away)) / max(size, 1.0)
            if distance < nearest[row]:
                nearest[row] = distance
                position[row], confidence[row] = window.position[person], window.confidence[person]
    return pose.assign(
        {
            REFINED_POSITION: (POSITION_DIMS, position.swapaxes(1, 2)[..., np.newaxis]),
            REFINED_CONFIDENCE: (CONFIDENCE_DIMS, confidence[..., np.newaxis]),
        }
    )
