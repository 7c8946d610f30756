"""Build the pose models, ``pose_landmarker_full.task`` and ``pose_landmarker_heavy.task``, from official packages.

The MediaPipe releases that gait runs on (1.x) ship no pose model and the hosted ``.task`` files cannot be
fetched without the internet. Two older packages carry the same networks as bare TFLite files: the 0.10.21 wheel
of MediaPipe the detector and the full landmark network, the npm package ``@mediapipe/pose`` the heavy one. The
Tasks runtime only refuses them because they lack the input-normalisation metadata. This script adds that metadata
with the wheel's own writer and packs detector and landmark network into bundles. It is run by hand, in an
environment of its own, never at install or run time::

    python -m venv /tmp/bundle && /tmp/bundle/bin/pip install 'mediapipe==0.10.21'
    (cd /tmp/bundle && npm pack @mediapipe/pose@0.5.1675469404)
    /tmp/bundle/bin/python models/build_bundle.py /tmp/bundle/mediapipe-pose-0.5.1675469404.tgz

The output is the same, byte for byte, every time; its hashes are in ``SHA256SUMS``.
"""

from __future__ import annotations

import hashlib
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

WHEEL_VERSION = "0.10.21"
TARBALL_SHA256 = "8bb349a7b3a3ba699df23be804ddd3b3eab810b50b15406894be257859388a84"
MODELS = Path(__file__).parent
#: Bundle -> landmark network: a file in the wheel, or a member of the tarball.
LANDMARK_NETWORKS = {
    "pose_landmarker_full.task": "modules/pose_landmark/pose_landmark_full.tflite",
    "pose_landmarker_heavy.task": "package/pose_landmark_heavy.tflite",
}
#: Both bundles hold the same detector, a file in the wheel.
DETECTOR = "modules/pose_detection/pose_detection.tflite"


def read_network(name: str, tarball: Path) -> bytes:
    """Return a bare network from the installed wheel or from the tarball of the npm package."""
    import mediapipe

    if not name.startswith("package/"):
        return (Path(mediapipe.__file__).parent / name).read_bytes()
    with tarfile.open(tarball) as package:
        file = package.extractfile(name)
        if file is None:
            raise SystemExit(f"build_bundle: {tarball} lacks {name}")
        return file.read()


def with_input_range(network: bytes, mean: float, std: float) -> bytes:
    """Add the metadata that says how an image is normalised."""
    from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer

    writer = metadata_writer.MetadataWriter.create(bytearray(network))
    writer.add_image_input([mean], [std])
    model, _ = writer.populate()
    return bytes(model)


def build(target: Path, tarball: Path) -> str:
    """Write the bundle of this name to ``target`` and return its SHA-256."""
    from mediapipe.tasks.python.metadata.metadata_writers import model_asset_bundle_utils

    # The detector was trained on inputs in [-1, 1], the landmark networks on [0, 1].
    members = {
        "pose_detector.tflite": with_input_range(read_network(DETECTOR, tarball), 127.5, 127.5),
        "pose_landmarks_detector.tflite": with_input_range(
            read_network(LANDMARK_NETWORKS[target.name], tarball), 0.0, 255.0
        ),
    }
    with model_asset_bundle_utils.AlignZipFile(target, mode="w", alignment=4) as bundle:
        for member, model in members.items():
            # ZipInfo without a date keeps the archive reproducible.
            bundle.writestr(zipfile.ZipInfo(member), model)
    return hashlib.sha256(target.read_bytes()).hexdigest()


def main() -> None:
    """Check where the networks come from, and build all bundles."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        raise SystemExit("build_bundle: give the tarball of the npm package @mediapipe/pose (see the first lines)")
    tarball = Path(sys.argv[1])
    if hashlib.sha256(tarball.read_bytes()).hexdigest() != TARBALL_SHA256:
        raise SystemExit(f"build_bundle: {tarball} is not @mediapipe/pose 0.5.1675469404 (its SHA-256 differs)")
    installed = metadata.version("mediapipe")
    if installed != WHEEL_VERSION:
        raise SystemExit(f"build_bundle: mediapipe {installed} is installed, the models come from {WHEEL_VERSION}")
    digests = {name: build(MODELS / name, tarball) for name in LANDMARK_NETWORKS}
    sums = MODELS / "SHA256SUMS"
    others = [line for line in sums.read_text().splitlines() if line.split()[-1] not in digests]
    lines = sorted([*others, *(f"{digest}  {name}" for name, digest in digests.items())], key=lambda line: line[66:])
    sums.write_text("\n".join(lines) + "\n")
    sys.stdout.write("".join(f"{digest}  {name}\n" for name, digest in digests.items()))


if __name__ == "__main__":
    main()
