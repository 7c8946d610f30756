"""The pose networks that come with gait, by name, or another official bundle from the user."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gait._typing import PathLike
from gait.display_language import _, gettext
from gait.errors import InputError
from gait.pose.dataset import CALIBRATED_VARIANTS, NetworkVariant, engine_keypoint_family

#: Networks that come with gait: name → file.
NETWORKS: Mapping[str, str] = {"full": "pose_landmarker_full.task", "heavy": "pose_landmarker_heavy.task"}
#: The full network in every frame and the heavy one in some strides as well; see `gait.pose.refinement`.
MIXED = "mixed"
MODEL_NAMES = (*NETWORKS, MIXED)
#: What is used when nothing is named; the environment variable ``GAIT_MODEL`` names another network or file.
DEFAULT_MODEL = os.environ.get("GAIT_MODEL") or MIXED
#: Which networks ``mixed`` runs: in every frame, and in some strides as well.
MIXED_NETWORKS = ("full", "heavy")
#: What every pose landmarker bundle (lite, full, heavy) holds.
MEMBERS = ("pose_detector.tflite", "pose_landmarks_detector.tflite")


@dataclass(frozen=True)
class PoseModel:
    """A model file that has been checked.

    Attributes
    ----------
    name : str
        The file's stem.
    path : Path
    sha256 : str
    """

    name: str
    path: Path
    sha256: str

    def content(self) -> bytes:
        """Read the file: a large one, so nobody keeps it.

        Returns
        -------
        bytes
            Those that were checked.

        Raises
        ------
        InputError
            When the file was changed or removed since then.
        """
        with suppress(OSError):
            if _CHECKED.get(_version(self.path)) == self.sha256:
                return self.path.read_bytes()
        raise self._changed()

    def member(self, name: str) -> bytes:
        """Read one file of the bundle.

        Parameters
        ----------
        name : str
            One of `MEMBERS`.

        Returns
        -------
        bytes

        Raises
        ------
        InputError
            As :meth:`content`.
        """
        with suppress(OSError, zipfile.BadZipFile):
            if _CHECKED.get(_version(self.path)) == self.sha256:
                with zipfile.ZipFile(self.path) as bundle:
                    return bundle.read(name)
        raise self._changed()

    def _changed(self) -> InputError:
        return InputError(_("{path}: the model file was changed while it is used; start again").format(path=self.path))


#: A file as it was when it was checked (see `_version`) → its SHA-256. Hashing both networks takes 0.03 s.
_CHECKED: dict[tuple[str, int, int, int], str] = {}


def _version(path: Path) -> tuple[str, int, int, int]:
    state = path.stat()
    return str(path.resolve()), state.st_ino, state.st_size, state.st_mtime_ns


def load_model(model: PathLike | None = None) -> PoseModel:
    """Find a pose landmarker bundle and check it, once per process as long as the file does not change.

    Parameters
    ----------
    model : str or path, optional
        A key of `NETWORKS`, or an official ``pose_landmarker_{lite,full,heavy}.task``; the default without it. Of
        ``mixed``: the network that runs in every frame. The SHA-256 of a network that comes with gait must be the
        recorded one.

    Returns
    -------
    PoseModel

    Raises
    ------
    InputError
        When the name is unknown, or the file is missing, is not such a bundle, or (of a network that comes with gait)
        was changed.
    """
    name = MIXED_NETWORKS[0] if is_mixed(model) else _named(model)
    expected: str | None = None
    path = Path(name)
    if name in NETWORKS:
        path, expected = _bundled(NETWORKS[name])
    elif not path.exists() and path.name == name and not path.suffix:
        raise InputError(
            _("model {name} is unknown; choose from: {names}, or give a pose_landmarker .task file").format(
                name=repr(name), names=", ".join(sorted(MODEL_NAMES))
            ),
            code="model_unknown",
        )
    if path.is_dir():
        raise InputError(_("{path}: is a folder; give a pose_landmarker .task file").format(path=path))
    try:
        version = _version(path)
        digest = _CHECKED.get(version)
        if digest is None:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if expected is None:  # else the hash tells that it is whole
                _check_bundle(path)
    except FileNotFoundError:
        raise InputError(_("{path}: no such model file; give a pose_landmarker .task file").format(path=path)) from None
    except OSError as error:
        raise InputError(
            _("{path}: the model cannot be read: {reason}").format(path=path, reason=error.strerror or error)
        ) from None
    if expected is not None and digest != expected:
        raise InputError(
            _("{path}: the bundled pose model is damaged (its SHA-256 differs); install gait again").format(path=path)
        )
    _CHECKED[version] = digest
    return PoseModel(path.stem, path, digest)


def _check_bundle(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as bundle:
            absent = set(MEMBERS) - set(bundle.namelist())
            broken = bundle.testzip()
    except zipfile.BadZipFile:
        raise InputError(
            _("{path}: is not a model bundle; give a pose_landmarker .task file").format(path=path)
        ) from None
    if absent or broken:
        message = (
            _("{path}: lacks {members}; give an official pose_landmarker .task file")
            if absent
            else _("{path}: is damaged ({broken}); give an official pose_landmarker .task file")
        )
        raise InputError(message.format(path=path, members=", ".join(sorted(absent)), broken=broken))


def is_mixed(model: PathLike | None) -> bool:
    """Return whether a model stands for two networks: one in every frame, another in some strides as well.

    Parameters
    ----------
    model : str or path, optional
        As in :func:`load_model`.

    Returns
    -------
    bool
    """
    return _named(model) == MIXED


def bundle_hash(model: PathLike | None = None) -> str:
    """Return the hash that decides whether saved poses can be used again; of ``mixed``, one hash over both networks.

    Parameters
    ----------
    model : str or path, optional
        As in :func:`load_model`.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits.

    Raises
    ------
    InputError
        As :func:`load_model`.
    """
    if not is_mixed(model):
        return load_model(model).sha256
    return hashlib.sha256("".join(load_model(name).sha256 for name in MIXED_NETWORKS).encode()).hexdigest()


def network_name(sha256: str) -> str:
    """Return which network a bundle is, whatever its file is called.

    Parameters
    ----------
    sha256 : str
        Of the bundle.

    Returns
    -------
    str
        A key of `NETWORKS`, or ``"other"``.
    """
    for name, file in NETWORKS.items():
        try:
            if _bundled(file)[1] == sha256:
                return name
        except InputError:  # this installation lacks it, so the bundle is another one
            continue
    return "other"


def _named(model: PathLike | None) -> str:
    return DEFAULT_MODEL if model is None else os.fspath(model)


def _bundled(file: str) -> tuple[Path, str]:
    """Find a network that comes with gait and its recorded hash: in the installed package, else in the checkout."""
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "_models", package.parent / "models"):
        if (folder / file).is_file() and (folder / "SHA256SUMS").is_file():
            for line in (folder / "SHA256SUMS").read_text().splitlines():
                digest, _, name = line.partition(" ")
                if name.strip().lstrip("*") == file:
                    return folder / file, digest
    raise InputError(
        gettext("the bundled pose model ({file}) is missing from this installation; install gait again").format(
            file=file
        )
    )


def default_network(engine: str) -> NetworkVariant | None:
    """Return the network whose method errors apply to an engine's keypoints when no network is named.

    Parameters
    ----------
    engine : str

    Returns
    -------
    {"full", "heavy", "mixed"} or None
        ``"full"`` where the default is another BlazePose network; ``None`` for engines whose keypoints are not
        BlazePose's.
    """
    if engine_keypoint_family(engine) != "blazepose":
        return None
    for network in CALIBRATED_VARIANTS:
        if network == DEFAULT_MODEL:
            return network
    return "full"
