"""Everything a report consists of, into one folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from gait._typing import ProgressCallback
from gait.errors import GaitError, InputError
from gait.report.html_page import write_html
from gait.report.report_json import write_json
from gait.report.steps_csv import write_csv

if TYPE_CHECKING:
    from gait.session import Session


def write_report(
    session: Session,
    out_dir: str | os.PathLike[str],
    *,
    video: bool | Literal["keep"] = True,
    progress: ProgressCallback | None = None,
) -> Path:
    """Write ``report.json``, ``steps.csv``, ``<view>.mp4`` and, last, ``report.html``.

    Parameters
    ----------
    session
        A finished analysis.
    out_dir : path
        Made when missing. Files of an earlier report in it are replaced.
    video : bool or "keep"
        Whether to write the annotated videos, or to keep those that lie in the folder.
        A video whose source cannot be read any more is left out; the report
        says so.
    progress
        Called with ``(frames done, frames in all)`` while videos are written.

    Returns
    -------
    Path
        ``report.html``.

    Raises
    ------
    InputError
        If the folder cannot be made or written to.

    Notes
    -----
    Each file appears whole or not at all, and ``report.html`` only when all the others are there.
    """
    folder = Path(out_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_csv(session, folder / "steps.csv")
        write_json(session, folder / "report.json")
        videos = {n: name for n, name in enumerate(video_names(session)) if (folder / name).is_file()}
        if video != "keep":
            videos = _write_videos(session, folder, progress) if video else {}
        return write_html(session, folder / "report.html", videos=videos)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{folder}: the report cannot be written there: {reason}; choose another folder") from error


def video_names(session: Session) -> list[str]:
    """Name each view's annotated video: ``side.mp4``, the second of the same view ``side_2.mp4``."""
    names: list[str] = []
    for view in session.views:
        kind = view.info.view
        earlier = sum(1 for name in names if name.removesuffix(".mp4").partition("_")[0] == kind)
        names.append(f"{kind}.mp4" if not earlier else f"{kind}_{earlier + 1}.mp4")
    return names


def _write_videos(session: Session, folder: Path, progress: ProgressCallback | None) -> dict[int, str]:
    from gait.report.annotated_video import write_overlay

    total = sum(view.info.frames for view in session.views)
    written: dict[int, str] = {}
    before = 0
    for number, (view, name) in enumerate(zip(session.views, video_names(session), strict=True)):
        report = None if progress is None else _shifted(progress, before, total)
        try:
            write_overlay(view, folder / name, progress=report)
            written[number] = name
        except (GaitError, FileNotFoundError):
            # The report itself says that the source could not be read; an older annotated video would mislead.
            (folder / name).unlink(missing_ok=True)
        before += view.info.frames
    return written


def _shifted(progress: ProgressCallback, before: int, total: int) -> ProgressCallback:
    return lambda done, _total: progress(min(before + done, total), total)
