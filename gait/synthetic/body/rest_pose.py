"""The rest pose in which a body is modelled: the bones of somebody who stands with arms and legs spread."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body_segments import Skeleton
from gait.synthetic.bones import Bones, rotation_about_x

BONES = (
    "pelvis",
    "spine",
    "chest",
    "neck",
    "head",
    *(f"{side}_{bone}" for side in ("left", "right") for bone in ("upper_arm", "forearm", "hand")),
    *(f"{side}_{bone}" for side in ("left", "right") for bone in ("thigh", "shank", "foot", "toes")),
)
"""The bones that carry the skin, in the order of the columns of `BodyMesh.bone_weights`."""

ARM_SPREAD_RAD = np.radians(50.0)
"""Angle between a straight arm and the vertical in the rest pose. [E]"""
LEG_SPREAD_RAD = np.radians(9.0)
"""Angle between a straight leg and the vertical in the rest pose. [E]"""


def rest_pose(skeleton: Skeleton) -> Bones:
    """Place the bones in the rest pose.

    Parameters
    ----------
    skeleton : Skeleton

    Returns
    -------
    Bones
        One moment; metres, with the mid-hip at the origin.
    """
    k = skeleton
    rotation = {bone: np.eye(3)[None] for bone in BONES}
    origin: dict[str, FloatArray] = {"pelvis": np.zeros((1, 3))}

    def at(start: str, *offset: float) -> FloatArray:
        moved: FloatArray = origin[start] + rotation[start] @ np.asarray(offset)
        return moved

    origin["chest"] = np.array([[0.0, k.trunk, 0.0]])
    origin["spine"] = np.array([[0.0, 0.40 * k.trunk, 0.0]])
    origin["neck"] = at("chest", -0.004 * k.height, 0.012 * k.height, 0.0)
    origin["head"] = at("neck", 0.0, k.neck, 0.0)
    for side, sign in (("left", -1.0), ("right", 1.0)):
        for bone in ("upper_arm", "forearm", "hand"):
            rotation[f"{side}_{bone}"] = rotation_about_x(np.array([-sign * ARM_SPREAD_RAD]))
        for bone in ("thigh", "shank"):
            rotation[f"{side}_{bone}"] = rotation_about_x(np.array([-sign * LEG_SPREAD_RAD]))
        origin[f"{side}_upper_arm"] = at("chest", 0.0, 0.0, sign * k.shoulder_width / 2)
        origin[f"{side}_forearm"] = at(f"{side}_upper_arm", 0.0, -k.upper_arm, 0.0)
        origin[f"{side}_hand"] = at(f"{side}_forearm", 0.0, -k.forearm, 0.0)
        origin[f"{side}_thigh"] = at("pelvis", 0.0, 0.0, sign * k.hip_width / 2)
        origin[f"{side}_shank"] = at(f"{side}_thigh", 0.0, -k.thigh, 0.0)
        origin[f"{side}_foot"] = at(f"{side}_shank", 0.0, -k.shank, 0.0)
        origin[f"{side}_toes"] = at(f"{side}_foot", k.ball, -k.ankle_height, 0.0)
    return Bones(rotation, origin)
