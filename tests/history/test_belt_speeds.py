"""Belt speeds of two sessions, and what is not judged across them."""

from __future__ import annotations

import pytest

from gait.history.belt_speeds import depends_on_speed, different_speeds, speed_consequence, speeds_differ


@pytest.mark.parametrize(
    ("key", "depends"),
    [("cadence", True), ("contact_time_asymmetry", True), ("trunk_lean", False), ("arm_crossover", False)],
)
def test_metrics_that_depend_on_speed(key: str, depends: bool) -> None:
    assert depends_on_speed(key) is depends


def test_cadence_is_not_judged_across_18_and_10_km_per_h() -> None:
    assert different_speeds("cadence", 5.0, 2.75) == "different speeds (18.0 and 9.9 km/h): not compared"
    assert different_speeds("cadence", 3.0, 3.3) is None
    assert different_speeds("trunk_lean", 5.0, 2.75) is None
    assert different_speeds("cadence", None, 2.75) is None


def test_a_small_difference_is_mentioned_but_judged() -> None:
    assert speeds_differ(3.0, 3.2)
    assert not speeds_differ(3.0, 3.05)
    assert not speeds_differ(3.0, None)
    assert speed_consequence(3.0, 3.2, "cadence") == "The speed alone changes: cadence."
    assert "not compared" in speed_consequence(3.0, 3.6, "cadence")
