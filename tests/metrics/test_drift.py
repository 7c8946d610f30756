"""What changes in the course of a run: reported only beyond doubt."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gait.metrics.drift import (
    DRIFT_METRICS,
    MIN_CHANGE,
    Course,
    course_of_parts,
    find_onset,
    fit_drift,
    measure_drifts,
    window_medians,
)
from gait.records import Measurement


def run(
    minutes: float, *, cadence: Any = 170.0, lean: Any = 5.0, contact: Any = 240.0, slow: float = 1.0, seed: int = 0
) -> Any:
    """A view of a run in which things change: numbers, or functions of the time in seconds."""
    rng = np.random.default_rng(seed)

    def at(what: Any, time: float) -> float:
        return float(what(time) if callable(what) else what)

    rows, time = [], 0.0
    while time < 60 * minutes:
        step_ms = 6e4 / at(cadence, time) + rng.normal(0, 6)
        rows.append((time * slow, step_ms, at(contact, time) + rng.normal(0, 8), at(lean, time) + rng.normal(0, 0.8)))
        time += step_ms / 1e3
    steps = pd.DataFrame(rows, columns=["contact_s", "step_time", "contact_time", "trunk_lean"])
    measured = [
        Measurement(key, "both", 1.0, unit, (0.9, 1.1), 50, "good", None, 0, 1.0)
        for key, unit in (("cadence", "steps/min"), ("contact_time", "ms"), ("trunk_lean", "deg"))
    ]
    info = SimpleNamespace(duration_s=60 * minutes * slow, real_per_playback=1 / slow, windows_s=None)
    return SimpleNamespace(info=info, steps=steps, measurements=measured)


SMALLEST = {"contact_time": 32.0}


def test_a_rhythm_lost_late_is_reported_with_its_size_and_beginning() -> None:
    tired = run(20, cadence=lambda t: 172 - 14 * max(t - 600, 0) / 600)
    (drift,) = measure_drifts([tired], SMALLEST)
    assert drift.key == "cadence_drift"
    assert drift.value == pytest.approx(-14, abs=3.5)
    assert drift.interval is not None
    assert drift.interval[0] < drift.value < drift.interval[1] < 0
    assert drift.grade == "good"
    assert drift.evidence_s == pytest.approx(600, abs=120)


@pytest.mark.parametrize("seed", range(5))
def test_a_steady_run_has_no_drift(seed: int) -> None:
    assert measure_drifts([run(12, seed=seed)], SMALLEST) == ()


def test_changes_too_small_to_matter_are_not_reported() -> None:
    small = run(
        15, cadence=lambda t: 170 - 2 * t / 900, lean=lambda t: 5 + 1.5 * t / 900, contact=lambda t: 240 + t / 36
    )
    assert measure_drifts([small], SMALLEST) == ()  # 1.2 %, 1.5°, 25 ms


def test_a_trunk_that_sinks_and_feet_that_stay_down() -> None:
    tired = run(15, lean=lambda t: 5 + 6 * t / 900, contact=lambda t: 220 + 60 * t / 900)
    changes = {m.key: m.value for m in measure_drifts([tired], SMALLEST)}
    assert set(changes) == {"contact_time_drift", "trunk_lean_drift"}
    assert changes["trunk_lean_drift"] == pytest.approx(5.2, abs=0.8)  # from the second minute on
    assert changes["contact_time_drift"] == pytest.approx(52, abs=8)


def test_under_ninety_seconds_nothing_is_reported() -> None:
    assert measure_drifts([run(1.4, cadence=lambda t: 180 - t / 4)], SMALLEST) == ()


def test_slow_motion_counts_in_real_time() -> None:
    """Eight times slowed, ten seconds play for eighty: too short, though the file is not."""
    assert measure_drifts([run(1.0, cadence=lambda t: 180 - t / 3, slow=8.0)], SMALLEST) == ()
    (drift,) = measure_drifts([run(8.0, cadence=lambda t: 180 - t / 30, slow=4.0)], SMALLEST)
    assert drift.value == pytest.approx(-12, abs=2.5)
    assert drift.evidence_s is not None
    assert drift.evidence_s > 480  # on the file's timeline


def test_a_refused_metric_has_no_drift() -> None:
    tired = run(15, lean=lambda t: 5 + 6 * t / 900)
    tired.measurements = [m for m in tired.measurements if m.key != "trunk_lean"]
    assert measure_drifts([tired], SMALLEST) == ()


def test_windows_are_whole_and_hold_enough_values() -> None:
    time = np.arange(0, 100, 0.5)
    middles, medians = window_medians(time, time)
    assert middles == pytest.approx([15, 45, 75])
    assert medians == pytest.approx([14.75, 44.75, 74.75])
    values = np.where((time > 30) & (time < 59), np.nan, 1.0)
    assert window_medians(time, values)[0] == pytest.approx([15, 75])


def test_a_walk_by_chance_is_rarely_taken_for_a_trend() -> None:
    rng = np.random.default_rng(5)
    time = np.arange(40) * 30.0
    trends = 0
    for _ in range(200):
        noise = rng.normal(size=40)
        for i in range(1, 40):
            noise[i] += 0.6 * noise[i - 1]
        found = fit_drift(time, noise)
        trends += found is not None and found.p < 0.05
    assert trends <= 24  # without the correction some 50


def test_the_drift_of_a_metric_has_its_unit_and_a_smallest_change() -> None:
    assert [(spec.key, spec.unit) for spec in DRIFT_METRICS] == [
        ("cadence_drift", "steps/min"),
        ("contact_time_drift", "ms"),
        ("trunk_lean_drift", "deg"),
    ]
    assert {f"{key}_drift" for key in MIN_CHANGE} == {spec.key for spec in DRIFT_METRICS}


def course(shape: Any, *, noise: float = 0.3, seed: int = 0, parts: int = 100) -> Course:
    time = 15 + 30.0 * np.arange(parts)
    return Course(time, shape(time) + np.random.default_rng(seed).normal(0, noise, parts), np.ones(parts))


@pytest.mark.parametrize(
    ("shape", "end"),
    [
        (lambda t: 170 - 8 * np.clip((t - 1200) / 1785, 0, 1), 2985),
        (lambda t: 170 - 8 * (t > 1200), 1200),
        (lambda t: 170 - 8 * np.clip((t - 1200) / 300, 0, 1), 1500),
    ],
    ids=["to the end", "at once", "to a new level"],
)
def test_the_beginning_of_a_change_lies_in_its_interval(shape: Any, end: float) -> None:
    onset = find_onset(course(shape))
    assert onset is not None
    assert onset.low_s <= 1200 <= onset.high_s
    assert onset.low_s < onset.time_s < onset.high_s
    assert onset.time_s == pytest.approx(1200, abs=60)
    assert onset.end_s == pytest.approx(end, abs=60)
    assert (onset.before, onset.after) == pytest.approx((170, 162), abs=0.4)
    assert onset.line(np.array([0.0, 2985.0])) == pytest.approx([onset.before, onset.after])


def test_an_even_change_and_none_have_no_beginning() -> None:
    assert find_onset(course(lambda t: 170 - t / 300)) is None
    assert find_onset(course(lambda t: np.full_like(t, 170.0), noise=0.0)) is None
    assert find_onset(course(lambda t: 170 - 8 * (t > 90), parts=6)) is None


def test_a_course_of_windows_has_one_part_for_each() -> None:
    time = np.concatenate([np.arange(0, 2.0, 0.35), np.arange(30, 32, 0.35), [60.0, 60.35], np.arange(90, 130, 0.35)])
    parts = course_of_parts(time, np.where(time == 0, np.nan, time))
    assert parts.time_s == pytest.approx([1.05, 30.875, 105.0, 125.0], abs=0.3)  # two steps are not enough
    assert parts.value == pytest.approx(parts.time_s, abs=0.3)
    assert parts.weight[0] < parts.weight[2] < 12
    lone = course_of_parts(np.array([0.0, 0.35, 0.7]), np.array([170.0, 85.0, 171.0]))
    assert lone.value.tolist() == [170.0]


def sampled(view: Any, *, every_s: float = 30.0, length_s: float = 1.8) -> Any:
    """What windows of an hour show of a run, which half of the medians would leave out with five steps each."""
    seen = view.steps[view.steps.contact_s % every_s < length_s]
    view.info.windows_s = ((0.0, 1.8),)
    return SimpleNamespace(info=view.info, steps=seen, measurements=view.measurements)


def test_a_change_is_found_in_windows_with_its_beginning() -> None:
    tired = sampled(run(40, cadence=lambda t: 172 - 14 * float(t > 1500)))
    (drift,) = measure_drifts([tired], SMALLEST)
    assert drift.onset_interval_s is not None
    low, high = drift.onset_interval_s
    assert low <= 1500 <= high
    assert high - low < 180
    assert drift.method is not None
    assert drift.method.startswith("the change begins at minute 2")
    assert measure_drifts([sampled(run(40, seed=3))], SMALLEST) == ()


def test_the_beginning_is_on_the_timeline_of_the_file() -> None:
    (drift,) = measure_drifts([run(20, cadence=lambda t: 172 - 14 * float(t > 600), slow=2.0)], SMALLEST)
    assert drift.onset_interval_s is not None
    assert drift.onset_interval_s[0] <= 1200 <= drift.onset_interval_s[1]
    assert "at minute 10.0 " in str(drift.method) or "at minute 9.9 " in str(drift.method)
