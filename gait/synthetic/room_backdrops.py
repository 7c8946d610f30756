"""What is behind the things along the wall of a gym, painted: mirrors, large windows, or the rest of the hall.

The people in it stand far behind the runner, much smaller and a little out of focus.
"""

from __future__ import annotations

import cv2
import numpy as np

from gait._typing import FloatArray, Image
from gait.synthetic.room_textures import shaded, soft_noise
from gait.synthetic.run_spec import SceneSpec

# Colours, sizes and shares in this module are [E]. All sizes are pixels of a wall at 200 a metre.

_PX_PER_M = 200
_FOCUS_PX = 2.2  # blur of what is far behind the runner


def with_backdrop(wall: Image, rng: np.random.Generator, scene: SceneSpec) -> Image:
    """Paint mirrors, windows or the rest of a gym over a wall.

    Parameters
    ----------
    wall : (H, W, 3) uint8 array
        Rows from the top down, 200 pixels a metre; kept.
    rng : numpy.random.Generator
    scene : SceneSpec
        ``backdrop`` and the colours count.

    Returns
    -------
    (H, W, 3) uint8 array
    """
    image = wall.copy()
    if scene.backdrop == "mirrors":
        _mirrors(image, rng, scene)
    elif scene.backdrop == "windows":
        _windows(image, rng)
    elif scene.backdrop == "gym":
        image[...] = _hall(image.shape[0], image.shape[1], rng, scene)
    return image


def _hall(height: int, width: int, rng: np.random.Generator, scene: SceneSpec) -> Image:
    """Paint a hall: far wall, ceiling lamps, floor, machines in two rows and people at some of them."""
    image = shaded(0.85 * np.asarray(scene.wall), 1 + 0.03 * soft_noise(rng, height, width, 80))
    ceiling, horizon = int(0.30 * height), height - int(0.85 * _PX_PER_M)
    image[:ceiling] = shaded(0.45 * np.asarray(scene.wall), np.ones((ceiling, width)))
    for left in range(int(rng.integers(20, 120)), width, int(rng.integers(170, 320))):
        cv2.rectangle(image, (left, ceiling - 46), (left + 110, ceiling - 30), (246, 247, 240), -1)
    image[horizon:] = shaded(
        1.25 * np.asarray(scene.floor), np.linspace(0.9, 1.15, height - horizon)[:, None].repeat(width, 1)
    )
    for _ in range(int(rng.integers(1, 4))):
        left, top = int(rng.integers(0, width - 200)), int(rng.integers(ceiling + 10, ceiling + 60))
        cv2.rectangle(image, (left, top), (left + 150, top + 86), (20, 21, 24), -1)
        screen = tuple(int(c) for c in rng.integers(60, 230, 3))
        cv2.rectangle(image, (left + 5, top + 5), (left + 145, top + 80), screen, -1)
    for row, scale in ((horizon + 40, 0.55), (horizon + 110, 0.72)):
        left = int(rng.integers(0, 120))
        while left < width - 60:
            _machine(image, left, row, scale, rng, scene)
            if rng.random() < 0.35:
                _somebody(image, left + int(60 * scale), row, scale, rng)
            left += int(rng.integers(150, 330) * scale)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), _FOCUS_PX), dtype=np.uint8)


def _machine(image: Image, left: int, floor: int, scale: float, rng: np.random.Generator, scene: SceneSpec) -> None:
    """Paint a treadmill, a bike or a stack of weights from the side."""
    px = scale * _PX_PER_M
    dark = tuple(int(c) for c in rng.integers(25, 70, 3))
    accent = tuple(int(255 * c) for c in scene.accent)

    def line(start: tuple[float, float], end: tuple[float, float], thick: float, colour: tuple[int, ...]) -> None:
        a, b = ((int(left + x * px), int(floor - y * px)) for x, y in (start, end))
        cv2.line(image, a, b, colour, max(1, int(thick * px)), cv2.LINE_AA)

    kind = int(rng.integers(3))
    if kind == 0:
        line((0.0, 0.12), (1.5, 0.12), 0.12, dark)
        line((1.35, 0.15), (1.25, 1.35), 0.06, (150, 152, 156))
        line((1.25, 1.25), (1.18, 1.45), 0.10, dark)
        line((1.25, 1.0), (0.75, 1.0), 0.04, dark)
    elif kind == 1:
        cv2.circle(image, (int(left + 0.35 * px), int(floor - 0.33 * px)), int(0.26 * px), dark, -1, cv2.LINE_AA)
        line((0.35, 0.33), (0.95, 0.45), 0.06, accent)
        line((0.95, 0.05), (0.90, 0.90), 0.05, (150, 152, 156))
        line((0.78, 0.92), (1.04, 0.92), 0.07, dark)
        line((0.45, 0.35), (0.30, 1.15), 0.05, dark)
    else:
        line((0.0, 0.0), (0.0, 2.0), 0.07, (150, 152, 156))
        line((0.9, 0.0), (0.9, 2.0), 0.07, (150, 152, 156))
        line((0.0, 2.0), (0.9, 2.0), 0.07, accent)
        line((0.45, 0.1), (0.45, 0.9), 0.45, dark)


