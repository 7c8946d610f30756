"""A second network in some strides: where it runs, and whose keypoints are taken."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gait.pose.checkpoints import PoseChunk
from gait.pose.dataset import make_pose_dataset
from gait.pose.engines.pose_engine import FrameResult, PersonKeypoints
from gait.pose.refinement import MIN_WINDOWS, REFINED_FRAMES, add_refinement, refinement_windows, sparse_rows

NAMES = ("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle")
BODY = np.array([[0, 0], [10, 0], [0, 50], [10, 50], [0, 100], [10, 100]], dtype=float)


def times(seconds: float, fps: float = 60.0) -> np.ndarray:
    return np.arange(round(seconds * fps)) / fps


def test_windows_of_a_clip_are_few_and_spread_over_it() -> None:
    windows = refinement_windows(times(30), 1.0)
    assert len(windows) == MIN_WINDOWS
    assert sum(w.stop - w.start for w in windows) == REFINED_FRAMES
    middles = [(w.start + w.stop) / 2 / 1800 for w in windows]
    np.testing.assert_allclose(middles, [1 / 6, 3 / 6, 5 / 6], atol=0.01)


def test_a_short_clip_is_one_window() -> None:
    assert refinement_windows(times(2), 1.0) == [slice(0, 120)]
    assert refinement_windows(times(0), 1.0) == []


@pytest.mark.parametrize("seconds", [61.0, 125.0, 3600.0])
def test_every_minute_of_a_long_run_has_windows(seconds: float) -> None:
    windows = refinement_windows(times(seconds), 1.0)
    starts = np.array([w.start for w in windows]) / 60
    assert (np.diff([0, *starts, seconds]) < 21).all()
    assert all(a.stop <= b.start for a, b in pairwise(windows))


def test_slow_motion_counts_by_real_time() -> None:
    assert len(refinement_windows(times(240, 30), 0.25)) == MIN_WINDOWS


def test_rows_are_spread_over_a_clip_at_thirty_frames_a_second() -> None:
    chosen = np.array(sparse_rows(600, 75, 60.0, rows=3))
    assert len(chosen) == 75
    assert chosen[0] >= 0
    assert chosen[-1] < 600
    assert np.histogram(chosen, 3, (0, 600))[0].tolist() == [25] * 3
    assert np.unique(np.diff(chosen)[np.diff(chosen) < 20]).tolist() == [2]
    assert np.unique(np.diff(sparse_rows(600, 25, 30.0))).tolist() == [1]
    assert np.unique(np.diff(sparse_rows(600, 25, 120.0))).tolist() == [4]


def test_they_show_all_phases_whatever_the_cadence() -> None:
    windows = [np.array(sparse_rows(198, 25, 60.0, before=n)) + 600 * n for n in range(3)]
    for frames in (np.concatenate(windows), np.array(sparse_rows(600, 75, 60.0, rows=3))):
        for stride_frames in np.arange(28, 58, 0.25):
            phases = np.sort(frames / stride_frames % 1)
            assert np.diff([*phases, phases[0] + 1]).max() < 0.13


def test_rows_of_other_windows_begin_elsewhere() -> None:
    assert len({sparse_rows(198, 25, 60.0, before=n)[0] for n in range(5)}) == 5


@pytest.mark.parametrize("frames", [0, 1, 10, 90, 149, 151])
def test_of_few_frames_no_more_are_chosen_than_there_are(frames: int) -> None:
    chosen = sparse_rows(frames, 75, 60.0, rows=3)
    assert len(set(chosen)) == len(chosen) <= 76
    assert all(0 <= number < frames for number in chosen)
    assert len(chosen) >= min(frames // 2, 70)


def poses(frames: int, *, lost: tuple[int, ...] = ()):
    position = np.repeat(BODY[None] + 200, frames, axis=0)
    position[list(lost)] = np.nan
    return make_pose_dataset(
        time_s=np.arange(frames) / 60,
        position=position,
        confidence=np.ones((frames, 6)),
        fps=60,
        image_width=640,
        image_height=480,
        source_file="a.mp4",
        keypoints=NAMES,
    )


def window(first: int, people: list[list[np.ndarray]]) -> PoseChunk:
    results = [FrameResult(tuple(PersonKeypoints(p, np.full(6, 0.9), None) for p in in_frame)) for in_frame in people]
    return PoseChunk.of([(first + n) / 60 for n in range(len(people))], results, 6)


def test_the_runner_is_taken_and_not_the_bystander() -> None:
    runner, bystander = BODY + 203, BODY + 300
    ds = add_refinement(poses(10), [window(4, [[bystander, runner], [bystander], []])])
    refined = ds["refined_position"].isel(individual=0).transpose("time", "keypoint", "space").values
    assert np.isfinite(refined[:, 0, 0]).nonzero()[0].tolist() == [4]
    np.testing.assert_array_equal(refined[4], runner)
    assert float(ds["refined_confidence"][4, 0, 0]) == pytest.approx(0.9)


def test_nothing_is_added_where_the_first_network_lost_the_runner() -> None:
    ds = add_refinement(poses(10, lost=(4,)), [window(4, [[BODY + 200], [BODY + 200]])])
    assert np.isfinite(ds["refined_position"].values[:, 0, 0, 0]).nonzero()[0].tolist() == [5]


def test_exchanged_legs_are_still_the_same_runner() -> None:
    exchanged = BODY[[0, 1, 3, 2, 5, 4]] + 200
    ds = add_refinement(poses(3), [window(1, [[exchanged]])])
    assert np.isfinite(ds["refined_position"].values[1]).all()
