"""Bend of the knee when the foot lands."""

from __future__ import annotations

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.leg_angles import knee_flexion_angle
from gait.metrics.metric_spec import MetricSpec


def measure_knee_flexion_contact(
    tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray
) -> FloatArray:
    """Measure the bend of the knee at initial contact.

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
        Degrees, 0 = straight, + = bent; NaN where a keypoint is missing.
    """
    return knee_flexion_angle(tracks, side, contact)


SPEC = MetricSpec(
    key="knee_flexion_contact",
    unit="deg",
    plausible=(-5, 50),  # Method §9 [E]; a knee that bends further back is misplaced (`MIN_KNEE_FLEXION_DEG`)
    views=("side",),
    sided=True,
    definition="Bend of the knee at the moment the foot touches down.",
    formula="180° − angle(hip, knee, ankle) at IC",
    sign="0 = straight leg, + = bent",
    sources=("fukuchi2017", "hamner2013"),
    measure=measure_knee_flexion_contact,
    moment="contact",
    evidence="knee",
    rests_on=("leg_keypoints", "knee_keypoint"),
    max_method_error_sd=7.0,
    placed_joints=("hip", "knee", "ankle"),
    placed_error_sd=2.0,
)
