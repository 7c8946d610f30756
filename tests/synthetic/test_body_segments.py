"""Segment lengths follow height, sex and scales."""

from __future__ import annotations

import pytest

from gait.synthetic.body_segments import SEGMENT_MASS, skeleton_of
from gait.synthetic.run_spec import RunnerSpec


def test_longer_legs_leave_a_shorter_trunk() -> None:
    usual, long = skeleton_of(RunnerSpec()), skeleton_of(RunnerSpec(leg_scale=1.05))
    assert long.leg == pytest.approx(1.05 * usual.leg)
    assert long.leg + long.trunk == pytest.approx(usual.leg + usual.trunk)


def test_women_have_wider_hips_and_narrower_shoulders() -> None:
    man, woman = (skeleton_of(RunnerSpec(sex=sex)) for sex in ("male", "female"))  # type: ignore[arg-type]
    assert woman.hip_width > man.hip_width
    assert woman.shoulder_width < man.shoulder_width


def test_segments_add_up_to_the_whole_body() -> None:
    paired = ("thigh", "shank", "foot", "upper_arm", "forearm", "hand")
    total = sum(mass * (2 if name in paired else 1) for name, mass in SEGMENT_MASS.items())
    assert total == pytest.approx(1.0, abs=0.01)


def test_the_sole_reaches_from_heel_to_tip() -> None:
    k = skeleton_of(RunnerSpec())
    assert k.pivot_back < k.heel_back
    assert k.ball < k.toe < k.tip
