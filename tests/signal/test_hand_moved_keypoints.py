"""Keypoints that lie beside their joint, moved by what a hand set in a few frames."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from gait.geometry.camera import find_camera
from gait.geometry.joint_offsets import adjusted_joints, hand_offsets, limb_axes
from gait.signal.cleaning import clean_keypoints
from gait.signal.dotted_keypoints import keypoint_track
from gait.signal.hand_moved_keypoints import (
    FADE_S,
    HandPoint,
    apply_hand_points,
    combine_differences,
    hand_differences,
    hand_points,
    move_in_pictures,
    with_hand_points,
)
from tests.filmed_joints import edited, filmed

HIP, KNEE = "left_hip", "right_knee"
SECONDS = 6.0


@pytest.fixture(scope="module")
def runs():
    """Poses with the left hip 12 px off in the image and the right knee 10 px off across the thigh; exact ones."""
    exact = filmed(noise_px=0.0, seconds=SECONDS).pose
    across = limb_axes(exact, KNEE)[:, 1]

    def misplace(position: np.ndarray, names: list[str]) -> None:
        position[:, names.index(HIP)] += (12.0, 0.0)
        position[:, names.index(KNEE)] += 10.0 * across

    return edited(filmed(noise_px=1.0, seconds=SECONDS).pose, misplace), exact


def points_at(exact: xr.Dataset, keypoint: str, frames: tuple[int, ...], *, sd: float = 3.0) -> list[HandPoint]:
    track = keypoint_track(exact, "position", keypoint)
    return [HandPoint(keypoint, float(exact.time[frame]), *track[frame], sd) for frame in frames]


def moved(pose: xr.Dataset, points: list[HandPoint]):
    pose = with_hand_points(pose, points)
    camera = find_camera(pose)
    return apply_hand_points(clean_keypoints(pose, camera), camera.leg_px).pose


def off(pose: xr.Dataset, exact: xr.Dataset, keypoint: str, variable: str = "position") -> float:
    away = keypoint_track(pose, variable, keypoint) - keypoint_track(exact, "position", keypoint)
    return float(np.median(np.linalg.norm(away, axis=1)))


def test_one_frame_moves_the_joint_everywhere(runs) -> None:
    pose, exact = runs
    result = moved(pose, points_at(exact, HIP, (100,)))
    assert off(moved(pose, []), exact, HIP) > 11
    assert off(result, exact, HIP) < 2.0
    assert off(result, exact, HIP, "observed") < 2.5
    offset = hand_offsets(result)[HIP]
    assert (offset.frame, offset.entries) == ("image", 1)
    assert offset.length_px == pytest.approx(12, abs=2)


def test_three_postures_move_it_on_its_limb(runs) -> None:
    pose, exact = runs
    turn = np.unwrap(np.arctan2(*limb_axes(exact, KNEE)[:, 0].T[::-1]))
    frames = (int(turn[50:150].argmin()) + 50, int(turn[50:150].argmax()) + 50, 200)
    result = moved(pose, points_at(exact, KNEE, frames))
    assert hand_offsets(result)[KNEE].frame == "segment"
    assert off(result, exact, KNEE) < 2.5 < 8 < off(moved(pose, []), exact, KNEE)


def test_more_frames_are_surer_but_never_surer_than_half_the_hand(runs) -> None:
    pose, exact = runs
    few, many = (
        adjusted_joints(moved(pose, points_at(exact, HIP, tuple(range(40, 40 + 10 * count, 10)), sd=8.0)))[HIP]
        for count in (1, 12)
    )
    assert 8.0 * 0.7 < many < few < 10.0


def test_a_slip_of_the_hand_hardly_counts(runs) -> None:
    pose, exact = runs
    good = points_at(exact, HIP, (50, 90, 130, 170, 210))
    slip = HandPoint(HIP, 2.0, good[0].x + 90, good[0].y, 3.0)
    assert off(moved(pose, [*good, slip]), exact, HIP) < 5.0


def test_other_joints_stay_and_so_does_everything_without_points(runs) -> None:
    pose, exact = runs
    result, plain = moved(pose, points_at(exact, HIP, (100,))), moved(pose, [])
    others = [name for name in pose.keypoint.values if name != HIP]
    xr.testing.assert_equal(result.position.sel(keypoint=others), plain.position.sel(keypoint=others))
    assert hand_offsets(plain) == {}
    assert adjusted_joints(plain) == {}


def test_points_are_read_as_they_were_noted_and_can_be_undone(runs) -> None:
    pose, exact = runs
    points = points_at(exact, HIP, (3, 5))
    noted = with_hand_points(pose, points)
    assert hand_points(noted) == tuple(points)
    assert hand_points(pose) == ()
    assert hand_points(with_hand_points(noted, [])) == ()


def test_points_outside_the_frames_are_left_out(runs) -> None:
    pose, _ = runs
    clean = clean_keypoints(pose, find_camera(pose)).pose
    assert hand_differences(clean, [HandPoint(HIP, 99.0, 1.0, 2.0, 3.0), HandPoint("left_tail", 1.0, 1, 2, 3)]) == []
    assert combine_differences([], 250.0) == {}


def in_pictures(pose: xr.Dataset, places: dict[int, float]) -> tuple[np.ndarray, np.ndarray]:
    """Tracks of the left hip, as cleaned, and with the hip moved to the right in some pictures."""
    camera = find_camera(pose)
    bare = clean_keypoints(pose, camera)
    track = keypoint_track(bare.pose, "position", HIP)
    points = [
        HandPoint(HIP, float(pose.time[frame]), *(track[frame] + (by, 0.0)), 5.0, "picture")
        for frame, by in places.items()
    ]
    noted = clean_keypoints(with_hand_points(pose, points), camera)
    assert apply_hand_points(noted, camera.leg_px) is noted  # nothing holds for the film
    return track, keypoint_track(move_in_pictures(noted).pose, "position", HIP)


def test_one_picture_moves_itself_and_its_neighbours_wholly_and_nothing_far_off(runs) -> None:
    track, moved_track = in_pictures(runs[0], {100: 12.0})
    shift = (moved_track - track)[:, 0]
    assert shift[99:102] == pytest.approx(12.0)
    frame_s = float(np.diff(runs[0].time).mean())
    reach = int(np.ceil(1 + FADE_S / frame_s)) + 1
    assert np.abs(shift[: 100 - reach]).max() == 0
    assert np.abs(shift[101 + reach :]).max() == 0


def test_pictures_beside_each_other_keep_their_own_places(runs) -> None:
    track, moved_track = in_pictures(runs[0], {100: 12.0, 102: -4.0, 200: 5.0})
    shift = (moved_track - track)[:, 0]
    assert shift[[100, 102, 200]] == pytest.approx([12.0, -4.0, 5.0])
    assert shift[101] == pytest.approx(4.0)
    assert shift[150] == 0
