"""How far a wrist is past the midline of the trunk, seen from the front."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.display_language import N_
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.camera_skew import camera_skew
from gait.metrics.frontal_plane import image_direction, joint_width_px

#: How far in front of the trunk the hand is where it comes closest to the midline, leg lengths (25 cm at 1.75 m). [E]
HAND_AHEAD = 0.29
#: Joints of either side that wrist metrics need.
WRIST_JOINTS = ("shoulder", "hip", "wrist")
#: What both wrist metrics correct.
SKEW_CORRECTION = (
    "Where the camera does not look along the belt, a hand in front of the trunk appears beside its true place. The "
    f"midline is moved by the camera's skew, measured on the feet, times {HAND_AHEAD} L "
    "(`gait/metrics/camera_skew.py`)."
)
#: Why a rear view does not show the wrists: BlazePose places them 0.25 shoulder widths too far out there, with a
#: confidence below 0.1 (rendered runners).
REAR_VIEW_HINT = N_("the hands are hidden behind the trunk where they come closest to its middle: film the front view")
#: Samples of the wrist's path in one stride. [E]
SAMPLES = 80


def wrist_past_midline(tracks: KeypointTracks, side: str) -> FloatArray:
    """Compute how far a wrist is past the midline of the trunk, frame by frame.

    The midline runs from mid-hip to mid-shoulder and is taken at the height of the wrist. The skew of the camera is
    corrected (`SKEW_CORRECTION`).

    Parameters
    ----------
    tracks : KeypointTracks
        From the front or behind.
    side : {"left", "right"}

    Returns
    -------
    (T,) float array
        Shoulder widths (95th percentile over the clip), + = past the midline, − = on its own side.
    """
    shoulder, hip = tracks.xy("left_shoulder", "right_shoulder"), tracks.xy("left_hip", "right_hip")
    wrist = tracks.xy(f"{side}_wrist")
    share = (wrist[:, 1] - hip[:, 1]) / (shoulder[:, 1] - hip[:, 1])
    midline = hip[:, 0] + share * (shoulder[:, 0] - hip[:, 0])
    midline = midline - camera_skew(tracks) * HAND_AHEAD * tracks.leg_length_px
    return np.asarray(-image_direction(tracks, side) * (wrist[:, 0] - midline) / joint_width_px(tracks, "shoulder"))


def wrist_path_by_stride(tracks: KeypointTracks, side: str, contact: FloatArray) -> list[FloatArray]:
    """Cut the path of a wrist at the contacts of the foot on its side.

    Parameters
    ----------
    tracks : KeypointTracks
        From the front.
    side : {"left", "right"}
    contact : (S,) float array
        Times of initial contact, s.

    Returns
    -------
    list of float array
        For each contact the following stride, as long as the median one; shoulder widths, as `wrist_past_midline`. NaN
        where the stride leaves the clip, and where there is one contact only.
    """
    if len(contact) < 2:
        return [np.array([np.nan])] * len(contact)
    path = wrist_past_midline(tracks, side)
    stride = float(np.median(np.diff(contact)))
    grid = np.linspace(0, stride, SAMPLES, endpoint=False)
    return [tracks.interpolate(c + grid, path) for c in contact]
