"""Reading one moment out of a pose dataset."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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


def near_side(direction: float) -> str:
    """Return the leg towards the camera in a side view: the right one of a runner who faces image right."""
    return "right" if direction > 0 else "left"
