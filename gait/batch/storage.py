"""Files on this machine and elsewhere: a path or a URL (``s3://``, ``file://`` …), read and written the same way.

Paths need only Python. Every other URL is a `upath.UPath` (universal-pathlib over fsspec), which the extra ``cluster``
installs. Two differences between them are handled here: a local file has a time of change, an object of a store has a
tag; and stores raise exceptions of their own.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote, urlsplit

from gait._typing import PathLike
from gait.errors import GaitError, InputError

if TYPE_CHECKING:
    from upath import UPath

StoragePath: TypeAlias = "Path | UPath"

#: Suffixes of video files; everything else in a folder is ignored.
VIDEO_SUFFIXES = frozenset(
    (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mts", ".m2ts", ".3gp", ".mpg", ".mpeg", ".wmv")
)
#: Files that mark the folder of a report, whose annotated videos are no clips.
_REPORT_FILES = ("session.json", "report.json")
#: Longest text of a store's error in a message, characters. [E]
_MAX_ERROR_LENGTH = 300


@dataclass(frozen=True)
class FileSignature:
    """Size and time or tag of change: the same as long as a file has not changed.

    Attributes
    ----------
    size : int
        Bytes.
    changed : str
        Time of change in nanoseconds, or the store's tag.
    """

    size: int
    changed: str


def is_url(location: str) -> bool:
    """Check whether a location is a URL for `upath`; a Windows drive and ``file://`` are not.

    Parameters
    ----------
    location : str

    Returns
    -------
    bool
    """
    return re.match(r"[a-z][a-z0-9+.-]+://", location) is not None and not location.startswith("file://")


def local_path(location: str) -> Path:
    """Convert a path or a ``file://`` URL to a path.

    Parameters
    ----------
    location : str

    Returns
    -------
    Path
    """
    return Path(unquote(urlsplit(location).path)) if location.startswith("file://") else Path(location)


def storage_path(location: str) -> StoragePath:
    """Convert a path or URL to a path object.

    Parameters
    ----------
    location : str

    Returns
    -------
    Path or UPath
        `Path` for everything on this machine, ``file://`` included.

    Raises
    ------
    InputError
        A URL without the extra ``cluster``, or with an unknown protocol.
    """
    if not is_url(location):
        return local_path(location)
    try:
        from upath import UPath

        path = UPath(location)
        path.fs  # noqa: B018  (imports the protocol's own package)
    except ImportError:
        raise InputError(f"{location}: URLs need the extra [cluster]; pip install 'gait[cluster]'") from None
    except ValueError as error:
        raise InputError(f"{location}: {error}; pip install 'gait[cluster]', or give a path") from None
    return path


def absolute_location(location: PathLike) -> str:
    """Make a path absolute; a URL stays as it is.

    Parameters
    ----------
    location : path or URL

    Returns
    -------
    str
        Links are not resolved: the user's name for a folder stays.
    """
    text = os.fspath(location)
    return text.rstrip("/") if is_url(text) else str(local_path(text).absolute())


def base_name(location: str) -> str:
    """Return the last part of a path or URL.

    Parameters
    ----------
    location : str

    Returns
    -------
    str
    """
    return PurePosixPath(location).name if is_url(location) else local_path(location).name


def join_location(folder: str, relative: str) -> str:
    """Join a folder and a relative name with forward slashes.

    Parameters
    ----------
    folder : str
        Path or URL.
    relative : str
        An absolute path or a URL is returned as it is.

    Returns
    -------
    str
    """
    if is_url(relative) or relative.startswith("file://"):
        return relative
    if is_url(folder):
        return f"{folder.rstrip('/')}/{relative.replace(os.sep, '/').lstrip('/')}"
    return str(local_path(folder) / relative)


@contextmanager
def _readable(location: str) -> Iterator[None]:
    """Turn any reading error, of this machine or of a store, into one line."""
    try:
        yield
    except GaitError:
        raise
    except FileNotFoundError:
        raise InputError(f"{location}: no such file; check the name") from None
    except Exception as error:
        if is_url(location):  # stores raise classes of their own: no credentials, no such bucket, no connection
            raise InputError(f"{location}: cannot be reached: {_short(error)}") from error
        if isinstance(error, OSError):
            raise InputError(f"{location}: cannot be read: {error.strerror or error}") from None
        raise


@contextmanager
def store_errors(location: str, *, writing: bool = False) -> Iterator[None]:
    """Turn any error of a store into one line, except that an object to be read is missing.

    Parameters
    ----------
    location : str
        For the message.
    writing : bool
        Whether something is written.

    Yields
    ------
    None

    Raises
    ------
    InputError
        The store cannot be reached or written to.
    FileNotFoundError
        An object to be read is missing.
    """
    try:
        yield
    except GaitError:
        raise
    except FileNotFoundError as error:
        if not writing:
            raise
        raise InputError(f"{location}: cannot be written to: {_short(error)}") from error
    except Exception as error:
        raise InputError(f"{location}: cannot be reached: {_short(error)}") from error


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:_MAX_ERROR_LENGTH] or type(error).__name__


def file_signature(location: str) -> FileSignature:
    """Look at a file without reading it.

    Parameters
    ----------
    location : str

    Returns
    -------
    FileSignature

    Raises
    ------
    InputError
        There is no such file, or it cannot be reached.
    """
    path = storage_path(location)
    with _readable(location):
        if isinstance(path, Path):
            status = path.stat()
            if not path.is_file():
                raise InputError(f"{location}: is not a file")
            return FileSignature(status.st_size, str(status.st_mtime_ns))
        info = path.fs.info(path.path)
    tags = ("ETag", "etag", "md5Hash", "mtime", "LastModified")
    changed = next((str(info[tag]) for tag in tags if info.get(tag)), "")
    return FileSignature(int(info.get("size") or 0), changed)


def read_file(location: str) -> bytes:
    """Read a whole file.

    Parameters
    ----------
    location : str

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        There is no such file, or it cannot be read.
    """
    with _readable(location):
        return storage_path(location).read_bytes()


def file_sha256(location: str) -> str:
    """Compute the SHA-256 of a file, read piece by piece.

    Parameters
    ----------
    location : str

    Returns
    -------
    str

    Raises
    ------
    InputError
        There is no such file, or it cannot be read.
    """
    with _readable(location):
        opened: Any = storage_path(location).open("rb")
        with opened as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def fetch_file(location: str, folder: Path) -> Path:
    """Provide a file on this machine.

    Parameters
    ----------
    location : str
    folder : Path
        Where a file from elsewhere is copied to, under its own name.

    Returns
    -------
    Path
        The file itself, or its copy.

    Raises
    ------
    InputError
        There is no such file, or it cannot be reached.
    """
    path = storage_path(location)
    if isinstance(path, Path):
        return path
    target = folder / path.name
    with _readable(location):
        path.fs.get_file(path.path, str(target))
    return target


def find_videos(folder: str) -> list[str]:
    """Find the video files in a folder and all folders in it, except hidden ones and those of reports.

    Parameters
    ----------
    folder : str
        Path or URL.

    Returns
    -------
    list of str
        Names relative to ``folder``, sorted.

    Raises
    ------
    InputError
        There is no such folder.
    """
    root = storage_path(folder)
    if isinstance(root, Path):
        if not root.is_dir():
            raise InputError(f"{folder}: no such folder; give a folder of clips, or a manifest (.csv)")
        found = [path.relative_to(root).as_posix() for path in _walk(root) if path.suffix.lower() in VIDEO_SUFFIXES]
        return sorted(name for name in found if not name.rpartition("/")[2].startswith("."))
    try:
        with store_errors(folder):
            names = root.fs.find(root.path)
    except FileNotFoundError:
        names = []
    head = root.path.rstrip("/") + "/"
    inside = [str(name)[len(head) :] for name in names if str(name).startswith(head)]
    hidden = re.compile(r"(^|/)\.")
    reports = {PurePosixPath(name).parent for name in inside if PurePosixPath(name).name in _REPORT_FILES}
    return sorted(
        name
        for name in inside
        if PurePosixPath(name).suffix.lower() in VIDEO_SUFFIXES
        and not hidden.search(name)
        and reports.isdisjoint(PurePosixPath(name).parents)
    )


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        # The output of a batch may lie in the folder of clips: its annotated videos are no clips.
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not _is_output(Path(folder, f)))
        yield from (Path(folder, name) for name in files)


def _is_output(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _REPORT_FILES)
