"""Which reports are of one run: the contents of the clips decide."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gait.history.athlete_history import History
from gait.history.run_identity import ClipContent, clip_contents
from gait.io.report_reader import read_report
from tests.made_reports import measured, report, write_report_file


def made(cadence: float, *shas: str, span: tuple[float, float] | None = None, name: str = "Anna") -> dict[str, Any]:
    record = report(measured("cadence", cadence), name=name)
    record["videos"] = [{**record["videos"][0], "sha256": sha * 64, "file": f"{n}.mp4"} for n, sha in enumerate(shas)]
    record["events"] = [
        {"video": 0, "side": "left", "kind": "contact", "time_s": time, "uncertainty_s": 0.01} for time in span or ()
    ]
    return record


def test_another_clip_of_the_same_name_and_day_is_another_session(history: History) -> None:
    history.add(made(160, "a"), session="anna_side", date="2026-03-01")
    assert history.add(made(161, "b"), session="anna_side", date="2026-03-01").outcome == "added"
    assert history.add(made(162, "c"), session="anna_side").outcome == "added"
    assert len(history.sessions("Anna")) == 3


def test_the_same_clip_again_updates_its_own_entry(history: History) -> None:
    first = history.add(made(160, "a"), session="monday", date="2026-03-01")
    again = history.add(made(161, "a"))  # another version, another folder, no name
    assert (again.outcome, again.session, again.date) == ("replaced", first.session, "2026-03-01")
    moved = history.add(made(162, "a", name="Nora"), athlete="Nora")
    assert (moved.outcome, moved.athlete) == ("replaced", "Nora")
    assert list(history.athletes()["name"]) == ["Nora"]  # the wrong one goes with its only session


def test_two_parts_of_one_clip_are_two_runs(history: History) -> None:
    history.add(made(160, "a", span=(0.5, 20.0)), date="2026-03-01")
    assert history.add(made(175, "a", span=(40.0, 60.0)), date="2026-03-01").outcome == "added"
    assert history.add(made(176, "a", span=(41.0, 60.0)), date="2026-03-01").outcome == "replaced"
    assert len(history.sessions("Anna")) == 2


def test_a_further_side_joins_and_one_side_alone_loses_nothing(history: History) -> None:
    history.add(made(160, "a"), date="2026-03-01")
    history.add(made(161, "b"), date="2026-03-01")
    assert history.add(made(162, "a", "b"), date="2026-03-01").outcome == "replaced"
    assert len(history.sessions("Anna")) == 1
    assert history.add(made(163, "b"), date="2026-03-01").outcome == "covered"
    assert list(history.measurements("Anna", "cadence")["value"]) == [162]


def test_only_an_unchanged_file_is_hashed(tmp_path: Path) -> None:
    clip = tmp_path / "side.mp4"
    clip.write_bytes(b"monday")
    folder = write_report_file(tmp_path / "out", report(file=str(clip)))
    (content,) = clip_contents(read_report(folder))
    assert content.same_run(ClipContent(content.sha256, 1.0, 2.0))
    clip.write_bytes(b"tuesday, with the same name")
    os.utime(clip, (4e9, 4e9))
    assert clip_contents(read_report(folder)) == ()


def test_a_session_of_version_2_is_recognised(history: History) -> None:
    history.add(report(measured("cadence", 160.0)), session="anna_side", date="2026-03-01")
    history._db.execute("UPDATE sessions SET date_from = 'today', date = '2026-05-05T10:00'")
    new = report(measured("cadence", 161.0))
    new["videos"][0]["sha256"] = "a" * 64
    again = history.add(new, session="anna_side", date="2026-03-01", date_from="folder")
    assert (again.outcome, again.date) == ("replaced", "2026-03-01")
