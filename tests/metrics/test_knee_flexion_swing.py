"""Deepest bend of the knee in swing."""

from __future__ import annotations

import numpy as np
import pytest

from gait.metrics.knee_flexion_swing import SPEC, measure_knee_flexion_swing
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import (
    SIDE_RUNS,
    assert_same_when_mirrored,
    assert_true_from_the_side,
    scaled_tracks_of,
)


@pytest.mark.parametrize(("name", "facing"), SIDE_RUNS)
def test_value_is_that_of_the_geometry(name: str, facing: str) -> None:
    assert_true_from_the_side(SPEC, name, facing, tolerance=2.0)


def test_a_mirrored_run_has_the_same_value() -> None:
    assert_same_when_mirrored(SPEC)


def test_a_swing_that_leaves_the_clip_has_no_value() -> None:
    run = filmed(noise_px=0, seconds=5.0, solved_s=5.0)
    contact, toe_off = run.stances("left")
    values = measure_knee_flexion_swing(scaled_tracks_of(run), "left", contact, toe_off)
    stride = float(np.median(np.diff(contact)))
    assert (np.isfinite(values) == (contact + stride <= run.pose.time.values[-1])).all()


def test_one_step_is_no_stride() -> None:
    run = filmed(noise_px=0, seconds=5.0, solved_s=5.0)
    assert np.isnan(measure_knee_flexion_swing(scaled_tracks_of(run), "left", np.array([1.0]), np.array([1.2]))).all()
