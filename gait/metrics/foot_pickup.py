"""How far behind the hip the foot leaves the ground."""

from __future__ import annotations

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.metric_spec import MetricSpec


def measure_foot_pickup(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure how far the ankle is behind the hip of the same leg at toe-off.

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
        Shares of leg length, + = ankle behind; NaN where a keypoint is missing.
    """
    behind = tracks.at(toe_off, f"{side}_hip") - tracks.at(toe_off, f"{side}_ankle")
    return behind[:, 0] / tracks.leg_length_px


SPEC = MetricSpec(
    key="foot_pickup",
    unit="fraction of L",
    plausible=(0.15, 0.85),  # 0.46 ± 6 SD of 0.05, and no more than a leg that lies half way down [E]
    views=("side",),
    sided=True,
    definition=(
        "Horizontal distance from the ankle back to the hip of the same leg when the foot leaves the belt, as a share "
        "of leg length."
    ),
    formula="(x_hip − x_ankle) / L at TO, hip and ankle of the same leg",
    sign="+ = the ankle is behind the hip of the same leg",
    sources=("healthy13", "hamner2013"),
    measure=measure_foot_pickup,
    moment="toe_off",
    evidence="hip_to_ankle",
    rests_on=("leg_keypoints",),
    max_method_error_sd=0.06,
    per_degree_of_roll=0.015,
)
