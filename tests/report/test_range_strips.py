"""Comparisons as strips: where the parts lie, the words beside them, and the notes on one-sided limits."""

from __future__ import annotations

import re

import pytest

from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.knowledge_loader import load_knowledge
from gait.records import Measurement, Runner
from gait.report.range_strips import compare_metric, comparison_tier, measured_value, range_strip
from tests.fake_sessions import measured

RUNNER = Runner("Ada", 1.70, None, 3.0)


def compared(*measurements: Measurement) -> tuple[Assessment, ...]:
    return compare_with_bands(measurements, RUNNER)


def places(strip: str, name: str) -> list[tuple[float, float]]:
    """Left edge and width (0 without one) of the parts with a class, per cent."""
    found = re.findall(rf'class="{name}[^"]*" style="left:([-\d.]+)%(?:;width:([\d.]+)%)?', strip)
    return [(float(left), float(width or 0)) for left, width in found]


@pytest.mark.parametrize(
    ("value", "half", "words"),
    [(0.40, 0.01, "clearly high"), (0.22, 0.01, "fine"), (0.10, 0.01, "low, but no concern")],
)
def test_words_say_how_a_comparison_ended(value: float, half: float, words: str) -> None:
    made = compare_metric(compared(measured("overstride", value, side="left", half=half)), RUNNER, load_knowledge())
    assert made.words == words


def test_what_may_be_either_way_is_not_told() -> None:
    limit = compared(measured("overstride", 0.2, side="left"))[0].limits
    assert limit is not None
    assert limit.high is not None
    made = compare_metric(
        compared(measured("overstride", limit.high, side="left", half=0.02)), RUNNER, load_knowledge()
    )
    assert (made.tier, made.words) == ("open", "can’t tell yet")


def test_the_worse_side_leads() -> None:
    both = compared(
        measured("overstride", 0.22, side="left", half=0.01), measured("overstride", 0.4, side="right", half=0.01)
    )
    made = compare_metric(both, RUNNER, load_knowledge())
    assert made.tier == "clear"
    assert [v.side for v in made.values] == ["left", "right"]


def test_a_strip_shows_range_value_and_uncertainty_in_order() -> None:
    strip = range_strip(compared(measured("overstride", 0.40, side="left", half=0.05)))
    assert strip is not None
    (band,), (bar,), (dot,) = places(strip, "band"), places(strip, "err left"), places(strip, "dot left")
    assert band[0] + band[1] < bar[0] < dot[0] < bar[0] + bar[1] < 100
    assert "ordinary" in re.findall(r'aria-label="([^"]+)"', strip)[0]


def test_a_range_that_is_open_reaches_the_edge() -> None:
    strip = range_strip(compared(measured("foot_pickup", 0.45, side="left", half=0.02)))
    assert strip is not None
    assert places(strip, "band")[0][0] == 0
    assert strip.count("<span") == 1
    assert "55 %" in strip


def test_there_is_no_strip_without_a_range_or_a_value() -> None:
    assert range_strip(compared(measured("foot_strike_angle", 6.0, side="left"))) is None
    assert range_strip(compared(measured("overstride", None, side="left", grade="refused"))) is None


def test_a_strip_holds_no_text_of_others_unescaped() -> None:
    unknown = measured("odd<key>", 1.0, unit="<b>")
    assert range_strip(compared(unknown)) is None
    assert compare_metric(compared(unknown), RUNNER, load_knowledge()).tier == "reference"


def test_only_the_side_of_a_range_that_counts_is_noted() -> None:
    made = compare_metric(compared(measured("overstride", 0.1, side="left", half=0.01)), RUNNER, load_knowledge())
    assert "high value" in made.note
    lean = compare_metric(compared(measured("trunk_lean", 5.0, half=1.0)), RUNNER, load_knowledge())
    assert lean.note == ""


def test_steps_a_minute_are_whole_but_their_interval_stays_readable() -> None:
    (one,) = compared(measured("cadence", 153.1, half=0.3))
    value = measured_value(one, RUNNER)
    assert value is not None
    assert value.value == "153 steps/min"
    assert value.interval == "152.8 to 153.4 steps/min"


def test_every_tier_of_an_assessment_has_words() -> None:
    for one in compared(
        measured("overstride", 0.4, side="left", half=0.01),
        measured("overstride", None, side="right", grade="refused"),
        measured("contact_time", 244.0, side="left", half=9),
        measured("step_length", 1.0, half=0.1),
    ):
        assert compare_metric([one], RUNNER, load_knowledge()).words, comparison_tier(one)
