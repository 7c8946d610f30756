"""What counts as found, missed, invented and exchanged, and what summaries say of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gait.validation.cases import cases
from gait.validation.error_tables import accuracy, by_factor, classed, event_errors
from gait.validation.truth_comparison import collected, exchanged, match_events, unseen


def test_events_are_paired_with_the_nearest_true_one() -> None:
    errors, missed, invented = match_events(np.array([1.01, 1.69, 2.42]), np.array([1.0, 1.7, 2.4]), 0.3, 3.0)
    np.testing.assert_allclose(errors, [0.01, -0.01, 0.02])
    assert (missed, invented) == (0, 0)


def test_a_missed_and_an_invented_event_are_counted() -> None:
    errors, missed, invented = match_events(np.array([1.0, 2.0]), np.array([1.0, 1.7]), 0.3, 3.0)
    assert (len(errors), missed, invented) == (1, 1, 1)


def test_two_found_for_one_true_event_invent_one_only_far_away() -> None:
    # A second one 30 ms later is a double of the same event, not one of its own place; half a stride off is.
    assert match_events(np.array([1.0, 1.4]), np.array([1.0]), 0.3, 3.0)[2] == 1


def test_the_ends_of_a_clip_are_nobodys_fault() -> None:
    errors, missed, invented = match_events(np.array([0.29, 1.0]), np.array([0.31, 1.0, 2.9]), 0.3, 2.8)
    assert missed == 0
    assert invented == 0
    assert len(errors) == 2


def test_nothing_found_is_all_missed() -> None:
    assert match_events(np.array([]), np.array([1.0, 2.0]), 0.3, 3.0)[1:] == (2, 0)


def test_exchanged_legs_are_told_only_where_legs_are_apart() -> None:
    left = np.zeros((3, 4, 2))
    right = left + np.array([100.0, 0.0])
    right[2] = left[2] + 1.0  # legs together: nothing can be told
    seen_left, seen_right = left.copy(), right.copy()
    seen_left[1], seen_right[1] = right[1], left[1]
    seen_left[2], seen_right[2] = right[2], left[2]
    apart, swapped = exchanged(seen_left, seen_right, left, right, 500.0)
    assert apart.tolist() == [True, True, False]
    assert swapped.tolist() == [False, True, False]


def test_unseen_legs_are_not_judged() -> None:
    gone = np.full((2, 4, 2), np.nan)
    apart, swapped = exchanged(gone, gone, np.zeros((2, 4, 2)), np.full((2, 4, 2), 100.0), 500.0)
    assert not apart.any()
    assert not swapped.any()


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


def test_accuracy_counts_errors_refusals_and_intervals_that_hold(measurements: pd.DataFrame) -> None:
    (row,) = accuracy(measurements).to_dict("records")
    assert row["n"] == 3
    assert row["bias"] == pytest.approx(1.0)
    assert row["median_abs"] == pytest.approx(1.0)
    assert row["refused"] == pytest.approx(0.25)
    assert row["coverage"] == pytest.approx(2 / 3)
    assert row["half_width"] == pytest.approx((2 + 0.5 + 1) / 3)


def test_factors_are_put_into_classes(measurements: pd.DataFrame) -> None:
    assert list(classed(measurements, "yaw_deg")) == ["under 3", "3–6", "6–10", "over 10"]
    assert list(classed(measurements, "blur").unique()) == ["sharp"]
    assert len(by_factor(measurements, "yaw_deg")) == 4


def test_nothing_given_is_said_without_a_number(measurements: pd.DataFrame) -> None:
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


def test_a_clip_without_a_runner_is_a_row_with_its_reason() -> None:
    case = cases("quick")[0]
    results = collected([unseen(case, "nobody found")])
    assert list(results.clips.refused) == ["nobody found"]
    assert results.measurements.empty
