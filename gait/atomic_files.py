"""Files that appear whole or not at all. What a killed process has left is removed by the next one.

A temporary file or folder is named after the process that writes it: ``.gait-tmp-<machine>-<process>-<start>-…``. So
another process can tell whether the writer still runs.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from gait._typing import PathLike

#: Beginning of the name of every temporary file and folder.
TEMPORARY_PREFIX = ".gait-tmp-"
_TEMPORARY_NAME = re.compile(rf"{re.escape(TEMPORARY_PREFIX)}(?P<machine>[0-9a-f]{{8}})-(?P<pid>\d+)-(?P<start>\d+)-")
#: A temporary file of another machine (or container) is left behind if nobody has written to it for so long, s. [E]
_OTHER_MACHINE_S = 24 * 3600.0
#: Longest suffix that a temporary file takes over, characters. [E]
_MAX_SUFFIX = 16
#: Folders that a process has cleared already; one that was forked clears them again.
_cleared: set[tuple[int, str]] = set()


@contextmanager
def atomic_write(target: PathLike) -> Iterator[Path]:
    """Write to a temporary file beside the target; on success it replaces the target, otherwise it is removed.

    It replaces whatever is there. Results for a user are written with `gait.owned_files.owned_write`, which does not.

    Parameters
    ----------
    target : path
        The file to make or replace. Its folder must exist.

    Yields
    ------
    Path
        The temporary file, in the same folder and with the same suffix, because some writers depend on the suffix.

    Notes
    -----
    Renaming is atomic within one file system: a reader of ``target`` gets the old file or the whole new one, even when
    the process is interrupted.
    """
    target = Path(target)
    with temporary_file(target.parent, suffix=target.suffix) as temporary:
        yield temporary
        temporary.replace(target)


@contextmanager
def temporary_file(folder: Path, *, suffix: str = "") -> Iterator[Path]:
    """Make a temporary file with the permissions of any other file of the user; at the end it is removed.

    Parameters
    ----------
    folder : Path
        An existing folder. Temporary files of dead processes in it are removed.
    suffix : str
        End of the name.

    Yields
    ------
    Path
        The empty file. It may be renamed or removed meanwhile.
    """
    if (os.getpid(), str(folder)) not in _cleared:
        _cleared.add((os.getpid(), str(folder)))
        remove_abandoned(folder)
    handle, name = tempfile.mkstemp(
        prefix=_own_prefix(), suffix=suffix if len(suffix) <= _MAX_SUFFIX else "", dir=folder
    )
    os.close(handle)
    temporary = Path(name)
    try:
        # mkstemp makes the file private. A report should have the permissions of any other file of the user.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        yield temporary
    finally:
        with suppress(OSError):  # an error of the work itself says more
            temporary.unlink(missing_ok=True)


@contextmanager
def temporary_folder(parent: Path | None = None) -> Iterator[Path]:
    """Make a temporary folder; at the end it is removed with its content.

    Parameters
    ----------
    parent : Path, optional
        An existing folder; that of the system for temporary files without it.

    Yields
    ------
    Path
        The empty folder. It may be renamed meanwhile.
    """
    parent = Path(tempfile.gettempdir()) if parent is None else parent
    remove_abandoned(parent)
    folder = Path(tempfile.mkdtemp(prefix=_own_prefix(), dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned(folder: PathLike) -> int:
    """Remove temporary files and folders of processes that no longer run.

    Parameters
    ----------
    folder : path
        Folders in it are not searched.

    Returns
    -------
    int
        Number of files and folders that were removed; 0 where there is no such folder.
    """
    removed = 0
    try:
        with os.scandir(folder) as entries:
            found = [Path(entry.path) for entry in entries if entry.name.startswith(TEMPORARY_PREFIX)]
    except OSError:
        return 0
    for path in found:
        with suppress(OSError):
            if _is_abandoned(path):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
                removed += 1
    return removed


def _is_abandoned(path: Path) -> bool:
    named = _TEMPORARY_NAME.match(path.name)
    if named is None:
        return False
    if named["machine"] != _machine():
        return time.time() - path.lstat().st_mtime > _OTHER_MACHINE_S
    pid = int(named["pid"])
    if pid == os.getpid():
        return named["start"] != _start_of(pid)  # of an earlier process with the same number
    return not _is_running(pid) or named["start"] != _start_of(pid)


def _own_prefix() -> str:
    pid = os.getpid()
    return f"{TEMPORARY_PREFIX}{_machine()}-{pid}-{_start_of(pid)}-"


@cache
def _machine() -> str:
    """Name the machine and, in a container, its numbering of processes."""
    numbering = 0
    with suppress(OSError):
        numbering = Path("/proc/self/ns/pid").stat().st_ino
    return hashlib.sha256(f"{socket.gethostname()} {numbering}".encode()).hexdigest()[:8]


def _is_running(pid: int) -> bool:
    if sys.platform == "win32":  # there, the signal 0 would end the process
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # a process of somebody else
    return True


def _start_of(pid: int) -> str:
    """Return when a process started, in ticks since the machine did; "0" where the system does not say it."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        # A zombie has ended; only its parent has not looked yet.
        fields = status.rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        return "0"
