"""Sides and widths as a camera behind or in front of the runner shows them."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks


def image_direction(tracks: KeypointTracks, side: str) -> int:
    """Say in which direction of the image a side of the runner lies.

    Parameters
    ----------
    tracks : KeypointTracks
        From behind or in front.
    side : {"left", "right"}
        The runner's own side.

    Returns
    -------
    int
        +1 to the right of the image, −1 to the left.
    """
    towards_right = {"left": -1, "right": 1}[side]
    return -towards_right if tracks.camera.view == "front" else towards_right


def rightward_position(tracks: KeypointTracks, times: FloatArray, *names: str) -> FloatArray:
    """Give the position of keypoints towards the runner's right.

    Parameters
    ----------
    tracks : KeypointTracks
        From behind or in front.
    times : float array
        s; any shape.
    *names : str
        Keypoints; of several the mean.

    Returns
    -------
    float array
        Pixels, + = farther to the runner's right; shape of ``times``.
    """
    x = tracks.at(times.ravel(), *names)[:, 0].reshape(times.shape)
    return np.asarray(image_direction(tracks, "right") * x)


def joint_width_px(tracks: KeypointTracks, joint: str) -> float:
    """Give the breadth between the left and the right of a joint.

    Parameters
    ----------
    tracks : KeypointTracks
        From behind or in front.
    joint : {"shoulder", "hip"}

    Returns
    -------
    float
        95th percentile over the clip, pixels: rotation of the trunk only ever narrows the breadth.
    """
    return float(np.nanpercentile(np.abs(tracks.xy(f"left_{joint}")[:, 0] - tracks.xy(f"right_{joint}")[:, 0]), 95))
