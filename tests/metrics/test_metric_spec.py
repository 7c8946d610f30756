"""What a spec says in words is what it holds in numbers."""

from __future__ import annotations

from gait.metrics.metric_spec import missing_keypoints
from gait.metrics.register import METRIC_BY_KEY, METRICS

OVERSTRIDE = METRIC_BY_KEY["overstride"]


def test_the_estimator_is_the_formula_on_corrected_keypoints() -> None:
    (only,) = OVERSTRIDE.estimator
    assert "corrected keypoints" in only
    assert "Nothing is subtracted from the value" in only


def test_a_correction_is_named_first() -> None:
    corrected = {spec.key for spec in METRICS if spec.correction}
    assert corrected == {
        "foot_strike_angle",
        "pelvic_drop",
        "pelvic_drop_midstance",
        "arm_crossover",
        "arm_swing_lateral",
    }
    for key in corrected:
        assert METRIC_BY_KEY[key].estimator[0] == METRIC_BY_KEY[key].correction


def test_times_come_from_events_alone() -> None:
    for key in ("cadence", "contact_time", "flight_time", "duty_factor"):
        assert METRIC_BY_KEY[key].estimator[-1].startswith("From the times of events alone")


def test_missing_keypoints_are_named_with_a_remedy() -> None:
    whole = {f"{side}_{joint}" for side in ("left", "right") for joint in OVERSTRIDE.keypoints}
    assert missing_keypoints(OVERSTRIDE, whole) is None
    reason = missing_keypoints(OVERSTRIDE, whole - {"left_heel"})
    assert reason is not None
    assert reason.startswith("these poses lack left_heel, right_heel: ")
