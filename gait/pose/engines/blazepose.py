"""The arithmetic of BlazePose around its two networks: where to look, and what the networks' numbers mean.

Follows the calculators of MediaPipe Tasks (graphs ``pose_detector`` and ``pose_landmarks_detector``), so that the same
networks give the same landmarks (MediaPipe's term for keypoints). Nothing here runs a network or reads an image.

Pixels are counted as in MediaPipe: a landmark at (x, y) lies in the middle of pixel (x, y).
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
#: Shapes of their outputs, in the order in which `decode_detections` and `decode_landmarks` take them.
BOXES = ((1, 2254, 12), (1, 2254, 1))
LANDMARKS = ((1, 195), (1, 1), (1, 64, 64, 39), (1, 117))
#: The landmark network gives 33 landmarks of the body, 2 that place the next crop, and 4 that are not used.
_OUTPUTS = 39
_BODY = slice(0, 33)
_CENTRE, _SCALE = 33, 34
#: Cells a side, and anchors per cell, of the detector's grids; the three coarsest layers share one grid. Here and
#: below: MediaPipe's own settings, from its graphs.
_GRIDS = ((28, 2), (14, 2), (7, 6))
#: Detections that overlap more than this (intersection over union) are one person.
_MAX_OVERLAP = 0.3
#: A crop is this much wider than the circle round the body.
_MARGIN = 1.25
#: Cells round a landmark that are read in its heatmap, and the least probability of the best one.
_KERNEL = 7
_MIN_HEAT = 0.5
#: Two sets of landmarks belong to one person when half of them lie closer than this, fractions of the crop's side: one
#: person in two crops differs by some 0.02, and people who stand half in front of each other by more than 0.1. [E]
_SAME_PERSON = 0.07


@dataclass(frozen=True)
class PersonCrop:
    """A square that holds one person.

    Attributes
    ----------
    x, y : float
        Its middle (the hips), pixels of the upright frame.
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
    def around(cls, centre: FloatArray, scale: FloatArray) -> PersonCrop:
        """Return the crop for a body.

        Parameters
        ----------
        centre : (2,) float array
            The hips, pixels.
        scale : (2,) float array
            The point above the head on the circle round the body, pixels.

        Returns
        -------
        PersonCrop
        """
        dx, dy = float(scale[0] - centre[0]), float(scale[1] - centre[1])
        angle = math.pi / 2 - math.atan2(-dy, dx)
        angle -= 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))
        return cls(float(centre[0]), float(centre[1]), 2 * math.hypot(dx, dy) * _MARGIN, angle)

    def matrix(self, pixels: int) -> FloatArray:
        """Return the map from the cropped image to the upright frame.

        Parameters
        ----------
        pixels : int
            Side of the cropped image.

        Returns
        -------
        (2, 3) float array
            Maps (x, y, 1) to (x, y), pixels.
        """
        step = self.side / pixels
        cos, sin = math.cos(self.angle) * step, math.sin(self.angle) * step
        half = pixels / 2
        return np.array(
            [[cos, -sin, self.x - (cos - sin) * half], [sin, cos, self.y - (sin + cos) * half]], dtype=np.float64
        )

    def towards(self, other: PersonCrop, share: float) -> PersonCrop:
        """Return the crop between this one and another.

        Parameters
        ----------
        other : PersonCrop
        share : float
            0 gives this crop, 1 the other.

        Returns
        -------
        PersonCrop
        """
        return self.changed(share * self.difference(other))

    def difference(self, other: PersonCrop) -> FloatArray:
        """Return how another crop differs from this one.

        Parameters
        ----------
        other : PersonCrop

        Returns
        -------
        (4,) float array
            Shift of the middle (x, y, in sides), logarithm of the ratio of the sides, turn (radians).
        """
        turn = other.angle - self.angle
        turn -= 2 * math.pi * math.floor((turn + math.pi) / (2 * math.pi))
        shift = (other.x - self.x) / self.side, (other.y - self.y) / self.side
        return np.array([*shift, math.log(other.side / self.side), turn])

    def changed(self, difference: FloatArray) -> PersonCrop:
        """Return the crop that differs by so much; undoes :meth:`difference`.

        Parameters
        ----------
        difference : (4,) float array
            As :meth:`difference` gives it.

        Returns
        -------
        PersonCrop
        """
        dx, dy, growth, turn = difference.tolist()
        return PersonCrop(
            self.x + dx * self.side, self.y + dy * self.side, self.side * math.exp(growth), self.angle + turn
        )

    def is_near(self, other: PersonCrop, *, reach: float = 0.25, ratio: float = 1.6) -> bool:
        """Return whether both could hold one person.

        Parameters
        ----------
        other : PersonCrop
        reach : float
            Greatest distance of the middles, shares of the larger side.
        ratio : float
            Greatest ratio of the sides.

        Returns
        -------
        bool
        """
        distance = math.hypot(self.x - other.x, self.y - other.y)
        return distance < reach * max(self.side, other.side) and 1 / ratio < self.side / other.side < ratio


@dataclass(frozen=True, eq=False)
class BodyLandmarks:
    """What the landmark network found in one crop.

    Attributes
    ----------
    presence : float
        Probability that somebody is there, 0–1.
    position : (33, 2) float array
        Pixels of the upright frame.
    visibility : (33,) float array
        0–1.
    world : (33, 3) float array
        Metres, origin mid-hip, camera axes.
    crop : PersonCrop
        Where to look for this person in the next frame.
    found_in : PersonCrop
        The part of the frame that the network was given.
    """

    presence: float
    position: FloatArray
    visibility: FloatArray
    world: FloatArray
    crop: PersonCrop
    found_in: PersonCrop

    def is_same_person(self, other: BodyLandmarks) -> bool:
        """Return whether both are one person of one frame. The crops alone cannot tell, because people overlap.

        Parameters
        ----------
        other : BodyLandmarks

        Returns
        -------
        bool
        """
        distance = np.median(np.linalg.norm(self.position - other.position, axis=1))
        return bool(distance < _SAME_PERSON * max(self.crop.side, other.crop.side))


