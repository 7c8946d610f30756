"""How far a camera is rolled: from upright structures in the picture, or from the runner.

Sign as in `gait.synthetic.run_spec.CameraSpec`: + where the picture of the world is turned counter-clockwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import FloatArray, Image
from gait.geometry.camera import Camera, keypoint_xy

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
#: How far people roll a phone that they mean to hold level, degrees (standard deviation), generously. [E]
USUAL_DEG = 8.0
#: The picture is worked on at this many pixels along its shorter side.
WORKING_PX = 720
#: Spread of the roll read off runners who are filmed level: nobody is quite symmetric. [E]
RUNNER_SD_DEG = 2.0
#: A roll this uncertain (standard error, degrees) is not told. [E]
SURE_DEG = 0.7


@dataclass(frozen=True)
class Roll:
    """Camera roll, degrees, its standard error, and what it was read off.

    ``degrees`` holds in the middle of the picture. Where a pitched camera makes verticals converge they are turned by
    ``slope`` degrees more for each shorter side of the picture that lies between the middle and a place to the right.
    """

    degrees: float
    error: float
    source: Literal["structures", "runner"]
    slope: float = 0.0

    def at(self, x_px: float, width: int, height: int) -> float:
        """Give by how much verticals are turned at a place in the picture, degrees."""
        return self.degrees + self.slope * (x_px - width / 2) / min(width, height)

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
    middle the more: leaning is fitted as roll + slope × place, robustly, with a mild prior on the slope. Lines near
    the horizontal, which a yawed camera makes converge likewise, only help to choose where the fit begins.
    """
    found = [_lines(picture) for picture in pictures]
    upright, level = (Lines.joined([both[n] for both in found]) for n in (0, 1))
    if not len(upright.lean):
        return None
    slope_sd = PITCH_DEG / FOCAL
    candidates = np.arange(-STEEPEST_DEG, STEEPEST_DEG + 0.01, 0.25)
    slopes = np.linspace(-2.5, 2.5, 21) * slope_sd
    support, best = _support(upright, candidates, slopes)
    # What lies level has to agree: leaning uprights of a treadmill have no leaning floor.
    support = (support + _support(level, candidates, slopes)[0]) * np.exp(-0.5 * (candidates / USUAL_DEG) ** 2)
    start = int(support.argmax())
    elsewhere = support[np.abs(candidates - candidates[start]) > 3].max()
    if elsewhere > RIVAL * support.max():
        return None
    lean, place, length = upright.lean, upright.place, upright.length
    solution = np.array([candidates[start], slopes[best[start]]])
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
    error = float(np.hypot(np.sqrt(covariance[0, 0]), 0.2))
    return Roll(float(solution[0]), error, "structures", float(solution[1]))


def shrunk(grey: Image, shorter_px: int) -> Image:
    """Give a picture with so many pixels along its shorter side; as it is where it has no more."""
    import cv2

    factor = shorter_px / min(grey.shape)
    if factor >= 1:
        return grey
    return np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)


@dataclass(frozen=True)
class Lines:
    """Lines of one direction: how they lean (degrees, + = turned counter-clockwise), where, and how much they count.

    ``place`` is across the lines, from the middle of the picture; it and ``length`` are shares of the shorter side.
    """

    lean: FloatArray
    place: FloatArray
    length: FloatArray

    @classmethod
    def joined(cls, parts: list[Lines]) -> Lines:
        """Put the lines of several pictures of one scene together, such that none counts twice."""
        lean, place, length = (
            np.concatenate([getattr(one, name) for one in parts]) for name in ("lean", "place", "length")
        )
        length = length / max(len(parts), 1)
        shared = length.copy()
        for n in range(len(lean)):
            near = (np.abs(place - place[n]) < ONE_THING / 2) & (np.abs(lean - lean[n]) < 1.5)
            shared[n] *= min(1.0, ONE_LENGTH / float(length[near].sum()))
        return cls(lean, place, shared)


def _support(lines: Lines, candidates: FloatArray, slopes: FloatArray) -> tuple[FloatArray, NDArray[np.intp]]:
    """Say how much length speaks for each roll, and with which slope."""
    apart = lines.lean[:, None, None] - candidates[:, None] - lines.place[:, None, None] * slopes
    score = (lines.length[:, None, None] / (1 + (apart / SPREAD_DEG) ** 2)).sum(axis=0)
    score = score * np.exp(-0.125 * (slopes / slopes.max() * 2.5) ** 2)
    best = score.argmax(axis=1)
    return score.max(axis=1), best


def _lines(picture: tuple[Image, Image | None]) -> tuple[Lines, Lines]:
    """Find lines near the vertical and near the horizontal."""
    import cv2

    grey, mask = picture
    shorter = min(grey.shape)
    small = shrunk(grey, WORKING_PX)
    factor = min(small.shape) / shorter
    detector: Any = cv2.createLineSegmentDetector()
    found = detector.detect(np.ascontiguousarray(small))[0]
    ends = np.empty((0, 4)) if found is None else found.reshape(-1, 4).astype(float) / factor
    middle = 0.5 * (ends[:, :2] + ends[:, 2:])
    length = np.hypot(*(ends[:, 2:] - ends[:, :2]).T) / shorter
    keep = length > SHORTEST
    if mask is not None:
        column, row = np.rint(middle).astype(int).T
        keep &= mask[row.clip(0, mask.shape[0] - 1), column.clip(0, mask.shape[1] - 1)] == 0
    size = np.array(grey.shape[::-1])
    # Along the picture's border lie black bars, not walls.
    keep &= ((middle > 0.01 * size) & (middle < 0.99 * size)).all(axis=1)
    ends, length, off_middle = ends[keep], length[keep], (middle[keep] - size / 2) / shorter
    dx, dy = (ends[:, 2:] - ends[:, :2]).T
    # Counter-clockwise as it is seen, in pixels that count downwards; a line has no direction.
    turned = np.degrees(np.arctan2(-dy, dx))
    both = []
    for ideal, across in ((90, 0), (0, 1)):
        lean = (turned - ideal + 90) % 180 - 90
        near = np.abs(lean) < STEEPEST_DEG
        both.append(Lines(lean[near], off_middle[near, across], length[near]))
    return both[0], both[1]


def roll_from_runner(pose: xr.Dataset, camera: Camera) -> Roll | None:
    """Read the roll off a runner seen from behind or in front: the trunk is upright over whole strides.

    A side view shows how far the runner leans forward, not how the camera stands: ``None``.
    """
    if camera.view == "side":
        return None
    trunk = keypoint_xy(pose, "left_shoulder", "right_shoulder") - keypoint_xy(pose, "left_hip", "right_hip")
    lean = np.degrees(np.arctan2(-trunk[:, 0], -trunk[:, 1]))
    lean = lean[np.isfinite(lean)]
    if len(lean) < 20:
        return None
    return Roll(float(np.median(lean)), RUNNER_SD_DEG, "runner")
