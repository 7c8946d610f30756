"""Flight time from events."""

from __future__ import annotations

import numpy as np

from gait.events.steps import find_steps
from gait.metrics.flight_time import measure_flight_time
from tests.metrics.even_events import STRIDE_S, even_events


def test_it_ends_with_the_contact_of_the_other_foot() -> None:
    steps = find_steps(even_events(6), stride_s=STRIDE_S)
    flight = measure_flight_time(steps, STRIDE_S, 1.0)
    np.testing.assert_allclose(flight[:5], 100)
    assert np.isnan(flight[-1])  # no contact follows


def test_slow_motion_is_counted_in_real_time() -> None:
    steps = find_steps(even_events(4, slowed=8.0), stride_s=8 * STRIDE_S)
    np.testing.assert_allclose(measure_flight_time(steps, 8 * STRIDE_S, 1 / 8)[:3], 100)
