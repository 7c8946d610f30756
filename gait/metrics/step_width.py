"""Sideways distance between the feet."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.frontal_plane import rightward_position
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.stance_sampling import sample_stances

#: Shares of stance over which the position of a foot is averaged. [E]
MID_STANCE = (0.4, 0.6)
#: Samples of that part. [E]
SAMPLES = 5


def measure_step_width(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure how far the right ankle is to the right of the left one, each at its own mid-stance.

    The other foot is taken to stand half a stride later.

    Parameters
    ----------
    tracks : KeypointTracks
        From behind or in front.
    side : {"left", "right"}
        The leg that stands first.
    contact, toe_off : (S,) float array
        Times of initial contact and toe-off of each step, s.

    Returns
    -------
    (S,) float array
        Centimetres, 0 or less = the feet cross; each step with the one that follows. NaN without a scale, with one
        contact only, or where a keypoint is missing.
    """
    scale = tracks.camera.m_per_px
    if scale is None or len(contact) < 2:
        return np.full(len(contact), np.nan)
    other = {"left": "right", "right": "left"}[side]
    here = sample_stances(contact, toe_off, *MID_STANCE, count=SAMPLES)
    there = here + 0.5 * float(np.median(np.diff(contact)))
    apart = rightward_position(tracks, here, f"{side}_ankle") - rightward_position(tracks, there, f"{other}_ankle")
    return 100 * scale * {"left": -1.0, "right": 1.0}[side] * np.asarray(apart.mean(axis=1))


SPEC = MetricSpec(
    key="step_width",
    unit="cm",
    plausible=(-25, 40),  # 3.4 ± 6 SD of 3.9 is −20 to 27, plus method error [E]
    views=("rear", "front"),
    sided=False,
    definition=("Sideways distance between the left and the right foot, each at the middle of its ground contact."),
    formula="z_right ankle − z_left ankle, each over 40–60 % of its own stance",
    sign="0 or less = each foot lands on or across the midline",
    sources=("souza2016", "healthy13"),
    measure=measure_step_width,
    moment="mid_stance",
    evidence="foot_to_midline",
    rests_on=("leg_keypoints",),
    needs_scale=True,
    max_method_error_sd=2.5,
)
