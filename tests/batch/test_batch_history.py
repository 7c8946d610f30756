"""A week of a coach: what goes into the history, who was not filmed, which exit code."""

from __future__ import annotations

from pathlib import Path

from gait.batch.batch_history import add_to_history, find_absent, write_season
from gait.batch.batch_result import BatchResult
from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.roster import Roster, RosterEntry
from gait.batch.session_filter import parse_filter
from gait.batch.session_row import SessionRow
from gait.batch.storage_folder import StorageFolder
from gait.history.athlete_history import History
from tests.made_reports import measured, report, write_report_file

STATE = {"status": "ok", "reason": None, "view": "side"}


def week(folder: Path, slug: str, athlete: str, cadence: float, sha: str, date: str = "2026-03-01") -> SessionRow:
    made = report(measured("cadence", cadence), name=athlete)
    made["videos"][0]["sha256"] = sha * 64
    write_report_file(folder / slug, made)
    clips = (ClipEntry(f"/x/{slug}/side.mp4", "side.mp4", "side", extra={"shoe": "flat"}),)
    planned = PlannedSession("side", clips, athlete, date=date, slug=slug, date_from="folder")
    return SessionRow(planned, "ok", None, (STATE,), (), ({"value": cadence, "clip": 0},))


def test_the_same_file_name_in_another_week_is_another_session(tmp_path: Path) -> None:
    target, file = StorageFolder(str(tmp_path / "out")), tmp_path / "h.db"
    rows = [
        week(tmp_path / "out", "w10", "Anna", 160, "a"),
        week(tmp_path / "out", "w11", "Anna", 170, "b", "2026-03-08"),
    ]
    for _ in range(2):
        assert add_to_history(file, rows, target) == []
        with History(file) as history:
            assert list(history.sessions("Anna")["date"]) == ["2026-03-01", "2026-03-08"]
            assert history.labels() == {"Anna": {"shoe": "flat"}}
    # Also two runs of one day, and a clip that was replaced in the same place.
    rows = [week(tmp_path / "out", "w11", "Anna", 175, "c", "2026-03-08")]
    add_to_history(file, rows, target)
    with History(file) as history:
        assert list(history.measurements("Anna", "cadence")["value"]) == [160, 170, 175]


def test_one_session_that_cannot_be_stored_leaves_the_others(tmp_path: Path) -> None:
    target = StorageFolder(str(tmp_path / "out"))
    rows = [week(tmp_path / "out", "a", "A" * 240, 160, "a"), week(tmp_path / "out", "b", "Ben", 170, "b")]
    (problem,) = add_to_history(tmp_path / "h.db", rows, target)
    assert "too long for a name" in problem
    assert "\n" not in problem
    with History(tmp_path / "h.db") as history:
        assert list(history.athletes()["name"]) == ["Ben"]
    assert not BatchResult("out", tuple(rows), True, problems=(problem,)).complete
    assert BatchResult("out", tuple(rows), True).complete


def test_who_was_not_filmed(tmp_path: Path) -> None:
    target, file = StorageFolder(str(tmp_path / "out")), tmp_path / "h.db"
    add_to_history(file, [week(tmp_path / "out", "old", "Ben Cox", 160, "a", "2026-02-01")], target)
    roster = Roster("r.csv", (RosterEntry("Anna Berg", aliases=("Anna",)), RosterEntry("Mia", squad="U20")))
    now = [week(tmp_path / "out", "new", "anna", 170, "b")]
    absent = find_absent(now, roster, file, None)
    assert [(one.name, one.squad, one.last) for one in absent] == [
        ("Ben Cox", None, "2026-02-01"),
        ("Mia", "U20", None),
    ]
    assert [one.name for one in find_absent(now, roster, file, parse_filter(["squad=u20"]))] == ["Mia"]


def test_the_season_lies_beside_the_index(tmp_path: Path) -> None:
    target, file = StorageFolder(str(tmp_path / "out")), tmp_path / "h.db"
    rows = [
        week(tmp_path / "out", "w1", "Anna", 150, "a"),
        week(tmp_path / "out", "w2", "Anna", 180, "b", "2026-03-08"),
    ]
    add_to_history(file, rows, target)
    lost = SessionRow(PlannedSession("x", rows[0].planned.clips, "Tom", slug="x"), "failed", "it was lost", (STATE,))
    assert write_season(file, [*rows, lost], [], target) == []
    lines = (tmp_path / "out" / "season.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("Anna,measured,2,2026-03-08,folder,2026-03-01,1,1,Steps per minute")
    assert lines[2].startswith("Tom,failed,0,")
    page = (tmp_path / "out" / "season.html").read_text(encoding="utf-8")
    assert "Anna has really changed since last time" in page
    assert "it was lost" in page
