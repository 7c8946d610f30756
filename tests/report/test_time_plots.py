"""Small plots and their captions."""

from __future__ import annotations

import pytest

from gait.report.time_plots import MAX_DOTS, Axis, cadence_over_time, timeline


def test_plots_have_captions_that_say_the_same() -> None:
    stances = [("left" if i % 2 else "right", 0.36 * i, 0.36 * i + 0.24) for i in range(100)]
    bars = timeline(stances, start_s=0.0, end_s=36.0)
    assert bars is not None
    assert "50 of the left foot" in bars.caption
    assert "13 to 23 s" in bars.caption
    cadence = cadence_over_time([contact for _, contact, _ in stances], real_per_playback=1.0, limit=150)
    assert cadence is not None
    assert "steady at 167" in cadence.caption


def test_slow_motion_does_not_lower_the_cadence() -> None:
    cadence = cadence_over_time([8 * 0.36 * i for i in range(30)], real_per_playback=1 / 8)
    assert cadence is not None
    assert "167" in cadence.caption


def test_too_little_to_plot_is_no_plot() -> None:
    assert timeline([], start_s=0, end_s=1) is None
    assert cadence_over_time([0.1, 0.5], real_per_playback=1.0) is None


def test_a_long_run_has_a_limited_number_of_dots() -> None:
    plot = cadence_over_time([0.36 * i for i in range(10_000)], real_per_playback=1.0)
    assert plot is not None
    assert "steady at 167" in plot.caption
    assert plot.svg.count("<circle") <= MAX_DOTS


@pytest.mark.parametrize(("low", "high", "step"), [(0, 100, 20), (0, 7, 1), (0.0, 0.9, 0.2)])
def test_ticks_are_round(low: float, high: float, step: float) -> None:
    axis = Axis(low, high, 0, 100)
    assert axis.step(7) == pytest.approx(step)
    assert axis.ticks(7)[:2] == pytest.approx([0, step])
    assert axis(high) == 100
