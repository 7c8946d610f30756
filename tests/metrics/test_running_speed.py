"""Which speed step length follows from."""

from __future__ import annotations

from typing import Literal

import pytest

from gait.metrics.running_speed import belt_ratio, running_speed


def test_a_given_speed_wins_and_is_named() -> None:
    speed = running_speed(3.0, 2.5)
    assert speed is not None
    assert (speed.mps, speed.source, speed.method) == (3.0, "given", "at the given speed, 10.8 km/h")


def test_the_foot_is_slower_than_the_belt() -> None:
    speed = running_speed(None, 3.0 * belt_ratio(None).mean)
    assert speed is not None
    assert (speed.mps, speed.source) == (pytest.approx(3.0), "belt")
    assert speed.method == "at the belt's measured speed, 10.8 km/h"


def test_without_either_there_is_no_speed() -> None:
    assert running_speed(None, None) is None


@pytest.mark.parametrize("network", ["full", "heavy", "mixed"])
def test_each_network_has_its_own_ratio(network: Literal["full", "heavy", "mixed"]) -> None:
    foot_mps = 3.0 * belt_ratio(network).mean
    speed = running_speed(None, foot_mps, network)
    assert speed is not None
    assert speed.mps == pytest.approx(3.0)
    low, high = belt_ratio(network).range_mps(foot_mps)
    assert 2.4 < low < 3.0 < high < 3.8
