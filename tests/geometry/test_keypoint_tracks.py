"""Keypoints along the runner's own axes, upright and between frames."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from gait.geometry.camera import LEG_PER_HEIGHT, SHANK_PER_HEIGHT, THIGH_PER_HEIGHT, Camera
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.pose.dataset import make_pose_dataset


def tracks(camera: Camera, **attributes: float) -> KeypointTracks:
    """A nose at 10, 20, 30 px along x and 100, 90, 80 px along y; the second ear 4 px to the right of the first."""
    x, y = np.array([10.0, 20.0, 30.0]), np.array([100.0, 90.0, 80.0])
    position = np.stack([np.stack([x + shift, y], axis=1) for shift in (0, 0, 4)], axis=1)
    pose = make_pose_dataset(
        time_s=[0.0, 0.1, 0.2],
        position=position,
        confidence=np.ones((3, 3)),
        fps=10,
        image_width=200,
        image_height=200,
        source_file="run.mp4",
        keypoints=("nose", "left_ear", "right_ear"),
        attributes=attributes,
    )
    return KeypointTracks(pose, camera)


RIGHT = Camera("side", "right", 1, True, 0.0, 50.0)
LEFT = Camera("side", "left", -1, True, 0.0, 50.0)
FRONT = Camera("front", "towards", 1, True, 0.0, 50.0)


@pytest.mark.parametrize(("camera", "sign"), [(RIGHT, 1), (LEFT, -1), (FRONT, 1)])
def test_the_axes_are_forwards_and_up(camera: Camera, sign: int) -> None:
    xy = tracks(camera).xy("nose")
    np.testing.assert_allclose(xy[:, 0], sign * np.array([10, 20, 30]))
    np.testing.assert_allclose(xy[:, 1], [-100, -90, -80])


def test_several_keypoints_are_averaged() -> None:
    np.testing.assert_allclose(tracks(RIGHT).xy("left_ear", "right_ear")[:, 0], [12, 22, 32])


def test_a_keypoint_that_the_skeleton_lacks_is_missing() -> None:
    assert np.isnan(tracks(RIGHT).xy("nose", "left_hip")).all()


def test_the_roll_of_the_camera_is_removed() -> None:
    level, rolled = tracks(RIGHT).xy("nose"), tracks(RIGHT, camera_roll_deg=90.0).xy("nose")
    np.testing.assert_allclose(np.linalg.norm(rolled, axis=1), np.linalg.norm(level, axis=1))
    np.testing.assert_allclose(np.abs(rolled), np.abs(level[:, ::-1]), atol=1e-9)


def test_positions_are_interpolated_between_frames_and_missing_outside() -> None:
    at = tracks(RIGHT).at(np.array([0.05, 0.2, 0.3]), "nose")
    np.testing.assert_allclose(at[:2], [[15, -95], [30, -80]])
    assert np.isnan(at[2]).all()


def test_a_part_of_the_clip_includes_both_ends() -> None:
    np.testing.assert_allclose(tracks(RIGHT).between(0.1, 0.2).time, [0.1, 0.2])


def test_the_leg_length_follows_the_proportions_of_the_body() -> None:
    leg = tracks(RIGHT).leg_length_px
    assert leg == pytest.approx(50 * LEG_PER_HEIGHT / (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT))


def test_the_tilt_of_the_pelvis_is_missing_where_it_was_not_measured() -> None:
    without = tracks(RIGHT)
    assert np.isnan(without.tilt).all()
    tilt = xr.DataArray(np.array([[1.0], [2.0], [3.0]]), dims=("time", "individual"))
    with_tilt = KeypointTracks(without.pose.assign(pelvis_tilt=tilt), RIGHT)
    np.testing.assert_allclose(with_tilt.tilt, [1, 2, 3])
