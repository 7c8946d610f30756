"""Windows of a video: the same keypoints for any number of workers, in their order, and stopped at any moment."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from gait.errors import InputError
from gait.pose.engines.engine_registry import make_engine
from gait.pose.engines.window_tracking import FrameWindow, TrackedWindow, WindowTracker
from gait.video import read_decoded_frames
from tests.conftest import write_clip
from tests.sample_clips import SAMPLES

CLIP = SAMPLES / "treadmill_side.mp4"
WINDOWS = [FrameWindow(0.0, 0.4), FrameWindow(3.0, 3.3, step=2), FrameWindow(6.02, 6.2)]


def tracked(workers: int, **options: object) -> list[TrackedWindow]:
    with WindowTracker(CLIP, model="full", workers=workers) as tracker:
        return list(tracker.track(WINDOWS, fps=60, **options))


def positions(window: TrackedWindow) -> np.ndarray:
    return np.array([result.people[0].position for result in window.results])


@pytest.fixture(scope="module")
def plain() -> list[TrackedWindow]:
    return tracked(1)


def test_a_window_holds_its_own_frames(plain):
    assert [window.window for window in plain] == WINDOWS
    np.testing.assert_allclose(plain[0].time_s, np.arange(24) / 60, atol=1e-6)
    np.testing.assert_allclose(plain[1].time_s, 3 + np.arange(9) / 30, atol=1e-6)
    assert [len(window.results) for window in plain] == [24, 9, 10]


@pytest.mark.parametrize("workers", [2, 3, 4])
def test_workers_do_not_change_a_single_number(plain, workers):
    for one, other in zip(plain, tracked(workers), strict=True):
        np.testing.assert_array_equal(positions(one), positions(other))
        np.testing.assert_array_equal(one.time_s, other.time_s)


def test_frames_between_those_that_are_used_are_watched_too(plain):
    """So that no later stage decodes them again; the keypoints are the same."""
    watched: dict[float, int] = {}

    def watch(frame, people, names):
        watched[frame.time_s] = len(people)

    with WindowTracker(CLIP, model="full", workers=2, watch=watch) as tracker:
        (window,) = tracker.track([WINDOWS[1]], fps=60)
    np.testing.assert_array_equal(positions(window), positions(plain[1]))
    np.testing.assert_allclose(sorted(watched), 3 + np.arange(18) / 60, atol=1e-6)
    assert [watched[time_s] for time_s in sorted(watched)] == [1, 0] * 9


def test_a_window_is_what_the_engine_finds_in_it_alone(plain):
    with make_engine(model="full") as engine:
        results = list(engine.track(read_decoded_frames(CLIP, start=6.02, end=6.2), fps=60))
    np.testing.assert_array_equal([r.people[0].position for r in results], positions(plain[2]))


def test_windows_can_be_asked_for_again_and_again(plain):
    with WindowTracker(CLIP, model="full", workers=2) as tracker:
        assert list(tracker.track([], fps=60)) == []
        for window, expected in zip(WINDOWS, plain, strict=True):
            (found,) = tracker.track([window], fps=60)
            np.testing.assert_array_equal(positions(found), positions(expected))


def test_work_that_is_closed_ends_within_a_few_frames():
    threads = threading.active_count()
    done: list[None] = []
    with WindowTracker(CLIP, model="full", workers=2) as tracker:
        windows = tracker.track(
            [FrameWindow(0, 0.05), FrameWindow(1, 13), FrameWindow(1, 13)], fps=60, advance=_note(done)
        )
        next(windows)
        windows.close()
    assert len(done) < 60
    assert threading.active_count() == threads


def _note(done: list[None]):
    return lambda: done.append(None)


def test_a_window_outside_the_video_is_an_error():
    with WindowTracker(CLIP, model="full") as tracker, pytest.raises(InputError, match="no frame between"):
        list(tracker.track([FrameWindow(50, 60)], fps=60))


def test_a_window_without_anybody_has_results_all_the_same(tmp_path):
    with WindowTracker(write_clip(tmp_path / "clip.mp4"), model="full") as tracker:
        (window,) = tracker.track([FrameWindow(0, 0.2)], fps=30)
    assert [len(result.people) for result in window.results] == [0] * 6


def test_an_engine_without_networks_of_its_own_is_used_likewise():
    with WindowTracker(CLIP, engine="mediapipe", model="full", workers=2) as tracker:
        assert tracker.name == "mediapipe"
        first, second = tracker.track([FrameWindow(0, 0.05), FrameWindow(1, 1.05)], fps=60)
    assert len(first.results) == len(second.results) == 3
    assert first.results[0].people


@pytest.mark.parametrize("engine", ["litert", "mediapipe"])
def test_the_second_network_of_mixed_runs_in_the_frames_that_are_named(engine):
    numbers = (2, 5, 6, 11, 40)
    window = FrameWindow(1, 1.2, refine=numbers)
    found = []
    for workers in (1, 2):
        with WindowTracker(CLIP, engine=engine, model="mixed", workers=workers) as tracker:
            found.append(next(tracker.track([window], fps=60)))
    for tracked_window in found:
        refined = [result.refined for result in tracked_window.results]
        assert [people is not None for people in refined] == [place in numbers for place in range(12)]
        for place in numbers[:4]:
            (second,), (first,) = refined[place], tracked_window.results[place].people
            apart = np.linalg.norm(second.position - first.position, axis=1)
            assert 0 < np.median(apart) < 0.05 * np.ptp(first.position[:, 1])
    np.testing.assert_array_equal(positions(found[0]), positions(found[1]))
    np.testing.assert_array_equal(*([window.results[n].refined[0].position for n in numbers[:4]] for window in found))


def test_one_network_refines_nothing():
    with WindowTracker(CLIP, model="full") as tracker:
        (window,) = tracker.track([FrameWindow(1, 1.05, refine=range(3))], fps=60)
    assert [result.refined for result in window.results] == [None] * 3
