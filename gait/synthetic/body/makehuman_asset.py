"""MakeHuman's base mesh and its targets, as `models/build_bodies.py` packed them."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gait._typing import BoolArray, FloatArray
from gait.errors import InputError

_FILE = "makehuman_bodies.npz"
_UNITS_PER_M = 10_000


@dataclass(frozen=True)
class MakeHumanAsset:
    """The mesh before it has a shape. Axes: X forward, Y up, Z to the body's right; metres.

    Attributes
    ----------
    base : (N + J, 3) float32 array
        Vertices, then joints.
    targets : dict
        Name → (N + J, 3) int16 array, tenths of a millimetre in the axes of the file (Z forward, X to the left).
    joints : dict
        Name → row of ``base``.
    faces : dict
        ``body``, ``l_eye``, ``r_eye``, ``tights``, ``skirt``, ``hair`` → (M, 4) int array, counter-clockwise.
    bone_names : tuple of str
    bone_shares : (N, B) float32 array
        How much each vertex follows each bone.
    masks : dict
        ``lips``, ``eyelids``, ``ears``, ``aureolae`` → (N,) bool array.
    """

    base: NDArray[np.float32]
    targets: dict[str, NDArray[np.int16]]
    joints: dict[str, int]
    faces: dict[str, NDArray[np.int64]]
    bone_names: tuple[str, ...]
    bone_shares: NDArray[np.float32]
    masks: dict[str, BoolArray]

    def shaped(self, shares: dict[str, float]) -> FloatArray:
        """Add targets to the base mesh.

        Parameters
        ----------
        shares : dict
            Name of a target → how much of it.

        Returns
        -------
        (N + J, 3) array
            Vertices, then joints, m.
        """
        shift = np.zeros(self.base.shape, np.float32)
        for name, share in shares.items():
            if share:
                shift += np.float32(share) * self.targets[name]
        return (self.base + _turned(shift / np.float32(_UNITS_PER_M))).astype(float)


def _turned(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """From MakeHuman's axes (left, up, forward) to forward, up, right."""
    return np.stack([points[..., 2], points[..., 1], -points[..., 0]], axis=-1)


def _unpacked(planes: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Undo `packed` of `models/build_bodies.py`."""
    steps = np.ascontiguousarray(np.moveaxis(planes, 0, -1)).view("<i2")[..., 0]
    return np.cumsum(steps, axis=-2, dtype=np.int16)


def _asset_path() -> Path:
    package = Path(__file__).parents[2]
    for folder in (package / "_models", package.parent / "models"):
        if (folder / _FILE).is_file():
            return folder / _FILE
    raise InputError(f"{_FILE} is missing, which the MakeHuman bodies are made from; install gait again")


@cache
def makehuman_asset() -> MakeHumanAsset:
    """Load the asset that comes with gait; a second call costs nothing.

    Returns
    -------
    MakeHumanAsset

    Raises
    ------
    InputError
        The file is missing, or its SHA-256 is not the one in ``SHA256SUMS``.
    """
    path = _asset_path()
    content = path.read_bytes()
    sums = dict(line.split()[::-1] for line in (path.parent / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    if hashlib.sha256(content).hexdigest() != sums.get(_FILE):
        raise InputError(f"{path}: is damaged (its SHA-256 differs); install gait again")
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: cannot be read ({error}); install gait again") from None
    targets = _unpacked(arrays["targets"])
    count = len(arrays["bones"])
    shares = np.zeros((count, len(arrays["bone_names"])), np.float32)
    np.put_along_axis(shares, arrays["bones"].astype(int), arrays["bone_shares"].astype(np.float32) / 255, axis=1)
    return MakeHumanAsset(
        base=_turned(_unpacked(arrays["base"]).astype(np.float32) / np.float32(_UNITS_PER_M)),
        targets={str(name): targets[n] for n, name in enumerate(arrays["target_names"])},
        joints={str(name): count + n for n, name in enumerate(arrays["joint_names"])},
        faces={
            name.removeprefix("faces_"): quads.astype(np.int64)
            for name, quads in arrays.items()
            if name.startswith("faces_")
        },
        bone_names=tuple(str(name) for name in arrays["bone_names"]),
        bone_shares=shares,
        masks={str(name): arrays["masks"][n].astype(bool) for n, name in enumerate(arrays["mask_names"])},
    )
