"""The room: a treadmill whose belt moves, a floor, walls and gym things, and light.

Nothing in the room but the runner, the belt and the shadows on it moves, and nothing in it looks like a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gait.synthetic.reference import Array
from gait.synthetic.spec import CameraSpec, Colour, SceneSpec
from gait.synthetic.vtk_import import vtk_modules

Picture = NDArray[np.uint8]

FLOOR_M = -0.20  # the belt's top is y = 0
BELT_HALF_M = 0.26
BELT_FROM_M, BELT_TO_M = -0.98, 0.72
_LOOP_M = 3.4  # length of the whole belt: how often its seam comes round


def _noise(rng: np.random.Generator, height: int, width: int, scale: int) -> Array:
    """Soft noise in -1..1, blobs of about ``scale`` pixels."""
    rows, columns = height // scale + 2, width // scale + 2
    coarse = rng.uniform(-1, 1, (rows, columns))
    y, x = np.arange(height) / scale, np.arange(width) / scale
    top = np.apply_along_axis(lambda row: np.interp(x, np.arange(columns), row), 1, coarse)
    smooth: Array = np.apply_along_axis(lambda column: np.interp(y, np.arange(rows), column), 0, top)
    return smooth


def _shaded(colour: Colour, shade: Array) -> Picture:
    picture: Picture = np.clip(255 * np.asarray(colour) * shade[..., None], 0, 255).astype(np.uint8)
    return picture


def belt_picture(rng: np.random.Generator) -> Picture:
    """Paint one whole belt, its length along the second axis: dark rubber, faint grain, a seam and printed marks."""
    height, width = 128, 1024
    shade = 1 + 0.05 * _noise(rng, height, width, 6) + 0.04 * _noise(rng, height, width, 40)
    picture = _shaded((0.125, 0.127, 0.135), shade)
    for start in (60, 400, 740):
        picture[40:88, start : start + 14] = (74, 76, 80)
    picture[:, 0:3] = (52, 53, 56)
    picture[:6], picture[-6:] = (88, 89, 92), (88, 89, 92)
    return picture


def _wall_picture(rng: np.random.Generator, scene: SceneSpec) -> Picture:
    """Paint a wall of 9 m by 3.2 m, 100 pixels a metre: plaster and paint, posters, windows."""
    height, width = 320, 900
    shade = 1 + 0.025 * _noise(rng, height, width, 60) + 0.02 * _noise(rng, height, width, 5)
    shade *= np.linspace(1.05, 0.93, height)[:, None]
    picture = _shaded(scene.wall, shade)
    picture[200:] = _shaded(scene.wainscot, shade)[200:]
    picture[197:203] = (0.55 * 255 * np.asarray(scene.wainscot)).astype(np.uint8)
    for x in range(0, width, 150):
        picture[203:, x : x + 2] = (picture[203:, x : x + 2] * 0.8).astype(np.uint8)
    for x in (110, 640):
        # A window: frame, evening sky, a line of hills.
        picture[48:168, x : x + 150] = 225
        sky = np.linspace(0, 1, 108)[:, None, None]
        view = (1 - sky) * np.array([150, 180, 205]) + sky * np.array([214, 205, 190])
        view = np.tile(view, (1, 138, 1))
        ridge = 76 + 9 * np.sin(np.arange(138) / 19 + rng.uniform(0, 6)) + 4 * np.sin(np.arange(138) / 7)
        hills = np.arange(108)[:, None] > ridge[None]
        view = np.where(hills[..., None], np.array([96, 112, 98]), view)
        picture[54:162, x + 6 : x + 144] = view.astype(np.uint8)
        picture[54:162, x + 72 : x + 77] = 225
    for x in (330, 480):
        # A poster of plain shapes.
        picture[62:166, x : x + 76] = 236
        picture[67:161, x + 5 : x + 71] = (255 * np.asarray(scene.accent if x == 330 else scene.wainscot)).astype(
            np.uint8
        )
        yy, xx = np.mgrid[67:161, x + 5 : x + 71]
        disc = (yy - 100) ** 2 + (xx - x - 38) ** 2 < 22**2
        picture[67:161, x + 5 : x + 71][disc] = (240, 226, 190)
        picture[138:150, x + 14 : x + 62] = 240
    return picture


def _floor_picture(rng: np.random.Generator, scene: SceneSpec) -> Picture:
    """Paint a rubber tile of one metre with its joints."""
    shade = 1 + 0.06 * _noise(rng, 256, 256, 4) + 0.03 * _noise(rng, 256, 256, 32)
    shade[:3], shade[:, :3] = 0.7, 0.7
    return _shaded(scene.floor, shade)


def _blob_picture() -> Picture:
    """Paint a soft dark spot with transparency, for contact shadows."""
    y, x = np.mgrid[-1:1:64j, -1:1:64j]
    strength = np.clip(1 - np.hypot(x, y), 0, 1) ** 1.3
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[..., 3] = (150 * strength).astype(np.uint8)
    return picture


@dataclass
class Room:
    """The actors of a room: those near the runner, the ``backdrop`` behind them all, and the ones that move."""

    actors: list[Any] = field(default_factory=list)
    backdrop: list[Any] = field(default_factory=list)
    belt: Any = None
    shadows: list[Any] = field(default_factory=list)

    def move_belt(self, travelled_m: float) -> None:
        """Show the belt after it has run ``travelled_m`` metres backwards."""
        vtk = vtk_modules()
        low = (BELT_FROM_M + travelled_m) / _LOOP_M
        high = (BELT_TO_M + travelled_m) / _LOOP_M
        shift = np.floor(low)
        corners = np.array([[low, 0], [high, 0], [low, 1], [high, 1]], dtype=np.float32) - [[shift, 0]]
        coordinates = vtk.numpy_to_vtk(corners.astype(np.float32), deep=True)
        self.belt.GetPointData().SetTCoords(coordinates)
        self.belt.Modified()

    def move_shadow(self, index: int, x: float, z: float, height: float) -> None:
        """Put a foot's contact shadow below it; it fades as the foot rises (m above the belt)."""
        actor = self.shadows[index]
        actor.SetPosition(x, 0.003 + 0.0005 * index, z)
        spread = 1 + 1.2 * height
        actor.SetScale(spread, 1.0, spread)
        inside = BELT_FROM_M + 0.1 < x < BELT_TO_M
        actor.GetProperty().SetOpacity(float(np.clip(1.1 - 3.0 * height, 0.0, 1.0)) if inside else 0.0)


