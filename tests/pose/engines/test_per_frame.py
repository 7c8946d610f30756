"""Engines without a state: results come in order, whichever of them treats a frame."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from gait.pose.engines.per_frame import PerFrameEngine
from gait.pose.engines.pose_engine import PersonKeypoints


class NumberedFrame:
    """A frame that knows only its number."""

    def __init__(self, number: int) -> None:
        self.number = number

    def rgb(self) -> np.ndarray:
        return np.full((2, 2, 3), self.number, np.uint8)


class NumberReader:
    """Puts its only keypoint at the number in the image."""

    name, model, model_sha256, keypoints, keypoint_family = "reader", "none", "0", ("nose",), "unknown"

    def __init__(self) -> None:
        self.open = False
        self.threads: set[int] = set()

    def __enter__(self):
        self.open = True
        return self

    def __exit__(self, *_) -> None:
        self.open = False

    def __call__(self, image: np.ndarray) -> tuple[PersonKeypoints, ...]:
        assert self.open
        self.threads.add(threading.get_ident())
        number = int(image[0, 0, 0])
        time.sleep(0.003 if number % 2 else 0)
        return (PersonKeypoints(np.full((1, 2), float(number)), np.ones(1), None),)


@pytest.mark.parametrize("count", [1, 3])
def test_results_come_in_order_and_work_can_stop_after_any_frame(count):
    readers = [NumberReader() for _ in range(count)]
    with PerFrameEngine(readers) as engine:
        results = list(engine.track(map(NumberedFrame, range(20)), fps=30))
    assert [result.people[0].position[0, 0] for result in results] == list(range(20))
    assert all(result.state == {} and result.bystanders == 0 for result in results)
    assert not any(reader.open for reader in readers)


def test_only_two_frames_per_engine_are_read_ahead():
    taken = []

    def frames():
        for number in range(100):
            taken.append(number)
            yield NumberedFrame(number)

    with PerFrameEngine([NumberReader(), NumberReader()]) as engine:
        results = engine.track(frames(), fps=30)
        next(results)
        assert len(taken) <= 4
        results.close()


def test_it_carries_the_description_of_its_engines():
    engine = PerFrameEngine([NumberReader()])
    assert (engine.name, engine.model, engine.keypoints, engine.keypoint_family) == (
        "reader",
        "none",
        ("nose",),
        "unknown",
    )
