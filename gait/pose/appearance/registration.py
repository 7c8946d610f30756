"""How a patch of the image turns and slides from frame to frame: every patch laid over the mean of all.

Lucas-Kanade registration of a group of images [1]_: the mean is the template, each patch is warped onto it by the
affine map that leaves the least weighted difference, and the mean is taken again. What does not keep still on the
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

from gait._typing import FloatArray

#: Images as they are registered; single precision halves time and memory.
Float32Array = NDArray[np.float32]

#: From coarse to fine: standard deviation of the blur (pixels of the patch), every how many-th pixel, iterations. [E]
COARSE_TO_FINE = ((4.0, 2, 12), (2.0, 1, 8), (1.0, 1, 8))
#: Differences of colour (0 to 1) that are taken for noise, and beyond how many times the usual difference a pixel shows
#: something else instead of an error of the fit. [E]
NOISE = 0.012
ROBUST = 2.5
#: Share of the mean information that is added on the diagonal, so that a plain patch does not wander off. [E]
DAMPING = 1e-6
#: Largest step of one iteration, pixels. [E]
MAX_STEP_PX = 4.0
#: Pixels of the region count from this weight on. [E]
_MIN_REGION = 0.02


@dataclass(frozen=True)
class Registered:
    """Result of :func:`register`.

    Attributes
    ----------
    params : (n, 6) float32 array
        Of each patch: a point of the template lies in it at ``x + p0 + p1 X + p2 Y``, ``y + p3 + p4 X + p5 Y``,
        with X and Y from the middle of the patch in shares of its width. Pixels.
    mean : (h, w, 3) float32 array
        The template.
    weight : (h, w) float32 array
        How much each pixel counted.
    """

    params: Float32Array
    mean: Float32Array
    weight: Float32Array

    @property
    def tilt_deg(self) -> FloatArray:
        """How far each patch is turned against the mean, (n,), degrees; + = its right side higher."""
        return np.asarray(-np.degrees(np.arctan(self.params[:, 4].astype(float) / self.mean.shape[1])))


def _axes(height: int, width: int) -> tuple[Float32Array, Float32Array, Float32Array, Float32Array]:
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    return columns, rows, (columns - (width - 1) / 2) / width, (rows - (height - 1) / 2) / width


def warp_to_template(patches: Float32Array, params: Float32Array) -> Float32Array:
    """Lay patches over the template.

    Parameters
    ----------
    patches : (n, h, w, 3) float32 array
    params : (n, 6) float32 array
        As in `Registered`.

    Returns
    -------
    (n, h, w, 3) float32 array
    """
    columns, rows, x, y = _axes(*patches.shape[1:3])
    warped = np.empty_like(patches)
    for patch, p, out in zip(patches, params, warped, strict=True):
        across, down = columns + p[0] + p[1] * x + p[2] * y, rows + p[3] + p[4] * x + p[5] * y
        cv2.remap(patch, across, down, cv2.INTER_LINEAR, dst=out, borderMode=cv2.BORDER_REPLICATE)
    return warped


def register(
    patches: Float32Array,
    region: Float32Array,
    *,
    start: Float32Array | None = None,
    levels: tuple[tuple[float, int, int], ...] | None = None,
) -> Registered:
    """Register patches that show the same thing.

    Parameters
    ----------
    patches : (n, h, w, 3) float32 array
        0 to 1.
    region : (h, w) float32 array
        Which part of the template counts, 0 to 1.
    start : (n, 6) float32 array, optional
        Parameters to start from; all 0 without it.
    levels : tuple of (float, int, int), optional
        As `COARSE_TO_FINE`, which is used without it.

    Returns
    -------
    Registered
        The median patch neither slides nor turns.
    """
    levels = levels or COARSE_TO_FINE
    params = np.zeros((len(patches), 6), np.float32) if start is None else start.astype(np.float32)
    mean, weight = patches[0], region
    for number, (blur, every, iterations) in enumerate(levels):
        blurred = np.stack([cv2.GaussianBlur(p, (0, 0), blur)[::every, ::every] for p in patches])
        params, mean, weight = _level(
            blurred,
            region[::every, ::every],
            np.asarray(params / every, np.float32),
            iterations,
            first=number == 0 and start is None,
        )
        params = params * every
    return Registered(params, mean, weight)


def _level(
    patches: Float32Array, region: Float32Array, params: Float32Array, iterations: int, *, first: bool
) -> tuple[Float32Array, Float32Array, Float32Array]:
    """Register at one resolution."""
    count, height, width = patches.shape[:3]
    _, _, x, y = _axes(height, width)
    rows, columns = np.nonzero(region > _MIN_REGION)
    box = (slice(None), slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    inside, x, y = region[box[1:]], x[box[1:]][..., None], y[box[1:]][..., None]
    subset = slice(None, None, max(1, count // 150))
    warped = warp_to_template(patches, params)
    for iteration in range(iterations):
        robust_start = first and iteration == 0
        mean = np.median(warped[:: max(1, count // 100)], axis=0) if robust_start else warped.mean(axis=0)
        residual = (warped - mean)[box]
        square = (residual**2).sum(axis=-1)
        usual = np.median(square[subset], axis=0) + NOISE**2
        weight = inside / usual
        each = (weight / (1 + square / (ROBUST**2 * usual)) ** 2).reshape(count, -1)
        across, down = np.gradient(mean, axis=1)[box[1:]], np.gradient(mean, axis=0)[box[1:]]
        slope = np.stack([across, across * x, across * y, down, down * x, down * y], axis=-1).reshape(-1, 3, 6)
        outer = np.einsum("pci,pcj->pij", slope, slope).reshape(-1, 36)
        normal = (each @ outer).reshape(count, 6, 6)
        normal += np.eye(6, dtype=np.float32) * (DAMPING * np.trace(normal, axis1=1, axis2=2) / 6 + 1e-9)[:, None, None]
        gradient = (each[..., None] * residual.reshape(count, -1, 3)).reshape(count, -1) @ slope.reshape(-1, 6)
        change = np.linalg.solve(normal, gradient[..., None])[..., 0]
        params = params - np.clip(change, -MAX_STEP_PX, MAX_STEP_PX).astype(np.float32)
        params -= np.median(params, axis=0)
        warped = warp_to_template(patches, params)
    whole = np.zeros((height, width), np.float32)
    whole[box[1:]] = weight / weight.max()
    return params, np.asarray(warped.mean(axis=0), np.float32), whole
