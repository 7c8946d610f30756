"""Loose parts lag behind the bones and stay near them."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body.cloth_swing import ANCHORS, swing_of
from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import solve
from gait.synthetic.presets import neutral


@pytest.fixture(scope="module")
def motion() -> Motion:
    """Return an ordinary motion."""
    return solve(neutral(), 4.0, seed=1)


def test_cloth_swings_by_centimetres_and_stays_near(motion: Motion) -> None:
    swing = swing_of(motion, np.linspace(1.0, 2.0, 120))
    assert swing.shape == (120, len(ANCHORS), 3)
    reach = np.linalg.norm(swing, axis=2).max(axis=0)
    assert (reach < 0.036).all()
    assert (reach > 0.004).all()


def test_it_lags_behind_the_thigh(motion: Motion) -> None:
    times = np.linspace(1.0, 3.0, 480)
    bones = motion.bones(times)
    forward = bones.origin["left_thigh"][:, 0] - 0.12 * motion.skeleton.height * bones.rotation["left_thigh"][:, 0, 1]
    speed = np.gradient(forward, times)
    way = swing_of(motion, times)[:, ANCHORS.index("left_leg"), 0]
    assert np.corrcoef(speed, way)[0, 1] < -0.2


def test_the_same_moment_gives_the_same_swing_in_any_clip(motion: Motion) -> None:
    whole = swing_of(motion, np.linspace(1.0, 3.0, 121))
    part = swing_of(motion, np.linspace(2.0, 3.0, 61))
    np.testing.assert_allclose(whole[60:], part, atol=0.006)
