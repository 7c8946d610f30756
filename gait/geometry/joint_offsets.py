"""Which keypoints of cleaned poses have been moved onto their joint, by dots in the frames or by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.display_language import Texts, list_text, ngettext, side_text
from gait.geometry.camera import keypoint_xy
from gait.pose.appearance.joint_dots import DOT_JOINTS
from gait.pose.dataset import DOTTED_JOINTS_ATTR, HAND_OFFSETS_ATTR

#: Ends of keypoint names → words, where they differ.
_NAMES = {"foot_index": "toe"}
#: Joints as they stand in a sentence.
JOINT_NAMES: Mapping[str, str] = Texts(
    {
        "hip": "hip",
        "knee": "knee",
        "ankle": "ankle",
        "heel": "heel",
        "toe": "toe",
        "shoulder": "shoulder",
        "elbow": "elbow",
        "wrist": "wrist",
        "ear": "ear",
    }
)


@dataclass(frozen=True)
class HandOffset:
    """By how much a keypoint was moved by hand, everywhere in a clip.

    Attributes
    ----------
    x_px, y_px : float
        Hand minus keypoint, pixels: along the axes of ``frame``.
    sd_px : float
        Standard uncertainty of the offset, pixels.
    entries : int
        Frames in which the joint was set by hand.
    frame : {"image", "segment"}
        ``image``: x to the right, y down. ``segment``: along the joint's segment (away from the trunk), and a quarter
        turn clockwise from it.
    """

    x_px: float
    y_px: float
    sd_px: float
    entries: int
    frame: Literal["image", "segment"] = "image"

    @property
    def length_px(self) -> float:
        """Length of the offset, pixels."""
        return float((self.x_px**2 + self.y_px**2) ** 0.5)


def limb_axes(clean: xr.Dataset, keypoint: str) -> FloatArray:
    """Return the axes of the limb along which a joint's mark is steady (`gait.pose.appearance.joint_dots.DOT_JOINTS`).

    Parameters
    ----------
    clean : xarray.Dataset
        Cleaned pose dataset.
    keypoint : str
        With its side, such as ``left_knee``.

    Returns
    -------
    (T, 2, 2) float array
        Unit vectors in the image, x right and y down: along the limb, and a quarter turn clockwise from that. NaN in
        gaps.
    """
    side, joint = keypoint.split("_", 1)
    start, end = (keypoint_xy(clean, f"{side}_{name}") for name in DOT_JOINTS[joint])
    line = end - start
    with np.errstate(invalid="ignore", divide="ignore"):
        along = line / np.linalg.norm(line, axis=1, keepdims=True)
    return np.stack([along, np.stack([-along[:, 1], along[:, 0]], axis=1)], axis=1)


def dotted_joints(pose: xr.Dataset) -> frozenset[str]:
    """Name the keypoints whose place comes from dots in the frames.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset.

    Returns
    -------
    frozenset of str
        Such as ``left_knee``; empty without dots.
    """
    return frozenset(name for name in str(pose.attrs.get(DOTTED_JOINTS_ATTR, "")).split(",") if name)


def hand_offsets(pose: xr.Dataset) -> dict[str, HandOffset]:
    """Read by how much keypoints have been moved by hand.

    Parameters
    ----------
    pose : xarray.Dataset
        Cleaned pose dataset.

    Returns
    -------
    dict
        Keypoint → offset; empty where nothing was moved.
    """
    record = json.loads(str(pose.attrs.get(HAND_OFFSETS_ATTR) or "{}"))
    return {str(joint): HandOffset(**values) for joint, values in record.items()}


def hand_offsets_text(offsets: Mapping[str, HandOffset]) -> str:
    """Write offsets as the text of the attribute that `hand_offsets` reads.

    Parameters
    ----------
    offsets : mapping
        Keypoint → offset.

    Returns
    -------
    str
        JSON.
    """
    return json.dumps({joint: asdict(offset) for joint, offset in offsets.items()})


def adjusted_joints(pose: xr.Dataset) -> Mapping[str, float]:
    """Say how well the places of keypoints are known that have been moved by hand.

    Parameters
    ----------
    pose : xarray.Dataset
        Cleaned pose dataset.

    Returns
    -------
    mapping
        Keypoint → standard uncertainty of its offset, pixels; empty where nothing was moved.
    """
    return {joint: offset.sd_px for joint, offset in hand_offsets(pose).items()}


def moved_joint_notes(clean: xr.Dataset) -> list[str]:
    """Say in sentences which joints have been moved onto dots, and which by hand.

    Parameters
    ----------
    clean : xarray.Dataset
        Cleaned pose dataset.

    Returns
    -------
    list of str
        Empty where nothing was moved.
    """
    notes = []
    dotted = dotted_joints(clean)
    if dotted:
        side = next(iter(dotted)).split("_", 1)[0]
        names = [_NAMES.get(joint, joint) for joint in DOT_JOINTS if f"{side}_{joint}" in dotted]
        text = side_text("bright dots mark {joints} of the {side} side: they were tracked", side)
        notes.append(text.format(joints=list_text([JOINT_NAMES.get(name, name) for name in names])))
    for keypoint, offset in hand_offsets(clean).items():
        side, joint = keypoint.split("_", 1)
        text = side_text("{side} {joint} moved by {length} px by hand ({frames})", side)
        frames = ngettext("{count} frame", "{count} frames", offset.entries).format(count=offset.entries)
        word = _NAMES.get(joint, joint)
        name = JOINT_NAMES.get(word, word)
        notes.append(text.format(joint=name, length=f"{offset.length_px:.0f}", frames=frames))
    return notes
