"""The probability that a true value lies outside its range: exact cases, and how often it comes true."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from gait.findings.assessment import compare_with_bands
from gait.findings.bands import Band
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.probability import CLEAR, FINE, LIKELY, evidence_tier, probability_above, probability_below
from gait.findings.value_text import probability_text
from gait.records import Measurement, Runner
from gait.signal.intervals import mean_interval


def measured(key: str, value: float | None, half: float | None = 0.04, **options) -> Measurement:
    metric = load_knowledge().metric(key)
    assert metric is not None
    interval = None if half is None or value is None else (value - half, value + half)
    fields = {"steps": 30, "grade": "good", "reason": None, "video": 0, "evidence_s": 1.0, **options}
    return Measurement(key, "left" if metric.sided else "both", value, metric.unit, interval, **fields)


def compared(measurement: Measurement, runner: Runner | None = None):
    (one,) = compare_with_bands([measurement], runner or Runner())
    return one


def test_a_value_on_the_limit_is_as_likely_above_as_below() -> None:
    for freedom, limit_error in ((None, 0.0), (3.0, 0.0), (3.0, 0.01)):
        options = {"freedom": freedom, "limit_error": limit_error, "limit_freedom": 12.0}
        assert probability_above(0.3, (0.26, 0.34), 0.3, **options) == pytest.approx(0.5)
        above = probability_above(0.3, (0.26, 0.34), 0.27, **options)
        assert above + probability_below(0.3, (0.26, 0.34), 0.27, **options) == pytest.approx(1.0)
        assert above == pytest.approx(probability_below(0.3, (0.26, 0.34), 0.33, **options))


@pytest.mark.parametrize("freedom", [None, 2.0, 9.0, 400.0])
def test_the_end_of_the_interval_leaves_two_and_a_half_per_cent(freedom: float | None) -> None:
    assert probability_above(10.0, (8.0, 12.0), 12.0, freedom=freedom) == pytest.approx(0.025)
    assert probability_above(10.0, (8.0, 12.0), 8.0, freedom=freedom) == pytest.approx(0.975)


def test_an_interval_that_is_not_symmetric_counts_towards_the_limit() -> None:
    assert probability_above(10.0, (9.0, 14.0), 14.0) == pytest.approx(0.025)
    assert probability_below(10.0, (9.0, 14.0), 9.0) == pytest.approx(0.025)


def test_a_limit_of_few_runners_makes_a_statement_less_sure() -> None:
    exact = probability_above(0.34, (0.30, 0.38), 0.30)
    unsure = probability_above(0.34, (0.30, 0.38), 0.30, limit_error=0.02)
    few = probability_above(0.34, (0.30, 0.38), 0.30, limit_error=0.02, limit_freedom=2.0)
    assert exact > unsure > few > 0.5


def test_a_value_without_any_error_is_certain() -> None:
    assert [probability_above(v, (v, v), 5.0) for v in (4.0, 5.0, 6.0)] == [0.0, 0.5, 1.0]


def test_an_open_side_has_no_probability() -> None:
    one = compared(measured("foot_pickup", 0.50))  # 0.55 at most, and no lower limit
    assert one.probability_below == 0.0
    assert one.probability_above == pytest.approx(probability_above(0.50, (0.46, 0.54), 0.55))
    assert one.probability_outside == one.probability_above
    assert one.evidence == "fine"


def test_both_sides_add_up_and_only_a_flagged_one_is_evidence() -> None:
    value = compared(measured("overstride", 0.10), Runner(speed_mps=2.5))  # far below: nothing that gives a finding
    assert value.probability_below is not None
    assert value.probability_below > 0.9
    assert value.probability_outside == pytest.approx(value.probability_below + value.probability_above)
    assert value.probability_flagged == value.probability_above
    assert value.evidence == "fine"


def test_a_whole_interval_outside_a_set_limit_is_clear_and_an_outside_verdict() -> None:
    just, almost = (compared(measured("trunk_lean", 15 + 3.001 * sign, 3.0)) for sign in (1, -1))
    assert (just.verdict, just.evidence) == ("outside", "clear")
    assert almost.evidence == "fine"
    assert compared(measured("trunk_lean", 17.0, 3.0)).evidence == "likely"
    assert compared(measured("trunk_lean", 15.0, 3.0)).evidence == "open"


def test_at_an_unknown_speed_the_widest_range_is_harder_to_leave() -> None:
    at_known, at_unknown = (
        compared(measured("overstride", 0.32), runner).probability_above for runner in (Runner(speed_mps=2.5), Runner())
    )
    assert at_known > at_unknown
    within = compared(measured("overstride", 0.32), Runner(speed_seen_mps=(2.4, 2.6))).probability_above
    assert at_known > within > at_unknown


def test_what_was_refused_or_has_nothing_to_compare_with_has_none() -> None:
    refused = measured("overstride", None, None, grade="refused", reason="hidden")
    for one in (
        compared(refused),
        compared(measured("overstride", 0.3, None)),  # without an interval
        compared(measured("foot_strike_angle", 8.0)),  # without a range
    ):
        assert (one.probability_above, one.probability_below, one.probability_outside) == (None, None, None)
        assert (one.probability_flagged, one.evidence) == (None, None)


def test_the_error_of_a_limit_is_that_of_the_runners_behind_it() -> None:
    band = Band("derived", ("x",), (2.0, 4.0), (8.0, 8.0), (12.0, 16.0), mean=(10.0, 12.0), sd=(1.0, 2.0), runners=13)
    random = np.random.default_rng(1)
    sample = random.normal(10.0, 1.0, (20000, 13))
    found = np.std(sample.mean(axis=1) + 2 * sample.std(axis=1, ddof=1))
    assert band.at(2.0).high_error == pytest.approx(found, rel=0.03)
    assert band.at(3.0).high_error == pytest.approx(1.5 * band.at(2.0).high_error)
    assert band.at(None).high_error == pytest.approx(2 * band.at(2.0).high_error)
    assert band.at(2.0).freedom == 12
    set_by_hand = Band("engineering", ("x",), (), None, (12.0,))
    assert (set_by_hand.at(None).high_error, set_by_hand.at(None).freedom) == (0.0, None)


def test_the_tiers_are_those_of_the_method() -> None:
    assert (CLEAR, LIKELY, FINE) == (0.975, 0.80, 0.80)
    tiers = [evidence_tier(p) for p in (1.0, 0.975, 0.974, 0.8, 0.79, 0.21, 0.2, 0.0)]
    assert tiers == ["clear", "clear", "likely", "likely", "open", "open", "fine", "fine"]


def test_no_certainty_is_printed() -> None:
    assert [probability_text(p) for p in (1.0, 0.985, 0.5, 0.0, None)] == ["over 99 %", "98 %", "50 %", "under 1 %", ""]


@pytest.mark.parametrize(("steps", "method_sd"), [(8, 0.3), (40, 1.0), (5, 0.0)])
def test_probabilities_come_true_as_often_as_they_say(steps: int, method_sd: float) -> None:
    """Runners of all values about a limit that 13 others define: of those given 70 %, 70 % are above."""
    random, runs, step_sd = np.random.default_rng(7), 5000, 1.0
    others = random.normal(0.0, 0.5, (runs, 13))  # the true limit, mean + 2 sd, is 1
    limits, errors = others.mean(axis=1) + 2 * others.std(axis=1, ddof=1), others.std(axis=1, ddof=1)
    errors = errors * np.sqrt(1 / 13 + 4 / 24)
    true = random.uniform(-4.0, 6.0, runs)
    stated = np.empty(runs)
    for n in range(runs):
        values = true[n] + random.normal(0.0, method_sd) + random.normal(0.0, step_sd, steps)
        made = mean_interval(values, method_sd)
        stated[n] = probability_above(
            made.mean,
            (made.low, made.high),
            float(limits[n]),
            freedom=made.freedom,
            limit_error=float(errors[n]),
            limit_freedom=12.0,
        )
    for low, high in ((0.0, 0.025), (0.025, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.975), (0.975, 1.0)):
        chosen = (stated >= low) & (stated <= high)
        tolerance = 3 * np.sqrt(0.25 / chosen.sum()) * 2 * np.sqrt(stated[chosen].mean() * (1 - stated[chosen].mean()))
        assert (true[chosen] > 1.0).mean() == pytest.approx(stated[chosen].mean(), abs=0.03 + tolerance)


def test_the_interval_states_its_degrees_of_freedom() -> None:
    values = np.array([1.0, 3.0, 2.0, 4.0, 1.5, 3.5])
    alone, joined = mean_interval(values, 0.0), mean_interval(values, 1.0)
    assert alone.freedom == pytest.approx(5.0)
    half = float(student.ppf(0.975, alone.freedom)) * values.std(ddof=1) / np.sqrt(6)
    assert alone.high - alone.mean == pytest.approx(half)
    assert joined.freedom > 100
    assert mean_interval(np.ones(5), 1.0).freedom is None
