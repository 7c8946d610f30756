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


def _kept_by_the_app(history: History, athlete: str, session: int) -> None:
    """A note, an entry of the audit trail and a job with its upload, as the app keeps them beside a session."""
    db = history._db
    number = db.execute("SELECT id FROM athletes WHERE name = ?", (athlete,)).fetchone()[0]
    db.execute(
        "INSERT INTO notes (athlete, session, at, author, text) VALUES (?, ?, '', '', 'stiff')", (number, session)
    )
    db.execute(
        "INSERT INTO audit_entries (athlete, session, at, action, detail) VALUES (?, ?, '', 'joint_moved', '{}')",
        (number, session),
    )
    db.execute("INSERT INTO uploads VALUES ('u', ?, 'a.mp4', 1, 'complete', '', 0, NULL)", (number,))
    db.execute(
        "INSERT INTO jobs (id, athlete, kind, state, options, created_at, session, folder) "
        "VALUES ('j', ?, 'analysis', 'done', '{}', '', ?, 'f')",
        (number, session),
    )
    db.execute("INSERT INTO job_clips VALUES ('j', 0, 'u')")


def _owners(history: History) -> set[tuple[str, str]]:
    found = set()
    for table in ("notes", "audit_entries", "jobs", "uploads"):
        query = f"SELECT a.name FROM {table} AS t JOIN athletes AS a ON a.id = t.athlete"
        found |= {(table, row[0]) for row in history._db.execute(query)}
    return found


def test_notes_audit_trail_and_jobs_stay_with_a_session_that_is_measured_again(
    history: History, tmp_path: Path
) -> None:
    folder = write_report_file(tmp_path / "run", report(measured("cadence", 165.0)))
    session = history.add(folder).session
    _kept_by_the_app(history, "Anna", session)
    write_report_file(folder, report(measured("cadence", 166.0)))
    assert history.add(folder).outcome == "replaced"
    assert {table for table, _name in _owners(history)} == {"notes", "audit_entries", "jobs", "uploads"}
    assert history._db.execute("SELECT session FROM jobs").fetchone()[0] == session


def test_what_belongs_to_a_session_goes_to_its_right_athlete(history: History) -> None:
    session = history.add(report(name="Nobody"), date="2026-03-01").session
    _kept_by_the_app(history, "Nobody", session)
    assert history.add(report(name="Nobody"), athlete="Anna", date="2026-02-01").outcome == "moved"
    assert {name for _table, name in _owners(history)} == {"Anna"}
    assert len(_owners(history)) == 4
    assert list(history.athletes()["name"]) == ["Anna"]


def test_an_athlete_of_whom_something_is_kept_stays_without_sessions(history: History) -> None:
    history.add(report(name="Nobody"), date="2026-03-01")
    number = history._db.execute("SELECT id FROM athletes").fetchone()[0]
    history._db.execute("INSERT INTO notes (athlete, at, author, text) VALUES (?, '', '', 'on holiday')", (number,))
    history.add(report(name="Nobody"), athlete="Anna", date="2026-02-01")
    assert list(history.athletes()["name"]) == ["Anna", "Nobody"]


def test_a_merge_takes_along_what_the_app_keeps(history: History) -> None:
    session = history.add(report(measured("cadence", 160.0), name="Ana")).session
    history.add(report(measured("cadence", 170.0), name="Anna"))
    _kept_by_the_app(history, "Ana", session)
    db = history._db
    wrong, right = (db.execute("SELECT id FROM athletes WHERE name = ?", (n,)).fetchone()[0] for n in ("Ana", "Anna"))
    for number, height, consent in ((wrong, 1.6, "2026-01-01"), (right, 1.7, None)):
        db.execute(
            "INSERT INTO athlete_details (athlete, height_m, consent_at, updated_at) VALUES (?, ?, ?, '')",
            (number, height, consent),
        )
    assert history.merge("Ana", "Anna") == 1
    assert {name for _table, name in _owners(history)} == {"Anna"}
    assert len(_owners(history)) == 4
    assert tuple(db.execute("SELECT height_m, consent_at FROM athlete_details").fetchone()) == (1.7, "2026-01-01")
