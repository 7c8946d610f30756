"""Worker processes: each event arrives, and a worker that dies costs its own session only."""

from __future__ import annotations

from pathlib import Path

from gait.batch.job import JobOptions, SessionJob
from gait.batch.planned_session import ClipEntry
from gait.batch.worker_pool import JobFinished, JobProgress, JobStarted, failed_job, run_locally
from gait.errors import InputError
from gait.report.report_json import gait_version
from tests import stub_analysis as stub


def job_for(folder: Path, name: str, content: str) -> SessionJob:
    path = folder / f"{name}.mp4"
    path.write_text(content, encoding="utf-8")
    clips = (ClipEntry(str(path), path.name),)
    return SessionJob(name, clips, JobOptions(), str(folder / "out"), gait_version(), measure=stub.measure)


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    jobs = [
        job_for(tmp_path, "dies", "die"),
        job_for(tmp_path, "crashes", "crash"),
        job_for(tmp_path, "good", "wait 0.1"),
    ]
    events = list(run_locally(jobs, 1))
    assert [e.slug for e in events if isinstance(e, JobStarted)] == ["dies", "crashes", "good"]
    finished = {e.slug: e for e in events if isinstance(e, JobFinished)}
    assert finished["dies"].reason_code == "out_of_memory"
    assert "ended by SIGKILL; perhaps memory ran out: use fewer processes" in finished["dies"].reason
    assert "ZeroDivisionError" in finished["crashes"].details
    assert finished["good"].stamp is not None
    progress = [e for e in events if isinstance(e, JobProgress)]
    assert (progress[-1].done, progress[-1].total) == (10, 10)


def test_without_jobs_no_worker_is_started() -> None:
    assert list(run_locally([], 4)) == []


def test_an_expected_error_is_its_message_and_another_one_has_a_traceback() -> None:
    expected = failed_job("s", InputError("the disk is full", code="disk_full"))
    assert (expected.reason, expected.reason_code, expected.details) == ("the disk is full", "disk_full", "")
    crash = failed_job("s", ValueError("a\n b"))
    assert crash.reason == "crashed: ValueError: a b"
    assert "ValueError" in crash.details
    assert failed_job("s", ValueError()).reason == "crashed: ValueError"
