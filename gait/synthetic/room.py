"""The room: a treadmill whose belt moves, a floor, walls and gym things, and light.

In the room, only the people, the belt and the shadows on it move, and no thing looks like a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gait.synthetic.lighting import Lighting, lighting_of
from gait.synthetic.pinhole_camera import PinholeCamera, camera_of
from gait.synthetic.room_backdrops import with_backdrop
from gait.synthetic.room_furniture import FURNITURE, WALL_DISTANCE_M, WallSpot
from gait.synthetic.room_shapes import ball_actor, box_actor, rod_actor, textured_plane
from gait.synthetic.room_textures import (
    WALL_HEIGHT_M,
    WALL_WIDTH_M,
    belt_image,
    floor_image,
    shaded,
    soft_noise,
    wall_image,
)
from gait.synthetic.run_spec import CameraSpec, Colour, SceneSpec
from gait.synthetic.treadmill_belt import BELT_BACK_M, BELT_FRONT_M, BELT_HALF_WIDTH_M, FLOOR_M, Belt

# Sizes, colours and shares in this module are [E].

_EDGE_M = BELT_HALF_WIDTH_M + 0.085  # half the width of the treadmill
_FLAT_EDGE_M = 0.01  # edges up to this height hide nothing of a shoe


@dataclass
class Room:
    """The things of a room, sorted by what hides what.

    Attributes
    ----------
    belt : Belt
        Moves.
    lighting : Lighting
    backdrop : list of vtkActor
        Wall, floor and what stands there: behind everybody.
    treadmill_behind, treadmill_in_front : list of vtkActor
        The parts of the treadmill behind the runner, which a bystander stands behind, and in front of the runner.
    """

    belt: Belt
    lighting: Lighting
    backdrop: list[Any] = field(default_factory=list)
    treadmill_behind: list[Any] = field(default_factory=list)
    treadmill_in_front: list[Any] = field(default_factory=list)


def _treadmill(room: Room, scene: SceneSpec, camera: PinholeCamera) -> None:
    frame, dark, bright = (0.30, 0.31, 0.33), (0.13, 0.13, 0.14), (0.55, 0.56, 0.58)
    edge, hood = _EDGE_M, scene.hood_m
    ahead = room.treadmill_in_front if camera.position[0] > BELT_FRONT_M + 0.3 else room.treadmill_behind
    room.treadmill_behind += [
        box_actor((BELT_BACK_M - 0.02, FLOOR_M + 0.04, 0.01 - edge), (BELT_FRONT_M + 0.30, -0.012, edge - 0.01), dark),
        box_actor((BELT_BACK_M - 0.06, FLOOR_M + 0.02, -edge), (BELT_BACK_M, -0.004, edge), frame),
    ]
    ahead += [
        # The hood over the motor. A usual one is low enough to leave the feet in sight from the front.
        box_actor((BELT_FRONT_M, FLOOR_M + 0.03, -edge), (BELT_FRONT_M + 0.32, hood, edge), frame, shine=0.25),
        box_actor(
            (BELT_FRONT_M + 0.02, hood, -edge + 0.05), (BELT_FRONT_M + 0.26, hood + 0.013, edge - 0.05), scene.accent
        ),
    ]
    for sign in (-1.0, 1.0):
        inner, outer = sorted((sign * (BELT_HALF_WIDTH_M + 0.002), sign * edge))
        # An edge higher than a shoe's sole hides it from a camera on that side.
        hides = scene.edge_m > _FLAT_EDGE_M and sign * camera.position[2] > edge
        (room.treadmill_in_front if hides else room.treadmill_behind).append(
            box_actor((BELT_BACK_M, -0.10, inner), (BELT_FRONT_M, scene.edge_m, outer), bright, shine=0.25)
        )
        foot_low, foot_high = sorted((sign * (edge - 0.06), sign * (edge + 0.015)))
        for x in (-0.80, 0.80):
            room.treadmill_behind.append(box_actor((x, FLOOR_M, foot_low), (x + 0.12, FLOOR_M + 0.05, foot_high), dark))
        if not scene.rails:
            continue
        # A rail hides what is behind it from a camera on its outer side, and stands beside the runner from others.
        z = sign * (edge + 0.03)
        rails = room.treadmill_in_front if sign * camera.position[2] > abs(z) + 0.1 else room.treadmill_behind
        post, top, end = (0.90, -0.10, z), (0.72, 1.02, z), (0.06, 0.93, z)
        rails += [
            rod_actor(post, top, 0.024, bright),
            rod_actor(top, (0.50, 0.96, z), 0.020, dark),
            rod_actor((0.50, 0.96, z), end, 0.019, dark),
            ball_actor(end, 0.019, dark),
            rod_actor((0.30, 0.945, z), (0.46, 0.0, z), 0.016, bright),
            ball_actor(top, 0.026, dark),
        ]
    if scene.console:
        z = edge + 0.05 if scene.rails else 0.05
        ahead += [
            rod_actor((0.72, 1.02, -z), (0.72, 1.02, z), 0.024, dark),
            box_actor((0.715, 0.94, -0.17), (0.775, 1.06, 0.17), dark, shine=0.3),
            box_actor((0.708, 0.960, -0.14), (0.716, 1.045, 0.14), (0.20, 0.42, 0.52)),
            box_actor((0.774, 0.97, -0.08), (0.780, 1.02, 0.08), scene.accent),
        ]
        if not scene.rails:
            ahead.append(rod_actor((0.80, -0.05, 0.0), (0.74, 1.0, 0.0), 0.04, bright))


def _gym(room: Room, scene: SceneSpec, camera: CameraSpec, rng: np.random.Generator) -> None:
    room.backdrop.append(
        textured_plane(
            np.array([-8.0, FLOOR_M, 8.0]),
            np.array([16.0, 0.0, 0.0]),
            np.array([0.0, 0.0, -16.0]),
            floor_image(rng, scene),
            (8, 8),
        )
    )
    # ``away`` points from the runner to the wall in the frame; ``across`` runs along that wall.
    if camera.view == "side":
        away = np.array([0.0, 0.0, -1.0 if camera.facing == "right" else 1.0])
    else:
        away = np.array([1.0 if camera.view == "rear" else -1.0, 0.0, 0.0])
    across = np.cross(away, [0.0, 1.0, 0.0])
    corner = away * WALL_DISTANCE_M - WALL_WIDTH_M / 2 * across + np.array([0.0, FLOOR_M, 0.0])
    up = np.array([0.0, WALL_HEIGHT_M, 0.0])
    wall = wall_image(rng, scene)
    if scene.backdrop != "wall":
        # A generator of its own: everything else stays as it is before a plain wall.
        wall = with_backdrop(wall, rng.spawn(1)[0], scene)
    room.backdrop.append(textured_plane(corner, WALL_WIDTH_M * across, up, wall))
    plain = shaded(0.9 * np.asarray(scene.wall), 1 + 0.02 * soft_noise(rng, 128, 256, 20))
    for end in (-1.0, 1.0):
        beside = away * WALL_DISTANCE_M + end * WALL_WIDTH_M / 2 * across + np.array([0.0, FLOOR_M, 0.0])
        room.backdrop.append(textured_plane(beside, -9.0 * away, up, plain))
    skirting = WallSpot(room.backdrop, away, across, -WALL_WIDTH_M / 2, 0.0)
    skirting.box((0.0, WALL_WIDTH_M), (0.0, 0.10), (0.0, 0.02), (0.16, 0.17, 0.18))
    # Things stand along the wall from left to right, with gaps; the order and which are left out differ by seed.
    left = -WALL_WIDTH_M / 2 + 0.3 + 0.4 * rng.random()
    kinds = [int(n) for n in rng.permutation(len(FURNITURE))]
    while left < WALL_WIDTH_M / 2 - 2.0:
        if not kinds:
            kinds = [int(n) for n in rng.permutation(len(FURNITURE))]
        build, width = FURNITURE[kinds.pop()]
        draw, out, gap = rng.random(), rng.uniform(0, 0.25), rng.uniform(0.15, 0.7)
        accent: Colour = tuple(np.clip(np.asarray(scene.accent) * rng.uniform(0.6, 1.1), 0, 1))
        thing_rng = np.random.default_rng(int(rng.integers(2**32)))
        if draw < scene.clutter:
            build(WallSpot(room.backdrop, away, across, left, out), thing_rng, accent)
        left += width + gap


def build_room(scene: SceneSpec, camera: CameraSpec, rng: np.random.Generator) -> Room:
    """Build the room for one camera.

    Parameters
    ----------
    scene : SceneSpec
    camera : CameraSpec
    rng : numpy.random.Generator
        Decides wall, floor, things and light.

    Returns
    -------
    Room
    """
    pinhole = camera_of(camera)
    lighting = lighting_of(scene, pinhole, rng)
    light = 0.62 + sum(np.asarray(lamp.colour) * lamp.strength * max(lamp.towards[1], 0) for lamp in lighting.lamps)
    room = Room(Belt(belt_image(rng, scene), pinhole, lighting.gain * light), lighting)
    _gym(room, scene, camera, rng)
    _treadmill(room, scene, pinhole)
    return room
