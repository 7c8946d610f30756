"""What ``gait history`` shows in the terminal."""

from __future__ import annotations

from pathlib import Path

from gait.history.athlete_history import History
from tests.made_reports import measured, report


def test_the_list_suggests_to_merge_similar_names(gait, history_file: Path) -> None:
    outcome = gait("history", "list")
    assert outcome.err == ""
    assert "Anna" in outcome.out
    assert "2026-03-01" in outcome.out
    assert "gait history merge Ana Anna" in outcome.out


def test_an_athlete_fits_80_columns_and_shows_what_changed(gait, history_file: Path) -> None:
    outcome = gait("history", "show", "anna")
    lines = outcome.out.splitlines()
    assert max(map(len, lines)) <= 80
    cadence = next(line for line in lines if line.startswith("cadence"))
    assert "+12.0" in cadence
    assert "really changed" in cadence
    assert "within noise" in next(line for line in lines if line.startswith("trunk lean"))
    assert "The belt ran at 11.2 km/h and 11.9 km/h" in " ".join(outcome.out.split())


def test_speeds_are_shown_as_asked_or_as_the_environment_says(gait, history_file: Path, monkeypatch) -> None:
    outcome = gait("history", "show", "anna", "--units", "mph")
    assert "The belt ran at 6.9 mph and 7.4 mph" in " ".join(outcome.out.split())
    monkeypatch.setenv("GAIT_UNITS", "pace")
    outcome = gait("history", "show", "anna")
    assert "min/km" in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 80
    monkeypatch.setenv("GAIT_UNITS", "cubits")
    assert (gait("history", "show", "anna").code, gait("history", "list").code) == (2, 0)


def test_one_metric_shows_every_session(gait, history_file: Path) -> None:
    outcome = gait("history", "metric", "Anna", "cadence")
    assert [line[:10] for line in outcome.out.splitlines() if line.startswith("2026")] == [
        *("2026-01-01", "2026-02-01", "2026-03-01"),
    ]
    assert "+12.0 *" in outcome.out


def test_two_sessions_of_one_day_are_told_apart_by_their_times(gait, history_file: Path) -> None:
    with History(history_file) as history:
        for hour in ("08:15", "18:30"):
            made = report(measured("cadence", 160.0), name="Ida", file=f"{hour[:2]}.mp4", frames=600 + int(hour[:2]))
            history.add(made, date=f"2026-05-01T{hour}", session=hour)
    out = gait("history", "metric", "Ida", "cadence").out
    assert "2026-05-01 08:15" in out
    assert "2026-05-01 18:30" in out


def test_an_unknown_metric_names_the_command_that_lists_them(gait, history_file: Path) -> None:
    outcome = gait("history", "metric", "Anna", "cadance")
    assert outcome.code == 2
    assert "cadance was never recorded for Anna" in outcome.err
    assert "gait history show Anna" in outcome.err
