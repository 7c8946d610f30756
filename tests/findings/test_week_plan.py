"""The week: something to do on every day, one cue in all runs, and nothing that a warning sign forbids."""

from __future__ import annotations

import random
from typing import Any

import pytest

from gait.findings.advice_ranking import running_advice
from gait.findings.answers import Answers, parse_answers, signs_in_answers, withheld_corrections
from gait.findings.exercises import load_exercises
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.week_plan import INTROS, WEEKS, WeekPlan, exercises_of, plan_week
from gait.records import Finding

KNOWLEDGE = load_knowledge()
EXERCISES = {exercise.id: exercise for exercise in load_exercises()}


def finding(*corrections: str, evidence: Any = "clear") -> Finding:
    return Finding("overstride", "overstride", "both", "moderate", "You land far ahead", corrections, evidence)


def week(answers: dict[str, Any] | None = None, *corrections: str) -> WeekPlan:
    return plan_week(parse_answers(answers or {}), findings=[finding(*corrections)] if corrections else [])


def section(plan: WeekPlan, day: str, label: str) -> list[str | None]:
    planned = next(d for d in plan.days if d.name == day)
    return [item.id for part in planned.sections if part.label == label for item in part.items]


def words(plan: WeekPlan) -> str:
    return " ".join(
        " ".join([d.purpose, *(f"{s.label} {i.title}" for s in d.sections for i in s.items)]) for d in plan.days
    )


def test_without_findings_and_answers_every_day_has_something_to_do() -> None:
    plan = plan_week(None)
    assert plan.kind == "run"
    assert [day.name for day in plan.days][:2] == ["Monday", "Tuesday"]
    assert len(plan.days) == 7
    assert all(s.items and all(i.title for i in s.items) for day in plan.days for s in day.sections)
    assert all(day.sections for day in plan.days)
    assert section(plan, "Monday", "All day") == ["sleep_and_recover"]
    assert set(section(plan, "Wednesday", "Strength")) == {"hip_all_round_strength"}
    # A day without drills is not announced as one.
    assert "drills" not in words(plan)


def test_each_correction_is_in_its_slot_with_exercises_and_amounts() -> None:
    plan = week({"strength_sessions": 0, "tired_form": ["slow_beat"], "sitting_hours": 9}, "raise_cadence")
    for run in ("Tuesday", "Thursday", "Saturday"):
        assert section(plan, run, "One cue for the run") == ["raise_cadence"]
    assert section(plan, "Monday", "All day") == ["sit_less", "standing_desk"]
    drills = next(s for s in plan.days[3].sections if s.label == "After warming up").items
    assert {EXERCISES[i.exercise].kind for i in drills if i.exercise} == {"drill"}
    strength = [i for s in plan.days[2].sections for i in s.items]
    assert all(i.exercise in EXERCISES and i.dose == EXERCISES[i.exercise].sets for i in strength)
    # The same exercise is not listed twice, though two corrections prescribe it.
    assert len({i.exercise for i in strength}) == len(strength)


def test_one_cue_in_every_run_and_the_others_later() -> None:
    plan = week(None, "land_under_you", "raise_cadence", "run_tall")
    cues = {item.id for d in plan.days for s in d.sections if s.label == "One cue for the run" for item in s.items}
    assert cues == {"land_under_you"}
    assert [cue.id for cue in plan.next_cues] == ["raise_cadence", "run_tall"]


def test_strength_is_away_from_drills() -> None:
    names = [day.name for day in WEEKS["run"] if "Strength" in day.purpose]
    assert names == ["Wednesday", "Friday"]
    stretches = [e for e in exercises_of("static_after_run") if e.kind == "stretch"]
    assert {i.exercise for s in plan_week(None).days[1].sections if s.label == "After the run" for i in s.items} <= {
        e.id for e in stretches
    } | {e.id for e in exercises_of("cool_down")}


