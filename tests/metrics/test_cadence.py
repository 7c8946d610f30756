"""Cadence from contacts and stride phase."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gait.metrics.cadence import measure_cadence
from gait.signal.phase import StridePhase
from tests.metrics.even_events import STRIDE_S, even_events

CADENCE = 120 / STRIDE_S


def even_phase(seconds: float, *, slowed: float = 1.0) -> Any:
    """What the cadence needs of cleaned poses: the stride phase of an even run."""
    time = slowed * np.arange(0, seconds, 1 / 60)
    return SimpleNamespace(phase=StridePhase(time, time / (slowed * STRIDE_S), 1 / (slowed * STRIDE_S), 1.0))


def test_an_even_run_has_its_cadence_to_the_digit() -> None:
    cadence, error = measure_cadence(even_events(24), even_phase(10.0), 1.0)
    assert cadence == pytest.approx(CADENCE)
    assert error == pytest.approx(0, abs=1e-6)


def test_a_missed_contact_does_not_shift_the_count() -> None:
    events = even_events(24).drop(index=20)
    assert measure_cadence(events, even_phase(10.0), 1.0)[0] == pytest.approx(CADENCE)


def test_steps_during_a_pause_are_not_counted() -> None:
    """A runner steps off the belt for four seconds; the phase goes on at an uncertain rate meanwhile."""
    events = even_events(48)
    gone = events.time_s.between(6.0, 10.0)
    cleaned = even_phase(19.0)
    phase = cleaned.phase.phase + 2.0 * (cleaned.phase.time > 8.0)
    cleaned.phase = StridePhase(cleaned.phase.time, phase, cleaned.phase.frequency_hz, 1.0)
    assert measure_cadence(events[~gone], cleaned, 1.0)[0] == pytest.approx(CADENCE)


def test_slow_motion_is_counted_in_real_time() -> None:
    events = even_events(24, slowed=4.0)
    assert measure_cadence(events, even_phase(10.0, slowed=4.0), 1 / 4)[0] == pytest.approx(CADENCE)


def test_two_contacts_have_no_cadence() -> None:
    assert np.isnan(measure_cadence(even_events(2), even_phase(3.0), 1.0)).all()


def seen_in_windows(windows: list[tuple[float, float]], *, wrong_strides: float = 0.0) -> tuple[Any, Any]:
    """Return events and stride phase of an even run that was seen in parts; later parts are counted wrong."""
    events = even_events(2 * round(windows[-1][1] / STRIDE_S) + 4)
    time = np.arange(0, windows[-1][1], 1 / 60)
    shown = np.any([(time >= start) & (time < end) for start, end in windows], axis=0)
    kept = np.any([events.time_s.between(start, end) for start, end in windows], axis=0)
    starts = np.array([start for start, _ in windows[1:]])
    phase = time / STRIDE_S + wrong_strides * np.searchsorted(starts, time, side="right")
    cleaned = SimpleNamespace(phase=StridePhase(time[shown], phase[shown], 1 / STRIDE_S, 1.0, starts))
    return events[kept], cleaned


@pytest.mark.parametrize("wrong_strides", [0.0, 1.0, -2.0])
def test_steps_between_windows_are_counted_by_rhythm_and_foot(wrong_strides: float) -> None:
    events, cleaned = seen_in_windows([(0, 3), (10, 13), (24, 27)], wrong_strides=wrong_strides)
    cadence, error = measure_cadence(events, cleaned, 1.0)
    assert cadence == pytest.approx(CADENCE)
    assert error == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("quicker", [0.012, 0.03])
def test_a_rhythm_that_changes_between_windows_does_not_miscount(quicker: float) -> None:
    """The second window is at another cadence: the steps between are counted where that is sure, else left out."""
    events, cleaned = seen_in_windows([(0, 3), (13, 16)])
    later = events.time_s > 10
    events.loc[later, "time_s"] = 13 + (events.time_s[later] - 13) / (1 + quicker)
    assert measure_cadence(events, cleaned, 1.0)[0] == pytest.approx(CADENCE * (1 + quicker / 2), rel=quicker)


def test_a_gap_too_long_to_count_is_left_out() -> None:
    events, cleaned = seen_in_windows([(0, 6), (120, 126)], wrong_strides=0.5)
    assert measure_cadence(events, cleaned, 1.0)[0] == pytest.approx(CADENCE)


def test_windows_of_one_contact_each_have_no_cadence() -> None:
    events, cleaned = seen_in_windows([(1.0, 1.2), (5.1, 5.3), (10.0, 10.2)])
    assert (events.kind == "contact").sum() == 3
    assert np.isnan(measure_cadence(events, cleaned, 1.0)).all()
