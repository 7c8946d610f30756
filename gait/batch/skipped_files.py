"""Files in a folder of clips that are not analysed, each with the reason: nothing is passed over in silence."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gait.batch.planned_session import PlannedSession
from gait.batch.roster import ROSTER_NAMES
from gait.batch.storage import VIDEO_SUFFIXES, is_url, local_path
from gait.display_language import _
from gait.display_text import encodable_text
from gait.errors import InputError

#: Files that are listed by name; of further ones only the number. [E]
MAX_LISTED = 500
#: Endings that a download or a synchronisation gives a file that is not whole yet.
_UNFINISHED = frozenset((".part", ".crdownload", ".download", ".icloud", ".tmp", ".partial", ".filepart"))
_PICTURES = frozenset((".jpg", ".jpeg", ".png", ".heic", ".heif", ".gif", ".webp", ".tif", ".tiff", ".dng", ".raw"))
_SOUNDS = frozenset((".mp3", ".m4a", ".wav", ".aac", ".aae", ".amr"))


@dataclass(frozen=True)
class SkippedFile:
    """A file that is not analysed.

    Attributes
    ----------
    name : str
        Relative to the folder of clips.
    reason : str
    """

    name: str
    reason: str


def find_skipped_files(source: str, output: str, sessions: Iterable[PlannedSession]) -> list[SkippedFile]:
    """List the files of a folder that are not analysed.

    Parameters
    ----------
    source : str
        Folder of clips. Of a manifest and of a URL nothing is listed: the manifest names every clip.
    output : str
        The output of the batch; files in it are results.
    sessions : iterable of PlannedSession
        What is analysed.

    Returns
    -------
    list of SkippedFile
        By name.
    """
    if is_url(source):
        return []
    try:
        root = local_path(source)
        results = None if is_url(output) else os.path.realpath(local_path(output))
    except InputError:
        return []
    if not root.is_dir():
        return []
    planned = {clip.label for session in sessions for clip in session.clips}
    skipped = []
    for folder, folders, files in os.walk(root):
        hidden = [name for name in folders if name.startswith(".")]
        skipped += [_skipped(root, Path(folder, name), _("hidden folder")) for name in hidden]
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and os.path.realpath(Path(folder, name)) != results
        )
        for name in sorted(files):
            path = Path(folder, name)
            if encodable_text(path.relative_to(root).as_posix()) not in planned:
                reason = _reason(path, is_result=os.path.realpath(folder) == results)
                if reason is not None:
                    skipped.append(_skipped(root, path, reason))
    return sorted(skipped, key=lambda one: one.name)


def _skipped(root: Path, path: Path, reason: str) -> SkippedFile:
    return SkippedFile(encodable_text(path.relative_to(root).as_posix()), reason)


def _reason(path: Path, *, is_result: bool) -> str | None:
    """Say why a file is not analysed; ``None`` for what is no file of the user's to begin with."""
    name, suffix = path.name, PurePosixPath(path.name.casefold()).suffix
    if name.casefold() in ROSTER_NAMES or name in ("Thumbs.db", "desktop.ini", ".DS_Store"):
        return None
    if suffix in VIDEO_SUFFIXES and not name.startswith("."):
        return _("made by gait")
    if is_result or name.startswith(".gait"):
        return None
    if suffix in _UNFINISHED:
        return _("not whole yet: still being copied or downloaded")
    if name.startswith("._"):
        return _("a helper file of macOS")
    if name.startswith("."):
        return _("hidden")
    if suffix in _PICTURES:
        return _("a photo, not a video")
    if suffix in _SOUNDS:
        return _("sound, not a video")
    if suffix:
        return _("not a video that gait reads ({suffix})").format(suffix=suffix)
    return _("has no suffix, such as .mp4")
