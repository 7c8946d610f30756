"""Somebody who stands beside the treadmill and looks on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gait._typing import FloatArray, Image
from gait.synthetic.body import BONES, rest_pose, sculpt_body
from gait.synthetic.body_segments import Skeleton, skeleton_of
from gait.synthetic.bones import Bones, rotation_about_x, rotation_about_y, rotation_about_z
from gait.synthetic.lighting import Lighting
from gait.synthetic.person import Person
from gait.synthetic.pinhole_camera import PinholeCamera
from gait.synthetic.presets import LOOKS
from gait.synthetic.random_specs import random_body
from gait.synthetic.render_window import RgbaImage, box_around, overlay
from gait.synthetic.run_spec import RunnerSpec
from gait.synthetic.treadmill_belt import BELT_BACK_M, BELT_FRONT_M, FLOOR_M

_SWAY_HZ = 15.0  # how often somebody who stands is drawn anew [E]
_LIMB_REACH_M = 0.16  # from a joint to the skin, clothes and hair round it, at most [E]


class Bystander:
    """Somebody who stands beside or behind the treadmill, in the frame, and never in front of the runner.

    Parameters
    ----------
    camera : PinholeCamera
    lighting : Lighting
    rng : numpy.random.Generator
        Decides body, clothes and place.
    fineness : float
        Of the mesh, see `sculpt_body`.
    oversampling : int
        See `RenderWindow`.
    """

    def __init__(
        self, camera: PinholeCamera, lighting: Lighting, rng: np.random.Generator, *, fineness: float, oversampling: int
    ) -> None:
        spec = RunnerSpec(**random_body(rng))
        look = LOOKS[int(rng.integers(len(LOOKS)))].look
        look = replace(look, tape=None, waistband=None, shirt=look.shirt[::-1])
        self._skeleton, self._pose_seed = skeleton_of(spec), int(rng.integers(2**32))
        self._position = self._free_position(camera, rng)
        towards = np.arctan2(self._position[2], -self._position[0])
        self._turn = float(towards + rng.uniform(-0.7, 0.7))
        joints = self._bones(np.linspace(0, 12, 25)).origin.values()
        reach = _LIMB_REACH_M * np.eye(3)
        ends = np.stack([joint + way for joint in joints for way in (*reach, *-reach)])
        crop = box_around(camera.project(ends), camera, 8)
        self._person = Person(
            sculpt_body(spec, look, fineness=fineness), camera, crop, lighting, oversampling=oversampling
        )
        self._drawn: tuple[int, RgbaImage] | None = None

    @staticmethod
    def _free_position(camera: PinholeCamera, rng: np.random.Generator) -> FloatArray:
        """Find where somebody can stand: off the treadmill, farther away than the runner and beside the runner."""
        x, z = np.meshgrid(np.linspace(-2.2, 2.2, 45), np.linspace(-2.2, 2.2, 45))
        spots = np.stack([x.ravel(), np.full(x.size, FLOOR_M), z.ravel()], axis=1)
        level = camera.forward * [1, 0, 1] / np.hypot(camera.forward[0], camera.forward[2])
        depth = spots @ level
        clear = (np.abs(spots[:, 2]) > 0.68) | (spots[:, 0] < BELT_BACK_M - 0.40) | (spots[:, 0] > BELT_FRONT_M + 0.75)
        spots = spots[clear & (depth > 0.35) & (depth < 2.3)]
        feet = camera.project(spots)
        runner = camera.project(np.zeros(3))
        size = camera.focal_px / ((spots - camera.position) @ camera.forward)
        apart = np.abs(feet[:, 0] - runner[0]) / size
        margin = np.minimum(feet[:, 0], camera.width - feet[:, 0]) / size
        # As far inside the frame as can be, some 0.6 to 1.2 m beside the runner, anywhere among the best spots.
        cost = np.maximum(0.62 - apart, 0) * 3 + np.maximum(apart - 1.2, 0) + np.maximum(0.35 - margin, 0) * 4
        best = np.argsort(cost, kind="stable")[: max(1, len(cost) // 40)]
        position: FloatArray = spots[rng.choice(best)]
        return position

    def _bones(self, times: FloatArray) -> Bones:
        return standing_bones(self._skeleton, times, self._position, self._turn, np.random.default_rng(self._pose_seed))

    def overlay(self, frame: Image, time_s: float) -> None:
        """Lay the bystander over a frame, in place.

        Parameters
        ----------
        frame : (H, W, 3) uint8 array
            Changed.
        time_s : float
            Real time, s.
        """
        tick = round(time_s * _SWAY_HZ)
        if self._drawn is None or self._drawn[0] != tick:
            self._drawn = tick, self._person.draw(self._bones(np.array([tick / _SWAY_HZ])), 0)
        crop = self._person.crop
        overlay(frame[crop.rows, crop.columns], self._drawn[1])

    def close(self) -> None:
        """Close the drawing window."""
        self._person.close()


def standing_bones(
    skeleton: Skeleton, times: FloatArray, position: FloatArray, turn_rad: float, rng: np.random.Generator
) -> Bones:
    """Place the bones of somebody who stands at ease and sways a few centimetres.

    Parameters
    ----------
    skeleton : Skeleton
    times : (T,) array
        Seconds.
    position : (3,) array
        On the floor between the feet, m.
    turn_rad : float
        Which way the person faces, rad, 0 = forward, + = towards the runner's left.
    rng : numpy.random.Generator
        Decides how the arms hang and how the person sways.

    Returns
    -------
    Bones
    """
    k = skeleton
    rest = rest_pose(k)
    phase, rate = rng.uniform(0, 2 * np.pi, 4), rng.uniform(0.12, 0.35, 4)
    waves = [np.sin(2 * np.pi * rate[n] * times + phase[n]) for n in range(4)]
    # Everything above the ankles leans to and fro about them, by at most 2 cm at the hips; the head looks about.
    hips = k.leg
    lean = rotation_about_z(0.018 / hips * waves[0]) @ rotation_about_x(0.014 / hips * waves[1])
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
    rotation["neck"] = lean @ rotation_about_z(np.full(len(times), -0.12))
    origin["head"] = at("neck", 0.0, k.neck, 0.0)
    rotation["head"] = lean @ rotation_about_y(0.10 * waves[2] + 0.05) @ rotation_about_z(np.full(len(times), -0.03))
    elbow_deg = rng.uniform(12, 30, 2)
    for n, (side, sign) in enumerate((("left", -1.0), ("right", 1.0))):
        hang = rotation_about_x(np.full(len(times), -sign * np.radians(13.0))) @ rotation_about_z(
            -0.07 + 0.015 * waves[3]
        )
        rotation[f"{side}_upper_arm"] = lean @ hang
        rotation[f"{side}_forearm"] = (
            rotation[f"{side}_upper_arm"]
            @ rotation_about_x(np.full(len(times), sign * 0.10))
            @ rotation_about_z(np.radians(np.full(len(times), elbow_deg[n])))
        )
        rotation[f"{side}_hand"] = rotation[f"{side}_forearm"]
        origin[f"{side}_upper_arm"] = at("chest", 0.0, 0.0, sign * k.shoulder_width / 2)
        origin[f"{side}_forearm"] = at(f"{side}_upper_arm", 0.0, -k.upper_arm, 0.0)
        origin[f"{side}_hand"] = at(f"{side}_forearm", 0.0, -k.forearm, 0.0)
        leg = lean @ rotation_about_x(np.full(len(times), -sign * spread))
        rotation[f"{side}_thigh"] = rotation[f"{side}_shank"] = leg
        origin[f"{side}_thigh"] = at("pelvis", 0.0, 0.0, sign * k.hip_width / 2)
        origin[f"{side}_shank"] = at(f"{side}_thigh", 0.0, -k.thigh, 0.0)
        origin[f"{side}_foot"] = at(f"{side}_shank", 0.0, -k.shank, 0.0)
        # The soles stay where they are, turned out a little.
        outwards = rotation_about_y(np.full(len(times), -sign * np.radians(12.0)))
        rotation[f"{side}_foot"] = rotation[f"{side}_toes"] = still @ outwards
        origin[f"{side}_foot"][:, 1] = k.ankle_height
        origin[f"{side}_toes"] = at(f"{side}_foot", k.ball, -k.ankle_height, 0.0)
    heading = rotation_about_y(np.array(turn_rad))
    return Bones(
        {bone: heading @ value for bone, value in rotation.items()},
        {bone: value @ heading.T + position for bone, value in origin.items()},
    )
