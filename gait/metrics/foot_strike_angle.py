"""Which part of the foot lands first."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.events.shoe_landing import shoe_strike_angle
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.leg_angles import foot_pitch_angle
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.stance_sampling import sample_stances

#: Shares of stance over which the foot is flat on the belt. [E]
FLAT_STANCE = (0.3, 0.5)


def measure_foot_strike_angle(
    tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray
) -> FloatArray:
    """Measure the pitch of the foot at initial contact against the same foot flat at mid-stance.

    Where the shoe itself was tracked in the frames (`gait.events.shoe_landing`), its angle is used; otherwise that of
    heel and toe.

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
        Degrees, + = toe up; NaN in steps in which the shoe was not tracked or a keypoint is missing.
    """
    by_shoe = shoe_strike_angle(tracks.pose, tracks.camera, side, contact)
    if by_shoe is not None:
        return by_shoe
    pitch = foot_pitch_angle(tracks, side, sample_stances(contact, toe_off, *FLAT_STANCE))
    complete = pitch[np.isfinite(pitch).all(axis=1)]
    flat = float(np.median(complete, axis=1).mean()) if len(complete) else float("nan")
    return foot_pitch_angle(tracks, side, contact) - flat


SPEC = MetricSpec(
    key="foot_strike_angle",
    unit="deg",
    plausible=(-45, 50),  # Range of the ankle: 50° down, 20° up, with a shank inclined by 30° [E]
    views=("side",),
    sided=True,
    definition="Tilt of the shoe at touch-down against the same shoe standing flat.",
    formula="atan2(y_toe − y_heel, x_toe − x_heel) at IC less its median over 30–50 % of stance",
    sign="+ = toes up (heel first), − = heel up (forefoot first)",
    sources=("souza2016",),
    measure=measure_foot_strike_angle,
    moment="contact",
    evidence="foot",
    correction=(
        "Where the shoe itself was tracked in the frames, its turn from flat to contact is taken instead: offset + "
        "slope · turn, by a line learned on rendered runners (`gait/calibration/foot_strike.toml`)."
    ),
    rests_on=("leg_keypoints", "shoe_motion"),
    max_method_error_sd=9.0,
)