def _textured(
    corner: Array, along: Array, up: Array, picture: Picture, repeat: tuple[float, float] = (1, 1)
) -> tuple[Any, Any]:
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
    return actor, mesh


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


def _box(
    low: tuple[float, float, float], high: tuple[float, float, float], colour: Colour, *, shine: float = 0.1
) -> Any:
    source = vtk_modules().vtkCubeSource()
    source.SetBounds(low[0], high[0], low[1], high[1], low[2], high[2])
    return _solid(source, colour, shine=shine)


def _rod(start: tuple[float, float, float], end: tuple[float, float, float], radius: float, colour: Colour) -> Any:
    a, b = np.asarray(start), np.asarray(end)
    length = float(np.linalg.norm(b - a))
    source = vtk_modules().vtkCylinderSource()
    source.SetRadius(radius)
    source.SetHeight(length)
    source.SetResolution(20)
    actor = _solid(source, colour, shine=0.3)
    middle, direction = (a + b) / 2, (b - a) / length
    axis = np.cross([0.0, 1.0, 0.0], direction)
    angle = np.degrees(np.arccos(np.clip(direction[1], -1, 1)))
    actor.SetPosition(*middle)
    if np.linalg.norm(axis) > 1e-9:
        actor.RotateWXYZ(angle, *axis)
    return actor


def _ball(centre: tuple[float, float, float], radius: float, colour: Colour) -> Any:
    source = vtk_modules().vtkSphereSource()
    source.SetCenter(*centre)
    source.SetRadius(radius)
    source.SetThetaResolution(40)
    source.SetPhiResolution(24)
    return _solid(source, colour, shine=0.2)


def _treadmill(room: Room, scene: SceneSpec, camera: CameraSpec, rng: np.random.Generator) -> None:
    frame, dark, bright = (0.30, 0.31, 0.33), (0.13, 0.13, 0.14), (0.55, 0.56, 0.58)
    edge = BELT_HALF_M + 0.085
    room.actors += [
        _box((BELT_FROM_M - 0.02, FLOOR_M + 0.04, -edge), (BELT_TO_M + 0.30, -0.012, edge), dark),
        _box((BELT_FROM_M - 0.06, FLOOR_M + 0.02, -edge), (BELT_FROM_M, -0.004, edge), frame),
        # The hood over the motor, low enough to leave the feet in sight from the front.
        _box((BELT_TO_M, FLOOR_M + 0.03, -edge), (BELT_TO_M + 0.32, 0.035, edge), frame, shine=0.25),
        _box((BELT_TO_M + 0.02, 0.035, -edge + 0.05), (BELT_TO_M + 0.26, 0.048, edge - 0.05), scene.accent),
    ]
    for sign in (-1.0, 1.0):
        inner, outer = sorted((sign * (BELT_HALF_M + 0.002), sign * edge))
        room.actors.append(_box((BELT_FROM_M, -0.10, inner), (BELT_TO_M, 0.006, outer), bright, shine=0.25))
        foot_low, foot_high = sorted((sign * (edge - 0.06), sign * (edge + 0.015)))
        for x in (-0.80, 0.80):
            room.actors.append(_box((x, FLOOR_M, foot_low), (x + 0.12, FLOOR_M + 0.05, foot_high), dark))
        if scene.rails:
            z = sign * (edge + 0.03)
            foot, top = (0.90, -0.10, z), (0.72, 1.02, z)
            room.actors += [
                _rod(foot, top, 0.022, bright),
                _rod(top, (0.50, 0.93, z), 0.018, dark),
            ]
    belt, room.belt = _textured(
        np.array([BELT_FROM_M, 0.0, BELT_HALF_M]),
        np.array([BELT_TO_M - BELT_FROM_M, 0.0, 0.0]),
        np.array([0.0, 0.0, -2 * BELT_HALF_M]),
        belt_picture(rng),
    )
    room.actors.append(belt)
    if scene.console and scene.rails and camera.view != "front":
        # From the front a console would stand before the runner's trunk, so that treadmill has none.
        z = edge + 0.05
        room.actors += [
            _box((0.70, 1.00, -z), (0.76, 1.04, z), dark),
            _box((0.74, 1.02, -0.22), (0.79, 1.24, 0.22), dark, shine=0.3),
            _box((0.735, 1.06, -0.18), (0.742, 1.21, 0.18), (0.20, 0.42, 0.52)),
        ]


