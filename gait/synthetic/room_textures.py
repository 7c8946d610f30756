"""The surfaces of the room, painted: the belt, a wall with its windows and posters, the floor."""

from __future__ import annotations

import cv2
import numpy as np

from gait._typing import FloatArray, Image
from gait.synthetic.run_spec import Colour, SceneSpec

# Colours, sizes and shares in this module are [E]: they make rooms that look like gyms and garages.

BELT_LOOP_M = 3.4
"""Length of the whole belt: how often its seam comes round, m. [E]"""
BELT_PX_PER_M = 300
"""Pixels of the belt's image a metre. [E]"""
WALL_WIDTH_M, WALL_HEIGHT_M = 11.0, 4.6
"""Size of the wall in the frame, m. [E]"""


def soft_noise(rng: np.random.Generator, height: int, width: int, blob_px: int) -> FloatArray:
    """Draw soft blotches.

    Parameters
    ----------
    rng : numpy.random.Generator
    height, width : int
        Pixels.
    blob_px : int
        Size of the blotches, about, pixels.

    Returns
    -------
    (H, W) array
        -1 to 1.
    """
    rows, columns = height // blob_px + 2, width // blob_px + 2
    coarse = rng.uniform(-1, 1, (rows, columns))
    smooth = cv2.resize(coarse, (columns * blob_px, rows * blob_px), interpolation=cv2.INTER_LINEAR)
    return np.asarray(smooth[:height, :width], dtype=float)


def shaded(colour: Colour | FloatArray, shade: FloatArray) -> Image:
    """Paint one colour, lighter and darker.

    Parameters
    ----------
    colour : (float, float, float)
        Red, green, blue; 0 to 1.
    shade : (H, W) array
        The colour is multiplied by it.

    Returns
    -------
    (H, W, 3) uint8 array
    """
    image: Image = np.clip(255 * np.asarray(colour) * shade[..., None], 0, 255).astype(np.uint8)
    return image


def belt_image(rng: np.random.Generator, scene: SceneSpec) -> Image:
    """Paint one whole belt: rubber, faint grain, a seam and what is printed on it.

    Parameters
    ----------
    rng : numpy.random.Generator
    scene : SceneSpec
        ``belt`` and ``belt_print`` count.

    Returns
    -------
    (H, W, 3) uint8 array
        Its length along the second axis.
    """
    height, width = 128, round(BELT_LOOP_M * BELT_PX_PER_M)
    shade = 1 + 0.05 * soft_noise(rng, height, width, 6) + 0.04 * soft_noise(rng, height, width, 40)
    image = shaded(scene.belt, shade)
    # Prints are lighter than a dark belt and darker than a light one.
    bright = float(np.mean(scene.belt)) > 0.4
    ink, faint = ((58, 58, 62), (110, 111, 114)) if bright else ((74, 76, 80), (52, 53, 56))
    if scene.belt_print == "marks":
        for start in (60, 400, 740):
            image[40:88, start : start + 14] = ink
    elif scene.belt_print == "lines":
        for row in (18, 42, 84, 108):
            image[row : row + 3] = faint
        image[62:66, ::] = np.where((np.arange(width) % 90 < 45)[None, :, None], ink, image[62:66])
    elif scene.belt_print == "logo":
        for start in (120, 630):
            cv2.putText(image, "RUN", (start, 82), cv2.FONT_HERSHEY_TRIPLEX, 1.9, (205, 206, 208), 5, cv2.LINE_AA)
            cv2.circle(image, (start + 170, 64), 22, (180, 52, 46), -1, cv2.LINE_AA)
    image[:, 0:3] = faint
    image[:6], image[-6:] = (88, 89, 92), (88, 89, 92)
    return image


def _window(image: Image, left: int, rng: np.random.Generator) -> None:
    """Paint a window: frame, evening sky, a line of hills."""
    top = image.shape[0] - 272
    image[top : top + 120, left : left + 150] = 225
    sky = np.linspace(0, 1, 108)[:, None, None]
    view = (1 - sky) * np.array([150, 180, 205]) + sky * np.array([214, 205, 190])
    view = np.tile(view, (1, 138, 1))
    ridge = 76 + 9 * np.sin(np.arange(138) / 19 + rng.uniform(0, 6)) + 4 * np.sin(np.arange(138) / 7)
    hills = np.arange(108)[:, None] > ridge[None]
    view = np.where(hills[..., None], np.array([96, 112, 98]), view)
    image[top + 6 : top + 114, left + 6 : left + 144] = view.astype(np.uint8)
    image[top + 6 : top + 114, left + 72 : left + 77] = 225


