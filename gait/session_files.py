"""The files in the folder of one session: their names, and which of them may be written there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from gait._typing import PathLike
from gait.atomic_files import TEMPORARY_PREFIX
from gait.display_language import _
from gait.errors import InputError
from gait.owned_files import FILES_LIST, FOREIGN_FILE, check_may_write, is_own_file, may_write, remove_own_file

REPORT_PAGE, REPORT_RECORD, STEPS_TABLE = "report.html", "report.json", "steps.csv"
VIEWS = ("side", "rear", "front")
#: The answers beside a report, so that the report can be made again.
ANSWERS_FILE = "answers.toml"
#: Names of annotated videos. The second form is taken where somebody else's file has the first name.
ANNOTATED_VIDEO = re.compile(rf"({'|'.join(VIEWS)})(_\d+)?(_annotated)?\.mp4")
#: Names of annotated videos and of those that compare two reports.
WRITTEN_VIDEO = re.compile(rf"{ANNOTATED_VIDEO.pattern}|compare(_({'|'.join(VIEWS)}))?\.mp4")


def pose_file_name(number: int) -> str:
    """Name the file with the poses of a video.

    Parameters
    ----------
    number : int
        Number of the video, from 0.

    Returns
    -------
    str
    """
    return f"pose_{number + 1}.nc"


def annotated_video_path(folder: Path, view: str, earlier: int, *, sources: Iterable[PathLike] = ()) -> Path:
    """Choose where the annotated video of a view goes: ``side.mp4``, ``side_2.mp4`` for the second of the same view.

    Parameters
    ----------
    folder : Path
    view : {"side", "rear", "front"}
    earlier : int
        Number of videos of this view before this one.
    sources : iterable of paths
        The clips of the session.

    Returns
    -------
    Path
        ``side_annotated.mp4`` where ``side.mp4`` is a clip or somebody else's file.

    Raises
    ------
    InputError
        Both names are taken.
    """
    sources = list(sources)
    plain = folder / plain_video_name(view, earlier)
    if may_write(plain, sources=sources):
        return plain
    other = folder / annotated_variant(plain.name)
    check_may_write([other], sources=sources)
    return other


def plain_video_name(view: str, earlier: int) -> str:
    """Name the annotated video of a view where nothing else has that name.

    Parameters
    ----------
    view : {"side", "rear", "front"}
    earlier : int
        Number of videos of this view before this one.

    Returns
    -------
    str
    """
    return f"{view}_{earlier + 1}.mp4" if earlier else f"{view}.mp4"


def annotated_variant(name: str) -> str:
    """Name an annotated video where something else has its plain name.

    Parameters
    ----------
    name : str
        From `plain_video_name`.

    Returns
    -------
    str
    """
    return f"{name.removesuffix('.mp4')}_annotated.mp4"


def own_annotated_videos(folder: Path) -> list[Path]:
    """Find the annotated videos in a folder that gait wrote and nobody has changed.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Path
    """
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if ANNOTATED_VIDEO.fullmatch(p.name) and is_own_file(p))


def session_file_names(videos: int, *, annotated: bool) -> list[str]:
    """Name the files that a session may have.

    Parameters
    ----------
    videos : int
        Number of videos of the session.
    annotated : bool
        Whether annotated videos are written.

    Returns
    -------
    list of str
    """
    names = [REPORT_PAGE, REPORT_RECORD, STEPS_TABLE]
    for number in range(videos):
        names += [pose_file_name(number), f"clean_{number + 1}.nc"]
    if annotated:
        plain = [plain_video_name(view, earlier) for view in VIEWS for earlier in range(videos)]
        names += [*plain, *map(annotated_variant, plain)]
    return names


def check_session_folder(
    folder: Path, *, videos: int, sources: Sequence[PathLike] = (), annotated: bool = False, others: Iterable[str] = ()
) -> None:
    """Refuse a folder in which the results of a session cannot be written. Called before the long work.

    Parameters
    ----------
    folder : Path
        It need not exist.
    videos : int
        Number of videos of the session.
    sources : sequence of paths
        The clips and other files that are read.
    annotated : bool
        Whether annotated videos will be written.
    others : iterable of str
        Names of further files that will be written.

    Raises
    ------
    InputError
        A file there is not gait's own, or the report there is of other videos and nothing shows who wrote it.
    """
    names = [*session_file_names(videos, annotated=False), *others]
    check_may_write([folder / name for name in names], sources=sources)
    for number in range(videos):
        _check_checkpoints(folder / f"pose_{number + 1}.part")
    if annotated:
        for view in VIEWS:
            for earlier in range(videos):
                annotated_video_path(folder, view, earlier, sources=sources)
    if sources:
        _check_earlier_report(folder, sources)


def is_written_video(path: Path) -> bool:
    """Tell whether a video beside a report or comparison is part of it, and no clip.

    Parameters
    ----------
    path : Path
        In the folder of a report or a comparison.

    Returns
    -------
    bool
        For a version without a list of its files: whether the page beside it shows the video.
    """
    if not WRITTEN_VIDEO.fullmatch(path.name):
        return False
    if (path.parent / FILES_LIST).is_file():
        return is_own_file(path)
    pages = [page for name in (REPORT_PAGE, "compare.html") if (page := path.parent / name).is_file()]
    try:
        return not pages or any(f'src="{path.name}'.encode() in page.read_bytes() for page in pages)
    except OSError:
        return True


def remove_other_poses(folder: Path, videos: int) -> None:
    """Remove poses of an earlier session with more videos, if gait wrote them.

    Parameters
    ----------
    folder : Path
    videos : int
        Number of videos whose poses stay.
    """
    kept = {pose_file_name(number) for number in range(videos)}
    for path in folder.glob("pose_*.nc"):
        if path.name not in kept:
            remove_own_file(path)


def _check_checkpoints(folder: Path) -> None:
    if not folder.exists() or (folder / FILES_LIST).is_file():
        return
    if not folder.is_dir() or any(not _is_checkpoint(path) for path in folder.iterdir()):
        raise InputError(
            _("{folder}: was not made by gait; move it away, or choose another folder").format(folder=folder),
            code=FOREIGN_FILE,
        )


def _is_checkpoint(path: Path) -> bool:
    """Tell by its content whether an earlier version of gait, which kept no list, left a checkpoint."""
    if path.name.startswith(TEMPORARY_PREFIX):
        return True
    if path.name == "refined" and path.is_dir():
        return all(_is_checkpoint(inside) for inside in path.iterdir())
    sign = b"work.npy" if path.suffix == ".npz" else b"pose_version"
    known = re.fullmatch(r"\d{5}\.npz|pose\.nc", path.name) is not None and path.is_file()
    return known and sign in path.read_bytes()


def _check_earlier_report(folder: Path, sources: Sequence[PathLike]) -> None:
    """Refuse the folder of a version without a list of files whose report is of other videos."""
    report = folder / REPORT_RECORD
    if (folder / FILES_LIST).exists() or not report.is_file():
        return
    try:
        files = [Path(str(video["file"])).name for video in json.loads(report.read_bytes())["videos"]]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        files = []
    if not {Path(source).name for source in sources} & set(files):
        message = (
            _("{folder}: holds the report of {file}; choose another folder")
            if files
            else _("{folder}: holds a report that cannot be read; choose another folder")
        )
        raise InputError(message.format(folder=folder, file=files[0] if files else ""), code=FOREIGN_FILE)
