"""Values, intervals and limits as text."""

from __future__ import annotations

import pytest

from gait.findings.bands import Limits
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import DisplayFormat
from gait.findings.value_text import (
    display_format,
    interval_text,
    leg_length_m,
    length_text,
    limits_text,
    number_text,
    runner_speed_text,
    speed_text,
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
    assert runner_speed_text(Runner(speed_mps=3.0)) == speed_text(3.0) == "10.8 km/h"
    assert runner_speed_text(Runner(speed_seen_mps=(2.5, 3.0))) == "9 to 11 km/h (read off the belt)"
    assert runner_speed_text(Runner()) is None


def test_another_unit_than_the_metrics_is_printed_as_it_is() -> None:
    metric = load_knowledge().metric("overstride")
    assert display_format(metric, measured("overstride", 0.3)) is not None
    assert display_format(metric, measured("overstride", 30.0, unit="cm")).unit == "cm"
