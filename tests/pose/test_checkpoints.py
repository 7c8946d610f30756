"""Killed work continues where it was, and gives the same bytes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from gait.pose import estimation
from gait.pose.checkpoints import CheckpointFolder, PoseChunk, discard_checkpoints
from gait.pose.dataset import save_pose
from gait.pose.engines.pose_engine import FrameResult, PersonKeypoints
from gait.pose.estimation import estimate_keypoints
from tests.sample_clips import SAMPLES

VIDEO = SAMPLES / "treadmill_side.mp4"
ROOT = Path(__file__).resolve().parents[2]
END = 1.5  # seconds: 90 frames
CHUNK = 30  # a whole number of the blocks in which the engine works at 60 frames per second


@pytest.fixture(autouse=True)
def _short_chunks(monkeypatch) -> None:
    monkeypatch.setattr(estimation, "_CHUNK_FRAMES", CHUNK)


@pytest.fixture(scope="module")
def whole() -> xr.Dataset:
    return estimate_keypoints(VIDEO, end=END)


def stopped_at(frames: int, folder: Path, **options) -> None:
    def stop(done: int, _total: int | None) -> None:
        if done == frames:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        estimate_keypoints(VIDEO, end=END, checkpoint_dir=folder, progress=stop, **options)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory) -> Path:
    """The chunks of work that was stopped at its last frame, to be copied."""
    folder = tmp_path_factory.mktemp("stopped") / "pose_1.part"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimation, "_CHUNK_FRAMES", CHUNK)
        stopped_at(90, folder)
    return folder


@pytest.mark.parametrize(("engine", "frames"), [("litert", 10), ("litert", 75), ("litert", 90), ("mediapipe", 31)])
def test_interrupted_work_continues_and_gives_the_same(tmp_path, whole, frames, engine):
    if engine == "mediapipe":
        whole = estimate_keypoints(VIDEO, end=END, engine=engine)
    folder = tmp_path / "pose_1.part"
    stopped_at(frames, folder, engine=engine, workers=1)
    chunks = len(list(folder.glob("*.npz"))) if folder.is_dir() else 0
    assert chunks == frames // CHUNK
    reported = []
    again = estimate_keypoints(
        VIDEO, end=END, checkpoint_dir=folder, engine=engine, workers=2, progress=lambda *s: reported.append(s)
    )
    assert again.identical(whole)
    assert reported[0][0] == max(chunks * CHUNK, 1)
    assert reported[-1] == (90, 90)
    discard_checkpoints(folder)
    assert not list(tmp_path.iterdir())


def test_killed_work_continues_and_gives_the_same_bytes(tmp_path, whole):
    folder = tmp_path / "pose_1.part"
    program = f"""
import time
from gait.pose import estimation as estimate
estimate._CHUNK_FRAMES = {CHUNK}
def reported(done, total):
    if done == 70:
        print("working", flush=True)
        time.sleep(60)
estimate.estimate_keypoints({str(VIDEO)!r}, end={END}, checkpoint_dir={str(folder)!r}, progress=reported)
"""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert len(list(folder.glob("0*.npz"))) == 2
    save_pose(estimate_keypoints(VIDEO, end=END, checkpoint_dir=folder), tmp_path / "resumed.nc")
    save_pose(whole, tmp_path / "whole.nc")
    assert (tmp_path / "resumed.nc").read_bytes() == (tmp_path / "whole.nc").read_bytes()


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "text", "gone"])
def test_a_damaged_chunk_and_all_after_it_are_made_again(tmp_path, whole, stopped, damage):
    folder = shutil.copytree(stopped, tmp_path / "pose_1.part")
    file = folder / "00001.npz"
    data = bytearray(file.read_bytes())
    if damage == "gone":
        file.unlink()
    elif damage == "flipped":
        data[len(data) // 2] ^= 255
        file.write_bytes(data)
    else:
        file.write_bytes({"cut": data[: len(data) // 2], "empty": b"", "text": b"not a chunk"}[damage])
    reported = []
    assert estimate_keypoints(VIDEO, end=END, checkpoint_dir=folder, progress=lambda *s: reported.append(s)).identical(
        whole
    )
    assert reported[0][0] == CHUNK


@pytest.mark.parametrize("other", [{"start": 0.1}, {"end": 1.4}, {"engine": "mediapipe"}])
def test_chunks_of_other_work_are_not_used(tmp_path, stopped, other):
    folder = shutil.copytree(stopped, tmp_path / "pose_1.part")
    reported = []
    options = {"end": END, **other}

    def interrupt(done: int, _total: int | None) -> None:
        reported.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        estimate_keypoints(VIDEO, checkpoint_dir=folder, progress=interrupt, **options)
    assert reported == [1]
    assert not list(folder.glob("*.npz"))


def test_a_saved_chunk_is_restored(tmp_path):
    people = [PersonKeypoints(np.full((3, 2), n), np.full(3, 0.5), None) for n in range(3)]
    results = [
        FrameResult((people[0], people[1])),
        FrameResult(()),
        FrameResult((people[2],), bystanders=1, state={"crop": np.arange(4.0)}),
    ]
    chunk = PoseChunk.of([0.0, 0.5, 1.0], results, 3)
    CheckpointFolder(tmp_path / "chunks", {"video": "a"}).append(chunk)
    store = CheckpointFolder(tmp_path / "chunks", {"video": "a"})
    (back,) = store.restore()
    assert back.frame.tolist() == [0, 0, 2]
    assert back.bystanders.tolist() == [0, 0, 1]
    assert back.state["crop"].tolist() == [0, 1, 2, 3]
    assert back.position[:, 0, 0].tolist() == [0, 1, 2]
    store.append(back)
    assert [chunk.time.tolist() for _ in range(2) for chunk in store] == [[0.0, 0.5, 1.0]] * 4
    assert list(CheckpointFolder(tmp_path / "chunks", {"video": "b"}).restore()) == []
    assert list(tmp_path.rglob("*.npz")) == []


def test_memory_does_not_grow_with_the_length(tmp_path):
    """Frames are released: four times as many need hardly more memory than the keypoints themselves."""
    program = f"""
import resource, sys
from gait.pose.estimation import estimate_keypoints
ds = estimate_keypoints({str(VIDEO)!r}, end=float(sys.argv[1]), workers=2)
print(ds.sizes["time"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
    short, long = (
        [int(n) for n in subprocess.check_output([sys.executable, "-c", program, end], cwd=ROOT, text=True).split()]
        for end in ("1", "4")
    )
    assert long[0] == 4 * short[0]
    frame_mb = 960 * 720 * 1.5 / 1e6
    assert long[1] - short[1] < 0.1 * (long[0] - short[0]) * frame_mb
