"""What a spec says in words is what it holds in numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gait.metrics.metric_spec import missing_keypoints
from gait.metrics.register import METRIC_BY_KEY, METRICS

OVERSTRIDE = METRIC_BY_KEY["overstride"]


@pytest.mark.parametrize(
    ("weight", "words"), [(0.5, "is moved by 50 % towards"), (0.3, "is moved by 30 % towards"), (1.0, "is replaced by")]
)
def test_the_estimator_names_the_blend(weight: float, words: str) -> None:
    assert words in replace(OVERSTRIDE, blend_weight=weight).estimator[0]


def test_without_a_blend_none_is_named() -> None:
    (only,) = replace(OVERSTRIDE, blend_weight=0.0).estimator
    assert "Half of the mean error" in only


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


def test_from_event_times_nothing_is_subtracted() -> None:
    for key in ("cadence", "contact_time", "flight_time", "duty_factor"):
        assert METRIC_BY_KEY[key].estimator[-1].startswith("Nothing is subtracted")


def test_missing_keypoints_are_named_with_a_remedy() -> None:
    whole = {f"{side}_{joint}" for side in ("left", "right") for joint in OVERSTRIDE.keypoints}
    assert missing_keypoints(OVERSTRIDE, whole) is None
    reason = missing_keypoints(OVERSTRIDE, whole - {"left_heel"})
    assert reason is not None
    assert reason.startswith("these poses lack left_heel, right_heel: ")
