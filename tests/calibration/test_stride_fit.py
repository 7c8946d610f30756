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


def test_an_unbiased_map_does_not_pull_values_to_the_mean() -> None:
    y = RNG.normal(size=400)
    x, errors = np.stack([y, y], axis=1), RNG.normal(size=(200, 2))
    shrunk = fit_linear_map(x, y, errors, 0.0)
    unbiased = fit_linear_map(x, y, errors, 0.0, unbiased_for=y[:, None])
    values = {
        name: np.array([line(row, shifted=False) for row in x]) for name, line in (("s", shrunk), ("u", unbiased))
    }
    assert np.polyfit(y, values["s"], 1)[0] < 0.8
    assert np.polyfit(y, values["u"], 1)[0] == pytest.approx(1.0, abs=1e-6)


def test_an_unbiased_map_errs_alike_for_every_kind_of_runner() -> None:
    form, y = RNG.normal(size=400), RNG.normal(size=400)
    # One feature is exact but also shows the form; the other is noisy.
    x = np.stack([y + 0.5 * form, y], axis=1)
    errors = RNG.normal(size=(200, 2)) * (0.05, 1.0)
    plain = fit_linear_map(x, y, errors, 0.0)
    unbiased = fit_linear_map(x, y, errors, 0.0, unbiased_for=np.stack([y, form], axis=1))
    leak = [np.polyfit(form, [line(row, shifted=False) for row in x] - y, 1)[0] for line in (plain, unbiased)]
    assert abs(leak[0]) > 0.1
    assert abs(leak[1]) < 1e-6


def test_the_spread_of_events_ignores_an_outlier_and_is_at_least_that_of_the_clocks() -> None:
    key = ("heavy", "near", "contact")
    errors = [0.004, -0.005, 0.006, -0.004, 0.005, 0.2]
    assert FORCE_LEAD_S < robust_rms({key: errors})[key] < 0.01
