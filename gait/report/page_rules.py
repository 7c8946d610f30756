"""Questions, advice and week of the HTML report, and the rules by which the browser ranks the advice again.

`page_rules` compiles the rules from the same data from which Python ranks; ``templates/answers.js`` evaluates them.
A page has the panel as ``panel``, includes ``questions.html.j2`` and ``general_advice.html.j2``, shows the ranked
advice and the week with the macros of ``advice_macros.html.j2``, and carries ``answers.css`` and ``answers.js``. After
every change of an answer the script

- fills the elements ``data-ranked-advice``, ``data-week-plan``, ``data-warning-list`` and ``data-answers-status``,
- keeps ``data-urgency`` of the document's root at ``now``, ``see``, ``heed`` or empty,
- hides elements ``data-correction`` (an id) that are withheld,
- dispatches the event ``gait:answers`` on the document, with the result as its detail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from gait.display_language import Texts, _, decimal_sign
from gait.findings.advice_ranking import (
    EVIDENCE_ORDER,
    FIT_ORDER,
    RUNNING_KINDS,
    RUNNING_SLOTS,
    Fit,
    RankedAdvice,
    differing_metrics,
    rank_advice,
)
from gait.findings.answers import (
    KM_PER_MILE,
    Answer,
    Answers,
    reasons_for_advice,
    trigger_is_met,
    warnings_from_answers,
    withheld_corrections,
)
from gait.findings.finder import assess_form, cadence_target
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import CorrectionEntry, Knowledge, Passage, Urgency, WarningSign
from gait.findings.questions import PAIN_WHERE, Condition, Question, Trigger
from gait.findings.week_plan import (
    INTRO_WITH_PAIN,
    INTROS,
    NO_DRILLS,
    NO_EXERCISES,
    WeekPlan,
    exercises_of,
    plan_week,
    weeks,
)
from gait.records import Finding

if TYPE_CHECKING:
    from gait.session import Session

#: Advice that is shown at once; the rest is behind one tap. [E] Three things are enough to work on at a time.
SHOWN_AT_ONCE = 3
#: What to try where neither findings nor answers bring anything up, the first that no warning sign withholds. [E]
USUAL_ADVICE = ("dynamic_warm_up", "single_leg_strength", "build_gradually")
#: Why an item of advice stands where it does.
FIT_TEXTS: Mapping[Fit, str] = Texts(
    {
        "protect": "First of all",
        "pain_and_form": "Fits your pain and how you run",
        "form": "Fits how you run",
        "pain": "Fits your pain",
        "likely_form": "Probably fits how you run",
        "answers": "Fits your other answers",
    }
)
LEVEL_TEXTS: Mapping[Urgency, str] = Texts(
    {"now": "See a doctor now.", "see": "See someone.", "heed": "An early sign."}
)
#: Whole sentences that the script shows, so that they can be translated with the rest.
SCRIPT_TEXTS: Mapping[str, str] = Texts(
    {
        "more": "{count} more for later",
        "none": "Nothing in your answers or in the film calls for a change. The advice for everybody is below.",
        "later": "when you run again",
        "how_much": "How much:",
        "next_cues": "Later, one at a time:",
        "show_me": "Show me:",
        "because": "Because: {reasons}.",
        "bad_number": "Please give a number from {low} to {high}.",
        "clauses": "{first}; {second}",
        "yes": "yes",
        "no": "no",
        "status_warnings": "Please read the warning above. First advice: {first}.",
        "status_advice": "First advice: {first}. {count} in all.",
        "status_none": "No advice from these answers.",
        "toml_head": "Answers of a runner, for an analysis by gait. You can change a line or leave it out.",
    }
)


@dataclass(frozen=True)
class ShownSign:
    """A warning sign as the page shows it."""

    id: str
    level: Urgency
    text: str


@dataclass(frozen=True)
class ShownAdvice:
    """One ranked item of advice as the page shows it.

    ``exercises`` are ids and titles. ``why`` says what it fits; ``later``: it waits until the runner runs again.
    """

    id: str
    title: str
    text: str
    dose: str | None
    exercises: tuple[tuple[str, str], ...]
    why: str
    reasons: tuple[str, ...]
    later: bool


@dataclass(frozen=True)
class AskedQuestion:
    """One question of the form with the answer that was given, if any. ``number`` is that answer as text."""

    question: Question
    given: Answer | None
    number: str
    shown: bool


@dataclass(frozen=True)
class QuestionTopic:
    """The questions of one topic."""

    title: str
    questions: tuple[AskedQuestion, ...]


@dataclass(frozen=True)
class GeneralItem:
    """One item of the advice for everybody, a correction or a warning sign.

    ``exercises`` are ids and titles. ``fits``: it is among the ranked advice.
    """

    id: str
    title: str
    text: str
    dose: str | None
    exercises: tuple[tuple[str, str], ...]
    source: str
    level: Urgency | None
    fits: bool


@dataclass(frozen=True)
class GeneralSection:
    """One theme of the advice for everybody."""

    id: str
    title: str
    intro: str
    items: tuple[GeneralItem, ...]


@dataclass(frozen=True)
class AdvicePanel:
    """All advice of a page, and the rules to rank it again. ``urgency`` is that of the first warning sign."""

    rules: Markup
    topics: tuple[QuestionTopic, ...]
    signs: tuple[ShownSign, ...]
    urgency: Urgency | None
    exercises_withheld: bool
    ranked: tuple[ShownAdvice, ...]
    week: WeekPlan
    sections: tuple[GeneralSection, ...]
    answered: bool
    texts: Mapping[str, str]
    level_texts: Mapping[Urgency, str]


def advice_panel(session: Session) -> AdvicePanel:
    """Assemble the advice of a report: questions, warnings, ranked advice, week, and advice for everybody.

    Parameters
    ----------
    session : Session

    Returns
    -------
    AdvicePanel
    """
    knowledge = load_knowledge()
    answers = session.answers or Answers()
    findings = findings_without_answers(session)
    differing = differing_metrics(session.measurements)
    ranked = rank_advice(answers, findings=findings, differing=differing, knowledge=knowledge)
    signs = [knowledge.warnings[notice.code] for notice in warnings_from_answers(answers, knowledge=knowledge)]
    held = withheld_corrections(answers, knowledge=knowledge)
    return AdvicePanel(
        rules=_embedded(page_rules(session)),
        topics=tuple(_topics(answers, knowledge)),
        signs=tuple(ShownSign(sign.id, sign.level, sign.text) for sign in signs),
        urgency=signs[0].level if signs else None,
        exercises_withheld=any(knowledge.corrections[c].kind == "exercise" for c in held),
        ranked=tuple(_shown(one, session, findings, answers, knowledge) for one in ranked),
        week=plan_week(answers, findings=findings, differing=differing, knowledge=knowledge),
        sections=general_advice([one.entry.id for one in ranked], [sign.id for sign in signs]),
        answered=bool(answers),
        texts=SCRIPT_TEXTS,
        level_texts=LEVEL_TEXTS,
    )


def page_rules(session: Session) -> dict[str, Any]:
    """Compile the rules by which the browser ranks the advice of a session.

    Parameters
    ----------
    session : Session

    Returns
    -------
    dict
        JSON: ``questions``, ``corrections`` and ``warnings`` with their triggers, ``findings`` with their corrections,
        ``orders``, the outlines of ``weeks``, ``texts``, and the answers ``given``.
    """
    knowledge = load_knowledge()
    differing = set(differing_metrics(session.measurements))
    cadence = _cadence(session)
    return {
        "km_per_mile": KM_PER_MILE,
        "decimal_sign": decimal_sign(),
        "pain_where": PAIN_WHERE,
        "shown_at_once": SHOWN_AT_ONCE,
        "usual": list(USUAL_ADVICE),
        "questions": [_question_rule(q) for q in knowledge.questions.values()],
        "corrections": [_correction_rule(c, differing, cadence) for c in knowledge.corrections.values()],
        "warnings": [_warning_rule(w) for w in knowledge.warnings.values()],
        "findings": [
            {"headline": f.headline, "evidence": f.evidence, "corrections": list(f.corrections)}
            for f in findings_without_answers(session)
        ],
        "orders": {"fit": [list(row) for row in FIT_ORDER], "evidence": list(EVIDENCE_ORDER)},
        "running": {"kinds": list(RUNNING_KINDS), "slots": list(RUNNING_SLOTS)},
        "weeks": {kind: [asdict(day) for day in days] for kind, days in weeks().items()},
        "intros": {**INTROS, "run_with_pain": _(INTRO_WITH_PAIN)},
        "purposes": {"no_drills": _(NO_DRILLS), "no_exercises": _(NO_EXERCISES)},
        "fits": dict(FIT_TEXTS),
        "texts": dict(SCRIPT_TEXTS),
        "sections": {s.id: list(s.items) for s in knowledge.sections.values()},
        "given": {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in (session.answers or Answers()).values.items()
        },
    }


def findings_without_answers(session: Session) -> tuple[Finding, ...]:
    """Return the clear and the likely findings with all their corrections, those that answers withhold too.

    Parameters
    ----------
    session : Session

    Returns
    -------
    tuple of Finding
        Clear ones first.
    """
    found = (*session.findings, *session.likely)
    if session.answers is None or not withheld_corrections(session.answers):
        return found
    form = assess_form(session.measurements, session.runner)
    return (*form.findings, *form.likely)


def general_advice(ranked: Sequence[str] = (), signs: Sequence[str] = ()) -> tuple[GeneralSection, ...]:
    """Lay out the advice for everybody: every correction and warning sign of the articles, by theme.

    Parameters
    ----------
    ranked : sequence of str
        Ids of the corrections that fit the runner, the best first.
    signs : sequence of str
        Ids of the warning signs that apply.

    Returns
    -------
    tuple of GeneralSection
        Those with a warning sign that applies or the best fitting correction first, and so within each section.
    """
    knowledge = load_knowledge()
    place = {item: index for index, item in enumerate([*signs, *ranked])}
    last = len(place)
    sections = []
    for section in knowledge.sections.values():
        ids = sorted(section.items, key=lambda item: place.get(item, last))
        items = tuple(_general_item(item, item in place, knowledge) for item in ids)
        sections.append(GeneralSection(section.id, section.title, section.intro, items))
    return tuple(sorted(sections, key=lambda s: min(place.get(item.id, last) for item in s.items)))


def _embedded(rules: Mapping[str, Any]) -> Markup:
    """Write JSON that can stand in a script element whatever its texts hold."""
    text = json.dumps(rules, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _topics(answers: Answers, knowledge: Knowledge) -> Iterable[QuestionTopic]:
    topics: dict[str, list[AskedQuestion]] = {}
    for question in knowledge.questions.values():
        given = answers.values.get(question.id)
        number = (
            f"{round(given * question.shown_factor, 1):g}".replace(".", decimal_sign())
            if isinstance(given, float)
            else ""
        )
        shown = not question.only_if or trigger_is_met(question.only_if, answers)
        topics.setdefault(question.topic, []).append(AskedQuestion(question, given, number, shown))
    return [QuestionTopic(title, tuple(questions)) for title, questions in topics.items()]


def _shown(
    one: RankedAdvice, session: Session, findings: Sequence[Finding], answers: Answers, knowledge: Knowledge
) -> ShownAdvice:
    entry = one.entry
    headlines = [f.headline for f in findings if entry.id in f.corrections]
    return ShownAdvice(
        id=entry.id,
        title=entry.title,
        text=_text(entry, _cadence(session)),
        dose=entry.dose,
        exercises=tuple((exercise.id, exercise.title) for exercise in exercises_of(entry.id)),
        why=FIT_TEXTS[one.fit],
        reasons=(*headlines, *reasons_for_advice(entry, answers, knowledge=knowledge)),
        later=one.later,
    )


def _cadence(session: Session) -> float | None:
    return next((m.value for m in session.measurements if m.key == "cadence" and m.value is not None), None)


def _text(entry: CorrectionEntry, cadence: float | None) -> str:
    if entry.text_plain is None:
        return entry.text
    if cadence is None:
        return entry.text_plain
    low, high, limit = cadence_target(cadence)
    return entry.text.format(current=round(cadence), target_low=low, target_high=high, limit=limit)


def _general_item(item: str, fits: bool, knowledge: Knowledge) -> GeneralItem:
    sign = knowledge.warnings.get(item)
    if sign is not None:
        return GeneralItem(item, "", sign.text, None, (), _source(sign.passages, knowledge), sign.level, fits)
    entry = knowledge.corrections[item]
    text = entry.text if entry.text_plain is None else entry.text_plain
    exercises = tuple((exercise.id, exercise.title) for exercise in exercises_of(item))
    source = _source(entry.passages, knowledge)
    return GeneralItem(item, entry.title, text, entry.dose, exercises, source, None, fits)


def _source(passages: Iterable[Passage], knowledge: Knowledge) -> str:
    """Name the articles, shortened to what stands before a colon or a bracket."""
    titles = dict.fromkeys(re.split(r"\s*[:(]", knowledge.articles[p.article].title)[0] for p in passages)
    return "; ".join(titles)


def _question_rule(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "text": question.text,
        "kind": question.kind,
        "options": {option.id: option.text for option in question.options},
        "none": question.none,
        "unit": question.shown_unit,
        "factor": question.shown_factor,
        "miles": question.miles,
        "low": question.low,
        "high": question.high,
        "about_pain": question.about_pain,
        "only_if": _trigger_rule(question.only_if),
    }


def _correction_rule(entry: CorrectionEntry, differing: set[str], cadence: float | None) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "text": _text(entry, cadence),
        "dose": entry.dose,
        "kind": entry.kind,
        "theme": entry.theme,
        "evidence": entry.evidence,
        "slot": entry.slot,
        "running": entry.running,
        "when": [_trigger_rule(trigger) for trigger in entry.when],
        "differs": bool(differing & set(entry.sides_differ)),
        "exercises": [{"id": e.id, "title": e.title, "kind": e.kind, "sets": e.sets} for e in exercises_of(entry.id)],
    }


def _warning_rule(sign: WarningSign) -> dict[str, Any]:
    return {
        "id": sign.id,
        "level": sign.level,
        "text": sign.text,
        "running": sign.running,
        "holds_back": list(sign.holds_back),
        "when": [_trigger_rule(trigger) for trigger in sign.when],
    }


def _trigger_rule(trigger: Trigger) -> list[dict[str, Any]]:
    return [_condition_rule(condition) for condition in trigger]


def _condition_rule(condition: Condition) -> dict[str, Any]:
    rule = {
        "question": condition.question,
        "options": list(condition.options) or None,
        "yes": condition.yes,
        "at_least": condition.at_least,
        "at_most": condition.at_most,
        "times": condition.times,
    }
    return {key: value for key, value in rule.items() if value is not None}
