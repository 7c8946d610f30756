"""A person on a stage: a body, posed and lit frame by frame; and somebody who only stands there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.synthetic.body import BONES, BRIGHTEST, Body, Single, polydata, rest_pose
from gait.synthetic.body_segments import Skeleton
from gait.synthetic.motion import Bones, about_x, about_y, about_z
from gait.synthetic.pinhole_camera import PinholeCamera
from gait.synthetic.render_window import Layer, PixelBox, RenderWindow
from gait.synthetic.run_spec import Colour
from gait.synthetic.vtk_import import vtk_modules


@dataclass(frozen=True)
class Lamp:
    """A far light: the direction ``towards`` it (3,), its strength and colour."""

    towards: FloatArray
    strength: float
    colour: Colour


@dataclass(frozen=True)
class Lighting:
    """The lamps, key light first, and ``gain``: how much of everything reaches the camera, 1 = a bright room."""

    lamps: tuple[Lamp, ...]
    gain: float


_SKY, _GROUND = np.array([0.47, 0.475, 0.485]), np.array([0.30, 0.285, 0.275])


class Person:
    """Draws a body inside a crop of the picture.

    Parameters
    ----------
    body : Body
    camera : PinholeCamera
    crop : PixelBox
        Must hold the body at every pose that is drawn.
    lighting : Lighting
    finer : int
        See `RenderWindow`.
    """

    def __init__(self, body: Body, camera: PinholeCamera, crop: PixelBox, lighting: Lighting, *, finer: int) -> None:
        vtk = vtk_modules()
        self.body, self.crop, self._lighting = body, crop, lighting
        self.points: Single = body.points.copy()
        self._light = np.empty((len(body.points), 3), np.uint8)
        self._mesh, texture = polydata(body, self.points, self._light)
        mapper = vtk.vtkPolyDataMapper()
        mapper.SetInputData(self._mesh)
        actor = vtk.vtkActor()
        actor.SetMapper(mapper)
        actor.SetTexture(texture)
        # Light is worked out here once a vertex; the mesh is fine enough, and VTK would do it once a pixel.
        actor.GetProperty().LightingOff()
        actor.GetProperty().BackfaceCullingOn()
        self._stage = RenderWindow(camera, crop, finer=finer)
        self._stage.add(actor)

    def shot(self, bones: Bones, index: int) -> Layer:
        """Draw the body at one time of ``bones``; (height, width, 4) of the crop."""
        self.points[...], normals = self.body.posed(bones, index)
        self._light[...] = self._lit(normals)
        self._mesh.GetPoints().GetData().Modified()
        self._mesh.GetPoints().Modified()
        self._mesh.GetPointData().GetScalars().Modified()
        self._mesh.Modified()
        return self._stage.shot()

    def _lit(self, normals: Single) -> NDArray[np.uint8]:
        """Light on each vertex, (N, 3)."""
        clear = self.body.open[:, None]
        up = 0.5 + 0.5 * normals[:, 1:2]
        light = (_GROUND + (_SKY - _GROUND) * up).astype(np.float32) * clear
        shaded = 0.35 + 0.65 * clear
        for lamp in self._lighting.lamps:
            # Light creeps a little round edges, as it does on cloth and skin under many lamps.
            facing = (normals @ lamp.towards.astype(np.float32) + 0.18) / 1.18
            strength = (lamp.strength * np.asarray(lamp.colour)).astype(np.float32)
            light += np.maximum(facing, 0)[:, None] * shaded * strength
        light *= np.float32(255 * self._lighting.gain / BRIGHTEST)
        lit: NDArray[np.uint8] = np.minimum(light, 255).astype(np.uint8)
        return lit

    def close(self) -> None:
        """Give the drawing window back."""
        self._stage.close()


def standing(skeleton: Skeleton, times: FloatArray, place: FloatArray, turn: float, rng: np.random.Generator) -> Bones:
    """Bones of somebody who stands at ease and sways a few centimetres.

    Parameters
    ----------
    skeleton : Skeleton
    times : (T,) array
        Seconds.
    place : (3,) array
        On the floor between the feet, m.
    turn : float
        Which way the person looks, rad, 0 = forwards, + = towards the runner's left.
    rng : numpy.random.Generator
        Decides how the arms hang and how the person sways.
    """
    k = skeleton
    rest = rest_pose(k)
    phase, rate = rng.uniform(0, 2 * np.pi, 4), rng.uniform(0.12, 0.35, 4)
    waves = [np.sin(2 * np.pi * rate[n] * times + phase[n]) for n in range(4)]
    # Everything above the ankles leans to and fro about them, by at most 2 cm at the hips; the head looks about.
    hips = k.leg
    lean = about_z(0.018 / hips * waves[0]) @ about_x(0.014 / hips * waves[1])
    base = np.array([0.0, k.ankle_height, 0.0])
    spread = np.radians(2.5)
    still = np.tile(np.eye(3), (len(times), 1, 1))
    rotation = dict.fromkeys(BONES, lean)
    origin: dict[str, FloatArray] = {}

    def at(start: str, x: float, y: float, z: float) -> FloatArray:
        moved: FloatArray = origin[start] + rotation[start] @ np.array([x, y, z])
        return moved

    origin["pelvis"] = base + lean @ np.array([0.0, hips * np.cos(spread), 0.0])
    origin["spine"] = at("pelvis", 0.0, 0.40 * k.trunk, 0.0)
    origin["chest"] = at("pelvis", 0.0, k.trunk, 0.0)
    origin["neck"] = at("chest", *(rest.origin["neck"][0] - rest.origin["chest"][0]))
    rotation["neck"] = lean @ about_z(np.full(len(times), -0.12))
    origin["head"] = at("neck", 0.0, k.neck, 0.0)
    rotation["head"] = lean @ about_y(0.10 * waves[2] + 0.05) @ about_z(np.full(len(times), -0.03))
    bent = rng.uniform(12, 30, 2)
    for n, (side, sign) in enumerate((("left", -1.0), ("right", 1.0))):
        hang = about_x(np.full(len(times), -sign * np.radians(13.0))) @ about_z(-0.07 + 0.015 * waves[3])
        rotation[f"{side}_upper_arm"] = lean @ hang
        rotation[f"{side}_forearm"] = (
            rotation[f"{side}_upper_arm"]
            @ about_x(np.full(len(times), sign * 0.10))
            @ about_z(np.radians(np.full(len(times), bent[n])))
        )
        rotation[f"{side}_hand"] = rotation[f"{side}_forearm"]
        origin[f"{side}_upper_arm"] = at("chest", 0.0, 0.0, sign * k.shoulder_width / 2)
        origin[f"{side}_forearm"] = at(f"{side}_upper_arm", 0.0, -k.upper_arm, 0.0)
        origin[f"{side}_hand"] = at(f"{side}_forearm", 0.0, -k.forearm, 0.0)
        leg = lean @ about_x(np.full(len(times), -sign * spread))
        rotation[f"{side}_thigh"] = rotation[f"{side}_shank"] = leg
        origin[f"{side}_thigh"] = at("pelvis", 0.0, 0.0, sign * k.hip_width / 2)
        origin[f"{side}_shank"] = at(f"{side}_thigh", 0.0, -k.thigh, 0.0)
        origin[f"{side}_foot"] = at(f"{side}_shank", 0.0, -k.shank, 0.0)
        # The soles stay where they are, turned out a little.
        outwards = about_y(np.full(len(times), -sign * np.radians(12.0)))
        rotation[f"{side}_foot"] = rotation[f"{side}_toes"] = still @ outwards
        origin[f"{side}_foot"][:, 1] = k.ankle_height
        origin[f"{side}_toes"] = at(f"{side}_foot", k.ball, -k.ankle_height, 0.0)
    heading = about_y(np.array(turn))
    return Bones(
        {bone: heading @ value for bone, value in rotation.items()},
        {bone: value @ heading.T + place for bone, value in origin.items()},
    )
