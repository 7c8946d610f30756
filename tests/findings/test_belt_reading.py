"""What the belt says where the runner said nothing."""

from __future__ import annotations

import math

import pytest

from gait.findings.belt_reading import complete_from_belt
from gait.records import Runner


def test_a_belt_with_a_scale_gives_the_speed() -> None:
    assert complete_from_belt(Runner(height_m=1.8), (2.7, 3.3), None).speed_seen_mps == (2.7, 3.3)


def test_what_was_given_stays_as_it_is() -> None:
    for given in (Runner(height_m=1.8, speed_mps=3.0), Runner(leg_length_m=0.9, speed_mps=3.0)):
        assert complete_from_belt(given, (2.0, 2.2), (1.0, 1.1)) == given
    assert complete_from_belt(Runner(height_m=1.8), None, (1.0, 1.1)) == Runner(height_m=1.8)
    assert complete_from_belt(Runner(), None, None) == Runner()


@pytest.mark.parametrize("height_m", [1.55, 1.75, 1.95])
def test_a_given_speed_shows_the_leg_length(height_m: float) -> None:
    belt = tuple(3.0 / height_m * share for share in (0.91, 1.09))
    seen = complete_from_belt(Runner(speed_mps=3.0), None, (belt[0], belt[1])).leg_length_seen_m
    assert seen is not None
    assert seen[0] < 0.53 * height_m < seen[1]
    # Narrower than the belt alone, and than adults alone (± 11 %).
    assert seen[1] / seen[0] < 1.18


def test_without_speed_and_height_the_speed_is_that_of_an_adult() -> None:
    runner = complete_from_belt(Runner(), None, (1.6, 1.9))
    assert runner.leg_length_seen_m is None
    assert runner.speed_seen_mps is not None
    low, high = runner.speed_seen_mps
    assert low < 1.715 * math.sqrt(1.6 * 1.9) < high
    # Wider than the belt's own range, because people differ in height.
    assert high / low > 1.9 / 1.6


def test_a_height_of_nobody_is_not_believed() -> None:
    # 18 km/h typed for a belt at 9: the runner would be 3.4 m tall.
    assert complete_from_belt(Runner(speed_mps=5.0), None, (1.38, 1.58)) == Runner(speed_mps=5.0)
