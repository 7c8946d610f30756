"""Metrics of the rear and front view. Definitions and signs: ``gait/findings/metrics.toml``; y up, degrees.

Every function takes the tracks, a side and the times of its steps and returns one value a step, (S,).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

import numpy as np

from gait._typing import FloatArray
from gait.geometry.camera import LEG, SHANK, THIGH
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.sagittal import stance_samples


def own_side(tracks: KeypointTracks, side: str) -> int:
    """Image direction (+1 right, −1 left) in which the runner's given side lies."""
    towards_right = {"left": -1, "right": 1}[side]
    return -towards_right if tracks.camera.view == "front" else towards_right


def shoulder_width_px(tracks: KeypointTracks) -> float:
    """95th percentile of the shoulder distance: the trunk's rotation only ever narrows it."""
    return float(np.nanpercentile(np.abs(tracks.xy("left_shoulder")[:, 0] - tracks.xy("right_shoulder")[:, 0]), 95))


#: Attribute of the clean poses: by how much (shares of the leg) what lies one leg length farther behind the runner is
#: displaced to the right of the picture, because the camera does not look along the belt.
SKEW = "skew_behind"
#: How far in front of the trunk the hand is where it comes closest to the middle, leg lengths (25 cm at 1.75 m). [E]
HAND_AHEAD = 0.29
#: Share of stance over which the belt carries a foot straight backwards, and how fast where nobody knows, m/s. [E]
CARRIED, USUAL_SPEED_MPS = (0.25, 0.65), 2.8
#: Fewer steps a leg tell nothing of the camera.
SKEW_STEPS = 3


def skew_behind(
    tracks: KeypointTracks, stances: Mapping[str, tuple[FloatArray, FloatArray]], real_time_factor: float
) -> float:
    """How far off the belt's direction the camera looks, read off the feet that the belt carries backwards.

    Parameters
    ----------
    tracks : KeypointTracks
        From behind or in front.
    stances : mapping
        Side to contacts and toe-offs, (S,) s each.
    real_time_factor : float
        Playback seconds per real second.

    Returns
    -------
    float
        See `SKEW`; 0 where there are too few steps. What a foot does by itself (turning out, rolling in) is mirrored on
        the other side and cancels.
    """
    drifts = []
    for side, (contact, off) in stances.items():
        span = off - contact
        begin, end = (tracks.at(contact + share * span, f"{side}_ankle")[:, 0] for share in CARRIED)
        leg_m = LEG * 1.75 if tracks.camera.leg_length_m is None else tracks.camera.leg_length_m
        legs = USUAL_SPEED_MPS * (CARRIED[1] - CARRIED[0]) * span / real_time_factor / leg_m
        drift = (end - begin) / tracks.leg_length_px / legs
        drift = drift[np.isfinite(drift)]
        if len(drift) < SKEW_STEPS:
            return 0.0
        drifts.append(float(np.median(drift)))
    return float(np.mean(drifts)) if drifts else 0.0


def wrist_past_midline(tracks: KeypointTracks, side: str) -> FloatArray:
    """How far a wrist is past the trunk's midline towards the other side, shoulder widths; (T,).

    The midline runs through mid-shoulder and mid-hip and is taken at the height of the wrist; where the camera does not
    look along the belt, a hand before the trunk is seen beside where it is, which is put right.
    """
    shoulder, hip = tracks.xy("left_shoulder", "right_shoulder"), tracks.xy("left_hip", "right_hip")
    wrist = tracks.xy(f"{side}_wrist")
    share = (wrist[:, 1] - hip[:, 1]) / (shoulder[:, 1] - hip[:, 1])
    midline = hip[:, 0] + share * (shoulder[:, 0] - hip[:, 0])
    midline = midline - float(tracks.pose.attrs.get(SKEW, 0.0)) * HAND_AHEAD * tracks.leg_length_px
    return np.asarray(-own_side(tracks, side) * (wrist[:, 0] - midline) / shoulder_width_px(tracks))


def _over_strides(tracks: KeypointTracks, values: FloatArray, contact: FloatArray) -> list[FloatArray]:
    """Cut a (T,) signal at the contacts of one foot; one piece a stride, the last one as long as the median."""
    if len(contact) < 2:
        return [np.array([np.nan])] * len(contact)
    stride = float(np.median(np.diff(contact)))
    grid = np.linspace(0, stride, 80, endpoint=False)
    return [np.interp(c + grid, tracks.time, values, left=np.nan, right=np.nan) for c in contact]


