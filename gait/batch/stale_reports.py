"""Reports in the output of a batch whose clips are gone: found, and removed where that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gait.batch.planned_session import PlannedSession
from gait.batch.session_stamp import STAMP, read_stamp
from gait.batch.storage import is_url, join_location, local_path, storage_path
from gait.batch.storage_folder import StorageFolder
from gait.errors import InputError


@dataclass(frozen=True)
class StaleReport:
    """The report of a session none of whose clips exist any more.

    Attributes
    ----------
    slug : str
        Its folder in the output.
    clips : tuple of str
        Where its clips were.
    removed : bool
        Whether the folder is gone.
    """

    slug: str
    clips: tuple[str, ...]
    removed: bool = False


def find_stale_reports(target: StorageFolder, sessions: Sequence[PlannedSession], source: str) -> list[StaleReport]:
    """Find the reports whose clips are gone.

    Parameters
    ----------
    target : StorageFolder
        The output of the batch.
    sessions : sequence of PlannedSession
        What the source holds now. Their reports are not stale.
    source : str
        Folder of the clips, or the manifest. Reports of clips from elsewhere are left alone: they may be of another
        batch, or on a disk that is not connected.

    Returns
    -------
    list of StaleReport
        By name of the folder.
    """
    current = {session.slug.casefold() for session in sessions}
    root = source if not is_url(source) and local_path(source).is_dir() else source.rpartition("/")[0]
    names = [name for name in target.folders_with(STAMP) if name.casefold() not in current]
    contents = target.read_all([f"{name}/{STAMP}" for name in names])
    stale = []
    for name in names:
        stamp = read_stamp(contents.get(f"{name}/{STAMP}"))
        clips = () if stamp is None else tuple(str(clip["file"]) for clip in stamp["clips"])
        if clips and all(_is_gone(clip, root) for clip in clips):
            stale.append(StaleReport(name, clips))
    return stale


def remove_stale_reports(target: StorageFolder, stale: Sequence[StaleReport]) -> list[StaleReport]:
    """Remove what gait itself wrote into the folders of stale reports.

    Parameters
    ----------
    target : StorageFolder
        The output of the batch.
    stale : sequence of StaleReport

    Returns
    -------
    list of StaleReport
        The same; ``removed`` says of which nothing is left.
    """
    return [StaleReport(report.slug, report.clips, target.remove_folder(report.slug)) for report in stale]


def _is_gone(clip: str, root: str) -> bool:
    """Tell whether a clip was in a folder that can be looked into, and is no longer there."""
    prefix = root.rstrip("/") + "/"
    clip = join_location(root, clip)
    if not clip.startswith(prefix):
        return False
    try:
        path = storage_path(clip)
        if isinstance(path, Path):
            return local_path(root).is_dir() and not path.exists() and not path.is_symlink()
        path.fs.invalidate_cache()
        return not path.exists()
    except (InputError, OSError, ValueError):
        return False
