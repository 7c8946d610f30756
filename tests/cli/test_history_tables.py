"""What ``gait history`` shows in the terminal."""

from __future__ import annotations

from pathlib import Path


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
    assert "The belt ran at 11.5 and 13.0 km/h" in " ".join(outcome.out.split())


def test_one_metric_shows_every_session(gait, history_file: Path) -> None:
    outcome = gait("history", "metric", "Anna", "cadence")
    assert [line[:10] for line in outcome.out.splitlines() if line.startswith("2026")] == [
        *("2026-01-01", "2026-02-01", "2026-03-01"),
    ]
    assert "+12.0 *" in outcome.out


def test_an_unknown_metric_names_the_command_that_lists_them(gait, history_file: Path) -> None:
    outcome = gait("history", "metric", "Anna", "cadance")
    assert outcome.code == 2
    assert "cadance was never recorded for Anna" in outcome.err
    assert "gait history show Anna" in outcome.err
