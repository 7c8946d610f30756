"""The arithmetic of BlazePose around its two networks: where to look, and what the networks' numbers mean.

Follows the calculators of MediaPipe Tasks (graphs ``pose_detector`` and ``pose_landmarks_detector``), so that the same
networks give the same landmarks. Nothing here runs a network or reads a picture.

Pixels are counted as there: a landmark at (x, y) lies in the middle of pixel (x, y).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray

#: Side of the detector's input and of the landmark network's, pixels.
DETECTOR_SIDE = 224
LANDMARK_SIDE = 256
#: Shapes of their outputs, in the order in which `detections` and `body` take them.
BOXES = ((1, 2254, 12), (1, 2254, 1))
LANDMARKS = ((1, 195), (1, 1), (1, 64, 64, 39), (1, 117))
#: The landmark network gives 33 landmarks of the body, 2 that say where to look next, and 4 that are not used.
_OUTPUTS = 39
BODY = slice(0, 33)
_CENTRE, _SCALE = 33, 34
#: Two anchors per cell of these grids; the three coarsest layers share one.
_GRIDS = ((28, 2), (14, 2), (7, 6))
#: Detections that overlap more than this (intersection over union) are one person.
_SAME_DETECTION = 0.3
#: A crop is this much wider than the circle round the body.
_MARGIN = 1.25
#: Cells round a landmark that are looked at in its heatmap, and how sure the best one must be.
_KERNEL = 7
_MIN_HEAT = 0.5


@dataclass(frozen=True)
class Crop:
    """A square that holds one person.

    Attributes
    ----------
    x, y : float
        Its middle (the hips), pixels of the upright picture.
    side : float
        Pixels.
    angle : float
        Radians, clockwise, by which it is turned so that the person stands upright in it.
    """

    x: float
    y: float
    side: float
    angle: float = 0.0

    @classmethod
    def around(cls, centre: FloatArray, scale: FloatArray) -> Crop:
        """Return the crop for a body with the hips at ``centre`` and a point on the circle round it above the head."""
        dx, dy = float(scale[0] - centre[0]), float(scale[1] - centre[1])
        angle = math.pi / 2 - math.atan2(-dy, dx)
        angle -= 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))
        return cls(float(centre[0]), float(centre[1]), 2 * math.hypot(dx, dy) * _MARGIN, angle)

    def matrix(self, pixels: int) -> FloatArray:
        """Return the (2, 3) map from a crop of ``pixels`` a side to the upright picture."""
        step = self.side / pixels
        cos, sin = math.cos(self.angle) * step, math.sin(self.angle) * step
        half = pixels / 2
        return np.array(
            [[cos, -sin, self.x - (cos - sin) * half], [sin, cos, self.y - (sin + cos) * half]], dtype=np.float64
        )

    def towards(self, other: Crop, share: float) -> Crop:
        """Return the crop that lies ``share`` (0–1) of the way to ``other``."""
        return self.changed(share * self.difference(other))

    def difference(self, other: Crop) -> FloatArray:
        """Return how ``other`` differs: shift of the middle (in sides), logarithm of the side, turn (radians)."""
        turn = other.angle - self.angle
        turn -= 2 * math.pi * math.floor((turn + math.pi) / (2 * math.pi))
        shift = (other.x - self.x) / self.side, (other.y - self.y) / self.side
        return np.array([*shift, math.log(other.side / self.side), turn])

    def changed(self, difference: FloatArray) -> Crop:
        """Return the crop that differs so; undoes :meth:`difference`."""
        dx, dy, grown, turn = difference.tolist()
        return Crop(self.x + dx * self.side, self.y + dy * self.side, self.side * math.exp(grown), self.angle + turn)

    def is_near(self, other: Crop, *, reach: float = 0.25, ratio: float = 1.6) -> bool:
        """Say whether both could hold one person.

        Their middles are less than ``reach`` of the larger side apart, and their sides differ by less than a factor
        ``ratio``.
        """
        apart = math.hypot(self.x - other.x, self.y - other.y)
        return apart < reach * max(self.side, other.side) and 1 / ratio < self.side / other.side < ratio


#: Two sets of landmarks belong to one person when half of them lie closer than this, fractions of the crop's side: one
#: person seen in two crops differs by some 0.02, and people who stand half in front of each other by more than 0.1. [E]
_ONE_PERSON = 0.07


@dataclass(frozen=True, eq=False)
class Body:
    """What the landmark network saw in one crop.

    Attributes
    ----------
    presence : float
        How sure it is that somebody is there, 0–1.
    position : (33, 2) float
        Pixels of the upright picture.
    visibility : (33,) float
        0–1.
    world : (33, 3) float
        Metres, origin mid-hip, camera axes.
    crop : Crop
        Where to look for this person in the next picture.
    """

    presence: float
    position: FloatArray
    visibility: FloatArray
    world: FloatArray
    crop: Crop

    def is_same_as(self, other: Body) -> bool:
        """Say whether both are one person of one picture. Their crops alone do not tell: people overlap."""
        apart = np.median(np.linalg.norm(self.position - other.position, axis=1))
        return bool(apart < _ONE_PERSON * max(self.crop.side, other.crop.side))


@lru_cache(maxsize=1)
def _anchors() -> FloatArray:
    """Return the (2254, 2) middles of the detector's cells, fractions of its input (fixed anchor size 1)."""
    layers = []
    for cells, each in _GRIDS:
        y, x = np.mgrid[:cells, :cells]
        layers.append(np.repeat(np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5, each, axis=0) / cells)
    return np.concatenate(layers)


