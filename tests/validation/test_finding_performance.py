"""Findings are right where the true value lies outside the range, and only then."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from gait.validation.finding_performance import (
    assessed_legs,
    finding_performance,
    overstride_performance,
    stated_probabilities,
)

#: At 3.5 m/s an overstride is long from 0.29 L on.
LIMIT = 0.29


def legs(rows: list[tuple[float, float, float]], **more: Any) -> pd.DataFrame:
    """Make legs of different clips: true value, measured value, half-width."""
    table = pd.DataFrame(rows, columns=["truth", "value", "half"])
    table = table.assign(low=table.value - table.half, high=table.value + table.half, freedom=np.nan, grade="good")
    table = table.assign(clip=[f"clip {n}" for n in range(len(table))], source="planned", key="overstride", fps=60.0)
    table = table.assign(side="left", place="near", speed_mps=3.5, height_m=1.75)
    return table.assign(**more)


def assessed(rows: list[tuple[float, float, float]], **more: Any) -> pd.DataFrame:
    """Compare such legs with their ordinary ranges."""
    return assessed_legs(legs(rows, **more))


def test_a_finding_needs_the_whole_interval_beyond_the_limit() -> None:
    table = assessed(
        [(0.34, 0.34, 0.03), (0.34, 0.31, 0.03), (0.26, 0.34, 0.03), (0.26, 0.26, 0.06), (0.33, np.nan, 0.0)]
    )
    (row,) = finding_performance(table).to_dict("records")
    assert (row["finding"], row["place"], row["runners"]) == ("lands_far_ahead", "near", "rendered")
    assert (row["outside"], row["true_positives"], row["sensitivity"]) == (2, 1, 0.5)
    assert (row["inside"], row["false_positives"], row["specificity"]) == (2, 1, 0.5)
    assert row["not_measured"] == 1
    # 0.31 ± 0.03 lies beyond 0.29 with a probability of 90 %.
    assert row["likely_outside"] == 2


def test_the_speed_of_the_runner_decides_what_is_outside() -> None:
    slow = assessed([(0.27, 0.27, 0.01)], speed_mps=2.5)
    fast = assessed([(0.27, 0.27, 0.01)], speed_mps=4.5)
    assert slow.outside.tolist() == [True]
    assert fast.outside.tolist() == [False]
    assert slow.excess[0] - fast.excess[0] == pytest.approx(0.09, abs=0.01)


def test_metrics_without_a_finding_are_left_out() -> None:
    assert finding_performance(assessed([(200.0, 200.0, 5.0)], key="contact_time")).empty
    assert overstride_performance(assessed([(9.0, 9.0, 1.0)], key="tibia_angle")).empty


def test_both_limits_of_a_metric_are_findings_of_their_own() -> None:
    table = finding_performance(assessed([(20.0, 20.0, 1.0), (-5.0, -5.0, 1.0), (7.0, 7.0, 1.0)], key="trunk_lean"))
    assert set(table.finding) == {"leans_back", "leans_far_forward"}
    assert table.outside.tolist() == [1, 1]
    assert table.inside.tolist() == [2, 2]
    assert table.sensitivity.tolist() == [1.0, 1.0]


def test_long_overstrides_are_counted_refused_ones_as_missed() -> None:
    table = assessed([(0.31, 0.33, 0.02), (0.35, 0.35, 0.02), (0.36, np.nan, 0.0), (0.22, 0.22, 0.02)])
    found = overstride_performance(table).set_index(["source", "truth"])
    long = found.loc[("rendered", "0.30 L or more")]
    assert (long.legs, long.fires) == (3, 2)
    clear = found.loc[("rendered", "beyond it by 0.045 L or more")]
    assert (clear.legs, clear.fires) == (2, 1)
    assert found.loc[("planned", "within the ordinary range")].fires == 0
    assert ("recorded", "0.30 L or more") not in found.index


def test_recorded_joints_are_kept_apart_from_rendered_runners() -> None:
    both = pd.concat([assessed([(0.34, 0.34, 0.03)]), assessed([(0.20, 0.20, 0.03)], source="joints")])
    table = finding_performance(both)
    assert table.runners.tolist() == ["rendered", "joints"]


def test_stated_probabilities_are_compared_with_what_is_true() -> None:
    table = stated_probabilities(assessed([(0.34, 0.36, 0.02), (0.20, 0.20, 0.02), (0.30, LIMIT, 0.02)]))
    assert table.legs.tolist() == [1, 1, 1]
    assert table.share.tolist() == [0.0, 1.0, 1.0]
    assert (table.low <= table.stated).all()
    assert (table.stated <= table.high).all()
