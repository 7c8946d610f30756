"""Plots over time and of differences."""

from __future__ import annotations

import pytest

from gait.history.athlete_history import History
from gait.history.change_text import metric_name
from gait.history.measurement_change import ValueChange
from gait.history.metric_trend import MetricTrend
from gait.history.trend_plots import MAX_RINGS, difference_plot, trend_plot
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
