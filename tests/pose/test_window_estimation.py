"""Windows of a video: which frames the networks are given, interrupted and with any number of workers."""

import threading
import time

import numpy as np
import pytest
import xarray as xr

from gait.pose import estimation, sampling_plan, worker_thread
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS, SAMPLED_WINDOWS_ATTR, VIDEO_FRAMES_ATTR, seen_windows
from gait.pose.engines import engine_registry
from gait.pose.engines.engine_registry import ENGINES, EngineEntry
from gait.pose.engines.per_frame import PerFrameEngine
from gait.pose.engines.pose_engine import PersonKeypoints
from gait.pose.estimation import can_reuse_poses, estimate_keypoints
from tests.conftest import level, write_clip

BODY = np.stack([np.linspace(0, 40, 33), np.linspace(0, 100, 33)], axis=1)
FRAMES, FPS = 240, 30


class Counter:
    """Puts the nose at a quarter of the number that is drawn in the frame; nobody is in frames that ``away`` names."""

    name, model, model_sha256, keypoints = "counter", "none", "0" * 64, BLAZEPOSE_KEYPOINTS
    keypoint_family = "unknown"
    seen: list[int]
    away = range(0)
    fail_after: int | None = None
    pause_s = 0.0

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        pass

    def __call__(self, image):
        number = level(image)
        time.sleep(self.pause_s)
        type(self).seen.append(number)
        if self.fail_after is not None and len(self.seen) > self.fail_after:
            raise KeyboardInterrupt
        if number in self.away:
            return ()
        return (PersonKeypoints(BODY + number / 4, np.full(33, 0.5), np.zeros((33, 3))),)


@pytest.fixture
def counter(monkeypatch):
    class Fresh(Counter):
        pass

    Fresh.seen = []
    entry = EngineEntry(
        make=lambda model, workers: PerFrameEngine([Fresh() for _ in range(workers)]),
        model_hash=lambda model: Counter.model_sha256,
    )
    engines = {**ENGINES, "counter": entry}
    monkeypatch.setattr(engine_registry, "ENGINES", engines)
    # Half a second instead of some seconds.
    monkeypatch.setattr(sampling_plan, "WINDOW_S", 0.5)
    return Fresh


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("film") / "film.mp4", frames=FRAMES, fps=FPS)


def sampled(film, **options) -> xr.Dataset:
    return estimate_keypoints(film, engine="counter", every_frame=False, **options)


def test_the_network_sees_windows_only(film, counter):
    pose = sampled(film, workers=1)
    assert len(counter.seen) == pose.sizes["time"] < FRAMES / 2
    assert pose.attrs[VIDEO_FRAMES_ATTR] == FRAMES
    windows = seen_windows(pose)
    assert len(windows) == len(pose.attrs[SAMPLED_WINDOWS_ATTR]) / 2 >= 2
    assert all(any(a - 1e-6 <= t < b for a, b in windows) for t in pose.time.values)
    assert (np.diff(pose.time) > 0).all()
    numbers = np.round(pose.time.values * FPS)
    np.testing.assert_array_equal(pose.position.sel(keypoint="nose", space="x").values[:, 0], numbers % 27 / 4)


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_change_nothing(film, counter, workers):
    xr.testing.assert_identical(sampled(film, workers=workers), sampled(film, workers=1))


def test_a_killed_run_goes_on_after_its_last_window(film, counter, tmp_path):
    whole = sampled(film, workers=1)
    counter.seen.clear()
    counter.fail_after = 25
    with pytest.raises(KeyboardInterrupt):
        sampled(film, workers=1, checkpoint_dir=tmp_path / "part")
    counter.fail_after = None
    counter.seen.clear()
    again = sampled(film, workers=1, checkpoint_dir=tmp_path / "part")
    assert 0 < len(counter.seen) < whole.sizes["time"]
    xr.testing.assert_identical(again.load(), whole)
    assert len(seen_windows(again)) == len(seen_windows(whole))


def test_many_poses_lie_in_a_file_and_are_the_same(film, counter, tmp_path, monkeypatch):
    """An hour of video needs hardly more memory than a minute."""
    asked = []

    def more(pose):
        asked.append(pose.sizes["time"])
        return 2.0 if len(asked) == 1 else 1.0

    held = sampled(film, workers=1, more=more)
    assert "source" not in held.encoding
    monkeypatch.setattr(estimation, "HELD_FRAMES", 10)
    asked.clear()
    read = sampled(film, workers=1, more=more, checkpoint_dir=tmp_path / "part")
    assert len(asked) == 2
    assert read.encoding["source"] == str(tmp_path / "part" / "pose.nc")
    xr.testing.assert_identical(read.load(), held)


