"""Height of the body's centre of mass, from segment masses."""

from __future__ import annotations

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
    hip, shoulder = tracks.xy("left_hip", "right_hip")[:, 1], tracks.xy("left_shoulder", "right_shoulder")[:, 1]
    # Winter: the trunk's centre of mass lies half-way between greater trochanter and glenohumeral joint.
    height = TRUNK_MASS * 0.5 * (hip + shoulder) + HEAD_MASS * tracks.xy("left_ear", "right_ear")[:, 1]
    for side in ("left", "right"):
        for proximal, distal, mass, share in SEGMENTS:
            top, bottom = tracks.xy(f"{side}_{proximal}")[:, 1], tracks.xy(f"{side}_{distal}")[:, 1]
            height = height + mass * (top + share * (bottom - top))
    return np.asarray(height)
