"""Puts a MakeHuman body on the bones of a runner: its anatomical joints come to lie on those of the skeleton.

MakeHuman's rig is made for animation, and some of its joints are not where those of people are (`docs/synthetic.md`
has the numbers). `anatomical_joints` corrects them on the mesh. `registered` then moves the mesh into the rest pose of
`gait.synthetic.body.rest_pose`: each bone of the rig has an affine map that takes its joints to those of the skeleton,
and every vertex follows the maps of its bones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from gait._typing import BoolArray, FloatArray
from gait.synthetic.body.body_proportions import BodyProportions
from gait.synthetic.body.makehuman_shape import MakeHumanShape
from gait.synthetic.body.rest_pose import BONES
from gait.synthetic.bones import rotation_about_x

SIDES = (("left", "l", -1.0), ("right", "r", 1.0))
# Depth of the joints from the front, shares of the body's depth at their height: knee and shoulder lie in the middle
# (of the epicondyles; of the deltoid). Sources: `docs/synthetic.md`.
_KNEE_DEPTH, _SHOULDER_DEPTH = 0.50, 0.50
# The shoulder joint below the skin over the acromion, body heights: 4 to 5 cm.
_SHOULDER_BELOW = 0.0265
# The middle of the malleoli ahead of the heel, lengths of the foot. [E]
_ANKLE_AHEAD = 0.24
# Half the height of the slices that depth is measured in, body heights.
_SLICE = 0.008
# Bend of each finger's three joints in a loosely closed hand, degrees. [E]
_CURL_DEG = (42.0, 52.0, 30.0)
# The bones that each of the rig's bones moves with.
_CARRIER = {"collar": "chest", "wrist": "forearm"}
# Largest change of the face's width, height and depth against the body's, so that it still looks like one. [E]
_FACE_RANGE = 0.14


@dataclass(frozen=True)
class RegisteredBody:
    """A MakeHuman body in the rest pose of a runner.

    Attributes
    ----------
    shape : MakeHumanShape
    points : (N, 3) array
        All vertices, m.
    weights : (N, B) array
        How much each vertex follows each bone, in the order of `BONES`.
    anatomical : dict
        Joint → (3,) array on the mesh as MakeHuman stands, m.
    """

    shape: MakeHumanShape
    points: FloatArray
    weights: FloatArray
    anatomical: dict[str, FloatArray]


@dataclass(frozen=True)
class _Map:
    """Moves points: ``linear @ p + shift``."""

    linear: FloatArray
    shift: FloatArray

    def __call__(self, points: FloatArray) -> FloatArray:
        moved: FloatArray = points @ self.linear.T + self.shift
        return moved

    def after(self, first: _Map) -> _Map:
        return _Map(self.linear @ first.linear, self.linear @ first.shift + self.shift)

    def mixed(self, other: _Map, share: float) -> _Map:
        return _Map((1 - share) * self.linear + share * other.linear, (1 - share) * self.shift + share * other.shift)


def _about(linear: FloatArray, start: FloatArray, end: FloatArray) -> _Map:
    """Make the map of that linear part that takes ``start`` to ``end``."""
    return _Map(linear, end - linear @ start)


def slice_depth(points: FloatArray, at: FloatArray, half_height: float, half_width: float) -> tuple[float, float]:
    """Measure a body from front to back at a point.

    Parameters
    ----------
    points : (N, 3) array
        Vertices of the skin, m.
    at : (3,) array
        The middle of the slice.
    half_height, half_width : float
        Of the slice, m.

    Returns
    -------
    front, back : float
        Forward coordinates, m.
    """
    off = np.abs(points - at)
    inside: BoolArray = (off[:, 1] < half_height) & (off[:, 2] < half_width)
    x = points[inside, 0]
    return float(x.max()), float(x.min())


def hip_slice(skin: FloatArray, hip: FloatArray, height: float) -> tuple[float, float]:
    """Measure the trunk from front to back at the height of the hip joints, buttocks included and hands left out.

    Parameters
    ----------
    skin : (S, 3) array
        Vertices as MakeHuman stands, m.
    hip : (3,) array
        A hip joint, m.
    height : float
        Of the body, m.

    Returns
    -------
    front, back : float
        Forward coordinates, m.
    """
    return slice_depth(skin, np.array([0.0, hip[1], 0.0]), _SLICE * height, 0.125 * height)


def anatomical_joints(shape: MakeHumanShape, *, hip_depth: float, half_hip_width: float) -> dict[str, FloatArray]:
    """Place the joints where those of people are.

    Parameters
    ----------
    shape : MakeHumanShape
    hip_depth : float
        See `RunnerSpec`.
    half_hip_width : float
        Of the hip joints from the middle, m, at the size of the shape.

    Returns
    -------
    dict
        ``SIDE_hip, knee, ankle, shoulder, elbow, wrist`` → (3,) array, m.
    """
    skin, h = shape.skin, shape.height
    joints: dict[str, FloatArray] = {}

    def depth(at: FloatArray, half_width: float) -> tuple[float, float]:
        return slice_depth(skin, at, _SLICE * h, half_width * h)

    for side, letter, sign in SIDES:
        rig = {name: shape.joints[f"{letter}-{name}"] for name in ("upper-leg", "knee", "ankle", "shoulder")}
        front, back = hip_slice(skin, rig["upper-leg"], h)
        joints[f"{side}_hip"] = np.array(
            [front - hip_depth * (front - back), rig["upper-leg"][1], sign * half_hip_width]
        )
        front, back = depth(rig["knee"], 0.045)
        joints[f"{side}_knee"] = np.array([front - _KNEE_DEPTH * (front - back), *rig["knee"][1:]])
        foot = skin[(skin[:, 1] < skin[:, 1].min() + 0.05 * h) & (sign * skin[:, 2] > 0)]
        heel, toe = float(foot[:, 0].min()), float(foot[:, 0].max())
        joints[f"{side}_ankle"] = np.array([heel + _ANKLE_AHEAD * (toe - heel), *rig["ankle"][1:]])
        front, back = depth(rig["shoulder"], 0.012)
        near = (np.abs(skin - rig["shoulder"]) < np.array([0.012, 0.06, 0.012]) * h).all(axis=1)
        height = float(skin[near, 1].max()) - _SHOULDER_BELOW * h
        joints[f"{side}_shoulder"] = np.array([front - _SHOULDER_DEPTH * (front - back), height, rig["shoulder"][2]])
        joints[f"{side}_elbow"], joints[f"{side}_wrist"] = (
            shape.joints[f"{letter}-elbow"],
            shape.joints[f"{letter}-hand"],
        )
    return joints


def _axes(up: FloatArray, right: FloatArray) -> FloatArray:
    """Rotation whose Y axis is ``up`` and whose Z axis is the part of ``right`` square to it."""
    y = up / np.linalg.norm(up)
    z = right - (right @ y) * y
    z = z / np.linalg.norm(z)
    return np.stack([np.cross(y, z), y, z], axis=1)


def registered(shape: MakeHumanShape, proportions: BodyProportions, *, hip_depth: float) -> RegisteredBody:
    """Put a body on the bones of a runner.

    Parameters
    ----------
    shape : MakeHumanShape
    proportions : BodyProportions
    hip_depth : float
        See `RunnerSpec`.

    Returns
    -------
    RegisteredBody
    """
    k = proportions.skeleton
    size = k.height / shape.height
    across = size * proportions.hip_width_ratio**0.7
    joints = anatomical_joints(shape, hip_depth=hip_depth, half_hip_width=k.hip_width / 2 / across)
    mid = {name: (joints[f"left_{name}"] + joints[f"right_{name}"]) / 2 for name in ("hip", "shoulder")}
    trunk = mid["shoulder"] - mid["hip"]
    tall = k.trunk / trunk[1]
    pelvis = _about(np.diag([size, tall, across]), mid["hip"], np.zeros(3))
    wide = k.shoulder_width / 2 / joints["right_shoulder"][2]
    upright = np.diag([size, tall, wide])
    upright[0, 1] = -size * trunk[0] / trunk[1]
    chest = _about(upright, mid["shoulder"], np.array([0.0, k.trunk, 0.0]))
    head = _head_map(shape, proportions, size)
    maps = {
        "pelvis": pelvis,
        "spine": pelvis.mixed(chest, 0.5),
        "chest": chest,
        "neck": chest.mixed(head, 0.5),
        "head": head,
    }
    for side, letter, sign in SIDES:
        maps[f"{side}_collar"] = chest
        _add_arm_maps(maps, shape, proportions, joints, size, (side, letter, sign))
        _add_leg_maps(maps, shape, proportions, joints, size, (side, letter, sign))
    asset = shape.asset
    points = np.zeros(shape.points.shape)
    weights = np.zeros((len(points), len(BONES)))
    for column, bone in enumerate(asset.bone_names):
        share = asset.bone_shares[:, column].astype(float)
        on = share > 0
        points[on] += share[on, None] * maps[bone](shape.points[on])
        weights[:, BONES.index(_carrier(bone))] += share
    return RegisteredBody(shape, points, weights, joints)


def _carrier(bone: str) -> str:
    """Name the bone of `BONES` that carries a bone of the rig."""
    side, _, own = bone.partition("_")
    if side not in ("left", "right"):
        return bone
    if own.startswith("finger"):
        return f"{side}_hand"
    if own == "collar":
        return "chest"
    return f"{side}_{_CARRIER.get(own, own)}"


def _head_map(shape: MakeHumanShape, proportions: BodyProportions, size: float) -> _Map:
    """Bring eyes, ears and nose to where the truth of a clip has them."""
    skin, h = shape.skin, shape.height
    own = proportions.height
    eyes = np.mean(
        [shape.points[np.unique(shape.asset.faces[f"{letter}_eye"])].mean(axis=0) for letter in "lr"], axis=0
    )
    eye_width = abs(shape.points[np.unique(shape.asset.faces["r_eye"])].mean(axis=0)[2])
    eye_front = shape.points[np.unique(shape.asset.faces["r_eye"])][:, 0].max()
    ears = skin[shape.asset.masks["ears"][: len(skin)]]
    ear = np.array([ears[:, 0].mean(), ears[:, 1].mean(), np.abs(ears[:, 2]).mean()])
    face = skin[(np.abs(skin[:, 2]) < 0.006 * h) & (skin[:, 1] > eyes[1] - 0.04 * h)]
    nose = face[face[:, 0].argmax()]
    # As in `gait.synthetic.bones.joints_of`.
    low, high = 1 - _FACE_RANGE, 1 + _FACE_RANGE
    deep = float(np.clip((0.066 - 0.004) * own / (nose[0] - ear[0]) / size, low, high))
    tall = float(np.clip((0.066 - 0.048) * own / (eyes[1] - nose[1]) / size, low, high))
    wide = float(np.clip(0.5 * (0.018 * own / eye_width + 0.043 * own / ear[2]) / size, low, high))
    linear = size * np.diag([deep, tall, wide])
    middle_mesh = np.array([(nose[0] + ear[0] + eye_front) / 3, (nose[1] + eyes[1] + ear[1]) / 3, 0.0])
    middle_truth = proportions.point("head", (0.066 + 0.004 + 0.052) / 3, (0.048 + 0.066 + 0.056) / 3, 0.0)
    return _about(linear, middle_mesh, middle_truth)


def _add_arm_maps(
    maps: dict[str, _Map],
    shape: MakeHumanShape,
    proportions: BodyProportions,
    joints: dict[str, FloatArray],
    size: float,
    side_of: tuple[str, str, float],
) -> None:
    side, letter, sign = side_of
    k, rest = proportions.skeleton, proportions.rest
    shoulder, elbow, wrist = (joints[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist"))
    # The elbow is slightly bent: its axis is square to both bones.
    axis = np.cross(elbow - shoulder, wrist - elbow)
    turn = rest.rotation[f"{side}_upper_arm"][0]

    def limb(bone: str, start: FloatArray, end: FloatArray, length: float) -> _Map:
        stretch = np.diag([size, length / float(np.linalg.norm(end - start)), size])
        linear = turn @ stretch @ _axes(start - end, axis).T
        return _about(linear, start, proportions.point(f"{side}_{bone}"))

    upper = limb("upper_arm", shoulder, elbow, k.upper_arm)
    fore = limb("forearm", elbow, wrist, k.forearm)
    knuckle = {n: shape.joints[f"{letter}-finger-{n}-1"] for n in range(1, 6)}
    thumbwards = knuckle[2] - knuckle[5]
    along = wrist - knuckle[3]
    along = along / np.linalg.norm(along)
    forward = thumbwards - (thumbwards @ along) * along
    forward = forward / np.linalg.norm(forward)
    own = np.stack([forward, along, np.cross(forward, along)], axis=1)
    reach = float((wrist - knuckle[2]) @ along)
    hand = _about(
        turn @ np.diag([size, float(np.clip(k.hand / reach, 0.85 * size, 1.15 * size)), size]) @ own.T,
        wrist,
        proportions.point(f"{side}_hand"),
    )
    ends = Rotation.from_matrix(np.stack([_rotation(fore.linear), _rotation(hand.linear)]))
    halfway = Slerp([0, 1], ends)([0.5]).as_matrix()[0]
    stretched = _rotation(fore.linear).T @ fore.linear
    maps[f"{side}_upper_arm"], maps[f"{side}_forearm"], maps[f"{side}_hand"] = upper, fore, hand
    maps[f"{side}_wrist"] = _about(halfway @ stretched, wrist, proportions.point(f"{side}_hand"))
    for finger in range(1, 6):
        bent = hand
        for n, bend in enumerate(_CURL_DEG, start=1):
            joint = bent(shape.joints[f"{letter}-finger-{finger}-{n}"][None])[0]
            angle = np.radians(bend * (0.35 if finger == 1 else 1.0)) * sign
            # About the axis through the knuckles, towards the palm.
            about = turn @ rotation_about_x(np.array(angle)) @ turn.T
            bent = _about(about, joint, joint).after(bent)
            maps[f"{side}_finger{finger}_{n}"] = bent


def _rotation(linear: FloatArray) -> FloatArray:
    """Find the nearest rotation."""
    u, _, v = np.linalg.svd(linear)
    nearest: FloatArray = u @ v
    return nearest


def _add_leg_maps(
    maps: dict[str, _Map],
    shape: MakeHumanShape,
    proportions: BodyProportions,
    joints: dict[str, FloatArray],
    size: float,
    side_of: tuple[str, str, float],
) -> None:
    side, letter, _ = side_of
    k, rest = proportions.skeleton, proportions.rest
    hip, knee, ankle = (joints[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
    right = np.array([0.0, 0.0, 1.0])

    def limb(bone: str, start: FloatArray, end: FloatArray, length: float) -> _Map:
        stretch = np.diag([size, length / float(np.linalg.norm(end - start)), size])
        linear = rest.rotation[f"{side}_{bone}"][0] @ stretch @ _axes(start - end, right).T
        return _about(linear, start, proportions.point(f"{side}_{bone}"))

    maps[f"{side}_thigh"] = limb("thigh", hip, knee, k.thigh)
    maps[f"{side}_shank"] = limb("shank", knee, ankle, k.shank)
    sole = float(shape.skin[:, 1].min())
    ahead = shape.joints[f"{letter}-toe-2-1"] - ankle
    turned_out = float(np.arctan2(ahead[2], ahead[0]))
    cosine, sine = np.cos(turned_out), np.sin(turned_out)
    straight = np.array([[cosine, 0.0, sine], [0.0, 1.0, 0.0], [-sine, 0.0, cosine]])
    # The sole of the foot lies a shoe's sole above the ground.
    flat = size * straight
    flat[1] *= (k.ankle_height - 0.02) / size / (ankle[1] - sole)
    foot = _about(flat, ankle, proportions.point(f"{side}_foot"))
    maps[f"{side}_foot"] = maps[f"{side}_toes"] = foot
