"""Gap between the knees while a foot is down."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.camera import SHANK_PER_HEIGHT, THIGH_PER_HEIGHT
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.frontal_plane import joint_width_px, rightward_position
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.stance_sampling import sample_stances

#: Breadth of a knee over body height, twice the distance from its middle to its inner edge (9.5 cm at 1.75 m). [E]
KNEE_BREADTH = 0.054


def measure_knee_window(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure the smallest gap between the knees in each stance.

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
        Shares of hip width, 0 or less = the knees touch or cross; NaN where a keypoint is missing.
    """
    times = sample_stances(contact, toe_off)
    apart = rightward_position(tracks, times, "right_knee") - rightward_position(tracks, times, "left_knee")
    breadth = KNEE_BREADTH * tracks.camera.leg_px / (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT)
    return np.asarray((apart - breadth).min(axis=1) / joint_width_px(tracks, "hip"))


SPEC = MetricSpec(
    key="knee_window",
    unit="fraction of hip width",
    plausible=(-1.5, 3),  # Knees that cross by a hip width and a half do not let the other leg pass [E]
    views=("rear", "front"),
    sided=True,
    definition="Smallest gap between the knees while a foot is down, as a share of hip width.",
    formula=(
        "min over stance of (z_right knee − z_left knee − knee breadth) / hip width; knee breadth 0.054 × height, hip "
        "width its 95th percentile"
    ),
    sign="0 or less = the knees touch or cross",
    sources=("dingenen2017",),
    measure=measure_knee_window,
    moment="mid_stance",
    evidence="knee_gap",
    rests_on=("leg_keypoints",),
    max_method_error_sd=0.15,
)
