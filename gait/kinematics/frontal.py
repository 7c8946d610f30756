"""Metrics of the rear and front view. Definitions and signs: ``gait/knowledge/metrics.toml``; y up, degrees.

Every function takes the tracks, a side and the times of its steps and returns one value a step, (S,).
"""

from __future__ import annotations

import numpy as np

from gait.kinematics.phase import Array
from gait.kinematics.sagittal import stance_samples
from gait.kinematics.tracks import Tracks


def own_side(tracks: Tracks, side: str) -> int:
    """Image direction (+1 right, −1 left) in which the runner's given side lies."""
    towards_right = {"left": -1, "right": 1}[side]
    return -towards_right if tracks.camera.view == "front" else towards_right


def shoulder_width_px(tracks: Tracks) -> float:
    """95th percentile of the shoulder distance: the trunk's rotation only ever narrows it."""
    return float(np.nanpercentile(np.abs(tracks.xy("left_shoulder")[:, 0] - tracks.xy("right_shoulder")[:, 0]), 95))


def wrist_past_midline(tracks: Tracks, side: str) -> Array:
    """How far a wrist is past the trunk's midline towards the other side, shoulder widths; (T,).

    The midline runs through mid-shoulder and mid-hip and is taken at the height of the wrist.
    """
    shoulder, hip = tracks.xy("left_shoulder", "right_shoulder"), tracks.xy("left_hip", "right_hip")
    wrist = tracks.xy(f"{side}_wrist")
    share = (wrist[:, 1] - hip[:, 1]) / (shoulder[:, 1] - hip[:, 1])
    midline = hip[:, 0] + share * (shoulder[:, 0] - hip[:, 0])
    return np.asarray(-own_side(tracks, side) * (wrist[:, 0] - midline) / shoulder_width_px(tracks))


def _over_strides(tracks: Tracks, values: Array, contact: Array) -> list[Array]:
    """Cut a (T,) signal at the contacts of one foot; one piece a stride, the last one as long as the median."""
    if len(contact) < 2:
        return [np.array([np.nan])] * len(contact)
    stride = float(np.median(np.diff(contact)))
    grid = np.linspace(0, stride, 80, endpoint=False)
    return [np.interp(c + grid, tracks.time, values, left=np.nan, right=np.nan) for c in contact]


def arm_crossover(tracks: Tracks, side: str, contact: Array, off: Array) -> Array:
    """Farthest the wrist of a side gets past the midline in each stride, shoulder widths; + = crossed."""
    return np.array([piece.max() for piece in _over_strides(tracks, wrist_past_midline(tracks, side), contact)])


def arm_swing_lateral(tracks: Tracks, side: str, contact: Array, off: Array) -> Array:
    """Side-to-side range of the wrist against the midline in each stride, shoulder widths."""
    return np.array([np.ptp(piece) for piece in _over_strides(tracks, wrist_past_midline(tracks, side), contact)])


def lateral_trunk_lean(tracks: Tracks, side: str, contact: Array, off: Array) -> Array:
    """Tilt of the line mid-hip to mid-shoulder in the image, mean over stance; + = towards the standing leg."""
    times = stance_samples(contact, off)
    trunk = tracks.at(times.ravel(), "left_shoulder", "right_shoulder") - tracks.at(
        times.ravel(), "left_hip", "right_hip"
    )
    tilt = np.degrees(np.arctan2(trunk[:, 0], trunk[:, 1])).reshape(times.shape).mean(axis=1)
    return own_side(tracks, side) * np.asarray(tilt)
