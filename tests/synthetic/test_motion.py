"""What all motions share: the phase, and a trunk and arms that go with it."""

from __future__ import annotations

import numpy as np
import pytest

from gait.errors import InputError
from gait.synthetic.body import BONES
from gait.synthetic.body_segments import JOINTS
from tests.synthetic.drawing import neutral_run


def test_the_phase_counts_strides_from_right_contacts() -> None:
    motion = neutral_run()
    phase = motion.phase(motion.steps.contact)
    np.testing.assert_allclose(phase[motion.steps.right] % 1, 0, atol=1e-9)
    np.testing.assert_allclose(phase[~motion.steps.right] % 1, 0.5, atol=1e-9)


def test_every_bone_and_joint_is_placed_at_every_time() -> None:
    motion, times = neutral_run(), np.linspace(0, 1, 30)
    bones, joints = motion.bones(times), motion.joints(times)
    assert set(bones.rotation) == set(BONES)
    # The ankle of the shank lies off that of the shoe as the heel rises.
    assert set(bones.origin) == {*BONES, "left_ankle", "right_ankle"}
    assert joints.shape == (30, len(JOINTS), 3)
    assert np.isfinite(joints).all()
    for rotation in bones.rotation.values():
        np.testing.assert_allclose(rotation @ rotation.swapaxes(1, 2), np.tile(np.eye(3), (30, 1, 1)), atol=1e-9)


def test_arms_swing_against_the_legs() -> None:
    motion = neutral_run()
    at = motion.steps.contact[motion.steps.right & (motion.steps.contact > 0) & (motion.steps.contact < 1)]
    joints = motion.joints(at)
    left, right = (joints[:, JOINTS.index(f"{side}_wrist"), 0] for side in ("left", "right"))
    assert (left > right).all()


def test_times_outside_the_plan_are_refused() -> None:
    with pytest.raises(InputError, match="choose a time inside the clip"):
        neutral_run().bones(np.array([-60.0]))
