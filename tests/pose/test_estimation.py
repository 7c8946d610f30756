"""From video to poses: order, range, parallel work, interruption, and when saved poses may be used again."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import gait
from gait.errors import InputError
from gait.pose import estimation
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS, load_pose, save_pose
from gait.pose.engines import engine_registry
from gait.pose.engines.engine_registry import ENGINES, EngineEntry, make_engine
from gait.pose.engines.per_frame import PerFrameEngine
from gait.pose.engines.pose_engine import PersonKeypoints
from gait.pose.estimation import can_reuse_poses, estimate_keypoints
from tests.conftest import level, write_clip

#: 33 keypoints spread over a body 100 pixels tall, the nose at the origin.
BODY = np.stack([np.linspace(0, 40, 33), np.linspace(0, 100, 33)], axis=1)


class Stub:
    """Puts the nose at the number that is drawn in the frame; nobody is there in every fifth."""

    name, model, model_sha256, keypoints = "stub", "none", "0" * 64, BLAZEPOSE_KEYPOINTS
    keypoint_family = "unknown"
    fail_at: int | None = None
    in_work = max_in_work = closed = 0

    def __init__(self) -> None:
        self.busy = False

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        assert not self.busy
        type(self).closed += 1

    def __call__(self, image):
        assert not self.busy, "one engine was given two frames at once"
        self.busy = True
        cls = type(self)
        cls.in_work += 1
        cls.max_in_work = max(cls.max_in_work, cls.in_work)
        number = level(image)
        time.sleep(0.004 if number % 2 else 0.001)
        cls.in_work -= 1
        self.busy = False
        if number == self.fail_at:
            raise KeyboardInterrupt
        if number % 5 == 4:
            return ()
        return (PersonKeypoints(BODY + number, np.full(33, 0.5), np.zeros((33, 3))),)


@pytest.fixture
def stub(monkeypatch):
    class Fresh(Stub):
        pass

    entry = EngineEntry(
        make=lambda model, workers: PerFrameEngine([Fresh() for _ in range(workers)]),
        model_hash=lambda model: Stub.model_sha256,
    )
    monkeypatch.setattr(engine_registry, "ENGINES", {**ENGINES, "stub": entry})
    return Fresh


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_frames_stay_in_order_however_many_work_on_them(clip, stub, workers):
    reported = []
    ds = estimate_keypoints(clip, engine="stub", workers=workers, progress=lambda *state: reported.append(state))
    expected = np.array([np.nan if number % 5 == 4 else number for number in range(24)])
    np.testing.assert_array_equal(ds["position"].sel(keypoint="nose", space="x").values[:, 0], expected)
    np.testing.assert_array_equal(ds["confidence"].values[:, 0, 0], np.where(np.isnan(expected), 0, 0.5))
    np.testing.assert_allclose(ds["time"], np.arange(24) / 30, atol=1e-6)
    assert reported == [(done, 24) for done in range(1, 25)]
    assert stub.max_in_work <= workers
    assert stub.closed == workers


def test_only_the_given_range_is_used(clip, stub):
    reported = []
    ds = estimate_keypoints(clip, engine="stub", start=0.2, end=0.5, progress=lambda *state: reported.append(state))
    assert ds["position"].values[:, 0, 0, 0][:3].tolist() == [6, 7, 8]
    assert reported[-1] == (9, 9)


def test_ctrl_c_ends_the_work_and_closes_the_engines(clip, stub):
    stub.fail_at = 8
    with pytest.raises(KeyboardInterrupt):
        estimate_keypoints(clip, engine="stub", workers=3)
    assert stub.closed == 3
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("gait-pose")]


def test_the_dataset_records_where_it_comes_from(clip, stub):
    ds = estimate_keypoints(clip, engine="stub")
    assert ds.attrs["source_file"] == "clip.mp4"
    assert (ds.attrs["image_width"], ds.attrs["image_height"], ds.attrs["fps"]) == (64, 48, 30)
    assert (ds.attrs["engine"], ds.attrs["model"]) == ("stub", "none")


@pytest.mark.parametrize(("fps", "step"), [(119.88, 1), (120, 1), (239.76, 2), (240, 2)])
def test_of_very_many_frames_per_second_only_some_are_used(tmp_path, stub, fps, step):
    clip = write_clip(tmp_path / "fast.mp4", frames=13, fps=fps)
    reported = []
    ds = estimate_keypoints(clip, engine="stub", progress=lambda *state: reported.append(state))
    numbers = np.arange(13)[::step]
    nose = ds["position"].sel(keypoint="nose", space="x").values[:, 0]
    np.testing.assert_array_equal(nose, np.where(numbers % 5 == 4, np.nan, numbers))
    np.testing.assert_allclose(ds["time"], numbers / fps, atol=1e-4)
    assert reported[-1] == (len(numbers), len(numbers))
    assert ds.attrs["fps"] == pytest.approx(fps / step, rel=1e-3)
    assert ds.attrs["video_fps"] == pytest.approx(fps, rel=1e-3)
    assert ds.attrs["capture_fps"] == pytest.approx(fps, rel=1e-3)
    assert ds.attrs["video_frames"] == 13


def test_the_same_frames_are_used_after_an_interruption(tmp_path, stub, monkeypatch):
    monkeypatch.setattr(estimation, "_CHUNK_FRAMES", 3)
    clip = write_clip(tmp_path / "fast.mp4", frames=20, fps=240)
    whole = estimate_keypoints(clip, engine="stub", start=0.004)

    def stop(done: int, _total: int | None) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        estimate_keypoints(clip, engine="stub", start=0.004, checkpoint_dir=tmp_path / "chunks", progress=stop)
    again = estimate_keypoints(clip, engine="stub", start=0.004, checkpoint_dir=tmp_path / "chunks")
    assert again.identical(whole)
    assert again["position"].values[:3, 0, 0, 0].tolist() == [1, 3, 5]


def test_an_unknown_engine_is_refused_with_the_names_of_engines():
    with pytest.raises(InputError, match="'openpose' is unknown; choose from: litert, mediapipe"):
        make_engine("openpose")


# --- using saved poses again ---


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> tuple[Path, Path]:
    """A video without a person and its poses by the real engine."""
    folder = tmp_path_factory.mktemp("saved")
    video = write_clip(folder / "empty.mp4", frames=4)
    save_pose(estimate_keypoints(video, start=0.0, workers=1), folder / "pose_1.nc")
    return video, folder / "pose_1.nc"


def test_a_video_without_a_person_is_not_an_error_here(saved):
    ds = load_pose(saved[1])
    assert np.isnan(ds["position"]).all()
    assert (ds["confidence"] == 0).all()


def test_saved_poses_are_used_again_for_the_same_video_only(saved, tmp_path):
    video, pose = saved
    ds = load_pose(pose)
    assert can_reuse_poses(ds, video, start=0.0)
    assert can_reuse_poses(ds, shutil.copy(video, tmp_path / "renamed.mp4"), start=0.0)
    assert not can_reuse_poses(ds, video)
    assert not can_reuse_poses(ds, video, start=0.0, end=0.1)
    assert not can_reuse_poses(ds, write_clip(tmp_path / "other.mp4", frames=5), start=0.0)
    assert not can_reuse_poses(ds, video, engine="stub", start=0.0)


def test_saved_poses_of_another_model_or_version_are_not_used(saved):
    video, pose = saved
    for attribute, value in (("model_sha256", "0" * 64), ("pose_version", 0), ("video_sha256", "")):
        assert not can_reuse_poses(load_pose(pose).assign_attrs({attribute: value}), video, start=0.0)
    bare = load_pose(pose)
    bare.attrs = {key: value for key, value in bare.attrs.items() if not key.endswith("sha256")}
    assert not can_reuse_poses(bare, video, start=0.0)


def test_the_old_name_of_the_checkpoint_folder_still_works(clip, stub, tmp_path):
    with pytest.warns(DeprecationWarning, match="checkpoint_dir"):
        ds = gait.estimate_pose(clip, engine="stub", keep=tmp_path / "chunks", appearance=False)
    assert ds.sizes["time"] == 24
    assert list((tmp_path / "chunks").glob("*.npz"))


@pytest.fixture
def networks(monkeypatch):
    """Two networks, of which the heavy one puts everything a pixel lower; which frames each was given."""
    seen: dict[str, list[int]] = {"mixed": [], "heavy": [], "full": []}

    def make(model, workers):
        class Network(Stub):
            model_sha256 = f"hash of {model}"

            def __call__(self, image):
                seen[model].append(level(image))
                people = super().__call__(image)
                lower = [0, 1 if model == "heavy" else 0]
                return tuple(PersonKeypoints(p.position + lower, p.confidence, p.world) for p in people)

        Network.fail_at = seen.get("fail_at") if model == "heavy" else None
        return PerFrameEngine([Network() for _ in range(workers)])

    entry = EngineEntry(make, lambda model: f"hash of {model}", networks=True)
    monkeypatch.setattr(engine_registry, "ENGINES", {**ENGINES, "stub": entry})
    monkeypatch.setattr(estimation, "refinement_windows", lambda times, slow: [slice(2, 6), slice(12, 16)])
    return seen


def test_mixed_runs_the_second_network_in_windows_only(clip, networks):
    reported = []
    ds = estimate_keypoints(
        clip, engine="stub", model="mixed", workers=1, progress=lambda *state: reported.append(state)
    )
    assert networks["mixed"] == list(range(24))
    assert networks["heavy"] == [2, 3, 4, 5, 12, 13, 14, 15]
    refined = ds["refined_position"].sel(keypoint="nose", space="y").values[:, 0]
    assert np.isfinite(refined).nonzero()[0].tolist() == [2, 3, 5, 12, 13, 15]  # nobody is in frames 4 and 14
    np.testing.assert_array_equal(refined[[2, 13]], [3, 14])
    assert ds.attrs["model_variant"] == "mixed"
    assert reported == [(n, 32) for n in range(1, 33)]


def test_one_network_leaves_no_refinement(clip, networks):
    ds = estimate_keypoints(clip, engine="stub", model="heavy", workers=1)
    assert "refined_position" not in ds
    assert networks["mixed"] == []


def test_an_interrupted_mixed_run_continues_with_the_window_that_is_missing(clip, networks, tmp_path):
    whole = estimate_keypoints(clip, engine="stub", model="mixed", workers=1)
    networks["fail_at"] = 13
    with pytest.raises(KeyboardInterrupt):
        estimate_keypoints(clip, engine="stub", model="mixed", workers=1, checkpoint_dir=tmp_path / "part")
    for name in ("mixed", "heavy"):
        networks[name].clear()
    del networks["fail_at"]
    again = estimate_keypoints(clip, engine="stub", model="mixed", workers=1, checkpoint_dir=tmp_path / "part")
    assert networks["mixed"] == []
    assert networks["heavy"] == [12, 13, 14, 15]
    xr.testing.assert_identical(again.load(), whole)


def test_poses_of_networks_are_never_taken_for_each_other(clip, networks, tmp_path):
    for model in ("full", "heavy", "mixed"):
        ds = estimate_keypoints(clip, engine="stub", model=model, workers=1, checkpoint_dir=tmp_path / "part")
        assert [can_reuse_poses(ds, clip, engine="stub", model=m) for m in ("full", "heavy", "mixed")] == [
            m == model for m in ("full", "heavy", "mixed")
        ]
        assert networks[model], "chunks of another network were taken"
        ds.close()
