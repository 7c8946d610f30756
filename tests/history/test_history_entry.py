"""The date of a report and where it comes from."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

import pytest

from gait.errors import InputError
from gait.history.athlete_history import History
from gait.history.history_entry import HistoryEntry, parse_date
from gait.io.report_reader import read_report
from tests.conftest import write_clip
from tests.made_reports import report, write_report_file


@pytest.mark.parametrize("wrong", ["yesterday", "2026-13-01", "01.03.2026"])
def test_a_text_that_is_no_date_is_refused(history: History, wrong: str) -> None:
    with pytest.raises(InputError, match="year-month-day"):
        history.add(report(), date=wrong)


def test_the_date_is_the_time_of_recording_where_the_video_has_it(history: History, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "side.mp4", metadata={"creation_time": "2026-02-03T12:00:00Z"})
    added = history.add(write_report_file(tmp_path / "run", report(file=str(clip))))
    assert (added.date[:10], added.date_from) == ("2026-02-03", "video")


@pytest.mark.parametrize(
    ("given", "parsed"),
    [
        ("2026-03-01", "2026-03-01"),
        (" 2026-03-01T17:30:12+01:00 ", "2026-03-01T17:30"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 17, 30, 12), "2026-03-01T17:30"),
    ],
)
def test_dates_become_iso(given: str | date, parsed: str) -> None:
    assert parse_date(given) == parsed


def test_without_a_recording_time_the_date_is_that_of_the_report(tmp_path: Path) -> None:
    folder = write_report_file(tmp_path / "run", report())
    os.utime(folder / "report.json", (1_770_000_000, 1_770_000_000))
    entry = HistoryEntry.from_report(read_report(folder), None, None, " week  1 ")
    assert (entry.date, entry.date_from) == (
        datetime.fromtimestamp(1_770_000_000).isoformat(timespec="minutes"),
        "report",
    )
    assert (entry.athlete, entry.athlete_given, entry.session) == ("Anna", False, "week 1")
    assert HistoryEntry.from_report(read_report(report()), "Tom", None, None).date_from == "today"