@lru_cache(maxsize=1)
def _anchors() -> FloatArray:
    """Return the (2254, 2) middles of the detector's cells, fractions of its input (fixed anchor size 1)."""
    layers = []
    for cells, each in _GRIDS:
        y, x = np.mgrid[:cells, :cells]
        layers.append(np.repeat(np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5, each, axis=0) / cells)
    return np.concatenate(layers)


def whole_frame_crop(width: int, height: int) -> PersonCrop:
    """Return the square that holds the whole frame, for the detector.

    Parameters
    ----------
    width, height : int
        Pixels of the upright frame.

    Returns
    -------
    PersonCrop
    """
    return PersonCrop(width / 2, height / 2, float(max(width, height)))


def decode_detections(
    boxes: NDArray[np.float32], logits: NDArray[np.float32], shown: PersonCrop, *, min_score: float
) -> list[PersonCrop]:
    """Decode the detector's output.

    Parameters
    ----------
    boxes : (2254, 12) array
        Per anchor: middle, size and four points, relative to the anchor, pixels of the input.
    logits : (2254,) array
        Per anchor: logit of the score.
    shown : PersonCrop
        The part of the frame that the detector was given.
    min_score : float
        Smallest score, 0–1.

    Returns
    -------
    list of PersonCrop
        Where to look for each person, best first; empty where nobody is.

    Notes
    -----
    Overlapping detections are averaged with their scores as weights, as MediaPipe's weighted non-maximum suppression
    does.
    """
    scores = _sigmoid(logits.astype(np.float64))
    chosen = np.flatnonzero(scores >= min_score)
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
    raw = boxes[chosen].astype(np.float64).reshape(-1, 6, 2) / DETECTOR_SIDE
    anchors = _anchors()[chosen]
    middle, size, points = raw[:, 0] + anchors, raw[:, 1], raw[:, 2:] + anchors[:, np.newaxis]
    low, high = middle - size / 2, middle + size / 2
    scores = scores[chosen]
    found: list[PersonCrop] = []
    matrix = shown.matrix(1)
    remaining = np.arange(len(chosen))
    while len(remaining):
        best = remaining[0]
        sides = np.minimum(high[remaining], high[best]) - np.maximum(low[remaining], low[best])
        overlap = np.clip(sides, 0, None).prod(axis=1)
        union = size[remaining].prod(axis=1) + size[best].prod() - overlap
        same = overlap > _MAX_OVERLAP * union
        same[0] = True
        weights = scores[remaining[same]]
        centre, scale = (points[remaining[same], :2] * weights[:, np.newaxis, np.newaxis]).sum(axis=0) / weights.sum()
        centre, scale = matrix[:, :2] @ centre + matrix[:, 2], matrix[:, :2] @ scale + matrix[:, 2]
        if np.hypot(*(scale - centre)) >= 1:
            found.append(PersonCrop.around(centre, scale))
        remaining = remaining[~same]
    return found


def decode_landmarks(
    landmarks: NDArray[np.float32],
    flag: float,
    heatmap: NDArray[np.float32],
    world: NDArray[np.float32],
    crop: PersonCrop,
) -> BodyLandmarks:
    """Decode the landmark network's output.

    Parameters
    ----------
    landmarks : (195,) array
        x, y, z (pixels of the crop), visibility and presence (logits) of 39 landmarks.
    flag : float
        Probability that somebody is there, 0–1.
    heatmap : (64, 64, 39) array
        Logits.
    world : (117,) array
        x, y, z of 39 landmarks, metres.
    crop : PersonCrop
        The part of the frame that the network was given.

    Returns
    -------
    BodyLandmarks
    """
    raw = landmarks.reshape(_OUTPUTS, 5).astype(np.float64)
    matrix = crop.matrix(1)
    position = refine_with_heatmap(raw[:, :2] / LANDMARK_SIDE, heatmap) @ matrix[:, :2].T + matrix[:, 2]
    cos, sin = math.cos(crop.angle), math.sin(crop.angle)
    metres = world.reshape(_OUTPUTS, 3)[_BODY].astype(np.float64)
    metres[:, :2] = metres[:, :2] @ np.array([[cos, sin], [-sin, cos]])
    return BodyLandmarks(
        presence=float(flag),
        position=position[_BODY],
        visibility=_sigmoid(raw[_BODY, 3]),
        world=metres,
        crop=PersonCrop.around(position[_CENTRE], position[_SCALE]),
        found_in=crop,
    )


def refine_with_heatmap(points: FloatArray, heatmap: NDArray[np.float32]) -> FloatArray:
    """Move each landmark to the centre of gravity of its heatmap nearby, where the heatmap is confident enough.

    Parameters
    ----------
    points : (k, 2) array
        Fractions of the crop.
    heatmap : (rows, columns, k) array
        Logits.

    Returns
    -------
    (k, 2) array
        Fractions of the crop. As MediaPipe's RefineLandmarksFromHeatmapCalculator: the kernel is cut at the border.
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
    confident = inside & (heat.max(axis=(1, 2)) >= _MIN_HEAT)
    moved = points.copy()
    safe = np.where(total > 0, total, 1.0)
    moved[confident, 0] = ((heat.sum(axis=1) * column).sum(axis=1) / safe / columns)[confident]
    moved[confident, 1] = ((heat.sum(axis=2) * row).sum(axis=1) / safe / rows)[confident]
    return moved


def _sigmoid(values: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -100, 100))), dtype=np.float64)
