"""How far the head is carried ahead of the trunk's line."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.leg_angles import segment_angle, trunk_angle
from gait.metrics.metric_spec import TRUNK_JOINTS, MetricSpec
from gait.metrics.stance_sampling import sample_stances


def measure_head_posture(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure how far the line from mid-shoulder to mid-ear is tipped ahead of the trunk's line, mean over each stance.

    Against the trunk's line and not the vertical, so that a runner who leans forwards with the head in line has 0.

    Parameters
    ----------
    tracks : KeypointTracks
        From the side.
    side : {"left", "right"}
        The stance leg.
    contact, toe_off : (S,) float array
        Times of initial contact and toe-off of each step, s.

    Returns
    -------
    (S,) float array
        Degrees, + = ahead of the trunk's line; NaN where a keypoint is missing.
    """
    times = sample_stances(contact, toe_off)
    neck = segment_angle(tracks, times, ("left_ear", "right_ear"), ("left_shoulder", "right_shoulder"))
    return np.asarray((neck - trunk_angle(tracks, times)).mean(axis=1))


SPEC = MetricSpec(
    key="head_posture",
    unit="deg",
    plausible=(-60, 90),  # Neck: 60° back, 80° forwards [E]
    views=("side",),
    sided=False,
    definition=(
        "Angle by which the line from the shoulders to the ears is tipped forwards from the line from the hips to the "
        "shoulders, averaged while a foot is down."
    ),
    formula=(
        "mean over stance of atan2(x_ear − x_shoulder, y_ear − y_shoulder) − atan2(x_shoulder − x_hip, "
        "y_shoulder − y_hip), middles of both sides"
    ),
    sign="+ = ears ahead of the trunk's line",
    sources=("choice",),
    measure=measure_head_posture,
    moment="mid_stance",
    evidence="head",
    keypoints=(*TRUNK_JOINTS, "ear"),
    needs_feet_in_frame=False,
    max_method_error_sd=6.0,
)
