"""Keypoints moved onto dots: positions of dots are exact here, keypoints lie beside them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xarray as xr

from gait.geometry.camera import find_camera
from gait.geometry.joint_offsets import limb_axes
from gait.pose.appearance.joint_dots import PHASE_BINS, stride_start
from gait.pose.dataset import DOT_OFFSETS_ATTR, DOT_POSITION, DOTTED_JOINTS_ATTR
from gait.signal.cleaning import clean_keypoints
from gait.signal.dotted_keypoints import apply_joint_dots, keypoint_track, put_keypoint_track
from tests.filmed_joints import edited, filmed

KNEE = "right_knee"
HIDDEN = slice(200, 230)


@pytest.fixture(scope="module")
def runs():
    """A cleaned run whose knee keypoint is 8 px off, dots on the true knee but for some frames, and that knee."""
    run = filmed(noise_px=1.0, seconds=8.0)
    true = keypoint_track(filmed(noise_px=0.0, seconds=8.0).pose, "position", KNEE)

    def misplace(position: np.ndarray, names: list[str]) -> None:
        position[:, names.index(KNEE)] += (8.0, 0.0)

    pose = edited(run.pose, misplace)
    dots = xr.full_like(pose.position, np.nan)
    pose[DOT_POSITION] = dots
    seen = true.copy()
    seen[HIDDEN] = np.nan
    put_keypoint_track(pose, DOT_POSITION, KNEE, seen)
    pose.attrs[DOTTED_JOINTS_ATTR] = KNEE
    camera = find_camera(pose)
    cleaned = clean_keypoints(pose, camera)
    pose.attrs[DOT_OFFSETS_ATTR] = json.dumps({KNEE: table(cleaned, true).tolist()})
    return clean_keypoints(pose, camera), true


def table(cleaned, true: np.ndarray) -> np.ndarray:
    """Mean distance over the stride, along the thigh and across it."""
    away = np.einsum("tj,tij->ti", true - keypoint_track(cleaned.pose, "position", KNEE), limb_axes(cleaned.pose, KNEE))
    since = (cleaned.phase.phase - stride_start(cleaned.pose, cleaned.phase.phase, "right")) % 1
    bins = np.floor(since * PHASE_BINS).astype(int)
    return np.array([np.nanmedian(away[bins == number], axis=0) for number in range(PHASE_BINS)])


def test_the_keypoint_is_put_on_the_dot(runs) -> None:
    cleaned, true = runs
    moved = apply_joint_dots(cleaned)
    off = np.linalg.norm(keypoint_track(moved.pose, "position", KNEE) - true, axis=1)
    seen = np.ones(len(off), dtype=bool)
    seen[HIDDEN] = False
    assert off[seen].max() < 0.5
    assert np.linalg.norm(keypoint_track(moved.pose, "observed", KNEE) - true, axis=1)[seen].max() < 0.5


def test_where_the_dot_is_hidden_its_mean_distance_bridges(runs) -> None:
    cleaned, true = runs
    off = np.linalg.norm(keypoint_track(apply_joint_dots(cleaned).pose, "position", KNEE) - true, axis=1)
    before = np.linalg.norm(keypoint_track(cleaned.pose, "position", KNEE) - true, axis=1)
    assert before[HIDDEN].mean() > 7
    assert off[HIDDEN].mean() < 1.5


def test_a_part_of_the_clip_without_dots_is_moved_by_the_mean_distance(runs) -> None:
    cleaned, true = runs
    bare = clean_keypoints(
        cleaned.pose.drop_vars(["observed", "status"]).isel(time=slice(0, 300)), find_camera(cleaned.pose)
    )
    bare.pose[DOT_POSITION] = xr.full_like(bare.pose.position, np.nan)
    off = np.linalg.norm(keypoint_track(apply_joint_dots(bare).pose, "position", KNEE) - true[:300], axis=1)
    assert np.median(off) < 1.5


def test_other_joints_and_poses_without_dots_are_left_alone(runs) -> None:
    cleaned, _ = runs
    moved = apply_joint_dots(cleaned)
    others = [name for name in cleaned.pose.keypoint.values if name != KNEE]
    xr.testing.assert_equal(moved.pose.position.sel(keypoint=others), cleaned.pose.position.sel(keypoint=others))
    plain = clean_keypoints(filmed(seconds=8.0).pose, find_camera(cleaned.pose))
    assert apply_joint_dots(plain) is plain