def _somebody(image: Image, left: int, floor: int, scale: float, rng: np.random.Generator) -> None:
    """Paint a standing or walking person of plain shapes."""
    px = scale * _PX_PER_M * rng.uniform(0.92, 1.08)
    skin = tuple(int(c) for c in np.array([220, 175, 145]) * rng.uniform(0.35, 1.05))
    clothes = rng.integers(30, 220, (2, 3)) * 0.55
    top, trousers = (tuple(int(c) for c in colour + 0.45 * colour.mean() / 0.55) for colour in clothes)
    stride = rng.uniform(0.05, 0.32)

    def limb(points: list[tuple[float, float]], thick: float, colour: tuple[int, ...]) -> None:
        path = np.array([(left + x * px, floor - y * px) for x, y in points]).astype(np.int32)
        cv2.polylines(image, [path], False, colour, max(2, int(thick * px)), cv2.LINE_AA)

    limb([(-stride, 0.04), (-0.4 * stride, 0.48), (0.0, 0.92)], 0.14, trousers)
    limb([(stride, 0.04), (0.7 * stride, 0.50), (0.0, 0.92)], 0.14, trousers)
    limb([(0.0, 0.95), (0.03, 1.40)], 0.26, top)
    limb([(0.02, 1.38), (-0.12, 1.12), (0.05, 0.95)], 0.08, skin)
    limb([(0.02, 1.38), (0.16, 1.15), (0.30, 1.20)], 0.08, skin)
    cv2.circle(image, (int(left + 0.05 * px), int(floor - 1.62 * px)), int(0.115 * px), skin, -1, cv2.LINE_AA)


def _mirrors(image: Image, rng: np.random.Generator, scene: SceneSpec) -> None:
    """Paint mirrors from the floor up that show the hall opposite, darker and bluish."""
    height, width, _ = image.shape
    seen: FloatArray = _hall(height, width, rng, scene)[:, ::-1].astype(float)
    seen = np.clip(seen * [0.84, 0.90, 0.92] + 6, 0, 255)
    top, pane = height - int(2.35 * _PX_PER_M), int(rng.integers(200, 300))
    first = int(rng.integers(0, 200))
    for left in range(first, width - pane, pane + 3):
        image[top : height - 24, left : left + pane] = seen[top : height - 24, left : left + pane].astype(np.uint8)
        image[top : height - 24, left + pane : left + pane + 3] = 70
    image[top - 5 : top, first:] = (120, 122, 124)


def _windows(image: Image, rng: np.random.Generator) -> None:
    """Paint a row of large windows, brighter than the room, on to trees and houses."""
    height, width, _ = image.shape
    top, bottom = height - int(2.9 * _PX_PER_M), height - int(rng.uniform(0.25, 0.9) * _PX_PER_M)
    high = bottom - top
    sky = np.linspace(0, 1, high)[:, None, None]
    view = np.tile((1 - sky) * np.array([196, 218, 240]) + sky * np.array([238, 240, 240]), (1, width, 1)).astype(
        np.uint8
    )
    ground = int(0.72 * high)
    for left in range(0, width, 180):
        if rng.random() < 0.6:
            tall, wide = int(rng.uniform(0.25, 0.55) * high), int(rng.integers(90, 200))
            wall = tuple(int(c) for c in rng.integers(130, 215, 3))
            cv2.rectangle(view, (left, ground - tall), (left + wide, ground), wall, -1)
            for x in range(left + 12, left + wide - 14, 26):
                for y in range(ground - tall + 12, ground - 14, 30):
                    cv2.rectangle(view, (x, y), (x + 11, y + 15), (96, 108, 122), -1)
        green = tuple(int(c) for c in np.array([88, 120, 72]) * rng.uniform(0.7, 1.2))
        cv2.circle(
            view, (left + int(rng.integers(0, 180)), ground - 10), int(rng.integers(22, 60)), green, -1, cv2.LINE_AA
        )
    view[ground:] = (150, 156, 140)
    view = np.asarray(cv2.GaussianBlur(view, (0, 0), _FOCUS_PX), dtype=np.uint8)
    image[top:bottom] = view
    pane = int(rng.integers(220, 360))
    for left in range(int(rng.integers(0, 200)), width, pane):
        image[top:bottom, left : left + 9] = 86
    image[top - 8 : top], image[bottom : bottom + 10] = 86, 150
