"""Files here and elsewhere: a path or a URL (``s3://``, ``file://``, …), read and written the same way.

What lies on this machine, or on a folder that it shares, needs nothing but Python; every other URL goes through fsspec.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from gait.atomic_files import atomic_write
from gait.errors import GaitError, InputError

#: What a video file is called; anything else in a folder is passed over.
VIDEO_SUFFIXES = frozenset(
    (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mts", ".m2ts", ".3gp", ".mpg", ".mpeg", ".wmv")
)
#: What tells the folder of a report, whose annotated videos are no clips.
_OF_A_REPORT = ("session.json", "report.json")
_CHUNK = 1 << 20
_AT_ONCE = 16


@dataclass(frozen=True)
class FileStamp:
    """What tells, without reading it, that a file is still the same: its size and its time or tag of change."""

    size: int
    changed: str


def is_url(place: str) -> bool:
    """Say whether a place is a URL that fsspec has to read; a Windows drive and ``file://`` are not."""
    return re.match(r"[a-z][a-z0-9+.-]+://", place) is not None and not place.startswith("file://")


def local(place: str) -> Path:
    """Give the path of a place that is not a URL, or a ``file://`` one."""
    return Path(unquote(urlsplit(place).path)) if place.startswith("file://") else Path(place)


def name_of(place: str) -> str:
    """Give the file's own name."""
    return PurePosixPath(place).name if is_url(place) else local(place).name


def joined(folder: str, relative: str) -> str:
    """Put a relative name, with forward slashes, behind a folder or URL; an absolute one is taken as it is."""
    if is_url(relative) or relative.startswith("file://"):
        return relative
    if is_url(folder):
        return f"{folder.rstrip('/')}/{relative.replace(os.sep, '/').lstrip('/')}"
    return str(local(folder) / relative)


def file_system(place: str) -> tuple[Any, str]:
    """Give the fsspec file system of a URL and the path in it.

    Raises
    ------
    InputError
        Without fsspec, or where it does not know or cannot use the protocol.
    """
    try:
        import fsspec
    except ImportError:
        raise InputError(f"{place}: URLs need fsspec; pip install 'gait[cluster]'") from None
    try:
        found: tuple[Any, str] = fsspec.core.url_to_fs(place)
    except (ImportError, ValueError) as error:
        raise InputError(f"{place}: {error}; pip install 'gait[cluster]', or give a path") from None
    return found


@contextmanager
def _reached(place: str, *, writing: bool = False) -> Iterator[None]:
    """Turn whatever a store answers, other than that something read is not there, into one line."""
    try:
        yield
    except GaitError:
        raise
    except FileNotFoundError as error:
        if not writing:
            raise
        raise InputError(f"{place}: cannot be written to: {' '.join(str(error).split())}") from error
    except Exception as error:  # stores raise classes of their own: no credentials, no such bucket, no connection
        told = " ".join(str(error).split())[:300] or type(error).__name__
        raise InputError(f"{place}: cannot be reached: {told}") from error


def file_stamp(place: str) -> FileStamp:
    """Look at a file without reading it.

    Raises
    ------
    InputError
        It is not there or must not be read.
    """
    try:
        if not is_url(place):
            found = local(place).stat()
            if not local(place).is_file():
                raise InputError(f"{place}: is not a file")
            return FileStamp(found.st_size, str(found.st_mtime_ns))
        system, path = file_system(place)
        with _reached(place):
            info = system.info(path)
    except FileNotFoundError:
        raise InputError(f"{place}: no such file") from None
    except OSError as error:
        raise InputError(f"{place}: cannot be read: {error.strerror or error}") from None
    changed = next((str(info[k]) for k in ("ETag", "etag", "md5Hash", "mtime", "LastModified") if info.get(k)), "")
    return FileStamp(int(info.get("size") or 0), changed)


def digest(place: str) -> str:
    """Give the SHA-256 of a file, read piece by piece.

    Raises
    ------
    InputError
        It cannot be read.
    """
    try:
        if not is_url(place):
            with local(place).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        system, path = file_system(place)
        total = hashlib.sha256()
        with _reached(place), system.open(path, "rb") as file:
            while piece := file.read(_CHUNK):
                total.update(piece)
        return total.hexdigest()
    except OSError as error:
        raise InputError(f"{place}: cannot be read: {error.strerror or error}") from None