def test_training_that_is_turned_down_has_no_drills_and_short_runs() -> None:
    plan = week({"pain_where": ["hip_side"], "pain_when": ["running"], "tired_form": ["slow_beat"]})
    assert plan.kind == "ease"
    assert "walk home" in plan.intro
    assert not any(s.label == "After warming up" for d in plan.days for s in d.sections)
    assert [d.purpose for d in plan.days].count("Short easy run") == 2
    assert section(plan, "Thursday", "Without impact") == ["cross_train"]


def test_pain_when_tired_keeps_the_week_but_ends_the_run_when_it_hurts() -> None:
    plan = week({"pain_where": ["hip_front"], "pain_when": ["tired"]})
    assert plan.kind == "run"
    assert "end the run and walk home" in plan.intro
    assert section(plan, "Tuesday", "One cue for the run") == ["slow_down_keep_form"]


def test_a_pain_that_stays_gives_a_week_of_rest() -> None:
    plan = week({"pain_where": ["hip_side"], "pain_when": ["stays"]}, "raise_cadence", "running_drills")
    assert plan.kind == "rest"
    assert "run" not in {word for d in plan.days for word in d.purpose.lower().split()}
    assert "raise_cadence" not in {i.id for d in plan.days for s in d.sections for i in s.items}
    assert "Walk for half an hour" in words(plan)
    assert plan.next_cues == ()


@pytest.mark.parametrize(
    "answers",
    [
        {"pain_where": ["hip_deep"], "pain_feel": ["pinch_deep"]},
        {"pain_where": ["hip_side"], "pain_strength": 8},
        {"unwell": True},
    ],
)
def test_a_warning_sign_gives_a_week_without_runs_and_exercises(answers: dict[str, Any]) -> None:
    plan = week(answers, "raise_cadence", "running_drills", "single_leg_strength")
    assert plan.kind == "wait"
    assert plan.intro == INTROS["wait"]
    assert not [i for d in plan.days for s in d.sections for i in s.items if i.exercise]
    assert "until a professional has looked" in words(plan)
    assert all(day.sections for day in plan.days)


def test_who_must_see_a_doctor_now_gets_no_plan_but_the_reason() -> None:
    plan = week({"no_weight": True}, "raise_cadence")
    assert (plan.kind, plan.days, plan.next_cues) == ("none", (), ())
    assert "see a doctor first" in plan.intro


def random_answers(chance: random.Random) -> Answers:
    given: dict[str, Any] = {}
    for question in KNOWLEDGE.questions.values():
        if chance.random() < 0.6:
            continue
        if question.kind == "yes_no":
            given[question.id] = chance.random() < 0.5
        elif question.kind == "number":
            given[question.id] = chance.uniform(question.low, min(question.high, 30))
        else:
            given[question.id] = chance.choice(question.option_ids)
    return parse_answers(given)


def test_no_week_has_holes_or_what_is_withheld() -> None:
    chance = random.Random(4)
    for _ in range(150):
        answers = random_answers(chance)
        plan = plan_week(answers, findings=[finding("land_under_you", "running_drills", "single_leg_strength")])
        withheld = withheld_corrections(answers)
        ids = {i.id for d in plan.days for s in d.sections for i in s.items}
        assert not ids & withheld, answers
        assert all(d.sections and all(s.items for s in d.sections) for d in plan.days), answers
        signs = signs_in_answers(answers)
        stopped = running_advice(answers, ()) == "stop" or any(s.level == "now" for s in signs)
        if stopped:
            assert plan.kind in {"wait", "none", "rest"}
        if plan.kind != "run":
            assert not any(s.label == "After warming up" for d in plan.days for s in d.sections)


def test_every_usual_correction_exists() -> None:
    for days in WEEKS.values():
        for part in (part for day in days for part in day.parts):
            assert set(part.usual) <= set(KNOWLEDGE.corrections)
            assert part.slots or part.otherwise
