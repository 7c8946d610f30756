"""How far the thigh swings back."""

from __future__ import annotations

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.leg_angles import angle_from_vertical
from gait.metrics.metric_spec import MetricSpec


def measure_hip_extension(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure how far the thigh is behind the vertical at toe-off.

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
        Degrees, + = knee behind the hip; NaN where a keypoint is missing.
    """
    thigh = tracks.at(toe_off, f"{side}_hip") - tracks.at(toe_off, f"{side}_knee")
    return angle_from_vertical(thigh[:, 0], thigh[:, 1])


SPEC = MetricSpec(
    key="hip_extension",
    unit="deg",
    plausible=(0, 45),  # Method §9 [E]
    views=("side",),
    sided=True,
    definition="Angle of the thigh against the vertical when the foot leaves the belt.",
    formula="atan2(x_hip − x_knee, y_hip − y_knee) at TO",
    sign="+ = the thigh is behind the vertical",
    sources=("healthy13", "souza2016"),
    measure=measure_hip_extension,
    moment="toe_off",
    evidence="thigh",
    rests_on=("leg_keypoints", "knee_keypoint"),
    max_method_error_sd=6.0,
    placed_joints=("hip", "knee"),
    placed_error_sd=1.5,
    per_degree_of_roll=1.0,
)
