"""A folder to write to: local files are replaced atomically, a store replaces objects whole by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from gait.atomic_files import atomic_write
from gait.batch.storage import storage_path, store_errors

#: Objects of a store that are read at once. [E]
_MAX_CONNECTIONS = 16


class StorageFolder:
    """A folder to write to, on this machine or behind a URL. Files appear whole or not at all.

    Parameters
    ----------
    root : str
        Path or URL. Created with the first file.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._path = storage_path(root)

    @property
    def folder(self) -> Path | None:
        """The path, where the folder is on this machine."""
        return self._path if isinstance(self._path, Path) else None

    def read(self, name: str) -> bytes | None:
        """Read a file.

        Parameters
        ----------
        name : str
            Relative to the folder.

        Returns
        -------
        bytes or None
            ``None`` where there is no such file.
        """
        try:
            if isinstance(self._path, Path):
                return (self._path / name).read_bytes()
            with store_errors(self.root):
                return (self._path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def read_all(self, names: list[str]) -> dict[str, bytes]:
        """Read many files, those behind a URL several at once.

        Parameters
        ----------
        names : list of str

        Returns
        -------
        dict
            Name → content, of the files that exist.
        """
        if isinstance(self._path, Path):
            contents = list(map(self.read, names))
        else:
            self._path.fs.invalidate_cache()
            with ThreadPoolExecutor(_MAX_CONNECTIONS) as pool:
                contents = list(pool.map(self.read, names))
        return {name: content for name, content in zip(names, contents, strict=True) if content is not None}

    def write(self, name: str, content: bytes) -> None:
        """Write a file.

        Parameters
        ----------
        name : str
        content : bytes
        """
        if isinstance(self._path, Path):
            with self._replace(self._path / name) as temporary:
                temporary.write_bytes(content)
        else:
            with store_errors(self.root, writing=True):
                self._path.fs.pipe_file((self._path / name).path, content)

    def put(self, source: Path, name: str) -> None:
        """Copy a file of this machine into the folder.

        Parameters
        ----------
        source : Path
        name : str
        """
        if isinstance(self._path, Path):
            with self._replace(self._path / name) as temporary:
                shutil.copyfile(source, temporary)
        else:
            with store_errors(self.root, writing=True):
                self._path.fs.put_file(str(source), (self._path / name).path)

    def remove(self, name: str) -> None:
        """Remove a file, if it exists.

        Parameters
        ----------
        name : str
        """
        if isinstance(self._path, Path):
            (self._path / name).unlink(missing_ok=True)
        else:
            with store_errors(self.root):
                (self._path / name).unlink(missing_ok=True)

    @staticmethod
    @contextmanager
    def _replace(target: Path) -> Iterator[Path]:
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as temporary:
            yield temporary
