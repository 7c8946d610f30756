"""How far ahead of the hip the foot lands."""

from __future__ import annotations

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.metric_spec import MetricSpec


def measure_overstride(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure how far the ankle is ahead of the hip of the same leg at initial contact.

    The hip of the same leg is used: with the middle of both hips, a camera that is turned by ψ would add 0.1 m · sin ψ
    (method §2).

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
        Shares of leg length, + = ankle ahead; NaN where a keypoint is missing.
    """
    ahead = tracks.at(contact, f"{side}_ankle") - tracks.at(contact, f"{side}_hip")
    return ahead[:, 0] / tracks.leg_length_px


SPEC = MetricSpec(
    key="overstride",
    unit="fraction of L",
    plausible=(-0.05, 0.6),  # Method §9 [E]
    views=("side",),
    sided=True,
    definition=(
        "Horizontal distance from the hip to the ankle of the same leg at the moment the foot touches down, as a "
        "share of leg length."
    ),
    formula="(x_ankle − x_hip) / L at IC, hip and ankle of the same leg",
    sign="+ = the ankle is ahead of the hip of the same leg",
    sources=("fukuchi2017", "hamner2013", "winter"),
    measure=measure_overstride,
    moment="contact",
    evidence="hip_to_ankle",
    rests_on=("leg_keypoints",),
    max_method_error_sd=0.05,
    placed_joints=("hip", "ankle"),
    placed_error_sd=0.013,
    per_degree_of_roll=0.016,
)
