"""The pelvis tracked through a video of painted hips with a true tilt."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import xarray as xr

from gait.pose.appearance.pelvis import MIN_FRAMES, PELVIS_VERSION, add_pelvis_tilt
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS, PELVIS_TILT, make_pose_dataset
from gait.video import VideoWriter

FPS, SIZE = 60.0, (320, 420)  # width, height
LEG = 170.0


def tilts(count: int) -> np.ndarray:
    """6 degrees, once a stride of 0.7 s."""
    return 6.0 * np.sin(2 * np.pi * np.arange(count) / FPS / 0.7)


def centres(count: int) -> np.ndarray:
    """Up and down twice a stride, 3 % of the leg."""
    t = np.arange(count) / FPS
    return np.stack([160 + 4 * np.sin(2 * np.pi * t / 0.7), 200 + 6 * np.sin(4 * np.pi * t / 0.7)], axis=1)


def painted(count: int, *, tape: bool, board: bool) -> list[np.ndarray]:
    """Shorts of coarse cloth that tilt and go up and down; a board that stands still before them."""
    width, height = SIZE
    rng = np.random.default_rng(4)
    cloth = cv2.GaussianBlur(rng.random((220, 220, 3)).astype(np.float32), (0, 0), 2.0)
    cloth = (255 * (0.3 + 0.5 * (cloth - cloth.min()) / np.ptp(cloth))).astype(np.uint8)
    if tape:
        # Strips of 2.5 by 6 cm, 9 cm apart, above the hip joints.
        for x in (110 - 9, 110 + 9):
            cv2.rectangle(cloth, (x - 2, 96), (x + 2, 107), (250, 250, 40), -1)
    frames = []
    for tilt, (x, y) in zip(tilts(count), centres(count), strict=True):
        image = np.full((height, width, 3), 120, np.uint8)
        turn = cv2.getRotationMatrix2D((110, 110), tilt, 1.0)
        turn[:, 2] += (x - 110, y - 110)
        cv2.warpAffine(cloth, turn, SIZE, dst=image, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
        if board:
            image[150:250, 90:230] = (30, 30, 30)
            image[170:210, 120:190] = (150, 190, 150)
        frames.append(image)
    return frames


def poses(count: int) -> xr.Dataset:
    position = np.full((count, len(BLAZEPOSE_KEYPOINTS), 2), 50.0)
    middle = centres(count) + np.random.default_rng(5).normal(0, 0.8, (count, 2))
    for name, offset in (("left_hip", -18), ("right_hip", 18)):
        position[:, BLAZEPOSE_KEYPOINTS.index(name)] = middle + np.array([offset, 0.0])
    return make_pose_dataset(
        time_s=np.arange(count) / FPS,
        position=position,
        confidence=np.ones((count, len(BLAZEPOSE_KEYPOINTS))),
        fps=FPS,
        image_width=SIZE[0],
        image_height=SIZE[1],
        source_file="hips.mp4",
    )


def video(path: Path, frames: list[np.ndarray]) -> Path:
    with VideoWriter(path, width=SIZE[0], height=SIZE[1], fps=FPS) as writer:
        for frame in frames:
            writer.write(frame)
    return path


@pytest.fixture(scope="module", params=[False, True], ids=["cloth", "tape"])
def tracked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[bool, xr.Dataset]:
    path = video(tmp_path_factory.mktemp("hips") / "hips.mp4", painted(150, tape=request.param, board=False))
    return request.param, add_pelvis_tilt(path, poses(150), view="rear", leg_px=LEG)


def test_the_tilt_is_read(tracked: tuple[bool, xr.Dataset]) -> None:
    tape, pose = tracked
    assert pose.attrs["pelvis_mark"] == ("tape" if tape else "none")
    assert pose.attrs["pelvis_version"] == PELVIS_VERSION
    found = pose[PELVIS_TILT].values[:, 0]
    assert pose[PELVIS_TILT].dims == ("time", "individual")
    assert np.polyfit(tilts(150), found, 1)[0] == pytest.approx(1, abs=0.06)
    assert np.std(found - tilts(150)) < 0.6


def test_everything_else_stays(tracked: tuple[bool, xr.Dataset]) -> None:
    _, pose = tracked
    xr.testing.assert_identical(pose.drop_vars(PELVIS_TILT).drop_attrs(), poses(150).drop_attrs())


def test_hips_that_are_hidden_are_reported(tmp_path: Path) -> None:
    path = video(tmp_path / "hips.mp4", painted(120, tape=False, board=True))
    pose = add_pelvis_tilt(path, poses(120), view="front", leg_px=LEG)
    assert pose.attrs["pelvis_mark"] == "hidden"
    assert np.isnan(pose[PELVIS_TILT].values).all()


def test_where_nobody_is_found_nothing_is_read(tmp_path: Path) -> None:
    path = video(tmp_path / "hips.mp4", painted(MIN_FRAMES, tape=False, board=False))
    pose = poses(MIN_FRAMES)
    pose["position"] = xr.full_like(pose.position, np.nan)
    made = add_pelvis_tilt(path, pose, view="rear", leg_px=LEG)
    assert made.attrs["pelvis_mark"] == "none"
    assert np.isnan(made[PELVIS_TILT].values).all()


def test_hips_at_the_edge_of_the_frame_are_no_error(tmp_path: Path) -> None:
    path = video(tmp_path / "hips.mp4", painted(MIN_FRAMES, tape=False, board=False))
    pose = poses(MIN_FRAMES)
    pose["position"] = pose.position + 170.0
    assert add_pelvis_tilt(path, pose, view="rear", leg_px=LEG)[PELVIS_TILT].shape == (MIN_FRAMES, 1)
