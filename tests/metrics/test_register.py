"""From a metric's key to its definition, code, band, sources and test in two hops."""

from __future__ import annotations

import inspect
import math
from dataclasses import replace

import pytest

from gait.findings.knowledge_loader import load_knowledge
from gait.metrics.drift import DRIFT_METRICS
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.register import METRIC_BY_KEY, METRICS, metrics_resting_on
from tests.conftest import REPOSITORY
from tests.documents import script

MAKE = script(REPOSITORY / "docs" / "make_metrics.py")
SPECS = [*METRICS, *DRIFT_METRICS]


def test_the_order_of_reports_stays() -> None:
    assert " ".join(METRIC_BY_KEY) == (
        "cadence overstride tibia_angle foot_strike_angle knee_flexion_contact knee_flexion_stance trunk_lean "
        "hip_extension foot_pickup contact_time flight_time duty_factor vertical_oscillation pelvic_drop "
        "pelvic_drop_midstance step_width knee_window lateral_trunk_lean arm_crossover arm_swing_lateral "
        "step_length vertical_ratio braking_distance knee_drive knee_flexion_swing elbow_flexion head_posture"
    )


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)
def test_definition_code_band_sources_and_test_are_two_hops_away(spec: MetricSpec) -> None:
    location = MAKE.locate(spec)
    assert "MISSING" not in str(location)
    assert spec.key in (REPOSITORY / location.test).read_text(encoding="utf-8")


def test_the_locations_are_printed_for_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert MAKE.main(["--where"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line for line in printed if not line.startswith(" ")] == [spec.key for spec in SPECS]


def test_a_missing_part_is_reported() -> None:
    stray = replace(METRIC_BY_KEY["overstride"], key="understride", definition="", sources=("nobody2020",))
    printed = str(MAKE.locate(stray))
    for part in ("definition MISSING", "band       MISSING", "test       MISSING", "nobody2020", "understride.py"):
        assert part in printed


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)
def test_a_spec_has_one_function_of_its_own_module(spec: MetricSpec) -> None:
    of_steps = (spec.measure, spec.measure_times, spec.measure_with_speed)
    functions = [f for f in (*of_steps, spec.measure_clip, spec.measure_run) if f is not None]
    assert functions == [spec.function]
    assert inspect.getdoc(spec.function)


def test_what_metrics_rest_on() -> None:
    assert metrics_resting_on("event_times") == ("contact_time", "flight_time", "duty_factor")
    assert metrics_resting_on("pelvis_tilt") == ("pelvic_drop", "pelvic_drop_midstance")
    assert metrics_resting_on("shoe_motion") == ("foot_strike_angle",)
    assert set(metrics_resting_on("knee_keypoint")) < set(metrics_resting_on("leg_keypoints"))


def test_specs_and_findings_name_the_same_metrics() -> None:
    assert {spec.key for spec in SPECS} == set(load_knowledge().metrics)


def test_a_metric_from_keypoints_has_a_limit_to_its_method_error() -> None:
    for spec in METRICS:
        assert (spec.measure_clip is not None) == math.isinf(spec.max_method_error_sd), spec.key
