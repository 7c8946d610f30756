"""In the rest pose the bones hang together and the body is symmetrical."""

from __future__ import annotations

import numpy as np

from gait.synthetic.body import BONES, rest_pose
from gait.synthetic.body_segments import skeleton_of
from gait.synthetic.run_spec import RunnerSpec

SKELETON = skeleton_of(RunnerSpec())


def test_every_bone_has_a_place_and_a_rotation() -> None:
    bones = rest_pose(SKELETON)
    assert set(bones.origin) == set(bones.rotation) == set(BONES)
    for rotation in bones.rotation.values():
        np.testing.assert_allclose(rotation[0] @ rotation[0].T, np.eye(3), atol=1e-12)


def test_segments_have_their_length_and_sides_mirror_each_other() -> None:
    origin = rest_pose(SKELETON).origin
    for start, end, length in (
        ("thigh", "shank", SKELETON.thigh),
        ("shank", "foot", SKELETON.shank),
        ("upper_arm", "forearm", SKELETON.upper_arm),
        ("forearm", "hand", SKELETON.forearm),
    ):
        for side in ("left", "right"):
            gap = origin[f"{side}_{end}"] - origin[f"{side}_{start}"]
            np.testing.assert_allclose(np.linalg.norm(gap), length)
        np.testing.assert_allclose(origin[f"left_{end}"] * [1, 1, -1], origin[f"right_{end}"], atol=1e-12)
