"""Sessions on disk: the folder of a report, measured again without its videos."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import xarray as xr

from gait._typing import PathLike
from gait.analysis.view_analysis import analyze_pose
from gait.display_language import ENGLISH, _, speak
from gait.display_text import encodable_text
from gait.display_units import Units
from gait.errors import FILM_MISSING, GaitError, InputError
from gait.findings.answers import Answers, load_answers
from gait.io.report_reader import read_report
from gait.netcdf import open_along_time
from gait.pose.dataset import load_pose, save_pose
from gait.records import Notice, Runner
from gait.report.report_json import write_json
from gait.report.steps_csv import write_csv
from gait.session import Session, assess
from gait.session_files import ANSWERS_FILE, check_session_folder, pose_file_name, remove_other_poses

#: Codes of notices about the video files, which only the analysis of a video can give.
_FILE_NOTICES = ("video_refused", "video_file", "bystander")


def save_session(session: Session, folder: PathLike) -> Path:
    """Keep what :func:`load_session` needs: ``report.json``, ``steps.csv``, ``pose_<n>.nc``.

    Parameters
    ----------
    session : Session
        Its answers are not kept; beside a report of ``gait analyze`` they lie in their own file.
    folder : path
        Made when missing. Files that gait wrote there and nobody has changed since are replaced.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        The folder cannot be written, or a file there is not gait's own.
    """
    folder = Path(folder)
    check_session_folder(folder, videos=len(session.views))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, view in enumerate(session.views):
            target = folder / pose_file_name(number)
            if view.pose.encoding.get("source") != str(target):
                save_pose(view.pose, target)
        remove_other_poses(folder, len(session.views))
        write_csv(session, folder / "steps.csv")
        write_json(session, folder / "report.json")
    except OSError as error:
        raise InputError(
            _("{folder}: cannot be written: {reason}").format(folder=folder, reason=error.strerror or error)
        ) from None
    return folder


def load_session(
    folder: PathLike, *, answers: Answers | None = None, units: Units | None = None, language: str | None = None
) -> Session:
    """Measure the run of a report again, from the poses that lie beside it.

    Parameters
    ----------
    folder : path
        Made by ``gait analyze``, ``gait poses`` or :func:`save_session`. Its videos are not needed.
    answers : Answers, optional
        The runner's answers; those in the folder without it.
    units : {"metric", "imperial", "pace", "imperial-pace"}, optional
        In which speeds and lengths are shown; those of the report without it.
    language : {"en", "de", "es", "fr"}, optional
        In which texts are written; that of the report without it.

    Returns
    -------
    Session
        Measured by this version of the program. The numbers equal those of the report where both versions measure
        alike.

    Raises
    ------
    InputError
        There is no report, or its poses are missing.
    RefusedError
        This version refuses to measure them.
    """
    folder = Path(folder)
    report = read_report(folder)
    record = report.record
    about = record["runner"]
    runner = Runner(*(about.get(name) for name in ("name", "height_m", "leg_length_m", "speed_mps")))
    spoken = language or report.language or ENGLISH
    views = []
    for number, (video, pose) in enumerate(zip(record["videos"], session_poses(folder, record), strict=True)):
        with speak(spoken):
            measured = analyze_pose(pose, runner=runner, view=video["view"], video=number)
        info = replace(measured.info, file=video["file"], warnings=tuple(video.get("warnings", ())))
        views.append(replace(measured, info=info))
    notices = [Notice(w["code"], w["message"]) for w in record.get("warnings", ()) if w["code"] in _FILE_NOTICES]
    answers_file = folder / ANSWERS_FILE
    if answers is None and answers_file.is_file():
        answers = load_answers(answers_file)
    return assess(views, runner=runner, answers=answers, notices=notices, units=units or report.units, language=spoken)


def analysis_options(folder: PathLike) -> dict[str, Any]:
    """Give the arguments of `gait.analyze` that made the report in a folder.

    Parameters
    ----------
    folder : path

    Returns
    -------
    dict
        Arguments by name.

    Raises
    ------
    InputError
        There is no report, or a video is missing.
    """
    folder = Path(folder)
    report = read_report(folder)
    record = report.record
    runner, videos = record["runner"], record["videos"]
    paths = []
    for video in videos:
        recorded = Path(video["file"])
        beside = (folder / recorded.name, folder.parent / recorded.name)
        # A relative path was written from the folder in which gait ran, usually one above that of the report.
        above = () if recorded.is_absolute() else tuple(parent / recorded for parent in folder.resolve().parents)
        found = next((path for path in (recorded, *beside, *above) if path.is_file()), None)
        if found is None:
            text = _(
                "{recorded}: the video is not there any more, nor {beside}; put it back, or beside {folder}, to see "
                "its pictures"
            )
            raise InputError(text.format(recorded=recorded, beside=beside[0], folder=folder), code=FILM_MISSING)
        paths.append(found)
    pose_file = folder / pose_file_name(0)
    attributes = load_pose(pose_file).attrs if pose_file.is_file() else {}
    rates = {video["capture_fps"] for video in videos if video["capture_fps"] != video["playback_fps"]}
    limits = {name: _seconds(attributes.get(f"{name}_s")) for name in ("start", "end")}
    return {
        "videos": paths,
        **{name: runner.get(name) for name in ("height_m", "leg_length_m", "speed_mps", "name")},
        "view": videos[0]["view"] if len(videos) == 1 else "auto",
        "capture_fps": rates.pop() if len(rates) == 1 else None,
        "engine": videos[0]["engine"],
        "units": report.units,
        "language": report.language or ENGLISH,
        **limits,
    }


def _seconds(value: Any) -> float | None:
    """Read a limit in the attributes of poses; none where the file has something else there."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if math.isfinite(seconds) else None


def has_videos(folder: PathLike) -> bool:
    """Tell whether the poses of a report were estimated in videos, not read from another program's file.

    Parameters
    ----------
    folder : path

    Returns
    -------
    bool
        True also where the folder has no poses.
    """
    try:
        with open_along_time(Path(folder) / pose_file_name(0)) as pose:
            return "video_sha256" in pose.attrs
    except Exception:  # the reader raises many kinds of error where there is no such file
        return True


def session_poses(folder: Path, record: Mapping[str, Any]) -> list[xr.Dataset]:
    """Load the poses of each video of a report; those of videos that were refused lie among them.

    Parameters
    ----------
    folder : Path
    record : mapping
        Content of ``report.json``.

    Returns
    -------
    list of xarray.Dataset
        One a video.

    Raises
    ------
    InputError
        The poses of a video are missing.
    """
    numbered = sorted(folder.glob("pose_*.nc"), key=lambda p: (len(p.name), p.name))
    poses: list[xr.Dataset] = []
    waiting = list(record["videos"])
    for file in numbered:
        if not waiting:
            break
        try:
            pose = load_pose(file)
        except GaitError:
            continue
        video = waiting[0]
        if encodable_text(Path(pose.attrs["source_file"]).name) != encodable_text(Path(video["file"]).name):
            continue
        pose.attrs["source_file"] = video["file"]
        pose.attrs["capture_fps"] = float(video["capture_fps"])
        poses.append(pose)
        waiting.pop(0)
    if waiting:
        raise InputError(
            _("{folder}: the poses of {file} are missing there; run gait analyze again").format(
                folder=folder, file=waiting[0]["file"]
            )
        )
    return poses
