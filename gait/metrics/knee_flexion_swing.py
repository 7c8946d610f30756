"""Deepest bend of the knee while the leg swings forwards: heel recovery."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.leg_angles import knee_flexion_angle
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.swing_sampling import sample_swings


def measure_knee_flexion_swing(
    tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray
) -> FloatArray:
    """Measure the largest bend of the knee in the swing after each stance.

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
        Degrees, 0 = straight, + = bent; NaN where a keypoint is missing or the swing leaves the clip.
    """
    return np.asarray(knee_flexion_angle(tracks, side, sample_swings(contact, toe_off)).max(axis=1))


SPEC = MetricSpec(
    key="knee_flexion_swing",
    unit="deg",
    plausible=(40, 160),  # Anatomical limit of an active knee: 140 to 160 [E]
    views=("side",),
    sided=True,
    definition="The largest bend of the knee while the leg swings forwards; the heel is then closest to the buttock.",
    formula="max over swing (TO to the next IC of the same foot) of 180° − angle(hip, knee, ankle)",
    sign="0 = straight leg, + = bent",
    sources=("choice",),
    measure=measure_knee_flexion_swing,
    moment="knee_bent",
    evidence="knee",
    rests_on=("leg_keypoints", "knee_keypoint"),
    max_method_error_sd=7.0,
)
