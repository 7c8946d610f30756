"""Build ``pose_landmarker_full.task`` from the official MediaPipe 0.10.21 wheel.

The MediaPipe releases that gait runs on (1.x) ship no pose model and the hosted ``.task`` files cannot be
fetched without the internet. The 0.10.21 wheel carries the same two networks as bare TFLite files; the Tasks
runtime only refuses them because they lack the input-normalisation metadata. This script adds that metadata
with the wheel's own writer and packs both networks into a bundle. It is run by hand, in an environment of its
own, never at install or run time::

    python -m venv /tmp/bundle && /tmp/bundle/bin/pip install 'mediapipe==0.10.21'
    /tmp/bundle/bin/python models/build_bundle.py

The output is the same, byte for byte, every time; its hash is in ``SHA256SUMS``.
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from importlib import metadata
from pathlib import Path

WHEEL_VERSION = "0.10.21"
BUNDLE = Path(__file__).with_name("pose_landmarker_full.task")
#: member of the bundle -> (file in the wheel, input mean, input standard deviation).
#: The detector was trained on inputs in [-1, 1], the landmark network on [0, 1].
MEMBERS = {
    "pose_detector.tflite": ("modules/pose_detection/pose_detection.tflite", 127.5, 127.5),
    "pose_landmarks_detector.tflite": ("modules/pose_landmark/pose_landmark_full.tflite", 0.0, 255.0),
}


def build(target: Path) -> str:
    """Write the bundle to ``target`` and return its SHA-256."""
    import mediapipe
    from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer, model_asset_bundle_utils

    installed = metadata.version("mediapipe")
    if installed != WHEEL_VERSION:
        raise SystemExit(f"build_bundle: mediapipe {installed} is installed, the models come from {WHEEL_VERSION}")
    root = Path(mediapipe.__file__).parent
    with model_asset_bundle_utils.AlignZipFile(target, mode="w", alignment=4) as bundle:
        for member, (source, mean, std) in MEMBERS.items():
            writer = metadata_writer.MetadataWriter.create(bytearray((root / source).read_bytes()))
            writer.add_image_input([mean], [std])
            model, _ = writer.populate()
            # ZipInfo without a date keeps the archive reproducible.
            bundle.writestr(zipfile.ZipInfo(member), bytes(model))
    return hashlib.sha256(target.read_bytes()).hexdigest()


if __name__ == "__main__":
    digest = build(BUNDLE)
    BUNDLE.with_name("SHA256SUMS").write_text(f"{digest}  {BUNDLE.name}\n")
    sys.stdout.write(f"{digest}  {BUNDLE.name}  {BUNDLE.stat().st_size} bytes\n")
