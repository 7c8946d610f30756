"""Times spread over stances."""

from __future__ import annotations

import numpy as np

from gait.metrics.stance_sampling import sample_stances


def test_times_run_from_the_start_to_the_end_of_the_part() -> None:
    times = sample_stances(np.array([1.0, 2.0]), np.array([1.2, 2.4]), 0.5, 1.0, count=3)
    np.testing.assert_allclose(times, [[1.1, 1.15, 1.2], [2.2, 2.3, 2.4]])


def test_no_stance_gives_no_times() -> None:
    assert sample_stances(np.empty(0), np.empty(0)).shape == (0, 25)