def whole_picture(width: int, height: int) -> Crop:
    """Return the square that holds the whole picture, for the detector."""
    return Crop(width / 2, height / 2, float(max(width, height)))


def detections(boxes: NDArray[np.float32], logits: NDArray[np.float32], picture: Crop, *, least: float) -> list[Crop]:
    """Read the detector's output.

    Parameters
    ----------
    boxes : (2254, 12) array
        Per cell: middle, size and four points, relative to the cell, pixels of the input.
    logits : (2254,) array
    picture : Crop
        What the detector was shown.
    least : float
        Smallest score, 0–1.

    Returns
    -------
    list of Crop
        Where to look for each person, best first; empty when nobody is there.

    Notes
    -----
    Overlapping detections are averaged with their scores as weights, as MediaPipe's weighted non-maximum suppression
    does.
    """
    scores = _sigmoid(logits.astype(np.float64))
    chosen = np.flatnonzero(scores >= least)
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
    raw = boxes[chosen].astype(np.float64).reshape(-1, 6, 2) / DETECTOR_SIDE
    anchors = _anchors()[chosen]
    middle, size, points = raw[:, 0] + anchors, raw[:, 1], raw[:, 2:] + anchors[:, np.newaxis]
    low, high = middle - size / 2, middle + size / 2
    scores = scores[chosen]
    found: list[Crop] = []
    matrix = picture.matrix(1)
    left = np.arange(len(chosen))
    while len(left):
        best = left[0]
        joint = np.clip(np.minimum(high[left], high[best]) - np.maximum(low[left], low[best]), 0, None).prod(axis=1)
        union = size[left].prod(axis=1) + size[best].prod() - joint
        same = joint > _SAME_DETECTION * union
        same[0] = True
        weights = scores[left[same]]
        centre, scale = (points[left[same], :2] * weights[:, np.newaxis, np.newaxis]).sum(axis=0) / weights.sum()
        centre, scale = matrix[:, :2] @ centre + matrix[:, 2], matrix[:, :2] @ scale + matrix[:, 2]
        if np.hypot(*(scale - centre)) >= 1:
            found.append(Crop.around(centre, scale))
        left = left[~same]
    return found


def body(
    landmarks: NDArray[np.float32],
    flag: float,
    heatmap: NDArray[np.float32],
    world: NDArray[np.float32],
    crop: Crop,
) -> Body:
    """Read the landmark network's output.

    Parameters
    ----------
    landmarks : (195,) array
        x, y, z (pixels of the crop), visibility and presence (logits) of 39 landmarks.
    flag : float
        That somebody is there, 0–1.
    heatmap : (64, 64, 39) array
        Logits.
    world : (117,) array
    crop : Crop
        What the network was shown.
    """
    raw = landmarks.reshape(_OUTPUTS, 5).astype(np.float64)
    matrix = crop.matrix(1)
    position = refined(raw[:, :2] / LANDMARK_SIDE, heatmap) @ matrix[:, :2].T + matrix[:, 2]
    cos, sin = math.cos(crop.angle), math.sin(crop.angle)
    metres = world.reshape(_OUTPUTS, 3)[BODY].astype(np.float64)
    metres[:, :2] = metres[:, :2] @ np.array([[cos, sin], [-sin, cos]])
    return Body(
        presence=float(flag),
        position=position[BODY],
        visibility=_sigmoid(raw[BODY, 3]),
        world=metres,
        crop=Crop.around(position[_CENTRE], position[_SCALE]),
    )


def refined(points: FloatArray, heatmap: NDArray[np.float32]) -> FloatArray:
    """Move each landmark to the centre of gravity of its heatmap nearby, where the heatmap is sure enough.

    Parameters
    ----------
    points : (k, 2) array
        Fractions of the crop.
    heatmap : (rows, columns, k) array
        Logits.

    Returns
    -------
    (k, 2) array
        As MediaPipe's RefineLandmarksFromHeatmapCalculator: the kernel is cut at the border.
    """
    rows, columns, count = heatmap.shape
    # Towards zero, as C++ does: a point just outside the left border counts as inside.
    at = np.trunc(np.clip(points, -4, 4) * (columns, rows)).astype(np.intp)
    inside = ((at >= 0) & (at < (columns, rows))).all(axis=1)
    reach = np.arange(_KERNEL) - _KERNEL // 2
    column, row = at[:, :1] + reach, at[:, 1:] + reach
    within = ((row >= 0) & (row < rows))[:, :, np.newaxis] & ((column >= 0) & (column < columns))[:, np.newaxis]
    logits = heatmap[
        np.clip(row, 0, rows - 1)[:, :, np.newaxis],
        np.clip(column, 0, columns - 1)[:, np.newaxis],
        np.arange(count)[:, np.newaxis, np.newaxis],
    ]
    heat = np.where(within, _sigmoid(logits.astype(np.float64)), 0.0)
    total = heat.sum(axis=(1, 2))
    sure = inside & (heat.max(axis=(1, 2)) >= _MIN_HEAT)
    moved = points.copy()
    safe = np.where(total > 0, total, 1.0)
    moved[sure, 0] = ((heat.sum(axis=1) * column).sum(axis=1) / safe / columns)[sure]
    moved[sure, 1] = ((heat.sum(axis=2) * row).sum(axis=1) / safe / rows)[sure]
    return moved


def _sigmoid(values: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -100, 100))), dtype=np.float64)
