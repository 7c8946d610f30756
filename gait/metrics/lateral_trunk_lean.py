"""Sideways lean of the upper body."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.frontal_plane import image_direction
from gait.metrics.leg_angles import trunk_angle
from gait.metrics.metric_spec import TRUNK_JOINTS, MetricSpec
from gait.metrics.stance_sampling import sample_stances


def measure_lateral_trunk_lean(
    tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray
) -> FloatArray:
    """Measure the sideways lean of the line from mid-hip to mid-shoulder, mean over each stance.

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
        Degrees, + = towards the stance leg; NaN where a keypoint is missing.
    """
    return image_direction(tracks, side) * np.asarray(
        trunk_angle(tracks, sample_stances(contact, toe_off)).mean(axis=1)
    )


SPEC = MetricSpec(
    key="lateral_trunk_lean",
    unit="deg",
    plausible=(-20, 20),  # Ten times the ordinary 2° [E]
    views=("rear", "front"),
    sided=False,
    definition="Sideways tilt of the line from hips to shoulders while a foot is down.",
    formula=("mean over stance of atan2(z_shoulder − z_hip, y_shoulder − y_hip), + towards the stance leg"),
    sign="+ = towards the leg you stand on",
    sources=("choice",),
    measure=measure_lateral_trunk_lean,
    moment="mid_stance",
    evidence="trunk",
    keypoints=TRUNK_JOINTS,
    max_method_error_sd=2.0,
    per_degree_of_roll=1.0,
)
