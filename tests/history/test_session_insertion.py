"""A report becomes a session once: added, replaced, corrected."""

from __future__ import annotations

import shutil
from pathlib import Path

from gait.history.athlete_history import History
from tests.made_reports import measured, report, write_report_file


def test_the_same_report_twice_is_one_session(history: History, tmp_path: Path) -> None:
    folder = write_report_file(tmp_path / "run", report())
    assert history.add(folder).outcome == "added"
    assert history.add(folder / "report.json").outcome == "unchanged"
    moved = shutil.copytree(folder, tmp_path / "elsewhere")
    assert history.add(moved).outcome == "unchanged"
    assert len(history.sessions("Anna")) == 1


def test_a_report_made_again_replaces_the_old_one(history: History, tmp_path: Path) -> None:
    folder = write_report_file(tmp_path / "run", report(measured("cadence", 165.0), measured("trunk_lean", 5.0)))
    first = history.add(folder, session="base")
    write_report_file(folder, report(measured("cadence", 166.0)))
    again = history.add(folder)
    assert (again.outcome, again.session, again.date) == ("replaced", first.session, first.date)
    assert list(history.measurements("Anna")["value"]) == [166.0]
    assert list(history.sessions("Anna")["name"]) == ["base"]


def test_a_session_by_name_is_replaced(history: History) -> None:
    history.add(report(measured("cadence", 165.0)), session="week 1", date="2026-03-01")
    history.add(report(measured("cadence", 166.0)), session="week  1", date="2026-03-01")
    history.add(report(measured("cadence", 167.0)), session="week 2", date="2026-03-08")
    assert list(history.measurements("Anna")["value"]) == [166.0, 167.0]


def test_next_weeks_run_in_the_same_folder_is_another_session(history: History, tmp_path: Path) -> None:
    folder = write_report_file(tmp_path / "out", report(measured("cadence", 165.0)))
    history.add(folder, date="2026-03-01")
    write_report_file(
        folder, report(measured("cadence", 170.0))
    )  # the same names and lengths of clips, as a tripod gives them
    assert history.add(folder, date="2026-03-08").outcome == "added"
    write_report_file(folder, report(measured("cadence", 171.0), frames=480))
    assert history.add(folder).outcome == "added"
    assert len(history.sessions("Anna")) == 3


def test_a_wrong_name_or_date_can_be_corrected(history: History) -> None:
    history.add(report(name="Nobody"), date="2026-03-01")
    corrected = history.add(report(name="Nobody"), athlete="Anna", date="2026-02-01")
    assert corrected.outcome == "moved"
    assert list(history.athletes()["name"]) == ["Anna"]
    assert list(history.sessions("Anna")["date"]) == ["2026-02-01"]
    assert history.add(report(name="Nobody")).athlete == "Anna"  # what was corrected stays so


def test_texts_with_bytes_that_are_no_utf8_are_stored_as_escapes(history: History) -> None:
    refused = measured("overstride", None, side="left", reason="M\udcfcller.mp4: hidden")
    history.add(report(refused, file="M\udcfcller.mp4"), session="M\udcfcller", date="2026-03-01")
    assert list(history.sessions("Anna")["name"]) == ["M\\xfcller"]
