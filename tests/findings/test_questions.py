"""Questions and triggers as they are built from the knowledge files."""

from __future__ import annotations

from typing import Any

import pytest

from gait.findings.questions import Condition, parse_question, parse_trigger

QUESTIONS = {
    row["id"]: parse_question({"topic": "pain", "text": "?", **row}, {})
    for row in (
        {
            "id": "where",
            "kind": "choices",
            "options": [{"id": "hip_front", "text": "front"}, {"id": "hip_side", "text": "side"}],
        },
        {"id": "unwell", "kind": "yes_no"},
        {"id": "miles", "kind": "number", "unit": "miles", "low": 0, "high": 100},
    )
}


def test_conditions_take_the_form_of_their_question() -> None:
    assert parse_trigger({"unwell": True}, QUESTIONS) == (Condition("unwell", yes=True),)
    assert parse_trigger({"where": "hip_side"}, QUESTIONS) == (Condition("where", options=("hip_side",)),)
    assert parse_trigger({"miles": {"at_least": 30}}, QUESTIONS) == (Condition("miles", at_least=30),)


def test_a_star_stands_for_all_options_with_that_beginning() -> None:
    (condition,) = parse_trigger({"where": "hip_*"}, QUESTIONS)
    assert condition.options == ("hip_front", "hip_side")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({}, "always hold"),
        ({"nose": True}, "unknown question"),
        ({"unwell": "yes"}, "true or false"),
        ({"miles": 3}, "table of at_least"),
        ({"where": "knee"}, "no option 'knee'"),
    ],
)
def test_a_trigger_that_cannot_be_understood_is_a_fault(row: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_trigger(row, QUESTIONS)


def test_options_have_texts() -> None:
    assert QUESTIONS["where"].option_text("hip_side") == "side"
    assert QUESTIONS["where"].option_ids == ("hip_front", "hip_side")


def test_a_number_needs_a_unit_and_limits() -> None:
    with pytest.raises(ValueError, match="needs a unit"):
        parse_question({"id": "x", "topic": "pain", "text": "?", "kind": "number"}, {})
