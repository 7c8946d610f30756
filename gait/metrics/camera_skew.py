"""How far a camera behind or in front of the runner looks off the direction of the belt, read off the feet."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gait._typing import FloatArray
from gait.geometry.camera import LEG_PER_HEIGHT
from gait.geometry.keypoint_tracks import KeypointTracks

#: Attribute of the clean poses that holds the skew: sideways displacement in the image, in leg lengths and positive to
#: the right, of a point that lies one leg length farther behind the runner. 0 where the camera looks along the belt.
SKEW_ATTRIBUTE = "skew_behind"
#: Share of stance over which the belt carries a foot straight backwards. [E]
CARRIED_STANCE = (0.25, 0.65)
#: Belt speed (m/s) and body height (m) that are assumed: neither is known from behind or in front. [E]
ASSUMED_SPEED_MPS, ASSUMED_HEIGHT_M = 2.8, 1.75
#: Steps a leg from which the skew can be read. [E]
MIN_SKEW_STEPS = 3


def measure_camera_skew(
    tracks: KeypointTracks, stances: Mapping[str, tuple[FloatArray, FloatArray]], playback_per_real: float
) -> float:
    """Measure how far the camera looks off the direction of the belt, from the feet that the belt carries backwards.

    What a foot does by itself (turning out, rolling in) is mirrored on the other side and cancels.

    Parameters
    ----------
    tracks : KeypointTracks
        From behind or in front.
    stances : mapping
        Contacts and toe-offs of each side, (S,) s each.
    playback_per_real : float
        Playback seconds per real second.

    Returns
    -------
    float
        See `SKEW_ATTRIBUTE`; 0 where there are too few steps.
    """
    drifts = []
    for side, (contact, toe_off) in stances.items():
        span = toe_off - contact
        begin, end = (tracks.at(contact + share * span, f"{side}_ankle")[:, 0] for share in CARRIED_STANCE)
        length = tracks.camera.leg_length_m
        leg_m = LEG_PER_HEIGHT * ASSUMED_HEIGHT_M if length is None else length
        legs = ASSUMED_SPEED_MPS * (CARRIED_STANCE[1] - CARRIED_STANCE[0]) * span / playback_per_real / leg_m
        drift = (end - begin) / tracks.leg_length_px / legs
        drift = drift[np.isfinite(drift)]
        if len(drift) < MIN_SKEW_STEPS:
            return 0.0
        drifts.append(float(np.median(drift)))
    return float(np.mean(drifts)) if drifts else 0.0


def camera_skew(tracks: KeypointTracks) -> float:
    """Give the skew that the clean poses carry.

    Parameters
    ----------
    tracks : KeypointTracks

    Returns
    -------
    float
        See `SKEW_ATTRIBUTE`; 0 where none was measured.
    """
    return float(tracks.pose.attrs.get(SKEW_ATTRIBUTE, 0.0))