def arm_crossover(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Farthest the wrist of a side gets past the midline in each stride, shoulder widths; + = crossed."""
    return np.array([piece.max() for piece in _over_strides(tracks, wrist_past_midline(tracks, side), contact)])


def arm_swing_lateral(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Side-to-side range of the wrist against the midline in each stride, shoulder widths."""
    return np.array([np.ptp(piece) for piece in _over_strides(tracks, wrist_past_midline(tracks, side), contact)])


#: Breadth of a knee over body height: what lies between its middle and its inner edge, twice (anthropometric mean of
#: 9.5 cm at 1.75 m). [E]
KNEE_BREADTH = 0.054
#: Shares of stance over which a foot's place is averaged.
STANDING = (0.4, 0.6)


def _sideways(tracks: KeypointTracks, times: FloatArray, *names: str) -> FloatArray:
    """Place of points towards the runner's right, pixels; same shape as ``times``."""
    x = tracks.at(times.ravel(), *names)[:, 0].reshape(times.shape)
    return np.asarray(own_side(tracks, "right") * x)


def step_width(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
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


def hip_width_px(tracks: KeypointTracks) -> float:
    """95th percentile of the distance between the hips."""
    return float(np.nanpercentile(np.abs(tracks.xy("left_hip")[:, 0] - tracks.xy("right_hip")[:, 0]), 95))


def knee_window(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Smallest gap between the knees in each stance, share of hip width; 0 or less: they touch or cross."""
    times = stance_samples(contact, off)
    apart = _sideways(tracks, times, "right_knee") - _sideways(tracks, times, "left_knee")
    breadth = KNEE_BREADTH * tracks.camera.leg_px / (THIGH + SHANK)
    return np.asarray((apart - breadth).min(axis=1) / hip_width_px(tracks))


def lateral_trunk_lean(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Tilt of the line mid-hip to mid-shoulder in the image, mean over stance; + = towards the standing leg."""
    times = stance_samples(contact, off)
    trunk = tracks.at(times.ravel(), "left_shoulder", "right_shoulder") - tracks.at(
        times.ravel(), "left_hip", "right_hip"
    )
    tilt = np.degrees(np.arctan2(trunk[:, 0], trunk[:, 1])).reshape(times.shape).mean(axis=1)
    return own_side(tracks, side) * np.asarray(tilt)


#: Shares of stance over which the largest drop is looked for (method §2).
DROP_FROM, DROP_TO = 0.10, 0.70


def is_marked(tracks: KeypointTracks) -> bool:
    """Say whether tape or a waistband was followed rather than plain cloth."""
    return tracks.pose.attrs.get("pelvis_mark") in ("tape", "waistband")


def seen_drop(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Largest drop of the free side in each stance as the picture shows it, degrees about the stride's mean."""
    return np.asarray(_drop(tracks, side, stance_samples(contact, off, DROP_FROM, DROP_TO)).max(axis=1))


def seen_drop_midstance(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Drop of the free side in the middle of each stance as the picture shows it, degrees."""
    return _drop(tracks, side, 0.5 * (contact + off)[:, None])[:, 0]


def _drop(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    tilt = np.interp(times.ravel(), tracks.time, tracks.tilt, left=np.nan, right=np.nan).reshape(times.shape)
    # The standing leg's side higher is a drop of the other.
    return np.asarray(own_side(tracks, side) * tilt)


@cache
def pelvis_lines() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Load how the drop seen becomes the drop: metric → view, and ``_marked`` where marks are seen → line."""
    text = resources.files("gait.calibration").joinpath("pelvic_drop.toml").read_text(encoding="utf-8")
    lines: Mapping[str, Mapping[str, Mapping[str, float]]] = tomllib.loads(text)
    return lines


def _measured_drop(key: str, tracks: KeypointTracks, seen: FloatArray) -> FloatArray:
    view = tracks.camera.view + ("_marked" if is_marked(tracks) else "")
    line = pelvis_lines().get(key, {}).get(view, {"offset": 0.0, "slope": 1.0})
    return np.asarray(line["offset"] + line["slope"] * seen)


def pelvic_drop(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Largest pelvic drop in each stance (10–70 %), degrees; + = free side low.

    Against the mean over the stride, so that only the mean of both sides is known. Plain cloth moves less than the bone
    under it: what is seen is stretched by what was learned on rendered runners (``gait/calibration/pelvic_drop.toml``).
    """
    return _measured_drop("pelvic_drop", tracks, seen_drop(tracks, side, contact, off))


def pelvic_drop_midstance(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Pelvic drop in the middle of each stance, degrees; see `pelvic_drop`."""
    return _measured_drop("pelvic_drop_midstance", tracks, seen_drop_midstance(tracks, side, contact, off))
