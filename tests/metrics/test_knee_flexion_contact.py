"""Bend of the knee at contact."""

from __future__ import annotations

import numpy as np
import pytest

from gait.metrics.knee_flexion_contact import SPEC
from tests.metrics.exact_runs import SIDE_RUNS, assert_same_when_mirrored, assert_true_from_the_side, value_of_posture


@pytest.mark.parametrize(("name", "facing"), SIDE_RUNS)
def test_value_is_that_of_the_geometry(name: str, facing: str) -> None:
    assert_true_from_the_side(SPEC, name, facing, tolerance=1.5)


def test_a_mirrored_run_has_the_same_value() -> None:
    assert_same_when_mirrored(SPEC)


def test_sign_and_size_of_a_posture_drawn_by_hand() -> None:
    assert value_of_posture(SPEC) == pytest.approx(np.degrees(np.arctan2(20, 45)) - np.degrees(np.arctan2(10, 45)))
