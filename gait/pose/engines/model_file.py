"""The bundled pose model, or another official bundle from the user."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from gait._typing import PathLike
from gait.errors import InputError

#: File name of the bundled model.
BUNDLED = "pose_landmarker_full.task"
#: What every pose landmarker bundle (lite, full, heavy) holds.
MEMBERS = ("pose_detector.tflite", "pose_landmarks_detector.tflite")


@dataclass(frozen=True)
class PoseModel:
    """A model in memory, so that the bytes that were checked are those that run.

    Attributes
    ----------
    name : str
        The file's stem.
    path : Path
    sha256 : str
    content : bytes
    """

    name: str
    path: Path
    sha256: str
    content: bytes = field(repr=False)


def load_model(path: PathLike | None = None) -> PoseModel:
    """Read a pose landmarker bundle and check it.

    Parameters
    ----------
    path : path, optional
        An official ``pose_landmarker_{lite,full,heavy}.task``. Without it: the bundled full model, whose SHA-256 must
        be the recorded one.

    Returns
    -------
    PoseModel

    Raises
    ------
    InputError
        When the file is missing, is not such a bundle, or (bundled) was changed.
    """
    expected: str | None = None
    if path is None:
        path, expected = _bundled()
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path}: is a folder; give a pose_landmarker .task file")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such model file; give a pose_landmarker .task file") from None
    except OSError as error:
        raise InputError(f"{path}: the model cannot be read: {error.strerror or error}") from None
    digest = hashlib.sha256(content).hexdigest()
    if expected is not None and digest != expected:
        raise InputError(f"{path}: the bundled pose model is damaged (its SHA-256 differs); install gait again")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            absent = set(MEMBERS) - set(bundle.namelist())
            broken = bundle.testzip()
    except zipfile.BadZipFile:
        raise InputError(f"{path}: is not a model bundle; give a pose_landmarker .task file") from None
    if absent or broken:
        what = f"lacks {', '.join(sorted(absent))}" if absent else f"is damaged ({broken})"
        raise InputError(f"{path}: {what}; give an official pose_landmarker .task file")
    return PoseModel(path.stem, path, digest, content)


def _bundled() -> tuple[Path, str]:
    """Find the bundled model and its recorded hash: in the installed package, else in the source checkout."""
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "_models", package.parent / "models"):
        if (folder / BUNDLED).is_file() and (folder / "SHA256SUMS").is_file():
            for line in (folder / "SHA256SUMS").read_text().splitlines():
                digest, _, name = line.partition(" ")
                if name.strip().lstrip("*") == BUNDLED:
                    return folder / BUNDLED, digest
    raise InputError(f"the bundled pose model ({BUNDLED}) is missing from this installation; install gait again")
