"""Keypoints at one moment of a pose dataset, for drawing."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.events.shoe_landing import is_foot_tracked
from gait.netcdf import BLOCK_FRAMES
from gait.pose.dataset import CAMERA_ROLL_ATTR, FOOT_TURN, PELVIS_TILT
from gait.signal.tracking_errors import IMPOSSIBLE

#: (x, y), pixels.
PixelPoint = FloatArray
#: Keypoint name to its position.
KeypointPixels = Mapping[str, PixelPoint]

SIDES = ("left", "right")
LEG = ("hip", "knee", "ankle", "heel", "foot_index")
ARM = ("shoulder", "elbow", "wrist")


def _skeleton_bones() -> tuple[tuple[str, str, str], ...]:
    limbs = []
    for side in SIDES:
        chains = (ARM, LEG, ("ankle", "foot_index"))
        limbs += [(side, f"{side}_{a}", f"{side}_{b}") for c in chains for a, b in pairwise(c)]
    middle = [("middle", "left_shoulder", "right_shoulder"), ("middle", "left_hip", "right_hip")]
    middle += [("middle", f"{side}_shoulder", f"{side}_hip") for side in SIDES]
    return (*middle, *limbs)


#: Skeleton as ``(side, from, to)``; ``side`` is ``"left"``, ``"right"`` or ``"middle"``.
BONES = _skeleton_bones()
#: How far the line of the pelvis is drawn to either side, in distances between the hips. [E]
PELVIS_REACH = 0.85


def keypoints_at(pose: xr.Dataset, time_s: float, *, between_frames: bool = False) -> dict[str, PixelPoint]:
    """Look up the keypoints of the frame nearest to a time, or those at the time itself.

    Parameters
    ----------
    pose : xarray.Dataset
        A pose dataset (``docs/architecture.md``).
    time_s : float
        Seconds on the playback timeline.
    between_frames : bool
        Interpolate linearly between the frames before and after, as the metrics do.

    Returns
    -------
    dict
        Keypoint name to ``(x, y)``, pixels, without keypoints that were not found. ``left_sole``, ``right_sole``,
        ``left_pelvis`` and ``right_pelvis`` are added where they were measured.
    """
    times = np.asarray(pose["time"].values, dtype=float)
    index = int(np.argmin(np.abs(times - time_s)))
    begin, share = index, 0.0
    if between_frames and times[0] <= time_s <= times[-1]:
        begin = min(int(np.searchsorted(times, time_s, side="right")) - 1, len(times) - 2)
        share = float((time_s - times[begin]) / (times[begin + 1] - times[begin]))

    def value(name: str) -> FloatArray:
        frames = pose[name].isel(time=slice(begin, begin + 2), individual=0).transpose("time", ...).values
        return np.asarray((1 - share) * frames[0] + share * frames[1] if share else frames[0], dtype=float)

    position = value("position")
    if pose["position"].dims.index("space") < pose["position"].dims.index("keypoint"):
        position = position.T
    names = [str(name) for name in pose["keypoint"].values]
    points = {n: np.asarray(p, float) for n, p in zip(names, position, strict=True) if np.isfinite(p).all()}
    tilt = float(value(PELVIS_TILT)) if PELVIS_TILT in pose else float("nan")
    for side in SIDES:
        if is_foot_tracked(pose, side):
            turn = float(value(FOOT_TURN[side]))
            add_sole(points, side, turn, roll_deg=float(pose.attrs.get(CAMERA_ROLL_ATTR, 0.0)))
    return add_pelvis(points, tilt)


def add_sole(
    points: dict[str, PixelPoint], side: str, turn_deg: float, *, roll_deg: float = 0.0
) -> dict[str, PixelPoint]:
    """Add ``left_sole`` or ``right_sole``: the toe as seen from the heel, at the angle of the tracked shoe.

    Parameters
    ----------
    points : dict
        Keypoint name to ``(x, y)``, pixels; changed in place.
    side : {"left", "right"}
    turn_deg : float
        Turn of the shoe against the flat shoe, degrees, + = toe up; nothing is added where it is NaN.
    roll_deg : float
        Turn of the belt in the frame, degrees, + = counter-clockwise.

    Returns
    -------
    dict
        ``points``.
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


def add_pelvis(points: dict[str, PixelPoint], tilt_deg: float) -> dict[str, PixelPoint]:
    """Add ``left_pelvis`` and ``right_pelvis``: the ends of the pelvis at the tilt that was read off the frame.

    Parameters
    ----------
    points : dict
        Keypoint name to ``(x, y)``, pixels; changed in place.
    tilt_deg : float
        Degrees, + = right side of the frame higher; nothing is added where it is NaN.

    Returns
    -------
    dict
        ``points``.
    """
    if np.isfinite(tilt_deg) and {"left_hip", "right_hip"} <= points.keys():
        left, right = points["left_hip"], points["right_hip"]
        reach = PELVIS_REACH * float(np.linalg.norm(right - left)) * (1.0 if right[0] > left[0] else -1.0)
        along = np.array([np.cos(np.radians(tilt_deg)), -np.sin(np.radians(tilt_deg))])
        middle = (left + right) / 2
        points["left_pelvis"], points["right_pelvis"] = middle - reach * along, middle + reach * along
    return points


class KeypointLookup:
    """Look up keypoints at one moment after another, in a pose dataset that need not fit into memory.

    Legs that cannot be where they were found (`gait.signal.tracking_errors`) are left out.

    Parameters
    ----------
    pose : xarray.Dataset
        A pose dataset.
    slack_s : float
        Largest distance between a moment and its frame, seconds.
    apart_s : float
        Between frames no farther apart than this, seconds, keypoints are interpolated linearly.
    """

    def __init__(self, pose: xr.Dataset, *, slack_s: float, apart_s: float = 0.0) -> None:
        self.times = np.asarray(pose["time"].values, dtype=float)
        self._position = pose["position"]
        self._status = pose.get("status")
        tilt = pose[PELVIS_TILT].values[:, 0] if PELVIS_TILT in pose else np.full(len(self.times), np.nan)
        self._tilt = np.asarray(tilt, dtype=float)
        self._names = [str(name) for name in pose["keypoint"].values]
        self._slack_s, self._apart_s = slack_s, apart_s
        self._block = range(0)
        self._values = np.empty((0, len(self._names), 2))

    def at(self, time_s: float) -> dict[str, PixelPoint]:
        """Look up the keypoints at a time.

        Parameters
        ----------
        time_s : float
            Seconds on the playback timeline.

        Returns
        -------
        dict
            As `keypoints_at`, without soles; empty where no frame is near.
        """
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
        return add_pelvis(points, float(np.interp(time_s, self.times, self._tilt, left=np.nan, right=np.nan)))

    def _frame(self, index: int) -> FloatArray:
        if index not in self._block:
            # A moment between two frames needs both, so a block starts one frame earlier.
            self._block = range(max(index - 1, 0), min(index + BLOCK_FRAMES, len(self.times)))
            block = self._position.isel(time=slice(self._block.start, self._block.stop), individual=0)
            self._values = np.array(block.transpose("time", "keypoint", "space").values, dtype=float)
            if self._status is not None:
                status = self._status.isel(time=slice(self._block.start, self._block.stop), individual=0)
                self._values[status.transpose("time", "keypoint").values == IMPOSSIBLE] = np.nan
        return np.asarray(self._values[index - self._block.start])


def near_side(direction: float) -> str:
    """Name the leg towards the camera in a side view.

    Parameters
    ----------
    direction : float
        + = the runner faces image right.

    Returns
    -------
    {"left", "right"}
    """
    return "right" if direction > 0 else "left"
