"""Forward lean of the upper body."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.leg_angles import trunk_angle
from gait.metrics.metric_spec import TRUNK_JOINTS, MetricSpec
from gait.metrics.stance_sampling import sample_stances


def measure_trunk_lean(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure the forward lean of the line from mid-hip to mid-shoulder, mean over each stance.

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
        Degrees, + = forwards; NaN where a keypoint is missing.
    """
    return np.asarray(trunk_angle(tracks, sample_stances(contact, toe_off)).mean(axis=1))


SPEC = MetricSpec(
    key="trunk_lean",
    unit="deg",
    plausible=(-15, 35),  # Method §9 [E]
    views=("side",),
    sided=False,
    definition=("Angle of the line from hips to shoulders against the vertical, averaged while a foot is down."),
    formula="mean over stance of atan2(x_shoulder − x_hip, y_shoulder − y_hip), middles of both sides",
    sign="+ = leaning forward",
    sources=("teng2015",),
    measure=measure_trunk_lean,
    moment="mid_stance",
    evidence="trunk",
    keypoints=TRUNK_JOINTS,
    max_method_error_sd=4.0,
    per_degree_of_roll=1.0,
)
