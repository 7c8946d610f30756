"""A week for one runner: one change at a time, one cue in all runs, and something to do on every day.

``gait/report/templates/answers.js`` fills the same days in the browser, from the same data (`gait.report.page_rules`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gait.display_language import N_, Texts, _, gettext
from gait.findings.advice_ranking import RankedAdvice, rank_advice, running_advice
from gait.findings.answers import Answers, signs_in_answers, withheld_corrections
from gait.findings.exercises import Exercise, ExerciseKind, load_exercises
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import CorrectionEntry, Knowledge, WeekSlot
from gait.records import Finding

#: Three runs; two short ones; no runs; no runs until a professional has looked; or no plan before a doctor has looked.
WeekKind = Literal["run", "ease", "rest", "wait", "none"]


@dataclass(frozen=True)
class WeekPart:
    """One part of a day: its label, which corrections belong there, and how many of them.

    ``usual`` are corrections of the advice for everybody, which fill what is left over; ``otherwise`` is the sentence
    where those are withheld too, under the label ``otherwise_label`` if there is one. Of each correction come at most
    ``exercises`` exercises, of the ``kinds`` only.
    """

    label: str
    slots: tuple[WeekSlot, ...]
    most: int = 1
    exercises: int = 2
    kinds: tuple[ExerciseKind, ...] = ()
    usual: tuple[str, ...] = ()
    otherwise: str = ""
    otherwise_label: str = ""


@dataclass(frozen=True)
class DayOutline:
    """One day as planned for everybody: its name, its purpose and its parts."""

    name: str
    purpose: str
    parts: tuple[WeekPart, ...]


@dataclass(frozen=True)
class PlannedItem:
    """One thing to do: title, amount, and the ids of the correction and the exercise behind it."""

    title: str
    id: str | None = None
    dose: str | None = None
    exercise: str | None = None


@dataclass(frozen=True)
class PlannedSection:
    """One part of a day with what to do in it."""

    label: str
    items: tuple[PlannedItem, ...]


@dataclass(frozen=True)
class PlannedDay:
    """One day: its name, its purpose and its sections, of which there is at least one."""

    name: str
    purpose: str
    sections: tuple[PlannedSection, ...]


@dataclass(frozen=True)
class WeekPlan:
    """A week of seven days, or none with the reason in ``intro``. ``next_cues`` are for later weeks, one at a time."""

    kind: WeekKind
    intro: str
    days: tuple[PlannedDay, ...] = ()
    next_cues: tuple[PlannedItem, ...] = ()


_NO_EXERCISES = N_("No exercises until a professional has looked. Walk if that is comfortable.")
_WARM_UP = WeekPart(
    "Warm up",
    ("before_run",),
    most=2,
    kinds=("warm_up", "strength"),
    usual=("dynamic_warm_up",),
    otherwise="Walk briskly for five minutes.",
)
_CUE = WeekPart("One cue for the run", ("in_run",), otherwise="None this week: run as you like, at an easy pace.")
_DRILLS = WeekPart("After warming up", ("drills",), exercises=3, kinds=("drill",))
_AFTER = WeekPart(
    "After the run",
    ("after_run", "cool_down"),
    most=2,
    kinds=("stretch", "roll"),
    usual=("static_after_run", "cool_down"),
    otherwise="Walk until your breath is calm.",
)
_STRENGTH = WeekPart(
    "Strength",
    ("strength",),
    most=2,
    kinds=("strength",),
    usual=("hip_all_round_strength",),
    otherwise=_NO_EXERCISES,
    otherwise_label="Instead",
)
_REST = WeekPart(
    "All day", ("every_day",), most=2, usual=("sleep_and_recover",), otherwise="Sleep long, and walk if you like."
)
_CARE = WeekPart("For the sore place", ("care",), most=2, kinds=("roll",))
_NO_IMPACT = WeekPart(
    "Without impact",
    ("cross_train",),
    usual=("cross_train",),
    otherwise="Walk on the flat, only as far as it stays comfortable.",
)
_STRETCH = WeekPart(
    "Gentle mobility",
    ("after_run",),
    kinds=("stretch",),
    usual=("hip_flexor_mobility",),
    otherwise="No stretches until a professional has looked.",
    otherwise_label="Leave out",
)
_GENTLE_STRENGTH = WeekPart(
    "Only what does not hurt",
    ("strength",),
    kinds=("strength",),
    usual=("wake_hip_stabilisers",),
    otherwise=_NO_EXERCISES,
    otherwise_label="Instead",
)
_TRY_A_WALK = WeekPart(
    "Take stock",
    (),
    otherwise="Walk for half an hour. If it is quiet then and on the next day, a short easy run may come next week. "
    "If it is not, have it looked at.",
)
_TAKE_NOTES = WeekPart(
    "For your appointment",
    (),
    otherwise="Write down when it began, when it hurts, how strongly, and what helps. Take this report along.",
)

#: The days of a week with runs: a day between them, strength away from the run with drills, and rest. The articles
#: advise rest and no two hard days in a row; which day is which is our suggestion. [E]
_RUN_WEEK = (
    DayOutline("Monday", "Rest", (_REST, _CARE)),
    DayOutline("Tuesday", "Easy run", (_WARM_UP, _CUE, _AFTER)),
    DayOutline("Wednesday", "Strength", (_STRENGTH,)),
    DayOutline("Thursday", "Easy run with drills", (_WARM_UP, _DRILLS, _CUE, _AFTER)),
    DayOutline("Friday", "Strength", (_STRENGTH,)),
    DayOutline("Saturday", "Easy run", (_WARM_UP, _CUE, _AFTER)),
    DayOutline("Sunday", "Rest, or a walk", (_REST,)),
)
_EASE_WEEK = (
    DayOutline("Monday", "Rest", (_REST, _CARE)),
    DayOutline("Tuesday", "Short easy run", (_WARM_UP, _CUE, _AFTER)),
    DayOutline("Wednesday", "Strength", (_STRENGTH,)),
    DayOutline("Thursday", "No impact", (_NO_IMPACT, _CARE)),
    DayOutline("Friday", "Strength", (_STRENGTH,)),
    DayOutline("Saturday", "Short easy run", (_WARM_UP, _CUE, _AFTER)),
    DayOutline("Sunday", "Rest, or a walk", (_REST,)),
)
_REST_DAYS = (
    DayOutline("Monday", "Rest", (_REST, _CARE)),
    DayOutline("Tuesday", "Move without impact", (_NO_IMPACT, _STRETCH)),
    DayOutline("Wednesday", "Gentle strength", (_GENTLE_STRENGTH,)),
    DayOutline("Thursday", "Rest", (_REST, _CARE)),
    DayOutline("Friday", "Move without impact", (_NO_IMPACT, _STRETCH)),
    DayOutline("Saturday", "Gentle strength", (_GENTLE_STRENGTH,)),
)
WEEKS: Mapping[WeekKind, tuple[DayOutline, ...]] = {
    "run": _RUN_WEEK,
    "ease": _EASE_WEEK,
    "rest": (*_REST_DAYS, DayOutline("Sunday", "Take stock", (_TRY_A_WALK,))),
    "wait": (*_REST_DAYS, DayOutline("Sunday", "Rest", (_TAKE_NOTES,))),
    "none": (),
}
#: Purpose of a run with drills where there are none to do, and of a day with exercises where all are withheld.
NO_DRILLS, NO_EXERCISES = N_("Easy run"), N_("Rest")
INTROS: Mapping[WeekKind, str] = Texts(
    {
        "run": "Change one thing at a time: this week the same cue in every run. Swap days as they suit you, and "
        "keep a day between hard ones.",
        "ease": "Run short and easy this week. When it begins to hurt, walk home. No hills, no fast running, "
        "no drills.",
        "rest": "No runs this week. Stay in motion with what does not hurt, and see how it is on Sunday.",
        "wait": "No runs until a professional has looked. Stay in motion with what does not hurt.",
        "none": "There is no plan for this week: see a doctor first.",
    }
)
#: The plan of a week with runs for somebody with pain.
INTRO_WITH_PAIN = N_(
    "Change one thing at a time: this week the same cue in every run. "
    "When it begins to hurt, end the run and walk home."
)


def weeks() -> dict[WeekKind, tuple[DayOutline, ...]]:
    """Give the outlines of all weeks in the language that is written now.

    Returns
    -------
    dict
        As `WEEKS`.
    """
    return {kind: tuple(_translated(day) for day in days) for kind, days in WEEKS.items()}


def _translated(day: DayOutline) -> DayOutline:
    parts = (
        replace(
            part,
            label=gettext(part.label),
            otherwise=gettext(part.otherwise),
            otherwise_label=gettext(part.otherwise_label),
        )
        for part in day.parts
    )
    return DayOutline(gettext(day.name), gettext(day.purpose), tuple(parts))


def plan_week(
    answers: Answers | None,
    *,
    findings: Iterable[Finding] = (),
    differing: Iterable[str] = (),
    knowledge: Knowledge | None = None,
) -> WeekPlan:
    """Plan a week from what was seen in the film and what the runner said.

    Parameters
    ----------
    answers : Answers or None
    findings : iterable of Finding
        Clear and likely ones, the most important first, with all their corrections.
    differing : iterable of str
        Keys of metrics in which left and right differ beyond doubt.
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    WeekPlan
        Seven days, each with something to do; without days where a doctor must look first.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    answers = answers or Answers()
    ranked = rank_advice(answers, findings=findings, differing=differing, knowledge=knowledge)
    kind, intro = _kind_and_intro(answers, ranked, knowledge)
    withheld = withheld_corrections(answers, knowledge=knowledge)
    cues = [one.entry for one in ranked if one.entry.slot == "in_run"]
    return WeekPlan(
        kind=kind,
        intro=intro,
        days=tuple(_fill(outline, ranked, withheld, knowledge) for outline in weeks()[kind]),
        next_cues=tuple(PlannedItem(cue.title, cue.id, cue.dose) for cue in cues[1:]) if kind == "run" else (),
    )


