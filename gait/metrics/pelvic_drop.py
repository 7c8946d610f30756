"""How far the hip sinks on the free side, at most."""

from __future__ import annotations

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.pelvis_tilt_in_stance import (
    CLOTH_CORRECTION,
    PELVIS_JOINTS,
    apparent_peak_drop,
    correct_for_cloth,
)


def measure_pelvic_drop(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure the largest pelvic drop in each stance (10–70 %).

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
    return correct_for_cloth("pelvic_drop", tracks, apparent_peak_drop(tracks, side, contact, toe_off))


SPEC = MetricSpec(
    key="pelvic_drop",
    unit="deg",
    plausible=(-10, 25),  # 6.2 ± 6 SD of 2.0 is −6 to 18, plus method error [E]
    views=("rear", "front"),
    sided=False,
    definition=(
        "Tilt of the pelvis while you stand on one leg, against its mean over the stride: the largest value in the "
        "middle part of ground contact, mean of both legs. A camera cannot tell which way is level exactly enough to "
        "compare the legs."
    ),
    formula=("offset + slope · max over 10–70 % of stance of the tilt towards the free side, about the stride's mean"),
    sign="+ = the side of the leg in the air is lower",
    sources=("fukuchi2017", "hamner2013", "bramah2018"),
    measure=measure_pelvic_drop,
    moment="mid_stance",
    evidence="pelvis",
    keypoints=PELVIS_JOINTS,
    correction=CLOTH_CORRECTION,
    rests_on=("pelvis_tilt",),
    needs_feet_in_frame=False,
    max_method_error_sd=2.5,
)
