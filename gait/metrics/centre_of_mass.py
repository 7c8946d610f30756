"""The body's centre of mass, from segment masses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks

#: Segments of either side: proximal and distal joint, share of body mass, distance of the segment's centre of mass from
#: the proximal joint as a share of its length. Winter, Biomechanics and Motor Control of Human Movement: thigh .100,
#: shank .0465, foot .0145, upper arm .028, forearm .016 and hand .006 (together .022) of body mass.
SEGMENTS: tuple[tuple[str, str, float, float], ...] = (
    ("hip", "knee", 0.100, 0.433),
    ("knee", "ankle", 0.0465, 0.433),
    ("heel", "foot_index", 0.0145, 0.5),
    ("shoulder", "elbow", 0.028, 0.436),
    ("elbow", "wrist", 0.022, 0.682),
)
#: Shares of body mass (Winter).
TRUNK_MASS, HEAD_MASS = 0.497, 0.081
#: Joints of either side that carry the segments.
CENTRE_OF_MASS_JOINTS = ("hip", "knee", "ankle", "heel", "foot_index", "shoulder", "elbow", "wrist", "ear")


def centre_of_mass(mean_position: Callable[..., FloatArray]) -> FloatArray:
    """Compute the centre of mass.

    Parameters
    ----------
    mean_position : callable
        Gives the mean position of the keypoints it is called with, as `KeypointTracks.xy` does: (..., 2) float array,
        any unit.

    Returns
    -------
    (..., 2) float array
        In the same axes; NaN where a part is missing.
    """
    hip, shoulder = mean_position("left_hip", "right_hip"), mean_position("left_shoulder", "right_shoulder")
    # Winter: the trunk's centre of mass lies half-way between greater trochanter and glenohumeral joint.
    centre = TRUNK_MASS * 0.5 * (hip + shoulder) + HEAD_MASS * mean_position("left_ear", "right_ear")
    for side in ("left", "right"):
        for proximal, distal, mass, share in SEGMENTS:
            top, bottom = mean_position(f"{side}_{proximal}"), mean_position(f"{side}_{distal}")
            centre = centre + mass * (top + share * (bottom - top))
    return np.asarray(centre)


def centre_of_mass_height(tracks: KeypointTracks) -> FloatArray:
    """Compute the height of the centre of mass.

    Parameters
    ----------
    tracks : KeypointTracks

    Returns
    -------
    (T,) float array
        Pixels above the lower edge from which `KeypointTracks.xy` counts; NaN where a part is missing.
    """
    return centre_of_mass(tracks.xy)[:, 1]
