"""Duty factor from events."""

from __future__ import annotations

import numpy as np
import pytest

from gait.events.steps import find_steps
from gait.metrics.duty_factor import measure_duty_factor
from tests.metrics.even_events import STRIDE_S, even_events


@pytest.mark.parametrize("slowed", [1.0, 8.0])
def test_it_is_a_share_of_the_stride_at_any_playback_rate(slowed: float) -> None:
    stride_s = slowed * STRIDE_S
    steps = find_steps(even_events(6, slowed=slowed), stride_s=stride_s)
    np.testing.assert_allclose(measure_duty_factor(steps, stride_s, 1 / slowed), 100 * 0.25 / 0.70)
