"""Fitted models of what healthy runners measure."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from gait.findings.ordinary_ranges import (
    LegLength,
    load_ordinary_ranges,
    mixture_quantiles,
    parse_ordinary_ranges,
    speed_distribution,
)

CADENCE = load_ordinary_ranges()["cadence"]


def test_a_prediction_is_wider_away_from_the_runners_behind_it() -> None:
    _, sd, error = CADENCE.predict(np.array([3.25, 3.25]), LegLength(CADENCE.center_leg_m, 0.0))
    _, far_sd, far_error = CADENCE.predict(np.array([3.25, 3.25]), LegLength(0.75, 0.0))
    assert (far_error > error).all()
    assert (far_sd > sd).all()


def test_an_uncertain_leg_adds_its_part_of_the_variance() -> None:
    speed = np.array([3.0])
    _, exact, _ = CADENCE.predict(speed, LegLength(0.95, 0.0))
    _, uncertain, _ = CADENCE.predict(speed, LegLength(0.95, 0.05))
    slope = CADENCE.coefficients[-1] ** 2 + CADENCE.covariance[-1, -1]
    assert uncertain[0] ** 2 - exact[0] ** 2 == pytest.approx(slope * 0.05**2)


def test_at_one_speed_the_range_is_the_prediction_interval() -> None:
    leg = LegLength(0.95, 0.0)
    mean, sd, _ = CADENCE.predict(np.array([3.0]), leg)
    (low, high), errors = CADENCE.limits(np.array([3.0]), np.ones(1), leg)
    half = student.ppf(0.975, CADENCE.freedom) * sd[0]
    assert (low, high) == pytest.approx((mean[0] - half, mean[0] + half))
    # A standard deviation from 34 runners is uncertain by an eighth of itself, and the limit lies twice as far away.
    assert errors == pytest.approx([0.28 * sd[0]] * 2, rel=0.25)


def test_a_mixture_of_two_far_components_has_the_outer_tails() -> None:
    low, high = mixture_quantiles(np.array([0.0, 100.0]), np.ones(2), np.full(2, 0.5), None)
    assert (low, high) == pytest.approx((-1.645, 101.645), abs=1e-3)


@pytest.mark.parametrize("freedom", [None, 4.0, 32.0])
def test_a_mixture_leaves_two_and_a_half_percent_on_either_side(freedom: float | None) -> None:
    mean, sd, weights = np.array([160.0, 171.0, 168.0]), np.array([3.0, 9.0, 0.5]), np.array([0.2, 0.3, 0.5])
    each = student(np.inf if freedom is None else freedom, loc=mean, scale=sd)
    ends = mixture_quantiles(mean, sd, weights, freedom)
    assert [float(weights @ each.cdf(end)) for end in ends] == pytest.approx([0.025, 0.975], abs=1e-12)


def test_equal_components_have_their_own_quantiles() -> None:
    ends = mixture_quantiles(np.full(5, 20.0), np.full(5, 2.0), np.full(5, 0.2), None)
    assert ends == pytest.approx(20 + 2 * student.ppf([0.025, 0.975], np.inf), abs=1e-9)


def test_a_belt_range_holds_95_of_100_speeds() -> None:
    speeds, weights = speed_distribution((2.5, 3.5), (0.0, 9.0))
    assert weights.sum() == pytest.approx(1)
    assert ((speeds > 2.5) & (speeds < 3.5)).mean() >= 0.92
    assert np.median(speeds) == pytest.approx(np.sqrt(2.5 * 3.5))
    clipped, _ = speed_distribution((1.0, 1.5), (2.0, 5.0))
    assert (clipped == 2.0).all()


def test_a_damaged_file_is_refused() -> None:
    row = {"key": "cadence", "terms": ["constant", "speed"], "coefficients": [1.0], "covariance": [[1.0]]}
    with pytest.raises(ValueError, match="do not fit the terms"):
        parse_ordinary_ranges({"range": [row]})
