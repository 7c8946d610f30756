"""Recorded runners: reading them, and projecting joints into a camera."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gait.errors import InputError
from gait.geometry.camera import find_camera
from gait.synthetic import CameraSpec, camera_of, presets
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.motion_solver import solve
from gait.validation.mocap import film_joints, find_recordings, load_recordings, true_camera


def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="choose another folder") as refusal:
        find_recordings(tmp_path)
    assert refusal.value.code == "mocap_missing"


def test_exact_joints_are_where_the_truth_says() -> None:
    motion, camera = solve(presets.neutral(), 2.0, seed=1), CameraSpec(fps=30)
    pose = film_joints(motion, camera, seconds=2.0)
    assert pose.sizes["time"] == 60
    pixels = camera_of(camera).project(motion.joints(pose.time.values))
    found = pose.position.sel(keypoint="left_ankle").isel(individual=0).values
    np.testing.assert_allclose(found, pixels[:, JOINTS.index("left_ankle")])


def test_a_recording_is_read_in_metres_with_the_runner_at_the_origin(tmp_path: Path) -> None:
    names = ["left_hip", "right_hip"]
    points = np.full((4, 2, 3), 1000) + np.array([[0, 0, -100], [0, 0, 100]])
    times = {f"{kind}_{side}": np.array([0.1, 0.8]) for kind in ("contact", "off") for side in ("left", "right")}
    numbers = {"time": np.arange(4) / 150, "unit_m": 0.001, "speed_mps": 3.5, "height_m": 1.8}
    np.savez(tmp_path / "rbds_007_35.npz", points=points, names=names, **numbers, **times)
    (name, recording), *_ = load_recordings(tmp_path).items()
    assert name == "007_35"
    np.testing.assert_allclose(recording.points["left_hip"][0], [0, 1.01, -0.1])
    assert (recording.speed_mps, recording.height_m) == (3.5, 1.8)
    assert recording.contact["left"].tolist() == [0.1, 0.8]


@pytest.mark.parametrize("view", ["side", "rear", "front"])
def test_the_true_camera_is_the_one_that_an_analysis_ought_to_find(view) -> None:
    spec = CameraSpec(view=view, fps=30)
    pose = film_joints(solve(presets.neutral(), 4.0, seed=1), spec, seconds=4.0)
    found, true = find_camera(pose), true_camera(spec, presets.neutral().height_m)
    assert (found.view, found.facing, found.direction) == (true.view, true.facing, true.direction)
    assert found.leg_px == pytest.approx(true.leg_px, rel=0.08)
