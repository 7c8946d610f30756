"""Every metric has a range outside of which its value is refused; it is wider than what healthy runners show."""

from __future__ import annotations

import math

import pytest

from gait.findings.knowledge_loader import load_knowledge
from gait.metrics.grading import PLAUSIBLE_CADENCE
from gait.metrics.register import METRIC_BY_KEY, METRICS
from gait.metrics.running_speed import implausible_belt


@pytest.mark.parametrize("spec", METRICS, ids=lambda spec: spec.key)
def test_every_metric_has_a_plausible_range(spec):
    low, high = spec.plausible
    assert -math.inf < low < high < math.inf


@pytest.mark.parametrize("spec", METRICS, ids=lambda spec: spec.key)
def test_healthy_runners_lie_well_inside(spec):
    band = load_knowledge().metrics[spec.key].band
    if band is None:
        pytest.skip("no band of ordinary values")
    low, high = spec.plausible
    for speed in band.speeds or (3.0,):
        at = band.at(speed, 1.76)
        assert at.low is None or low < at.low
        assert at.high is None or at.high < high
    for mean, sd in zip(band.mean or (), band.sd or (), strict=True):
        assert low < mean - 3 * sd
        assert mean + 3 * sd < high


def test_cadence_has_one_range_of_plausible_values():
    assert METRIC_BY_KEY["cadence"].plausible == PLAUSIBLE_CADENCE


def test_the_speed_of_a_belt_must_be_one_of_a_belt():
    assert implausible_belt(3.0) is None
    assert "8596.0 km/h" in (implausible_belt(8596 / 3.6) or "")
    assert implausible_belt(-3.0) is not None
    assert implausible_belt(0.05) is not None
