"""The folder of the app's data: where uploads and reports lie, how much they take, and how they go for good."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

from gait.display_language import _
from gait.errors import InputError

#: Names that the app makes itself; nothing else becomes part of a path.
_IDENTIFIER = re.compile(r"[0-9a-f]{32}")
#: Endings of video files that are kept, so that other programs open the clip; the content decides, never the name.
_VIDEO_SUFFIX = re.compile(r"\.(mp4|mov|m4v|avi|mkv|webm|3gp|mts|m2ts|mpg|mpeg)", re.IGNORECASE)
#: What a name on this disk does not have, and its longest length before the ending, characters. [E]
_NOT_IN_NAME, _LONGEST_STEM = re.compile(r"[^\w ()-]"), 60


class DataFolder:
    """Paths of everything that the app keeps.

    Parameters
    ----------
    root : Path
        Made where it is missing, for this user alone.

    Raises
    ------
    InputError
        It cannot be made or written to.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            for folder in (root, root / "uploads", root / "sessions"):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            message = _("{path}: the folder for the data cannot be made ({reason}); choose another one")
            raise InputError(message.format(path=root, reason=reason), code="data_folder") from None
        if not os.access(root, os.W_OK):
            message = _("{path}: the folder for the data cannot be written to; choose another one")
            raise InputError(message.format(path=root), code="data_folder")

    @property
    def database(self) -> Path:
        """The history, with the tables of the app."""
        return self.root / "gait-history.db"

    def upload(self, identifier: str) -> Path:
        """Return the folder of an upload.

        Parameters
        ----------
        identifier : str

        Returns
        -------
        Path

        Raises
        ------
        InputError
            Not a name that the app makes.
        """
        return self.root / "uploads" / checked_identifier(identifier)

    def part(self, identifier: str) -> Path:
        """Return the file that grows while an upload arrives.

        Parameters
        ----------
        identifier : str

        Returns
        -------
        Path
        """
        return self.upload(identifier) / "clip.part"

    def clip(self, identifier: str, file_name: str) -> Path:
        """Return the file of an upload that has arrived.

        Parameters
        ----------
        identifier : str
        file_name : str
            As the browser called it: only its letters, digits and a known ending are used.

        Returns
        -------
        Path
        """
        path = Path(file_name)
        suffix = path.suffix.lower() if _VIDEO_SUFFIX.fullmatch(path.suffix) else ".video"
        # A name of its own in front, since some systems reserve names such as "aux".
        stem = _NOT_IN_NAME.sub("_", path.stem)[:_LONGEST_STEM].strip(" .")
        return self.upload(identifier) / f"clip {stem}{suffix}"

    def session(self, folder: str) -> Path:
        """Return the folder of a report.

        Parameters
        ----------
        folder : str
            Name in the column ``folder`` of a job.

        Returns
        -------
        Path
        """
        return self.root / "sessions" / checked_identifier(folder)

    def used_bytes(self) -> int:
        """Add up what uploads and reports take.

        Returns
        -------
        int
        """
        total = 0
        for name in ("uploads", "sessions"):
            for folder, _folders, files in os.walk(self.root / name):
                for file in files:
                    with suppress(OSError):
                        total += os.lstat(os.path.join(folder, file)).st_size  # noqa: PTH118 (thousands of files)
        return total

    def remove_upload(self, identifier: str) -> None:
        """Remove an upload's files for good.

        Parameters
        ----------
        identifier : str
        """
        _remove(self.upload(identifier))

    def remove_session(self, folder: str) -> None:
        """Remove a report's files for good.

        Parameters
        ----------
        folder : str
        """
        _remove(self.session(folder))


def checked_identifier(text: str) -> str:
    """Check that a text is a name that the app makes, before it becomes part of a path.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Raises
    ------
    InputError
        It is not.
    """
    if not _IDENTIFIER.fullmatch(text):
        raise InputError(_("there is no such file"), code="not_found")
    return text


def _remove(folder: Path) -> None:
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