def test_more_windows_are_seen_while_more_is_asked_for(film, counter):
    asked = []

    def more(pose):
        asked.append(pose.sizes["time"])
        return 2.0 if len(asked) == 1 else 1.0

    pose = sampled(film, workers=1, more=more)
    assert len(asked) == 2
    assert asked[0] < asked[1] == pose.sizes["time"]
    assert sampled(film, workers=1, more=lambda pose: np.inf).sizes["time"] == FRAMES


def test_a_window_without_a_runner_is_made_up_for(film, counter):
    usual = sampled(film, workers=1)
    counter.away = range(14)  # of every 27 frames
    pose = sampled(film, workers=1)
    assert pose.sizes["time"] > usual.sizes["time"]


def test_part_of_a_video(film, counter):
    pose = sampled(film, workers=1, start=2.0, end=6.0)
    assert pose.time.values[0] >= 2.0 - 1e-6
    assert pose.time.values[-1] < 6.0
    assert pose.attrs[VIDEO_FRAMES_ATTR] == 120


def test_a_short_video_is_seen_whole(film, counter):
    watched = []
    pose = sampled(film, workers=2, end=1.0, watch=lambda frame, people, names: watched.append(frame.index))
    assert SAMPLED_WINDOWS_ATTR not in pose.attrs
    assert pose.sizes["time"] == 30
    assert watched == list(range(30))
    assert seen_windows(pose) == [(0.0, pytest.approx(1.0, abs=0.05))]


def test_a_short_video_of_many_frames_a_second_is_seen_at_60(tmp_path, counter):
    film = write_clip(tmp_path / "fast.mp4", frames=120, fps=240)
    pose = sampled(film, workers=1)
    assert pose.sizes["time"] == 30
    assert pose.attrs["fps"] == 60


def test_progress_goes_on_within_a_window(film, counter, monkeypatch):
    monkeypatch.setattr(worker_thread, "MEANWHILE_EVERY_S", 0.005)
    monkeypatch.setattr(counter, "pause_s", 0.01)
    told, threads = [], set()

    def progress(done, total):
        told.append((done, total))
        threads.add(threading.current_thread())

    pose = sampled(film, workers=1, end=1.0, progress=progress)
    assert told[-1] == (30, 30) == (pose.sizes["time"],) * 2
    assert len(told) > 5
    assert told == sorted(set(told))
    assert threads == {threading.current_thread()}


def test_poses_of_every_frame_serve_a_run_of_windows_but_not_the_reverse(film, counter):
    every, windows = estimate_keypoints(film, engine="counter", workers=1), sampled(film, workers=1)
    assert can_reuse_poses(every, film, engine="counter", every_frame=False)
    assert can_reuse_poses(every, film, engine="counter", every_frame=True)
    assert can_reuse_poses(windows, film, engine="counter", every_frame=False)
    assert not can_reuse_poses(windows, film, engine="counter", every_frame=True)


def test_a_long_video_is_seen_more_densely_where_a_change_begins(film, counter, monkeypatch, tmp_path):
    monkeypatch.setattr(sampling_plan, "EVERY_S", 0.8)
    monkeypatch.setattr("gait.pose.estimation.ENOUGH_S", 0.0)
    asked = []

    def where(pose):
        asked.append(pose.sizes["time"])
        return [(2.0, 5.0)]

    usual = sampled(film, workers=1)
    pose = sampled(film, workers=1, where=where)
    assert asked == [usual.sizes["time"]]
    added = np.setdiff1d(pose.time, usual.time)
    assert len(added) > 0
    assert added.min() > 1.5
    assert added.max() < 5.5
    xr.testing.assert_identical(sampled(film, workers=2, where=where), pose)
    counter.seen.clear()
    counter.fail_after = usual.sizes["time"] + 2
    with pytest.raises(KeyboardInterrupt):
        sampled(film, workers=1, where=where, checkpoint_dir=tmp_path / "part")
    counter.fail_after = None
    xr.testing.assert_identical(sampled(film, workers=1, where=where, checkpoint_dir=tmp_path / "part").load(), pose)
