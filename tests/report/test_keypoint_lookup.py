"""Keypoints at one moment, from memory and from disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gait.netcdf import open_along_time, write_along_time
from gait.report.keypoint_lookup import KeypointLookup, add_pelvis, add_sole, keypoints_at, near_side
from tests.fake_sessions import FPS, stick_runner


def test_the_pelvis_has_the_measured_tilt() -> None:
    hips = {"left_hip": np.array([90.0, 200.0]), "right_hip": np.array([110.0, 204.0])}
    points = add_pelvis(dict(hips), 5.0)
    across = points["right_pelvis"] - points["left_pelvis"]
    # The right side of the frame is higher, whatever the hip keypoints show.
    assert np.degrees(np.arctan2(-across[1], across[0])) == pytest.approx(5.0)
    np.testing.assert_allclose((points["right_pelvis"] + points["left_pelvis"]) / 2, [100, 202])
    front = add_pelvis({"left_hip": hips["right_hip"], "right_hip": hips["left_hip"]}, 5.0)
    assert front["left_pelvis"][1] < front["right_pelvis"][1]
    assert "left_pelvis" not in add_pelvis(dict(hips), float("nan"))


@pytest.mark.parametrize("facing", [1.0, -1.0])
def test_the_sole_has_the_angle_of_the_tracked_shoe(facing: float) -> None:
    foot = {"left_heel": np.array([100.0, 200.0]), "left_foot_index": np.array([100.0 + 40 * facing, 197.0])}
    level, rolled = (
        add_sole(dict(foot), "left", 20.0, roll_deg=roll)["left_sole"] - foot["left_heel"] for roll in (0, 3)
    )
    assert np.degrees(np.arctan2(-level[1], facing * level[0])) == pytest.approx(20)
    # A frame turned counter-clockwise lifts what is on its right.
    assert np.degrees(np.arctan2(-rolled[1], facing * rolled[0])) == pytest.approx(20 + 3 * facing)
    assert np.hypot(*level) == pytest.approx(np.hypot(40, 3))
    assert "left_sole" not in add_sole(dict(foot), "left", float("nan"))
    assert "right_sole" not in add_sole(dict(foot), "right", 20.0)


def test_a_lookup_in_blocks_equals_one_in_the_whole(tmp_path: Path) -> None:
    pose = stick_runner(20.0, start_s=3.0)
    pose.position[{"time": slice(600, 620)}] = np.nan
    write_along_time(tmp_path / "clean.nc", [pose])
    lookup = KeypointLookup(open_along_time(tmp_path / "clean.nc"), slack_s=0.5 / FPS)
    for time_s in (3.0, 3.004, 11.53, 11.55, 22.98, 7.0, 13.1):  # 13.1 s: nobody was found
        expected = keypoints_at(pose, time_s)
        found = lookup.at(time_s)
        assert found.keys() == expected.keys()
        assert all(np.allclose(found[name], expected[name], atol=1e-3) for name in found)
    assert lookup.at(2.9) == lookup.at(23.1) == {}


def test_between_frames_with_poses_keypoints_are_interpolated() -> None:
    pose = stick_runner(2.0)
    sparse = KeypointLookup(pose.isel(time=slice(None, None, 2)), slack_s=0.25 / FPS, apart_s=3 / FPS)
    for frame in (10, 11):
        found, expected = sparse.at(frame / FPS), keypoints_at(pose, frame / FPS)
        assert found.keys() == expected.keys()
        assert all(np.allclose(found[name], expected[name], atol=3.0) for name in found)


def test_the_near_leg_follows_from_the_direction() -> None:
    assert (near_side(1.0), near_side(-1.0)) == ("right", "left")
