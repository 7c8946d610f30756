"""Values, intervals and limits as text."""

from __future__ import annotations

import pytest

from gait.display_units import number_text, show_in
from gait.findings.bands import Limits
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import DisplayFormat
from gait.findings.value_text import (
    display_format,
    in_shown_units,
    interval_text,
    leg_length_m,
    length_text,
    limits_text,
    range_basis_text,
    runner_speed_text,
    value_text,
)
from gait.records import Runner
from tests.fake_sessions import measured

PERCENT = DisplayFormat("% of leg length", scale=100.0, decimals=0, length="leg")
DEGREES = DisplayFormat("°")


@pytest.mark.parametrize(
    ("value", "decimals", "text"), [(-0.04, 1, "0.0"), (-3.25, 1, "−3.2"), (12.0, 0, "12"), (0.0, 0, "0")]
)
def test_numbers_have_a_true_minus_sign_and_no_negative_zero(value: float, decimals: int, text: str) -> None:
    assert number_text(value, decimals) == text


def test_values_have_their_unit() -> None:
    assert value_text(0.274, PERCENT) == "27 % of leg length"
    assert value_text(-4.0, DEGREES) == "−4.0°"
    assert interval_text((0.25, 0.29), PERCENT) == "25 to 29"


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        (Limits(0.21, 0.29), "21 to 29"),
        (Limits(None, 0.55), "at most 55"),
        (Limits(0.147, None), "at least 15"),
        (Limits(None, None), ""),
    ],
)
def test_limits_may_be_open(limits: Limits, text: str) -> None:
    assert limits_text(limits, PERCENT) == text


def test_a_share_of_the_leg_is_shown_in_centimetres_where_the_leg_is_known() -> None:
    assert length_text(0.3, PERCENT, Runner(leg_length_m=0.9)) == "27 cm"
    assert length_text(0.3, PERCENT, Runner()) is None
    assert length_text(3.0, DEGREES, Runner(leg_length_m=0.9)) is None
    assert leg_length_m(Runner(height_m=2.0)) == pytest.approx(1.06)


def test_speed_is_given_or_read_off_the_belt() -> None:
    assert runner_speed_text(Runner(speed_mps=3.0)) == "10.8 km/h"
    assert runner_speed_text(Runner(speed_seen_mps=(2.5, 3.0))) == "9 to 11 km/h (read off the belt)"
    assert runner_speed_text(Runner()) is None


def test_lengths_speeds_and_ranges_are_shown_in_the_readers_units() -> None:
    metric = load_knowledge().metric("vertical_oscillation")
    bounce = measured("vertical_oscillation", 8.9, unit="cm")
    with show_in("imperial"):
        display = display_format(metric, bounce)
        assert value_text(8.9, display) == "3.5 in"
        assert limits_text(Limits(5.08, 10.16), display) == "2 to 4"
        assert length_text(0.3, PERCENT, Runner(leg_length_m=0.9)) == "10.6 in"
        assert value_text(1.0, in_shown_units(DisplayFormat("m", decimals=2))) == "3.28 ft"
        assert in_shown_units(DEGREES) is DEGREES
        assert runner_speed_text(Runner(speed_seen_mps=(2.5, 3.0))) == "6 to 7 mph (read off the belt)"
    with show_in("pace"):
        assert display_format(metric, bounce).unit == "cm"
        assert runner_speed_text(Runner(speed_mps=2.8)) == "5:57 min/km"
        assert range_basis_text(Limits(1, 2, runners=34)).endswith("from 34 healthy runners on treadmills")
        ordinary = Limits(1, 2, speed_known=False, runners=34, speed_range_mps=(2.0, 4.5))
        assert range_basis_text(ordinary).endswith("at any speed from 8:20 to 3:42 min/km")


def test_another_unit_than_the_metrics_is_printed_as_it_is() -> None:
    metric = load_knowledge().metric("overstride")
    assert display_format(metric, measured("overstride", 0.3)) is not None
    assert display_format(metric, measured("overstride", 30.0, unit="cm")).unit == "cm"


def test_the_basis_of_a_range_names_runners_speed_and_leg() -> None:
    given = Limits(1, 2, runners=34, speed_range_mps=(2.8, 2.8), leg="given")
    assert range_basis_text(given) == "from 34 healthy runners on treadmills, at 10.1 km/h and your leg length"
    seen = Limits(1, 2, speed_known=False, runners=34, speed_range_mps=(2.5, 3.0), speed_seen=True, leg="adults")
    assert "about your speed (9 to 11 km/h) and any leg length" in range_basis_text(seen)
    unknown = Limits(1, 2, speed_known=False, runners=34, speed_range_mps=(2.0, 4.5))
    assert range_basis_text(unknown).endswith("at any speed from 7 to 16 km/h")
    assert range_basis_text(Limits(1, 2)) == ""


def test_few_runners_are_told_as_such() -> None:
    text = range_basis_text(Limits(1, 2, runners=13, speed_range_mps=(3.0, 3.0)))
    assert text.startswith("from 13 healthy runners")
    assert text.endswith("These are few runners, so the limits are rough.")
