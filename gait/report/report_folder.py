"""The folder of a report: page, JSON, table of steps and annotated videos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from gait._typing import PathLike, ProgressCallback
from gait.errors import GaitError, InputError
from gait.report.html_page import write_html
from gait.report.report_json import write_json
from gait.report.steps_csv import write_csv

if TYPE_CHECKING:
    from gait.session import Session


def write_report(
    session: Session,
    out_dir: PathLike,
    *,
    video: bool | Literal["keep"] = True,
    progress: ProgressCallback | None = None,
) -> Path:
    """Write ``report.json``, ``steps.csv``, ``<view>.mp4`` and, last, ``report.html``.

    Parameters
    ----------
    session : Session
        A finished analysis.
    out_dir : path
        Folder; it is made where it is missing. Files of an earlier report in it are replaced.
    video : bool or "keep"
        Whether to write the annotated videos; ``"keep"``: use those in the folder. A video whose source cannot be read
        any more is left out, and the report says so.
    progress : callable, optional
        Called with ``(frames done, frames in all)`` while videos are written.

    Returns
    -------
    Path
        ``report.html``.

    Raises
    ------
    InputError
        The folder cannot be made or written to.

    Notes
    -----
    Each file appears whole or not at all; ``report.html`` comes last.
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
    """Name the annotated video of each view: ``side.mp4``, and ``side_2.mp4`` for the second of the same view.

    Parameters
    ----------
    session : Session

    Returns
    -------
    list of str
        One name a view.
    """
    names: list[str] = []
    for view in session.views:
        kind = view.info.view
        earlier = sum(1 for name in names if name.removesuffix(".mp4").partition("_")[0] == kind)
        names.append(f"{kind}.mp4" if not earlier else f"{kind}_{earlier + 1}.mp4")
    return names


def _write_videos(session: Session, folder: Path, progress: ProgressCallback | None) -> dict[int, str]:
    from gait.report.annotated_video import write_annotated_video

    total = sum(view.info.frames for view in session.views)
    written: dict[int, str] = {}
    before = 0
    for number, (view, name) in enumerate(zip(session.views, video_names(session), strict=True)):
        report = None if progress is None else _shifted(progress, before, total)
        try:
            write_annotated_video(view, folder / name, progress=report)
            written[number] = name
        except (GaitError, FileNotFoundError):
            # An annotated video of an earlier report would not belong to this one.
            (folder / name).unlink(missing_ok=True)
        before += view.info.frames
    return written


def _shifted(progress: ProgressCallback, before: int, total: int) -> ProgressCallback:
    return lambda done, _total: progress(min(before + done, total), total)
