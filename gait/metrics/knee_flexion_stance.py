"""Deepest bend of the knee while the foot is down."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.leg_angles import knee_flexion_angle
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.stance_sampling import sample_stances

#: Shares of stance that are searched: in the last fifth the knee already bends for the swing. [E]
SEARCHED_STANCE = (0.05, 0.80)


def measure_knee_flexion_stance(
    tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray
) -> FloatArray:
    """Measure the largest bend of the knee in each stance.

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
    return np.asarray(knee_flexion_angle(tracks, side, sample_stances(contact, toe_off, *SEARCHED_STANCE)).max(axis=1))


SPEC = MetricSpec(
    key="knee_flexion_stance",
    unit="deg",
    plausible=(15, 75),  # Method §9 [E]
    views=("side",),
    sided=True,
    definition="The largest bend of the knee while the foot is on the belt.",
    formula="max over 5–80 % of stance of 180° − angle(hip, knee, ankle)",
    sign="0 = straight leg, + = bent",
    sources=("fukuchi2017", "hamner2013", "souza2016"),
    measure=measure_knee_flexion_stance,
    moment="mid_stance",
    evidence="knee",
    rests_on=("leg_keypoints", "knee_keypoint"),
    max_method_error_sd=7.0,
    placed_joints=("hip", "knee", "ankle"),
    placed_error_sd=2.0,
)
