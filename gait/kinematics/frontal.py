"""Metrics of the rear and front view. Definitions and signs: ``gait/knowledge/metrics.toml``; y up, degrees.

Every function takes the tracks, a side and the times of its steps and returns one value a step, (S,).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

import numpy as np

from gait.kinematics.camera import SHANK, THIGH
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


#: Breadth of a knee over body height: what lies between its middle and its inner edge, twice (anthropometric mean of
#: 9.5 cm at 1.75 m). [E]
KNEE_BREADTH = 0.054
#: Shares of stance over which a foot's place is averaged.
STANDING = (0.4, 0.6)


def _sideways(tracks: Tracks, times: Array, *names: str) -> Array:
    """Place of points towards the runner's right, pixels; same shape as ``times``."""
    x = tracks.at(times.ravel(), *names)[:, 0].reshape(times.shape)
    return np.asarray(own_side(tracks, "right") * x)


def step_width(tracks: Tracks, side: str, contact: Array, off: Array) -> Array:
    """Right ankle beyond the left, each at its mid-stance, cm; one value a step, with the step that follows.

    NaN without a scale. The other foot is taken to stand half a stride later.
    """
    scale = tracks.camera.m_per_px
    if scale is None or len(contact) < 2:
        return np.full(len(contact), np.nan)
    other = {"left": "right", "right": "left"}[side]
    here = stance_samples(contact, off, *STANDING, count=5)
    there = here + 0.5 * float(np.median(np.diff(contact)))
    apart = _sideways(tracks, here, f"{side}_ankle") - _sideways(tracks, there, f"{other}_ankle")
    return 100 * scale * {"left": -1.0, "right": 1.0}[side] * np.asarray(apart.mean(axis=1))


def hip_width_px(tracks: Tracks) -> float:
    """95th percentile of the distance between the hips."""
    return float(np.nanpercentile(np.abs(tracks.xy("left_hip")[:, 0] - tracks.xy("right_hip")[:, 0]), 95))


def knee_window(tracks: Tracks, side: str, contact: Array, off: Array) -> Array:
    """Smallest gap between the knees in each stance, share of hip width; 0 or less: they touch or cross."""
    times = stance_samples(contact, off)
    apart = _sideways(tracks, times, "right_knee") - _sideways(tracks, times, "left_knee")
    breadth = KNEE_BREADTH * tracks.camera.leg_px / (THIGH + SHANK)
    return np.asarray((apart - breadth).min(axis=1) / hip_width_px(tracks))


def lateral_trunk_lean(tracks: Tracks, side: str, contact: Array, off: Array) -> Array:
    """Tilt of the line mid-hip to mid-shoulder in the image, mean over stance; + = towards the standing leg."""
    times = stance_samples(contact, off)
    trunk = tracks.at(times.ravel(), "left_shoulder", "right_shoulder") - tracks.at(
        times.ravel(), "left_hip", "right_hip"
    )
    tilt = np.degrees(np.arctan2(trunk[:, 0], trunk[:, 1])).reshape(times.shape).mean(axis=1)
    return own_side(tracks, side) * np.asarray(tilt)


#: Shares of stance over which the largest drop is looked for (method §2).
DROP_FROM, DROP_TO = 0.10, 0.70


def is_marked(tracks: Tracks) -> bool:
    """Say whether tape or a waistband was followed rather than plain cloth."""
    return tracks.pose.attrs.get("pelvis_mark") in ("tape", "waistband")


def seen_drop(tracks: Tracks, side: str, contact: Array, off: Array) -> Array:
    """Largest drop of the free side in each stance as the picture shows it, degrees about the stride's mean."""
    return np.asarray(_drop(tracks, side, stance_samples(contact, off, DROP_FROM, DROP_TO)).max(axis=1))


def seen_drop_midstance(tracks: Tracks, side: str, contact: Array, off: Array) -> Array:
    """Drop of the free side in the middle of each stance as the picture shows it, degrees."""
    return _drop(tracks, side, 0.5 * (contact + off)[:, None])[:, 0]


def _drop(tracks: Tracks, side: str, times: Array) -> Array:
    tilt = np.interp(times.ravel(), tracks.time, tracks.tilt, left=np.nan, right=np.nan).reshape(times.shape)
    # The standing leg's side higher is a drop of the other.
    return np.asarray(own_side(tracks, side) * tilt)


@cache
def pelvis_lines() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Load how the drop seen becomes the drop: metric → view, and ``_marked`` where marks are seen → line."""
    text = resources.files("gait.knowledge").joinpath("pelvis.toml").read_text(encoding="utf-8")
    lines: Mapping[str, Mapping[str, Mapping[str, float]]] = tomllib.loads(text)
    return lines


def _measured_drop(key: str, tracks: Tracks, seen: Array) -> Array:
    view = tracks.camera.view + ("_marked" if is_marked(tracks) else "")
    line = pelvis_lines().get(key, {}).get(view, {"offset": 0.0, "slope": 1.0})
    return np.asarray(line["offset"] + line["slope"] * seen)


def pelvic_drop(tracks: Tracks, side: str, contact: Array, off: Array) -> Array:
    """Largest pelvic drop in each stance (10–70 %), degrees; + = free side low.

    Against the mean over the stride, so that only the mean of both sides is known. Plain cloth moves less than the bone
    under it: what is seen is stretched by what was learned on rendered runners (``gait/knowledge/pelvis.toml``).
    """
    return _measured_drop("pelvic_drop", tracks, seen_drop(tracks, side, contact, off))


def pelvic_drop_midstance(tracks: Tracks, side: str, contact: Array, off: Array) -> Array:
    """Pelvic drop in the middle of each stance, degrees; see `pelvic_drop`."""
    return _measured_drop("pelvic_drop_midstance", tracks, seen_drop_midstance(tracks, side, contact, off))
