"""Pictures as they come: read, late, turned."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import cv2
import numpy as np
import pytest

from gait.live.live_meter import LiveMeter
from gait.live.window_measurement import WindowMeasurement


def jpeg(width=64, height=48):
    return cv2.imencode(".jpg", np.full((height, width, 3), 90, np.uint8))[1].tobytes()


class AtOnce(Executor):
    def submit(self, function, /, *args, **options):
        done: Future = Future()
        done.set_result(function(*args, **options))
        return done


class Nobody:
    def __init__(self):
        self.seen = 0

    def keypoints(self, picture, time_s):
        self.seen += 1
        return

    def use_pause(self):
        pass


def read(meter, picture, time_s):
    """As the process of pictures does: what can wait comes after the answer."""
    reading = meter.read(picture, time_s)
    meter.use_pause()
    return reading


def test_a_window_is_measured_every_two_seconds_and_late_pictures_are_left_out():
    windows = []

    def measure(key, times, position, confidence, size, *, language):
        windows.append((times[0], times[-1], size, language))
        return WindowMeasurement(times[-1], reason="nobody runs")

    tracker = Nobody()
    meter = LiveMeter(tracker, "cadence", AtOnce(), language="de", measure=measure)
    readings = [read(meter, jpeg(), n / 10) for n in range(121)]
    assert [end for _start, end, _size, _language in windows] == pytest.approx([4, 6, 8, 10, 12], abs=0.11)
    assert all(end - start <= 8.01 for start, end, _size, _language in windows)
    assert windows[0][2:] == ((64, 48), "de")
    assert not readings[-1].found
    assert readings[-1].reason == "nobody runs"
    seen = tracker.seen
    assert meter.read(jpeg(), 3.0).estimate is None
    assert tracker.seen == seen


def test_a_turned_phone_begins_anew():
    ends = []

    def measure(key, times, *rest, language):
        ends.append((times[0], times[-1]))
        return WindowMeasurement(times[-1], reason="x")

    meter = LiveMeter(Nobody(), "cadence", AtOnce(), measure=measure)
    for n in range(50):
        read(meter, jpeg(64, 48), n / 10)
    for n in range(50, 100):
        read(meter, jpeg(48, 64), n / 10)
    assert ends[-1][0] >= 5.0
