"""Constants learned from data, as files; the first lines of each name the command that makes it."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

_trial_folder: Path | None = None


def constants_file(name: str) -> Traversable:
    """Find a file of constants.

    Parameters
    ----------
    name : str
        Such as ``method_error.toml``.

    Returns
    -------
    Traversable
        The file of this package, or the one of the same name in the folder that `use_trial_folder` named.
    """
    if _trial_folder is not None and (_trial_folder / name).is_file():
        return _trial_folder / name
    return resources.files(__name__) / name


def use_trial_folder(folder: Path | None) -> None:
    """Prefer constants in a folder over those of the package, in this process and from now on.

    Calibration needs this: each of its steps works with what the steps before have measured, and nothing is installed
    until all is done. Constants that this process has read already stay as they are.

    Parameters
    ----------
    folder : Path or None
        ``None``: the package's own constants again.
    """
    global _trial_folder
    _trial_folder = folder
