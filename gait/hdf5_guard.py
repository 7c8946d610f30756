"""Damaged HDF5 files, on which libhdf5 may loop for ever or crash: a file that is not known is read elsewhere first.

Files that gait wrote end with a checksum (libhdf5 does not look behind the end that a file states), which takes a
millisecond a megabyte. Any other file is read once, wholly, by a child process with limits of time and memory.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from gait.errors import InputError

#: What stands behind the last byte of the HDF5 file: this, and the checksum of all bytes before.
_MARK = b"\ngait-blake2b:"
_DIGEST_BYTES = 32
_TRAILER_BYTES = len(_MARK) + _DIGEST_BYTES
_SIGNATURE = b"\x89HDF\r\n\x1a\n"
#: Time for the child process to read a file: so many seconds, and one for so many bytes. A minute of poses (2 MB) takes
#: 0.1 s after the start, an hour (130 MB) 5 s. [E]
_LIMIT_S, _BYTES_PER_S = 20.0, 5_000_000
#: Address space of the child process, bytes, for a file of up to a gigabyte. [E]
_MEMORY = 6 << 30
#: A file whose variables are larger than this many times its own size, and than 1 GB, is damaged. Compressed poses that
#: never change take a thousandth. [E]
_LARGEST_RATIO, _SMALL_ENOUGH = 2000, 1 << 30
_READ_AT_ONCE = 1 << 20

_lock = threading.Lock()
_sound: dict[tuple[str, int, int], None] = {}


def seal(path: Path) -> None:
    """Append the checksum to a finished HDF5 file.

    Parameters
    ----------
    path : Path
    """
    digest = _digest(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(_MARK + digest)


def is_sealed(path: Path) -> bool:
    """Say whether a file ends with the checksum that :func:`seal` appends.

    Parameters
    ----------
    path : Path

    Returns
    -------
    bool
        Whether the checksum is right, `check_hdf5` says.
    """
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _TRAILER_BYTES, 0))
        trailer = file.read(_TRAILER_BYTES)
    return trailer.startswith(_MARK) and len(trailer) == _TRAILER_BYTES


def check_hdf5(path: Path) -> None:
    """Check that an HDF5 or NetCDF 4 file can be read to its end, before this process opens it.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        When it is damaged, or is none.
    OSError
        When it cannot be read at all.
    """
    state = path.stat()
    key = (str(path.resolve()), state.st_mtime_ns, state.st_size)
    with _lock:
        if key in _sound:
            return
    with path.open("rb") as file:
        if file.read(len(_SIGNATURE)) != _SIGNATURE:
            return  # another format, or a block before it: the reader of the format decides
        file.seek(max(state.st_size - _TRAILER_BYTES, 0))
        trailer = file.read(_TRAILER_BYTES)
    if trailer.startswith(_MARK) and len(trailer) == _TRAILER_BYTES:
        if _digest(path, state.st_size - _TRAILER_BYTES) != trailer[len(_MARK) :]:
            raise _damaged(path, "its content does not fit its checksum")
    else:
        _read_elsewhere(path, state.st_size)
    with _lock:
        _sound[key] = None


def _digest(path: Path, length: int) -> bytes:
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    with path.open("rb") as file:
        while length > 0 and (block := file.read(min(_READ_AT_ONCE, length))):
            digest.update(block)
            length -= len(block)
    return digest.digest()


def _damaged(path: Path, reason: str) -> InputError:
    message = f"{path}: is damaged ({reason}); remove it and run again, or copy it again"
    return InputError(message, code="pose_file_damaged")


def _read_elsewhere(path: Path, size: int) -> None:
    limit_s = _LIMIT_S + size / _BYTES_PER_S
    command = [sys.executable, "-c", "from gait.hdf5_guard import read_all; read_all()", str(path.resolve())]
    root = str(Path(__file__).resolve().parents[1])
    search = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH")) if part)
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=limit_s,
            env={**os.environ, "PYTHONPATH": search, "HDF5_USE_FILE_LOCKING": "FALSE"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _damaged(path, f"reading it does not end within {limit_s:.0f} s") from None
    if done.returncode < 0:
        raise _damaged(path, f"reading it ends with signal {-done.returncode}")
    if done.returncode == 3:
        raise _damaged(path, done.stderr.decode("utf-8", "replace").strip().splitlines()[-1])


def read_all() -> None:
    """Read the file that the first argument names, wholly; ends with code 3 and one line where that fails.

    The child process of `check_hdf5`.
    """
    with suppress(ImportError, OSError, ValueError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    import h5py

    path = sys.argv[1]
    most = max(_LARGEST_RATIO * os.stat(path).st_size, _SMALL_ENOUGH)  # noqa: PTH116  (as given)

    def visit(name: str, found: object) -> None:
        dict(found.attrs)  # type: ignore[attr-defined]
        if isinstance(found, h5py.Dataset):
            if found.size is not None and found.size * found.dtype.itemsize > most:
                raise ValueError(f"{name} claims {found.size} values")
            for chunk in _slices(found):
                found[chunk]

    try:
        with h5py.File(path, "r") as file:
            dict(file.attrs)
            file.visititems(visit)
    except Exception as error:  # the library raises many kinds
        print(" ".join(f"{error}".split())[:200] or type(error).__name__, file=sys.stderr)
        sys.exit(3)


def _slices(found: object) -> list[object]:
    """Return selections that cover a dataset, each of some megabytes."""
    shape: tuple[int, ...] = found.shape  # type: ignore[attr-defined]
    if not shape or 0 in shape:
        return [()]
    row = int(found.dtype.itemsize * found.size / shape[0])  # type: ignore[attr-defined]
    rows = max(1, 16 * _READ_AT_ONCE // max(row, 1))
    return [slice(begin, begin + rows) for begin in range(0, shape[0], rows)]
