"""The room: a treadmill whose belt moves, a floor, walls and gym things, and light.

Nothing in the room but the people, the belt and the shadows on it moves, and no thing in it looks like a person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.synthetic.person import Lamp, Lighting
from gait.synthetic.pinhole_camera import PinholeCamera, camera_of
from gait.synthetic.render_window import PixelBox, crop_around, laid_over
from gait.synthetic.run_spec import CameraSpec, Colour, SceneSpec
from gait.synthetic.vtk_import import vtk_modules

Picture = NDArray[np.uint8]

FLOOR_M = -0.20  # the belt's top is y = 0
BELT_HALF_M = 0.26
BELT_FROM_M, BELT_TO_M = -0.98, 0.72
EDGE_M = BELT_HALF_M + 0.085  # half the width of the treadmill
_LOOP_M = 3.4  # length of the whole belt: how often its seam comes round
_BELT_PX = 300  # of the belt's picture, a metre
_SHADOW_PX = 100
_WALL_M, _WALL_HEIGHT_M, _REACH_M = 11.0, 4.6, 2.9


def _noise(rng: np.random.Generator, height: int, width: int, scale: int) -> FloatArray:
    """Soft noise in -1..1, blobs of about ``scale`` pixels."""
    rows, columns = height // scale + 2, width // scale + 2
    coarse = rng.uniform(-1, 1, (rows, columns))
    smooth = cv2.resize(coarse, (columns * scale, rows * scale), interpolation=cv2.INTER_LINEAR)
    return np.asarray(smooth[:height, :width], dtype=float)


def _shaded(colour: Colour | FloatArray, shade: FloatArray) -> Picture:
    picture: Picture = np.clip(255 * np.asarray(colour) * shade[..., None], 0, 255).astype(np.uint8)
    return picture


# ------------------------------------------------------------------------------------------------ pictures


def belt_picture(rng: np.random.Generator) -> Picture:
    """Paint one whole belt, its length along the second axis: dark rubber, faint grain, a seam and printed marks."""
    height, width = 128, round(_LOOP_M * _BELT_PX)
    shade = 1 + 0.05 * _noise(rng, height, width, 6) + 0.04 * _noise(rng, height, width, 40)
    picture = _shaded((0.125, 0.127, 0.135), shade)
    for start in (60, 400, 740):
        picture[40:88, start : start + 14] = (74, 76, 80)
    picture[:, 0:3] = (52, 53, 56)
    picture[:6], picture[-6:] = (88, 89, 92), (88, 89, 92)
    return picture


def _window(picture: Picture, left: int, rng: np.random.Generator) -> None:
    """Paint a window: frame, evening sky, a line of hills."""
    top = picture.shape[0] - 272
    picture[top : top + 120, left : left + 150] = 225
    sky = np.linspace(0, 1, 108)[:, None, None]
    view = (1 - sky) * np.array([150, 180, 205]) + sky * np.array([214, 205, 190])
    view = np.tile(view, (1, 138, 1))
    ridge = 76 + 9 * np.sin(np.arange(138) / 19 + rng.uniform(0, 6)) + 4 * np.sin(np.arange(138) / 7)
    hills = np.arange(108)[:, None] > ridge[None]
    view = np.where(hills[..., None], np.array([96, 112, 98]), view)
    picture[top + 6 : top + 114, left + 6 : left + 144] = view.astype(np.uint8)
    picture[top + 6 : top + 114, left + 72 : left + 77] = 225


def _poster(picture: Picture, left: int, colour: Colour, rng: np.random.Generator) -> None:
    """Paint a poster of plain shapes, no two alike."""
    top = picture.shape[0] - 258 + int(rng.integers(-8, 9))
    wide, high = int(rng.integers(60, 96)), int(rng.integers(84, 116))
    inside = picture[top : top + high, left : left + wide]
    inside[...] = 236
    inside[5:-5, 5:-5] = _shaded(colour, np.linspace(1.1, 0.8, high - 10)[:, None].repeat(wide - 10, axis=1))
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


def _bricks(picture: Picture, colour: Colour, rng: np.random.Generator) -> None:
    height, width, _ = picture.shape
    y, x = np.mgrid[0:height, 0:width]
    row = y // 8
    column = (x + 11 * (row % 2)) // 22
    tone = rng.uniform(0.82, 1.12, (height // 8 + 1, width // 22 + 2))[row, column]
    mortar = (y % 8 < 1) | ((x + 11 * (row % 2)) % 22 < 1)
    wall = _shaded(np.asarray(colour) * [1.02, 0.88, 0.80], tone)
    picture[...] = np.where(mortar[..., None], _shaded(np.asarray(colour) * 0.92, np.ones_like(tone)), wall)


def _garage_door(picture: Picture, colour: Colour) -> None:
    """Paint the sections of an overhead door between two posts."""
    height, width, _ = picture.shape
    top = height - 290
    y = np.arange(height - top)
    shade = 1.0 + 0.06 * np.sin(2 * np.pi * y / 9.0)
    shade[y % 58 < 3] = 0.55
    door = _shaded(0.5 * np.asarray(colour) + 0.42, np.tile(shade[:, None], (1, width - 300)))
    picture[top:, 150:-150] = door
    for left in (146, width - 156):
        picture[top - 8 :, left : left + 10] = _shaded(np.asarray(colour) * 0.6, np.ones((height - top + 8, 10)))
    for left in range(230, width - 260, 170):
        picture[top + 72 : top + 100, left : left + 90] = (168, 182, 192)


def _wall_picture(rng: np.random.Generator, scene: SceneSpec) -> Picture:
    """Paint a wall, 100 pixels a metre, rows from the top down: its kind, then posters and windows by ``clutter``."""
    height, width = round(100 * _WALL_HEIGHT_M), round(100 * _WALL_M)
    shade = 1 + 0.025 * _noise(rng, height, width, 60) + 0.02 * _noise(rng, height, width, 5)
    shade *= np.linspace(1.08, 0.92, height)[:, None]
    picture = _shaded(scene.wall, shade)
    kind = int(rng.choice(4, p=[0.45, 0.2, 0.15, 0.2]))  # plaster, brick, garage door, plain paint
    low = height - 120
    if kind == 1:
        _bricks(picture, scene.wall, rng)
    elif kind == 2:
        _garage_door(picture, scene.wall)
    if kind == 0:
        picture[low:] = _shaded(scene.wainscot, shade)[low:]
        picture[low - 3 : low + 3] = (0.55 * 255 * np.asarray(scene.wainscot)).astype(np.uint8)
        for x in range(0, width, 150):
            picture[low + 3 :, x : x + 2] = (picture[low + 3 :, x : x + 2] * 0.8).astype(np.uint8)
    if kind == 3:
        picture[height - 205 : height - 185] = (255 * np.asarray(scene.accent)).astype(np.uint8)
    places = np.arange(60, width - 170, 175) + rng.integers(-20, 21, len(range(60, width - 170, 175)))
    for x in places:
        roll, colour = rng.random(), (scene.accent, scene.wainscot)[int(rng.integers(2))]
        if roll > 0.85 * scene.clutter or kind == 2:
            continue
        if roll < 0.30 and kind != 1:
            _window(picture, int(x), rng)
        else:
            _poster(picture, int(x) + 30, colour, rng)
    return np.asarray(cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def _floor_picture(rng: np.random.Generator, scene: SceneSpec) -> Picture:
    """Paint two metres of floor, square: rubber tiles, planks, concrete or foam mats."""
    size = 512
    shade = 1 + 0.06 * _noise(rng, size, size, 4) + 0.03 * _noise(rng, size, size, 32)
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
        shade = shade * tone[rows][:, columns] * (1 + 0.05 * _noise(rng, size, size, 8)[:, :1])
        shade[::64] *= 0.6
    elif kind == 2:
        colour = 0.5 * colour + 0.22
        shade = shade + 0.08 * _noise(rng, size, size, 90)
    else:
        check = (np.arange(size)[:, None] // 128 + np.arange(size)[None] // 128) % 2
        shade = shade * np.where(check == 1, 1.15, 0.92)
        shade[::128], shade[:, ::128] = 0.7, 0.7
    return _shaded(colour, shade)


# ------------------------------------------------------------------------------------------------ things


def _textured(
    corner: FloatArray, along: FloatArray, up: FloatArray, picture: Picture, repeat: tuple[float, float] = (1, 1)
) -> Any:
    """Put up a flat picture; its rows run down from ``corner + up`` to ``corner``."""
    vtk = vtk_modules()
    plane = vtk.vtkPlaneSource()
    plane.SetOrigin(*corner)
    plane.SetPoint1(*(corner + along))
    plane.SetPoint2(*(corner + up))
    plane.Update()
    mesh = plane.GetOutput()
    tcoords = vtk.vtk_to_numpy(mesh.GetPointData().GetTCoords()) * np.asarray(repeat, dtype=np.float32)
    mesh.GetPointData().SetTCoords(vtk.numpy_to_vtk(tcoords.astype(np.float32), deep=True))
    image = vtk.vtkImageData()
    image.SetDimensions(picture.shape[1], picture.shape[0], 1)
    flat = np.ascontiguousarray(picture[::-1]).reshape(-1, picture.shape[2])
    image.GetPointData().SetScalars(vtk.numpy_to_vtk(flat, deep=True))
    texture = vtk.vtkTexture()
    texture.SetInputData(image)
    texture.InterpolateOn()
    texture.RepeatOn()
    texture.MipmapOn()
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputData(mesh)
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    actor.SetTexture(texture)
    actor.GetProperty().SetAmbient(0.55)
    actor.GetProperty().SetDiffuse(0.5)
    return actor


def _solid(source: Any, colour: Colour, *, shine: float = 0.1) -> Any:
    vtk = vtk_modules()
    source.Update()
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    surface = actor.GetProperty()
    surface.SetColor(*colour)
    surface.SetAmbient(0.35)
    surface.SetDiffuse(0.7)
    surface.SetSpecular(shine)
    surface.SetSpecularPower(25)
    return actor


Point = tuple[float, float, float]


def _box(low: Point, high: Point, colour: Colour, *, shine: float = 0.1) -> Any:
    source = vtk_modules().vtkCubeSource()
    source.SetBounds(low[0], high[0], low[1], high[1], low[2], high[2])
    return _solid(source, colour, shine=shine)


def _rod(start: Point, end: Point, radius: float, colour: Colour) -> Any:
    a, b = np.asarray(start), np.asarray(end)
    length = float(np.linalg.norm(b - a))
    source = vtk_modules().vtkCylinderSource()
    source.SetRadius(radius)
    source.SetHeight(length)
    source.SetResolution(28)
    actor = _solid(source, colour, shine=0.3)
    middle, direction = (a + b) / 2, (b - a) / length
    axis = np.cross([0.0, 1.0, 0.0], direction)
    angle = np.degrees(np.arccos(np.clip(direction[1], -1, 1)))
    actor.SetPosition(*middle)
    if np.linalg.norm(axis) > 1e-9:
        actor.RotateWXYZ(angle, *axis)
    return actor


def _ball(centre: Point, radius: float, colour: Colour) -> Any:
    source = vtk_modules().vtkSphereSource()
    source.SetCenter(*centre)
    source.SetRadius(radius)
    source.SetThetaResolution(40)
    source.SetPhiResolution(24)
    return _solid(source, colour, shine=0.2)


class _Corner:
    """A place by the wall, its left end at ``left``; things are built from there sideways, up and out from the wall."""

    def __init__(self, room: Room, away: FloatArray, across: FloatArray, left: float, out: float) -> None:
        self._room, self._away, self._across, self._left, self._out = room, away, across, left, out

    def at(self, sideways: float, up: float, out: float) -> Point:
        """Place a point given sideways, above the floor and out from the wall, m."""
        spot = self._away * (_REACH_M - self._out - out) + (self._left + sideways) * self._across
        return float(spot[0]), FLOOR_M + up, float(spot[2])

    def box(
        self,
        sideways: tuple[float, float],
        up: tuple[float, float],
        out: tuple[float, float],
        colour: Colour,
        *,
        shine: float = 0.1,
    ) -> None:
        """Add a box."""
        a, b = (np.array(self.at(sideways[n], up[n], out[n])) for n in (0, 1))
        low, high = np.minimum(a, b), np.maximum(a, b)
        self._room.backdrop.append(_box(tuple(low), tuple(high), colour, shine=shine))

    def rod(self, start: Point, end: Point, radius: float, colour: Colour) -> None:
        """Add a rod."""
        self._room.backdrop.append(_rod(self.at(*start), self.at(*end), radius, colour))

    def ball(self, middle: Point, radius: float, colour: Colour) -> None:
        """Add a ball."""
        self._room.backdrop.append(_ball(self.at(*middle), radius, colour))


_STEEL: Colour = (0.22, 0.22, 0.24)
_PALE: Colour = (0.60, 0.61, 0.63)
_BLACK: Colour = (0.11, 0.11, 0.12)


def _weights(c: _Corner, rng: np.random.Generator, accent: Colour) -> None:
    for up in (0.28, 0.62, 0.96):
        c.box((0.0, 1.7), (up, up + 0.04), (0.05, 0.35), _STEEL)
        for n in range(5):
            middle = 0.2 + 0.32 * n
            plates: tuple[Colour, ...] = ((0.13, 0.13, 0.14), (0.45, 0.16, 0.14), (0.16, 0.26, 0.42), accent)
            plate = plates[int(rng.integers(4))]
            for end in (-0.08, 0.08):
                c.box((middle + end - 0.03, middle + end + 0.03), (up + 0.04, up + 0.15), (0.12, 0.26), plate)
            c.box((middle - 0.08, middle + 0.08), (up + 0.085, up + 0.105), (0.18, 0.20), (0.5, 0.5, 0.52))
    for post in (0.0, 1.66):
        c.box((post, post + 0.04), (0.0, 1.05), (0.05, 0.35), _STEEL)


def _balls(c: _Corner, rng: np.random.Generator, accent: Colour) -> None:
    c.ball((0.32, 0.30, 0.34), 0.30, (0.24, 0.45, 0.50))
    c.ball((0.85, 0.22, 0.30), 0.22, (0.8 * accent[0], 0.8 * accent[1], 0.8 * accent[2]))


def _bench(c: _Corner, rng: np.random.Generator, accent: Colour) -> None:
    c.box((0.0, 1.2), (0.40, 0.48), (0.25, 0.55), _BLACK)
    for left in (0.12, 1.0):
        c.box((left, left + 0.07), (0.0, 0.40), (0.30, 0.50), _PALE)
    if rng.random() < 0.6:
        c.box((0.15, 0.62), (0.48, 0.53), (0.28, 0.52), accent)  # a towel


def _bike(c: _Corner, rng: np.random.Generator, accent: Colour) -> None:
    c.rod((0.45, 0.32, 0.30), (0.45, 0.32, 0.38), 0.24, _BLACK)
    c.rod((0.45, 0.32, 0.28), (0.45, 0.32, 0.40), 0.07, accent)
    for start, end in (
        ((0.05, 0.06, 0.34), (1.15, 0.06, 0.34)),
        ((0.45, 0.32, 0.34), (0.95, 0.40, 0.34)),
        ((0.95, 0.06, 0.34), (0.90, 0.86, 0.34)),
        ((0.50, 0.30, 0.34), (0.30, 1.06, 0.34)),
        ((0.30, 1.06, 0.34), (0.44, 1.10, 0.34)),
    ):
        c.rod(start, end, 0.03, accent if end[1] < 0.5 else _STEEL)
    c.box((0.78, 1.04), (0.86, 0.92), (0.24, 0.44), _BLACK)
    c.box((0.22, 0.30), (1.04, 1.24), (0.22, 0.46), _BLACK)


def _plant(c: _Corner, rng: np.random.Generator, accent: Colour) -> None:
    c.box((0.10, 0.42), (0.0, 0.34), (0.15, 0.47), (0.55, 0.40, 0.32))
    for _ in range(34):
        tip = (0.26 + rng.normal(0, 0.20), 0.55 + rng.uniform(0, 0.75), 0.31 + rng.normal(0, 0.12))
        green: Colour = (0.10 + 0.1 * rng.random(), 0.26 + 0.2 * rng.random(), 0.12)
        c.rod((0.26, 0.34, 0.31), tip, 0.006, green)
        # A leaf: long along its stem, thin.
        for share, size in ((0.80, 0.022), (0.90, 0.034), (1.0, 0.026), (1.06, 0.014)):
            c.ball((0.26 + share * (tip[0] - 0.26), 0.34 + share * (tip[1] - 0.34), tip[2]), size, green)


def _heavy_bag(c: _Corner, rng: np.random.Generator, accent: Colour) -> None:
    c.rod((0.30, 0.75, 0.45), (0.30, 1.85, 0.45), 0.17, _BLACK)
    c.rod((0.30, 1.20, 0.45), (0.30, 1.28, 0.45), 0.173, accent)
    c.rod((0.30, 1.85, 0.45), (0.30, 3.4, 0.45), 0.012, _PALE)


def _cabinet(c: _Corner, rng: np.random.Generator, accent: Colour) -> None:
    body: Colour = tuple(rng.uniform(0.35, 0.75) * np.array([1.0, 0.98, 0.95]))
    for n in range(3):
        c.box((0.42 * n, 0.42 * n + 0.41), (0.05, 1.82), (0.05, 0.50), body)
        c.box((0.42 * n + 0.34, 0.42 * n + 0.37), (0.95, 1.05), (0.50, 0.52), _BLACK)
        for slot in (1.55, 1.60, 1.65):
            c.box((0.42 * n + 0.12, 0.42 * n + 0.30), (slot, slot + 0.015), (0.50, 0.505), _STEEL)


def _power_rack(c: _Corner, rng: np.random.Generator, accent: Colour) -> None:
    for left in (0.1, 1.3):
        for out in (0.15, 0.95):
            c.box((left, left + 0.07), (0.0, 2.15), (out, out + 0.07), accent if out > 0.5 else _STEEL)
        c.box((left, left + 0.07), (2.08, 2.15), (0.15, 1.02), _STEEL)
    c.box((0.1, 1.37), (2.08, 2.15), (0.95, 1.02), _STEEL)
    c.rod((-0.30, 1.15, 0.99), (1.77, 1.15, 0.99), 0.015, _PALE)
    for end in (-0.14, 1.56):
        c.rod((end, 1.15, 0.99), (end + 0.05, 1.15, 0.99), 0.22, _BLACK)
        c.rod((end + 0.05, 1.15, 0.99), (end + 0.08, 1.15, 0.99), 0.16, (0.55, 0.14, 0.14))


def _boxes(c: _Corner, rng: np.random.Generator, accent: Colour) -> None:
    board: Colour = (0.62, 0.48, 0.33)
    c.box((0.0, 0.60), (0.0, 0.48), (0.10, 0.55), board)
    c.box((0.08, 0.56), (0.48, 0.82), (0.15, 0.50), (0.55, 0.42, 0.29))
    c.box((0.70, 1.10), (0.0, 0.36), (0.12, 0.50), accent)


def _other_treadmill(c: _Corner, rng: np.random.Generator, accent: Colour) -> None:
    c.box((0.0, 1.7), (0.06, 0.20), (0.20, 0.85), _BLACK)
    c.box((1.38, 1.8), (0.06, 0.30), (0.20, 0.85), _STEEL)
    for out in (0.22, 0.83):
        c.rod((1.6, 0.20, out), (1.45, 1.22, out), 0.03, _PALE)
        c.rod((1.45, 1.15, out), (1.05, 1.10, out), 0.022, _BLACK)
    c.box((1.42, 1.50), (1.18, 1.42), (0.26, 0.80), _BLACK)
    c.box((1.405, 1.42), (1.22, 1.38), (0.34, 0.72), accent)


_THINGS: tuple[tuple[Callable[[_Corner, np.random.Generator, Colour], None], float], ...] = (
    (_weights, 1.75),
    (_balls, 1.1),
    (_bench, 1.25),
    (_bike, 1.25),
    (_plant, 0.6),
    (_heavy_bag, 0.65),
    (_cabinet, 1.3),
    (_power_rack, 1.9),
    (_boxes, 1.2),
    (_other_treadmill, 1.9),
)


# ------------------------------------------------------------------------------------------------ the room


@dataclass
class Room:
    """The actors of a room.

    ``backdrop`` lies behind everybody; of the treadmill ``behind`` lies behind the runner and ``before`` before; the
    people stand between. ``belt`` and ``lighting`` are what changes and how it is lit.
    """

    belt: Belt
    lighting: Lighting
    backdrop: list[Any] = field(default_factory=list)
    behind: list[Any] = field(default_factory=list)
    before: list[Any] = field(default_factory=list)


class Belt:
    """The running belt, laid into a picture frame by frame with the shadows of what is above it.

    Parameters
    ----------
    picture : (H, W, 3) uint8 array
        One whole belt.
    camera : PinholeCamera
    light : (3,) array
        What its colours are multiplied by.
    """

    def __init__(self, picture: Picture, camera: PinholeCamera, light: FloatArray) -> None:
        corners = np.array([[x, 0.0, z] for x, z in ((0, 1), (1, 1), (1, -1), (0, -1))], dtype=float) * [
            1.0,
            1.0,
            BELT_HALF_M,
        ]
        corners[:, 0] = BELT_FROM_M + corners[:, 0] * (BELT_TO_M - BELT_FROM_M)
        pixels = camera.project(corners)
        self.crop: PixelBox = crop_around(pixels, camera, 2)
        # Rows that the picture could not show would only flicker.
        rows = int(np.clip(2 * np.ptp(pixels[:, 1]), 24, picture.shape[0]))
        lit = np.clip(picture * light, 0, 255).astype(np.uint8)
        lit = np.asarray(cv2.resize(lit, (picture.shape[1], rows), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        opaque = np.full((*lit.shape[:2], 1), 255, np.uint8)
        self._loop = np.concatenate([lit, opaque], axis=2)
        self._loop = np.concatenate([self._loop, self._loop], axis=1)
        self._size = (round((BELT_TO_M - BELT_FROM_M) * _BELT_PX), rows)
        w, h = self._size
        to = 2 * (pixels - [self.crop.x, self.crop.y]) - 0.5
        start = np.array([[0, h], [w, h], [w, 0], [0, 0]]) - 0.5
        self._warp = cv2.getPerspectiveTransform(start.astype(np.float32), to.astype(np.float32))

    def lay(self, picture: Picture, travelled_m: float, points: NDArray[np.float32]) -> None:
        """Lay the belt, run ``travelled_m`` metres backwards, under the points (N, 3) of a body, into a picture."""
        w, h = self._size
        start = np.mod(BELT_FROM_M + travelled_m, _LOOP_M) * _BELT_PX
        shift = np.array([[1.0, 0.0, -start], [0.0, 1.0, 0.0]])
        top = cv2.warpAffine(self._loop, shift, (w, h), flags=cv2.INTER_LINEAR)
        shade = cv2.resize(self._shade(points), (w, h), interpolation=cv2.INTER_LINEAR)
        top[..., :3] = cv2.multiply(top[..., :3], cv2.merge([shade] * 3), scale=1 / 255)
        size = (2 * self.crop.width, 2 * self.crop.height)
        seen = cv2.warpPerspective(top, self._warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        layer = cv2.resize(seen, (self.crop.width, self.crop.height), interpolation=cv2.INTER_AREA)
        laid_over(picture[self.crop.rows, self.crop.columns], np.asarray(layer, dtype=np.uint8))

    @staticmethod
    def _shade(points: NDArray[np.float32]) -> Picture:
        """How much light reaches the belt, 255 = all: rows across it, columns along it."""
        rows, columns = round(2 * BELT_HALF_M * _SHADOW_PX), round((BELT_TO_M - BELT_FROM_M) * _SHADOW_PX)
        total = np.zeros((rows, columns), np.float32)
        for below, strength, blur in ((0.035, 0.42, 1.0), (0.16, 0.24, 3.0), (1.1, 0.22, 9.0)):
            low = points[points[:, 1] < below]
            column = ((low[:, 0] - BELT_FROM_M) * _SHADOW_PX).astype(np.int32)
            row = ((BELT_HALF_M - low[:, 2]) * _SHADOW_PX).astype(np.int32)
            inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
            covered = np.zeros((rows, columns), np.float32)
            covered[rows - 1 - row[inside], column[inside]] = strength
            total += cv2.GaussianBlur(covered, (0, 0), blur, borderType=cv2.BORDER_REPLICATE)
        return (255 * np.clip(1 - total, 0.15, 1)).astype(np.uint8)


def lighting_of(scene: SceneSpec, camera: PinholeCamera, rng: np.random.Generator) -> Lighting:
    """Place the lamps of a room; ``rng`` decides from which side its strongest light comes."""
    towards, right = -camera.forward * [1, 0, 1], camera.right
    side = float(rng.choice([-1.0, 1.0])) * rng.uniform(0.6, 1.0)
    height = rng.uniform(1.6, 2.6)
    warm = rng.uniform(-1, 1)
    lamps = (
        (2.0 * towards + 1.8 * side * right + [0, height, 0], 0.60, (1.0, 0.975 - 0.02 * warm, 0.93 - 0.05 * warm)),
        (2.4 * towards - 2.2 * side * right + [0, 0.8, 0], 0.22, (0.90, 0.94, 1.0)),
        (-1.6 * towards + 0.5 * side * right + [0, 2.4, 0], 0.26, (1.0, 1.0, 1.0)),
    )
    return Lighting(
        tuple(Lamp(place / np.linalg.norm(place), strength, colour) for place, strength, colour in lamps),
        # Pictures are not linear in light, and a camera opens up in the dark, though not all the way.
        gain=scene.light**0.6,
    )


def _treadmill(room: Room, scene: SceneSpec, camera: PinholeCamera) -> None:
    frame, dark, bright = (0.30, 0.31, 0.33), (0.13, 0.13, 0.14), (0.55, 0.56, 0.58)
    edge = EDGE_M
    ahead = room.before if camera.position[0] > BELT_TO_M + 0.3 else room.behind
    room.behind += [
        _box((BELT_FROM_M - 0.02, FLOOR_M + 0.04, 0.01 - edge), (BELT_TO_M + 0.30, -0.012, edge - 0.01), dark),
        _box((BELT_FROM_M - 0.06, FLOOR_M + 0.02, -edge), (BELT_FROM_M, -0.004, edge), frame),
    ]
    ahead += [
        # The hood over the motor, low enough to leave the feet in sight from the front.
        _box((BELT_TO_M, FLOOR_M + 0.03, -edge), (BELT_TO_M + 0.32, 0.035, edge), frame, shine=0.25),
        _box((BELT_TO_M + 0.02, 0.035, -edge + 0.05), (BELT_TO_M + 0.26, 0.048, edge - 0.05), scene.accent),
    ]
    for sign in (-1.0, 1.0):
        inner, outer = sorted((sign * (BELT_HALF_M + 0.002), sign * edge))
        room.behind.append(_box((BELT_FROM_M, -0.10, inner), (BELT_TO_M, 0.006, outer), bright, shine=0.25))
        foot_low, foot_high = sorted((sign * (edge - 0.06), sign * (edge + 0.015)))
        for x in (-0.80, 0.80):
            room.behind.append(_box((x, FLOOR_M, foot_low), (x + 0.12, FLOOR_M + 0.05, foot_high), dark))
        if not scene.rails:
            continue
        # A rail hides what is behind it from a camera on its outer side, and stands beside the runner from others.
        z = sign * (edge + 0.03)
        rails = room.before if sign * camera.position[2] > abs(z) + 0.1 else room.behind
        post, top, end = (0.90, -0.10, z), (0.72, 1.02, z), (0.06, 0.93, z)
        rails += [
            _rod(post, top, 0.024, bright),
            _rod(top, (0.50, 0.96, z), 0.020, dark),
            _rod((0.50, 0.96, z), end, 0.019, dark),
            _ball(end, 0.019, dark),
            _rod((0.30, 0.945, z), (0.46, 0.0, z), 0.016, bright),
            _ball(top, 0.026, dark),
        ]
    if scene.console:
        z = edge + 0.05 if scene.rails else 0.05
        ahead += [
            _rod((0.72, 1.02, -z), (0.72, 1.02, z), 0.024, dark),
            _box((0.715, 0.94, -0.17), (0.775, 1.06, 0.17), dark, shine=0.3),
            _box((0.708, 0.960, -0.14), (0.716, 1.045, 0.14), (0.20, 0.42, 0.52)),
            _box((0.774, 0.97, -0.08), (0.780, 1.02, 0.08), scene.accent),
        ]
        if not scene.rails:
            ahead.append(_rod((0.80, -0.05, 0.0), (0.74, 1.0, 0.0), 0.04, bright))


def _gym(room: Room, scene: SceneSpec, camera: CameraSpec, rng: np.random.Generator) -> None:
    room.backdrop.append(
        _textured(
            np.array([-8.0, FLOOR_M, 8.0]),
            np.array([16.0, 0.0, 0.0]),
            np.array([0.0, 0.0, -16.0]),
            _floor_picture(rng, scene),
            (8, 8),
        )
    )
    # ``away`` points from the runner to the wall that is seen; ``across`` runs along that wall.
    if camera.view == "side":
        away = np.array([0.0, 0.0, -1.0 if camera.facing == "right" else 1.0])
    else:
        away = np.array([1.0 if camera.view == "rear" else -1.0, 0.0, 0.0])
    across = np.cross(away, [0.0, 1.0, 0.0])
    corner = away * _REACH_M - _WALL_M / 2 * across + np.array([0.0, FLOOR_M, 0.0])
    up = np.array([0.0, _WALL_HEIGHT_M, 0.0])
    room.backdrop.append(_textured(corner, _WALL_M * across, up, _wall_picture(rng, scene)))
    plain = _shaded(0.9 * np.asarray(scene.wall), 1 + 0.02 * _noise(rng, 128, 256, 20))
    for end in (-1.0, 1.0):
        beside = away * _REACH_M + end * _WALL_M / 2 * across + np.array([0.0, FLOOR_M, 0.0])
        room.backdrop.append(_textured(beside, -9.0 * away, up, plain))
    skirting = _Corner(room, away, across, -_WALL_M / 2, 0.0)
    skirting.box((0.0, _WALL_M), (0.0, 0.10), (0.0, 0.02), (0.16, 0.17, 0.18))
    # Things stand along the wall from left to right, with gaps; the order and which are left out differ by seed.
    left = -_WALL_M / 2 + 0.3 + 0.4 * rng.random()
    kinds = [int(n) for n in rng.permutation(len(_THINGS))]
    while left < _WALL_M / 2 - 2.0:
        if not kinds:
            kinds = [int(n) for n in rng.permutation(len(_THINGS))]
        make, width = _THINGS[kinds.pop()]
        here, out, gap = rng.random(), rng.uniform(0, 0.25), rng.uniform(0.15, 0.7)
        accent: Colour = tuple(np.clip(np.asarray(scene.accent) * rng.uniform(0.6, 1.1), 0, 1))
        own = np.random.default_rng(int(rng.integers(2**32)))
        if here < scene.clutter:
            make(_Corner(room, away, across, left, out), own, accent)
        left += width + gap


def build_room(scene: SceneSpec, camera: CameraSpec, rng: np.random.Generator) -> Room:
    """Make the room as seen from a camera; ``rng`` decides wall, floor, things and light."""
    seen_by = camera_of(camera)
    lighting = lighting_of(scene, seen_by, rng)
    light = 0.62 + sum(np.asarray(lamp.colour) * lamp.strength * max(lamp.towards[1], 0) for lamp in lighting.lamps)
    room = Room(Belt(belt_picture(rng), seen_by, lighting.gain * light), lighting)
    _gym(room, scene, camera, rng)
    _treadmill(room, scene, seen_by)
    return room
