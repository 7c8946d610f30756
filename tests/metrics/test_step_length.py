"""Length of steps from speed and step time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gait.metrics.running_speed import GIVEN_SPEED_SD
from gait.metrics.step_length import SPEC, measure_step_length
from gait.records import Measurement, Runner, View
from gait.synthetic import CameraSpec
from tests.filmed_joints import Run, analyze_once, filmed


def test_length_is_speed_times_step_time() -> None:
    lengths = measure_step_length(pd.DataFrame({"step_time": [350.0, np.nan, 400.0]}), 3.0)
    np.testing.assert_allclose(lengths, [105.0, np.nan, 120.0])


def step_length(run: Run, **runner: float) -> Measurement:
    made = analyze_once(run.pose, runner=Runner(**runner), corrected=False)
    (measured,) = (m for m in made.measurements if m.key == SPEC.key)
    return measured


def test_the_given_speed_comes_before_that_of_the_belt() -> None:
    run = filmed()
    true, speed = run.metrics["step_length"]["value"], run.motion.runner.speed_mps
    given = step_length(run, speed_mps=speed, height_m=run.motion.runner.height_m)
    assert given.value == pytest.approx(true, rel=0.01)
    assert given.method == f"at the given speed, {3.6 * speed:.1f} km/h"
    by_belt = step_length(run, height_m=run.motion.runner.height_m)
    assert by_belt.value == pytest.approx(true, rel=0.08)
    assert by_belt.method is not None
    assert by_belt.method.startswith("at the belt's measured speed, ")


def test_it_is_real_time_that_counts_in_slow_motion() -> None:
    run = filmed(slow=4.0, fps=120)
    speed = run.motion.runner.speed_mps
    assert step_length(run, speed_mps=speed).value == pytest.approx(run.metrics["step_length"]["value"], rel=0.01)


def test_without_speed_and_scale_it_is_refused_with_the_remedy() -> None:
    refused = step_length(filmed())
    assert (refused.value, refused.reason_code, refused.method) == (None, "speed_missing", None)
    assert "give it, or film the side and give the height" in str(refused.reason)


def test_from_behind_a_given_speed_is_enough_and_a_height_is_not() -> None:
    run = filmed(camera=CameraSpec(view="rear"))
    speed = run.motion.runner.speed_mps
    assert step_length(run, speed_mps=speed).value == pytest.approx(run.metrics["step_length"]["value"], rel=0.01)
    assert step_length(run, height_m=1.76).reason_code == "speed_missing"


@pytest.mark.parametrize("view", ["side", "rear"])
def test_with_a_given_speed_its_error_is_that_of_the_display(view: View) -> None:
    run = filmed(camera=CameraSpec(view=view))
    made = analyze_once(run.pose, runner=Runner(height_m=1.76, speed_mps=run.motion.runner.speed_mps))
    (measured,) = (m for m in made.measurements if m.key == SPEC.key)
    assert measured.interval is not None
    assert measured.value is not None
    half_width = (measured.interval[1] - measured.interval[0]) / 2
    assert half_width == pytest.approx(1.96 * GIVEN_SPEED_SD * measured.value, rel=0.1)
    assert measured.interval[0] < run.metrics["step_length"]["value"] < measured.interval[1]
