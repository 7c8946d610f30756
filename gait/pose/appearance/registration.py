"""How a patch of the picture turns and slides from frame to frame: every frame laid over the mean of all.

Lucas-Kanade registration of a group of pictures [1]_: the mean is the template, each picture is warped onto it by the
affine map that leaves the least weighted difference, and the mean is made again. What does not keep still on the
template (arms, background, cloth that flutters) differs more there and counts less.

References
----------
.. [1] S. Baker and I. Matthews (2004). Lucas-Kanade 20 years on. International Journal of Computer Vision 56, 221-255.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]

#: From coarse to fine: standard deviation of the blur (pixels of the patch), every how many-th pixel, rounds.
COARSE_TO_FINE = ((4.0, 2, 12), (2.0, 1, 8), (1.0, 1, 8))
FINE = ((1.0, 1, 8),)
#: Differences of colour (0 to 1) that are taken for noise, and beyond how many times the usual a difference is no error
#: of the fit but something else in the picture. [E]
NOISE = 0.012
ROBUST = 2.5
#: Share of the mean information that is added on the diagonal, so that a plain patch does not wander off.
DAMPING = 1e-6
#: Largest step of one round, pixels.
STEP = 4.0


@dataclass(frozen=True)
class Registered:
    """Result of :func:`register`.

    Attributes
    ----------
    params : (n, 6) array
        Of each picture: where in it a point of the template lies is ``x + p0 + p1 X + p2 Y``, ``y + p3 + p4 X + p5 Y``,
        with X and Y from the middle of the patch in shares of its width. Pixels.
    mean : (h, w, 3) array
        The template.
    weight : (h, w) array
        How much each pixel counted.
    """

    params: Float32Array
    mean: Float32Array
    weight: Float32Array

    @property
    def tilt_deg(self) -> NDArray[np.float64]:
        """How far each picture is turned against the mean, degrees; + = its right side higher. (n,)."""
        return np.asarray(-np.degrees(np.arctan(self.params[:, 4].astype(float) / self.mean.shape[1])))


def _axes(height: int, width: int) -> tuple[Float32Array, Float32Array, Float32Array, Float32Array]:
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    return columns, rows, (columns - (width - 1) / 2) / width, (rows - (height - 1) / 2) / width


def warped(pictures: Float32Array, params: Float32Array) -> Float32Array:
    """Lay pictures, (n, h, w, 3), over the template."""
    columns, rows, x, y = _axes(*pictures.shape[1:3])
    made = np.empty_like(pictures)
    for picture, p, out in zip(pictures, params, made, strict=True):
        across, down = columns + p[0] + p[1] * x + p[2] * y, rows + p[3] + p[4] * x + p[5] * y
        cv2.remap(picture, across, down, cv2.INTER_LINEAR, dst=out, borderMode=cv2.BORDER_REPLICATE)
    return made


def register(
    pictures: Float32Array,
    region: Float32Array,
    *,
    start: Float32Array | None = None,
    levels: tuple[tuple[float, int, int], ...] | None = None,
) -> Registered:
    """Register pictures of the same thing.

    Parameters
    ----------
    pictures : (n, h, w, 3) array
        0 to 1.
    region : (h, w) array
        Where on the template to look, 0 to 1.
    start : (n, 6) array, optional
        Where to begin; at rest without it.
    levels : tuple, optional
        `COARSE_TO_FINE`, or `FINE` from a good start.

    Returns
    -------
    Registered
        The median picture neither slides nor turns.
    """
    levels = levels or COARSE_TO_FINE
    params = np.zeros((len(pictures), 6), np.float32) if start is None else start.astype(np.float32)
    mean, weight = pictures[0], region
    for number, (blur, every, rounds) in enumerate(levels):
        soft = np.stack([cv2.GaussianBlur(p, (0, 0), blur)[::every, ::every] for p in pictures])
        params, mean, weight = _level(
            soft,
            region[::every, ::every],
            np.asarray(params / every, np.float32),
            rounds,
            first=number == 0 and start is None,
        )
        params = params * every
    return Registered(params, mean, weight)


def _level(
    pictures: Float32Array, region: Float32Array, params: Float32Array, rounds: int, *, first: bool
) -> tuple[Float32Array, Float32Array, Float32Array]:
    """Register at one resolution."""
    count, height, width = pictures.shape[:3]
    _, _, x, y = _axes(height, width)
    rows, columns = np.nonzero(region > 0.02)
    box = (slice(None), slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    inside, x, y = region[box[1:]], x[box[1:]][..., None], y[box[1:]][..., None]
    some = slice(None, None, max(1, count // 150))
    seen = warped(pictures, params)
    for turn in range(rounds):
        mean = np.median(seen[:: max(1, count // 100)], axis=0) if first and turn == 0 else seen.mean(axis=0)
        off = (seen - mean)[box]
        square = (off**2).sum(axis=-1)
        usual = np.median(square[some], axis=0) + NOISE**2
        weight = inside / usual
        each = (weight / (1 + square / (ROBUST**2 * usual)) ** 2).reshape(count, -1)
        across, down = np.gradient(mean, axis=1)[box[1:]], np.gradient(mean, axis=0)[box[1:]]
        slope = np.stack([across, across * x, across * y, down, down * x, down * y], axis=-1).reshape(-1, 3, 6)
        outer = np.einsum("pci,pcj->pij", slope, slope).reshape(-1, 36)
        normal = (each @ outer).reshape(count, 6, 6)
        normal += np.eye(6, dtype=np.float32) * (DAMPING * np.trace(normal, axis1=1, axis2=2) / 6 + 1e-9)[:, None, None]
        pull = (each[..., None] * off.reshape(count, -1, 3)).reshape(count, -1) @ slope.reshape(-1, 6)
        change = np.linalg.solve(normal, pull[..., None])[..., 0]
        params = params - np.clip(change, -STEP, STEP).astype(np.float32)
        params -= np.median(params, axis=0)
        seen = warped(pictures, params)
    whole = np.zeros((height, width), np.float32)
    whole[box[1:]] = weight / weight.max()
    return params, np.asarray(seen.mean(axis=0), np.float32), whole
