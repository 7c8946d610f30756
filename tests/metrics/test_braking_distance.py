"""Heel ahead of the centre of mass at contact."""

from __future__ import annotations

import pytest

from gait.metrics.braking_distance import SPEC
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import (
    EXACT,
    RUNNERS,
    SIDE_CAMERA,
    SIDE_RUNS,
    assert_same_when_mirrored,
    assert_true_from_the_side,
    mean_value,
)


@pytest.mark.parametrize(("name", "facing"), SIDE_RUNS)
def test_value_is_that_of_the_geometry(name: str, facing: str) -> None:
    assert_true_from_the_side(SPEC, name, facing, tolerance=0.02)


def test_a_mirrored_run_has_the_same_value() -> None:
    assert_same_when_mirrored(SPEC)


def test_leaning_forwards_brings_the_body_closer_to_the_foot() -> None:
    upright, neutral = (filmed(RUNNERS[name], camera=SIDE_CAMERA, **EXACT) for name in ("backward", "neutral"))
    assert mean_value(SPEC, upright, "left") > mean_value(SPEC, neutral, "left") + 0.02
