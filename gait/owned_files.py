"""Which files gait may replace or remove: only those that it has written itself and nobody has changed since.

Beside its results gait keeps a list, ``.gait-files.jsonl``, with the name and the SHA-256 of every file that it wrote
into that folder. A name that is not taken may be written. A file that exists may be replaced or removed only if the
list names it with the hash that it has now. Everything else belongs to the user: videos, files of other programs, and
results that were edited by hand.

A folder without a list is of an earlier version of gait, or of somebody else. Its report, tables and poses are put on
the list when gait first writes there, if their content shows that gait made them. Annotated videos do not show it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from gait._typing import PathLike
from gait.atomic_files import atomic_write, remove_abandoned, temporary_file
from gait.display_language import _, labelled_text
from gait.errors import InputError

#: The list of the files that gait wrote into a folder.
FILES_LIST = ".gait-files.jsonl"
_SCHEMA = "gait.files/1"
#: Code of the error that a file is not gait's own.
FOREIGN_FILE = "foreign_file"
#: A list that is longer, bytes, and names each file more often on average is shortened to what is there. [E]
_LONG_LIST, _MAX_REPEATS = 1_000_000, 4
#: Bytes at the beginning of a file that are searched for a sign of gait. [E]
_HEAD = 4096
_READ_AT_ONCE = 1 << 20

_REPORT, _BATCH, _COMPARISON = "report.json", "*/session.json", "compare.json"
#: The first colours of the style sheet that all pages share.
_PAGE = (b"<!doctype html>", b"paper: #fbfbf9; ", b"card: #ffffff")
_POSES = (b"\x89HDF", b"source_software", b"pose_version")
#: Files of earlier versions of gait: the pattern of a name, what must lie in the folder as well, and the byte strings
#: that occur in the content, the first one at its beginning.
_EARLIER_FILES: tuple[tuple[str, str, tuple[bytes, ...]], ...] = (
    ("report.json", _REPORT, (b'"schema": "gait.report/1"',)),
    ("report.html", _REPORT, _PAGE),
    ("steps.csv", _REPORT, (b"video,view,side,contact_s,",)),
    ("pose_[0-9]*.nc", _REPORT, _POSES),
    ("clean_[0-9]*.nc", _REPORT, _POSES),
    ("answers.toml", _REPORT, (b"# Answers of a runner, for an analysis by gait.",)),
    ("session.json", "session.json", (b'"schema": "gait.session/1"',)),
    ("index.html", _BATCH, _PAGE),
    ("summary.csv", _BATCH, (b"athlete,session,date,file,view,metric,side,value,",)),
    ("summary.parquet", _BATCH, (b"PAR1", b"athlete", b"metric", b"grade", b"status")),
    ("compare.json", _COMPARISON, (b'"schema": "gait.compare/1"',)),
    ("compare.html", _COMPARISON, _PAGE),
)
#: Files of a validation: the repository tracks them, and a fresh clone has no list.
_VALIDATION_FILES: tuple[tuple[str, str, tuple[bytes, ...]], ...] = (
    ("validation.json", "validation.json", (b'{"about": {"command": "gait',)),
    ("validation.md", "validation.json", (b"# Validation\n\nHow wrong the measurements are where",)),
    ("*.png", "../../validation.json", (b"\x89PNG", b"gait.validation")),
)
#: Names of these files that are no patterns; poses are numbered.
EARLIER_FILE_NAMES = (
    *(name for name, _, _ in _EARLIER_FILES if "[" not in name),
    "pose_1.nc",
    "pose_2.nc",
    "pose_3.nc",
)
#: Files that only gait reads, so that nobody edits them, and how they begin without white space. A damaged one is
#: replaced as long as what is left of its beginning is gait's.
_INTERNAL = {"session.json": b'{"schema":"gait.session/1"'}


def content_hash(path: PathLike) -> str:
    """Compute the SHA-256 of a file, read piece by piece.

    Parameters
    ----------
    path : path

    Returns
    -------
    str
    """
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def written_files(folder: PathLike) -> dict[str, set[str]]:
    """Read which files gait wrote into a folder.

    Parameters
    ----------
    folder : path

    Returns
    -------
    dict
        Name → the SHA-256 of everything that was written under it. Empty where there is no list.

    Raises
    ------
    InputError
        There is something of that name that is no list of gait.
    """
    path = Path(folder) / FILES_LIST
    try:
        status = path.stat()
        return _parsed_list(str(path), status.st_size, status.st_mtime_ns, status.st_ino)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(
            _("{path}: cannot be read ({reason}); choose another folder").format(
                path=path, reason=error.strerror or error
            )
        ) from None


@lru_cache(maxsize=64)
def _parsed_list(path: str, _size: int, _changed: int, _inode: int) -> dict[str, set[str]]:
    """Read a list once as long as it does not change."""
    return parse_files_list(Path(path).read_bytes(), path)


def parse_files_list(content: bytes, source: str) -> dict[str, set[str]]:
    """Read the content of a list; torn lines count as missing.

    Parameters
    ----------
    content : bytes
    source : str
        For the message.

    Returns
    -------
    dict
        Name → SHA-256 of everything that was written under it.

    Raises
    ------
    InputError
        The content is no list of gait.
    """
    written: dict[str, set[str]] = {}
    lines = [line for line in content.split(b"\n") if line.strip()]
    for line in lines:
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(entry, dict):
            continue
        name, sha256 = entry.get("file"), entry.get("sha256")
        if isinstance(name, str) and isinstance(sha256, str):
            written.setdefault(name, set()).add(sha256)
    if lines and _SCHEMA.encode() not in content:
        raise InputError(
            _("{source}: is not the list that gait keeps of its files; choose another folder").format(source=source)
        )
    return written


def list_entry(name: str, sha256: str) -> bytes:
    """Make the line of a list for one file.

    Parameters
    ----------
    name : str
    sha256 : str

    Returns
    -------
    bytes
        With the end of a line on both sides, so that a torn line spoils no other. Every line carries the schema.
    """
    return b"\n" + json.dumps({"schema": _SCHEMA, "file": name, "sha256": sha256}).encode() + b"\n"


def is_own_file(path: PathLike) -> bool:
    """Tell whether a file is one that gait wrote and nobody has changed since.

    Parameters
    ----------
    path : path

    Returns
    -------
    bool
        ``False`` also for links, folders, and where there is nothing.
    """
    path = Path(path)
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        written = written_files(path.parent)
        if path.name in _INTERNAL and _is_damaged_internal(path, listed=path.name in written):
            return True
        if not written and not (path.parent / FILES_LIST).exists():
            return _looks_own(path)
        hashes = written.get(path.name)
        return bool(hashes) and content_hash(path) in (hashes or ())
    except OSError:
        return False


def is_source(path: PathLike, sources: Iterable[PathLike]) -> bool:
    """Tell whether a file is one of those that are read, also through links and other spellings.

    Parameters
    ----------
    path : path
    sources : iterable of paths

    Returns
    -------
    bool
    """
    for source in sources:
        with suppress(OSError, ValueError):
            if Path(path).samefile(source):
                return True
    return False


def is_own_folder(folder: PathLike) -> bool:
    """Tell whether gait wrote everything in a folder, and nobody has changed it since.

    Parameters
    ----------
    folder : path

    Returns
    -------
    bool
        ``True`` also for an empty folder; ``False`` where there is none.
    """
    folder = Path(folder)
    if not folder.is_dir() or folder.is_symlink():
        return False
    return all(path.name == FILES_LIST or is_own_file(path) for path in folder.iterdir())


def may_write(path: PathLike, *, sources: Iterable[PathLike] = ()) -> bool:
    """Tell whether gait may write a file.

    Parameters
    ----------
    path : path
    sources : iterable of paths
        Files that are read, which are never written, whoever made them.

    Returns
    -------
    bool
    """
    return _obstacle(Path(path), sources) is None


def check_may_write(paths: Iterable[PathLike], *, sources: Iterable[PathLike] = ()) -> None:
    """Refuse to write files that are not gait's own. Called before long work, so that it does not end without a result.

    Parameters
    ----------
    paths : iterable of paths
        What will be written. Folders that do not exist are all right.
    sources : iterable of paths
        Files that are read, which are never written, whoever made them.

    Raises
    ------
    InputError
        One of them exists and is not gait's own.
    """
    sources = list(sources)
    for path in paths:
        obstacle = _obstacle(Path(path), sources)
        if obstacle is not None:
            raise InputError(labelled_text(str(path), obstacle), code=FOREIGN_FILE)


@contextmanager
def owned_write(target: PathLike, *, sources: Iterable[PathLike] = (), changing: bool = False) -> Iterator[Path]:
    """Write a file whole or not at all, unless one is there that gait did not write.

    Parameters
    ----------
    target : path
        The file to make or replace. Its folder must exist.
    sources : iterable of paths
        Files that are read, which are never written.
    changing : bool
        The caller has read and checked the file, and what is written keeps its content.

    Yields
    ------
    Path
        A temporary file in the same folder and with the same suffix.

    Raises
    ------
    InputError
        The target exists and is not gait's own.
    """
    target = Path(target)
    if changing:
        target = target.resolve()  # a link stays a link
    else:
        check_may_write([target], sources=sources)
    with temporary_file(target.parent, suffix=target.suffix) as temporary:
        yield temporary
        _move(temporary, target, sources=sources, changing=changing)


def move_to(temporary: Path, target: PathLike) -> None:
    """Give a finished file its name, unless one is there that gait did not write.

    Parameters
    ----------
    temporary : Path
        On the same file system.
    target : path

    Raises
    ------
    InputError
        The target exists and is not gait's own.
    """
    _move(Path(temporary), Path(target))


def remove_own_file(path: PathLike) -> bool:
    """Remove a file, if it is gait's own.

    Parameters
    ----------
    path : path

    Returns
    -------
    bool
        Whether it is gone.
    """
    path = Path(path)
    if not is_own_file(path):
        return not os.path.lexists(path)
    path.unlink(missing_ok=True)
    return True


def mark_own_folder(folder: PathLike) -> None:
    """Put an empty list into a folder that gait has just made for itself.

    Parameters
    ----------
    folder : path
        An existing folder.
    """
    if not (Path(folder) / FILES_LIST).exists():
        _begin_list(Path(folder))


def adopt_files(paths: Iterable[PathLike]) -> None:
    """Put files of earlier versions of gait on the list of their folder.

    Parameters
    ----------
    paths : iterable of paths
        Files of which the caller has a proof that gait wrote them. Those that do not exist are left out.
    """
    by_folder: dict[Path, dict[str, str]] = {}
    for path in map(Path, paths):
        if path.is_file() and not path.is_symlink():
            by_folder.setdefault(path.parent, {})[path.name] = content_hash(path)
    for folder, hashes in by_folder.items():
        _append(folder, hashes)


def remove_own_folder(folder: PathLike) -> list[str]:
    """Remove the files in a folder that are gait's own, and the folder if nothing else is in it.

    Parameters
    ----------
    folder : path

    Returns
    -------
    list of str
        Names of what stays.

    Notes
    -----
    Nothing is removed from a folder without a list.
    """
    folder = Path(folder)
    remove_abandoned(folder)
    if not written_files(folder):
        return sorted(path.name for path in folder.iterdir())
    for name in written_files(folder):
        path = folder / name
        if path.parent == folder:  # no name in a list leads elsewhere
            remove_own_file(path)
    left = sorted(path.name for path in folder.iterdir() if path.name != FILES_LIST)
    if not left:
        (folder / FILES_LIST).unlink(missing_ok=True)
        with suppress(OSError):
            folder.rmdir()
    return left


@contextmanager
def only_writer(folder: Path, program: str = "gait") -> Iterator[None]:
    """Keep a second gait from writing to a folder at the same time; the lock ends with the process.

    Parameters
    ----------
    folder : Path
        An existing folder.
    program : str
        For the message.

    Yields
    ------
    None

    Raises
    ------
    InputError
        Another process holds the lock.
    """
    if sys.platform == "win32":  # folders cannot be locked there; files are whole all the same, the last one stays
        yield
        return
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = _("{folder}: another {program} is writing there; wait for it to end, or choose another folder")
            raise InputError(message.format(folder=folder, program=program), code=FOREIGN_FILE) from None
        except OSError:
            pass  # some network folders have no locks
        yield
    finally:
        os.close(handle)


def _obstacle(path: Path, sources: Iterable[PathLike]) -> str | None:
    """Say why a file cannot be written."""
    if not os.path.lexists(path):
        return None
    if is_source(path, sources):
        return _("is what gait reads and is not written over; choose another folder")
    if path.is_symlink():
        return _("is a link that gait did not make; move it away, or choose another folder")
    if path.is_dir():
        return _("is a folder; move it away, or choose another folder")
    if is_own_file(path):
        return None
    if path.name in written_files(path.parent):
        return _("was changed after gait wrote it and is not written over; move it away, or choose another folder")
    return _("was not written by gait and is not written over; move it away, or choose another folder")


def _move(temporary: Path, target: Path, *, sources: Iterable[PathLike] = (), changing: bool = False) -> None:
    # The list comes first: a process that is killed between the two leaves a line too many, and never a file too many.
    _append(target.parent, {target.name: content_hash(temporary)})
    if not changing:
        check_may_write([target], sources=sources)  # it may have appeared meanwhile
    temporary.replace(target)


def _append(folder: Path, hashes: Mapping[str, str]) -> None:
    """Add files to a list: name → SHA-256."""
    path = folder / FILES_LIST
    if not path.exists():
        _begin_list(folder)
    written = written_files(folder)
    if path.stat().st_size > _LONG_LIST and sum(map(len, written.values())) > _MAX_REPEATS * len(written):
        _shorten(folder)
    entry = b"".join(list_entry(name, sha) for name, sha in hashes.items() if sha not in written.get(name, ()))
    if not entry:
        return
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        if os.write(handle, entry) != len(entry):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    finally:
        os.close(handle)


def _begin_list(folder: Path) -> None:
    """Make the list of a folder, with the files of earlier versions of gait."""
    own = []
    for path in folder.iterdir():
        with suppress(OSError):
            if not path.is_symlink() and path.is_file() and _looks_own(path):
                own.append(list_entry(path.name, content_hash(path)))
    with temporary_file(folder) as temporary:
        temporary.write_bytes(json.dumps({"schema": _SCHEMA}).encode() + b"".join(own))
        try:
            os.link(temporary, folder / FILES_LIST)  # unlike renaming, it never replaces the list of another process
        except FileExistsError:
            return
        except OSError:  # a file system without links
            temporary.replace(folder / FILES_LIST)


def _shorten(folder: Path) -> None:
    """Keep of a list what the folder still holds."""
    kept = []
    for name in written_files(folder):
        with suppress(OSError):
            if is_own_file(folder / name):
                kept.append(list_entry(name, content_hash(folder / name)))
    with atomic_write(folder / FILES_LIST) as temporary:
        temporary.write_bytes(json.dumps({"schema": _SCHEMA}).encode() + b"".join(kept))


def _looks_own(path: Path) -> bool:
    """Tell by the content of a file and its neighbours whether an earlier version of gait made it."""
    beside, signs = _signs_of(path.name)
    if not signs or next(path.parent.glob(beside), None) is None:
        return False
    with path.open("rb") as file:
        return _has_signs(iter(lambda: file.read(_READ_AT_ONCE), b""), signs)


def looks_like_own(name: str, content: bytes) -> bool:
    """Tell by name and content whether an earlier version of gait made a file.

    Parameters
    ----------
    name : str
    content : bytes

    Returns
    -------
    bool
    """
    signs = _signs_of(name)[1]
    return bool(signs) and _has_signs(iter([content]), signs)


def _signs_of(name: str) -> tuple[str, tuple[bytes, ...]]:
    return next(
        (
            (beside, signs)
            for pattern, beside, signs in _EARLIER_FILES + _VALIDATION_FILES
            if fnmatchcase(name, pattern)
        ),
        ("", ()),
    )


def is_damaged_internal(name: str, content: bytes, *, listed: bool) -> bool:
    """Tell whether a content is that of a file which only gait reads, whole or damaged, so that it may be replaced.

    Parameters
    ----------
    name : str
    content : bytes
        At least the beginning.
    listed : bool
        Whether gait wrote a file of this name there. Only then an empty one counts.

    Returns
    -------
    bool
    """
    if name not in _INTERNAL:
        return False
    beginning = b"".join(content[:_HEAD].replace(b"\0", b"").split())
    if not beginning:
        return listed
    return beginning.startswith(_INTERNAL[name]) or _INTERNAL[name].startswith(beginning)


def _is_damaged_internal(path: Path, *, listed: bool) -> bool:
    with path.open("rb") as file:
        return is_damaged_internal(path.name, file.read(_HEAD), listed=listed)


def _has_signs(pieces: Iterator[bytes], signs: tuple[bytes, ...]) -> bool:
    """Search a content piece by piece; the first sign must be in its beginning."""
    missing = set(signs[1:])
    longest = max(map(len, signs))
    tail = b""
    for number, piece in enumerate(pieces):
        if number == 0 and signs[0] not in piece[:_HEAD]:
            return False
        searched = tail + piece
        missing = {sign for sign in missing if sign not in searched}
        if not missing:
            return True
        tail = searched[-longest:]
    return False
