"""The order of advice, and what each answer about pain brings up."""

from __future__ import annotations

from typing import Any

import pytest

from gait.findings.advice_ranking import RankedAdvice, differing_metrics, rank_advice, running_advice
from gait.findings.answers import Answers, parse_answers
from gait.findings.knowledge_loader import load_knowledge
from gait.records import Finding
from tests.fake_sessions import measured

KNOWLEDGE = load_knowledge()
HIP = {"pain_where": ["hip_side"]}


def finding(*corrections: str, evidence: Any = "clear") -> Finding:
    return Finding("k", "overstride", "both", "mild", "Seen", corrections, evidence)


def ranked(answers: dict[str, Any], *findings: Finding) -> list[RankedAdvice]:
    return list(rank_advice(parse_answers(answers), findings=findings))


def ids(answers: dict[str, Any], *findings: Finding) -> list[str]:
    return [one.entry.id for one in ranked(answers, *findings)]


def test_what_fits_pain_and_findings_comes_first() -> None:
    answers = {**HIP, "sitting_hours": 9, "weekly_miles": 30, "weekly_miles_month_ago": 20}
    likely = finding("lean_from_ankles", evidence="likely")
    found = ranked(answers, likely, finding("level_hips_cue", "hip_abductor_strength"))
    fits = [one.fit for one in found]
    row = {"protect": 0, "pain_and_form": 1, "form": 2, "pain": 2, "likely_form": 3, "answers": 4}
    assert [row[fit] for fit in fits] == sorted(row[fit] for fit in fits)
    assert [one.entry.id for one in found[:3]] == ["no_running_through_pain", "hip_abductor_strength", "level_hips_cue"]
    # A load that grew fast is the first suspect of a pain.
    assert found[3].entry.id == "raise_mileage_slowly"
    assert {one.entry.id: one.fit for one in found}["lean_from_ankles"] == "likely_form"


def test_what_fits_the_form_and_what_fits_the_pain_take_turns() -> None:
    found = ranked({"pain_where": ["hip_front"], "pain_when": ["tired"]}, finding("raise_cadence", "level_hips_cue"))
    assert [one.fit for one in found][:5] == ["protect", "form", "pain", "form", "pain"]


def test_without_pain_a_load_that_grew_is_one_answer_among_others() -> None:
    found = ranked({"weekly_miles": 30, "weekly_miles_month_ago": 20, "pain_where": ["nowhere"]})
    assert [(one.entry.id, one.fit) for one in found] == [("raise_mileage_slowly", "answers")]


def test_a_clear_finding_comes_before_a_likely_one() -> None:
    given = ids({}, finding("run_tall", evidence="likely"), finding("raise_cadence"))
    assert given == ["raise_cadence", "run_tall"]


def test_a_break_takes_the_place_of_shorter_runs_and_cues_wait() -> None:
    found = ranked({**HIP, "pain_when": ["running", "stays"]}, finding("raise_cadence", "single_leg_strength"))
    given = [one.entry.id for one in found]
    assert "rest_from_running" in given
    assert "dial_back" not in given
    assert given.index("single_leg_strength") < given.index("raise_cadence")
    assert next(one for one in found if one.entry.id == "raise_cadence").later


def test_nothing_withheld_is_ranked_even_if_a_finding_gives_it() -> None:
    assert ids({**HIP, "pain_strength": 9}, finding("single_leg_strength")).count("single_leg_strength") == 0
    assert ids({**HIP, "no_weight": True}, finding("raise_cadence")) == []


def test_an_unknown_correction_of_an_old_session_is_passed_over() -> None:
    assert ids({}, finding("gone_by_now", "raise_cadence")) == ["raise_cadence"]


#: For each answer to "When do you feel it?": is "do not run through it" said, and what becomes of the runs?
@pytest.mark.parametrize(
    ("when", "runs"),
    [
        ("first_steps", "ease"),
        ("running", "ease"),
        ("tired", None),
        ("soon_gone", None),
        ("stays", "stop"),
        ("knee_lift", "ease"),
        ("daily_life", "stop"),
        ("all_day", "stop"),
    ],
)
def test_every_pain_says_not_to_run_through_it(when: str, runs: str | None) -> None:
    answers = {**HIP, "pain_when": [when]}
    assert ids(answers)[0] == "no_running_through_pain"
    assert running_advice(parse_answers(answers), (one.entry for one in ranked(answers))) == runs
    # Files of earlier versions may have the answer without the place.
    assert ("no_running_through_pain" in ids({"pain_when": [when]})) is (when != "soon_gone")


@pytest.mark.parametrize("where", ["hip_front", "hip_side", "hip_deep", "hip_back", "back", "knee", "elsewhere"])
def test_and_so_does_every_place(where: str) -> None:
    assert ids({"pain_where": [where]})[0] == "no_running_through_pain"


def test_who_has_no_pain_is_not_warned_of_it() -> None:
    assert "no_running_through_pain" not in ids({"pain_where": ["nowhere"], "tired_form": ["slow_beat"]})
    assert rank_advice(Answers()) == ()


def test_legs_that_differ_beyond_doubt_bring_up_advice() -> None:
    sure, unsure = (measured("contact_time_asymmetry", 20.0, grade=grade) for grade in ("good", "poor"))
    assert differing_metrics([sure]) == ("contact_time",)
    assert differing_metrics([unsure]) == ()
    found = rank_advice(Answers(), differing=["contact_time"])
    assert [one.entry.id for one in found] == ["favouring_a_side"]
