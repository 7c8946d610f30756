"""Shapes follow sex, age, build, muscle and height, and the same body always has the same one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.synthetic.body.makehuman_shape import MakeHumanShape, makehuman_shape, target_shares
from gait.synthetic.run_spec import RunnerSpec

_RUNNER = RunnerSpec(body_family="makehuman")


def _girth(shape: MakeHumanShape, height: float) -> float:
    """Width times depth of the trunk at a share of the body's height, of a body 1 m tall."""
    skin = shape.skin / shape.height
    low = skin[:, 1].min()
    inside = (np.abs(skin[:, 1] - low - height) < 0.01) & (np.abs(skin[:, 2]) < 0.12)
    return float(np.ptp(skin[inside, 0]) * np.ptp(skin[inside, 2]))


def test_build_and_sex_change_the_trunk() -> None:
    lean, usual, heavy = (_girth(makehuman_shape(replace(_RUNNER, build=b)), 0.62) for b in (0.8, 1.0, 1.4))
    assert lean < usual < heavy
    man, woman = (makehuman_shape(replace(_RUNNER, sex=sex)) for sex in ("male", "female"))
    assert man.joints["r-shoulder"][2] / man.height > woman.joints["r-shoulder"][2] / woman.height


def test_the_same_body_always_has_the_same_shape() -> None:
    first, second = makehuman_shape(_RUNNER), makehuman_shape(replace(_RUNNER, cadence_spm=180.0))
    np.testing.assert_array_equal(first.points, second.points)
    other = makehuman_shape(replace(_RUNNER, leg_scale=1.01))
    assert np.abs(first.points - other.points).max() > 1e-4


@pytest.mark.parametrize("age", [16, 25, 40, 75])
def test_the_shares_of_descent_and_build_add_up(age: float) -> None:
    shares = target_shares(replace(_RUNNER, age_years=age, muscle=0.7, build=1.2))
    descent = sum(share for name, share in shares.items() if name.endswith(("-child", "-young", "-old")))
    build = sum(share for name, share in shares.items() if "universal" in name)
    assert descent == pytest.approx(1.0)
    assert build == pytest.approx(1.0)


def test_left_and_right_are_alike() -> None:
    joints = makehuman_shape(_RUNNER).joints
    np.testing.assert_allclose(joints["r-knee"], joints["l-knee"] * [1, 1, -1], atol=2e-3)
