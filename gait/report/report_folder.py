"""The folder of a report: page, JSON, table of steps and annotated videos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from gait._typing import PathLike, ProgressCallback
from gait.display_language import speak
from gait.errors import OUTPUT_UNWRITABLE, GaitError, InputError
from gait.owned_files import is_own_file, is_source, remove_own_file
from gait.report.html_page import write_html
from gait.report.report_json import write_json
from gait.report.steps_csv import write_csv
from gait.report.video_windows import VideoWindows, read_video_windows, shown_moments, whole_film, windows_to_show
from gait.session_files import (
    REPORT_PAGE,
    annotated_variant,
    annotated_video_path,
    check_session_folder,
    own_annotated_videos,
    plain_video_name,
)

if TYPE_CHECKING:
    from gait.session import Session


def write_report(
    session: Session,
    out_dir: PathLike,
    *,
    video: bool | Literal["keep", "windows", "full"] = True,
    progress: ProgressCallback | None = None,
) -> Path:
    """Write ``report.json``, ``steps.csv``, ``<view>.mp4`` and, last, ``report.html``.

    Parameters
    ----------
    session : Session
        A finished analysis.
    out_dir : path
        Folder; it is made where it is missing. Files that gait wrote there and nobody has changed since are replaced.
    video : bool or {"keep", "windows", "full"}
        Whether to write the annotated videos; ``True`` or ``"windows"``: the parts of each clip that the report shows;
        ``"full"``: all of it; ``"keep"``: use those in the folder. A video whose source cannot be read any more is left
        out, and the report says so.
    progress : callable, optional
        Called with ``(frames done, frames in all)`` while videos are written.

    Returns
    -------
    Path
        ``report.html``.

    Raises
    ------
    InputError
        The folder cannot be made or written to, or a file there is not gait's own.

    Notes
    -----
    Each file appears whole or not at all; ``report.html`` comes last.
    """
    folder = Path(out_dir)
    check_session_folder(folder, videos=0, sources=_clips(session))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        videos = _kept_videos(session, folder) if video == "keep" else {}
        write_csv(session, folder / "steps.csv")
        write_json(session, folder / "report.json")
        if video and video != "keep":
            videos = _write_videos(session, folder, progress, full=video == "full")
        windows = {n: parts for n, name in videos.items() if (parts := read_video_windows(folder / name)) is not None}
        return write_html(session, folder / "report.html", videos=videos, windows=windows)
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"{folder}: the report cannot be written there: {reason}; choose another folder"
        raise InputError(message, code=OUTPUT_UNWRITABLE) from error


def video_names(session: Session, folder: PathLike) -> list[str]:
    """Name the annotated video of each view: ``side.mp4``, and ``side_2.mp4`` for the second of the same view.

    Parameters
    ----------
    session : Session
    folder : path
        The folder of the report. Where a clip or somebody else's file has that name, it is ``side_annotated.mp4``.

    Returns
    -------
    list of str
        One name a view.
    """
    kinds = [view.info.view for view in session.views]
    sources = _clips(session)
    return [
        annotated_video_path(Path(folder), kind, kinds[:number].count(kind), sources=sources).name
        for number, kind in enumerate(kinds)
    ]


def _clips(session: Session) -> list[Path]:
    return [Path(view.info.file) for view in session.views]


def _kept_videos(session: Session, folder: Path) -> dict[int, str]:
    """Find the annotated videos that the report in a folder shows."""
    try:
        page = (folder / REPORT_PAGE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        page = ""
    kinds = [view.info.view for view in session.views]
    kept: dict[int, str] = {}
    for number, kind in enumerate(kinds):
        plain = plain_video_name(kind, kinds[:number].count(kind))
        for path in (folder / plain, folder / annotated_variant(plain)):
            if (
                path.is_file()
                and not is_source(path, _clips(session))
                and (is_own_file(path) or f'src="{path.name}' in page)
            ):
                kept[number] = path.name
    return kept


def _write_videos(session: Session, folder: Path, progress: ProgressCallback | None, *, full: bool) -> dict[int, str]:
    from gait.report.annotated_video import write_annotated_video

    moments = {} if full else shown_moments(session)
    chosen: list[VideoWindows] = [
        whole_film(view) if full else windows_to_show(view, moments[number])
        for number, view in enumerate(session.views)
    ]
    frames = [max(round(w.length_s * v.info.playback_fps), 1) for w, v in zip(chosen, session.views, strict=True)]
    total = sum(frames)
    written: dict[int, str] = {}
    before = 0
    for number, (view, name) in enumerate(zip(session.views, video_names(session, folder), strict=True)):
        report = None if progress is None else _shifted(progress, before, total)
        try:
            with speak(session.language):
                write_annotated_video(view, folder / name, windows=chosen[number], progress=report)
            written[number] = name
        except (GaitError, FileNotFoundError):
            # An annotated video of an earlier report would not belong to this one.
            remove_own_file(folder / name)
        before += frames[number]
    for path in own_annotated_videos(folder):  # of an earlier run, which had more views or other names
        if path.name not in written.values() and not is_source(path, _clips(session)):
            remove_own_file(path)
    return written


def _shifted(progress: ProgressCallback, before: int, total: int) -> ProgressCallback:
    return lambda done, _total: progress(min(before + done, total), total)
