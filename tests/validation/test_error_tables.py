"""Summary tables: errors, refusals, and how often intervals contain the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gait.validation.error_tables import (
    accuracy,
    by_factor,
    event_errors,
    factor_levels,
    measurement_tables,
    requested,
)


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
    table = table.assign(clip=["a", "b", "c", "d"])
    return table.assign(key="overstride", place="near", fps=60.0, yaw_deg=[1.0, 4.0, 8.0, 20.0], blur="sharp")


def test_accuracy_counts_errors_refusals_and_intervals_that_contain_the_truth(measurements: pd.DataFrame) -> None:
    (row,) = accuracy(measurements).to_dict("records")
    assert row["n"] == 3
    assert row["bias"] == pytest.approx(1.0)
    assert row["median_abs"] == pytest.approx(1.0)
    assert row["refused"] == pytest.approx(0.25)
    assert row["coverage"] == pytest.approx(2 / 3)
    assert row["half_width"] == pytest.approx(1.0)  # the median
    assert (row["clips"], row["truth_low"], row["truth_high"]) == (3, 9.0, 10.0)
    assert row["coverage_low"] < 2 / 3 < row["coverage_high"]


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


def test_families_of_bodies_and_motions_are_compared_apart() -> None:
    rng = np.random.default_rng(5)
    truth = rng.normal(0.25, 0.04, 40)
    table = pd.DataFrame({"truth": truth, "value": truth + rng.normal(0, 0.01, 40), "clip": np.repeat(range(20), 2)})
    table = table.assign(
        low=table.value - 0.02, high=table.value + 0.02, freedom=np.nan, grade="good", reason_code=None, level=True
    )
    table = table.assign(key="overstride", side="left", place=["near", "far"] * 20, fps=60.0, view="side")
    table = table.assign(speed_mps=3.0, height_m=1.75, yaw_deg=2.0, height_px=450.0, blur="sharp", light="dim")
    table = table.assign(clothes="tight", drop_deg=5.0, recording=None)
    table["body"] = np.where(table["clip"] % 2, "sculpted", "makehuman")
    table["source"] = np.where(table["clip"] < 10, "planned", "recorded")
    tables = measurement_tables(table)
    levels = tables["by_body_and_motion"]
    assert set(levels.level) == {
        f"{body}, {source}" for body in ("sculpted", "makehuman") for source in ("planned", "recorded")
    }
    assert levels.n.sum() == 40
    pooled = tables["pooled"].set_index("part")
    assert (pooled.n["all"], pooled.clips["all"]) == (40, 20)
    assert pooled.n["planned"] + pooled.n["recorded"] == 40
    assert pooled.n["lowest fifth"] == pooled.n["highest fifth"] == 8
    assert tables["joints"].empty
    assert tables["accuracy"].slope.between(0.7, 1.3).all()
    assert tables["findings"].outside.sum() + tables["findings"].inside.sum() == 40
