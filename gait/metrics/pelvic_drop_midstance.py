"""How far the hip has sunk on the free side at mid-stance."""

from __future__ import annotations

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.pelvis_tilt_in_stance import (
    CLOTH_CORRECTION,
    PELVIS_JOINTS,
    apparent_midstance_drop,
    correct_for_cloth,
)


def measure_pelvic_drop_midstance(
    tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray
) -> FloatArray:
    """Measure the pelvic drop in the middle of each stance.

    The tilt is taken about its mean over the stride. It therefore gives the mean of both legs, not their difference.

    Parameters
    ----------
    tracks : KeypointTracks
        From behind or in front.
    side : {"left", "right"}
        The stance leg.
    contact, toe_off : (S,) float array
        Times of initial contact and toe-off of each step, s.

    Returns
    -------
    (S,) float array
        Degrees, + = the free side is lower; NaN where the tilt is unknown.
    """
    return correct_for_cloth("pelvic_drop_midstance", tracks, apparent_midstance_drop(tracks, side, contact, toe_off))


SPEC = MetricSpec(
    key="pelvic_drop_midstance",
    unit="deg",
    plausible=(-15, 25),  # As the peak, and lower by a few degrees [E]
    views=("rear", "front"),
    sided=False,
    definition=(
        "Tilt of the pelvis half-way through ground contact, against its mean over the stride, mean of both legs."
    ),
    formula="offset + slope · the tilt towards the free side at 50 % of stance, about the stride's mean",
    sign="+ = the side of the leg in the air is lower",
    sources=("bramah2018",),
    measure=measure_pelvic_drop_midstance,
    moment="mid_stance",
    evidence="pelvis",
    keypoints=PELVIS_JOINTS,
    correction=CLOTH_CORRECTION,
    rests_on=("pelvis_tilt",),
    needs_feet_in_frame=False,
    max_method_error_sd=2.5,
)
