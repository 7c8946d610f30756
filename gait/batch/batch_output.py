"""The output of a batch: proven to be writable, locked against a second batch, with its index and summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from gait.atomic_files import remove_abandoned, temporary_file
from gait.batch.index_page import IndexNotes, render_index
from gait.batch.session_row import SessionRow
from gait.batch.storage_folder import StorageFolder
from gait.batch.summary_table import PARQUET, SUMMARY, write_summary
from gait.display_language import _
from gait.errors import InputError
from gait.owned_files import FOREIGN_FILE, only_writer

INDEX = "index.html"


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
        The output cannot be written to, another batch is writing there, or a file there has the name of the index or
        the summary and is not gait's own.

    Notes
    -----
    Temporary files that killed runs have left in the folder and in those in it are removed.
    """
    target = StorageFolder(output)
    folder = target.folder
    if folder is None:
        target.check_writable()
        _refuse_foreign(target)
        yield target
        return
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with temporary_file(folder):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            _("{folder}: cannot be written to ({reason}); choose another folder").format(folder=folder, reason=reason)
        ) from None
    with only_writer(folder, "gait batch"):
        try:
            _refuse_foreign(target)
            _clear(folder)
            yield target
        finally:
            if made:
                with suppress(OSError):
                    folder.rmdir()  # only where it is empty


def _refuse_foreign(target: StorageFolder) -> None:
    foreign = target.foreign_files("", (INDEX, SUMMARY, PARQUET))
    if foreign:
        reason = "was not written by gait, or was changed after that, and is not written over"
        raise InputError(
            _("{root}/{foreign}: {reason}; choose another folder").format(
                root=target.root, foreign=foreign[0], reason=reason
            ),
            code=FOREIGN_FILE,
        )


def _clear(folder: Path) -> None:
    remove_abandoned(folder)
    with suppress(OSError):
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                remove_abandoned(path)


def write_overview(
    rows: Sequence[SessionRow], target: StorageFolder, *, planned: int, notes: IndexNotes | None = None
) -> bool:
    """Write the summary and, last, the index.

    Parameters
    ----------
    rows : sequence of SessionRow
        The sessions so far.
    target : StorageFolder
    planned : int
        Number of sessions in all.
    notes : IndexNotes, optional
        What else the index lists.

    Returns
    -------
    bool
        Whether ``summary.parquet`` was written too.
    """
    parquet = write_summary(rows, target)
    target.write(INDEX, render_index(rows, planned=planned, notes=notes).encode())
    return parquet
