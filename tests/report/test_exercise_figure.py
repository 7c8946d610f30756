from __future__ import annotations

import math
import re

import pytest

from gait.report.exercise_figure import (
    FOREARM,
    SHANK,
    THIGH,
    TRUNK,
    UPPER_ARM,
    BodyPose,
    CameraView,
    Circle,
    Limb,
    across,
    add,
    dot,
    figure_parts,
    grid,
    hull_path,
    joints,
    scale,
    two_bones,
    unit,
)

STANDING = BodyPose((0, 53, 0), Limb(), Limb(), Limb(), Limb())


def test_vectors() -> None:
    assert add((1, 2, 3), (1, 0, 0), (0, -2, 1)) == (2, 0, 4)
    assert scale((1, -2, 0), 2) == (2, -4, 0)
    assert dot((1, 2, 3), (3, 2, 1)) == 10
    assert unit((0, 3, 4)) == pytest.approx((0, 0.6, 0.8))
    assert across((5, 3, 0), (1, 0, 0)) == pytest.approx((0, 1, 0))


def test_proportions_are_those_of_a_person() -> None:
    at = joints(STANDING)
    # Winter 2009: hip at 0.530, knee at 0.285, ankle at 0.039, shoulder at 0.818 of the height.
    assert at["right_knee"][1] == pytest.approx(28.5, abs=0.1)
    assert at["right_ankle"][1] == pytest.approx(3.9, abs=0.1)
    assert at["shoulder"][1] == pytest.approx(81.8, abs=0.1)
    balls = [ball for part in figure_parts(STANDING, (0, 0, 1)) for hull in part.hulls for ball in hull]
    assert min(ball.center[1] - ball.radius for ball in balls) == pytest.approx(0, abs=0.3)
    assert max(ball.center[1] + ball.radius for ball in balls) == pytest.approx(100, abs=1)


def test_the_right_side_is_near_when_the_figure_faces_right() -> None:
    at = joints(STANDING)
    assert at["right_hip"][2] > 0 > at["left_hip"][2]
    assert at["right_toe"][0] > at["right_heel"][0]


@pytest.mark.parametrize("end", [(20.0, 10.0, 0.0), (5.0, -40.0, 6.0), (0.0, -49.1, 0.0)])
def test_two_bones_keep_their_length_and_bend_the_way_that_is_asked(end: tuple[float, float, float]) -> None:
    knee, ankle = two_bones((0, 0, 0), end, (1, 0, 0.2), THIGH, SHANK)
    assert math.dist((0, 0, 0), knee) == pytest.approx(THIGH)
    assert math.dist(knee, ankle) == pytest.approx(SHANK)
    assert math.dist(ankle, end) < 0.01
    assert dot(knee, across((1, 0, 0.2), unit(end))) >= 0


def test_a_target_out_of_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot reach over 60"):
        two_bones((0, 0, 0), (60, 0, 0), (0, 1, 0), THIGH, SHANK)


def test_bones_keep_their_length_whatever_the_limb() -> None:
    arm = Limb(end=(20, 70, 12), bend=(-1, 0, 0))
    pose = BodyPose(
        (0, 40, 0), Limb(upper=(1, 0, 0.3)), Limb(end=(-20, 12, -5)), arm, Limb(upper=(1, 1, 1)), up=(1, 1, 0)
    )
    at = joints(pose)
    for side in ("right", "left"):
        for a, b, length in (
            ("hip", "knee", THIGH),
            ("knee", "ankle", SHANK),
            ("shoulder", "elbow", UPPER_ARM),
            ("elbow", "wrist", FOREARM),
        ):
            assert math.dist(at[f"{side}_{a}"], at[f"{side}_{b}"]) == pytest.approx(length, abs=0.01)
    assert math.dist(at["hip"], at["shoulder"]) == pytest.approx(TRUNK)


def test_parts_come_from_far_to_near() -> None:
    names = [part.name for part in figure_parts(STANDING, (0, 0, 1))]
    assert names.index("left_arm") < names.index("left_leg") < names.index("thorax")
    assert names.index("thorax") < names.index("right_leg") < names.index("right_arm")
    fills = {part.name: part.fill for part in figure_parts(STANDING, (0, 0, 1))}
    assert (fills["left_leg"], fills["right_leg"]) == ("far", "leg")


def test_a_camera_from_the_front_sees_what_is_ahead_in_the_middle() -> None:
    front = CameraView(yaw=90, pitch=0)
    assert front.project((10, 0, 0)) == pytest.approx((0, 0))
    assert front.project((0, 7, 0)) == pytest.approx((0, -7))
    assert front.project((0, 0, 5)) == pytest.approx((-5, 0))


def outline(path: str) -> list[tuple[float, float]]:
    """The points through which a path of `hull_path` goes."""
    x = y = 0.0
    points = []
    for command, text in re.findall(r"([Mla])([^Mlaz]*)", path):
        numbers = [float(n) for n in re.findall(r"-?\d+", text)]
        if command == "M":
            x, y = numbers
        else:
            x, y = x + numbers[-2], y + numbers[-1]
        points.append((x, y))
    return points


@pytest.mark.parametrize(
    "circles",
    [
        [(0, 0, 4), (20, 0, 3)],
        [(0, 0, 4), (20, 5, 3), (8, 30, 6)],
        [(0, 0, 10), (2, 2, 3), (30, 0, 1)],
    ],
)
def test_a_hull_touches_the_outer_circles_and_leaves_none_outside(circles: list[Circle]) -> None:
    points = [(x / 10, y / 10) for x, y in outline(hull_path(circles))]
    for px, py in points:
        assert min(abs(math.hypot(px - x, py - y) - r) for x, y, r in circles) < 0.15
    for step in range(36):
        nx, ny = math.cos(step / 36 * math.tau), math.sin(step / 36 * math.tau)
        farthest = max(x * nx + y * ny + r for x, y, r in circles)
        assert max(px * nx + py * ny for px, py in points) < farthest + 0.15


def test_one_circle_that_covers_the_others_is_the_hull() -> None:
    assert hull_path([(1, 2, 5), (1, 1, 2)]) == "M-40 20a50 50 0 1 1 100 0a50 50 0 1 1-100 0z"


def test_the_grid_is_whole() -> None:
    assert grid(1.26) == 13
