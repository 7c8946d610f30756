"""Reading one moment out of a pose dataset."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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
    return {n: np.asarray(p, float) for n, p in zip(names, position, strict=True) if np.isfinite(p).all()}


class Moments:
    """Landmarks of one moment after another out of a pose dataset that need not fit into memory.

    Parameters
    ----------
    pose
        A pose dataset.
    slack_s
        How far from a moment its frame may lie.
    """

    def __init__(self, pose: xr.Dataset, *, slack_s: float) -> None:
        self.times = np.asarray(pose["time"].values, dtype=float)
        self._position = pose["position"]
        self._names = [str(name) for name in pose["keypoint"].values]
        self._slack_s = slack_s
        self._block = range(0)
        self._values = np.empty((0, len(self._names), 2))

    def at(self, time_s: float) -> dict[str, Point]:
        """Give what :func:`points_at` gives; nothing where there is no frame near."""
        after = int(np.searchsorted(self.times, time_s))
        near = [i for i in (after - 1, after) if 0 <= i < len(self.times)]
        index = min(near, key=lambda i: abs(self.times[i] - time_s), default=None)
        if index is None or abs(self.times[index] - time_s) > self._slack_s:
            return {}
        if index not in self._block:
            self._block = range(index, min(index + BLOCK_FRAMES, len(self.times)))
            block = self._position.isel(time=slice(self._block.start, self._block.stop), individual=0)
            self._values = block.transpose("time", "keypoint", "space").values
        position = self._values[index - self._block.start]
        return {n: p for n, p in zip(self._names, position, strict=True) if np.isfinite(p).all()}


def near_side(direction: float) -> str:
    """Return the leg towards the camera in a side view: the right one of a runner who faces image right."""
    return "right" if direction > 0 else "left"