def fetch(place: str, folder: Path) -> Path:
    """Give a file as a path on this machine, copied into ``folder`` under its own name where it is elsewhere."""
    if not is_url(place):
        return local(place)
    system, path = file_system(place)
    target = folder / name_of(place)
    with _reached(place):
        system.get_file(path, str(target))
    return target


def videos_under(folder: str) -> list[str]:
    """Find video files in a folder and all folders in it, by name, sorted; hidden ones are passed over.

    Raises
    ------
    InputError
        There is no such folder.
    """
    if not is_url(folder):
        root = local(folder)
        if not root.is_dir():
            raise InputError(f"{folder}: no such folder; give a folder of clips, or a manifest (.csv)")
        found = [path.relative_to(root).as_posix() for path in _walk(root) if path.suffix.lower() in VIDEO_SUFFIXES]
        return sorted(name for name in found if not name.rpartition("/")[2].startswith("."))
    system, path = file_system(folder)
    try:
        with _reached(folder):
            names = system.find(path)
    except FileNotFoundError:
        names = []
    head = path.rstrip("/") + "/"
    inside = [str(name)[len(head) :] for name in names if str(name).startswith(head)]
    hidden = re.compile(r"(^|/)\.")
    reports = {PurePosixPath(name).parent for name in inside if PurePosixPath(name).name in _OF_A_REPORT}
    return sorted(
        name
        for name in inside
        if PurePosixPath(name).suffix.lower() in VIDEO_SUFFIXES
        and not hidden.search(name)
        and reports.isdisjoint(PurePosixPath(name).parents)
    )


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        # A batch's own output may lie in the folder of clips: its annotated videos are no clips.
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not _is_output(Path(folder, f)))
        yield from (Path(folder, name) for name in files)


def _is_output(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _OF_A_REPORT)


class StorageFolder:
    """A folder that is written to: here, or behind a URL. Files appear whole or not at all.

    Parameters
    ----------
    root : str
        Path or URL. Made when the first file is written.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._fs: tuple[Any, str] | None = file_system(root) if is_url(root) else None

    @property
    def folder(self) -> Path | None:
        """The path, where the folder is on this machine."""
        return None if self._fs else local(self.root)

    def read(self, name: str) -> bytes | None:
        """Give what a file holds, or ``None`` where there is none."""
        try:
            if self._fs is None:
                return (local(self.root) / name).read_bytes()
            system, path = self._fs
            with _reached(self.root):
                return bytes(system.cat_file(f"{path}/{name}"))
        except (FileNotFoundError, NotADirectoryError):
            return None

    def read_all(self, names: list[str]) -> dict[str, bytes]:
        """Give what those of many files hold that are there; those behind a URL are read several at once."""
        if self._fs is None:
            contents = list(map(self.read, names))
        else:
            self._fs[0].invalidate_cache()
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                contents = list(pool.map(self.read, names))
        return {name: content for name, content in zip(names, contents, strict=True) if content is not None}

    def write(self, name: str, content: bytes) -> None:
        """Write a file."""
        if self._fs is None:
            target = local(self.root) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(target) as temporary:
                temporary.write_bytes(content)
        else:
            system, path = self._fs
            with _reached(self.root, writing=True):
                system.pipe_file(f"{path}/{name}", content)

    def put(self, source: Path, name: str) -> None:
        """Copy a file of this machine."""
        if self._fs is None:
            target = local(self.root) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(target) as temporary:
                shutil.copyfile(source, temporary)
        else:
            system, path = self._fs
            with _reached(self.root, writing=True):
                system.put_file(str(source), f"{path}/{name}")

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        if self._fs is None:
            (local(self.root) / name).unlink(missing_ok=True)
        else:
            system, path = self._fs
            with _reached(self.root):
                if system.exists(f"{path}/{name}"):
                    system.rm_file(f"{path}/{name}")
