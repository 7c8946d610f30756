"""Tape over the bony points of the pelvis, or a waistband that stands out: found on the mean image of the hips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from gait._typing import BoolArray, FloatArray

MarkerKind = Literal["tape", "waistband"]
#: Views in which the pelvis tilts in the image.
PelvisView = Literal["rear", "front"]

#: Differences of colour (CIELAB, 8 bits a channel) to what lies on both sides from which something stands out, tried
#: from clear to faint: what is clear must not merge with something faint beside it. [E]
TAPE_CONTRAST = (40.0, 28.0, 20.0, 14.0)
BAND_CONTRAST = (40.0, 28.0, 20.0)
#: A waistband lies above the hip joints, tape reaches less high than it: last row of a band's middle in the patch. [E]
MAX_BAND_ROW = 41
#: Distance to what is compared on both sides of a strip of tape (2.5 cm) and of a waistband (3.5 cm), pixels of the
#: patch (0.5 cm). [E]
TAPE_REACH_PX, BAND_REACH_PX = 7, 10
#: Of a strip of tape, pixels: least and most area, least height over width, most height and width, and least share of
#: its box that it fills. [E]
TAPE_AREA_PX, TAPE_MIN_SLENDERNESS, TAPE_MAX_HEIGHT_PX, TAPE_MAX_WIDTH_PX, TAPE_MIN_FILL = (20, 260), 0.8, 32, 15, 0.4
#: Distance between two strips, pixels: the dimples at the back 9 to 10 cm, the spines in front 24 cm. [E]
TAPE_DISTANCE_PX: Mapping[PelvisView, tuple[float, float]] = {"rear": (10, 36), "front": (28, 62)}
#: Two strips of tape: most difference in height (share of their distance, plus pixels), most distance of their middle
#: from the middle of the patch (the same), most ratio of their areas, most difference in colour (RGB, 0 to 1). [E]
PAIR_LEVEL, PAIR_CENTRED, PAIR_AREA_RATIO, PAIR_COLOUR = (0.2, 2), (0.2, 6), 2.2, 0.2
#: A waistband's mean thickness, its least width, and how tall its box may be, pixels. [E]
BAND_THICKNESS_PX, BAND_MIN_WIDTH_PX, BAND_MAX_BOX_PX = (3.5, 11.0), 40, 20
#: More strips than these are the pattern of a cloth. [E]
MAX_STRIPS = 6
#: A marker is widened by so many pixels, so that its edges count. [E]
WIDEN_PX = 2


@dataclass(frozen=True)
class PelvisMarker:
    """A marker on the pelvis.

    Attributes
    ----------
    kind : {"tape", "waistband"}
    region : (h, w) float32 array
        1 in its pixels, 0 elsewhere.
    """

    kind: MarkerKind
    region: NDArray[np.float32]


def _ridge(image: NDArray[np.float32], axis: int, reach: int) -> NDArray[np.float32]:
    """Return by how much each pixel differs in colour from what lies on both its sides, the lesser of the two, (h, w).

    An edge between shirt and shorts differs from one side only.
    """
    lab = cv2.cvtColor((255 * np.clip(image, 0, 1)).astype(np.uint8), cv2.COLOR_RGB2LAB).astype(np.float32)
    padded = np.pad(lab, [(reach, reach) if a == axis else (0, 0) for a in range(3)], mode="edge")
    length = lab.shape[axis]
    sides = [np.take(padded, range(at, at + length), axis=axis) for at in (0, 2 * reach)]
    return np.asarray(np.min([np.linalg.norm(lab - side, axis=-1) for side in sides], axis=0), np.float32)


def find_pelvis_marker(
    image: NDArray[np.float32], region: NDArray[np.float32], view: PelvisView
) -> PelvisMarker | None:
    """Find tape or a waistband over the pelvis.

    Parameters
    ----------
    image : (h, w, 3) float32 array
        Mean of registered patches, RGB, 0 to 1.
    region : (h, w) float32 array
        Where a marker may lie, above 0.
    view : {"rear", "front"}

    Returns
    -------
    PelvisMarker or None
        Tape rather than a waistband; ``None`` where neither stands out.
    """
    upright = _ridge(image, 1, TAPE_REACH_PX)
    for limit in TAPE_CONTRAST:
        labels, stats, centres = _blobs(upright > limit, region)
        strips = [k for k in stats if _is_strip(stats[k])]
        if len(strips) > MAX_STRIPS:
            continue
        pairs = {
            (a, b): _pair_area(a, b, labels, stats, centres, image, TAPE_DISTANCE_PX[view])
            for a, b in combinations(strips, 2)
        }
        if pairs and max(pairs.values()):
            return PelvisMarker("tape", _widened(np.isin(labels, max(pairs, key=lambda pair: pairs[pair]))))
    level = _ridge(image, 0, BAND_REACH_PX)
    for limit in BAND_CONTRAST:
        labels, stats, centres = _blobs(level > limit, region)
        bands = [k for k in stats if stats[k][cv2.CC_STAT_WIDTH] >= BAND_MIN_WIDTH_PX and centres[k][1] <= MAX_BAND_ROW]
        # Several are the stripes of a shirt.
        if len(bands) == 1 and _is_band(stats[bands[0]]):
            return PelvisMarker("waistband", _widened(labels == bands[0]))
    return None


def _blobs(
    mask: BoolArray, region: NDArray[np.float32]
) -> tuple[NDArray[np.int32], dict[int, NDArray[np.int32]], FloatArray]:
    """Return labels of the pixels; by label box and area; and centres, of the connected parts in the region."""
    count, labels, stats, centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    inside = {k: stats[k] for k in range(1, count) if region[tuple(np.flip(np.round(centres[k]).astype(int)))] > 0}
    return np.asarray(labels, np.int32), inside, np.asarray(centres, float)


def _widened(mask: BoolArray) -> NDArray[np.float32]:
    return cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=WIDEN_PX).astype(np.float32)


def _is_strip(stat: NDArray[np.int32]) -> bool:
    _, _, width, height, area = (int(v) for v in stat)
    slender = height >= TAPE_MIN_SLENDERNESS * width and height <= TAPE_MAX_HEIGHT_PX and width <= TAPE_MAX_WIDTH_PX
    return slender and TAPE_AREA_PX[0] <= area <= TAPE_AREA_PX[1] and area >= TAPE_MIN_FILL * width * height


def _is_band(stat: NDArray[np.int32]) -> bool:
    _, _, width, height, area = (int(v) for v in stat)
    return BAND_THICKNESS_PX[0] <= area / width <= BAND_THICKNESS_PX[1] and height <= BAND_MAX_BOX_PX


def _pair_area(
    a: int,
    b: int,
    labels: NDArray[np.int32],
    stats: dict[int, NDArray[np.int32]],
    centres: FloatArray,
    image: NDArray[np.float32],
    distances: tuple[float, float],
) -> float:
    """Return how many pixels two strips have that may lie left and right of the spine, or 0."""
    (ax, ay), (bx, by) = centres[a], centres[b]
    distance, middle = abs(ax - bx), (image.shape[1] - 1) / 2
    areas = sorted((int(stats[a][cv2.CC_STAT_AREA]), int(stats[b][cv2.CC_STAT_AREA])))
    level = abs(ay - by) <= PAIR_LEVEL[0] * distance + PAIR_LEVEL[1]
    centred = abs((ax + bx) / 2 - middle) <= PAIR_CENTRED[0] * distance + PAIR_CENTRED[1]
    similar = areas[1] <= PAIR_AREA_RATIO * areas[0]
    colours = [image[labels == k].mean(axis=0) for k in (a, b)]
    same_colour = float(np.linalg.norm(colours[0] - colours[1])) < PAIR_COLOUR
    fits = distances[0] <= distance <= distances[1] and level and centred and similar and same_colour
    return float(sum(areas)) if fits else 0.0
