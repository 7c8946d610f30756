"""The page for a physiotherapist: findings, answers about pain, and every value with its ranges."""

from __future__ import annotations

from gait.findings.answers import parse_answers
from gait.findings.assessment import compare_with_bands
from gait.findings.knowledge_loader import load_knowledge
from gait.report.page_records import PhysioSummary
from gait.report.physio_summary import summarise_for_physio
from tests.fake_sessions import FakeSession, fake_session, measured


def summary(session: FakeSession) -> PhysioSummary:
    assessed = compare_with_bands(session.measurements, session.runner)
    return summarise_for_physio(session, assessed, (), load_knowledge())  # type: ignore[arg-type]


def test_values_come_with_interval_range_and_result_in_the_fields_terms() -> None:
    made = summary(fake_session([measured("overstride", 0.40, side="left", half=0.01)]))
    (row,) = made.rows
    assert (row.name, row.side, row.value) == ("overstride distance", "left", "40 % of leg length")
    assert row.interval == "39 to 41"
    assert row.words == "clearly high"
    assert made.findings == ("Your left foot lands far in front of your hip",)


def test_answers_about_pain_are_passed_on_and_others_are_not() -> None:
    answers = parse_answers({"pain_where": ["hip_side"], "pain_strength": 4, "shoe_miles": 420, "no_weight": True})
    made = summary(fake_session(answers=answers))
    asked = dict(made.pain)
    assert len(asked) == 3
    assert not [question for question in asked if "shoes" in question]
    assert len(made.warnings) == 1


def test_values_without_a_range_come_last_and_refusals_are_named() -> None:
    made = summary(
        fake_session(
            [
                measured("step_length", 1.0, half=0.1),
                measured("overstride", 0.22, side="left", half=0.01),
                measured("pelvic_drop", None, grade="refused"),
            ]
        )
    )
    assert [row.name for row in made.rows] == ["overstride distance", "step length"]
    assert made.missing == ("contralateral pelvic drop, peak",)
    assert made.pain == ()