def exercises_of(correction: str) -> tuple[Exercise, ...]:
    """List the exercises of a correction.

    Parameters
    ----------
    correction : str
        Id.

    Returns
    -------
    tuple of Exercise
        In the order of the data.
    """
    return tuple(exercise for exercise in load_exercises() if correction in exercise.corrections)


def _kind_and_intro(answers: Answers, ranked: Sequence[RankedAdvice], knowledge: Knowledge) -> tuple[WeekKind, str]:
    signs = signs_in_answers(answers, knowledge=knowledge)
    kind: WeekKind = "run"
    if any(sign.level == "now" for sign in signs):
        kind = "none"
    elif any(sign.running == "stop" for sign in signs):
        kind = "wait"
    else:
        running = running_advice(answers, (one.entry for one in ranked), knowledge=knowledge)
        kind = "rest" if running == "stop" else running or "run"
    hurts = any(one.fit == "protect" for one in ranked)
    return kind, _(INTRO_WITH_PAIN) if kind == "run" and hurts else INTROS[kind]


def _fill(
    outline: DayOutline, ranked: Sequence[RankedAdvice], withheld: frozenset[str], knowledge: Knowledge
) -> PlannedDay:
    sections = []
    done = False
    purpose = outline.purpose
    for part in outline.parts:
        fitting = [one.entry for one in ranked if one.entry.slot in part.slots][: part.most]
        usual = [knowledge.corrections[c] for c in part.usual if c not in withheld]
        entries = [*fitting, *(e for e in usual if e not in fitting)][: part.most]
        items = _items(entries, part)
        if items:
            done = True
        elif part.otherwise:
            sections.append(PlannedSection(part.otherwise_label or part.label, (PlannedItem(part.otherwise),)))
            continue
        if items:
            sections.append(PlannedSection(part.label, items))
        elif part.slots == ("drills",):
            purpose = _(NO_DRILLS)
    if not done and outline.parts[0].slots == ("strength",):
        purpose = _(NO_EXERCISES)
    return PlannedDay(outline.name, purpose, tuple(sections))


def _items(entries: Iterable[CorrectionEntry], part: WeekPart) -> tuple[PlannedItem, ...]:
    items: dict[str, PlannedItem] = {}
    for entry in entries:
        exercises = [e for e in exercises_of(entry.id) if e.kind in part.kinds][: part.exercises]
        for exercise in exercises:
            items.setdefault(exercise.id, PlannedItem(exercise.title, entry.id, exercise.sets, exercise.id))
        if not exercises:
            items.setdefault(entry.id, PlannedItem(entry.title, entry.id, entry.dose))
    return tuple(items.values())
