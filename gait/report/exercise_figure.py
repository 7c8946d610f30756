"""A human figure in space, and its drawing as SVG: the same person in every exercise.

A pose says where the hips are, how the trunk points, and where each limb goes. Bones have fixed lengths (Winter 2009,
table 4.1), so that no limb stretches between two drawings. Lengths are in hundredths of the body height; x points to
the right of the drawing, y up, z towards the reader; the floor is y = 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Literal

import numpy as np

Vector = tuple[float, float, float]
#: Circle in the drawing: x, y, radius.
Circle = tuple[float, float, float]
Side = Literal["right", "left"]

#: Bones, in hundredths of the body height (Winter 2009, Biomechanics and Motor Control of Human Movement, figure 4.1).
THIGH, SHANK, ANKLE_HEIGHT, FOOT = 24.5, 24.6, 3.9, 15.2
UPPER_ARM, FOREARM, HAND = 18.6, 14.6, 7.0  # a loosely closed hand instead of stretched fingers (10.8)
TRUNK = 28.8
HIP_HALF, SHOULDER_HALF = 5.2, 10.0  # joint centres, within the breadths of the bones
#: Radii of the soft parts, and the shape of the foot. [E]
THIGH_R, KNEE_R, CALF_R, SHIN_R = 4.5, 3.1, 3.0, 1.9
SHOULDER_R, ELBOW_R, WRIST_R = 2.7, 2.0, 1.5
HEEL_R, BALL_R, TOE_R = 2.1, 1.7, 1.4
HEEL_BACK, BALL_AHEAD = 3.0, 7.3
#: A limb is drawn as the far one where its root lies behind the other by this share of their half distance. [E]
FAR_GAP = 1.3
#: How far the farthest target of a limb may be beyond its reach: rounding of the poses. [E]
REACH_SLACK = 0.35


def add(*vectors: Vector) -> Vector:
    """Add vectors.

    Parameters
    ----------
    *vectors : tuple of three floats

    Returns
    -------
    tuple of three floats
    """
    return (sum(v[0] for v in vectors), sum(v[1] for v in vectors), sum(v[2] for v in vectors))


def scale(vector: Vector, factor: float) -> Vector:
    """Multiply a vector by a number.

    Parameters
    ----------
    vector : tuple of three floats
    factor : float

    Returns
    -------
    tuple of three floats
    """
    return (vector[0] * factor, vector[1] * factor, vector[2] * factor)


def dot(a: Vector, b: Vector) -> float:
    """Compute the inner product.

    Parameters
    ----------
    a, b : tuple of three floats

    Returns
    -------
    float
    """
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def unit(vector: Vector) -> Vector:
    """Scale a vector to length 1.

    Parameters
    ----------
    vector : tuple of three floats
        Not zero.

    Returns
    -------
    tuple of three floats
    """
    return scale(vector, 1 / math.sqrt(dot(vector, vector)))


def across(vector: Vector, axis: Vector) -> Vector:
    """Return the direction of the part of ``vector`` that is at right angles to ``axis``.

    Parameters
    ----------
    vector : tuple of three floats
        Not parallel to ``axis``.
    axis : tuple of three floats
        Of length 1.

    Returns
    -------
    tuple of three floats
        Of length 1.
    """
    return unit(add(vector, scale(axis, -dot(vector, axis))))


@dataclass(frozen=True)
class Limb:
    """Where an arm or a leg goes: to the point ``end``, or along the directions ``upper`` and ``lower``.

    ``bend`` is the way in which knee or elbow points on the way to ``end``. ``tip`` is the direction of foot or hand,
    ``toes`` that of the toes where they bend.
    """

    end: Vector | None = None
    bend: Vector = (1, 0, 0)
    upper: Vector = (0, -1, 0)
    lower: Vector = (0, -1, 0)
    tip: Vector | None = None
    toes: Vector | None = None


@dataclass(frozen=True)
class BodyPose:
    """A whole pose.

    ``hip`` is the middle between the hip joints, ``up`` the way from there to the shoulders, ``front`` that of the
    chest. ``gaze`` and ``crown`` are the directions of face and head; without them the head follows the trunk.
    ``pelvis`` is the direction from the left to the right hip joint where the pelvis does not follow the trunk.
    """

    hip: Vector
    right_leg: Limb
    left_leg: Limb
    right_arm: Limb
    left_arm: Limb
    up: Vector = (0, 1, 0)
    front: Vector = (1, 0, 0)
    gaze: Vector | None = None
    crown: Vector | None = None
    pelvis: Vector | None = None


@dataclass(frozen=True)
class Ball:
    """A sphere of the figure."""

    center: Vector
    radius: float


@dataclass(frozen=True)
class Part:
    """A part of the figure: hulls of spheres, drawn as one outline. Parts are drawn from far to near."""

    name: str
    hulls: tuple[tuple[Ball, ...], ...]
    fill: str
    outlined: bool = True
    nearer: float = 0.0

    def depth(self, toward: Vector) -> float:
        """Compute how near it is.

        Parameters
        ----------
        toward : tuple of three floats
            The direction towards the reader, of length 1.

        Returns
        -------
        float
        """
        depths = [dot(ball.center, toward) for hull in self.hulls for ball in hull]
        return sum(depths) / len(depths) + self.nearer


def two_bones(root: Vector, end: Vector, bend: Vector, first: float, second: float) -> tuple[Vector, Vector]:
    """Find the middle joint of two bones.

    Parameters
    ----------
    root, end : tuple of three floats
        Where the first bone begins and the second ends.
    bend : tuple of three floats
        The way in which the middle joint points.
    first, second : float
        Lengths of the bones.

    Returns
    -------
    middle, end : tuple of three floats
        ``end`` moves towards ``root`` by the rounding of a stretched limb.

    Raises
    ------
    ValueError
        The end is out of reach.
    """
    way = add(end, scale(root, -1))
    distance = math.sqrt(dot(way, way))
    longest = first + second
    if distance > longest + REACH_SLACK or distance < abs(first - second):
        raise ValueError(f"a limb of {longest:.1f} cannot reach over {distance:.1f}")
    axis = unit(way)
    distance = min(distance, longest * 0.99999)
    along = (distance**2 + first**2 - second**2) / (2 * distance)
    aside = math.sqrt(max(0.0, first**2 - along**2))
    middle = add(root, scale(axis, along), scale(across(bend, axis), aside))
    return middle, add(root, scale(axis, distance))


def joints(pose: BodyPose) -> dict[str, Vector]:
    """Compute where all joints are.

    Parameters
    ----------
    pose : BodyPose

    Returns
    -------
    dict of str to vector
        ``hip, shoulder, head``, and for each side ``<side>_hip, _knee, _ankle, _heel, _ball, _toe, _shoulder, _elbow,
        _wrist, _hand``.
    """
    up = unit(pose.up)
    front = across(pose.front, up)
    right = _cross(front, up)
    shoulder = add(pose.hip, scale(up, TRUNK))
    crown = unit(pose.crown) if pose.crown else up
    found = {"hip": pose.hip, "shoulder": shoulder, "head": add(shoulder, scale(crown, 12.3))}
    pelvis = unit(pose.pelvis) if pose.pelvis else right
    limbs = (("right", 1, pose.right_leg, pose.right_arm), ("left", -1, pose.left_leg, pose.left_arm))
    for side, sign, leg, arm in limbs:
        hip = add(pose.hip, scale(pelvis, sign * HIP_HALF))
        knee, ankle = _chain(hip, leg, THIGH, SHANK)
        top = add(shoulder, scale(right, sign * SHOULDER_HALF), scale(up, -1.5))
        elbow, wrist = _chain(top, arm, UPPER_ARM, FOREARM)
        found |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle}
        found |= {f"{side}_shoulder": top, f"{side}_elbow": elbow, f"{side}_wrist": wrist}
        found |= {f"{side}_{name}": place for name, place in _foot(knee, ankle, leg, front).items()}
        hand = unit(arm.tip) if arm.tip else unit(add(wrist, scale(elbow, -1)))
        found[f"{side}_hand"] = add(wrist, scale(hand, HAND - 2))
    return found


def _chain(root: Vector, limb: Limb, first: float, second: float) -> tuple[Vector, Vector]:
    if limb.end is not None:
        return two_bones(root, limb.end, limb.bend, first, second)
    middle = add(root, scale(unit(limb.upper), first))
    return middle, add(middle, scale(unit(limb.lower), second))


def _foot(knee: Vector, ankle: Vector, leg: Limb, front: Vector) -> dict[str, Vector]:
    shank = unit(add(knee, scale(ankle, -1)))
    tip = unit(leg.tip) if leg.tip else across(front, shank)
    instep = across(shank, tip)
    sole = add(ankle, scale(instep, -ANKLE_HEIGHT))
    ball = add(sole, scale(tip, BALL_AHEAD), scale(instep, BALL_R))
    toes = unit(leg.toes) if leg.toes else tip
    length = FOOT - HEEL_BACK - HEEL_R - BALL_AHEAD - TOE_R
    lift = scale(across(instep, toes), TOE_R - BALL_R)
    return {
        "heel": add(sole, scale(tip, -HEEL_BACK), scale(instep, HEEL_R)),
        "ball": ball,
        "toe": add(ball, scale(toes, length), lift),
    }


def figure_parts(pose: BodyPose, toward: Vector) -> list[Part]:
    """Build the parts of the figure.

    Parameters
    ----------
    pose : BodyPose
    toward : tuple of three floats
        The direction towards the reader, of length 1.

    Returns
    -------
    list of Part
        From far to near.
    """
    at = joints(pose)
    up = unit(pose.up)
    front = across(pose.front, up)
    right = _cross(front, up)

    def trunk(along: float, ahead: float, aside: float, radius: float) -> Ball:
        return Ball(add(pose.hip, scale(up, along), scale(front, ahead), scale(right, aside)), radius)

    spine = add(pose.hip, scale(up, 1.5))
    pelvis = (
        Ball(at["right_hip"], THIGH_R + 0.2),
        Ball(at["left_hip"], THIGH_R + 0.2),
        Ball(add(pose.hip, scale(front, -1.6), scale(up, 0.5)), 5.0),
        trunk(9, 0.2, 2.6, 4.6),
        trunk(9, 0.2, -2.6, 4.6),
    )
    thorax = (
        trunk(TRUNK - 2.3, 0, SHOULDER_HALF - 1.6, 3.5),
        trunk(TRUNK - 2.3, 0, 1.6 - SHOULDER_HALF, 3.5),
        trunk(19.5, 1.2, 3.6, 5.0),
        trunk(19.5, 1.2, -3.6, 5.0),
        trunk(10, 0.2, 2.8, 4.8),
        trunk(10, 0.2, -2.8, 4.8),
    )
    parts = [
        Part("pelvis", (pelvis,), "leg", nearer=-0.2),
        Part("thorax", (thorax,), "shirt"),
        *_head(pose, at, toward),
    ]
    for side in ("right", "left"):
        other = "left" if side == "right" else "right"
        gap = dot(add(at[f"{side}_hip"], scale(at[f"{other}_hip"], -1)), toward)
        parts += _leg(side, at, spine, far=gap < -FAR_GAP * HIP_HALF, near=gap > FAR_GAP * HIP_HALF)
        gap = dot(add(at[f"{side}_shoulder"], scale(at[f"{other}_shoulder"], -1)), toward)
        parts += _arm(side, at, far=gap < -FAR_GAP * SHOULDER_HALF)
    return sorted(parts, key=lambda part: part.depth(toward))


def _leg(side: str, at: Mapping[str, Vector], spine: Vector, *, far: bool, near: bool) -> list[Part]:
    hip, knee, ankle = (at[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))
    heel, ball, toe = (at[f"{side}_{name}"] for name in ("heel", "ball", "toe"))
    shank = unit(add(ankle, scale(knee, -1)))
    back = unit(add(heel, scale(toe, -1)))
    calf = add(knee, scale(shank, 7))
    if abs(dot(back, shank)) < 0.98:  # the foot is not in line with the shank, and shows where its back is
        calf = add(calf, scale(across(back, shank), 0.9))
    fill = "far" if far else "leg"
    thigh = (Ball(hip, THIGH_R), Ball(knee, KNEE_R))
    lower = (Ball(knee, KNEE_R - 0.1), Ball(calf, CALF_R), Ball(ankle, SHIN_R))
    shoe = (
        (Ball(heel, HEEL_R), Ball(ankle, SHIN_R + 0.4), Ball(ball, BALL_R), Ball(add(ankle, scale(shank, 0.2)), 2.2)),
        (Ball(ball, BALL_R), Ball(toe, TOE_R)),
    )
    parts = [
        Part(f"{side}_leg", (thigh, lower), fill),
        Part(f"{side}_foot", shoe, "shoe"),
    ]
    if near:
        joint = (Ball(hip, THIGH_R - 0.7), Ball(spine, THIGH_R - 0.8))
        parts.append(Part(f"{side}_hip_joint", (joint,), "leg", outlined=False))
    return parts


def _arm(side: str, at: Mapping[str, Vector], *, far: bool) -> list[Part]:
    shoulder, elbow, wrist, hand = (at[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist", "hand"))
    upper = (Ball(shoulder, SHOULDER_R), Ball(elbow, ELBOW_R))
    fore = (Ball(elbow, ELBOW_R), Ball(wrist, WRIST_R))
    palm = (Ball(wrist, WRIST_R), Ball(hand, WRIST_R + 0.2))
    half = scale(add(shoulder, elbow), 0.5)
    sleeve = (Ball(shoulder, SHOULDER_R + 0.3), Ball(half, SHOULDER_R - 0.1))
    fill = "far" if far else "skin"
    return [
        Part(f"{side}_arm", (upper, fore, palm), fill),
        Part(f"{side}_sleeve", (sleeve,), "sleeve" if not far else "far"),
    ]


def _head(pose: BodyPose, at: Mapping[str, Vector], toward: Vector) -> list[Part]:
    crown = unit(pose.crown) if pose.crown else unit(pose.up)
    gaze = across(pose.gaze or pose.front, crown)
    base = at["shoulder"]

    def ball(along: float, ahead: float, radius: float) -> Ball:
        return Ball(add(base, scale(crown, along), scale(gaze, ahead)), radius)

    neck = (Ball(add(base, scale(unit(pose.up), 0.5)), 2.4), ball(9, -0.4, 2.2))
    skull = (ball(12.4, 0.2, 5.2), ball(8.3, 2.3, 2.6))
    nose = (ball(11.3, 4.6, 1.3), ball(10.6, 5.4, 0.9))
    head = Part("head", (skull, nose), "skin", nearer=0.4)
    facing = dot(gaze, toward)
    if facing > 0.7:  # seen from the front, hair stands out around the head
        hair: tuple[Ball, ...] = (ball(14.2, -1.0, 4.9), ball(11.0, -3.0, 4.4))
        before = -0.1
    else:  # from the side it lies on the head, and from behind it covers it
        spread = 2.2 * max(0.0, -facing)
        back = (ball(13.3, -3.1, 3.0 + spread), ball(10.4, -4.3, 1.8 + spread))
        hair = (*back, ball(15.3, 0.2, 2.4), ball(16.0, 2.3, 1.4))
        before = 0.1
    cap = Part("hair", (hair,), "hair")
    return [
        Part("neck", (neck,), "skin", nearer=-3.0),
        head,
        replace(cap, nearer=head.depth(toward) - cap.depth(toward) + before),
    ]


@dataclass(frozen=True)
class CameraView:
    """From where the figure is drawn: ``yaw`` turns towards +x (degrees), ``pitch`` is the height above the horizon."""

    yaw: float = 0.0
    pitch: float = 8.0
    origin: tuple[float, float] = (0.0, 0.0)

    @cached_property
    def toward(self) -> Vector:
        """The direction towards the reader."""
        yaw, pitch = math.radians(self.yaw), math.radians(self.pitch)
        return (math.sin(yaw) * math.cos(pitch), math.sin(pitch), math.cos(yaw) * math.cos(pitch))

    def project(self, point: Vector) -> tuple[float, float]:
        """Project a point into the drawing, whose y points down.

        Parameters
        ----------
        point : tuple of three floats

        Returns
        -------
        tuple of two floats
        """
        right, above = self._axes
        return (self.origin[0] + dot(point, right), self.origin[1] - dot(point, above))

    @cached_property
    def _axes(self) -> tuple[Vector, Vector]:
        """The directions to the right and upwards in the drawing."""
        yaw = math.radians(self.yaw)
        right = (math.cos(yaw), 0.0, -math.sin(yaw))
        return right, _cross(self.toward, right)


#: Directions in which the outermost circle is looked for: what lies between two of them stands out by less than 0.1 %.
_DIRECTIONS = np.array([[(math.cos(math.tau * step / 90), math.sin(math.tau * step / 90))] for step in range(90)])


def hull_path(circles: Sequence[Circle]) -> str:
    """Write the outline of the convex hull of circles as an SVG path.

    Parameters
    ----------
    circles : sequence of (x, y, radius)

    Returns
    -------
    str
        The path data, closed, always in the same sense of rotation.
    """
    x_y_r = np.array(circles, dtype=float)
    reach = x_y_r[:, 0] * _DIRECTIONS[..., 0] + x_y_r[:, 1] * _DIRECTIONS[..., 1] + x_y_r[:, 2]
    order = [index for index, _ in groupby(reach.argmax(axis=1).tolist())]
    if len(order) > 1 and order[0] == order[-1]:
        order.pop()
    if len(order) == 1:
        left, middle, radius = (grid(value) for value in circles[order[0]])
        arc = f"a{radius} {radius} 0 1 1"
        return f"M{left - radius} {middle}{arc} {2 * radius} 0{arc}-{2 * radius} 0z"
    turns = [_tangent(circles[a], circles[b]) for a, b in zip(order, [*order[1:], order[0]], strict=True)]
    path, here = "", (0, 0)
    for number, index in enumerate(order):
        x, y, r = circles[index]
        begin, end = turns[number - 1], turns[number]
        sweep = (end - begin) % (2 * math.pi)
        start = (grid(x + r * math.cos(begin)), grid(y + r * math.sin(begin)))
        stop = (grid(x + r * math.cos(end)), grid(y + r * math.sin(end)))
        if not path:
            path = f"M{start[0]} {start[1]}"
        elif start != here:
            path += f"l{_relative(here, start)}"
        if stop != start:
            path += f"a{grid(r)} {grid(r)} 0 {int(sweep > math.pi)} 1 {_relative(start, stop)}"
        here = stop
    return path.replace(" -", "-") + "z"


def _relative(start: tuple[int, int], stop: tuple[int, int]) -> str:
    return f"{stop[0] - start[0]} {stop[1] - start[1]}"


def _tangent(a: Circle, b: Circle) -> float:
    """Direction (rad) of the normal of the common tangent over which the hull goes from one circle to the next."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    distance = math.hypot(dx, dy)
    # (b - a) · n = r_a - r_b, and the hull runs from a to b with n on its outer side.
    return math.atan2(dy, dx) - math.acos(max(-1.0, min(1.0, (a[2] - b[2]) / distance)))


def grid(value: float) -> int:
    """Convert a coordinate to the units of the drawing, tenths of a hundredth of the body height, which are whole.

    Parameters
    ----------
    value : float

    Returns
    -------
    int
    """
    return round(10 * value)
