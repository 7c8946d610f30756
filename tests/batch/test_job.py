"""One session from its clips to its report and stamp."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gait.batch.job import JobOptions, SessionJob, job_key, run_job
from gait.batch.planned_session import ClipEntry
from gait.batch.session_stamp import STAMP, read_stamp
from gait.errors import InputError
from gait.report.report_json import gait_version
from tests import stub_analysis as stub


def job_for(folder: Path, *contents: str, **options: Any) -> SessionJob:
    clips = []
    for number, content in enumerate(contents):
        path = folder / f"clip{number}.mp4"
        path.write_text(content, encoding="utf-8")
        clips.append(ClipEntry(str(path), path.name))
    settings = {"version": gait_version(), "measure": stub.measure, **options}
    return SessionJob("anna", tuple(clips), JobOptions(), str(folder / "out"), **settings)


def test_the_key_is_that_of_version_0_1() -> None:
    # From gait 0.1.0. Another key would analyse every finished session again.
    clips = (ClipEntry("/a.mp4", "a.mp4", "side", True), ClipEntry("/b.mp4", "b.mp4", "rear"))
    job = SessionJob("s", clips, JobOptions(1.78, 3.0, "Anna", False, "litert"), "/out", "0.1.0", "method")
    assert job_key(job, ["1" * 64, "2" * 64]) == "b95893fa6577c56dcb403813a2ff339100b9e61c850242967c3a681201137513"


def test_other_units_make_another_report() -> None:
    jobs = [
        SessionJob("s", (ClipEntry("/a.mp4", "a.mp4"),), JobOptions(units=units), "/out", "0.1.0", "method")
        for units in (None, "imperial", "pace")
    ]
    assert len({job_key(job, ["1" * 64]) for job in jobs}) == 3


def test_every_frame_makes_another_report_and_its_absence_the_same_as_before() -> None:
    keys = [
        job_key(SessionJob("s", (ClipEntry("/a.mp4", "a.mp4"),), options, "/out", "0.1.0", "method"), ["1" * 64])
        for options in (JobOptions(), JobOptions(every_frame=False), JobOptions(every_frame=True))
    ]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"schema": "gait.report/1"}'])
def test_only_a_stamp_is_read_as_one(content: bytes | None) -> None:
    assert read_stamp(content) is None


@pytest.mark.parametrize("staged", [False, True])
def test_the_stamp_holds_result_and_clips(tmp_path: Path, staged: bool) -> None:
    job = job_for(tmp_path, "1", "2", staged=staged)
    stamp = run_job(job)
    assert read_stamp((tmp_path / "out" / "anna" / STAMP).read_bytes()) == stamp
    assert [clip["file"] for clip in stamp["clips"]] == [clip.location for clip in job.clips]
    assert stamp["clips"][0]["mark"]["size"] == 1
    assert stamp["measurements"][0]["clip"] == 0
    report = json.loads((tmp_path / "out" / "anna" / "report.json").read_text(encoding="utf-8"))
    assert [video["file"] for video in report["videos"]] == [clip.location for clip in job.clips]


def test_a_refused_session_has_a_stamp_with_the_reason(tmp_path: Path) -> None:
    stamp = run_job(job_for(tmp_path, "refuse"))
    assert (stamp["status"], stamp["reason"]) == ("failed", "nobody is in the picture; film the runner")
    assert stamp["reason_code"] is None


def test_a_view_that_contradicts_the_name_is_remarked(tmp_path: Path) -> None:
    path = tmp_path / "anna_rear.mp4"
    path.write_text("1", encoding="utf-8")

    def measure(*arguments: Any) -> Any:
        result = stub.measure(*arguments)
        result.views[0]["view"] = "side"
        return result

    job = job_for(tmp_path, measure=measure)
    job = replace(job, clips=(ClipEntry(str(path), path.name, "rear"),))
    assert run_job(job)["clips"][0]["reason"] == "its name says rear, the video shows the side view"


def test_a_worker_of_another_version_refuses(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the batch 9\.9; install the same on both"):
        run_job(job_for(tmp_path, "1", version="9.9"))
    assert not (tmp_path / "out").exists()


def test_a_clip_without_a_runner_fails_with_its_first_frame(tmp_path: Path, clip: Path) -> None:
    job = job_for(tmp_path, measure=None)
    job = replace(job, clips=(ClipEntry(str(clip), clip.name),))
    stamp = run_job(job)
    assert stamp["status"] == "failed"
    assert clip.name not in stamp["reason"]
    assert stamp["thumbnail"].startswith("data:image/jpeg;base64,")
