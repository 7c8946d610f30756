"""How much the body bounces."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.centre_of_mass import centre_of_mass_height
from gait.metrics.metric_spec import LEG_JOINTS, MetricSpec

#: Samples of the height in one step. [E]
SAMPLES = 40


def measure_vertical_oscillation(
    tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray
) -> FloatArray:
    """Measure the height from lowest to highest point of the centre of mass in the step that begins with each contact.

    Parameters
    ----------
    tracks : KeypointTracks
        From the side.
    side : {"left", "right"}
        The leg whose contacts begin the steps.
    contact, toe_off : (S,) float array
        Times of initial contact and toe-off of each step, s.

    Returns
    -------
    (S,) float array
        Centimetres; NaN without a scale, with one contact only, or where a keypoint is missing.
    """
    scale = tracks.camera.m_per_px
    if scale is None or len(contact) < 2:
        return np.full(len(contact), np.nan)
    step = 0.5 * float(np.median(np.diff(contact)))
    height = centre_of_mass_height(tracks)
    times = contact[:, None] + np.linspace(0, step, SAMPLES)
    values = tracks.interpolate(times.ravel(), height).reshape(times.shape)
    return 100 * scale * np.asarray(values.max(axis=1) - values.min(axis=1))


SPEC = MetricSpec(
    key="vertical_oscillation",
    unit="cm",
    plausible=(2, 22),  # 8.6 ± 6 SD of 1.6 is 0 to 18; nobody runs without bounce [E]
    views=("side",),
    sided=False,
    definition="How far the body rises and falls in one step.",
    formula=(
        "max − min over a step of Σ mᵢ yᵢ, Winter's segment masses mᵢ; a step lasts half the median time between "
        "contacts of one foot"
    ),
    sign="height from lowest to highest point of a step",
    sources=("fukuchi2017", "hamner2013"),
    measure=measure_vertical_oscillation,
    moment="mid_stance",
    evidence="hip_height",
    keypoints=(*LEG_JOINTS, "shoulder", "elbow", "wrist", "ear"),
    needs_scale=True,
    max_method_error_sd=1.5,
)
