"""The treadmill's belt: it moves with the runner's speed and carries the shadow of the body."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray, Image
from gait.synthetic.pinhole_camera import PinholeCamera
from gait.synthetic.render_window import PixelBox, box_around, overlay
from gait.synthetic.room_textures import BELT_LOOP_M, BELT_PX_PER_M

FLOOR_M = -0.20
"""Height of the floor; the belt's top is at 0, m. [E]"""
BELT_HALF_WIDTH_M = 0.26
"""Half of the belt's width, m. [E]"""
BELT_BACK_M, BELT_FRONT_M = -0.98, 0.72
"""Ends of the visible belt, forward of the middle of the run, m. [E]"""

_SHADOW_PX_PER_M = 100  # [E]
# Shadows of what is below a height (m): how much of the light they take, and their blur (pixels). [E]
_SHADOWS = ((0.035, 0.42, 1.0), (0.16, 0.24, 3.0), (1.1, 0.22, 9.0))
_MIN_LIGHT = 0.15  # that reaches the belt everywhere [E]
_MIN_ROWS_PX = 24  # of the belt's image, across it [E]


class Belt:
    """The running belt, laid into each frame with the shadows of the body above it.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        One whole belt, see `belt_image`.
    camera : PinholeCamera
    light : (3,) array
        Its colours are multiplied by it.
    """

    def __init__(self, image: Image, camera: PinholeCamera, light: FloatArray) -> None:
        corners = np.array([[x, 0.0, z] for x, z in ((0, 1), (1, 1), (1, -1), (0, -1))], dtype=float) * [
            1.0,
            1.0,
            BELT_HALF_WIDTH_M,
        ]
        corners[:, 0] = BELT_BACK_M + corners[:, 0] * (BELT_FRONT_M - BELT_BACK_M)
        pixels = camera.project(corners)
        self.crop: PixelBox = box_around(pixels, camera, 2)
        # Rows finer than the frame would only flicker.
        rows = int(np.clip(2 * np.ptp(pixels[:, 1]), _MIN_ROWS_PX, image.shape[0]))
        lit = np.clip(image * light, 0, 255).astype(np.uint8)
        lit = np.asarray(cv2.resize(lit, (image.shape[1], rows), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        opaque = np.full((*lit.shape[:2], 1), 255, np.uint8)
        self._loop = np.concatenate([lit, opaque], axis=2)
        self._loop = np.concatenate([self._loop, self._loop], axis=1)
        self._size = (round((BELT_FRONT_M - BELT_BACK_M) * BELT_PX_PER_M), rows)
        w, h = self._size
        to = 2 * (pixels - [self.crop.x, self.crop.y]) - 0.5
        start = np.array([[0, h], [w, h], [w, 0], [0, 0]]) - 0.5
        self._warp = cv2.getPerspectiveTransform(start.astype(np.float32), to.astype(np.float32))

    def overlay(self, frame: Image, travelled_m: float, points: NDArray[np.float32]) -> None:
        """Lay the belt over a frame, in place.

        Parameters
        ----------
        frame : (H, W, 3) uint8 array
            Changed.
        travelled_m : float
            How far the belt has run backwards, m.
        points : (N, 3) array
            Of the body that casts the shadow, m.
        """
        w, h = self._size
        start = np.mod(BELT_BACK_M + travelled_m, BELT_LOOP_M) * BELT_PX_PER_M
        shift = np.array([[1.0, 0.0, -start], [0.0, 1.0, 0.0]])
        top = cv2.warpAffine(self._loop, shift, (w, h), flags=cv2.INTER_LINEAR)
        shade = cv2.resize(self._shade(points), (w, h), interpolation=cv2.INTER_LINEAR)
        top[..., :3] = cv2.multiply(top[..., :3], cv2.merge([shade] * 3), scale=1 / 255)
        size = (2 * self.crop.width, 2 * self.crop.height)
        warped = cv2.warpPerspective(top, self._warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        layer = cv2.resize(warped, (self.crop.width, self.crop.height), interpolation=cv2.INTER_AREA)
        overlay(frame[self.crop.rows, self.crop.columns], np.asarray(layer, dtype=np.uint8))

    @staticmethod
    def _shade(points: NDArray[np.float32]) -> Image:
        """How much light reaches the belt, 255 = all: rows across it, columns along it."""
        rows, columns = (
            round(2 * BELT_HALF_WIDTH_M * _SHADOW_PX_PER_M),
            round((BELT_FRONT_M - BELT_BACK_M) * _SHADOW_PX_PER_M),
        )
        total = np.zeros((rows, columns), np.float32)
        for below, strength, blur in _SHADOWS:
            low = points[points[:, 1] < below]
            column = ((low[:, 0] - BELT_BACK_M) * _SHADOW_PX_PER_M).astype(np.int32)
            row = ((BELT_HALF_WIDTH_M - low[:, 2]) * _SHADOW_PX_PER_M).astype(np.int32)
            inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
            covered = np.zeros((rows, columns), np.float32)
            covered[rows - 1 - row[inside], column[inside]] = strength
            total += cv2.GaussianBlur(covered, (0, 0), blur, borderType=cv2.BORDER_REPLICATE)
        return (255 * np.clip(1 - total, _MIN_LIGHT, 1)).astype(np.uint8)
