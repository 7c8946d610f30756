"""Plots over time and of differences."""

from __future__ import annotations

import re

import numpy as np
import pytest

from gait.history.athlete_history import History
from gait.history.change_text import metric_name
from gait.history.measurement_change import ValueChange
from gait.history.metric_trend import MetricTrend
from gait.history.trend_plots import LEFT, MAX_RINGS, RIGHT, WIDTH, difference_plot, trend_plot
from gait.report.time_plots import SvgPlot
from tests.made_reports import measured, report


def cadence_trend(history: History, *values: float) -> MetricTrend:
    reports = [report(measured("cadence", value), name="Anna") for value in values]
    for number, record in enumerate(reports):
        history.add(record, date=f"20{10 + number // 12}-{1 + number % 12:02}-01")
    return history.trend("Anna", "cadence")


def test_a_ring_marks_what_really_changed(history: History) -> None:
    plot = trend_plot([cadence_trend(history, 160.0, 160.5, 175.0)])
    assert plot.svg.count('class="ring both"') == 1
    assert plot.svg.count('class="dot both"') == 3
    assert plot.caption == "From 160.0 to 175.0 steps/min, really changed."
    assert f'aria-label="{metric_name("cadence")} over time, 3 sessions. {plot.caption}"' in plot.svg


def test_one_session_is_a_point_with_its_interval(history: History) -> None:
    plot = trend_plot([cadence_trend(history, 160.0)])
    assert 'class="range both"' in plot.svg
    assert "<path" not in plot.svg
    assert plot.caption == "160.0 steps/min, once."


def session_places(plot: SvgPlot) -> list[float]:
    return [float(x) for x in re.findall(r'<circle class="dot both" cx="([\d.]+)"', plot.svg)]


@pytest.mark.parametrize(
    "dates",
    [
        ["2026-03-01"] * 3,
        ["2026-03-01T08:15", "2026-03-01T08:20", "2026-03-01T18:30"],
        ["2025-01-05", "2026-03-01", "2026-03-01", "2026-03-02", "2027-01-01"],
        [*["2026-03-01"] * 30, "2027-01-01"],
    ],
)
def test_sessions_of_one_day_stand_side_by_side(history: History, dates: list[str]) -> None:
    for number, date in enumerate(dates):
        clip = {"file": f"{number}.mp4", "frames": 600 + number}
        history.add(
            report(measured("cadence", 160.0 + number), name="Anna", **clip), date=date, session=f"run {number}"
        )
    places = session_places(trend_plot([history.trend("Anna", "cadence")]))
    assert len(places) == len(dates)
    assert places == sorted(places)
    assert places[0] >= LEFT
    assert places[-1] <= WIDTH - RIGHT
    assert min(np.diff(places)) >= min(16.0, 0.5 * (WIDTH - RIGHT - LEFT - 16) / (len(dates) - 1)) - 0.1


def test_sessions_far_apart_stay_where_time_puts_them(history: History) -> None:
    for number, date in enumerate(("2026-01-01", "2026-01-31", "2026-04-01")):
        history.add(report(measured("cadence", 160.0 + number), name="Anna", frames=600 + number), date=date)
    first, second, third = session_places(trend_plot([history.trend("Anna", "cadence")]))
    assert (second - first) / (third - first) == pytest.approx(30 / 90, abs=0.01)


def test_a_point_says_which_session_of_the_day_it_is(history: History) -> None:
    for number, date in enumerate(("2026-03-01T08:15", "2026-03-01T18:30", "2026-04-01T09:00")):
        clip = {"file": f"{number}.mp4", "frames": 600 + number}
        history.add(report(measured("cadence", 160.0), name="Anna", **clip), date=date, session=f"run {number}")
    plot = trend_plot([history.trend("Anna", "cadence")])
    assert "<title>2026-03-01 08:15, 1 of 2 that day, run 0: 160.0 steps/min</title>" in plot.svg
    assert "<title>2026-04-01, run 2: 160.0 steps/min</title>" in plot.svg


def test_many_sessions_have_no_rings(history: History) -> None:
    plot = trend_plot([cadence_trend(history, *(150.0 + n / 4 for n in range(MAX_RINGS + 1)))])
    assert 'class="ring' not in plot.svg


@pytest.mark.parametrize(("verdict", "kind"), [("changed", "changed"), ("within noise", "same")])
def test_a_difference_has_the_style_of_its_verdict(verdict: str, kind: str) -> None:
    plot = difference_plot(ValueChange(2.0, (1.0, 3.0), 1.5, verdict), 'a "text"')  # type: ignore[arg-type]
    assert f'class="dot {kind}"' in plot
    assert 'class="noise"' in plot
    assert "a &#34;text&#34;" in plot
    assert 'class="noise"' not in difference_plot(ValueChange(2.0, (1.0, 3.0), None, "changed"), "")
