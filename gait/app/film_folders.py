"""Folders of films on the server's machine: only those that were named at the start, without links and detours."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gait.batch.storage import VIDEO_SUFFIXES
from gait.display_language import _
from gait.errors import InputError

#: Folders and files that are listed. [E]
_MAX_LISTED = 1000
_MANIFESTS = frozenset((".csv", ".tsv"))


@dataclass(frozen=True)
class FolderContent:
    """What a folder of films holds.

    Attributes
    ----------
    root : int
        Number of the folder that was named at the start.
    path : str
        Below it, with forward slashes; empty for itself.
    folders, manifests : tuple of str
        Names.
    films : int
        Videos in this folder itself.
    """

    root: int
    path: str
    folders: tuple[str, ...]
    manifests: tuple[str, ...]
    films: int


class FilmFolders:
    """The folders whose films may be measured.

    Parameters
    ----------
    roots : iterable of Path
        They may be links themselves: whoever starts the server chose them.

    Raises
    ------
    InputError
        There is no such folder.
    """

    def __init__(self, roots: Iterable[Path]) -> None:
        self.roots: tuple[Path, ...] = tuple(self._root(root) for root in roots)

    @staticmethod
    def _root(root: Path) -> Path:
        if not root.is_dir():
            message = _("{path}: is no folder; give the folder of the films").format(path=root)
            raise InputError(message, code="films_missing")
        return root.resolve()

    def find(self, root: int, path: str) -> Path:
        """Find a folder or a manifest.

        Parameters
        ----------
        root : int
        path : str
            Below it, with forward slashes.

        Returns
        -------
        Path

        Raises
        ------
        InputError
            There is none, or the way to it leaves the folder or goes through a link (``not_found``).
        """
        if not 0 <= root < len(self.roots):
            raise InputError(_("there is no such folder"), code="not_found")
        parts = PurePosixPath(path).parts
        if "\0" in path or "\\" in path or path.startswith("/") or any(p == ".." or p.startswith(".") for p in parts):
            raise InputError(_("there is no such folder"), code="not_found")
        return self.checked(self.roots[root].joinpath(*parts), within=self.roots[root])

    def checked(self, path: Path, *, within: Path | None = None) -> Path:
        """Check that a path lies in one of the folders and that no part of it below is a link.

        Parameters
        ----------
        path : Path
        within : Path, optional
            The folder; any of them without it.

        Returns
        -------
        Path

        Raises
        ------
        InputError
            It does not (``not_found``).
        """
        for root in self.roots if within is None else (within,):
            try:
                parts = path.relative_to(root).parts
            except ValueError:
                continue
            here = root
            for part in parts:
                here = here / part
                if part == ".." or here.is_symlink() or not here.exists():
                    break
            else:
                # Again as a whole: on Windows a junction is a detour, too, and no link.
                if os.path.realpath(here) == str(here):
                    return here
        raise InputError(_("there is no such folder"), code="not_found")

    def content(self, root: int, path: str) -> FolderContent:
        """List a folder.

        Parameters
        ----------
        root : int
        path : str

        Returns
        -------
        FolderContent
            Hidden files and links are left out.

        Raises
        ------
        InputError
            There is no such folder, or it cannot be read (``not_found``).
        """
        folder = self.find(root, path)
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name.casefold())
        except OSError:
            raise InputError(_("there is no such folder"), code="not_found") from None
        seen = [e for e in entries if not e.name.startswith(".") and not e.is_symlink()]
        files = [e.name for e in seen if e.is_file(follow_symlinks=False)]
        return FolderContent(
            root,
            path,
            tuple(e.name for e in seen if e.is_dir(follow_symlinks=False))[:_MAX_LISTED],
            tuple(name for name in files if PurePosixPath(name).suffix.lower() in _MANIFESTS)[:_MAX_LISTED],
            sum(PurePosixPath(name).suffix.lower() in VIDEO_SUFFIXES for name in files),
        )