def _poster(image: Image, left: int, colour: Colour, rng: np.random.Generator) -> None:
    """Paint a poster of plain shapes, no two alike."""
    top = image.shape[0] - 258 + int(rng.integers(-8, 9))
    wide, high = int(rng.integers(60, 96)), int(rng.integers(84, 116))
    inside = image[top : top + high, left : left + wide]
    inside[...] = 236
    inside[5:-5, 5:-5] = shaded(colour, np.linspace(1.1, 0.8, high - 10)[:, None].repeat(wide - 10, axis=1))
    y, x = np.mgrid[0:high, 0:wide]
    kind = int(rng.integers(3))
    light = tuple(int(v) for v in rng.integers(190, 245, 3))
    if kind == 0:
        shape = (y - 0.4 * high) ** 2 + (x - wide / 2) ** 2 < (0.28 * wide) ** 2
    elif kind == 1:
        shape = np.abs(y - 0.45 * high - 0.5 * (x - wide / 2)) < 9
    else:
        shape = (np.abs(x - wide / 2) < 0.45 * (y - 0.15 * high)) & (y < 0.62 * high)
    inside[shape & (x > 8) & (x < wide - 8) & (y > 8) & (y < high - 8)] = light
    for row in (0.76, 0.84):
        inside[int(row * high) : int(row * high) + 4, wide // 5 : -wide // 5] = 240


def _bricks(image: Image, colour: Colour, rng: np.random.Generator) -> None:
    height, width, _ = image.shape
    y, x = np.mgrid[0:height, 0:width]
    row = y // 8
    column = (x + 11 * (row % 2)) // 22
    tone = rng.uniform(0.82, 1.12, (height // 8 + 1, width // 22 + 2))[row, column]
    mortar = (y % 8 < 1) | ((x + 11 * (row % 2)) % 22 < 1)
    wall = shaded(np.asarray(colour) * [1.02, 0.88, 0.80], tone)
    image[...] = np.where(mortar[..., None], shaded(np.asarray(colour) * 0.92, np.ones_like(tone)), wall)


def _garage_door(image: Image, colour: Colour) -> None:
    """Paint the sections of an overhead door between two posts."""
    height, width, _ = image.shape
    top = height - 290
    y = np.arange(height - top)
    shade = 1.0 + 0.06 * np.sin(2 * np.pi * y / 9.0)
    shade[y % 58 < 3] = 0.55
    door = shaded(0.5 * np.asarray(colour) + 0.42, np.tile(shade[:, None], (1, width - 300)))
    image[top:, 150:-150] = door
    for left in (146, width - 156):
        image[top - 8 :, left : left + 10] = shaded(np.asarray(colour) * 0.6, np.ones((height - top + 8, 10)))
    for left in range(230, width - 260, 170):
        image[top + 72 : top + 100, left : left + 90] = (168, 182, 192)


def wall_image(rng: np.random.Generator, scene: SceneSpec) -> Image:
    """Paint a wall: plaster, brick, a garage door or plain paint; then posters and windows.

    Parameters
    ----------
    rng : numpy.random.Generator
    scene : SceneSpec
        ``wall``, ``wainscot``, ``accent`` and ``clutter`` count.

    Returns
    -------
    (H, W, 3) uint8 array
        Rows from the top down, 200 pixels a metre.
    """
    height, width = round(100 * WALL_HEIGHT_M), round(100 * WALL_WIDTH_M)
    shade = 1 + 0.025 * soft_noise(rng, height, width, 60) + 0.02 * soft_noise(rng, height, width, 5)
    shade *= np.linspace(1.08, 0.92, height)[:, None]
    image = shaded(scene.wall, shade)
    kind = int(rng.choice(4, p=[0.45, 0.2, 0.15, 0.2]))  # plaster, brick, garage door, plain paint
    low = height - 120
    if kind == 1:
        _bricks(image, scene.wall, rng)
    elif kind == 2:
        _garage_door(image, scene.wall)
    if kind == 0:
        image[low:] = shaded(scene.wainscot, shade)[low:]
        image[low - 3 : low + 3] = (0.55 * 255 * np.asarray(scene.wainscot)).astype(np.uint8)
        for x in range(0, width, 150):
            image[low + 3 :, x : x + 2] = (image[low + 3 :, x : x + 2] * 0.8).astype(np.uint8)
    if kind == 3:
        image[height - 205 : height - 185] = (255 * np.asarray(scene.accent)).astype(np.uint8)
    positions = np.arange(60, width - 170, 175) + rng.integers(-20, 21, len(range(60, width - 170, 175)))
    for x in positions:
        roll, colour = rng.random(), (scene.accent, scene.wainscot)[int(rng.integers(2))]
        if roll > 0.85 * scene.clutter or kind == 2:
            continue
        if roll < 0.30 and kind != 1:
            _window(image, int(x), rng)
        else:
            _poster(image, int(x) + 30, colour, rng)
    return np.asarray(cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def floor_image(rng: np.random.Generator, scene: SceneSpec) -> Image:
    """Paint two by two metres of floor: rubber tiles, planks, concrete or foam mats.

    Parameters
    ----------
    rng : numpy.random.Generator
    scene : SceneSpec
        ``floor`` counts.

    Returns
    -------
    (H, W, 3) uint8 array
    """
    size = 512
    shade = 1 + 0.06 * soft_noise(rng, size, size, 4) + 0.03 * soft_noise(rng, size, size, 32)
    kind = int(rng.integers(4))
    colour = np.asarray(scene.floor)
    if kind == 0:
        shade[::256], shade[:, ::256] = 0.7, 0.7
        speck = rng.random((size, size)) < 0.02
        shade = np.where(speck, shade * 1.5, shade)
    elif kind == 1:
        colour = 0.4 * colour + np.array([0.30, 0.21, 0.13])
        tone = rng.uniform(0.85, 1.12, (8, 2))
        rows, columns = np.arange(size) // 64, np.arange(size) // 256
        shade = shade * tone[rows][:, columns] * (1 + 0.05 * soft_noise(rng, size, size, 8)[:, :1])
        shade[::64] *= 0.6
    elif kind == 2:
        colour = 0.5 * colour + 0.22
        shade = shade + 0.08 * soft_noise(rng, size, size, 90)
    else:
        check = (np.arange(size)[:, None] // 128 + np.arange(size)[None] // 128) % 2
        shade = shade * np.where(check == 1, 1.15, 0.92)
        shade[::128], shade[:, ::128] = 0.7, 0.7
    return shaded(colour, shade)
