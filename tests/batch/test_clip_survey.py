"""Clips before the work: unreadable ones, copies, and what is done already."""

from __future__ import annotations

import os
from pathlib import Path

from gait.batch.clip_survey import clip_states, is_done, read_stamps, survey_clips
from gait.batch.job import JobOptions, SessionJob, run_job
from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.storage_folder import StorageFolder
from gait.report.report_json import gait_version
from tests import stub_analysis as stub


def session(folder: Path, name: str, *contents: str, athlete: str | None = None) -> PlannedSession:
    clips = []
    for number, content in enumerate(contents):
        path = folder / f"{name}{number}.mp4"
        path.write_text(content, encoding="utf-8")
        clips.append(ClipEntry(str(path), path.name))
    return PlannedSession(name, tuple(clips), athlete, slug=name)


def test_only_clips_of_the_same_size_are_read(tmp_path: Path) -> None:
    sessions = [session(tmp_path, "a", "1"), session(tmp_path, "b", "2"), session(tmp_path, "c", "333")]
    surveys = [survey_clips(sessions, {})[s.clips[0].location] for s in sessions]
    assert [survey.sha256 is not None for survey in surveys] == [True, True, False]
    assert [survey.size for survey in surveys] == [1, 1, 3]


def test_a_copy_counts_in_the_session_with_most_clips_then_where_there_is_an_athlete(tmp_path: Path) -> None:
    sessions = [
        session(tmp_path, "alone", "1"),
        session(tmp_path, "both", "1", "2"),
        session(tmp_path, "nameless", "3"),
        session(tmp_path, "named", "3", athlete="Anna"),
    ]
    states = clip_states(sessions, survey_clips(sessions, {}))
    assert [[s["status"] for s in of_session] for of_session in states] == [
        ["duplicate"],
        ["ok", "ok"],
        ["duplicate"],
        ["ok"],
    ]
    assert states[0][0]["reason"] == "holds the same as both0.mp4"


def test_a_clip_that_is_gone_fails_alone(tmp_path: Path) -> None:
    sessions = [session(tmp_path, "a", "1", "2")]
    Path(sessions[0].clips[0].location).unlink()
    (states,) = clip_states(sessions, survey_clips(sessions, {}))
    assert [s["status"] for s in states] == ["failed", "ok"]
    assert states[0]["reason"].startswith("no such file")


def test_a_stamp_is_valid_until_clip_or_options_change(tmp_path: Path) -> None:
    planned = session(tmp_path, "a", "1")
    out = StorageFolder(str(tmp_path / "out"))
    job = SessionJob("a", planned.clips, JobOptions(), out.root, gait_version(), measure=stub.measure)
    assert read_stamps(out, [planned]) == {}
    run_job(job)
    stamp = read_stamps(out, [planned])["a"]
    clip = planned.clips[0].location
    assert is_done(stamp, job, [survey_clips([planned], {})[clip].signature])
    taller = SessionJob("a", planned.clips, JobOptions(1.9), out.root, gait_version())
    assert not is_done(stamp, taller, [survey_clips([planned], {})[clip].signature])
    os.utime(clip, (1, 1))
    assert not is_done(stamp, job, [survey_clips([planned], {})[clip].signature])
