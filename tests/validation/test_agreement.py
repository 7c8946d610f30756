"""Statistics of agreement: known answers, and clips rather than legs as the unit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gait.validation.agreement import (
    MIN_SLOPE_CLIPS,
    agreement,
    clustered_share,
    errors_at_extremes,
    limits_of_agreement,
    slope_of_measured_on_true,
)


def test_values_drawn_to_the_mean_have_a_slope_below_one() -> None:
    rng = np.random.default_rng(1)
    true = rng.normal(0.25, 0.05, 60)
    measured = 0.25 + 0.75 * (true - 0.25) + rng.normal(0, 0.005, 60)
    slope, low, high = slope_of_measured_on_true(measured, true, np.arange(60))
    assert slope == pytest.approx(0.75, abs=0.05)
    assert low < slope < high < 0.9


def test_two_legs_of_a_clip_tell_no_more_than_one() -> None:
    rng = np.random.default_rng(2)
    true = rng.normal(10, 3, 20)
    measured = true + rng.normal(0, 1, 20)
    once = slope_of_measured_on_true(measured, true, np.arange(20))
    twice = slope_of_measured_on_true(np.tile(measured, 2), np.tile(true, 2), np.tile(np.arange(20), 2))
    np.testing.assert_allclose(twice, once, rtol=1e-9)


def test_a_slope_needs_clips_and_different_true_values() -> None:
    few = np.arange(MIN_SLOPE_CLIPS - 1.0)
    assert np.isnan(slope_of_measured_on_true(few, few, few)).all()
    many = np.arange(20.0)
    assert np.isnan(slope_of_measured_on_true(many, np.ones(20), many)).all()
    # Many legs of one clip are one clip.
    assert np.isnan(slope_of_measured_on_true(many, many, np.zeros(20))).all()


def test_limits_of_agreement_hold_the_variance_between_and_within_clips() -> None:
    rng = np.random.default_rng(3)
    clip = np.repeat(np.arange(4000), 2)
    error = 1.0 + np.repeat(rng.normal(0, 2, 4000), 2) + rng.normal(0, 1, 8000)
    found = limits_of_agreement(error, clip)
    assert found["bias"] == pytest.approx(1.0, abs=0.1)
    assert found["sd"] == pytest.approx(np.sqrt(5), rel=0.03)
    assert found["limits_high"] - found["limits_low"] == pytest.approx(2 * 1.96 * found["sd"])
    # The margin of a limit shrinks with clips, not with legs.
    assert found["limits_margin"] == pytest.approx(1.96 * np.sqrt(3 / 4000) * found["sd"], rel=0.01)


def test_without_legs_or_with_one_clip_there_are_no_limits() -> None:
    assert np.isnan(list(limits_of_agreement(np.array([]), []).values())).all()
    one = limits_of_agreement(np.array([1.0, 3.0]), ["a", "a"])
    assert one["bias"] == 2.0
    assert np.isnan(one["sd"])


def test_bounds_of_a_share_are_those_of_clopper_and_pearson() -> None:
    # Published example (Clopper & Pearson 1934 via scipy.stats.binomtest): 18 of 20.
    from scipy.stats import binomtest

    exact = binomtest(18, 20).proportion_ci(method="exact")
    assert clustered_share([True] * 18 + [False] * 2, range(20)) == pytest.approx((0.9, exact.low, exact.high))
    legs = clustered_share([True] * 36 + [False] * 4, [n // 2 for n in range(40)])
    assert legs == pytest.approx((0.9, exact.low, exact.high))
    assert np.isnan(clustered_share([], [])).all()
    assert clustered_share([False] * 5, range(5))[:2] == (0.0, 0.0)


def test_extremes_are_the_fifths_of_the_true_values() -> None:
    truth = np.arange(20.0)
    value = truth + np.where(truth < 4, 1.0, np.where(truth > 15, -2.0, 0.0))
    rows = pd.DataFrame({"clip": range(20), "value": value, "low": value - 1.5, "high": value + 1.5, "truth": truth})
    found = errors_at_extremes(rows)
    assert (found["n_lowest"], found["held_lowest"], found["bias_lowest"]) == (4, 4, 1.0)
    assert (found["n_highest"], found["held_highest"], found["bias_highest"]) == (4, 0, -2.0)
    assert errors_at_extremes(rows.head(10))["n_lowest"] == 0


def test_agreement_of_no_legs_is_empty() -> None:
    found = agreement(pd.DataFrame({"clip": [], "value": [], "low": [], "high": [], "truth": []}, dtype=float))
    assert (found["n"], found["clips"]) == (0, 0)
    assert np.isnan(found["p95_abs"])
    assert np.isnan(found["coverage"])
