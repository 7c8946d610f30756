"""Rise and fall of the centre of mass."""

from __future__ import annotations

import numpy as np
import pytest

from gait.metrics.vertical_oscillation import SPEC, measure_vertical_oscillation
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import SIDE_RUNS, assert_same_when_mirrored, assert_true_from_the_side, tracks_of


@pytest.mark.parametrize(("name", "facing"), SIDE_RUNS)
def test_value_is_that_of_the_geometry(name: str, facing: str) -> None:
    assert_true_from_the_side(SPEC, name, facing, tolerance=0.8)


def test_a_mirrored_run_has_the_same_value() -> None:
    assert_same_when_mirrored(SPEC)


def test_without_a_scale_it_is_unknown() -> None:
    run = filmed(noise_px=0)
    assert np.isnan(measure_vertical_oscillation(tracks_of(run), "left", *run.stances("left"))).all()
