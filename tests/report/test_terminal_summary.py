"""The summary on the terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from gait.findings.answers import parse_answers
from gait.findings.assessment import compare_with_bands
from gait.findings.comparison_counts import comparison_outcome, count_comparisons
from gait.findings.knowledge_loader import load_knowledge
from gait.metrics.register import METRICS
from gait.records import NextStep, Runner, View
from gait.report.terminal_summary import counts_text, print_summary, short_name
from tests.fake_sessions import FakeSession, fake_session, measured


def printed(session: FakeSession, width: int = 120) -> str:
    out = io.StringIO()
    print_summary(session, Console(file=out, width=width, color_system=None))
    return out.getvalue()


def test_the_summary_has_numbers_findings_and_refusals(session: FakeSession) -> None:
    text = printed(session)
    for words in ("1. Your feet land far", "Try:", "33 to 35", "% leg", "outside", "undecided", "reliable"):
        assert words in text, words
    assert "Not measured" in text
    assert "Not visible from the side." in text


def test_it_fits_one_screen(session: FakeSession) -> None:
    lines = printed(session, width=80).splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    assert "…" not in "".join(lines)


@pytest.mark.parametrize(("view", "grade"), [("side", "fair"), ("rear", "poor"), ("front", "poor")])
def test_every_metric_keeps_side_unit_and_interval_in_80_columns(view: View, grade: str) -> None:
    """Use the widest texts: minutes of steps and nothing certain."""
    given, bands = [], load_knowledge().metrics
    for metric in (m for m in METRICS if view in m.views and (bands[m.key].band or bands[m.key].smallest_detectable)):
        value, half = (168.0, 20.6) if metric.key == "cadence" else (10.4, 11.2)
        if "width" in metric.unit or "fraction" in metric.unit:
            value, half = -0.1, 0.2
        made = measured(metric.key, value, half=half, grade=grade)
        sides = ("left", "right") if metric.sided else ("both",)
        given += [replace(made, side=side, steps=128) for side in sides]
    session = fake_session(given)
    lines = printed(session, width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in "".join(lines)
    # A metric that is fine has no row; its values stand in one line.
    ends: dict[str, set[str | None]] = {}
    for one in compare_with_bands(given, session.runner):
        ends.setdefault(one.measurement.key, set()).add(comparison_outcome(one))
    with_row = [m for m in given if ends[m.key] != {"fine"}]
    assert len(with_row) > len(given) / 2
    rows = [line for line in lines if " 128 " in line]
    assert len(rows) == len(with_row)
    assert all(" to " in row for row in rows)
    assert sum(bool(re.search(r" [LR] ", row)) for row in rows) == sum(m.side != "both" for m in with_row)
    told = " ".join(lines)
    assert all(short_name(m.key) in told for m in given)


def test_narrow_columns_break_no_text(session: FakeSession) -> None:
    text = printed(session, width=80)
    for words in (
        "overstride",
        "knee in stance",
        "34 % leg",
        "158.0 /min",
        "indicative",
        "undecided",
        "95 % interval",
    ):
        assert words in text, words


def test_what_stands_out_comes_first(session: FakeSession) -> None:
    text = printed(session)
    table = text[text.index("metric") :]
    positions = [
        table.index(name) for name in ("overstride", "tibia angle", "knee in stance", "foot strike", "Fine: cadence")
    ]
    assert positions == sorted(positions)


def test_each_reason_for_a_refusal_is_printed_once() -> None:
    other = "not visible from this side: film the front view"
    session = fake_session(
        [
            measured("cadence", 170.0, half=1.0),
            measured("overstride", 0.21, side="left", half=0.02),
            measured("overstride", None, side="right", grade="refused", reason="only 3 steps"),
            *(measured("arm_crossover", None, side=s, grade="refused", reason=other) for s in ("left", "right")),
            *(measured("arm_swing_lateral", None, side=s, grade="refused", reason=other) for s in ("left", "right")),
        ]
    )
    lines = printed(session).splitlines()
    assert "Film the front view for: arm crossover, arm swing" in lines
    assert "Not measured: overstride (right). Only 3 steps" in lines


def test_brackets_are_not_markup() -> None:
    made = fake_session([measured("pelvic_drop", None, side="left", grade="refused", reason="[red]odd[/red]")])
    assert "[red]odd[/red]" in printed(made)


def test_the_summary_says_that_nothing_stands_out() -> None:
    assert "Nothing stands out." in printed(fake_session([measured("overstride", 0.2, side="left", half=0.01)]))


def test_warning_signs_come_first_and_once() -> None:
    answers = parse_answers({"pain_feel": ["pinch_deep"], "sore_place": ["swollen"]})
    text = printed(fake_session(answers=answers))
    assert text.startswith("First: Sharp or pinching pain deep in the hip")
    assert text.count("Sharp or pinching pain deep") == 1
    assert "From your answers: Ice" in text


def test_three_things_from_the_answers_are_enough() -> None:
    answers = parse_answers({"shoe_miles": 400, "sitting_hours": 9, "warm_up": "none", "surface": ["road"]})
    line = next(x for x in printed(fake_session(answers=answers), width=300).splitlines() if x.startswith("From your"))
    assert line.count(";") == 3
    assert "more in the report" in line


def test_metrics_without_an_ordinary_range_are_named_in_one_line() -> None:
    lines = printed(
        fake_session([measured("step_length", 104.0), measured("knee_drive", 32.0)]), width=100
    ).splitlines()
    (named,) = (line for line in lines if line.startswith("In the report, without an ordinary range:"))
    assert "step length" in named
    assert "knee drive" in named


def test_the_first_line_is_the_one_sentence_and_what_is_likely_says_probably() -> None:
    runner = Runner(height_m=1.76, speed_mps=3.0)
    clear, likely, fine = (
        printed(fake_session([measured("overstride", value, side="left", half=0.02)], runner=runner))
        for value in (0.34, 0.275, 0.21)
    )
    assert clear.splitlines()[0] == "1. Your left foot lands far in front of your hip (marked)"
    assert likely.splitlines()[0] == "1. Your left foot probably lands far in front of your hip"
    assert fine.splitlines()[0] == "Nothing stands out. Compared with ordinary runners: 1 fine."
    for text in (clear, likely, fine):
        assert "borderline" not in text


def test_the_counts_are_those_of_the_rows() -> None:
    session = fake_session()
    counts = count_comparisons(compare_with_bands(session.measurements, session.runner))
    text = printed(session)
    assert counts_text(counts) in text
    assert f"{len(counts.fine) + len(counts.no_concern)} fine" in text
    assert counts_text(count_comparisons([])) == "No measurement could be compared with ordinary runners."


def test_the_next_step_and_at_most_three_items_are_told() -> None:
    given = [
        measured("overstride", 0.40, side="left", half=0.01),
        measured("trunk_lean", 26.0, half=1.0),
        measured("arm_crossover", 0.5, side="left", half=0.02),
        measured("hip_extension", 2.0, side="left", half=1.0),
    ]
    session = replace(fake_session(given), next_step=NextStep("give_speed", "Give the speed of the belt.", 2.0, 3))
    text = printed(session)
    assert "3. " in text
    assert "4. " not in text
    assert "1 more in the report." in text
    assert "Next: Give the speed of the belt." in text
