"""Worker processes: each event arrives, and a worker that dies costs its own session only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gait.batch.job import JobOptions, SessionJob
from gait.batch.planned_session import ClipEntry
from gait.batch.worker_limits import WorkerLimits, resident_bytes
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


def test_a_session_that_hangs_or_crashes_costs_its_own_row_only(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    jobs = [job_for(tmp_path, name, name) for name in ("hang", "segfault", "good")]
    finished = {e.slug: e for e in run_locally(jobs, 1, WorkerLimits(time_s=5)) if isinstance(e, JobFinished)}
    assert finished["hang"].reason_code == "time_limit"
    assert finished["hang"].reason.startswith("took more than 5 s and was ended")
    assert "crashed (SIGSEGV)" in finished["segfault"].reason
    assert finished["good"].stamp is not None
    assert list((tmp_path / "scratch").iterdir()) == []  # nothing of the killed ones is left


@pytest.mark.skipif(resident_bytes(os.getpid()) is None, reason="this machine does not tell the memory of a process")
def test_a_session_that_takes_all_memory_is_ended(tmp_path: Path) -> None:
    jobs = [job_for(tmp_path, "eat", "eat"), job_for(tmp_path, "good", "1")]
    limits = WorkerLimits(memory_bytes=600_000_000)
    finished = {e.slug: e for e in run_locally(jobs, 1, limits) if isinstance(e, JobFinished)}
    assert finished["eat"].reason_code == "memory_limit" or "MemoryError" in finished["eat"].reason
    assert finished["good"].stamp is not None


def test_without_jobs_no_worker_is_started() -> None:
    assert list(run_locally([], 4)) == []


def test_an_expected_error_is_its_message_and_another_one_has_a_traceback() -> None:
    expected = failed_job("s", InputError("the disk is full", code="disk_full"))
    assert (expected.reason, expected.reason_code, expected.details) == ("the disk is full", "disk_full", "")
    crash = failed_job("s", ValueError("a\n b"))
    assert crash.reason == "crashed: ValueError: a b"
    assert "ValueError" in crash.details
    assert failed_job("s", ValueError()).reason == "crashed: ValueError"
