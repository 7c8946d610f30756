"""The folder that a command writes to: made before the long work, removed again if it stays empty."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gait.errors import InputError

#: Names that annotated videos get.
_ANNOTATED_VIDEO = re.compile(r"(side|rear|front)([_-]?\d+)?\.mp4")


@contextmanager
def prepared_folder(folder: Path, sources: Sequence[Path] = ()) -> Iterator[Path]:
    """Make a folder and prove that it can be written to, so that hours of work do not end without a result.

    Parameters
    ----------
    folder : Path
        Folder to write to; folders above it are made too.
    sources : sequence of Path
        Videos that must not be overwritten by annotated ones.

    Yields
    ------
    Path
        The folder. If the work inside fails, folders that were made here and are still empty are removed.

    Raises
    ------
    InputError
        The folder cannot be written to, is a file, or a result would overwrite a source.
    """
    for source in sources:
        if source.resolve().parent == folder.resolve() and _ANNOTATED_VIDEO.fullmatch(source.name):
            raise InputError(f"{folder}: the annotated video would replace {source}; choose another folder with -o")
    absent = [folder, *folder.parents]
    absent = absent[: next((i for i, path in enumerate(absent) if path.exists()), len(absent))]
    try:
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder}: is a file; give a folder with -o")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        _remove_empty(absent)
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{folder}: cannot be written to ({reason}); choose another folder with -o") from None
    try:
        yield folder
    except BaseException:
        _remove_empty(absent)
        raise


def _remove_empty(folders: Sequence[Path]) -> None:
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return
