"""Arms are mirror images of each other and reach from the shoulder to the fingers."""

from __future__ import annotations

import numpy as np

from gait.synthetic.body.arm import arm_solid, point_on_upper_arm
from gait.synthetic.body.bare_body import BareBody
from tests.synthetic.body.parts import assert_mirror_images, points_around


def test_left_and_right_are_mirror_images(body: BareBody) -> None:
    points = points_around(body.proportions.point("left_forearm"), 0.35)
    assert_mirror_images(arm_solid(body.proportions, "left"), arm_solid(body.proportions, "right"), points)


def test_the_joints_lie_inside_and_the_trunk_does_not(body: BareBody) -> None:
    arm = arm_solid(body.proportions, "right")
    joints = np.array([body.proportions.point(f"right_{bone}") for bone in ("upper_arm", "forearm", "hand")])
    assert (arm(joints) < -0.005).all()
    assert (arm(np.array([[0.0, 0.0, 0.0], [0.0, 0.3, 0.0]])) > 0.05).all()


def test_a_point_on_the_upper_arm_lies_between_shoulder_and_elbow(body: BareBody) -> None:
    shoulder, elbow = body.proportions.point("left_upper_arm"), body.proportions.point("left_forearm")
    np.testing.assert_allclose(point_on_upper_arm(body.proportions, "left", 0.25), 0.75 * shoulder + 0.25 * elbow)
