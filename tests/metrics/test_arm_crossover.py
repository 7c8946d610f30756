"""How far each wrist crosses the midline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.metrics.arm_crossover import SPEC, measure_arm_crossover
from gait.metrics.camera_skew import SKEW_ATTRIBUTE, measure_camera_skew
from gait.synthetic import presets
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import EXACT, FRONT_CAMERA, mean_value, tracks_of


@pytest.mark.parametrize("crossover", [(0.25, -0.15), (-0.15, 0.25), (0.10, 0.10), (-0.30, -0.30)])
def test_each_arm_has_its_own_crossing(crossover: tuple[float, float]) -> None:
    run = filmed(presets.arms_crossing(arm_crossover=crossover), camera=FRONT_CAMERA, **EXACT)
    for side, expected in zip(("left", "right"), crossover, strict=True):
        assert mean_value(SPEC, run, side) == pytest.approx(expected, abs=0.03)


def test_a_leaning_runner_or_camera_does_not_move_the_midline() -> None:
    level = filmed(presets.arms_crossing(), camera=FRONT_CAMERA, **EXACT)
    rolled = filmed(presets.arms_crossing(), camera=replace(FRONT_CAMERA, roll_deg=4), **EXACT)
    for side in ("left", "right"):
        assert mean_value(SPEC, rolled, side) == pytest.approx(mean_value(SPEC, level, side), abs=0.05)


def test_one_contact_is_no_stride() -> None:
    run = filmed(presets.arms_crossing(), camera=FRONT_CAMERA, **EXACT)
    assert np.isnan(measure_arm_crossover(tracks_of(run), "left", np.array([1.0]), np.array([1.2]))).all()


def test_the_skew_of_the_camera_is_corrected() -> None:
    runner = presets.arms_crossing(arm_crossover=(0.1, 0.1))
    for yaw in (-6.0, 6.0):
        run = filmed(runner, camera=replace(FRONT_CAMERA, yaw_deg=yaw), **EXACT)
        tracks = tracks_of(run)
        stances = {side: run.stances(side) for side in ("left", "right")}
        skewed = [mean_value(SPEC, run, side, tracks) for side in stances]
        tracks.pose.attrs[SKEW_ATTRIBUTE] = measure_camera_skew(tracks, stances, 1.0)
        corrected = [mean_value(SPEC, run, side, tracks) for side in stances]
        tracks.pose.attrs.pop(SKEW_ATTRIBUTE)
        assert abs(skewed[0] - skewed[1]) > 0.1
        assert abs(corrected[0] - corrected[1]) < 0.5 * abs(skewed[0] - skewed[1])
