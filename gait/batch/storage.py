"""Files on this machine and elsewhere: a path or a URL (``s3://``, ``file://`` …), read and written the same way.

Paths need only Python. A URL of one of `URL_SCHEMES` is a `upath.UPath` (universal-pathlib over fsspec), which the
extra ``cluster`` installs. Two differences between them are handled here: a local file has a time of change, an object
of a store has a tag; and stores raise exceptions of their own.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote_to_bytes, urlsplit

from gait._typing import PathLike
from gait.display_language import N_, _, gettext
from gait.display_text import short_file_name
from gait.errors import GaitError, InputError
from gait.session_files import WRITTEN_VIDEO, is_written_video

if TYPE_CHECKING:
    from upath import UPath

StoragePath: TypeAlias = "Path | UPath"

#: Suffixes of video files; everything else in a folder is ignored.
VIDEO_SUFFIXES = frozenset(
    (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mts", ".m2ts", ".3gp", ".mpg", ".mpeg", ".wmv")
)
#: Schemes of the URLs that are read and written, as `docs/batch.md` lists them; ``file://`` is a path. Every other
#: scheme of fsspec is refused: some open other files than the one that is named (``reference``, ``zip``, ``github``).
URL_SCHEMES = ("s3", "http", "https", "gs", "gcs", "az", "abfs", "abfss", "memory")
#: Files that mark the folder of a report, whose annotated videos are no clips.
_REPORT_FILES = ("session.json", "report.json", "compare.json")
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
    scheme = re.match(r"[a-z][a-z0-9+.-]+(?=://)", location, re.IGNORECASE)
    return scheme is not None and scheme[0].lower() != "file"


def url_problem(location: str) -> str | None:
    """Check a URL without reaching for it.

    Parameters
    ----------
    location : str
        Something for which `is_url` is true.

    Returns
    -------
    str or None
        What is wrong with it, in one line; ``None`` where its scheme is one of `URL_SCHEMES`.
    """
    scheme, _, rest = location.partition("://")
    if scheme.lower() not in URL_SCHEMES:
        return gettext(
            "URLs with {scheme}: are not read; give a path, or a URL with file:, s3:, http: or https:"
        ).format(scheme=scheme)
    if "::" in rest:
        return gettext("is a chain of URLs, which is not read; give one URL")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in rest):
        return gettext("holds control characters; check the URL")
    try:
        urlsplit(location)
    except ValueError as error:
        return gettext("is no URL: {error}").format(error=_short(error))
    return None


def existing_spelling(location: str) -> str:
    """Find a file under the name by which a table may give it.

    Parameters
    ----------
    location : str
        Path, as written in the table.

    Returns
    -------
    str
        The name itself where that file exists or none does. Otherwise the one that differs in how accents are put
        together (NFC, NFD), in backslashes for slashes, or in bytes that are no UTF-8: as `gait.display_text` shows
        them, or as Windows-1252 (disks and archives of other systems).
    """
    try:
        plain = str(local_path(location))
    except InputError:
        return location
    variants = [plain, plain.replace("\\", "/")]
    variants += [unicodedata.normalize(form, text) for text in variants for form in ("NFC", "NFD")]
    variants.append(re.sub(r"\\x([89a-f][0-9a-f])", lambda byte: chr(0xDC00 + int(byte[1], 16)), plain))
    with suppress(UnicodeEncodeError):
        folder, _, name = plain.rpartition("/")
        variants.append(
            f"{folder}/{os.fsdecode(name.encode('cp1252'))}" if folder else os.fsdecode(name.encode("cp1252"))
        )
    for variant in variants:
        with suppress(OSError, ValueError):
            if os.path.lexists(variant):
                return location if variant == plain else variant
    return location


def local_path(location: str) -> Path:
    """Convert a path or a ``file://`` URL to a path.

    Parameters
    ----------
    location : str

    Returns
    -------
    Path

    Raises
    ------
    InputError
        The URL names another machine.
    """
    if location[:7].lower() != "file://":
        return Path(location)
    host, slash, path = location[7:].partition("/")
    if host not in ("", "localhost"):
        raise InputError(
            _("{location}: is on the machine {host}; give a file of this one, as file:///folder/clip.mp4").format(
                location=location, host=repr(host)
            )
        )
    return Path(os.fsdecode(unquote_to_bytes(slash + path)))


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
        A URL without the extra ``cluster``, or with another scheme than `URL_SCHEMES`.
    """
    if not is_url(location):
        return local_path(location)
    if (problem := url_problem(location)) is not None:
        raise InputError(f"{location}: {problem}")
    try:
        from upath import UPath

        scheme, _, rest = location.partition("://")
        path = UPath(f"{scheme.lower()}://{rest}")
        path.fs  # noqa: B018  (imports the protocol's own package)
    except ImportError:
        raise InputError(
            gettext("{location}: URLs need the extra [cluster]; pip install 'gait[cluster]'").format(location=location)
        ) from None
    except Exception as error:  # stores check names in ways of their own
        raise InputError(
            gettext("{location}: cannot be used: {short}; check the URL, or give a path").format(
                location=location, short=_short(error)
            )
        ) from None
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
    if is_url(relative) or relative[:7].lower() == "file://":
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
        dangling = not is_url(location) and local_path(location).is_symlink()
        message = (
            _("{location}: is a link to a file that does not exist")
            if dangling
            else _("{location}: no such file; check the name")
        )
        raise InputError(message.format(location=location)) from None
    except Exception as error:
        if is_url(location):  # stores raise classes of their own: no credentials, no such bucket, no connection
            raise InputError(
                _("{location}: cannot be reached: {short}").format(location=location, short=_short(error))
            ) from error
        if isinstance(error, OSError):
            loop = error.errno == errno.ELOOP
            message = (
                _("{location}: is a link that leads to itself") if loop else _("{location}: cannot be read: {reason}")
            )
            raise InputError(message.format(location=location, reason=error.strerror or error)) from None
        if isinstance(error, ValueError):  # a NUL in it
            raise InputError(
                _("{location}: is not the name of a file; check the name").format(location=location)
            ) from None
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
        raise InputError(
            _("{location}: cannot be written to: {short}").format(location=location, short=_short(error))
        ) from error
    except Exception as error:
        raise InputError(
            _("{location}: cannot be reached: {short}").format(location=location, short=_short(error))
        ) from error


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
    with _readable(location):
        path = storage_path(location)
        if isinstance(path, Path):
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise _no_file_error(location, status.st_mode)
            return FileSignature(status.st_size, str(status.st_mtime_ns))
        info = path.fs.info(path.path)
    tags = ("ETag", "etag", "md5Hash", "mtime", "LastModified")
    changed = next((str(info[tag]) for tag in tags if info.get(tag)), "")
    return FileSignature(int(info.get("size") or 0), changed)


