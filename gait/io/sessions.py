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
from gait.errors import GaitError, InputError
from gait.findings.answers import ANSWERS_FILE, Answers, load_answers
from gait.io.report_reader import read_report
from gait.netcdf import open_along_time
from gait.pose.dataset import load_pose, save_pose
from gait.records import Notice, Runner
from gait.report.report_json import write_json
from gait.report.steps_csv import write_csv
from gait.session import Session, assess

#: Codes of notices about the video files, which only the analysis of a video can give.
_FILE_NOTICES = ("video_refused", "video_file", "bystander")


def save_session(session: Session, folder: PathLike) -> Path:
    """Keep what :func:`load_session` needs: ``report.json``, ``steps.csv``, ``pose_<n>.nc``.

    Parameters
    ----------
    session : Session
        Its answers are not kept; beside a report of ``gait analyze`` they lie in their own file.
    folder : path
        Made when missing. Files of another session in it are replaced.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, view in enumerate(session.views):
            target = folder / f"pose_{number + 1}.nc"
            if view.pose.encoding.get("source") != str(target):
                save_pose(view.pose, target)
        for old in folder.glob("pose_*.nc"):
            if old.stem.removeprefix("pose_") not in {str(n + 1) for n in range(len(session.views))}:
                old.unlink()
        write_csv(session, folder / "steps.csv")
        write_json(session, folder / "report.json")
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from None
    return folder


def load_session(folder: PathLike, *, answers: Answers | None = None) -> Session:
    """Measure the run of a report again, from the poses that lie beside it.

    Parameters
    ----------
    folder : path
        Made by ``gait analyze``, ``gait poses`` or :func:`save_session`. Its videos are not needed.
    answers : Answers, optional
        The runner's answers; those in the folder without it.

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
    record = read_report(folder).record
    about = record["runner"]
    runner = Runner(about["name"], about["height_m"], about["leg_length_m"], about["speed_mps"])
    views = []
    for number, (video, pose) in enumerate(zip(record["videos"], _poses(folder, record), strict=True)):
        measured = analyze_pose(pose, runner=runner, view=video["view"], video=number)
        info = replace(measured.info, file=video["file"], warnings=tuple(video["warnings"]))
        views.append(replace(measured, info=info))
    notices = [Notice(w["code"], w["message"]) for w in record["warnings"] if w["code"] in _FILE_NOTICES]
    answers_file = folder / ANSWERS_FILE
    if answers is None and answers_file.is_file():
        answers = load_answers(answers_file)
    return assess(views, runner=runner, answers=answers, notices=notices)


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
    record = read_report(folder).record
    runner, videos = record["runner"], record["videos"]
    paths = []
    for video in videos:
        recorded = Path(video["file"])
        beside = (folder / recorded.name, folder.parent / recorded.name)
        found = next((path for path in (recorded, *beside) if path.is_file()), None)
        if found is None:
            raise InputError(f"{recorded}: the video is not there any more; put it back, or beside {folder}")
        paths.append(found)
    pose_file = folder / "pose_1.nc"
    attributes = load_pose(pose_file).attrs if pose_file.is_file() else {}
    rates = {video["capture_fps"] for video in videos if video["capture_fps"] != video["playback_fps"]}
    limits = {name: attributes.get(f"{name}_s") for name in ("start", "end")}
    return {
        "videos": paths,
        "height_m": runner["height_m"],
        "leg_length_m": runner["leg_length_m"],
        "speed_mps": runner["speed_mps"],
        "name": runner["name"],
        "view": videos[0]["view"] if len(videos) == 1 else "auto",
        "capture_fps": rates.pop() if len(rates) == 1 else None,
        "engine": videos[0]["engine"],
        **{name: None if value is None or math.isnan(value) else float(value) for name, value in limits.items()},
    }


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
        with open_along_time(Path(folder) / "pose_1.nc") as pose:
            return "video_sha256" in pose.attrs
    except Exception:  # the reader raises many kinds of error where there is no such file
        return True


def _poses(folder: Path, record: Mapping[str, Any]) -> list[xr.Dataset]:
    """Load the poses of each video of a report; those of videos that were refused lie among them."""
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
        if Path(pose.attrs["source_file"]).name != Path(video["file"]).name:
            continue
        pose.attrs["source_file"] = video["file"]
        pose.attrs["capture_fps"] = float(video["capture_fps"])
        poses.append(pose)
        waiting.pop(0)
    if waiting:
        raise InputError(f"{folder}: the poses of {waiting[0]['file']} are missing there; run gait analyze again")
    return poses
