"""How far a camera is rolled: from upright structures in the picture, or from the runner.

Sign as in `gait.synthetic.spec.CameraSpec`: + where the picture of the world is turned counter-clockwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr

from gait.kinematics.camera import Camera, points
from gait.kinematics.phase import Array
from gait.video import Image

#: Lines further from the vertical are something else than walls and doors filmed by hand. [E]
STEEPEST_DEG = 14.0
#: Shortest line that counts, as a share of the picture's shorter side; all together must be so long, and so far apart.
#: Lengths are what a door frame or two give; apart, because one leaning thing is no gravity. [E]
SHORTEST, TOGETHER, APART = 0.07, 0.6, 0.15
#: Lines that lie within this share of the shorter side and lean alike are one thing, and count no longer than this
#: together: the legs of a treadmill's console are long but lean. [E]
ONE_THING, ONE_LENGTH = 0.1, 0.25
#: Lines that lean another way are no rivals while they come to less than this share of the best. [E]
RIVAL = 0.75
#: Lines that belong together differ by about so many degrees: lenses bend, door frames lean. [E]
SPREAD_DEG = 0.7
#: How far phones are usually pitched, degrees (standard deviation), and their focal length over the shorter side: only
#: tie down what few lines leave open. [E]
PITCH_DEG, FOCAL = 6.0, 1.3
#: The picture is worked on at this many pixels along its shorter side.
WORKING_PX = 720
#: Spread of the roll read off runners who are filmed level: nobody is quite symmetric. [E]
RUNNER_SD_DEG = 2.0
#: A roll this uncertain (standard error, degrees) is not told. [E]
SURE_DEG = 0.7


@dataclass(frozen=True)
class Roll:
    """Camera roll, degrees, its standard error, and what it was read off."""

    degrees: float
    error: float
    source: Literal["structures", "runner"]

    @property
    def sure(self) -> bool:
        """Whether it is good enough to be used for correcting something."""
        return self.source == "structures" and self.error <= SURE_DEG


def roll_from_structures(pictures: list[tuple[Image, Image | None]]) -> Roll | None:
    """Read the roll off long lines near the vertical.

    Parameters
    ----------
    pictures : list of (grey, mask)
        Pictures of one scene; where the mask is not 0 the picture is left out (the runner).

    Returns
    -------
    Roll or None
        ``None`` where too few lines agree.

    Notes
    -----
    Line segments by LSD (von Gioi et al. 2012). A pitched camera makes verticals converge, the further from the
    middle the more: leaning is fitted as roll + slope × place, robustly, with a mild prior on the slope.
    """
    lean, place, length = (np.concatenate(parts) for parts in zip(*map(_uprights, pictures), strict=True))
    if not len(lean):
        return None
    length = _shared(lean, place, length / len(pictures))
    slope_sd = PITCH_DEG / FOCAL
    # Begin where most length leans alike.
    candidates = np.arange(-STEEPEST_DEG, STEEPEST_DEG + 0.01, 0.25)
    slopes = np.linspace(-2.5, 2.5, 21) * slope_sd
    apart = lean[:, None, None] - candidates[:, None] - place[:, None, None] * slopes
    score = (length[:, None, None] / (1 + (apart / SPREAD_DEG) ** 2)).sum(axis=0)
    score *= np.exp(-0.5 * (slopes / slope_sd) ** 2 / 4)
    start, tilt = np.unravel_index(int(score.argmax()), score.shape)
    elsewhere = score[np.abs(candidates - candidates[start]) > 3].max()
    if elsewhere > RIVAL * score.max():
        return None
    solution = np.array([candidates[start], slopes[tilt]])
    basis = np.stack([np.ones_like(place), place], axis=1)
    weight = length
    for _ in range(10):
        residual = lean - basis @ solution
        weight = length * np.clip(1 - (residual / (3 * SPREAD_DEG)) ** 2, 0, None) ** 2
        gram = (basis * weight[:, None]).T @ basis + np.diag([0, (SPREAD_DEG / slope_sd) ** 2])
        if gram[0, 0] <= 1e-6:
            return None
        solution = np.linalg.solve(gram, (basis * weight[:, None]).T @ lean)
    agreeing = float(weight.sum())
    middle = float(weight @ place / agreeing)
    width = 2 * float(np.sqrt(weight @ (place - middle) ** 2 / agreeing))
    if agreeing < TOGETHER or width < APART or abs(solution[0]) > STEEPEST_DEG - 2:
        return None
    spread = np.sqrt(float(weight @ (lean - basis @ solution) ** 2) / agreeing + 0.2**2)
    # One structure has many edges: about one in a tenth of the picture's width is a structure of its own.
    own = len(np.unique(np.round(10 * place[weight > 0.3 * length])))
    covariance = np.linalg.inv(gram) * agreeing * spread**2 / max(own, 1)
    return Roll(float(solution[0]), float(np.hypot(np.sqrt(covariance[0, 0]), 0.2)), "structures")


def shrunk(grey: Image, shorter_px: int) -> Image:
    """Give a picture with so many pixels along its shorter side; as it is where it has no more."""
    import cv2

    factor = shorter_px / min(grey.shape)
    if factor >= 1:
        return grey
    return np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _shared(lean: Array, place: Array, length: Array) -> Array:
    """Give each line a length such that all the edges of one thing do not count more than `ONE_LENGTH`."""
    shared = length.copy()
    for n in range(len(lean)):
        near = (np.abs(place - place[n]) < ONE_THING / 2) & (np.abs(lean - lean[n]) < 1.5)
        shared[n] *= min(1.0, ONE_LENGTH / float(length[near].sum()))
    return shared


def _uprights(picture: tuple[Image, Image | None]) -> tuple[Array, Array, Array]:
    """Give how lines near the vertical lean (degrees, + = top to the left), where (x from the middle) and how long.

    Places and lengths are shares of the picture's shorter side.
    """
    import cv2

    grey, mask = picture
    shorter = min(grey.shape)
    small = shrunk(grey, WORKING_PX)
    factor = min(small.shape) / shorter
    detector: Any = cv2.createLineSegmentDetector()
    found = detector.detect(np.ascontiguousarray(small))[0]
    if found is None:
        return np.empty(0), np.empty(0), np.empty(0)
    ends = found.reshape(-1, 4).astype(float) / factor
    dx, dy = ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]
    # As from the lower to the upper end.
    sign = np.where(dy > 0, -1.0, 1.0)
    lean = np.degrees(np.arctan2(-sign * dx, -sign * dy))
    length = np.hypot(dx, dy) / shorter
    keep = (np.abs(lean) < STEEPEST_DEG) & (length > SHORTEST)
    middle = 0.5 * (ends[:, :2] + ends[:, 2:])
    if mask is not None:
        column, row = np.rint(middle).astype(int).T
        keep &= mask[row.clip(0, mask.shape[0] - 1), column.clip(0, mask.shape[1] - 1)] == 0
    # Along the picture's border lie black bars, not walls.
    edge = 0.01 * grey.shape[1]
    keep &= (middle[:, 0] > edge) & (middle[:, 0] < grey.shape[1] - edge)
    return lean[keep], (middle[keep, 0] - grey.shape[1] / 2) / shorter, length[keep]


def roll_from_runner(pose: xr.Dataset, camera: Camera) -> Roll | None:
    """Read the roll off a runner seen from behind or in front: the trunk is upright over whole strides.

    A side view shows how far the runner leans forward, not how the camera stands: ``None``.
    """
    if camera.view == "side":
        return None
    trunk = points(pose, "left_shoulder", "right_shoulder") - points(pose, "left_hip", "right_hip")
    lean = np.degrees(np.arctan2(-trunk[:, 0], -trunk[:, 1]))
    lean = lean[np.isfinite(lean)]
    if len(lean) < 20:
        return None
    return Roll(float(np.median(lean)), RUNNER_SD_DEG, "runner")