def _gym(room: Room, scene: SceneSpec, camera: CameraSpec, rng: np.random.Generator) -> None:
    floor, _ = _textured(
        np.array([-8.0, FLOOR_M, 8.0]),
        np.array([16.0, 0.0, 0.0]),
        np.array([0.0, 0.0, -16.0]),
        _floor_picture(rng, scene),
        (16, 16),
    )
    room.actors.append(floor)
    # ``away`` points from the runner to the wall that is seen; ``across`` runs along that wall.
    if camera.view == "side":
        away = np.array([0.0, 0.0, -1.0 if camera.facing == "right" else 1.0])
    else:
        away = np.array([1.0 if camera.view == "rear" else -1.0, 0.0, 0.0])
    across = np.cross(away, [0.0, 1.0, 0.0])
    reach = 2.9
    corner = away * reach - 4.5 * across + np.array([0.0, FLOOR_M, 0.0])
    wall, _ = _textured(corner, 9.0 * across, np.array([0.0, 3.2, 0.0]), _wall_picture(rng, scene))
    room.actors.append(wall)

    def place(sideways: float, up: float, out: float) -> tuple[float, float, float]:
        """Place a point given along the wall, above the floor and out from the wall."""
        spot = away * (reach - out) + sideways * across + np.array([0.0, FLOOR_M + up, 0.0])
        return float(spot[0]), float(spot[1]), float(spot[2])

    def box(sideways: tuple[float, float], up: tuple[float, float], out: tuple[float, float], colour: Colour) -> None:
        a, b = np.array(place(sideways[0], up[0], out[0])), np.array(place(sideways[1], up[1], out[1]))
        low, high = np.minimum(a, b), np.maximum(a, b)
        room.actors.append(_box(tuple(low), tuple(high), colour))

    steel: Colour = (0.22, 0.22, 0.24)
    for left in (-3.2, 1.25):
        for up in (0.28, 0.62, 0.96):
            box((left, left + 1.7), (up, up + 0.04), (0.05, 0.35), steel)
            for n in range(5):
                middle = left + 0.2 + 0.32 * n
                plate: Colour = ((0.13, 0.13, 0.14), (0.45, 0.16, 0.14), (0.16, 0.26, 0.42))[int(rng.integers(3))]
                for end in (-0.08, 0.08):
                    box((middle + end - 0.03, middle + end + 0.03), (up + 0.04, up + 0.15), (0.12, 0.26), plate)
                box((middle - 0.08, middle + 0.08), (up + 0.085, up + 0.105), (0.18, 0.20), (0.5, 0.5, 0.52))
        for post in (left, left + 1.66):
            box((post, post + 0.04), (0.0, 1.05), (0.05, 0.35), steel)
    room.actors.append(_ball(place(-1.15, 0.30, 0.42), 0.30, (0.24, 0.45, 0.50)))
    room.actors.append(_ball(place(0.95, 0.22, 0.38), 0.22, tuple(0.8 * np.asarray(scene.accent))))
    box((-4.5, 4.5), (0.0, 0.10), (0.0, 0.02), (0.16, 0.17, 0.18))


def build_room(scene: SceneSpec, camera: CameraSpec, rng: np.random.Generator) -> Room:
    """Make the room as seen from a camera; ``rng`` decides grain and small things."""
    room = Room()
    _gym(room, scene, camera, rng)
    room.backdrop, room.actors = room.actors, []
    _treadmill(room, scene, camera, rng)
    for _ in range(2):
        shadow, _ = _textured(
            np.array([-0.17, 0.0, 0.085]), np.array([0.34, 0.0, 0.0]), np.array([0.0, 0.0, -0.17]), _blob_picture()
        )
        shadow.GetProperty().SetLighting(False)
        room.shadows.append(shadow)
        room.actors.append(shadow)
    return room
