"""The output of a batch: proven to be writable, locked against a second batch, with its index and summary."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from gait.batch.index_page import render_index
from gait.batch.session_row import SessionRow
from gait.batch.storage_folder import StorageFolder
from gait.batch.summary_table import write_summary
from gait.errors import InputError

_LOCK = ".gait-batch.lock"


@contextmanager
def open_output(output: str) -> Iterator[StorageFolder]:
    """Open the output for writing and lock it while it is open.

    Parameters
    ----------
    output : str
        Path or URL. A URL is not locked.

    Yields
    ------
    StorageFolder

    Raises
    ------
    InputError
        The output cannot be written to, or another batch is writing there.
    """
    target = StorageFolder(output)
    folder = target.folder
    if folder is None:
        target.write(_LOCK, b"")
        target.remove(_LOCK)
        yield target
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock: Any = (folder / _LOCK).open("a") if sys.platform != "win32" else nullcontext()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{folder}: cannot be written to ({reason}); choose another folder") from None
    with lock as file:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(f"{folder}: another gait batch is writing there; wait for it to end") from None
            except OSError:
                pass  # some network folders have no locks; the stamps are whole all the same
        try:
            yield target
        finally:
            (folder / _LOCK).unlink(missing_ok=True)
            with suppress(OSError):
                folder.rmdir()  # only where it is empty


def write_overview(rows: Sequence[SessionRow], target: StorageFolder, *, planned: int) -> bool:
    """Write the summary and, last, the index.

    Parameters
    ----------
    rows : sequence of SessionRow
        The sessions so far.
    target : StorageFolder
    planned : int
        Number of sessions in all.

    Returns
    -------
    bool
        Whether ``summary.parquet`` was written too.
    """
    parquet = write_summary(rows, target)
    target.write("index.html", render_index(rows, planned=planned).encode())
    return parquet
