"""How far a camera is rolled: from upright structures in the frame, or from the runner.

Sign: + where the world appears turned counter-clockwise in the frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from gait._typing import FloatArray, Image
from gait.geometry.camera import Camera, keypoint_xy

#: Largest lean of a line that still counts as upright, degrees: walls and doors filmed by hand lean less. [E]
MAX_LEAN_DEG = 14.0
#: Shortest line that counts, smallest total length and smallest distance across all lines, as shares of the frame's
#: shorter side. One or two door frames reach that length. One leaning object does not show where down is. [E]
MIN_LINE_LENGTH, MIN_TOTAL_LENGTH, MIN_LINE_SPREAD = 0.07, 0.6, 0.15
#: Lines that lie within this share of the shorter side and lean alike belong to one structure. Together they count for
#: no more than the second share: the legs of a treadmill's console are long, but they lean. [E]
SAME_STRUCTURE_DISTANCE, MAX_STRUCTURE_LENGTH = 0.1, 0.25
#: Support for another roll, as a share of the best one's, above which the roll is ambiguous. [E]
MAX_RIVAL_SUPPORT = 0.75
#: Spread of lines that belong together, degrees: lenses bend lines, and door frames lean. [E]
SPREAD_DEG = 0.7
#: Usual pitch of a phone, degrees (standard deviation), and its focal length over the frame's shorter side: a weak
#: prior, which matters only where few lines were found. [E]
TYPICAL_PITCH_DEG, TYPICAL_FOCAL = 6.0, 1.3
#: Usual roll of a phone that is meant to be level, degrees (standard deviation), on the wide side. [E]
TYPICAL_ROLL_DEG = 8.0
#: Frames are reduced to this many pixels along their shorter side. [E]
WORKING_PX = 720
#: Spread of the roll that runners show to a level camera, degrees: nobody is quite symmetric. [E]
RUNNER_SD_DEG = 2.0
#: Largest standard error of a roll that is used, degrees. [E]
MAX_ROLL_ERROR_DEG = 0.7


@dataclass(frozen=True)
class CameraRoll:
    """Roll of a camera.

    Attributes
    ----------
    degrees : float
        Roll in the middle of the frame; + where the world appears turned counter-clockwise.
    error : float
        Its standard error, degrees.
    source : {"structures", "runner"}
        What it was read off.
    slope : float
        Change of the roll towards the right of the frame, degrees per shorter side: a pitched camera makes verticals
        converge.
    """

    degrees: float
    error: float
    source: Literal["structures", "runner"]
    slope: float = 0.0

    def at(self, x_px: float, width: int, height: int) -> float:
        """Return how far verticals are turned at one place of the frame.

        Parameters
        ----------
        x_px : float
            Column, pixels.
        width, height : int
            Of the frame, pixels.

        Returns
        -------
        float
            Degrees, + = counter-clockwise.
        """
        return self.degrees + self.slope * (x_px - width / 2) / min(width, height)

    @property
    def reliable(self) -> bool:
        """Whether the roll is certain enough to correct measurements with it."""
        return self.source == "structures" and self.error <= MAX_ROLL_ERROR_DEG


def roll_from_structures(scenes: list[tuple[Image, Image | None]]) -> CameraRoll | None:
    """Read the roll off long lines near the vertical.

    Parameters
    ----------
    scenes : list of (grey, mask)
        Frames of one scene: (height, width) uint8 arrays, and masks of the same shape that are not 0 where the frame
        is left out (the runner).

    Returns
    -------
    CameraRoll or None
        ``None`` where too few lines agree.

    Notes
    -----
    Line segments by LSD (von Gioi et al. 2012). A pitched camera makes verticals converge, the more the further they
    are from the middle. The lean is therefore fitted as roll + slope × position, robustly, with a weak prior on the
    slope. Lines near the horizontal converge in the same way under a yawed camera; they only help to choose where the
    fit starts.
    """
    found = [_lines(scene) for scene in scenes]
    upright, level = (_Lines.joined([both[n] for both in found]) for n in (0, 1))
    if not len(upright.lean):
        return None
    slope_sd = TYPICAL_PITCH_DEG / TYPICAL_FOCAL
    candidates = np.arange(-MAX_LEAN_DEG, MAX_LEAN_DEG + 0.01, 0.25)
    slopes = np.linspace(-2.5, 2.5, 21) * slope_sd
    support, best = _support(upright, candidates, slopes)
    # Horizontal lines must agree: the uprights of a treadmill lean, but its floor does not.
    support = (support + _support(level, candidates, slopes)[0]) * np.exp(-0.5 * (candidates / TYPICAL_ROLL_DEG) ** 2)
    start = int(support.argmax())
    elsewhere = support[np.abs(candidates - candidates[start]) > 3].max()
    if elsewhere > MAX_RIVAL_SUPPORT * support.max():
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
    if agreeing < MIN_TOTAL_LENGTH or width < MIN_LINE_SPREAD or abs(solution[0]) > MAX_LEAN_DEG - 2:
        return None
    spread = np.sqrt(float(weight @ (lean - basis @ solution) ** 2) / agreeing + 0.2**2)
    # One structure has many edges: lines in one tenth of the frame's shorter side count as one structure.
    structures = len(np.unique(np.round(10 * place[weight > 0.3 * length])))
    covariance = np.linalg.inv(gram) * agreeing * spread**2 / max(structures, 1)
    error = float(np.hypot(np.sqrt(covariance[0, 0]), 0.2))
    return CameraRoll(float(solution[0]), error, "structures", float(solution[1]))


def shrink_image(grey: Image, shorter_px: int) -> Image:
    """Reduce an image to a number of pixels along its shorter side.

    Parameters
    ----------
    grey : (height, width) uint8 array
    shorter_px : int
        Pixels along the shorter side.

    Returns
    -------
    (height, width) uint8 array
        The image itself where it is no larger.
    """
    import cv2

    factor = shorter_px / min(grey.shape)
    if factor >= 1:
        return grey
    return np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)


@dataclass(frozen=True)
class _Lines:
    """Lines of one direction: their lean (degrees, + = counter-clockwise), position and length.

    ``place`` is the distance from the middle of the frame, across the lines. ``place`` and ``length`` are shares of the
    frame's shorter side.
    """

    lean: FloatArray
    place: FloatArray
    length: FloatArray

    @classmethod
    def joined(cls, frames: list[_Lines]) -> _Lines:
        """Join the lines of several frames of one scene so that none counts twice."""
        lean, place, length = (
            np.concatenate([getattr(lines, name) for lines in frames]) for name in ("lean", "place", "length")
        )
        length = length / max(len(frames), 1)
        shared = length.copy()
        for n in range(len(lean)):
            near = (np.abs(place - place[n]) < SAME_STRUCTURE_DISTANCE / 2) & (np.abs(lean - lean[n]) < 1.5)
            shared[n] *= min(1.0, MAX_STRUCTURE_LENGTH / float(length[near].sum()))
        return cls(lean, place, shared)


def _support(lines: _Lines, candidates: FloatArray, slopes: FloatArray) -> tuple[FloatArray, NDArray[np.intp]]:
    """Return the line length that agrees with each roll, and the index of the best slope for it."""
    apart = lines.lean[:, None, None] - candidates[:, None] - lines.place[:, None, None] * slopes
    score = (lines.length[:, None, None] / (1 + (apart / SPREAD_DEG) ** 2)).sum(axis=0)
    score = score * np.exp(-0.125 * (slopes / slopes.max() * 2.5) ** 2)
    best = score.argmax(axis=1)
    return score.max(axis=1), best


def _lines(scene: tuple[Image, Image | None]) -> tuple[_Lines, _Lines]:
    """Find lines near the vertical and near the horizontal."""
    import cv2

    grey, mask = scene
    shorter = min(grey.shape)
    small = shrink_image(grey, WORKING_PX)
    factor = min(small.shape) / shorter
    detector: Any = cv2.createLineSegmentDetector()
    found = detector.detect(np.ascontiguousarray(small))[0]
    ends = np.empty((0, 4)) if found is None else found.reshape(-1, 4).astype(float) / factor
    middle = 0.5 * (ends[:, :2] + ends[:, 2:])
    length = np.hypot(*(ends[:, 2:] - ends[:, :2]).T) / shorter
    keep = length > MIN_LINE_LENGTH
    if mask is not None:
        column, row = np.rint(middle).astype(int).T
        keep &= mask[row.clip(0, mask.shape[0] - 1), column.clip(0, mask.shape[1] - 1)] == 0
    size = np.array(grey.shape[::-1])
    # Lines along the border of the frame are black bars.
    keep &= ((middle > 0.01 * size) & (middle < 0.99 * size)).all(axis=1)
    ends, length, off_middle = ends[keep], length[keep], (middle[keep] - size / 2) / shorter
    dx, dy = (ends[:, 2:] - ends[:, :2]).T
    # Rows count downwards, hence −dy; a line has no direction, hence modulo 180°.
    turned = np.degrees(np.arctan2(-dy, dx))
    both = []
    for ideal, across in ((90, 0), (0, 1)):
        lean = (turned - ideal + 90) % 180 - 90
        near = np.abs(lean) < MAX_LEAN_DEG
        both.append(_Lines(lean[near], off_middle[near, across], length[near]))
    return both[0], both[1]


def roll_from_runner(pose: xr.Dataset, camera: Camera) -> CameraRoll | None:
    """Read the roll off a runner filmed from behind or in front: the trunk is upright on average over a stride.

    Parameters
    ----------
    pose : xarray.Dataset
    camera : Camera

    Returns
    -------
    CameraRoll or None
        ``None`` for a side view, where the trunk leans forward, and with fewer than 20 frames.
    """
    if camera.view == "side":
        return None
    trunk = keypoint_xy(pose, "left_shoulder", "right_shoulder") - keypoint_xy(pose, "left_hip", "right_hip")
    lean = np.degrees(np.arctan2(-trunk[:, 0], -trunk[:, 1]))
    lean = lean[np.isfinite(lean)]
    if len(lean) < 20:
        return None
    return CameraRoll(float(np.median(lean)), RUNNER_SD_DEG, "runner")
