"""Angles of body segments in the image plane, degrees: x forwards (side view) or to the right, y up."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks


def angle_from_vertical(across: FloatArray, up: FloatArray) -> FloatArray:
    """Compute the angle of vectors from the vertical.

    Parameters
    ----------
    across, up : float array
        Components: forwards (side view) or to the right of the image, and up; same shape, any unit.

    Returns
    -------
    float array
        Degrees, + = tipped forwards or to the right; same shape.
    """
    return np.degrees(np.arctan2(across, up))


def segment_angle(
    tracks: KeypointTracks, times: FloatArray, top: tuple[str, ...], bottom: tuple[str, ...]
) -> FloatArray:
    """Compute the lean of a segment from the vertical.

    Parameters
    ----------
    tracks : KeypointTracks
    times : float array
        s; any shape.
    top, bottom : tuple of str
        Keypoints at the two ends; of several the mean.

    Returns
    -------
    float array
        Degrees, + = the top is ahead of the bottom (side view) or to the right of it in the image; shape of ``times``.
    """
    flat = times.ravel()
    line = tracks.at(flat, *top) - tracks.at(flat, *bottom)
    return np.asarray(angle_from_vertical(line[:, 0], line[:, 1]).reshape(times.shape))


def trunk_angle(tracks: KeypointTracks, times: FloatArray) -> FloatArray:
    """Compute the lean of the line from mid-hip to mid-shoulder.

    Parameters
    ----------
    tracks : KeypointTracks
    times : float array
        s; any shape.

    Returns
    -------
    float array
        Degrees, + = forwards (side view) or to the right of the image; shape of ``times``.
    """
    return segment_angle(tracks, times, ("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"))


def thigh_angle(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    """Compute the angle of a thigh from the vertical in a side view.

    Parameters
    ----------
    tracks : KeypointTracks
    side : {"left", "right"}
    times : float array
        s; any shape.

    Returns
    -------
    float array
        Degrees, + = knee ahead of the hip; shape of ``times``.
    """
    return -segment_angle(tracks, times, (f"{side}_hip",), (f"{side}_knee",))


def knee_flexion_angle(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    """Compute the bend of the knee in the plane of a side view.

    Parameters
    ----------
    tracks : KeypointTracks
    side : {"left", "right"}
    times : float array
        s; any shape.

    Returns
    -------
    float array
        Degrees, 0 = straight, + = bent, negative when bent backwards; shape of ``times``.
    """
    flat = times.ravel()
    hip, knee, ankle = (tracks.at(flat, f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
    thigh, shank = knee - hip, ankle - knee
    cross = thigh[:, 0] * shank[:, 1] - thigh[:, 1] * shank[:, 0]
    return np.asarray(np.degrees(np.arctan2(-cross, np.sum(thigh * shank, axis=1))).reshape(times.shape))


def foot_pitch_angle(tracks: KeypointTracks, side: str, times: FloatArray) -> FloatArray:
    """Compute the direction from heel to toe in a side view.

    Parameters
    ----------
    tracks : KeypointTracks
    side : {"left", "right"}
    times : float array
        s; any shape.

    Returns
    -------
    float array
        Degrees above the horizontal, + = toe up; shape of ``times``.
    """
    flat = times.ravel()
    foot = tracks.at(flat, f"{side}_foot_index") - tracks.at(flat, f"{side}_heel")
    return np.asarray(np.degrees(np.arctan2(foot[:, 1], foot[:, 0])).reshape(times.shape))
