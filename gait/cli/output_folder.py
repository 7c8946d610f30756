"""The folder that a command writes to: made before the long work, removed again if it stays empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from gait.atomic_files import remove_abandoned, temporary_file
from gait.display_language import _
from gait.errors import InputError
from gait.owned_files import FILES_LIST, only_writer, written_files


@contextmanager
def prepared_folder(folder: Path) -> Iterator[Path]:
    """Make a folder and prove that it can be written to, so that hours of work do not end without a result.

    Parameters
    ----------
    folder : Path
        Folder to write to; folders above it are made too.

    Yields
    ------
    Path
        The folder, which no second gait writes to meanwhile. If the work inside fails, folders that were made here and
        are still empty are removed.

    Raises
    ------
    InputError
        The folder cannot be written to, is a file, or another gait is writing there.
    """
    absent = [folder, *folder.parents]
    absent = absent[: next((i for i, path in enumerate(absent) if path.exists()), len(absent))]
    try:
        if folder.exists() and not folder.is_dir():
            raise InputError(_("{folder}: is a file; give a folder with -o").format(folder=folder))
        folder.mkdir(parents=True, exist_ok=True)
        remove_abandoned(folder)
        with temporary_file(folder):
            pass
    except OSError as error:
        _remove_empty(absent)
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            _("{folder}: cannot be written to ({reason}); choose another folder with -o").format(
                folder=folder, reason=reason
            )
        ) from None
    try:
        with only_writer(folder):
            yield folder
    except BaseException:
        _remove_empty(absent)
        raise


def _remove_empty(folders: Sequence[Path]) -> None:
    for folder in folders:
        with suppress(OSError, InputError):
            files_list = folder / FILES_LIST
            only_the_list = files_list.is_file() and [path.name for path in folder.iterdir()] == [FILES_LIST]
            if only_the_list and not any((folder / name).exists() for name in written_files(folder)):
                files_list.unlink()
        try:
            folder.rmdir()
        except OSError:
            return
