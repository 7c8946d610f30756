"""A person has said who the runner is."""

from __future__ import annotations

import numpy as np

from gait.pose.tracking.chosen_runner import ChosenRunner, choose_runner, chosen_runner
from gait.pose.tracking.runner_selection import select_runner_in_chunks

HERE = ChosenRunner("run.mp4", 1.0, 100.0, 50.0)


def test_it_holds_inside_and_for_its_video_alone() -> None:
    assert chosen_runner("run.mp4") is None
    with choose_runner(HERE):
        assert chosen_runner("run.mp4") == HERE
        assert chosen_runner("other.mp4") is None
    assert chosen_runner("run.mp4") is None


def two_people(frames: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """A lively one at x = 100 and a calmer one at x = 400, both in every frame."""
    rng = np.random.default_rng(1)
    shape = rng.uniform(-40, 40, (12, 2)) * (0.5, 1.5)
    swing = np.sin(np.arange(frames) / 3)[:, np.newaxis, np.newaxis] * rng.normal(0, 1, (12, 2))
    lively, calm = (np.array([x, 200.0]) + shape + size * swing for x, size in ((100, 6.0), (400, 1.0)))
    positions = np.stack([lively, calm], axis=1).reshape(-1, 12, 2)
    return np.repeat(np.arange(frames), 2), positions


def test_the_person_at_the_point_is_the_runner_however_little_they_move() -> None:
    chunk = two_people()
    livelier, _ = select_runner_in_chunks([chunk])
    pointed_at, _ = select_runner_in_chunks([chunk], at=(20, 410.0, 190.0))
    assert set(livelier % 2) == {0}
    assert set(pointed_at % 2) == {1}
    assert len(pointed_at) == 40


def test_without_anybody_in_the_frame_the_liveliest_is_taken() -> None:
    runner, _ = select_runner_in_chunks([two_people()], at=(1000, 410.0, 190.0))
    assert set(runner % 2) == {0}
