"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: What the runner said is kept beside a report under this name, so that the report can be made again.
ANSWERS_FILE = "answers.toml"


@contextmanager
def atomic_write(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside ``target``; on success it is renamed to ``target``, else removed.

    Parameters
    ----------
    target : path
        The file to be made or replaced. Its folder must exist.

    Yields
    ------
    Path
        A name in the same folder with the same suffix, so that writers that look at the suffix still work.

    Notes
    -----
    ``os.replace`` is atomic on one file system: whoever opens ``target`` gets the old file or the whole new one,
    also when the process is interrupted.
    """
    target = Path(target)
    handle, name = tempfile.mkstemp(prefix=f".{target.stem[:40]}-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp makes the file private; a report is as readable as any other file the user writes.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
