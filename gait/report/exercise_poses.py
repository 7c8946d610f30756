"""The poses of all exercises, start and end, for the figure of `gait.report.exercise_figure`.

Lengths are in hundredths of the body height; x points to the right of the drawing, y up, z towards the reader. A figure
that faces right (+x) has its right side near.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from gait.report.exercise_figure import (
    ANKLE_HEIGHT,
    BALL_AHEAD,
    BALL_R,
    HIP_HALF,
    SHANK,
    THIGH,
    TRUNK,
    BodyPose,
    CameraView,
    Limb,
    Vector,
    add,
    joints,
    scale,
    unit,
)
from gait.report.exercise_scene import Arrow, Box, LoopBand, LooseBall, Roller, Scene

STANDING = THIGH + SHANK + ANKLE_HEIGHT
SIDE = CameraView(yaw=18, pitch=8)
FRONT = CameraView(yaw=10, pitch=14)
PRONE = CameraView(yaw=-8, pitch=9)
LYING = CameraView(yaw=8, pitch=14)
#: Lying on the side or the back with the head to the left.
HEAD_LEFT: Vector = (-1, 0, 0)
SUPINE_HIP = 6.3


def leg_way(degrees: float, out: float = 0.0) -> Vector:
    """Direction of a bone of somebody who faces right: 0 is straight down, 90 ahead, -90 behind; ``out`` towards +z.

    Parameters
    ----------
    degrees, out : float

    Returns
    -------
    tuple of three floats
    """
    a, o = math.radians(degrees), math.radians(out)
    return (math.sin(a) * math.cos(o), -math.cos(a) * math.cos(o), math.sin(o))


def lean(degrees: float) -> Vector:
    """Direction of the trunk of somebody who faces right: 0 upright, 90 horizontal, ahead.

    Parameters
    ----------
    degrees : float

    Returns
    -------
    tuple of three floats
    """
    return leg_way(180 - degrees)


def flat(x: float, z: float, *, floor: float = 0.0, bend: Vector = (1, 0, 0), tip: Vector = (1, 0, 0)) -> Limb:
    """Make a leg whose foot stands flat with the ankle over (x, z).

    Parameters
    ----------
    x, z : float
    floor : float
        Height of what the foot stands on.
    bend, tip : tuple of three floats
        Where knee and toes point.

    Returns
    -------
    Limb
    """
    return Limb(end=(x, floor + ANKLE_HEIGHT, z), bend=bend, tip=tip)


def on_ball(x: float, z: float, pitch: float, *, floor: float = 0.0, bend: Vector = (1, 0, 0)) -> Limb:
    """Make a leg of somebody who faces right and stands on the ball of the foot, the heel lifted.

    Parameters
    ----------
    x, z : float
        Where the ball of the foot is.
    pitch : float
        Degrees by which the foot points down.
    floor : float
    bend : tuple of three floats

    Returns
    -------
    Limb
    """
    a = math.radians(pitch)
    tip, instep = (math.cos(a), -math.sin(a), 0.0), (math.sin(a), math.cos(a), 0.0)
    ball = (x, floor + BALL_R, z)
    ankle = add(ball, scale(tip, -BALL_AHEAD), scale(instep, ANKLE_HEIGHT - BALL_R))
    return Limb(end=ankle, bend=bend, tip=tip, toes=(1, 0, 0))


def reach(x: float, y: float, z: float, bend: Vector, tip: Vector | None = None) -> Limb:
    """Make an arm whose wrist is at a point, with the way in which the elbow points.

    Parameters
    ----------
    x, y, z : float
    bend : tuple of three floats
    tip : tuple of three floats, optional

    Returns
    -------
    Limb
    """
    return Limb(end=(x, y, z), bend=bend, tip=tip)


def run_arm(forward: float, z: float) -> Limb:
    """Make a bent arm of a runner who faces right: the upper arm ``forward`` degrees ahead of the trunk.

    Parameters
    ----------
    forward : float
    z : float
        Sideways lean of the upper arm, degrees.

    Returns
    -------
    Limb
    """
    return Limb(upper=leg_way(forward, z), lower=leg_way(forward + 88, -z * 0.5))


def hanging(forward: float = 2.0, out: float = 6.0) -> tuple[Limb, Limb]:
    """Make both arms of somebody who faces right and lets them hang.

    Parameters
    ----------
    forward, out : float
        Degrees.

    Returns
    -------
    right, left : Limb
    """
    return (
        Limb(upper=leg_way(forward - 3, out), lower=leg_way(forward + 8, out * 0.3)),
        Limb(upper=leg_way(forward - 3, -out), lower=leg_way(forward + 8, -out * 0.3)),
    )


def _hands_on_hips(hip: Vector, front: Vector, right: Vector) -> tuple[Limb, Limb]:
    arms = []
    for sign in (1, -1):
        side = scale(right, sign)
        wrist = add(hip, scale(side, 9.3), (0, 5.0, 0), scale(front, 1.0))
        tip = add(scale(side, -0.6), (0, -0.5, 0), front)
        arms.append(Limb(end=wrist, bend=add(side, scale(front, -0.5)), tip=tip))
    return arms[0], arms[1]


def _toward(start: Vector, target: Vector) -> Vector:
    return unit(add(target, scale(start, -1)))


# ---------------------------------------------------------------------------------------------- side of hip and seat


def _clamshell() -> Scene:
    hip = (0.0, 9.6, 0.0)
    lower_leg = Limb(upper=(0.72, -0.04, 0.69), lower=(0.72, -0.03, -0.69), tip=(0.85, 0, 0.5))
    body = BodyPose(
        hip=hip,
        up=(-1, 0.13, 0),
        front=(0, 0, 1),
        right_leg=lower_leg,
        left_leg=Limb(end=(35.2, 8.4, 1.0), bend=(0.3, -0.1, 1), tip=(0.85, 0, 0.5)),
        right_arm=Limb(upper=(-0.95, -0.02, 0.3), lower=(-0.5, 0.16, -0.85)),
        left_arm=reach(-17, 3.0, 14.0, (-0.2, 1, 0.5), (-0.6, -0.1, 0.8)),
        crown=(-1, -0.06, 0),
    )
    open_leg = Limb(end=(35.2, 8.4, 1.0), bend=(0.1, 1, 0.55), tip=(0.85, 0, 0.5))
    return Scene(
        body,
        replace(body, left_leg=open_leg),
        view=CameraView(yaw=0, pitch=24),
        size="low",
        mat=(-52, 50),
        arrows=(Arrow(path=((30, 22, 0), (26, 38, 0)), bulge=0.2),),
    )


def _bridge(hip: Vector, lifted: bool, *, free_leg: bool = False) -> BodyPose:
    shoulder = (-28.6, 4.9, 0.0)
    ankle_x = 22.5
    up = _toward(hip, shoulder)
    left = flat(ankle_x, -HIP_HALF, bend=(0, 1, 0))
    right = flat(ankle_x, HIP_HALF, bend=(0, 1, 0))
    body = BodyPose(
        hip=add(shoulder, scale(up, -TRUNK)),
        up=up,
        front=(0.1, 1, 0),
        right_leg=right,
        left_leg=left,
        right_arm=Limb(end=(-1.5, 2.2, 15.0), bend=(-0.2, 0.1, 1), tip=(1, 0, 0)),
        left_arm=Limb(end=(-1.5, 2.2, -15.0), bend=(-0.2, 0.1, -1), tip=(1, 0, 0)),
        crown=(-1, 0.13, 0),
    )
    if not free_leg:
        return body

    at = joints(body)
    thigh = _toward(at["left_hip"], at["left_knee"])
    return replace(body, right_leg=Limb(upper=thigh, lower=thigh, tip=(-thigh[1] * 0.6, thigh[0], 0)))


def _glute_bridge() -> Scene:
    return Scene(
        _bridge((0, SUPINE_HIP, 0), False),
        _bridge((-2.9, 17.5, 0), True),
        view=LYING,
        size="low",
        mat=(-54, 48),
        arrows=(Arrow(path=((-4, 24, 5), (-4, 38, 5))),),
    )


def _single_leg_bridge() -> Scene:
    return Scene(
        _bridge((0, SUPINE_HIP, 0), False, free_leg=True),
        _bridge((-2.9, 17.5, 0), True, free_leg=True),
        view=LYING,
        size="low",
        mat=(-54, 48),
        arrows=(Arrow(path=((-9, 25, 5), (-9, 39, 5))),),
    )


def _front_stance(hip: Vector, right_x: float, left_x: float, *, up: Vector = (0, 1, 0.12)) -> BodyPose:
    right_arm, left_arm = _hands_on_hips(hip, (0, 0, 1), (-1, 0, 0))
    return BodyPose(
        hip=hip,
        up=up,
        front=(0, 0, 1),
        right_leg=flat(right_x, 0, bend=(-0.08, 0, 1), tip=(-0.12, 0, 1)),
        left_leg=flat(left_x, 0, bend=(0.08, 0, 1), tip=(0.12, 0, 1)),
        right_arm=right_arm,
        left_arm=left_arm,
        gaze=(0, 0, 1),
        crown=(0, 1, 0.02),
    )


def _band_walk() -> Scene:
    band = LoopBand("ankle", "knee", 0.22)
    up = (0, 1, 0.32)
    return Scene(
        _front_stance((0, 44.5, -9), -8.5, 8.5, up=up),
        _front_stance((9.5, 43.0, -9), -8.5, 28, up=up),
        view=FRONT,
        props=(band,),
        arrows=(Arrow(path=((35, 24, 0), (49, 24, 0))),),
    )


def _side_leg_raise() -> Scene:
    body = BodyPose(
        hip=(0, 9.6, 0),
        up=(-1, 0.13, 0),
        front=(0, 0, 1),
        right_leg=Limb(upper=(0.8, -0.06, 0.6), lower=(0.62, -0.02, -0.78), tip=(0.8, 0, 0.6)),
        left_leg=Limb(upper=(1, -0.08, 0), lower=(1, -0.08, 0), tip=(0.12, 0, 1)),
        right_arm=Limb(upper=(-0.95, -0.02, 0.3), lower=(-0.5, 0.16, -0.85)),
        left_arm=reach(-17, 3.0, 14.0, (-0.2, 1, 0.5), (-0.6, -0.1, 0.8)),
        crown=(-1, -0.06, 0),
    )
    raised = Limb(upper=(1, 0.55, 0), lower=(1, 0.55, 0), tip=(0.12, 0, 1))
    return Scene(
        body,
        replace(body, left_leg=raised),
        view=CameraView(yaw=0, pitch=18),
        size="middle",
        mat=(-52, 60),
        arrows=(Arrow("left_ankle", shift=(9, 2), bulge=0.2, cut=(0.1, 0.95)),),
    )


# ---------------------------------------------------------------------------------------------- whole leg


def _stand(hip_x: float = 0.0, **changes: object) -> BodyPose:
    right_arm, left_arm = hanging()
    body = BodyPose(
        hip=(hip_x, STANDING - 0.15, 0),
        right_leg=flat(0, HIP_HALF),
        left_leg=flat(0, -HIP_HALF),
        right_arm=right_arm,
        left_arm=left_arm,
    )
    return replace(body, **changes)  # type: ignore[arg-type]


def _squat() -> Scene:
    wide = 8.5
    right_leg = flat(-2, wide, bend=(1, 0, 0.2), tip=(1, 0, 0.15))
    left_leg = flat(-2, -wide, bend=(1, 0, -0.2), tip=(1, 0, -0.15))
    start = _stand(-1.5, hip=(-1.5, STANDING - 0.4, 0), right_leg=right_leg, left_leg=left_leg)
    end = BodyPose(
        hip=(-17, 27.5, 0),
        up=lean(40),
        right_leg=right_leg,
        left_leg=left_leg,
        right_arm=Limb(upper=leg_way(78, 4), lower=leg_way(88, -4)),
        left_arm=Limb(upper=leg_way(78, -4), lower=leg_way(88, 4)),
        crown=lean(22),
    )
    return Scene(start, end, view=SIDE, arrows=(Arrow(path=((-30, 56, 6), (-30, 38, 6))),))


def _lunge_low(front_side: str, *, hip_x: float = 0.0, arms: tuple[Limb, Limb] | None = None) -> BodyPose:
    front_z, rear_z = (HIP_HALF, -HIP_HALF) if front_side == "right" else (-HIP_HALF, HIP_HALF)
    front = flat(hip_x + 22.5, front_z)
    rear = on_ball(hip_x - 24.5, rear_z, 68, bend=(0.5, -1, 0))
    right_arm, left_arm = arms or hanging()
    legs = (front, rear) if front_side == "right" else (rear, front)
    return BodyPose(
        hip=(hip_x, 30.5, 0),
        up=lean(3),
        right_leg=legs[0],
        left_leg=legs[1],
        right_arm=right_arm,
        left_arm=left_arm,
    )


def _lunge() -> Scene:
    return Scene(
        _stand(0),
        _lunge_low("right"),
        view=SIDE,
        arrows=(Arrow(path=((-18, 66, 0), (-18, 48, 0))),),
    )


def _side_lunge() -> Scene:
    start = _front_stance((0, STANDING - 0.2, 0), -HIP_HALF, HIP_HALF, up=(0, 1, 0.02))
    hip = (-14.5, 30.5, -9.0)
    end = BodyPose(
        hip=hip,
        up=(-0.04, 1, 0.62),
        front=(0, -0.3, 1),
        right_leg=flat(-21, 0, bend=(-0.25, 0, 1), tip=(-0.1, 0, 1)),
        left_leg=flat(29.4, 0, bend=(0.1, 0, 1), tip=(0.1, 0, 1)),
        right_arm=Limb(upper=(0.25, -0.75, 0.75), lower=(0.55, 0.25, 0.8)),
        left_arm=Limb(upper=(-0.25, -0.75, 0.75), lower=(-0.55, 0.25, 0.8)),
        gaze=(0, 0.1, 1),
        crown=(0, 1, 0.05),
    )
    return Scene(
        start,
        end,
        view=FRONT,
        arrows=(Arrow(path=((-30, 66, 0), (-38, 46, 0)), bulge=-0.15),),
    )


def _split_squat() -> Scene:
    bench = Box((-46, 0, -15), (-27, 20, 13), nearer=-30)
    right_arm, left_arm = hanging()
    start = BodyPose(
        hip=(6, 52, 0),
        up=lean(2),
        right_leg=flat(12, HIP_HALF),
        left_leg=Limb(end=(-27.5, 22.8, -HIP_HALF), bend=(0.5, -1, 0), tip=(-0.97, -0.2, 0)),
        right_arm=right_arm,
        left_arm=left_arm,
    )
    end = replace(start, hip=(-2, 32, 0), up=lean(12), crown=lean(4))
    return Scene(start, end, view=SIDE, props=(bench,), arrows=(Arrow(path=((24, 72, 6), (24, 52, 6))),))


def _single_leg_deadlift() -> Scene:
    right_arm, left_arm = hanging()
    stance = flat(0, 0)
    start = BodyPose(
        hip=(0.5, 52.3, -1.6),
        right_leg=stance,
        left_leg=Limb(upper=leg_way(4), lower=leg_way(-44), tip=leg_way(44)),
        right_arm=right_arm,
        left_arm=left_arm,
    )
    end = BodyPose(
        hip=(-7.5, 51.0, -1.6),
        up=lean(80),
        right_leg=stance,
        left_leg=Limb(upper=leg_way(-83), lower=leg_way(-86), tip=leg_way(-10)),
        right_arm=Limb(upper=leg_way(4, 3), lower=leg_way(2, 0)),
        left_arm=Limb(upper=leg_way(4, -3), lower=leg_way(2, 0)),
        crown=lean(52),
        front=(0.2, -1, 0),
        gaze=(0.7, -0.7, 0),
    )
    view = CameraView(yaw=8, pitch=7)
    return Scene(start, end, view=view, arrows=(Arrow(path=((14, 98, 0), (34, 78, 0)), bulge=0.3),))


def _step_down() -> Scene:
    height = 13.0
    box = Box((-21, 0, -13), (-1.5, height, 11))
    start = BodyPose(
        hip=(-5.5, height + STANDING - 0.6, -1),
        up=(0, 1, 0.02),
        front=(0, 0, 1),
        right_leg=flat(-8.5, 0, floor=height, bend=(0, 0, 1), tip=(0, 0, 1)),
        left_leg=Limb(upper=(0.1, -1, 0.16), lower=(0.04, -1, -0.05), tip=(0.05, 0.1, 1)),
        right_arm=Limb(),
        left_arm=Limb(),
    )
    right_arm, left_arm = _hands_on_hips(start.hip, (0, 0, 1), (-1, 0, 0))
    start = replace(start, right_arm=right_arm, left_arm=left_arm)
    hip = (-4.5, height + STANDING - 16.0, -8)
    right_arm, left_arm = _hands_on_hips(hip, (0, 0, 1), (-1, 0, 0))
    end = replace(
        start,
        hip=hip,
        up=(0, 1, 0.3),
        left_leg=Limb(end=(4.5, 4.6, 7.0), bend=(0, 0, 1), tip=(0.05, 0.2, 1)),
        right_arm=right_arm,
        left_arm=left_arm,
        gaze=(0, 0, 1),
        crown=(0, 1, 0.1),
    )
    return Scene(
        start,
        end,
        view=CameraView(yaw=30, pitch=9),
        props=(box,),
        arrows=(Arrow(path=((20, 44, 8), (20, 26, 8))),),
    )


def _one_leg_balance() -> Scene:
    start = _stand(0)
    right_arm, left_arm = hanging(out=10)
    end = _stand(
        0,
        hip=(0, STANDING - 0.6, 1.8),
        right_leg=Limb(upper=leg_way(86), lower=leg_way(-4), tip=leg_way(84)),
        left_leg=flat(-1.5, 0),
        right_arm=right_arm,
        left_arm=left_arm,
    )
    return Scene(start, end, view=CameraView(yaw=28, pitch=8), arrows=(Arrow(path=((38, 36, 5), (38, 52, 5))),))


# ---------------------------------------------------------------------------------------------- trunk


def _plank() -> Scene:
    shoulder_y = 20.3
    elbow_x = 27.0
    up = unit((1, 0.16, 0))
    hip = add((elbow_x, shoulder_y + 1.4, 0), scale(up, -TRUNK))
    thigh = unit((-1, -0.16, 0))
    straight = Limb(upper=thigh, lower=thigh, tip=(0.25, -1, 0), toes=(1, 0, 0))
    end = BodyPose(
        hip=hip,
        up=up,
        front=(0, -1, 0),
        right_leg=straight,
        left_leg=straight,
        right_arm=Limb(upper=(0, -1, 0.02), lower=(1, -0.01, -0.25), tip=(1, 0, -0.2)),
        left_arm=Limb(upper=(0, -1, -0.02), lower=(1, -0.01, 0.25), tip=(1, 0, 0.2)),
        crown=(1, 0.1, 0),
        gaze=(0.3, -1, 0),
    )
    up = unit((1, 0.02, 0))
    hip_low = add((elbow_x, shoulder_y + 1.4, 0), scale(up, -TRUNK))
    kneel = Limb(upper=(-0.66, -0.75, 0), lower=(-1, 0.28, 0), tip=(0.25, -1, 0), toes=(1, 0, 0))
    start = replace(end, hip=hip_low, up=up, right_leg=kneel, left_leg=kneel)
    return Scene(start, end, view=PRONE, size="low", mat=(-57, 53), arrows=(Arrow(path=((-20, 22, 5), (-20, 36, 5))),))


def _side_plank() -> Scene:
    line = unit((-1, 0.298, 0))
    end = BodyPose(
        hip=(0, 22.3, 0),
        up=line,
        front=(0, 0, 1),
        right_leg=Limb(upper=scale(line, -1), lower=scale(line, -1), tip=(0.2, 0, 1)),
        left_leg=Limb(upper=(1, -0.35, 0.05), lower=(1, -0.35, 0), tip=(0.2, 0, 1)),
        right_arm=Limb(upper=(0, -1, 0), lower=(-0.65, -0.01, 0.75)),
        left_arm=Limb(end=(-4.5, 33.5, 3), bend=(-0.5, 1, 0), tip=(1, -0.6, 0.2)),
        crown=(-1, 0.25, 0),
    )
    floor = (1, -0.04, 0)
    start = replace(
        end,
        hip=(-2, 9.8, 0),
        up=unit((-0.7, 0.72, 0)),
        pelvis=(-0.25, -1, 0),
        right_leg=Limb(upper=floor, lower=floor, tip=(0.2, 0, 1)),
        left_leg=Limb(upper=(1, -0.12, 0.05), lower=(1, -0.12, 0), tip=(0.2, 0, 1)),
        left_arm=Limb(end=(-1.5, 19.5, 3), bend=(0.2, 1, 0.4), tip=(1, -0.6, 0.2)),
        crown=(-0.85, 0.5, 0),
    )
    return Scene(
        start,
        end,
        view=CameraView(yaw=0, pitch=14),
        size="low",
        mat=(-50, 58),
        arrows=(Arrow(path=((22, 29, 0), (22, 42, 0))),),
    )


def _all_fours() -> BodyPose:
    up = unit((1, 0.16, 0))
    hip = (-14, 27.4, 0)
    shoulder = add(hip, scale(up, TRUNK))
    hand_x = shoulder[0] + 1.0

    def arm(z: float) -> Limb:
        return Limb(end=(hand_x, 2.0, z), bend=(-1, 0, 0), tip=(1, -0.05, 0))

    return BodyPose(
        hip=hip,
        up=up,
        front=(0.16, -1, 0),
        right_leg=Limb(upper=leg_way(0), lower=(-1, 0.0, 0), tip=(-0.95, -0.1, 0)),
        left_leg=Limb(upper=leg_way(0), lower=(-1, 0.0, 0), tip=(-0.95, -0.1, 0)),
        right_arm=arm(9),
        left_arm=arm(-9),
        crown=(1, 0.12, 0),
    )


def _bird_dog() -> Scene:
    start = _all_fours()
    end = replace(
        start,
        right_leg=Limb(upper=(-1, 0.08, 0), lower=(-1, 0.05, 0), tip=(-0.3, -1, 0)),
        left_arm=Limb(upper=(1, 0.16, 0), lower=(1, 0.16, 0)),
    )
    return Scene(
        start,
        end,
        view=PRONE,
        size="low",
        mat=(-50, 36),
        arrows=(
            Arrow(path=((-34, 14, 5), (-46, 24, 5)), bulge=-0.25),
            Arrow(path=((38, 20, 0), (46, 32, 0)), bulge=0.25),
        ),
    )


def _leg_lowering() -> Scene:
    bent = Limb(upper=(0.05, 1, 0), lower=(1, 0, 0), tip=(0.2, 1, 0))
    start = BodyPose(
        hip=(0, SUPINE_HIP, 0),
        up=(-1, -0.04, 0),
        front=(0, 1, 0),
        right_leg=bent,
        left_leg=bent,
        right_arm=Limb(end=(3, 2.2, 15.0), bend=(-0.2, 0.1, 1), tip=(1, 0, 0)),
        left_arm=Limb(end=(3, 2.2, -15.0), bend=(-0.2, 0.1, -1), tip=(1, 0, 0)),
        crown=(-1, 0.13, 0),
    )
    end = replace(start, right_leg=Limb(upper=(1, 0.1, 0), lower=(1, 0.06, 0), tip=(0.15, 1, 0)))
    return Scene(
        start,
        end,
        view=LYING,
        size="low",
        mat=(-50, 56),
        arrows=(Arrow("right_ankle", shift=(4, -8), bulge=-0.25, cut=(0.1, 0.85)),),
    )


# ---------------------------------------------------------------------------------------------- warm-up


def _leg_swing_front() -> Scene:
    wall = Box((-58, 0, -27), (58, 112, -26), "floor", outlined=False, nearer=-900)
    right_arm = Limb(upper=leg_way(-6, 10), lower=leg_way(16, 4))
    start = BodyPose(
        hip=(0, STANDING - 0.3, 0),
        up=lean(2),
        right_leg=Limb(upper=leg_way(-26), lower=leg_way(-42), tip=leg_way(40)),
        left_leg=flat(0, -HIP_HALF),
        right_arm=replace(right_arm, upper=leg_way(24, 10), lower=leg_way(44, 4)),
        left_arm=Limb(end=(5, 72, -25.0), bend=(-0.4, -1, 0), tip=(0.1, 1, -0.2)),
    )
    end = replace(
        start,
        up=lean(-2),
        right_leg=Limb(upper=leg_way(56), lower=leg_way(50), tip=leg_way(140)),
        right_arm=replace(right_arm, upper=leg_way(-26, 10), lower=leg_way(-8, 4)),
    )
    return Scene(
        start,
        end,
        view=SIDE,
        props=(wall,),
        arrows=(Arrow("right_ankle", shift=(0, 8), bulge=0.32, both_ways=True, cut=(0.08, 0.9)),),
    )


def _leg_swing_side() -> Scene:
    wall = Box((-58, 0, -30), (58, 112, -29), "floor", outlined=False, nearer=-900)

    def body(leg: Limb) -> BodyPose:
        return BodyPose(
            hip=(0, STANDING - 0.4, 0),
            up=(0, 1, -0.05),
            front=(0, 0, -1),
            left_leg=flat(-4.0, 0, bend=(0, 0, -1), tip=(-0.1, 0, -1)),
            right_leg=leg,
            left_arm=Limb(end=(-13, 80, -26), bend=(-1, -0.7, 0), tip=(0, 1, -0.3)),
            right_arm=Limb(end=(13, 80, -26), bend=(1, -0.7, 0), tip=(0, 1, -0.3)),
        )

    start = body(Limb(upper=(-0.42, -1, -0.42), lower=(-0.42, -1, -0.30), tip=(0, -0.1, -1)))
    end = body(Limb(upper=(0.85, -1, -0.05), lower=(0.85, -1, -0.02), tip=(0.2, 0, -1)))
    return Scene(
        start,
        end,
        view=CameraView(yaw=12, pitch=8),
        props=(wall,),
        arrows=(Arrow("right_ankle", shift=(0, 9), bulge=0.3, both_ways=True, cut=(0.05, 0.92)),),
    )


def _walking_lunge() -> Scene:
    swing_right = (run_arm(-28, 8), run_arm(28, -8))
    swing_left = (run_arm(28, 8), run_arm(-28, -8))
    return Scene(
        _lunge_low("right", arms=swing_right),
        _lunge_low("left", arms=swing_left),
        view=SIDE,
        size="middle",
        arrows=(Arrow(path=((-44, 62, 5), (-20, 62, 5))),),
    )


def _hip_circle() -> Scene:
    def body(leg: Limb, hip_x: float) -> BodyPose:
        hip = (hip_x, STANDING - 0.7, 0)
        right_arm, left_arm = _hands_on_hips(hip, (0, 0, 1), (-1, 0, 0))
        return BodyPose(
            hip=hip,
            front=(0, 0, 1),
            left_leg=flat(-0.5, 0, bend=(0, 0, 1), tip=(0.05, 0, 1)),
            right_leg=leg,
            right_arm=right_arm,
            left_arm=left_arm,
        )

    front = Limb(upper=(-0.05, 0.0, 1), lower=(0, -1, -0.1), tip=(0, -0.25, 1))
    side = Limb(upper=(-1, -0.08, 0.35), lower=(0.05, -1, -0.1), tip=(-0.6, -0.25, 0.8))
    return Scene(
        body(front, -2.0),
        body(side, 0.3),
        view=CameraView(yaw=-20, pitch=10),
        arrows=(Arrow("right_ankle", shift=(0, 12), bulge=0.2, cut=(0.1, 1)),),
    )


# ---------------------------------------------------------------------------------------------- stretches


def _half_kneeling(hip: Vector, knee_x: float) -> BodyPose:
    knee = (knee_x, 3.1, HIP_HALF)
    right_hip = add(hip, (0, 0, HIP_HALF))
    return BodyPose(
        hip=hip,
        up=lean(0),
        right_leg=Limb(upper=_toward(right_hip, knee), lower=(-1, 0.0, 0), tip=(-0.98, -0.16, 0)),
        left_leg=flat(knee_x + 31, -HIP_HALF - 1),
        right_arm=Limb(end=add(hip, (2.5, 4.0, 11.5)), bend=(-1, 0, 0.5), tip=(0.8, -0.5, -0.4)),
        left_arm=Limb(end=(knee_x + 24, 34.5, -9), bend=(-0.6, -1, -0.4), tip=(1, -0.5, 0.2)),
    )


def _hip_flexor_stretch() -> Scene:
    return Scene(
        _half_kneeling((-8.0, 27.6, 0), -8.0),
        _half_kneeling((4.0, 24.5, 0), -8.2),
        view=SIDE,
        size="middle",
        mat=(-46, 48),
        arrows=(Arrow(path=((-26, 26, 12), (-10, 26, 12))),),
    )


def _figure_four() -> Scene:

    def body(left: Limb, arms: bool) -> BodyPose:
        hip = (0.0, SUPINE_HIP, 0.0)
        base = BodyPose(
            hip=hip,
            up=(-1, -0.04, 0),
            front=(0, 1, 0),
            right_leg=left,
            left_leg=left,
            right_arm=Limb(end=(3, 2.2, 15.0), bend=(-0.2, 0.1, 1), tip=(1, 0, 0)),
            left_arm=Limb(end=(3, 2.2, -15.0), bend=(-0.2, 0.1, -1), tip=(1, 0, 0)),
            crown=(-1, 0.13, 0),
        )
        at = joints(base)
        knee, left_hip = at["left_knee"], at["left_hip"]
        thigh = _toward(left_hip, knee)
        shank = _toward(knee, at["left_ankle"])
        normal = unit((thigh[1], -thigh[0], 0))
        normal = normal if normal[0] * shank[0] + normal[1] * shank[1] < 0 else scale(normal, -1)
        ankle = add(knee, scale(thigh, -4.0), scale(normal, 5.6), (0, 0, -1.5))
        tip = add(scale(normal, 0.8), (0, 0, -0.6))
        pose = replace(base, right_leg=Limb(end=ankle, bend=add((0, 0, 1), scale(thigh, -0.1)), tip=tip))
        if arms:
            behind = add(left_hip, scale(thigh, 15), scale(normal, -5.0))
            pose = replace(
                pose,
                right_arm=Limb(end=add(behind, (0, 0, 2.5)), bend=(-0.6, -0.3, 1), tip=(0.3, 0.4, -1)),
                left_arm=Limb(end=add(behind, (0, 0, -3.5)), bend=(-0.6, -0.3, -1), tip=(0.3, 0.4, 1)),
            )
        return pose

    start = body(flat(20.0, -HIP_HALF, bend=(0, 1, 0)), False)
    end = body(Limb(upper=(-0.5, 1, 0), lower=(1, 0.35, 0), tip=(0.3, 1, 0)), True)
    return Scene(
        start,
        end,
        view=CameraView(yaw=20, pitch=18),
        size="middle",
        mat=(-52, 40),
        arrows=(Arrow(path=((46, 30, 0), (36, 48, 0)), bulge=0.15),),
    )


def _pigeon() -> Scene:
    end = BodyPose(
        hip=(0, 9.2, 0),
        up=lean(32),
        crown=lean(10),
        left_leg=Limb(upper=(0.88, -0.2, -0.36), lower=(-0.5, -0.03, 0.87), tip=(-0.5, 0, 0.87)),
        right_leg=Limb(upper=(-1, -0.2, 0), lower=(-1, -0.05, 0), tip=(-0.98, -0.15, 0)),
        right_arm=Limb(end=(25, 2.2, 13), bend=(-0.6, 0, 1), tip=(1, -0.1, 0)),
        left_arm=Limb(end=(25, 2.2, -15), bend=(-0.6, 0, -1), tip=(1, -0.1, 0)),
    )
    return Scene(
        _all_fours(),
        end,
        view=CameraView(yaw=20, pitch=17),
        size="middle",
        mat=(-58, 40),
        arrows=(Arrow(path=((-14, 36, 5), (-14, 24, 5))),),
    )


def _hamstring_stretch() -> Scene:
    step = Box((27, 0, -11), (50, 16, 16), nearer=-30)

    def body(degrees: float, hip: Vector, arms: tuple[Limb, Limb]) -> BodyPose:
        return BodyPose(
            hip=hip,
            up=lean(degrees),
            front=(1, -0.2, 0),
            right_leg=Limb(end=(33, 21.6, HIP_HALF), bend=(0.2, 1, 0), tip=(0.25, 1, 0)),
            left_leg=flat(2, -HIP_HALF),
            right_arm=arms[0],
            left_arm=arms[1],
            crown=lean(degrees * 0.6),
        )

    return Scene(
        body(4, (-0.5, STANDING - 0.3, 0), hanging(14)),
        body(48, (-4, 52.5, 0), (reach(18, 43.5, 6, (-1, -0.2, 0.6)), reach(18, 43.0, 0.5, (-1, -0.2, -0.6)))),
        view=SIDE,
        props=(step,),
        arrows=(Arrow(path=((16, 103, 0), (38, 88, 0)), bulge=0.25),),
    )


def _quad_stretch() -> Scene:
    wall = Box((34, 0, -20), (38, 100, 20), "prop")
    base = BodyPose(
        hip=(0, STANDING - 0.4, 0),
        up=lean(1),
        right_leg=flat(1.5, HIP_HALF),
        left_leg=flat(1.5, -HIP_HALF),
        right_arm=hanging()[0],
        left_arm=Limb(end=(31.5, 76, -11), bend=(0, -1, -0.2), tip=(0.25, 1, 0)),
    )

    leg = Limb(upper=leg_way(-4), lower=leg_way(-146), tip=(-0.35, 1, 0))
    held = replace(base, right_leg=leg)
    foot = joints(held)["right_ankle"]
    held = replace(held, right_arm=Limb(end=add(foot, (-1.0, 4.6, 1.8)), bend=(-1, -0.1, 0.5), tip=(-0.4, -1, -0.1)))
    return Scene(
        base,
        held,
        view=SIDE,
        props=(wall,),
        arrows=(Arrow(path=((-34, 26, 5), (-27, 44, 5)), bulge=0.25),),
    )


def _calf_stretch() -> Scene:
    wall = Box((34, 0, -20), (38, 100, 20), "prop")

    def body(hip: Vector, degrees: float) -> BodyPose:
        return BodyPose(
            hip=hip,
            up=lean(degrees),
            right_leg=flat(-22, HIP_HALF),
            left_leg=flat(10, -HIP_HALF),
            right_arm=Limb(end=(31.3, 74, 9), bend=(0, -1, 0.4), tip=(0.2, 1, 0)),
            left_arm=Limb(end=(31.3, 74, -9), bend=(0, -1, -0.4), tip=(0.2, 1, 0)),
        )

    return Scene(
        body((-5, 49.8, 0), 13),
        body((2.5, 46.4, 0), 18),
        view=SIDE,
        props=(wall,),
        arrows=(Arrow(path=((-24, 54, 8), (-10, 50, 8))),),
    )


# ---------------------------------------------------------------------------------------------- rolling


def _on_forearms(hip: Vector, slope: float, leg: Limb, *, near_leg: Limb | None = None) -> BodyPose:
    up = unit((1, slope, 0))
    return BodyPose(
        hip=hip,
        up=up,
        front=(slope, -1, 0),
        right_leg=near_leg or leg,
        left_leg=leg,
        right_arm=Limb(upper=(0.25, -0.9, 0.05), lower=(1, 0.03, -0.1)),
        left_arm=Limb(upper=(0.25, -0.9, -0.05), lower=(1, 0.03, 0.1)),
        crown=(1, slope + 0.3, 0),
        gaze=(1, -0.6, 0),
    )


def _roll_hip_front() -> Scene:
    hip = (0, 8.8, 0)
    leg = Limb(upper=(-1, -0.13, 0), lower=(-1, -0.08, 0), tip=(-1, -0.1, 0))
    bent = Limb(upper=(-1, -0.13, 0), lower=(-0.1, 1, 0), tip=(-0.9, 0.3, 0))
    ball = LooseBall((2.0, 3.0, 9), 3.0, nearer=-25)
    return Scene(
        _on_forearms(hip, 0.42, leg),
        _on_forearms(hip, 0.42, leg, near_leg=bent),
        view=PRONE,
        size="low",
        mat=(-58, 50),
        props=(ball,),
        arrows=(Arrow("right_ankle", shift=(-3, -2), bulge=0.3, cut=(0.2, 0.8)),),
    )


def _roll_seat() -> Scene:
    def body(x: float) -> BodyPose:
        hip = (x, 14.5, 0)
        left = flat(26, -HIP_HALF, bend=(0.2, 1, 0))
        base = BodyPose(
            hip=hip,
            up=lean(-50),
            right_leg=left,
            left_leg=left,
            right_arm=Limb(end=(-29, 2.2, 12), bend=(-1, 0.2, 0.3), tip=(-1, -0.1, 0.2)),
            left_arm=Limb(end=(-29, 2.2, -12), bend=(-1, 0.2, -0.3), tip=(-1, -0.1, -0.2)),
            crown=lean(-20),
            gaze=(1, 0, 0),
        )

        at = joints(base)
        knee, thigh = at["left_knee"], _toward(at["left_hip"], at["left_knee"])
        normal = unit((-thigh[1], thigh[0], 0))
        ankle = add(knee, scale(thigh, -3.5), scale(normal, 5.4), (0, 0, -1.0))
        tip = add(scale(normal, 0.7), (0.2, 0, -0.7))
        return replace(base, right_leg=Limb(end=ankle, bend=(-0.1, 0.1, 1), tip=tip))

    return Scene(
        body(-3),
        body(5),
        view=CameraView(yaw=26, pitch=12),
        size="middle",
        mat=(-50, 46),
        start_props=(Roller((0, 4.4, 0)),),
        end_props=(Roller((4, 4.4, 0)),),
        arrows=(Arrow(path=((14, 56, 0), (34, 56, 0)), both_ways=True),),
    )


def _roll_thigh_front() -> Scene:
    def body(shift: float) -> BodyPose:
        slope = 0.245
        leg = Limb(upper=(-1, -0.06, 0), lower=(-1, 0.02, 0), tip=(-1, -0.1, 0))
        return BodyPose(
            hip=(shift, 13.5, 0),
            up=unit((1, slope, 0)),
            front=(slope, -1, 0),
            right_leg=leg,
            left_leg=leg,
            right_arm=Limb(upper=(-shift, -17.3, 0), lower=(1, 0, -0.1)),
            left_arm=Limb(upper=(-shift, -17.3, 0), lower=(1, 0, 0.1)),
            crown=(1, 0.3, 0),
            gaze=(0.6, -1, 0),
        )

    return Scene(
        body(-6.0),
        body(6.0),
        view=PRONE,
        size="low",
        mat=(-58, 52),
        start_props=(Roller((-13, 4.4, 0)),),
        end_props=(Roller((-7, 4.4, 0)),),
        arrows=(Arrow(path=((-16, 26, 5), (6, 26, 5)), both_ways=True),),
    )


def _roll_thigh_side() -> Scene:
    def body(shift: float) -> BodyPose:
        up = unit((-1, 0.28, 0))
        return BodyPose(
            hip=(shift, 19.5, 0),
            up=up,
            front=(0, 0, 1),
            right_leg=Limb(upper=(1, -0.14, 0), lower=(1, -0.16, 0), tip=(0.1, 0.1, 1)),
            left_leg=Limb(end=(shift * 0.3 + 24, 3.9, 17), bend=(0.3, 0.8, 0.6), tip=(0.5, 0, 0.8)),
            right_arm=Limb(upper=(-0.45, -0.77, 0.3), lower=(-0.6, 0.0, 0.8)),
            left_arm=Limb(end=(shift - 5, 29.5, 3), bend=(-0.3, 1, 0.2), tip=(1, -0.5, 0.2)),
            crown=(-1, 0.4, 0),
        )

    return Scene(
        body(-3.5),
        body(3.0),
        view=CameraView(yaw=0, pitch=16),
        size="low",
        mat=(-56, 60),
        start_props=(Roller((9, 4.4, 0), nearer=-9),),
        end_props=(Roller((12.2, 4.4, 0), nearer=-9),),
        arrows=(Arrow(path=((20, 30, 0), (40, 30, 0)), both_ways=True),),
    )


def _roll_hamstring() -> Scene:
    def body(shift: float) -> BodyPose:
        hip = (shift - 6, 12.0, 0)
        leg = Limb(upper=(1, 0.02, 0), lower=(1, -0.02, 0), tip=(0.35, 1, 0))
        return BodyPose(
            hip=hip,
            up=lean(-45),
            right_leg=leg,
            left_leg=leg,
            right_arm=Limb(end=(-37, 2.2, 12), bend=(-1, 0.2, 0.3), tip=(-1, -0.1, 0.2)),
            left_arm=Limb(end=(-37, 2.2, -12), bend=(-1, 0.2, -0.3), tip=(-1, -0.1, -0.2)),
            crown=lean(-10),
            gaze=(1, 0, 0),
        )

    return Scene(
        body(-3),
        body(4),
        view=LYING,
        size="middle",
        mat=(-48, 56),
        start_props=(Roller((4, 4.4, 0)),),
        end_props=(Roller((7.5, 4.4, 0)),),
        arrows=(Arrow(path=((18, 24, 5), (36, 24, 5)), both_ways=True),),
    )


# ---------------------------------------------------------------------------------------------- drills


def _high_knees() -> Scene:
    def body(lifted: str) -> BodyPose:
        up_leg = Limb(upper=leg_way(88), lower=leg_way(-6), tip=leg_way(80))
        z = -HIP_HALF if lifted == "right" else HIP_HALF
        down = on_ball(2.5, z, 26)
        return BodyPose(
            hip=(0, 54.8, 0),
            up=lean(3),
            right_leg=up_leg if lifted == "right" else down,
            left_leg=down if lifted == "right" else up_leg,
            right_arm=run_arm(-36 if lifted == "right" else 26, 8),
            left_arm=run_arm(26 if lifted == "right" else -36, -8),
        )

    return Scene(
        body("right"),
        body("left"),
        view=SIDE,
        arrows=(Arrow(path=((34, 34, -5), (34, 52, -5))),),
    )


def _butt_kicks() -> Scene:
    def body(lifted: str) -> BodyPose:
        kick = Limb(upper=leg_way(22), lower=leg_way(-122), tip=leg_way(-40))
        z = -HIP_HALF if lifted == "right" else HIP_HALF
        down = on_ball(3.5, z, 22)
        return BodyPose(
            hip=(0, 54.2, 0),
            up=lean(5),
            right_leg=kick if lifted == "right" else down,
            left_leg=down if lifted == "right" else kick,
            right_arm=run_arm(-34 if lifted == "right" else 20, 8),
            left_arm=run_arm(20 if lifted == "right" else -34, -8),
        )

    return Scene(
        body("left"),
        body("right"),
        view=SIDE,
        arrows=(Arrow(path=((-27, 18, 5), (-24, 42, 5)), bulge=0.3),),
    )


def _quick_feet() -> Scene:
    def body(lifted: str) -> BodyPose:
        z = HIP_HALF if lifted == "right" else -HIP_HALF
        up_leg = on_ball(6.0, z, 24, floor=5.0)
        down = on_ball(6.0, -z, 10)
        return BodyPose(
            hip=(1.0, 53.7, 0),
            up=lean(6),
            right_leg=up_leg if lifted == "right" else down,
            left_leg=down if lifted == "right" else up_leg,
            right_arm=run_arm(-22 if lifted == "right" else 12, 8),
            left_arm=run_arm(12 if lifted == "right" else -22, -8),
        )

    return Scene(
        body("left"),
        body("right"),
        view=SIDE,
        arrows=(Arrow(path=((22, 3, 5), (22, 19, 5)), both_ways=True),),
    )


def _a_march() -> Scene:
    start = _stand(0)
    end = BodyPose(
        hip=(1.0, 54.9, 0),
        up=lean(2),
        right_leg=Limb(upper=leg_way(84), lower=leg_way(4), tip=leg_way(104)),
        left_leg=on_ball(3.5, -HIP_HALF, 30),
        right_arm=run_arm(-34, 8),
        left_arm=run_arm(34, -8),
    )
    return Scene(start, end, view=SIDE, arrows=(Arrow(path=((38, 38, 5), (38, 54, 5))),))


#: Exercise → its scene.
SCENES: Mapping[str, Callable[[], Scene]] = {
    "clamshell": _clamshell,
    "glute_bridge": _glute_bridge,
    "single_leg_bridge": _single_leg_bridge,
    "band_walk": _band_walk,
    "side_leg_raise": _side_leg_raise,
    "squat": _squat,
    "lunge": _lunge,
    "side_lunge": _side_lunge,
    "split_squat": _split_squat,
    "single_leg_deadlift": _single_leg_deadlift,
    "step_down": _step_down,
    "one_leg_balance": _one_leg_balance,
    "plank": _plank,
    "side_plank": _side_plank,
    "bird_dog": _bird_dog,
    "leg_lowering": _leg_lowering,
    "leg_swing_front": _leg_swing_front,
    "leg_swing_side": _leg_swing_side,
    "walking_lunge": _walking_lunge,
    "hip_circle": _hip_circle,
    "hip_flexor_stretch": _hip_flexor_stretch,
    "figure_four": _figure_four,
    "pigeon": _pigeon,
    "hamstring_stretch": _hamstring_stretch,
    "quad_stretch": _quad_stretch,
    "calf_stretch": _calf_stretch,
    "roll_hip_front": _roll_hip_front,
    "roll_seat": _roll_seat,
    "roll_thigh_front": _roll_thigh_front,
    "roll_thigh_side": _roll_thigh_side,
    "roll_hamstring": _roll_hamstring,
    "high_knees": _high_knees,
    "butt_kicks": _butt_kicks,
    "quick_feet": _quick_feet,
    "a_march": _a_march,
}
