"""How well two labellings agree."""

from __future__ import annotations

import pytest

from gait.labelling.label_agreement import compare_labellings
from gait.labelling.label_file import LabelFile, LabelledEvent, LabelledPoint, Labelling


def contact(frame: float, side: str = "left", x: float | None = None, labelled_frame: int = 10) -> LabelledEvent:
    points = {} if x is None else {"ankle": LabelledPoint(x, 40.0, 4.0)}
    return LabelledEvent("initial_contact", side, frame, 0.3, None if x is None else labelled_frame, points)


def compare(first: list[LabelledEvent], second: list[LabelledEvent]) -> dict:
    labels = LabelFile("run", "left", {"Ada": Labelling(tuple(first)), "Ben": Labelling(tuple(second))})
    return {row.what: row for row in compare_labellings(labels)}


def test_bias_and_spread_of_events_are_those_of_the_differences() -> None:
    row = compare([contact(10), contact(30), contact(50)], [contact(11), contact(32), contact(53)])["initial_contact"]
    assert (row.count, row.only_first, row.only_second) == (3, 0, 0)
    assert (row.bias, row.spread) == (pytest.approx(2.0), pytest.approx(1.0))


def test_events_of_other_feet_and_far_ones_are_not_paired() -> None:
    row = compare([contact(10), contact(30)], [contact(10, "right"), contact(40)])["initial_contact"]
    assert (row.count, row.only_first, row.only_second, row.bias) == (0, 2, 2, None)


def test_each_event_is_paired_once_with_the_closest() -> None:
    row = compare([contact(10), contact(12)], [contact(12)])["initial_contact"]
    assert (row.count, row.only_first, row.bias, row.spread) == (1, 1, 0.0, None)


def test_points_are_compared_in_the_same_frame_only() -> None:
    both = compare([contact(10, x=30), contact(30, x=30)], [contact(10, x=33), contact(30, x=35, labelled_frame=31)])
    assert (both["ankle"].count, both["ankle"].bias) == (1, pytest.approx(3.0))


def test_one_labelling_has_nothing_to_compare() -> None:
    assert compare_labellings(LabelFile("run", "left", {"Ada": Labelling((contact(10),))})) == ()
