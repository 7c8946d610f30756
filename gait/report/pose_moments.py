"""Reading one moment out of a pose dataset."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gait.events.shoe_landing import TURN, is_followed
from gait.netcdf import BLOCK_FRAMES

if TYPE_CHECKING:
    import xarray as xr

Point = NDArray[np.float64]
Points = Mapping[str, Point]

SIDES = ("left", "right")
LEG = ("hip", "knee", "ankle", "heel", "foot_index")
ARM = ("shoulder", "elbow", "wrist")


def bones() -> tuple[tuple[str, str, str], ...]:
    """Skeleton as ``(side, from, to)``; ``side`` is ``"left"``, ``"right"`` or ``"middle"``."""
    limbs = []
    for side in SIDES:
        chains = (ARM, LEG, ("ankle", "foot_index"))
        limbs += [(side, f"{side}_{a}", f"{side}_{b}") for c in chains for a, b in pairwise(c)]
    middle = [("middle", "left_shoulder", "right_shoulder"), ("middle", "left_hip", "right_hip")]
    middle += [("middle", f"{side}_shoulder", f"{side}_hip") for side in SIDES]
    return (*middle, *limbs)


BONES = bones()
#: Tilt of the pelvis in a pose dataset (`gait.pose.appearance.pelvis`), and how far its line is drawn to either side, distances
#: between the hips.
TILT, PELVIS_REACH = "pelvis_tilt", 0.85


def points_at(pose: xr.Dataset, time_s: float) -> dict[str, Point]:
    """Give the landmarks of the frame nearest to a time.

    Parameters
    ----------
    pose
        A pose dataset (``docs/architecture.md``).
    time_s
        Seconds on the playback timeline.

    Returns
    -------
    dict
        Keypoint name to ``(x, y)`` in pixels; keypoints that were not found are left out.
    """
    times = np.asarray(pose["time"].values, dtype=float)
    index = int(np.argmin(np.abs(times - time_s)))
    position = pose["position"].isel(time=index, individual=0).transpose("keypoint", "space").values
    names = [str(name) for name in pose["keypoint"].values]
    points = {n: np.asarray(p, float) for n, p in zip(names, position, strict=True) if np.isfinite(p).all()}
    tilt = float(pose[TILT].isel(time=index, individual=0)) if TILT in pose else float("nan")
    for side in SIDES:
        if is_followed(pose, side):
            turn = float(pose[TURN.format(side=side)].isel(time=index, individual=0))
            with_sole(points, side, turn, roll_deg=float(pose.attrs.get("camera_roll_deg", 0.0)))
    return with_pelvis(points, tilt)


def with_sole(points: dict[str, Point], side: str, turn_deg: float, *, roll_deg: float = 0.0) -> dict[str, Point]:
    """Add ``left_sole`` or ``right_sole``: where the toe is, seen from the heel, as the shoe itself is turned.

    Parameters
    ----------
    points
        Landmarks; changed in place.
    side
        ``"left"`` or ``"right"``.
    turn_deg
        Against the flat shoe, + = toe up; nothing is added where it is NaN.
    roll_deg
        How the belt lies in the picture, + = turned counter-clockwise.
    """
    heel, toe = (points.get(f"{side}_{joint}") for joint in ("heel", "foot_index"))
    if heel is None or toe is None or not np.isfinite(turn_deg):
        return points
    facing = 1.0 if toe[0] > heel[0] else -1.0
    angle = np.radians(turn_deg + facing * roll_deg)
    points[f"{side}_sole"] = heel + float(np.linalg.norm(toe - heel)) * np.array(
        [facing * np.cos(angle), -np.sin(angle)]
    )
    return points


def with_pelvis(points: dict[str, Point], tilt_deg: float) -> dict[str, Point]:
    """Add ``left_pelvis`` and ``right_pelvis``: the ends of the pelvis as its tilt was read off the picture.

    Parameters
    ----------
    points
        Landmarks; changed in place.
    tilt_deg
        + = right side of the picture higher; nothing is added where it is NaN.
    """
    if np.isfinite(tilt_deg) and {"left_hip", "right_hip"} <= points.keys():
        left, right = points["left_hip"], points["right_hip"]
        reach = PELVIS_REACH * float(np.linalg.norm(right - left)) * (1.0 if right[0] > left[0] else -1.0)
        along = np.array([np.cos(np.radians(tilt_deg)), -np.sin(np.radians(tilt_deg))])
        middle = (left + right) / 2
        points["left_pelvis"], points["right_pelvis"] = middle - reach * along, middle + reach * along
    return points


class Moments:
    """Landmarks of one moment after another out of a pose dataset that need not fit into memory.

    Parameters
    ----------
    pose
        A pose dataset.
    slack_s
        How far from a moment its frame may lie.
    apart_s
        Between frames no farther apart than this, landmarks are taken to move evenly.
    """

    def __init__(self, pose: xr.Dataset, *, slack_s: float, apart_s: float = 0.0) -> None:
        self.times = np.asarray(pose["time"].values, dtype=float)
        self._position = pose["position"]
        tilt = pose[TILT].values[:, 0] if TILT in pose else np.full(len(self.times), np.nan)
        self._tilt = np.asarray(tilt, dtype=float)
        self._names = [str(name) for name in pose["keypoint"].values]
        self._slack_s, self._apart_s = slack_s, apart_s
        self._block = range(0)
        self._values = np.empty((0, len(self._names), 2))

    def at(self, time_s: float) -> dict[str, Point]:
        """Give what :func:`points_at` gives; nothing where there is no frame near."""
        after = int(np.searchsorted(self.times, time_s))
        near = [i for i in (after - 1, after) if 0 <= i < len(self.times)]
        index = min(near, key=lambda i: abs(self.times[i] - time_s), default=0)
        if near and abs(self.times[index] - time_s) <= self._slack_s:
            position = self._frame(index)
        elif len(near) == 2 and self.times[after] - self.times[after - 1] <= self._apart_s:
            share = (time_s - self.times[after - 1]) / (self.times[after] - self.times[after - 1])
            position = (1 - share) * self._frame(after - 1) + share * self._frame(after)
        else:
            return {}
        points = {n: p for n, p in zip(self._names, position, strict=True) if np.isfinite(p).all()}
        return with_pelvis(points, float(np.interp(time_s, self.times, self._tilt, left=np.nan, right=np.nan)))

    def _frame(self, index: int) -> NDArray[np.float64]:
        if index not in self._block:
            # One frame before too: a moment between two frames asks for both.
            self._block = range(max(index - 1, 0), min(index + BLOCK_FRAMES, len(self.times)))
            block = self._position.isel(time=slice(self._block.start, self._block.stop), individual=0)
            self._values = np.asarray(block.transpose("time", "keypoint", "space").values, dtype=float)
        return np.asarray(self._values[index - self._block.start])


def near_side(direction: float) -> str:
    """Return the leg towards the camera in a side view: the right one of a runner who faces image right."""
    return "right" if direction > 0 else "left"
