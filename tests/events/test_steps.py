"""Pairing events into steps, on events written by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gait.events.steps import find_steps

STRIDE = 0.70


def events(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame([(*row, 0.005) for row in rows], columns=["side", "kind", "time_s", "uncertainty_s"])


def run_of(steps: int, *, contact_s: float = 0.25) -> list[tuple[str, str, float]]:
    rows = []
    for n in range(steps):
        side, at = ("left", "right")[n % 2], 1.0 + n * STRIDE / 2
        rows += [(side, "contact", at), (side, "toe_off", at + contact_s)]
    return sorted(rows, key=lambda row: row[2])


def test_each_step_has_its_toe_off_and_the_next_contact_of_the_other_foot() -> None:
    steps = find_steps(events(run_of(6)), stride_s=STRIDE)
    assert list(steps.side) == ["left", "right"] * 3
    assert list(steps.step) == list(range(6))
    np.testing.assert_allclose(steps.toe_off_s - steps.contact_s, 0.250)
    np.testing.assert_allclose(steps.next_contact_s[:5], steps.contact_s[1:])
    assert np.isnan(steps.next_contact_s.iloc[-1])  # the clip ends before


def test_times_are_those_of_the_file() -> None:
    slow = events([(s, k, 8 * t) for s, k, t in run_of(4)])
    steps = find_steps(slow, stride_s=8 * STRIDE)
    np.testing.assert_allclose(steps.toe_off_s - steps.contact_s, 8 * 0.250)
    assert steps.contact_s.iloc[0] == pytest.approx(8.0)


def test_a_missing_contact_leaves_a_gap_in_the_numbering() -> None:
    rows = [row for row in run_of(6) if not (row[0] == "right" and 1.3 < row[2] < 1.7)]  # without the second step
    steps = find_steps(events(rows), stride_s=STRIDE)
    assert list(steps.step) == [0, 2, 3, 4, 5]
    assert np.isnan(steps.next_contact_s.iloc[0])


def test_a_contact_without_toe_off_is_no_step() -> None:
    rows = [row for row in run_of(6) if row[:2] != ("left", "toe_off") or row[2] > 1.5]
    steps = find_steps(events(rows), stride_s=STRIDE)
    assert list(steps.step) == [1, 2, 3, 4, 5]
    assert list(steps.side) == ["right", "left", "right", "left", "right"]


@pytest.mark.parametrize("rows", [[], [("left", "toe_off", 1.0)], [("left", "contact", 1.0)]])
def test_without_steps_the_table_is_empty(rows: list[tuple[str, str, float]]) -> None:
    steps = find_steps(events(rows), stride_s=STRIDE)
    assert len(steps) == 0
    assert {"step", "side", "contact_s", "toe_off_s", "next_contact_s"} == set(steps.columns)
