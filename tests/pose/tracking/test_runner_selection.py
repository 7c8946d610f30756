"""The runner is one and the same person, whoever else is in the frame."""

from __future__ import annotations

import numpy as np
import pytest

from gait.pose.engines.pose_engine import PersonKeypoints
from gait.pose.tracking.runner_selection import select_runner

SHAPE = np.random.default_rng(3).uniform(-0.5, 0.5, (33, 2)) * (0.4, 1.0)


def person(x: float, height: float = 400, *, phase: float | None = None) -> PersonKeypoints:
    """Somebody at ``x`` who keeps still, or swings the limbs at a phase of the stride."""
    swing = np.zeros((33, 2))
    if phase is not None:
        swing[20:, 0] = 0.15 * np.sin(2 * np.pi * phase) * np.where(np.arange(13) % 2, 1, -1)
    return PersonKeypoints((SHAPE + swing) * height + (x, 500), np.full(33, 0.8), None)


def runner(frame: int, x: float = 600) -> PersonKeypoints:
    return person(x, phase=frame / 20)


def runner_of_each_frame(people: list) -> tuple[list, int]:
    """Select among people given frame by frame; the runner of each frame, and in how many frames others are."""
    frame = [number for number, in_frame in enumerate(people) for _ in in_frame]
    everybody = [person for in_frame in people for person in in_frame]
    runner, others = select_runner(frame, np.array([p.position for p in everybody]).reshape(-1, 33, 2))
    by_frame = {frame[number]: everybody[number] for number in runner}
    return [by_frame.get(number) for number in range(len(people))], len(others)


def who(chosen: list, people: list) -> list:
    """The number, in its frame, of each chosen person."""
    return [
        None if one is None else next(number for number, other in enumerate(in_frame) if other is one)
        for one, in_frame in zip(chosen, people, strict=True)
    ]


def test_alone_the_runner_is_everything_that_was_found():
    people = [(runner(frame, 600 + 10 * np.sin(frame)),) if frame % 7 else () for frame in range(60)]
    assert who(runner_of_each_frame(people)[0], people) == [0 if frame % 7 else None for frame in range(60)]


@pytest.mark.parametrize("height", [250, 400, 550])
def test_a_bystander_is_never_taken_even_when_the_runner_is_lost(height):
    people = [
        (person(1300, height),) if 20 <= frame < 40 else (person(1300, height), runner(frame)) for frame in range(100)
    ]
    assert who(runner_of_each_frame(people)[0], people) == [None if 20 <= frame < 40 else 1 for frame in range(100)]


def test_a_second_detection_of_the_runner_is_nobody_else():
    people = [(runner(frame), runner(frame, 604)) if frame % 10 == 5 else (runner(frame, 602),) for frame in range(60)]
    chosen, others = runner_of_each_frame(people)
    assert who(chosen, people) == [0] * 60
    assert others == 0


def test_ghosts_do_not_break_the_track():
    ghost = person(640, 240)
    people = [(ghost, runner(frame)) if frame == 20 else (runner(frame),) for frame in range(60)]
    chosen, others = runner_of_each_frame(people)
    assert who(chosen, people) == [1 if frame == 20 else 0 for frame in range(60)]
    assert others == 1


def test_somebody_walking_past_does_not_take_over():
    people = [
        (runner(frame), person(20.0 * frame, 380, phase=frame / 30)) if frame < 60 else (runner(frame),)
        for frame in range(120)
    ]
    chosen = who(runner_of_each_frame(people)[0], people)
    assert chosen.count(0) >= 117  # where both stand in one place nothing distinguishes them
    assert set(chosen[40:]) == {0}


def test_a_runner_who_crosses_the_frame_is_tracked():
    people = [(runner(frame, 30.0 * frame),) for frame in range(60)]
    assert set(who(runner_of_each_frame(people)[0], people)) == {0}


def test_nobody_at_all():
    assert runner_of_each_frame([(), ()]) == ([None, None], 0)
    assert runner_of_each_frame([]) == ([], 0)
