"""Deepest bend of the knee in stance."""

from __future__ import annotations

import pytest

from gait.metrics.knee_flexion_stance import SPEC
from tests.metrics.exact_runs import SIDE_RUNS, assert_same_when_mirrored, assert_true_from_the_side


@pytest.mark.parametrize(("name", "facing"), SIDE_RUNS)
def test_value_is_that_of_the_geometry(name: str, facing: str) -> None:
    assert_true_from_the_side(SPEC, name, facing, tolerance=1.5)


def test_a_mirrored_run_has_the_same_value() -> None:
    assert_same_when_mirrored(SPEC)
