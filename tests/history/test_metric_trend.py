"""One metric over time."""

from __future__ import annotations

from itertools import pairwise

from gait.history.athlete_history import History
from tests.made_reports import measured, report


def test_a_trend_is_in_order_of_time_whatever_the_order_of_adding(history: History) -> None:
    for day, cadence in ((20, 170.0), (5, 160.0), (10, 161.0)):
        history.add(report(measured("cadence", cadence)), date=f"2026-03-{day:02d}")
    trend = history.trend("Anna", "cadence")
    assert [p.value.value for p in trend.points] == [160.0, 161.0, 170.0]
    assert all(a.date < b.date for a, b in pairwise(trend.points))
    assert trend.since_first is not None
    assert trend.since_previous is not None
    assert (trend.since_first.difference, trend.since_previous.difference) == (10.0, 9.0)
    assert list(trend.table["verdict"])[1:] == ["within noise", "changed"]


def test_refused_sessions_are_counted_and_left_out(history: History) -> None:
    history.add(report(measured("tibia_angle", 5.0, side="left")), date="2026-03-01")
    history.add(report(measured("tibia_angle", None, side="left")), date="2026-03-02")
    trend = history.trend("Anna", "tibia_angle", "left")
    assert (len(trend.points), trend.refused, trend.since_first) == (1, 1, None)
