"""How far the knee comes forwards and up in swing."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.leg_angles import thigh_angle
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.swing_sampling import sample_swings


def measure_knee_drive(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure how far forwards the thigh swings, at the most in the swing after each stance.

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
        Degrees, + = knee ahead of the hip; NaN where a keypoint is missing or the swing leaves the clip.
    """
    return np.asarray(thigh_angle(tracks, side, sample_swings(contact, toe_off)).max(axis=1))


SPEC = MetricSpec(
    key="knee_drive",
    unit="deg",
    plausible=(0, 110),  # A thigh that is level is 90°, in sprints and high knees [E]
    views=("side",),
    sided=True,
    definition="The largest angle of the thigh in front of the vertical while the leg swings forwards.",
    formula="max over swing (TO to the next IC of the same foot) of atan2(x_knee − x_hip, y_hip − y_knee)",
    sign="+ = knee ahead of the hip, 90 = thigh level",
    sources=("choice",),
    measure=measure_knee_drive,
    moment="knee_forward",
    evidence="thigh",
    rests_on=("leg_keypoints",),
    max_method_error_sd=5.0,
    per_degree_of_roll=1.0,
)
