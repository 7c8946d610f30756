"""Fitting with errors in variables: noisy features count less, steady errors are removed."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.stride_fit import FORCE_LEAD_S, fit_linear_map, robust_rms

RNG = np.random.default_rng(5)


def test_a_noisy_feature_counts_less_than_an_exact_one() -> None:
    y = RNG.normal(size=400)
    x = np.stack([y, y], axis=1)
    errors = RNG.normal(size=(60, 2)) * (1.0, 0.05) + (0.0, 3.0)
    line = fit_linear_map(x, y, errors, 1e-6)
    assert abs(line.weights[0]) < 0.1
    assert line.weights[1] == pytest.approx(1.0, abs=0.1)
    # The mean of the errors is removed.
    estimated = x + errors[RNG.integers(60, size=400)]
    assert np.mean([line(one, shifted=True) for one in estimated]) == pytest.approx(y.mean(), abs=0.05)


def test_a_large_variance_ratio_does_not_pull_values_to_the_mean() -> None:
    y = RNG.normal(size=400)
    errors = RNG.normal(size=(200, 1))
    cautious, trusting = (
        fit_linear_map(y[:, None], y, errors, 0.0, variance_ratio=ratio).weights[0] for ratio in (1.0, 100.0)
    )
    assert cautious == pytest.approx(0.5, abs=0.1)
    assert trusting > 0.95


def test_the_spread_of_events_ignores_an_outlier_and_is_at_least_that_of_the_clocks() -> None:
    errors = [0.004, -0.005, 0.006, -0.004, 0.005, 0.2]
    assert FORCE_LEAD_S < robust_rms({("near", "contact"): errors})["near", "contact"] < 0.01
