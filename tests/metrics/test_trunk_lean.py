"""Forward lean of the trunk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.metrics.trunk_lean import SPEC
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import (
    EXACT,
    RUNNERS,
    SIDE_CAMERA,
    SIDE_RUNS,
    assert_same_when_mirrored,
    assert_true_from_the_side,
    assert_unchanged_by_known_roll,
    mean_value,
    value_of_posture,
)


@pytest.mark.parametrize(("name", "facing"), SIDE_RUNS)
def test_value_is_that_of_the_geometry(name: str, facing: str) -> None:
    assert_true_from_the_side(SPEC, name, facing, tolerance=0.7)


def test_a_mirrored_run_has_the_same_value() -> None:
    assert_same_when_mirrored(SPEC)


def test_sign_and_size_of_a_posture_drawn_by_hand() -> None:
    assert value_of_posture(SPEC) == pytest.approx(np.degrees(np.arctan2(10, 50)))


def test_a_rolled_camera_whose_roll_is_known_changes_nothing() -> None:
    assert_unchanged_by_known_roll(SPEC, tolerance=0.15)


@pytest.mark.parametrize("roll", [-3.0, 4.0])
def test_an_unknown_roll_of_the_camera_is_added_to_the_lean(roll: float) -> None:
    level = filmed(RUNNERS["neutral"], camera=SIDE_CAMERA, **EXACT)
    rolled = filmed(RUNNERS["neutral"], camera=replace(SIDE_CAMERA, roll_deg=roll), **EXACT)
    added = mean_value(SPEC, rolled, "left") - mean_value(SPEC, level, "left")
    assert abs(added) == pytest.approx(abs(roll), abs=0.3)
