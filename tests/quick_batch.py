"""A batch within one process, with a quick analysis that writes the same files as the real one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import Any

from gait._typing import ProgressCallback
from gait.batch import batch_run
from gait.batch.batch_result import BatchResult
from gait.batch.job import JobOptions, JobResult, SessionJob, run_job
from gait.batch.planned_session import ClipEntry
from gait.batch.worker_pool import JobEvent, JobFinished, failed_job
from gait.errors import RefusedError
from gait.owned_files import move_to, owned_write, remove_own_file
from gait.pose.checkpoints import FINISHED_FILE, discard_checkpoints
from gait.session_files import (
    annotated_video_path,
    check_session_folder,
    own_annotated_videos,
    pose_file_name,
    remove_other_poses,
)
from tests import made_reports as reports


def write(path: Path, text: str) -> None:
    with owned_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_session(
    paths: Sequence[Path], folder: Path, *, views: Sequence[str], video: bool, text: str
) -> list[dict[str, Any]]:
    """Write what an analysis writes, in its order; returns the measurements."""
    check_session_folder(folder, videos=len(paths), sources=paths)
    for number, path in enumerate(paths):
        part = folder / f"pose_{number + 1}.part"
        if not part.is_dir():
            part.mkdir()
        write(part / FINISHED_FILE, f"poses of {path.name} {text}")
        remove_own_file(folder / f"clean_{number + 1}.nc")
        move_to(part / FINISHED_FILE, folder / pose_file_name(number))
        discard_checkpoints(part)
    remove_other_poses(folder, len(paths))
    write(folder / "steps.csv", f"video,view,side,contact_s,\n{text}\n")
    measured = reports.measured("cadence", 150.0 + len(text) % 30)
    record = reports.report(measured, name=None)
    record["videos"] = [
        {**record["videos"][0], "file": str(path), "view": view} for path, view in zip(paths, views, strict=True)
    ]
    write(folder / "report.json", json.dumps(record))
    written = []
    for number, view in enumerate(views if video else ()):
        target = annotated_video_path(folder, view, list(views)[:number].count(view), sources=paths)
        write(target, f"annotated {paths[number].name} {text}")
        written.append(target.name)
    for old in own_annotated_videos(folder) if video else ():
        if old.name not in written:
            remove_own_file(old)
    write(folder / "report.html", f"<p>{text}</p>")
    return [measured]


def measure(
    paths: Sequence[Path],
    clips: Sequence[ClipEntry],
    folder: Path,
    options: JobOptions,
    workers: int,
    fresh: bool,
    progress: ProgressCallback | None,
) -> JobResult:
    """The analysis of a session: clips that begin with "refuse" show nobody."""
    contents = [path.read_bytes() for path in paths]
    if contents[0].startswith(b"refuse"):
        raise RefusedError(f"{paths[0].name}: nobody is in the picture")
    views = [clip.view if clip.view != "auto" else "side" for clip in clips]
    text = f"{options.height_m} {options.athlete} {[content[:20] for content in contents]}"
    measurements = write_session(paths, folder, views=views, video=options.video, text=text)
    return JobResult([], measurements, [{"clip": n, "view": view} for n, view in enumerate(views)], {})


def run_in_process(jobs: Iterable[SessionJob], workers: int, *limits: object) -> Generator[JobEvent]:
    """Run jobs one after the other, in the place of `gait.batch.worker_pool.run_locally`."""
    for job in jobs:
        try:
            yield JobFinished(job.slug, run_job(job))
        except Exception as error:
            yield failed_job(job.slug, error)


def run_batch(source: Path, output: Path, **options: Any) -> BatchResult:
    """Run a whole batch in this process."""
    worker_processes, batch_run.run_locally = batch_run.run_locally, run_in_process  # type: ignore[assignment]
    try:
        return batch_run.analyze_batch(source, output, **{"measure": measure, **options})
    finally:
        batch_run.run_locally = worker_processes


def hashes(folder: Path) -> dict[Path, str]:
    """Hash every file in a folder and those in it."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
