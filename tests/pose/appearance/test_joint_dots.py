"""Dots over joints, found in videos of a drawn runner whose dots are exact."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gait.geometry.camera import find_camera
from gait.pose.appearance.joint_dots import (
    DOTS_VERSION,
    add_joint_dots,
    choose_dots,
    dot_offsets_in,
    find_dot_colour,
    find_spots,
    spots_around,
    stride_start,
)
from gait.pose.dataset import DOT_POSITION, load_pose, save_pose
from gait.signal.cleaning import clean_keypoints
from tests.dotted_runner import GREEN, JOINTS, DottedRun, draw_run

LEG = 170.0


@pytest.fixture(scope="module")
def dotted(tmp_path_factory) -> DottedRun:
    return draw_run(tmp_path_factory.mktemp("dots") / "run.mp4", hidden=slice(60, 90))


def colour_of(run: DottedRun):
    camera = find_camera(run.pose)
    return find_dot_colour(run.video, run.pose, side="right", leg_px=camera.leg_px, real_per_playback=1.0)


def with_dots(run: DottedRun):
    camera, colour = find_camera(run.pose), colour_of(run)
    assert colour is not None
    cleaned = clean_keypoints(run.pose, camera)
    return add_joint_dots(
        run.video,
        run.pose,
        clean=cleaned.pose,
        phase=cleaned.phase.phase,
        colour=colour,
        side="right",
        leg_px=camera.leg_px,
    )


@pytest.fixture(scope="module")
def tracked(dotted: DottedRun):
    return with_dots(dotted)


def test_dots_are_found_to_a_pixel(dotted: DottedRun, tracked) -> None:
    assert tracked.attrs["dotted_joints"].split(",") == [f"right_{joint}" for joint in JOINTS]
    assert tracked.attrs["dots_version"] == DOTS_VERSION
    for joint in JOINTS:
        found = tracked[DOT_POSITION].sel(keypoint=f"right_{joint}").isel(individual=0).values
        error = np.linalg.norm(found - dotted.dots[f"right_{joint}"], axis=1)
        assert np.isfinite(error).mean() > 0.7, joint
        assert np.nanmedian(error) < 0.7, joint
        assert np.nanmax(error) < 3, joint
    assert tracked[DOT_POSITION].sel(keypoint="left_knee").isnull().all()


def test_a_hidden_dot_is_unknown(tracked) -> None:
    hip = tracked[DOT_POSITION].sel(keypoint="right_hip", space="x").isel(individual=0).values
    assert np.isnan(hip[62:88]).all()
    assert np.isfinite(hip[:58]).mean() > 0.9


def test_offsets_and_dots_survive_a_file(tracked, tmp_path: Path) -> None:
    save_pose(tracked, tmp_path / "pose.nc")
    again = load_pose(tmp_path / "pose.nc")
    assert set(dot_offsets_in(again)) == {f"right_{joint}" for joint in JOINTS}
    # Keypoints lie 6 px ahead of the joints and 4 above: dots 6 behind and 4 below. Trunk and limbs point elsewhere.
    assert np.linalg.norm(dot_offsets_in(again)["right_knee"], axis=1) == pytest.approx(np.hypot(6, 4), abs=1.5)
    np.testing.assert_allclose(again[DOT_POSITION], tracked[DOT_POSITION], atol=1e-3)


def test_a_runner_without_dots_has_none(tmp_path: Path) -> None:
    assert colour_of(draw_run(tmp_path / "run.mp4", dotted=())) is None


def test_logos_on_shoe_and_shorts_are_no_dots(tmp_path: Path) -> None:
    assert colour_of(draw_run(tmp_path / "run.mp4", dotted=(), logo=True)) is None


def test_a_single_dot_over_the_knee_is_not_enough(tmp_path: Path) -> None:
    run = draw_run(tmp_path / "run.mp4", dotted=("knee",))
    pose = with_dots(run)
    assert "dotted_joints" not in pose.attrs
    assert DOT_POSITION not in pose


def test_a_joint_without_a_dot_is_left_out(tmp_path: Path) -> None:
    run = draw_run(tmp_path / "run.mp4", dotted=("hip", "knee", "ankle"))
    assert with_dots(run).attrs["dotted_joints"] == "right_hip,right_knee,right_ankle"


def test_a_spot_is_measured_between_pixels() -> None:
    image = np.full((120, 160, 3), (205, 160, 130), np.uint8)
    cv2.circle(image, (int(16 * 80.3), int(16 * 60.6)), 16 * 4, GREEN, -1, cv2.LINE_AA, 4)
    spots = spots_around(image, np.array([84.0, 57.0]), 0.1, LEG)
    assert len(spots) == 1
    assert spots[0, :2] == pytest.approx([80.8, 61.1], abs=0.25)  # the middle of the first pixel is (0.5, 0.5)
    assert np.sqrt(4 * spots[0, 5] / np.pi) * LEG == pytest.approx(8, abs=1.2)


def test_an_edge_a_stripe_and_a_large_patch_are_no_spots() -> None:
    image = np.full((120, 160, 3), (205, 160, 130), np.uint8)
    image[:, 90:] = (30, 32, 40)
    image[80:86] = GREEN
    image[20:60, 40:80] = GREEN
    assert not len(spots_around(image, np.array([80.0, 60.0]), 0.2, LEG))
    assert not len(spots_around(image, np.array([900.0, 60.0]), 0.1, LEG))


def test_the_stride_begins_at_the_same_moment_whatever_its_phase(dotted: DottedRun) -> None:
    cleaned = clean_keypoints(dotted.pose, find_camera(dotted.pose))
    start = stride_start(cleaned.pose, cleaned.phase.phase, "right")
    moved = stride_start(cleaned.pose, cleaned.phase.phase + 0.3, "right")
    assert (moved - start - 0.3 + 0.5) % 1 - 0.5 == pytest.approx(0, abs=1e-6)


def test_without_frames_there_are_no_spots_and_no_dots(dotted: DottedRun) -> None:
    spots = find_spots(dotted.video, dotted.pose, np.arange(0), side="right", joints=JOINTS, leg_px=LEG)
    assert choose_dots(spots, np.arange(10.0), 0) == {}
