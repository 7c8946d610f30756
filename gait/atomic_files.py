"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gait._typing import PathLike


@contextmanager
def atomic_write(target: PathLike) -> Iterator[Path]:
    """Write to a temporary file beside the target; on success it replaces the target, otherwise it is removed.

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
    handle, name = tempfile.mkstemp(prefix=f".{target.stem[:40]}-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp makes the file private. A report should have the permissions of any other file of the user.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
