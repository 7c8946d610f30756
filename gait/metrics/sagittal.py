"""Metrics of the side view. Definitions and signs: ``gait/findings/metrics.toml``; x forwards, y up, degrees.

Every function takes the tracks, a side and the times of its steps and returns one value a step, (S,).
"""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.events.shoe_landing import strike_angle
from gait.geometry.keypoint_tracks import KeypointTracks

#: Centre-of-mass weights of points at segment ends, from Winter's segment masses and centres of mass:
#: trunk .497, head .081, thigh .100, shank .0465, foot .0145, upper arm .028, forearm .016, hand .006 of body mass.
SEGMENTS: tuple[tuple[str, str, float, float], ...] = (
    # proximal, distal, mass share, distance of the segment's centre from the proximal end (share of its length)
    ("hip", "knee", 0.100, 0.433),
    ("knee", "ankle", 0.0465, 0.433),
    ("heel", "foot_index", 0.0145, 0.5),
    ("shoulder", "elbow", 0.028, 0.436),
    ("elbow", "wrist", 0.022, 0.682),
)
TRUNK_MASS, HEAD_MASS = 0.497, 0.081


def _angle(forwards: FloatArray, up: FloatArray) -> FloatArray:
    """Angle from the vertical towards forwards, degrees."""
    return np.degrees(np.arctan2(forwards, up))


def stance_samples(
    contact: FloatArray, off: FloatArray, low: float = 0.0, high: float = 1.0, count: int = 25
) -> FloatArray:
    """Spread times over a part of each stance; (S, count)."""
    return contact[:, None] + (off - contact)[:, None] * np.linspace(low, high, count)


def overstride(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Ankle ahead of the same side's hip at contact, share of leg length."""
    ahead = tracks.at(contact, f"{side}_ankle") - tracks.at(contact, f"{side}_hip")
    return ahead[:, 0] / tracks.leg_length_px


def tibia_angle(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Lean of the shank at contact; + = ankle ahead of the knee."""
    shank = tracks.at(contact, f"{side}_ankle") - tracks.at(contact, f"{side}_knee")
    return _angle(shank[:, 0], -shank[:, 1])


def foot_pitch(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    """Direction from heel to toe above the horizontal; + = toe up; same shape as ``times``."""
    flat = times.ravel()
    foot = tracks.at(flat, f"{side}_foot_index") - tracks.at(flat, f"{side}_heel")
    return np.asarray(np.degrees(np.arctan2(foot[:, 1], foot[:, 0])).reshape(times.shape))


def foot_strike_angle(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Pitch of the foot at contact against the same foot flat at mid-stance; + = toe up.

    Where the shoe itself was followed in the picture, as it shows, NaN in steps in which it was not; else from heel and
    toe.
    """
    seen = strike_angle(tracks.pose, tracks.camera, side, contact)
    if seen is not None:
        return seen
    pitch = foot_pitch(tracks, side, stance_samples(contact, off, 0.3, 0.5))
    seen = pitch[np.isfinite(pitch).all(axis=1)]
    flat = float(np.median(seen, axis=1).mean()) if len(seen) else float("nan")
    return foot_pitch(tracks, side, contact) - flat


def knee_flexion(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    """Knee flexion in the image plane, 0 = straight, negative when bent backwards; same shape as ``times``."""
    flat = times.ravel()
    hip, knee, ankle = (tracks.at(flat, f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
    thigh, shank = knee - hip, ankle - knee
    cross = thigh[:, 0] * shank[:, 1] - thigh[:, 1] * shank[:, 0]
    return np.asarray(np.degrees(np.arctan2(-cross, np.sum(thigh * shank, axis=1))).reshape(times.shape))


def knee_flexion_contact(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Knee flexion at contact."""
    return knee_flexion(tracks, side, contact)


def knee_flexion_stance(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Largest knee flexion in stance, without its last fifth, in which the knee already bends for the swing."""
    return np.asarray(knee_flexion(tracks, side, stance_samples(contact, off, 0.05, 0.8)).max(axis=1))


def trunk_lean(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Lean of the line from mid-hip to mid-shoulder, mean over stance; + = forward."""
    times = stance_samples(contact, off)
    trunk = tracks.at(times.ravel(), "left_shoulder", "right_shoulder") - tracks.at(
        times.ravel(), "left_hip", "right_hip"
    )
    return np.asarray(_angle(trunk[:, 0], trunk[:, 1]).reshape(times.shape).mean(axis=1))


def hip_extension(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Thigh behind the vertical at toe-off; + = knee behind the hip."""
    thigh = tracks.at(off, f"{side}_hip") - tracks.at(off, f"{side}_knee")
    return _angle(thigh[:, 0], thigh[:, 1])


def foot_pickup(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """How far behind the same side's hip the ankle is at toe-off, share of leg length."""
    behind = tracks.at(off, f"{side}_hip") - tracks.at(off, f"{side}_ankle")
    return behind[:, 0] / tracks.leg_length_px


def centre_of_mass_height(tracks: KeypointTracks) -> FloatArray:
    """Height of the centre of mass above the image's lower-left corner; (T,) pixels; NaN where a part is missing."""
    hip, shoulder = tracks.xy("left_hip", "right_hip")[:, 1], tracks.xy("left_shoulder", "right_shoulder")[:, 1]
    # Winter: centre of the trunk (greater trochanter to glenohumeral joint) is half-way.
    height = TRUNK_MASS * 0.5 * (hip + shoulder) + HEAD_MASS * tracks.xy("left_ear", "right_ear")[:, 1]
    for side in ("left", "right"):
        for proximal, distal, mass, share in SEGMENTS:
            top, bottom = tracks.xy(f"{side}_{proximal}")[:, 1], tracks.xy(f"{side}_{distal}")[:, 1]
            height = height + mass * (top + share * (bottom - top))
    return np.asarray(height)


def vertical_oscillation(tracks: KeypointTracks, side: str, contact: FloatArray, off: FloatArray) -> FloatArray:
    """Peak-to-peak height of the centre of mass over the step that begins with each contact, cm.

    NaN without a scale. The step is taken as half the median time between contacts of one foot.
    """
    scale = tracks.camera.m_per_px
    if scale is None or len(contact) < 2:
        return np.full(len(contact), np.nan)
    step = 0.5 * float(np.median(np.diff(contact)))
    height = centre_of_mass_height(tracks)
    times = contact[:, None] + np.linspace(0, step, 40)
    values = np.interp(times.ravel(), tracks.time, height, left=np.nan, right=np.nan).reshape(times.shape)
    return 100 * scale * np.asarray(values.max(axis=1) - values.min(axis=1))
