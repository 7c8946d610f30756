"""Tilt of the shin when the foot lands."""

from __future__ import annotations

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.leg_angles import angle_from_vertical
from gait.metrics.metric_spec import MetricSpec


def measure_tibia_angle(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure the lean of the shank at initial contact.

    Parameters
    ----------
    tracks : KeypointTracks
        From the side.
    side : {"left", "right"}
        The leg.
    contact, toe_off : (S,) float array
        Times of initial contact and toe-off of each step, s.

    Returns
    -------
    (S,) float array
        Degrees, + = ankle ahead of the knee; NaN where a keypoint is missing.
    """
    shank = tracks.at(contact, f"{side}_ankle") - tracks.at(contact, f"{side}_knee")
    return angle_from_vertical(shank[:, 0], -shank[:, 1])


SPEC = MetricSpec(
    key="tibia_angle",
    unit="deg",
    plausible=(-20, 35),  # Method §9 [E]
    views=("side",),
    sided=True,
    definition=("Angle of the line from knee to ankle against the vertical at the moment the foot touches down."),
    formula="atan2(x_ankle − x_knee, y_knee − y_ankle) at IC",
    sign="+ = the ankle is ahead of the knee",
    sources=("fukuchi2017", "hamner2013"),
    measure=measure_tibia_angle,
    moment="contact",
    evidence="shank",
    rests_on=("leg_keypoints", "knee_keypoint"),
    max_method_error_sd=5.0,
    placed_joints=("knee", "ankle"),
    placed_error_sd=1.5,
    per_degree_of_roll=1.0,
)
