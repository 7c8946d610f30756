"""Sessions on disk: what a folder of a report keeps, measured again without its videos."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.atomic_files import ANSWERS_FILE
from gait.errors import GaitError, InputError
from gait.netcdf import open_along_time
from gait.records import Notice, Runner

if TYPE_CHECKING:
    import xarray as xr

    from gait.findings.answers import Answers
    from gait.session import Session

#: Notices about the files themselves, which only the analysis of a video can tell.
_OF_FILES = ("video_refused", "video_file", "bystander")


def save_session(session: Session, folder: str | os.PathLike[str]) -> Path:
    """Keep what :func:`load_session` needs: ``report.json``, ``steps.csv``, ``pose_<n>.nc``.

    Parameters
    ----------
    session : Session
        What the runner said (``answers``) is not kept; beside a report of ``gait analyze`` it lies in its own file.
    folder : path
        Made when missing. Files of another session in it are replaced.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        It cannot be written.
    """
    from gait.pose.dataset import save_pose
    from gait.report.report_json import write_json
    from gait.report.steps_csv import write_csv

    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for number, view in enumerate(session.views):
            target = place / f"pose_{number + 1}.nc"
            if view.pose.encoding.get("source") != str(target):
                save_pose(view.pose, target)
        for old in place.glob("pose_*.nc"):
            if old.stem.removeprefix("pose_") not in {str(n + 1) for n in range(len(session.views))}:
                old.unlink()
        write_csv(session, place / "steps.csv")
        write_json(session, place / "report.json")
    except OSError as error:
        raise InputError(f"{place}: cannot be written: {error.strerror or error}") from None
    return place


def load_session(folder: str | os.PathLike[str], *, answers: Answers | None = None) -> Session:
    """Measure the run of a report once more, from the poses that lie beside it.

    Parameters
    ----------
    folder : path
        Made by ``gait analyze``, ``gait poses`` or :func:`save_session`. Its videos are not needed.
    answers : Answers, optional
        What the runner said; as it lies in the folder without it.

    Returns
    -------
    Session
        By this version of the program: where it measures as the one that wrote the report did, the numbers are the
        same.

    Raises
    ------
    InputError
        There is no report, or its poses are missing.
    RefusedError
        This version refuses to measure them.
    """
    from gait.analysis.view_analysis import analyze_pose
    from gait.findings.answers import load_answers
    from gait.session import assess

    place = Path(folder)
    record = read_report(place)
    about = record["runner"]
    runner = Runner(about["name"], about["height_m"], about["leg_length_m"], about["speed_mps"])
    views = []
    for number, (video, pose) in enumerate(zip(record["videos"], _poses(place, record), strict=True)):
        analysed = analyze_pose(pose, runner=runner, view=video["view"], video=number)
        info = replace(analysed.info, file=video["file"], warnings=tuple(video["warnings"]))
        views.append(replace(analysed, info=info))
    said = place / ANSWERS_FILE
    notices = [Notice(w["code"], w["message"]) for w in record["warnings"] if w["code"] in _OF_FILES]
    if answers is None and said.is_file():
        answers = load_answers(said)
    return assess(views, runner=runner, answers=answers, notices=notices)


def read_report(folder: Path) -> Mapping[str, Any]:
    """Read ``report.json`` of a folder.

    Raises
    ------
    InputError
        There is none that this program has written.
    """
    file = folder / "report.json"
    try:
        record: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if record["schema"] != "gait.report/1" or not record["videos"] or not record["runner"]:
            raise ValueError
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{file}: no such file; give the folder of a report") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{file}: is not a report of this program; run gait analyze again") from None
    return record


def has_videos(folder: str | os.PathLike[str]) -> bool:
    """Say whether the poses of a report were estimated in videos; those that ``gait poses`` was given were not."""
    try:
        with open_along_time(Path(folder) / "pose_1.nc") as kept:
            return "video_sha256" in kept.attrs
    except Exception:  # the reader raises whatever it likes where there is no such file
        return True


def _poses(folder: Path, record: Mapping[str, Any]) -> list[xr.Dataset]:
    """Load the poses of each video of a report; those of videos that were refused lie among them."""
    from gait.pose.dataset import load_pose

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
