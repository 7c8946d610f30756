"""Work that was killed goes on where it was, and gives the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from gait.pose import estimation as estimate_module
from gait.pose.checkpoints import CheckpointFolder, PoseChunk, discard_checkpoints
from gait.pose.dataset import save_pose
from gait.pose.engines.engine import FrameResult, PersonKeypoints
from gait.pose.estimation import estimate_pose
from tests.sample_clips import SAMPLES

VIDEO = SAMPLES / "treadmill_side.mp4"
ROOT = Path(__file__).resolve().parents[2]
END = 1.5  # seconds: 90 frames
PART = 30  # a whole number of the blocks in which the engine works at 60 frames per second


@pytest.fixture(autouse=True)
def _short_parts(monkeypatch) -> None:
    monkeypatch.setattr(estimate_module, "_PART_FRAMES", PART)


@pytest.fixture(scope="module")
def whole() -> xr.Dataset:
    return estimate_pose(VIDEO, end=END)


def stopped_at(frames: int, keep: Path, **options) -> None:
    def stop(done: int, _total: int | None) -> None:
        if done == frames:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        estimate_pose(VIDEO, end=END, keep=keep, progress=stop, **options)


@pytest.mark.parametrize(("engine", "frames"), [("litert", 10), ("litert", 75), ("litert", 90), ("mediapipe", 31)])
def test_interrupted_work_goes_on_and_gives_the_same(tmp_path, whole, frames, engine):
    if engine == "mediapipe":
        whole = estimate_pose(VIDEO, end=END, engine=engine)
    keep = tmp_path / "pose_1.part"
    stopped_at(frames, keep, engine=engine, workers=1)
    parts = len(list(keep.glob("*.npz"))) if keep.is_dir() else 0
    assert parts == frames // PART
    told = []
    again = estimate_pose(VIDEO, end=END, keep=keep, engine=engine, workers=2, progress=lambda *s: told.append(s))
    assert again.identical(whole)
    assert told[0][0] == max(parts * PART, 1)
    assert told[-1] == (90, 90)
    discard_checkpoints(keep)
    assert not list(tmp_path.iterdir())


def test_killed_work_goes_on_and_gives_the_same_bytes(tmp_path, whole):
    keep = tmp_path / "pose_1.part"
    program = f"""
import time
from gait.pose import estimation as estimate
estimate._PART_FRAMES = {PART}
def told(done, total):
    if done == 70:
        print("working", flush=True)
        time.sleep(60)
estimate.estimate_pose({str(VIDEO)!r}, end={END}, keep={str(keep)!r}, progress=told)
"""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert len(list(keep.glob("0*.npz"))) == 2
    save_pose(estimate_pose(VIDEO, end=END, keep=keep), tmp_path / "resumed.nc")
    save_pose(whole, tmp_path / "whole.nc")
    assert (tmp_path / "resumed.nc").read_bytes() == (tmp_path / "whole.nc").read_bytes()


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "text", "gone"])
def test_a_damaged_part_and_all_after_it_are_made_again(tmp_path, whole, damage):
    keep = tmp_path / "pose_1.part"
    stopped_at(90, keep)
    file = keep / "00001.npz"
    data = bytearray(file.read_bytes())
    if damage == "gone":
        file.unlink()
    elif damage == "flipped":
        data[len(data) // 2] ^= 255
        file.write_bytes(data)
    else:
        file.write_bytes({"cut": data[: len(data) // 2], "empty": b"", "text": b"not a part"}[damage])
    told = []
    assert estimate_pose(VIDEO, end=END, keep=keep, progress=lambda *s: told.append(s)).identical(whole)
    assert told[0][0] == PART


@pytest.mark.parametrize("other", [{"start": 0.1}, {"end": 1.4}, {"engine": "mediapipe"}])
def test_parts_of_other_work_are_not_used(tmp_path, other):
    keep = tmp_path / "pose_1.part"
    stopped_at(75, keep)
    told = []
    options = {"end": END, **other}

    def tell(done: int, _total: int | None) -> None:
        told.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        estimate_pose(VIDEO, keep=keep, progress=tell, **options)
    assert told == [1]
    assert not list(keep.glob("*.npz"))


def test_what_is_put_comes_back(tmp_path):
    people = [PersonKeypoints(np.full((3, 2), n), np.full(3, 0.5), None) for n in range(3)]
    seen = [
        FrameResult((people[0], people[1])),
        FrameResult(()),
        FrameResult((people[2],), others=1, memory={"crop": np.arange(4.0)}),
    ]
    part = PoseChunk.of([0.0, 0.5, 1.0], seen, 3)
    CheckpointFolder(tmp_path / "parts", {"video": "a"}).append(part)
    store = CheckpointFolder(tmp_path / "parts", {"video": "a"})
    (back,) = store.restore()
    assert back.frame.tolist() == [0, 0, 2]
    assert back.others.tolist() == [0, 0, 1]
    assert back.memory["crop"].tolist() == [0, 1, 2, 3]
    assert back.position[:, 0, 0].tolist() == [0, 1, 2]
    store.append(back)
    assert [part.time.tolist() for _ in range(2) for part in store] == [[0.0, 0.5, 1.0]] * 4
    assert list(CheckpointFolder(tmp_path / "parts", {"video": "b"}).restore()) == []
    assert list(tmp_path.rglob("*.npz")) == []


def test_memory_does_not_grow_with_the_length(tmp_path):
    """Pictures are let go: four times the frames, and hardly more memory than the landmarks themselves."""
    program = f"""
import resource, sys
from gait.pose.estimation import estimate_pose
ds = estimate_pose({str(VIDEO)!r}, end=float(sys.argv[1]), workers=2)
print(ds.sizes["time"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
    short, long = (
        [int(n) for n in subprocess.check_output([sys.executable, "-c", program, end], cwd=ROOT, text=True).split()]
        for end in ("1", "4")
    )
    assert long[0] == 4 * short[0]
    frame_mb = 960 * 720 * 1.5 / 1e6
    assert long[1] - short[1] < 0.1 * (long[0] - short[0]) * frame_mb
