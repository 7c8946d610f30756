"""A folder to write to: local files are replaced atomically, a store replaces objects whole by itself.

Nothing is replaced or removed that gait did not write (`gait.owned_files`); a store has the same list as a folder.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from gait.atomic_files import TEMPORARY_PREFIX
from gait.batch.storage import file_sha256, storage_path, store_errors
from gait.display_language import gettext, keep_language
from gait.errors import InputError
from gait.owned_files import (
    EARLIER_FILE_NAMES,
    FILES_LIST,
    FOREIGN_FILE,
    content_hash,
    is_damaged_internal,
    list_entry,
    looks_like_own,
    may_write,
    owned_write,
    parse_files_list,
    remove_own_file,
    remove_own_folder,
)

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
                contents = list(pool.map(keep_language(self.read), names))
        return {name: content for name, content in zip(names, contents, strict=True) if content is not None}

    def write(self, name: str, content: bytes) -> None:
        """Write a file.

        Parameters
        ----------
        name : str
        content : bytes

        Raises
        ------
        InputError
            A file of this name is there that is not gait's own.
        """
        if isinstance(self._path, Path):
            with self._replace(self._path / name) as temporary:
                temporary.write_bytes(content)
        else:
            self._list_object(name, hashlib.sha256(content).hexdigest())
            with store_errors(self.root, writing=True):
                self._path.fs.pipe_file((self._path / name).path, content)

    def put(self, source: Path, name: str) -> None:
        """Copy a file of this machine into the folder.

        Parameters
        ----------
        source : Path
        name : str

        Raises
        ------
        InputError
            A file of this name is there that is not gait's own.
        """
        if isinstance(self._path, Path):
            with self._replace(self._path / name) as temporary:
                shutil.copyfile(source, temporary)
        else:
            self._list_object(name, content_hash(source))
            with store_errors(self.root, writing=True):
                self._path.fs.put_file(str(source), (self._path / name).path)

    def remove(self, name: str) -> bool:
        """Remove a file, if it is gait's own.

        Parameters
        ----------
        name : str

        Returns
        -------
        bool
            Whether it is gone.
        """
        if isinstance(self._path, Path):
            return remove_own_file(self._path / name)
        with store_errors(self.root):
            if not (self._path / name).exists():
                return True
            if not self._is_own_object(name, self._listed(name)):
                return False
            (self._path / name).unlink(missing_ok=True)
        return True

    def check_writable(self) -> None:
        """Prove that a store can be written to.

        Raises
        ------
        InputError
            It cannot.
        """
        assert not isinstance(self._path, Path)
        probe = self._path / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}"
        with store_errors(self.root, writing=True):
            self._path.fs.pipe_file(probe.path, b"")
            self._path.fs.rm_file(probe.path)

    def folders_with(self, name: str) -> list[str]:
        """Find the folders in this one that hold a file.

        Parameters
        ----------
        name : str
            Of the file.

        Returns
        -------
        list of str
            Names of the folders, sorted.
        """
        if isinstance(self._path, Path):
            return sorted(path.parent.name for path in self._path.glob(f"*/{name}") if not path.parent.is_symlink())
        with store_errors(self.root):
            self._path.fs.invalidate_cache()
            found = self._path.fs.glob(f"{self._path.path.rstrip('/')}/*/{name}")
        return sorted(PurePosixPath(str(path)).parent.name for path in found)

    def remove_folder(self, name: str) -> bool:
        """Remove the files in a folder that are gait's own, and the folder if nothing else is in it.

        Parameters
        ----------
        name : str
            Of a folder in this one.

        Returns
        -------
        bool
            Whether nothing is left.
        """
        if isinstance(self._path, Path):
            return not remove_own_folder(self._path / name)
        listed = self._listed(f"{name}/") or {}
        left = [base for base in listed if "/" not in base and not self.remove(f"{name}/{base}")]
        with store_errors(self.root):
            self._path.fs.invalidate_cache()
            others = [path for path in self._path.fs.find((self._path / name).path) if not path.endswith(FILES_LIST)]
            if not left and not others and listed:
                self._path.fs.rm_file((self._path / name / FILES_LIST).path)
        return not left and not others

    def foreign_files(self, folder: str, names: Iterable[str]) -> list[str]:
        """Find out which files in a folder are there and are not gait's own.

        Parameters
        ----------
        folder : str
            Relative to this one.
        names : iterable of str
            Names of files in it.

        Returns
        -------
        list of str
        """
        if isinstance(self._path, Path):
            return [name for name in names if not may_write(self._path / folder / name)]
        with store_errors(self.root):
            self._path.fs.invalidate_cache()
            try:
                found = self._path.fs.find((self._path / folder).path)
            except FileNotFoundError:
                return []
        # What lies in a folder below has the same base name and is another object.
        there = {str(path).lstrip("/") for path in found}
        listed = self._listed(f"{folder}/")
        return [
            name
            for name in names
            if (self._path / folder / name).path.lstrip("/") in there
            and not self._is_own_object(f"{folder}/{name}".lstrip("/"), listed)
        ]

    @staticmethod
    @contextmanager
    def _replace(target: Path) -> Iterator[Path]:
        target.parent.mkdir(parents=True, exist_ok=True)
        with owned_write(target) as temporary:
            yield temporary

    def _listed(self, name: str) -> dict[str, set[str]] | None:
        """Read the list of the folder that an object is in; ``None`` where there is none."""
        list_name = f"{name.rpartition('/')[0]}/{FILES_LIST}".lstrip("/")
        content = self.read(list_name)
        return None if content is None else parse_files_list(content, f"{self.root}/{list_name}")

    def _is_own_object(self, name: str, listed: Mapping[str, set[str]] | None) -> bool:
        base = name.rpartition("/")[2]
        content = self.read(name) or b"" if listed is None or base.endswith(".json") else b""
        if is_damaged_internal(base, content, listed=base in (listed or ())):
            return True
        if listed is None:
            return looks_like_own(base, content)
        return file_sha256(f"{self.root}/{name}") in listed.get(base, ())

    def _list_object(self, name: str, sha256: str) -> None:
        """Put an object on the list of its folder before it is written, unless something else has its name."""
        assert not isinstance(self._path, Path)
        folder, _, base = name.rpartition("/")
        if self.foreign_files(folder, [base]):
            reason = "was not written by gait, or was changed after that, and is not written over"
            raise InputError(
                gettext("{root}/{name}: {reason}; choose another folder").format(
                    root=self.root, name=name, reason=reason
                ),
                code=FOREIGN_FILE,
            )
        list_name = f"{folder}/{FILES_LIST}".lstrip("/")
        listed = self._listed(name)
        if listed is None:
            listed = self._objects_of_earlier_versions(folder)
        with store_errors(self.root):
            now = {file_sha256(f"{self.root}/{name}")} if (self._path / name).exists() else set()
        hashes = {**listed, base: {*now, sha256}}
        content = b"".join(list_entry(key, sha) for key, values in hashes.items() for sha in sorted(values))
        with store_errors(self.root, writing=True):
            self._path.fs.pipe_file((self._path / list_name).path, content)

    def _objects_of_earlier_versions(self, folder: str) -> dict[str, set[str]]:
        own: dict[str, set[str]] = {}
        for base in EARLIER_FILE_NAMES:
            name = f"{folder}/{base}".lstrip("/")
            content = self.read(name)
            if content is not None and looks_like_own(base, content):
                own[base] = {hashlib.sha256(content).hexdigest()}
        return own
