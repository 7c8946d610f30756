"""How far ahead of the body's centre of mass the foot lands."""

from __future__ import annotations

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.centre_of_mass import CENTRE_OF_MASS_JOINTS, centre_of_mass
from gait.metrics.metric_spec import MetricSpec


def measure_braking_distance(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure how far the heel is ahead of the centre of mass of the whole body at initial contact.

    Unlike overstride it counts the trunk: a runner who leans forwards brings the centre of mass closer to the foot.

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
        Shares of leg length, + = heel ahead; NaN where a keypoint is missing.
    """
    centre = centre_of_mass(lambda *names: tracks.at(contact, *names))
    return (tracks.at(contact, f"{side}_heel") - centre)[:, 0] / tracks.leg_length_px


SPEC = MetricSpec(
    key="braking_distance",
    unit="fraction of L",
    plausible=(-0.1, 0.7),  # Overstride, 0.05 and 0.1 wider: centre of mass and heel [E]
    views=("side",),
    sided=True,
    definition=(
        "Horizontal distance from the body's centre of mass to the heel at the moment the foot touches down, as a "
        "share of leg length. While the foot is ahead of the centre of mass, it brakes."
    ),
    formula="(x_heel − x_c) / L at IC, with x_c = Σ mᵢ xᵢ by Winter's segment masses mᵢ",
    sign="+ = the heel is ahead of the centre of mass",
    sources=("wille2014", "heiderscheit2011", "winter"),
    measure=measure_braking_distance,
    moment="contact",
    evidence="centre_to_heel",
    keypoints=CENTRE_OF_MASS_JOINTS,
    rests_on=("leg_keypoints",),
    max_method_error_sd=0.05,
    per_degree_of_roll=0.018,
)
