"""What is kept of a session."""

from __future__ import annotations

import json

import pytest

from gait.live.live_course import LiveCourse


def filled(seconds, value, *, rate=20, feedback=lambda s: True, low=165):
    course = LiveCourse(100.0)
    for n in range(int(seconds * rate) + 1):
        at = n / rate
        course.add(100.0 + at, value(at), "inside" if value(at) >= low else "low", feedback=feedback(at))
    return course


def test_seconds_inside_mean_and_drift():
    record = filled(300, lambda s: 160 + s / 30).record()
    assert record["seconds_measured"] == pytest.approx(300, abs=0.1)
    assert record["seconds_inside"] == pytest.approx(150, abs=0.2)
    assert record["mean"] == pytest.approx(165, abs=0.05)
    assert record["drift_per_min"] == pytest.approx(2, abs=0.02)
    assert record["opening"]["mean"] == pytest.approx(161, abs=0.05)
    assert len(record["course"]) == 60
    json.dumps(record)


def test_with_and_without_feedback_are_counted_apart():
    record = filled(120, lambda s: 170 if s < 60 else 160, feedback=lambda s: s < 60).record()
    assert record["with_feedback"]["mean"] == pytest.approx(170, abs=0.1)
    assert record["without_feedback"]["mean"] == pytest.approx(160, abs=0.1)
    assert record["without_feedback"]["seconds_inside"] == pytest.approx(0, abs=0.1)


def test_pauses_do_not_count():
    course = LiveCourse(0.0)
    for at in (0.0, 0.5, 30.0, 30.5, 29.0, 31.0):
        course.add(at, 170, "inside", feedback=True)
    assert course.seconds == pytest.approx(1.0)


def test_a_session_without_a_value_and_a_short_one():
    empty = LiveCourse(0.0).record()
    assert empty["mean"] is None
    assert empty["course"] == []
    assert filled(30, lambda s: 170).record()["drift_per_min"] is None


def test_a_long_session_stays_small():
    assert len(filled(5 * 3600, lambda s: 170, rate=2).record()["course"]) <= 2880
