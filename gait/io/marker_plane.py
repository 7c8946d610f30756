"""Markers in space projected onto the plane in which they are measured, and lengths turned into pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from gait._typing import FloatArray
from gait.display_language import _
from gait.errors import InputError

#: Pixels per metre of markers: a pixel is a millimetre. [E]
PX_PER_M = 1000.0
#: Space around the points in the image that is made up for them, share of its size. [E]
MARGIN = 0.1
#: Longest side of an image that is made up, pixels: a hall of 100 m. [E]
MAX_SIDE_PX = 100_000


def project_to_image(
    position: FloatArray, names: Sequence[str], metres: float | None, view: Literal["side", "rear", "front"]
) -> tuple[FloatArray, tuple[int, int], float | None]:
    """Turn points into pixels, x right and y down.

    Parameters
    ----------
    position : (T, K, 2 or 3) array
        In any right-handed axes, one of them vertical: the hips lie above the ankles along it.
    names : sequence of K str
        Keypoints.
    metres : float or None
        Of one unit of ``position``; ``None`` for pixels.
    view : {"side", "rear", "front"}
        The plane onto which points in space are projected; the side is the runner's right.

    Returns
    -------
    (T, K, 2) array
    (int, int)
        Width and height of an image that holds all points, pixels.
    float or None
        Metres per pixel, where lengths are known.

    Raises
    ------
    InputError
        The points have fewer than two coordinates, or hips and ankles never occur together.
    """
    flat = _plane(position, names, view)
    if metres is None:
        flat = flat - np.minimum(np.nan_to_num(np.nanmin(flat, axis=(0, 1))), 0.0)
        return flat, _size(np.nanmax(flat, axis=(0, 1))), None
    flat = flat * (PX_PER_M * metres)
    low, high = np.nanmin(flat, axis=(0, 1)), np.nanmax(flat, axis=(0, 1))
    margin = MARGIN * float((high - low).max())
    return flat - low + margin, _size(high - low + 2 * margin), 1 / PX_PER_M


def _size(high: FloatArray) -> tuple[int, int]:
    if not (high < MAX_SIDE_PX).all():
        raise InputError(_("these poses lie too far apart to be one runner; leave out points that were not found"))
    return math.ceil(high[0]) + 1, math.ceil(high[1]) + 1


def _plane(position: FloatArray, names: Sequence[str], view: str) -> FloatArray:
    """Give (T, K, 2): to the right, and down."""
    position = position[..., [bool(np.isfinite(position[..., a]).any()) for a in range(position.shape[2])]]
    if position.shape[2] < 2:
        raise InputError(_("these poses have fewer than two coordinates"))

    def middle(joint: str) -> FloatArray:
        return np.asarray(position[:, [names.index(f"{side}_{joint}") for side in ("left", "right")]].mean(axis=1))

    upright = middle("hip") - middle("ankle")
    if not np.isfinite(upright).all(axis=1).any():
        raise InputError(_("these poses have no frame with both hips and ankles"))
    spread = np.array([np.nanmax(position[..., a]) - np.nanmin(position[..., a]) for a in range(position.shape[2])])
    height = np.nanmedian(upright, axis=0)
    up = int(np.argmax(np.abs(height)))
    sign = float(np.sign(height[up]))
    across = [a for a in range(len(spread)) if a != up]
    # Points without depth come from one camera and stay as they are.
    deep = [a for a in across if spread[a] > 1e-3 * spread.max()]
    if len(deep) < 2:
        x = deep[0] if deep else across[0]
        return np.stack([position[..., x], -sign * position[..., up]], axis=2)
    forwards = _forwards(position, names, across)
    vertical = np.zeros(3)
    vertical[up] = sign
    rightwards = np.cross(forwards, vertical)
    direction = {"side": forwards, "rear": rightwards, "front": -rightwards}[view]
    return np.stack([position @ direction, -(position @ vertical)], axis=2)


def _forwards(position: FloatArray, names: Sequence[str], across: list[int]) -> FloatArray:
    """Find the direction in which the runner faces: the ankles swing along it, and toes lie in front of heels."""

    def between(a: str, b: str) -> FloatArray:
        if not {a, b} <= set(names):
            return np.full((len(position), 3), np.nan)
        return np.asarray(position[:, names.index(a)] - position[:, names.index(b)])

    swing = between("left_ankle", "right_ankle")[:, across]
    swing = swing[np.isfinite(swing).all(axis=1)]
    along = np.zeros(3)
    along[across] = np.linalg.eigh(np.cov(swing.T))[1][:, -1]
    pointers = [between(f"{side}_foot_index", f"{side}_heel") for side in ("left", "right")]
    if not np.isfinite(pointers).any():  # knees bend forwards
        pointers = [
            between(f"{side}_knee", f"{side}_hip") + between(f"{side}_knee", f"{side}_ankle")
            for side in ("left", "right")
        ]
    return along * (1.0 if np.nanmean(np.stack(pointers) @ along) >= 0 else -1.0)