def _no_file_error(location: str, mode: int) -> InputError:
    kinds = {
        stat.S_ISDIR: N_("{location}: is not a file but a folder"),
        stat.S_ISFIFO: N_("{location}: is not a file but a pipe"),
        stat.S_ISSOCK: N_("{location}: is not a file but a socket"),
    }
    other = N_("{location}: is not a file but a device")
    return InputError(
        gettext(next((text for check, text in kinds.items() if check(mode)), other)).format(location=location)
    )


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
        path = storage_path(location)
        if isinstance(path, Path) and not stat.S_ISREG(mode := path.stat().st_mode):  # a pipe would never end
            raise _no_file_error(location, mode)
        return path.read_bytes()


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
    target = folder / short_file_name(path.stem, path.suffix)
    with _readable(location):
        path.fs.get_file(path.path, str(target))
    return target


@dataclass(frozen=True)
class FolderListing:
    """What is in a folder of clips.

    Attributes
    ----------
    videos : tuple of str
        Names relative to the folder, sorted.
    unreadable : tuple of (str, str)
        Folders that cannot be searched: name relative to the folder, and why.
    """

    videos: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...] = ()


def list_videos(folder: str) -> FolderListing:
    """List the video files in a folder and all folders in it, except hidden ones and annotated ones of reports.

    Parameters
    ----------
    folder : str
        Path or URL.

    Returns
    -------
    FolderListing
        Links to files are listed like files, links to folders are not followed.

    Raises
    ------
    InputError
        There is no such folder, or it cannot be read.
    """
    root = storage_path(folder)
    if isinstance(root, Path):
        with _readable(folder):
            if not root.is_dir():
                raise InputError(
                    _("{folder}: no such folder; give a folder of clips, or a manifest (.csv)").format(folder=folder)
                )
        problems: list[OSError] = []
        found = [path.relative_to(root).as_posix() for path in _walk(root, problems) if _is_video_name(path.name)]
        unreadable = [(os.path.relpath(error.filename, root), error.strerror or str(error)) for error in problems]
        if (top := dict(unreadable).get(".")) is not None:
            raise InputError(_("{folder}: cannot be read: {top}").format(folder=folder, top=top))
        return FolderListing(tuple(sorted(found)), tuple(sorted(unreadable)))
    try:
        with store_errors(folder):
            names = root.fs.find(root.path)
    except FileNotFoundError:
        names = []
    head = root.path.rstrip("/") + "/"
    inside = [str(name)[len(head) :] for name in names if str(name).startswith(head)]
    hidden = re.compile(r"(^|/)\.")
    reports = {PurePosixPath(name).parent for name in inside if PurePosixPath(name).name in _REPORT_FILES}
    return FolderListing(
        tuple(
            sorted(
                name
                for name in inside
                if _is_video_name(PurePosixPath(name).name)
                and not hidden.search(name)
                and not (PurePosixPath(name).parent in reports and WRITTEN_VIDEO.fullmatch(PurePosixPath(name).name))
            )
        )
    )


def find_videos(folder: str) -> list[str]:
    """Find the video files in a folder and all folders in it, as `list_videos` does.

    Parameters
    ----------
    folder : str
        Path or URL.

    Returns
    -------
    list of str
        Names relative to ``folder``, sorted.
    """
    return list(list_videos(folder).videos)


def _is_video_name(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in VIDEO_SUFFIXES and not name.startswith(".")


def _walk(root: Path, problems: list[OSError]) -> Iterator[Path]:
    for folder, folders, files in os.walk(root, onerror=problems.append):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        # A report may lie in the folder of clips: its annotated videos are no clips.
        beside_report = _is_output(Path(folder))
        paths = (Path(folder, name) for name in files)
        yield from (path for path in paths if not (beside_report and is_written_video(path)))


def _is_output(folder: Path) -> bool:
    with suppress(OSError):  # a folder that cannot be entered is no output
        return any((folder / name).is_file() for name in _REPORT_FILES)
    return False
