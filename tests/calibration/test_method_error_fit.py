"""Method errors by frame rate: robust, widened for few clips, and never smaller at a lower rate by chance."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibration.method_error_fit import join_shoe_rows, method_error_lines


def table_of(errors: dict[float, np.ndarray], key: str = "cadence", place: str = "near") -> pd.DataFrame:
    rows = [
        {"key": key, "place": place, "fps": fps, "clip": f"clip {n}", "value": 100.0 + error, "truth": 100.0}
        for fps, values in errors.items()
        for n, error in enumerate(values)
    ]
    return pd.DataFrame(rows)


def entry(table: pd.DataFrame) -> dict[str, Any]:
    return dict(tomllib.loads("\n".join(method_error_lines(table)))["metric"]["cadence"]["near"])


def test_bias_and_spread_are_those_of_the_errors() -> None:
    errors = np.random.default_rng(4).normal(2.0, 1.0, 500)
    row = entry(table_of({60.0: errors}))["60"]
    assert row["bias"] == pytest.approx(2.0, abs=0.1)
    assert row["sd"] == pytest.approx(1.0, rel=0.1)
    assert row["p95"] == pytest.approx(2 + 1.645, abs=0.2)
    assert row["clips"] == 500


def test_few_clips_widen_the_spread() -> None:
    errors = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    row = entry(table_of({60.0: errors}))["60"]
    assert row["sd"] > 1.3 * np.std(errors, ddof=1) * 0.8


def test_a_lower_rate_is_never_better_where_as_many_clips_say_so() -> None:
    rng = np.random.default_rng(5)
    fast, slow = rng.normal(0, 2.0, 40), rng.normal(0, 1.0, 40)
    row = entry(table_of({30.0: slow, 60.0: fast}))
    assert list(row) == ["30", "60"]
    assert row["30"]["sd"] == row["60"]["sd"]


def test_a_few_fast_clips_do_not_bound_many_slow_ones() -> None:
    rng = np.random.default_rng(5)
    row = entry(table_of({30.0: rng.normal(0, 1.0, 40), 120.0: rng.normal(0, 2.0, 5)}))
    assert row["30"]["sd"] < row["120"]["sd"]


def test_too_few_values_make_no_entry() -> None:
    assert entry(table_of({60.0: np.zeros(3)})) == {}


def test_errors_of_keypoints_come_from_all_clips() -> None:
    with_shoes = pd.concat(
        [
            table_of({60.0: np.zeros(2)}, "foot_strike_angle", "near_seen"),
            table_of({60.0: np.zeros(1)}, "foot_strike_angle", "near"),
            table_of({60.0: np.zeros(3)}, "cadence", "near"),
        ]
    )
    without = pd.concat(
        [table_of({60.0: np.zeros(3)}, "foot_strike_angle", "near"), table_of({60.0: np.zeros(3)}, "cadence", "near")]
    )
    joined = join_shoe_rows(with_shoes, without)
    assert joined.groupby(["key", "place"]).size().to_dict() == {
        ("cadence", "near"): 3,
        ("foot_strike_angle", "near"): 3,
        ("foot_strike_angle", "near_seen"): 2,
    }
