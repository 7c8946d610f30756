"""Changes as text."""

from __future__ import annotations

import pytest

from gait.findings.knowledge_records import DisplayFormat
from gait.history import change_text
from gait.history.measurement_change import ValueChange

DEGREES = DisplayFormat(unit="°", decimals=1)


@pytest.mark.parametrize(("value", "text"), [(1.24, "+1.2"), (-1.24, "−1.2"), (0.0, "0.0"), (0.04, "0.0")])
def test_a_difference_has_its_sign_unless_it_is_zero(value: float, text: str) -> None:
    assert change_text.signed_text(value, DEGREES) == text


def test_an_interval_of_a_difference_has_both_signs() -> None:
    assert change_text.signed_interval_text((-1.2, 3.4), DEGREES) == "−1.2 to +3.4"


def test_units_follow_numbers_as_people_write_them() -> None:
    assert change_text.short_unit_text(DEGREES) == "°"
    assert change_text.short_unit_text(DisplayFormat(unit="cm", decimals=1)) == " cm"


def test_the_threshold_is_named_where_one_is_published() -> None:
    change = ValueChange(1.0, (0.0, 2.0), 4.8, "within noise")
    assert change_text.threshold_text(change, DEGREES) == "detectable from 4.8°"
    assert change_text.threshold_text(ValueChange(1.0, (0.0, 2.0), None, "within noise"), DEGREES) == ""


def test_two_runners_differ_and_one_changes() -> None:
    assert change_text.verdict_text("changed") == "really changed"
    assert change_text.verdict_text("changed", same_runner=False) == "really different"


def test_a_metric_of_another_version_still_has_a_name_and_a_display() -> None:
    assert change_text.metric_entry("gone_metric") is None
    assert "one metric" in change_text.metric_name("gone_metric")
    assert change_text.metric_display("gone_metric", "widgets") == DisplayFormat(unit="widgets", decimals=2)
    assert change_text.short_metric_name("tibia_angle_asymmetry").endswith("L−R")
