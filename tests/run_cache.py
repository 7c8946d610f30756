"""What is slow to make and the same for all: made once for all processes that run tests side by side."""

from __future__ import annotations

import fcntl
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

from gait.atomic_files import atomic_write

T = TypeVar("T")


def run_folder(run_id: str) -> Path:
    """Where the workers of one run of tests share files; `tests.conftest` removes it at the end."""
    return Path(tempfile.gettempdir()) / f"gait-tests-{run_id}"


@cache
def _own_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="gait-tests-")  # removed with this process


def _shared_folder() -> Path:
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run_id is None:
        return Path(_own_folder().name)  # one process runs all tests
    folder = run_folder(run_id)
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def _locked(name: str) -> Iterator[Path]:
    folder = _shared_folder()
    with (folder / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # given back when the file is closed, also by a killed worker
        yield folder / name


def folder_made_once(name: str, fill: Callable[[Path], None]) -> Path:
    """Fill a folder, or wait until another worker has.

    ``fill`` gets an empty folder in its final place. If it fails, so does the next worker that tries.
    """
    with _locked(name) as folder:
        finished = folder.with_name(f"{name}.finished")
        if not finished.exists():
            folder.mkdir(exist_ok=True)
            fill(folder)
            finished.touch()
    return folder


def value_made_once(name: str, make: Callable[[], T]) -> T:
    """Compute a value, or wait until another worker has; it is handed over by pickle."""
    with _locked(f"{name}.pickle") as file:
        if not file.exists():
            value = make()
            with atomic_write(file) as temporary:
                temporary.write_bytes(pickle.dumps(value))
        made: T = pickle.loads(file.read_bytes())
    return made
