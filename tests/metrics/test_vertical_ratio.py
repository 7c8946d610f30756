"""Rise and fall as a share of the step's length."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gait.analysis.view_analysis import analyze_pose
from gait.metrics.vertical_ratio import SPEC, measure_vertical_ratio
from gait.records import Measurement, Runner
from gait.synthetic import CameraSpec
from tests.filmed_joints import Run, filmed


def test_the_ratio_is_taken_step_by_step() -> None:
    steps = pd.DataFrame({"step_time": [400.0, 400.0, np.nan], "vertical_oscillation": [6.0, np.nan, 6.0]})
    np.testing.assert_allclose(measure_vertical_ratio(steps, 2.5), [6.0, np.nan, np.nan])
    assert np.isnan(measure_vertical_ratio(steps[["step_time"]], 2.5)).all()


def vertical_ratio(run: Run, **runner: float) -> Measurement:
    made = analyze_pose(run.pose, runner=Runner(**runner), corrected=False)
    (measured,) = (m for m in made.measurements if m.key == SPEC.key)
    return measured


def test_value_is_that_of_the_geometry() -> None:
    run = filmed()
    runner = run.motion.runner
    measured = vertical_ratio(run, speed_mps=runner.speed_mps, height_m=runner.height_m)
    assert measured.value == pytest.approx(run.metrics["vertical_ratio"]["value"], rel=0.12)
    assert measured.method is not None


def test_it_needs_a_scale_even_at_a_given_speed() -> None:
    assert vertical_ratio(filmed(), speed_mps=3.0).reason_code == "height_missing"


def test_from_behind_it_is_not_visible() -> None:
    behind = filmed(camera=CameraSpec(view="rear"))
    assert vertical_ratio(behind, speed_mps=3.0, height_m=1.76).reason_code == "not_visible"
