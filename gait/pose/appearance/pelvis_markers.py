"""Tape over the points of the pelvis, or a waistband that stands out: found on the mean picture of the hips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Mark = Literal["tape", "waistband"]
View = Literal["rear", "front"]

#: Differences of colour (CIELAB, 8 bits a channel) to what lies on both sides from which something stands out, tried
#: from clear to faint: what is clear must not melt into something faint beside it. [E]
TAPE_STANDS_OUT = (40.0, 28.0, 20.0, 14.0)
BAND_STANDS_OUT = (40.0, 28.0, 20.0)
#: A waistband lies above the hip joints, tape reaches less high than it: last row of a band's middle in the patch.
LOWEST_BAND = 41
#: Both sides of a strip of tape (2.5 cm) and of a waistband (3.5 cm): so far away, pixels of the patch (0.5 cm).
BESIDE, ABOVE = 7, 10
#: Of a strip of tape, pixels: its area, how much taller than wide at least, its height, its width, and how much of its
#: box it fills. [E]
AREA, SLENDER, TALL, BROAD, FILLS = (20, 260), 0.8, 32, 15, 0.4
#: How far apart two strips are: the dimples at the back 9 to 10 cm, the spines in front 24 cm, pixels.
APART: Mapping[str, tuple[float, float]] = {"rear": (10, 36), "front": (28, 62)}
#: A waistband's mean thickness, its least width, and how tall its box may be, pixels.
THICK, WIDE, BOX = (3.5, 11.0), 40, 20
#: More strips than these are the pattern of a cloth.
MOST_STRIPS = 6
#: A mark is widened by so many pixels, so that its edges count.
AROUND = 2


@dataclass(frozen=True)
class Found:
    """A mark on the pelvis: which, and its pixels (h, w; 0 or 1)."""

    kind: Mark
    region: NDArray[np.float32]


def ridge(picture: NDArray[np.float32], axis: int, reach: int) -> NDArray[np.float32]:
    """Give by how much each pixel differs in colour from what lies on both its sides, the lesser of the two, (h, w).

    An edge between shirt and shorts differs from one side only.
    """
    lab = cv2.cvtColor((255 * np.clip(picture, 0, 1)).astype(np.uint8), cv2.COLOR_RGB2LAB).astype(np.float32)
    padded = np.pad(lab, [(reach, reach) if a == axis else (0, 0) for a in range(3)], mode="edge")
    length = lab.shape[axis]
    sides = [np.take(padded, range(at, at + length), axis=axis) for at in (0, 2 * reach)]
    return np.asarray(np.min([np.linalg.norm(lab - side, axis=-1) for side in sides], axis=0), np.float32)


def find_marks(picture: NDArray[np.float32], region: NDArray[np.float32], view: View) -> Found | None:
    """Find what was put on the pelvis to be seen.

    Parameters
    ----------
    picture : (h, w, 3) array
        Mean of registered patches, 0 to 1.
    region : (h, w) array
        Where a mark may lie, above 0.
    view : {"rear", "front"}

    Returns
    -------
    Found or None
    """
    upright = ridge(picture, 1, BESIDE)
    for limit in TAPE_STANDS_OUT:
        labels, stats, centres = _blobs(upright > limit, region)
        strips = [k for k in stats if _is_strip(stats[k])]
        if len(strips) > MOST_STRIPS:
            continue
        pairs = {(a, b): _pair(a, b, labels, stats, centres, picture, APART[view]) for a, b in combinations(strips, 2)}
        if pairs and max(pairs.values()):
            return Found("tape", _widened(np.isin(labels, max(pairs, key=lambda pair: pairs[pair]))))
    level = ridge(picture, 0, ABOVE)
    for limit in BAND_STANDS_OUT:
        labels, stats, centres = _blobs(level > limit, region)
        bands = [k for k in stats if stats[k][cv2.CC_STAT_WIDTH] >= WIDE and centres[k][1] <= LOWEST_BAND]
        # Several are the stripes of a shirt.
        if len(bands) == 1 and _is_band(stats[bands[0]]):
            return Found("waistband", _widened(labels == bands[0]))
    return None


def _blobs(
    out: NDArray[np.bool_], region: NDArray[np.float32]
) -> tuple[NDArray[np.int32], dict[int, NDArray[np.int32]], NDArray[np.float64]]:
    """Give labels of the pixels, and by label box and area, and centre, of what stands out in the region."""
    count, labels, stats, centres = cv2.connectedComponentsWithStats(out.astype(np.uint8))
    inside = {k: stats[k] for k in range(1, count) if region[tuple(np.flip(np.round(centres[k]).astype(int)))] > 0}
    return np.asarray(labels, np.int32), inside, np.asarray(centres, float)


def _widened(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    return cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=AROUND).astype(np.float32)


def _is_strip(stat: NDArray[np.int32]) -> bool:
    _, _, width, height, area = (int(v) for v in stat)
    slender = height >= SLENDER * width and height <= TALL and width <= BROAD
    return slender and AREA[0] <= area <= AREA[1] and area >= FILLS * width * height


def _is_band(stat: NDArray[np.int32]) -> bool:
    _, _, width, height, area = (int(v) for v in stat)
    return THICK[0] <= area / width <= THICK[1] and height <= BOX


def _pair(
    a: int,
    b: int,
    labels: NDArray[np.int32],
    stats: dict[int, NDArray[np.int32]],
    centres: NDArray[np.float64],
    picture: NDArray[np.float32],
    reach: tuple[float, float],
) -> float:
    """Give how many pixels two strips have that may lie left and right of the spine, or 0."""
    (ax, ay), (bx, by) = centres[a], centres[b]
    apart, middle = abs(ax - bx), (picture.shape[1] - 1) / 2
    areas = sorted((int(stats[a][cv2.CC_STAT_AREA]), int(stats[b][cv2.CC_STAT_AREA])))
    level = abs(ay - by) <= 0.2 * apart + 2
    even = abs((ax + bx) / 2 - middle) <= 0.2 * apart + 6
    alike = areas[1] <= 2.2 * areas[0]
    colours = [picture[labels == k].mean(axis=0) for k in (a, b)]
    same = float(np.linalg.norm(colours[0] - colours[1])) < 0.2
    fits = reach[0] <= apart <= reach[1] and level and even and alike and same
    return float(sum(areas)) if fits else 0.0
