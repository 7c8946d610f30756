"""Means and intervals against values computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gait.signal.intervals import effective_count, line_fit, mean_interval

#: Student's t, 97.5 %, from tables.
T_3 = 3.18245


def test_the_sampling_part_is_t_s_over_root_n() -> None:
    estimate = mean_interval(np.array([1.0, 3.0, 1.0, 3.0]), 0.0)  # mean 2, s = 2/√3, alternating: all 4 count
    half = T_3 * 2 / math.sqrt(3) / 2
    assert (estimate.mean, estimate.count) == (2.0, 4)
    assert (estimate.low, estimate.high) == (pytest.approx(2 - half, rel=1e-4), pytest.approx(2 + half, rel=1e-4))


def test_sampling_error_and_method_error_add_as_squares() -> None:
    estimate = mean_interval(np.array([1.0, 3.0, 1.0, 3.0]), 1.5)
    half = math.hypot(T_3 * 2 / math.sqrt(3) / 2, 1.96 * 1.5)
    assert estimate.high - estimate.mean == pytest.approx(half, rel=1e-4)
    assert estimate.mean - estimate.low == pytest.approx(half, rel=1e-4)


def test_the_method_error_does_not_shrink_with_more_steps() -> None:
    many = np.tile([1.0, 3.0], 5000)
    assert mean_interval(many, 1.5).high == pytest.approx(2 + 1.96 * 1.5, abs=0.01)


def test_steps_that_resemble_their_neighbours_count_less() -> None:
    # 1…5: lag-1 autocorrelation (2 + 0 + 0 + 2)/10 = 0.4, so 5 · 0.6/1.4 values.
    assert effective_count(np.array([1.0, 2.0, 3.0, 4.0, 5.0])) == pytest.approx(5 * 0.6 / 1.4)
    assert effective_count(np.array([1.0, 3.0] * 6)) == 12
    assert effective_count(np.array([2.0, 2.0, 2.0, 2.0, 2.0])) == 5
    assert effective_count(np.linspace(0, 1, 400)) == 2


def test_missing_values_are_left_out_and_not_counted() -> None:
    estimate = mean_interval(np.array([1.0, np.nan, 3.0, 1.0, 3.0, np.nan]), 0.0)
    assert (estimate.count, estimate.mean) == (4, 2.0)


@pytest.mark.parametrize("values", [[], [1.0], [np.nan, 2.0]])
def test_one_value_has_no_interval(values: list[float]) -> None:
    estimate = mean_interval(np.array(values), 1.0)
    assert math.isnan(estimate.mean)
    assert math.isnan(estimate.low)


def test_independent_samples_are_covered_95_times_in_100() -> None:
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(1000):
        estimate = mean_interval(rng.normal(10, 2, 20), 0.0)
        inside += estimate.low <= 10 <= estimate.high
    # A negative autocorrelation counts as 0, which makes the interval a little too wide.
    assert 0.925 <= inside / 1000 <= 0.99


def test_the_slope_of_a_line_and_its_standard_error() -> None:
    # By hand: Sxx = 5, Sxy = 8, Syy = 16, hence slope 8/5 and SSE = 16 − 8²/5 = 3.2.
    slope, error = line_fit(np.array([0.0, 1.0, 2.0, 3.0]), np.array([2.0, 2.0, 6.0, 6.0]))
    assert slope == pytest.approx(1.6)
    assert error == pytest.approx(math.sqrt(3.2 / 2 / 5))
