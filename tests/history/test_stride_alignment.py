"""Two runs aligned by their strides."""

from __future__ import annotations

import numpy as np
import pytest

from gait.history.comparison_video import matching_times
from gait.history.stride_alignment import StrideClock, align_strides, stride_clock


def test_the_clock_is_the_longest_row_of_contacts_without_a_gap() -> None:
    steps = [(0.36 * n, "right" if n % 2 else "left") for n in range(30)]
    del steps[9]  # a right one: 9 before, 20 after
    clock = stride_clock(steps)
    assert clock is not None
    assert clock.contacts_s[0] == pytest.approx(0.36 * 10)
    assert len(clock.contacts_s) == 20
    begins_right = stride_clock(steps[9 + 1 :])
    assert begins_right is not None
    assert begins_right.contacts_s[0] == pytest.approx(0.36 * 12)
    assert stride_clock(steps[:4]) is None
    assert stride_clock([(n * 0.36, "left") for n in range(20)]) is None


def test_every_contact_of_the_second_falls_on_one_of_the_first() -> None:
    rng = np.random.default_rng(1)
    first = StrideClock(2.0 + np.cumsum(rng.normal(0.33, 0.02, 20)))
    second = StrideClock(7.0 + np.cumsum(rng.normal(0.38, 0.02, 26)))
    one, other = align_strides(first, second, max_s=60)
    assert len(one.contacts_s) == len(other.contacts_s) == 20
    np.testing.assert_allclose(other.time_at(one.phase_at(one.contacts_s)), other.contacts_s)
    times, seconds = matching_times(one, other, fps=120, real_per_playback=1.0)
    assert np.isfinite(seconds).all()
    assert (np.diff(seconds) > 0).all()
    assert times[-1] - times[0] == pytest.approx(one.contacts_s[-1] - one.contacts_s[0], abs=1 / 120)
