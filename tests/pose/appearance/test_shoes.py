"""A landing shoe tracked through a video of a painted shoe with a true turn."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import xarray as xr

from gait.pose.appearance.shoes import FOOT_LENGTH, SHOES_VERSION, add_shoe_motion
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS, FOOT_AHEAD, FOOT_TURN, make_pose_dataset
from gait.video import VideoWriter

FPS, SIZE = 60.0, (360, 240)  # width, height
SHOE_PX = 80
LEG = SHOE_PX / FOOT_LENGTH
#: Contacts and toe-offs of the painted foot, s.
STANCES = (np.array([0.2, 0.9]), np.array([0.45, 1.15]))
COUNT = 84


def turns(time: np.ndarray) -> np.ndarray:
    """16 degrees toe up until contact, flat 70 ms later."""
    since = time[:, None] - STANCES[0]
    since = np.take_along_axis(since, np.abs(since).argmin(axis=1)[:, None], axis=1)[:, 0]
    return np.interp(since, [0.0, 0.07], [16.0, 0.0])


def places(time: np.ndarray) -> np.ndarray:
    """Middle of the shoe, carried back by the belt at 300 px/s from 240 on at each contact."""
    since = time[:, None] - STANCES[0]
    since = np.take_along_axis(since, np.abs(since).argmin(axis=1)[:, None], axis=1)[:, 0]
    return 240.0 - 300.0 * np.clip(since, -0.1, 0.3)


def painted(*, facing: str = "right", hidden: bool = False) -> list[np.ndarray]:
    """A shoe with stripes that lands on a belt; ``hidden``: a post stands before it."""
    width, height = SIZE
    rng = np.random.default_rng(3)
    shoe = np.zeros((120, 160, 4), np.uint8)
    body = cv2.GaussianBlur(rng.random((120, 160)).astype(np.float32), (0, 0), 2.5)
    body = 90 + 160 * (body - body.min()) / np.ptp(body)
    shoe[..., :3] = body[..., None].astype(np.uint8)
    cv2.ellipse(shoe, (80, 60), (SHOE_PX // 2, 16), 0, 0, 360, (0, 0, 0, 255), -1)
    shoe[..., :3] = body[..., None].astype(np.uint8)
    time = np.arange(COUNT) / FPS
    frames = []
    for turn, x in zip(turns(time), places(time), strict=True):
        image = np.full((height, width, 3), 70, np.uint8)
        image[120:200] = 25
        place = cv2.getRotationMatrix2D((80, 60), turn, 1.0)
        place[:, 2] += (x - 80, 150 - 60)
        moved = cv2.warpAffine(shoe, place, SIZE)
        inside = moved[..., 3] > 127
        image[inside] = moved[inside, :3]
        if hidden:
            image[:, 120:330] = rng.integers(0, 255, (height, 210, 1), np.uint8)
        frames.append(image if facing == "right" else image[:, ::-1].copy())
    return frames


def poses(*, facing: str = "right") -> xr.Dataset:
    """Heel and toe that are where the shoe is, but do not turn with it."""
    time = np.arange(COUNT) / FPS
    rng = np.random.default_rng(5)
    position = np.full((COUNT, len(BLAZEPOSE_KEYPOINTS), 2), 50.0)
    for name, ahead in (("heel", -SHOE_PX / 2), ("foot_index", SHOE_PX / 2)):
        x = places(time) + ahead + rng.normal(0, 1, COUNT)
        for side in ("left", "right"):
            at = BLAZEPOSE_KEYPOINTS.index(f"{side}_{name}")
            position[:, at, 0] = x if facing == "right" else SIZE[0] - 1 - x
            position[:, at, 1] = 160 + rng.normal(0, 1, COUNT)
    return make_pose_dataset(
        time_s=time,
        position=position,
        confidence=np.ones((COUNT, len(BLAZEPOSE_KEYPOINTS))),
        fps=FPS,
        image_width=SIZE[0],
        image_height=SIZE[1],
        source_file="shoe.mp4",
    )


def video(path: Path, frames: list[np.ndarray]) -> Path:
    with VideoWriter(path, width=SIZE[0], height=SIZE[1], fps=FPS) as writer:
        for frame in frames:
            writer.write(frame)
    return path


def track_shoe(path: Path, pose: xr.Dataset, direction: float) -> xr.Dataset:
    return add_shoe_motion(path, pose, clean=pose, stances={"right": STANCES}, leg_px=LEG, direction=direction)


@pytest.fixture(scope="module", params=["right", "left"])
def tracked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    path = video(tmp_path_factory.mktemp("shoe") / "shoe.mp4", painted(facing=request.param))
    return track_shoe(path, poses(facing=request.param), 1.0 if request.param == "right" else -1.0)


def test_the_turn_is_that_of_the_shoe_not_of_the_keypoints(tracked: xr.Dataset) -> None:
    time = tracked.time.values
    turn = tracked[FOOT_TURN["right"]].values[:, 0]
    found = np.isfinite(turn)
    for contact in STANCES[0]:
        assert found[(time > contact - 0.05) & (time < contact + 0.1)].all()
    assert np.abs(turn - turns(time))[found].max() < 1.0
    assert not found[(time > 0.5) & (time < 0.8)].any()


def test_it_moves_as_the_belt_does(tracked: xr.Dataset) -> None:
    time, ahead = tracked.time.values, tracked[FOOT_AHEAD["right"]].values[:, 0]
    # The middle of heel and toe lies 10 px below what the shoe turns about.
    sole = (places(time) + 10 * np.sin(np.radians(turns(time)))) / LEG
    for contact in STANCES[0]:
        here = (time > contact - 0.03) & (time < contact + 0.1)
        apart = ahead[here] - sole[here]
        assert np.ptp(apart) * LEG < 1.5  # px


def test_a_foot_without_stances_is_not_read_and_everything_else_stays(tracked: xr.Dataset) -> None:
    assert np.isnan(tracked[FOOT_TURN["left"]].values).all()
    assert tracked.attrs["feet_version"] == SHOES_VERSION
    names = [*FOOT_TURN.values(), *FOOT_AHEAD.values()]
    assert all(tracked[name].dims == ("time", "individual") for name in names)
    assert set(tracked.data_vars) - set(names) == set(poses().data_vars)


def test_a_stretch_of_the_poses_is_put_at_its_own_frames(tracked: xr.Dataset, tmp_path: Path) -> None:
    path, pose = video(tmp_path / "shoe.mp4", painted()), poses()
    part = pose.isel(time=slice(40, None))
    stances = {"right": tuple(times[1:] for times in STANCES)}
    made = add_shoe_motion(path, pose, clean=part, stances=stances, leg_px=LEG, direction=1.0)
    turn = made[FOOT_TURN["right"]].values[:, 0]
    assert np.isnan(turn[:40]).all()
    found = np.isfinite(turn)
    assert found.sum() > 8
    assert np.abs(turn - turns(pose.time.values))[found].max() < 1.0


def test_a_hidden_shoe_has_no_turn(tmp_path: Path) -> None:
    path = video(tmp_path / "shoe.mp4", painted(hidden=True))
    turn = track_shoe(path, poses(), 1.0)[FOOT_TURN["right"]].values[:, 0]
    at_contact = np.isfinite(np.interp(STANCES[0], np.arange(COUNT) / FPS, turn))
    assert not at_contact.any()


def test_feet_that_were_not_found_or_lie_outside_are_no_error(tmp_path: Path) -> None:
    path, pose = video(tmp_path / "shoe.mp4", painted()), poses()
    pose["position"] = xr.where(pose.keypoint == "right_heel", np.nan, pose.position).transpose(*pose.position.dims)
    assert np.isnan(track_shoe(path, pose, 1.0)[FOOT_TURN["right"]].values).all()
    outside = poses()
    outside["position"] = outside.position + 5000.0
    assert np.isnan(track_shoe(path, outside, 1.0)[FOOT_TURN["right"]].values).all()


def test_no_stances_no_reading(tmp_path: Path) -> None:
    nothing = {"left": (np.empty(0), np.empty(0)), "right": (np.empty(0), np.empty(0))}
    made = add_shoe_motion(tmp_path / "gone.mp4", poses(), clean=poses(), stances=nothing, leg_px=LEG, direction=1.0)
    assert np.isnan(made[FOOT_TURN["left"]].values).all()
