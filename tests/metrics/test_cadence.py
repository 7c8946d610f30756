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
