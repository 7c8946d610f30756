"""Rotations turn the way their docstrings say, and joints lie on the bones."""

from __future__ import annotations

import numpy as np

from gait.synthetic.body import rest_pose
from gait.synthetic.body_segments import JOINTS, skeleton_of
from gait.synthetic.bones import (
    joints_of,
    rotated,
    rotation_about_x,
    rotation_about_y,
    rotation_about_z,
    unit_vectors,
)
from gait.synthetic.run_spec import RunnerSpec

QUARTER = np.array([np.pi / 2])


def test_a_quarter_turn_takes_one_axis_to_another() -> None:
    right, forward = (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)
    np.testing.assert_allclose(rotated(rotation_about_x(QUARTER), right)[0], [0, -1, 0], atol=1e-12)
    np.testing.assert_allclose(rotated(rotation_about_y(QUARTER), right)[0], [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(rotated(rotation_about_z(QUARTER), forward)[0], [0, 1, 0], atol=1e-12)


def test_unit_vectors_have_length_1() -> None:
    vectors = np.random.default_rng(1).normal(size=(4, 5, 3))
    np.testing.assert_allclose(np.linalg.norm(unit_vectors(vectors), axis=-1), 1.0)


def test_joints_are_where_the_bones_meet() -> None:
    skeleton = skeleton_of(RunnerSpec())
    bones = rest_pose(skeleton)
    joints = dict(zip(JOINTS, joints_of(bones, skeleton)[0], strict=True))
    np.testing.assert_array_equal(joints["left_knee"], bones.origin["left_shank"][0])
    np.testing.assert_array_equal(joints["right_elbow"], bones.origin["right_forearm"][0])
    for name in JOINTS:
        if name.startswith("left_"):
            mirror = joints[name] * [1, 1, -1]
            np.testing.assert_allclose(mirror, joints[name.replace("left", "right")], atol=1e-12)
    assert joints["nose"][0] > joints["left_ear"][0]
