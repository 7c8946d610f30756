"""Limits of the bands at known and unknown speeds, heights and leg lengths."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from gait.findings.bands import ORDINARY_SPEEDS_MPS, Band, Limits
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.ordinary_ranges import load_ordinary_ranges
from gait.records import Runner


def band_of(key: str) -> Band:
    band = load_knowledge().metrics[key].band
    assert band is not None
    return band


def ends(limits: Limits) -> tuple[float, float]:
    assert limits.low is not None
    assert limits.high is not None
    return limits.low, limits.high


@pytest.mark.parametrize("key", sorted(load_ordinary_ranges()))
def test_an_unknown_speed_gives_the_widest_limits_at_ordinary_speeds(key: str) -> None:
    band = band_of(key)
    wide = band.at(None, 1.75)
    assert not wide.speed_known
    slow, fast = wide.speed_range_mps or (0.0, 0.0)
    assert (slow, fast) == (max(band.speeds[0], ORDINARY_SPEEDS_MPS[0]), ORDINARY_SPEEDS_MPS[1])
    each = [ends(band.at(v, 1.75)) for v in np.linspace(slow, fast, 6)]
    widest = min(low for low, _ in each), max(high for _, high in each)
    assert ends(wide) == pytest.approx(widest, rel=0.02)


def test_a_speed_beyond_the_table_uses_the_nearest_and_says_so() -> None:
    band = band_of("contact_time")
    assert band.at(6.0).beyond_table
    assert not band.at(5.0).beyond_table
    assert ends(band.at(6.0)) == ends(band.at(5.0))
    assert band.at(None, within=(5.5, 6.5)).beyond_table


def test_long_legs_may_step_less_often_and_bounce_higher() -> None:
    for key, sign in (("cadence", -1), ("contact_time", 1), ("vertical_oscillation", 1)):
        short, tall = ends(band_of(key).at(3.0, 1.60)), ends(band_of(key).at(3.0, 1.95))
        assert sign * (tall[0] - short[0]) > 0
        assert sign * (tall[1] - short[1]) > 0


def test_a_leg_length_counts_more_than_a_height_and_is_surer() -> None:
    band = band_of("cadence")
    model = load_ordinary_ranges()["cadence"]
    by_height = band.at(3.0, 1.75)
    by_leg = band.at(3.0, 2.10, leg_length_m=model.leg_per_height.mean * 1.75)
    assert (by_height.leg, by_leg.leg) == ("height", "given")
    assert sum(ends(by_leg)) == pytest.approx(sum(ends(by_height)))
    assert np.diff(ends(by_leg)) < np.diff(ends(by_height))


def test_an_unknown_leg_length_makes_the_range_wider_only_where_it_matters() -> None:
    cadence, overstride = band_of("cadence"), band_of("overstride")
    unknown, seen, known = (
        cadence.at(3.0),
        cadence.at(3.0, leg_seen_m=(0.86, 1.0)),
        cadence.at(3.0, 1.755),
    )
    assert np.diff(ends(unknown)) > np.diff(ends(seen)) > np.diff(ends(known))
    assert [one.height_known for one in (unknown, seen, known)] == [False, False, True]
    assert [one.leg for one in (unknown, seen, known)] == ["adults", "seen", "height"]
    assert ends(overstride.at(3.0)) == ends(overstride.at(3.0, 1.95))
    assert overstride.at(3.0).height_known


@pytest.mark.parametrize("key", ["overstride", "cadence", "step_width"])
def test_a_speed_read_off_the_belt_narrows_the_band(key: str) -> None:
    band = band_of(key)
    anything, read, given = (
        ends(band.at(None, 1.75)),
        ends(band.at(None, 1.75, within=(2.6, 3.4))),
        ends(band.at(3.0, 1.75)),
    )
    assert np.diff(anything) > np.diff(read) > np.diff(given)
    assert not band.at(None, within=(2.6, 3.4)).speed_known
    assert band.at(None, within=(2.6, 3.4)).speed_seen


def test_a_seen_speed_gives_the_quantiles_of_the_mixture() -> None:
    """Runners drawn at speeds drawn from the belt's distribution lie within the range 95 times in 100."""
    model = load_ordinary_ranges()["overstride"]
    random = np.random.default_rng(2)
    within = (2.4, 3.6)
    centre, spread = np.mean(np.log(within)), np.diff(np.log(within))[0] / (2 * 1.96)
    speeds = np.exp(random.normal(centre, spread, 200_000))
    mean, sd, _ = model.predict(speeds, model.ordinary_leg())
    values = mean + sd * student.rvs(model.freedom, size=len(speeds), random_state=random)
    drawn = np.quantile(values, [0.025, 0.975])
    assert ends(band_of("overstride").at(None, within=within)) == pytest.approx(drawn, abs=0.0015)


def test_a_belt_that_is_read_exactly_is_a_given_speed() -> None:
    band = band_of("tibia_angle")
    assert ends(band.at(None, 1.75, within=(2.999, 3.001))) == pytest.approx(ends(band.at(3.0, 1.75)), abs=1e-3)


def test_a_runner_is_compared_with_all_that_is_known_of_them() -> None:
    band = band_of("cadence")
    for runner, expected in (
        (Runner(speed_mps=3.0, height_m=1.7), band.at(3.0, 1.7)),
        (Runner(speed_mps=3.0, height_m=1.7, leg_length_m=0.95), band.at(3.0, leg_length_m=0.95)),
        (Runner(speed_mps=3.0, leg_length_seen_m=(0.8, 0.9)), band.at(3.0, leg_seen_m=(0.8, 0.9))),
        (Runner(speed_seen_mps=(2.8, 3.2)), band.at(None, within=(2.8, 3.2))),
    ):
        assert band.of(runner) == expected


def test_cadence_agrees_with_860_runners_at_one_speed() -> None:
    """Malisoux 2023: 164 ± 9 steps/min at 9.9 km/h."""
    low, high = ends(band_of("cadence").at(9.9 / 3.6))
    assert (low + high) / 2 == pytest.approx(164, abs=3)
    assert (high - low) / 4 == pytest.approx(9, abs=1.5)


def test_between_the_speeds_of_a_table_limits_are_interpolated() -> None:
    band = Band("published", (), speeds=(2.0, 4.0), low=(10.0, 20.0), high=(30.0, 50.0))
    assert band.depends_on_speed
    limits = band.at(3.0)
    assert (limits.low, limits.high) == (15.0, 40.0)
    assert limits.speed_known
    assert not limits.beyond_table


def test_a_table_with_one_limit_stays_open_on_the_other_side() -> None:
    limits = Band("published", (), speeds=(2.0, 4.0), high=(30.0, 50.0)).at(None, within=(2.5, 3.5))
    assert limits.low is None
    assert limits.high is not None
    assert 40.0 < limits.high < 50.0


def test_one_limit_for_all_speeds_needs_no_speed() -> None:
    limits = Band("engineering", (), high=(5.0,)).at(None)
    assert (limits.low, limits.high, limits.speed_known) == (None, 5.0, True)
    assert limits.runners is None
