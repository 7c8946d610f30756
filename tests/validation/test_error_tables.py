"""Summary tables: errors, refusals, and how often intervals contain the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gait.validation.error_tables import accuracy, by_factor, event_errors, factor_levels, requested


@pytest.fixture
def measurements() -> pd.DataFrame:
    rows = [
        # value, low, high, truth
        (10.0, 8.0, 12.0, 9.0),
        (12.0, 11.5, 12.5, 10.0),
        (np.nan, np.nan, np.nan, 11.0),
        (9.0, 8.0, 10.0, 9.0),
    ]
    table = pd.DataFrame(rows, columns=["value", "low", "high", "truth"])
    return table.assign(key="overstride", place="near", fps=60.0, yaw_deg=[1.0, 4.0, 8.0, 20.0], blur="sharp")


def test_accuracy_counts_errors_refusals_and_intervals_that_contain_the_truth(measurements: pd.DataFrame) -> None:
    (row,) = accuracy(measurements).to_dict("records")
    assert row["n"] == 3
    assert row["bias"] == pytest.approx(1.0)
    assert row["median_abs"] == pytest.approx(1.0)
    assert row["refused"] == pytest.approx(0.25)
    assert row["coverage"] == pytest.approx(2 / 3)
    assert row["half_width"] == pytest.approx((2 + 0.5 + 1) / 3)


def test_factors_are_sorted_into_classes(measurements: pd.DataFrame) -> None:
    assert list(factor_levels(measurements, "yaw_deg")) == ["under 3", "3–6", "6–10", "over 10"]
    assert list(factor_levels(measurements, "blur").unique()) == ["sharp"]
    assert len(by_factor(measurements, "yaw_deg")) == 4


def test_a_metric_without_values_has_no_errors(measurements: pd.DataFrame) -> None:
    refused = measurements.assign(value=np.nan, low=np.nan, high=np.nan)
    (row,) = accuracy(refused).to_dict("records")
    assert row["refused"] == 1
    assert np.isnan(row["bias"])


def test_event_errors_are_in_milliseconds_with_counts() -> None:
    base = {"source": "planned", "view": "side", "place": "near", "fps": 60.0, "kind": "contact"}
    rows = [base | {"outcome": "found", "error_ms": e} for e in (-4.0, 2.0, 8.0)]
    rows.append(base | {"outcome": "missed", "error_ms": np.nan})
    (row,) = event_errors(pd.DataFrame(rows)).to_dict("records")
    assert (row["n"], row["missed"], row["invented"]) == (3, 1, 0)
    assert row["median_abs"] == pytest.approx(4.0)


def test_requested_values_are_compared_with_the_truth() -> None:
    table = pd.DataFrame({"key": ["cadence"] * 2, "requested": [170.0, 160.0], "truth": [170.1, 159.7]})
    (row,) = requested(table).to_dict("records")
    assert row["n"] == 2
    assert row["largest"] == pytest.approx(0.3)
    assert row["mean_abs"] == pytest.approx(0.2)
