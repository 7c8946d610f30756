"""Legs are mirror images of each other and hold their joints."""

from __future__ import annotations

import numpy as np

from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.body_proportions import proportions_of
from gait.synthetic.body.leg import leg_solid
from gait.synthetic.run_spec import RunnerSpec
from tests.synthetic.body.parts import assert_mirror_images, points_around


def test_left_and_right_are_mirror_images(body: BareBody) -> None:
    points = points_around(body.proportions.point("left_shank"), 0.5)
    assert_mirror_images(leg_solid(body.proportions, "left"), leg_solid(body.proportions, "right"), points)


def test_hip_knee_and_ankle_lie_inside(body: BareBody) -> None:
    joints = np.array([body.proportions.point(f"right_{bone}") for bone in ("thigh", "shank", "foot")])
    assert (leg_solid(body.proportions, "right")(joints) < -0.01).all()


def test_between_the_thighs_of_a_lean_runner_there_is_air() -> None:
    lean = proportions_of(RunnerSpec())
    middle = np.array([[0.0, -share * lean.skeleton.thigh, 0.0] for share in (0.3, 0.6, 1.0)])
    assert (leg_solid(lean, "left")(middle) > 0.015).all()
