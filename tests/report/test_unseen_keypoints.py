"""Keypoints in frames at which no network has looked."""

from __future__ import annotations

import numpy as np

from gait.report.keypoint_lookup import keypoints_at
from gait.report.unseen_keypoints import UnseenKeypoints, is_gap
from tests.fake_sessions import fake_view, stick_runner

ANKLE = "left_ankle"


def _without(first: int, last: int) -> tuple[object, object]:
    pose = stick_runner(8.0)
    kept = np.ones(pose.sizes["time"], dtype=bool)
    kept[first:last] = False
    return pose, pose.isel(time=kept)


def test_a_gap_is_bridged_by_the_mean_stride_better_than_by_a_straight_line() -> None:
    pose, gappy = _without(240, 264)
    estimate = UnseenKeypoints(gappy, fake_view().camera, start_s=3.0, end_s=6.0)
    times = pose["time"].values
    errors, straight = [], []
    for index in range(240, 264):
        truth = keypoints_at(pose, times[index])[ANKLE]
        errors.append(np.linalg.norm(estimate.at(times[index])[ANKLE] - truth))
        straight.append(np.linalg.norm(keypoints_at(gappy, times[index], between_frames=True)[ANKLE] - truth))
    assert np.median(errors) < 0.3 * np.median(straight)


def test_nothing_is_estimated_far_from_seen_frames_or_where_the_runner_was_absent() -> None:
    _, gappy = _without(240, 264)
    camera = fake_view().camera
    assert UnseenKeypoints(gappy, camera, start_s=3, end_s=6).at(60.0) == {}
    away = gappy.copy(deep=True)
    position = away["position"].copy(deep=True)
    position[{"time": slice(230, 250)}] = np.nan
    away["position"] = position
    assert UnseenKeypoints(away, camera, start_s=3, end_s=6).at(4.2) == {}
    still = gappy.isel(time=slice(0, 1))
    assert UnseenKeypoints(still, camera, start_s=0, end_s=1).at(0.1) == {}


def test_a_gap_has_no_seen_frame_near() -> None:
    times = np.array([0.0, 0.1, 0.5])
    assert is_gap(times, 0.3, 0.05)
    assert not is_gap(times, 0.12, 0.05)
    assert is_gap(np.empty(0), 0.0, 0.05)
