"""One session from its clips to its report: what every worker does, on this machine and on a cluster."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from gait._typing import ProgressCallback
from gait.atomic_files import temporary_folder
from gait.batch.clip_check import check_clips
from gait.batch.planned_session import ClipEntry
from gait.batch.session_stamp import SCHEMA, STAMP, read_stamp
from gait.batch.storage import FileSignature, fetch_file, file_sha256, file_signature
from gait.batch.storage_folder import StorageFolder
from gait.batch.thumbnail import first_frame_thumbnail, session_thumbnail
from gait.checked_toml import parse_toml
from gait.display_language import ENGLISH, _, clauses_text, speak
from gait.display_units import Units
from gait.errors import OUTPUT_UNWRITABLE, GaitError, InputError
from gait.heap_settings import return_free_memory
from gait.metrics.grading import VIEW_WORDS
from gait.owned_files import FILES_LIST, FOREIGN_FILE, is_source, owned_write
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.report.report_json import gait_version
from gait.session_files import ANNOTATED_VIDEO, check_session_folder, session_file_names
from gait.video.recording_time import recording_time

#: Options that the stamps of version 0.1 know nothing of.
_LATER_OPTIONS = ("leg_length_m", "answers", "units", "language", "every_frame")


@dataclass(frozen=True)
class JobOptions:
    """Everything besides the clips that decides a report.

    Attributes
    ----------
    height_m, speed_mps : float or None
        Body height in metres, belt speed in m/s.
    athlete : str or None
    video : bool or "full"
        Whether to write annotated videos; ``True``: the parts that the report shows.
    engine : str
        Name of the pose engine.
    leg_length_m : float or None
        Hip to floor, metres.
    answers : str or None
        Text of the file with the runner's answers.
    units : {"metric", "imperial", "pace", "imperial-pace"} or None
        In which the report shows speeds and lengths; metric ones for ``None``.
    language : str or None
        In which the report is written; English for ``None``.
    every_frame : bool
        Whether poses are estimated in every frame, or in windows as in `gait.analyze`.
    """

    # The names of these fields are part of the key in every stamp (`job_key`).
    height_m: float | None = None
    speed_mps: float | None = None
    athlete: str | None = None
    video: bool | Literal["full"] = True
    engine: str = DEFAULT_ENGINE
    leg_length_m: float | None = None
    answers: str | None = None
    units: Units | None = None
    language: str | None = None
    every_frame: bool = False


@dataclass(frozen=True)
class JobResult:
    """The result of one analysis as plain data.

    Attributes
    ----------
    findings, likely, measurements, views : list of dict
        As in ``report.json``; the views with the number of their clip.
    refused : dict
        Number of a clip → why nothing could be measured in it.
    thumbnail : str, optional
        Small JPEG as a data URI.
    notices : list of dict
        As ``warnings`` in ``report.json``.
    """

    findings: list[dict[str, Any]]
    measurements: list[dict[str, Any]]
    views: list[dict[str, Any]]
    refused: dict[int, str]
    thumbnail: str | None = None
    notices: list[dict[str, Any]] = field(default_factory=list)
    likely: list[dict[str, Any]] = field(default_factory=list)


#: (clips on this machine, the same as planned, folder for the report, options, workers, fresh, progress) → result.
MeasureFunction = Callable[
    [Sequence[Path], Sequence[ClipEntry], Path, JobOptions, int, bool, ProgressCallback | None], JobResult
]


@dataclass(frozen=True)
class SessionJob:
    """One session to be analysed, with everything that a process elsewhere needs.

    Attributes
    ----------
    slug : str
        The session's folder in ``target``.
    clips : tuple of ClipEntry
    options : JobOptions
    target : str
        Path or URL of the batch's output.
    version : str
        Version of gait that planned the job; a worker with another one refuses it.
    method : str
        Version of the pose estimation and SHA-256 of its model, for the key.
    workers : int
        Pose workers in this process.
    fresh : bool
        Analyse the session although it is done.
    staged : bool
        Work in a temporary folder and copy the report to the target, the stamp last; else work in the target itself.
    measure : callable
        Replaces the analysis, for tests.
    check_only : bool
        Look at the clips quickly instead (`gait.batch.clip_check`); nothing is written.
    """

    slug: str
    clips: tuple[ClipEntry, ...]
    options: JobOptions
    target: str
    version: str
    method: str = ""
    workers: int = 1
    fresh: bool = False
    staged: bool = False
    measure: MeasureFunction | None = None
    check_only: bool = False


def job_key(job: SessionJob, digests: Sequence[str]) -> str:
    """Hash what decides a session's report: contents of the clips, version, model, options.

    Parameters
    ----------
    job : SessionJob
    digests : sequence of str
        SHA-256 of each clip.

    Returns
    -------
    str
        SHA-256. Stamps of earlier runs hold it: another way to compute it would analyse every session again.
    """
    views = [clip.binding_view for clip in job.clips]
    # What earlier versions did not have counts only where it is given.
    later = {name: v for name, v in asdict(job.options).items() if name in _LATER_OPTIONS}
    options = {name: v for name, v in asdict(job.options).items() if name not in later}
    options |= {name: v for name, v in later.items() if v is not None and v is not False}
    decisive: list[Any] = [SCHEMA, job.version, job.method, options, list(digests), views]
    parts = [(clip.capture_fps, clip.start_s, clip.end_s) for clip in job.clips]
    if any(value is not None for part in parts for value in part):
        decisive.append(parts)
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def run_job(job: SessionJob, progress: ProgressCallback | None = None) -> dict[str, Any]:
    """Analyse one session, unless its stamp shows that exactly this is done.

    A fault of the clips is a result like any other: status ``"failed"`` with the reason, kept like a report. Everything
    else (no network, no space, a fault of the program) is raised, because it may be gone next time.

    Parameters
    ----------
    job : SessionJob
    progress : callable, optional
        Called with (frames done, frames in all).

    Returns
    -------
    dict
        The stamp.

    Raises
    ------
    InputError
        This worker has another version of gait than the batch, a file cannot be reached, or a file in the session's
        folder is not gait's own.
    """
    if gait_version() != job.version:
        raise InputError(
            _("this worker has gait {gait_version}, the batch {version}; install the same on both").format(
                gait_version=gait_version(), version=job.version
            )
        )
    return_free_memory()  # of the session before
    begun = perf_counter()
    target = StorageFolder(job.target)
    with speak(job.options.language or ENGLISH), temporary_folder() as temporary:
        if job.check_only:
            paths = [_fetch_clip(clip, number, temporary) for number, clip in enumerate(job.clips)]
            height_m, engine = job.options.height_m, job.options.engine
            return check_clips(paths, job.clips, height_m=height_m, engine=engine, workers=job.workers)
        paths, signatures, digests = _fetch_clips(job, temporary)
        key = job_key(job, digests)
        earlier = read_stamp(target.read(f"{job.slug}/{STAMP}"))
        if earlier is not None and earlier["key"] == key and not job.fresh:
            if [clip.get("mark") for clip in earlier["clips"]] != [asdict(signature) for signature in signatures]:
                for clip, signature in zip(earlier["clips"], signatures, strict=True):
                    clip["mark"] = asdict(signature)
                _write_stamp(target, job.slug, earlier)
            return earlier
        staged = job.staged or target.folder is None
        folder = temporary / "report" if staged or target.folder is None else target.folder / job.slug
        names = [STAMP, *session_file_names(len(paths), annotated=bool(job.options.video))]
        foreign = target.foreign_files(job.slug, names)
        _refuse_foreign(target, job.slug, [name for name in foreign if not ANNOTATED_VIDEO.fullmatch(name)])
        if not staged:
            check_session_folder(folder, videos=len(paths), sources=paths, annotated=bool(job.options.video))
        folder.mkdir(parents=True, exist_ok=True)
        # Without a stamp the folder counts as unfinished.
        target.remove(f"{job.slug}/{STAMP}")
        for name in (name for name in names if ANNOTATED_VIDEO.fullmatch(name)):
            if not is_source((target.folder or folder.parent) / job.slug / name, paths):
                target.remove(f"{job.slug}/{name}")  # of clips that have changed or gone
        # An empty file makes the report take another name than the one that is taken in the target.
        reserved = [folder / name for name in foreign] if staged else []
        for path in reserved:
            path.touch()
        stamp: dict[str, Any] = {
            "schema": SCHEMA,
            "key": key,
            "gait_version": job.version,
            "status": "ok",
            "reason": None,
            "clips": [
                {"file": clip.location, "sha256": d, "mark": asdict(s), "status": "ok", "reason": None, "view": None}
                | {"recorded": _recorded_text(path)}
                for clip, path, d, s in zip(job.clips, paths, digests, signatures, strict=True)
            ],
            "findings": [],
            "measurements": [],
            "thumbnail": None,
        }
        _measure_into_stamp(job, paths, folder, stamp, progress)
        for path in reserved:
            path.unlink(missing_ok=True)
        stamp["seconds"] = round(perf_counter() - begun, 2)
        if staged:
            _copy_report(folder, target, job.slug)
        _write_stamp(target, job.slug, stamp)
    return stamp


def _fetch_clips(job: SessionJob, temporary: Path) -> tuple[list[Path], list[FileSignature], list[str]]:
    """Provide the clips on this machine, each in a folder of its own: two may have the same name."""
    paths, signatures, digests = [], [], []
    for number, clip in enumerate(job.clips):
        signatures.append(file_signature(clip.location))
        paths.append(_fetch_clip(clip, number, temporary))
        digests.append(file_sha256(str(paths[-1])))
    return paths, signatures, digests


def _fetch_clip(clip: ClipEntry, number: int, temporary: Path) -> Path:
    folder = temporary / f"clip_{number + 1}"
    folder.mkdir()
    return fetch_file(clip.location, folder)


def _recorded_text(path: Path) -> str | None:
    moment = recording_time(path)
    return None if moment is None else moment.isoformat(timespec="minutes")


def _measure_into_stamp(
    job: SessionJob, paths: Sequence[Path], folder: Path, stamp: dict[str, Any], progress: ProgressCallback | None
) -> None:
    """Measure the clips that can be opened, and write the result into the stamp."""
    from gait.video import frame_times

    usable = []
    for number, path in enumerate(paths):
        try:
            if job.measure is None:
                frame_times(path)  # one broken clip must not fail those of the other sides
            usable.append(number)
        except GaitError as error:
            stamp["clips"][number].update(status="failed", reason=_without_path(str(error), path))
    measure = job.measure or measure_clips
    try:
        if not usable:
            raise InputError(clauses_text([clip["reason"] for clip in stamp["clips"]]))
        clips = [job.clips[n] for n in usable]
        usable_paths = [paths[n] for n in usable]
        result = measure(usable_paths, clips, folder, job.options, job.workers, job.fresh, progress)
    except GaitError as error:
        if error.code in (FOREIGN_FILE, OUTPUT_UNWRITABLE):
            raise  # not a fault of the clips
        reason = str(error)
        for path in paths:
            reason = _without_path(reason, path)
        for number in usable:
            stamp["clips"][number].update(status="failed", reason=reason)
        thumbnail = first_frame_thumbnail([paths[n] for n in usable])
        stamp.update(status="failed", reason=reason, reason_code=error.code, thumbnail=thumbnail)
        return
    for view in result.views:
        number = usable[view["clip"]]
        stamp["clips"][number]["view"] = view["view"]
        expected = job.clips[number].view
        if not job.clips[number].view_given and expected not in ("auto", view["view"]):
            text = _("its name says {expected}, the video shows the {view} view")
            stamp["clips"][number]["reason"] = text.format(expected=VIEW_WORDS[expected], view=VIEW_WORDS[view["view"]])
    for clip, reason in result.refused.items():
        stamp["clips"][usable[clip]].update(status="failed", reason=_without_path(reason, paths[usable[clip]]))
    numbers = [usable[view["clip"]] for view in result.views]
    stamp["findings"] = result.findings
    stamp["likely"] = result.likely
    stamp["measurements"] = [{**m, "clip": numbers[m["video"]]} for m in result.measurements]
    stamp["thumbnail"] = result.thumbnail
    stamp["notices"] = [{"code": notice["code"], "message": notice["message"]} for notice in result.notices]
    _set_video_files(folder / "report.json", [job.clips[n].location for n in numbers])


def _without_path(text: str, path: Path) -> str:
    """Leave out where a clip lay during the work: its row names it already."""
    for prefix in (f"{path}: ", f"{path.name}: "):
        text = text.replace(prefix, "")
    return text.replace(str(path), path.name)


def _set_video_files(report: Path, locations: Sequence[str]) -> None:
    """Write into a report where its videos come from instead of where they lay during the work."""
    if not report.is_file():
        return
    record = json.loads(report.read_text(encoding="utf-8"))
    if [video["file"] for video in record["videos"]] == list(locations):
        return
    for video, location in zip(record["videos"], locations, strict=True):
        video["file"] = location
    with owned_write(report) as temporary, temporary.open("w", encoding="utf-8", errors="backslashreplace") as file:
        json.dump(record, file, ensure_ascii=False, indent=1, allow_nan=False)
        file.write("\n")


def _refuse_foreign(target: StorageFolder, slug: str, names: Sequence[str]) -> None:
    if names:
        reason = "was not written by gait, or was changed after that, and is not written over"
        raise InputError(
            _("{root}/{slug}/{names}: {reason}; move it away").format(
                root=target.root, slug=slug, names=names[0], reason=reason
            ),
            code=FOREIGN_FILE,
        )


def _copy_report(folder: Path, target: StorageFolder, slug: str) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != FILES_LIST:
            target.put(path, f"{slug}/{path.relative_to(folder).as_posix()}")


def _write_stamp(target: StorageFolder, slug: str, stamp: Mapping[str, Any]) -> None:
    text = json.dumps(stamp, ensure_ascii=False, indent=1, allow_nan=False)
    # Bytes of a name that are no UTF-8 become escapes of JSON, which reading turns back.
    target.write(f"{slug}/{STAMP}", text.encode("utf-8", "backslashreplace"))


def measure_clips(
    paths: Sequence[Path],
    clips: Sequence[ClipEntry],
    folder: Path,
    options: JobOptions,
    workers: int,
    fresh: bool,
    progress: ProgressCallback | None,
) -> JobResult:
    """Analyse the clips of one session and write their report into a folder.

    Parameters
    ----------
    paths : sequence of Path
        The clips on this machine.
    clips : sequence of ClipEntry
        The same, as planned.
    folder : Path
        For the report and the poses.
    options : JobOptions
    workers : int
        Pose workers.
    fresh : bool
        Estimate poses again although they are there.
    progress : callable or None
        Called with (frames done, frames in all).

    Returns
    -------
    JobResult

    Notes
    -----
    Where no clip shows a run that can be measured, `gait.session.analyze` raises `gait.errors.GaitError`.
    """
    from gait.findings.answers import parse_answers
    from gait.report.report_folder import write_report
    from gait.report.report_json import report_dict
    from gait.session import analyze

    session = analyze(
        paths,
        height_m=options.height_m,
        leg_length_m=options.leg_length_m,
        speed_mps=options.speed_mps,
        name=options.athlete,
        view=[clip.binding_view for clip in clips],
        capture_fps=[clip.capture_fps for clip in clips],
        start=clips[0].start_s,
        end=clips[0].end_s,
        answers=None if options.answers is None else parse_answers(parse_toml(options.answers.encode())),
        engine=options.engine,
        cache_dir=folder,
        units=options.units or "metric",
        language=options.language or ENGLISH,
        fresh=fresh,
        workers=workers,
        progress=progress,
        every_frame=options.every_frame,
        same_run=True,  # nobody is there to be asked; the report carries the doubt as a notice
    )
    write_report(session, folder, video=options.video)
    record = report_dict(session)
    number = {str(path): n for n, path in enumerate(paths)}
    views = [{"clip": number[view.info.file], "view": view.info.view} for view in session.views]
    analyzed = {view["clip"] for view in views}
    refusals = [notice.message for notice in session.notices if notice.code == "video_refused"]
    refused = dict(zip([n for n in range(len(paths)) if n not in analyzed], refusals, strict=False))
    return JobResult(
        record["findings"],
        record["measurements"],
        views,
        refused,
        session_thumbnail(session),
        record["warnings"],
        record["likely"],
    )
