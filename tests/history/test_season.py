"""One row an athlete: what really changed since last time."""

from __future__ import annotations

from datetime import date

from gait.history.athlete_history import History
from gait.history.season import AthleteSeason, athlete_season, filmed_since
from tests.made_reports import measured, report


def add(history: History, month: int, cadence: float, lean: float | None, speed: float = 3.0) -> None:
    made = report(measured("cadence", cadence), measured("trunk_lean", lean, 1.0), speed=speed)
    history.add(made, date=f"2026-0{month}-01")


def test_only_what_intervals_show_is_a_change(history: History) -> None:
    add(history, 1, 160, 5)
    assert "needs a second" in athlete_season(history, "Anna").summary
    add(history, 2, 161, 5)
    quiet = athlete_season(history, "Anna")
    assert (quiet.changes, quiet.summary, quiet.previous) == ((), "No real change in 2 values.", "2026-01-01")
    add(history, 3, 175, 5, speed=3.25)
    season = athlete_season(history, "Anna", here="measured")
    (change,) = season.changes
    assert (change.metric, change.since, change.other_speed) == ("cadence", "2026-02-01", True)
    assert "161.0 → 175.0" in change.text
    assert [one.since for one in season.since_first] == ["2026-01-01"]
    assert (season.last, season.last_from, season.sessions) == ("2026-03-01", "given", 3)


def test_a_session_at_another_speed_is_no_change_until_one_at_that_speed(history: History) -> None:
    add(history, 1, 160, 5)
    add(history, 2, 185, 5, speed=5.0)
    assert athlete_season(history, "Anna").changes == ()
    add(history, 3, 170, 5)
    (change,) = athlete_season(history, "Anna").changes
    assert (change.since, change.other_speed) == ("2026-01-01", False)
    assert "160.0 → 170.0" in change.text


def test_what_the_last_session_did_not_measure_is_no_news(history: History) -> None:
    add(history, 1, 160, 5)
    add(history, 2, 160, 15)
    add(history, 3, 160, None)
    assert athlete_season(history, "Anna").changes == ()


def test_who_was_filmed_since_a_day(history: History) -> None:
    add(history, 2, 160, 5)
    season = athlete_season(history, "Anna")
    assert filmed_since(season, date(2026, 2, 1))
    assert not filmed_since(season, date(2026, 2, 2))
    assert not filmed_since(AthleteSeason("Mia"), date(2020, 1, 1))
