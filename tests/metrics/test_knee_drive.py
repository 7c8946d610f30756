"""Thigh farthest forwards in swing."""

from __future__ import annotations

import numpy as np
import pytest

from gait.metrics.knee_drive import SPEC, measure_knee_drive
from gait.metrics.leg_angles import thigh_angle
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
    values = measure_knee_drive(scaled_tracks_of(run), "left", contact, toe_off)
    stride = float(np.median(np.diff(contact)))
    assert (np.isfinite(values) == (contact + stride <= run.pose.time.values[-1])).all()


def test_one_step_is_no_stride() -> None:
    run = filmed(noise_px=0, seconds=5.0, solved_s=5.0)
    assert np.isnan(measure_knee_drive(scaled_tracks_of(run), "left", np.array([1.0]), np.array([1.2]))).all()


def test_sign_of_the_thigh() -> None:
    run = filmed(noise_px=0, seconds=5.0, solved_s=5.0)
    contact, toe_off = run.stances("right")
    tracks = scaled_tracks_of(run)
    assert (thigh_angle(tracks, "right", contact) > 5).all()
    assert (thigh_angle(tracks, "right", toe_off) < -5).all()
    assert thigh_angle(tracks, "right", np.zeros((2, 3))).shape == (2, 3)
