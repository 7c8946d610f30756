"""Corrected keypoints: an error fixed in the body is found again in every posture, and nobody is drawn to a mean."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from gait.geometry import keypoint_correction
from gait.geometry.camera import Camera, find_camera
from gait.geometry.keypoint_correction import (
    IMAGE,
    SEGMENTS_OF_JOINT,
    image_axes,
    keypoint_errors,
    load_error_vectors,
    runner_axes,
    unit_vectors_of,
)
from gait.pose.dataset import CALIBRATED_NETWORKS, CAMERA_ROLL_ATTR
from gait.synthetic import CameraSpec, RunnerSpec
from tests.filmed_joints import filmed

#: Made-up errors, shares of the leg.
VECTORS = {
    ("near", "hip"): {IMAGE: -0.03 + 0.01j, "thigh": 0.02 + 0.0j},
    ("near", "knee"): {IMAGE: 0.0j, "thigh": -0.01 + 0.01j, "shank": 0.02 - 0.01j},
    ("near", "ankle"): {IMAGE: 0.01 + 0.0j, "shank": 0.0 + 0.01j, "foot": 0.01 + 0.01j},
    ("near", "heel"): {IMAGE: 0.0j, "foot": 0.04 + 0.02j},
    ("near", "foot_index"): {IMAGE: 0.0j, "foot": -0.04 + 0.0j},
    ("rear", "hip"): {IMAGE: -0.02 + 0.01j},
}


@pytest.fixture
def vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keypoint_correction, "load_error_vectors", lambda _: VECTORS)


def positions(pose: xr.Dataset) -> tuple[np.ndarray, list[str]]:
    names = [str(name) for name in pose.keypoint.values]
    return pose.position.isel(individual=0).transpose("time", "keypoint", "space").values, names


def with_errors(pose: xr.Dataset, camera: Camera) -> np.ndarray:
    """Displace the near leg's keypoints as a network with these errors would."""
    position, names = positions(pose)
    side, displaced = str(camera.near_side), position.copy()
    axes = runner_axes(position, pose, camera)
    joints = {j: axes[:, names.index(f"{side}_{j}")] for j in SEGMENTS_OF_JOINT}
    for (view, joint), parts in VECTORS.items():
        if view == "near":
            directions = unit_vectors_of(joints, parts)
            error = sum(camera.leg_px * vector * directions[part] for part, vector in parts.items())
            displaced[:, names.index(f"{side}_{joint}")] += image_axes(np.asarray(error), pose, camera)
    return displaced


@pytest.mark.parametrize("roll_deg", [0.0, 6.0])
@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize("overstride", [0.14, 0.24, 0.36])
def test_an_error_fixed_in_the_body_is_removed_whatever_the_form(
    vectors: None, overstride: float, facing: str, roll_deg: float
) -> None:
    runner = RunnerSpec(overstride=overstride, speed_mps=3.0)
    pose = filmed(runner, camera=CameraSpec(facing=facing), seconds=4).pose  # type: ignore[arg-type]
    pose = pose.assign_attrs({CAMERA_ROLL_ATTR: roll_deg})
    camera = find_camera(pose)
    true, names = positions(pose)
    displaced = with_errors(pose, camera)
    corrected = displaced - keypoint_errors(displaced, names, pose, camera, network="heavy")
    leg = [n for n in names if n.startswith(str(camera.near_side)) and n.split("_", 1)[1] in SEGMENTS_OF_JOINT]
    index = [names.index(n) for n in leg]
    assert np.abs(displaced[:, index] - true[:, index]).max() > 0.02 * camera.leg_px
    assert np.abs(corrected[:, index] - true[:, index]).max() < 0.001 * camera.leg_px


def test_left_and_right_are_mirror_images_from_behind(vectors: None) -> None:
    pose = filmed(camera=CameraSpec(view="rear"), seconds=4).pose
    camera = find_camera(pose)
    position, names = positions(pose)
    errors = keypoint_errors(position, names, pose, camera, network="heavy")
    left, right = (errors[:, names.index(f"{side}_hip")] for side in ("left", "right"))
    np.testing.assert_allclose(left * [-1, 1], right)
    np.testing.assert_allclose(right[0], camera.leg_px * np.array([-0.02, -0.01]))


def test_keypoints_of_no_measured_network_stay(vectors: None) -> None:
    pose = filmed(seconds=4).pose
    position, names = positions(pose)
    assert not keypoint_errors(position, names, pose, find_camera(pose), network=None).any()


def test_a_skeleton_without_feet_is_corrected_as_far_as_it_goes(vectors: None) -> None:
    pose = filmed(seconds=4).pose
    pose = pose.sel(keypoint=[n for n in pose.keypoint.values if "heel" not in str(n) and "foot" not in str(n)])
    camera = find_camera(pose) if "left_heel" in pose.keypoint.values else replace(find_camera(filmed(seconds=4).pose))
    position, names = positions(pose)
    errors = keypoint_errors(position, names, pose, camera, network="heavy")
    assert np.isfinite(errors).all()
    assert errors[:, names.index(f"{camera.near_side}_hip")].any()


def test_a_lost_ankle_leaves_the_other_corrections_as_they_are(vectors: None) -> None:
    pose = filmed(seconds=4).pose
    position, names = positions(pose)
    camera = find_camera(pose)
    complete = keypoint_errors(position, names, pose, camera, network="heavy")
    lost = position.copy()
    lost[10:20, names.index(f"{camera.near_side}_ankle")] = np.nan
    errors = keypoint_errors(lost, names, pose, camera, network="heavy")
    knee = names.index(f"{camera.near_side}_knee")
    np.testing.assert_allclose(errors[:10], complete[:10])
    assert np.abs(errors[:, knee] - complete[:, knee]).max() < 0.005 * camera.leg_px


@pytest.mark.parametrize("network", CALIBRATED_NETWORKS)
def test_the_installed_vectors_are_plausible(network: str) -> None:
    vectors = load_error_vectors(network)
    assert {view for view, _ in vectors} == {"near", "far", "rear", "front"}
    assert all(abs(vector) < 0.25 for parts in vectors.values() for vector in parts.values())
