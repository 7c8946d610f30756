"""The order of advice: what fits both the pain and the way of running first, and nothing that a warning sign forbids.

``gait/report/templates/answers.js`` does the same in the browser, from the same data (`gait.report.page_rules`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from gait.findings.answers import (
    Answers,
    any_trigger_is_met,
    signs_in_answers,
    trigger_is_met,
    withheld_corrections,
)
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import CorrectionEntry, Evidence, Knowledge, RunningAdvice
from gait.findings.questions import PAIN_WHERE
from gait.records import ASYMMETRY, Finding, Measurement

#: What an item of advice fits: the pain, what was clearly or likely seen in the film, both, or other answers.
Fit = Literal["protect", "pain_and_form", "form", "pain", "likely_form", "answers"]
#: The order of the fits, of which those in one row take turns. What keeps a pain from growing comes first. [E]
FIT_ORDER: tuple[tuple[Fit, ...], ...] = (
    ("protect",),
    ("pain_and_form",),
    ("form", "pain"),
    ("likely_form",),
    ("answers",),
)
EVIDENCE_ORDER: tuple[Evidence, ...] = ("trial", "expert", "low")
#: What waits until the runner runs again: kinds of correction, and slots of the week.
RUNNING_KINDS = ("cue", "drill")
RUNNING_SLOTS = ("before_run", "drills", "in_run", "cool_down")


@dataclass(frozen=True)
class RankedAdvice:
    """One correction and what it fits. ``later``: it waits until the runner runs again."""

    entry: CorrectionEntry
    fit: Fit
    later: bool = False


def rank_advice(
    answers: Answers,
    *,
    findings: Iterable[Finding] = (),
    differing: Iterable[str] = (),
    knowledge: Knowledge | None = None,
) -> tuple[RankedAdvice, ...]:
    """Choose and order the corrections for a runner.

    Parameters
    ----------
    answers : Answers
    findings : iterable of Finding
        Clear and likely ones, the most important first, with all their corrections.
    differing : iterable of str
        Keys of metrics in which left and right differ beyond doubt.
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    tuple of RankedAdvice
        Without what a warning sign withholds. First what keeps a pain from growing, then what fits both the pain and
        a finding, then by turns what fits the clear findings and what fits the pain, then the likely findings and the
        other answers. Corrections of findings keep their order. The others go by evidence, and within the same
        evidence the first of every theme comes before the second of any. Where running must stop, cues and drills come
        last, and advice to run less is left out.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    withheld = withheld_corrections(answers, knowledge=knowledge)
    positions = _positions(findings)
    sides = set(differing)
    chosen: list[tuple[CorrectionEntry, Fit]] = []
    for entry in knowledge.corrections.values():
        asked = any_trigger_is_met(entry.when, answers) or bool(sides & set(entry.sides_differ))
        if entry.id not in withheld and (asked or entry.id in positions):
            chosen.append((entry, _fit(entry, answers, positions, knowledge)))
    stopped = running_advice(answers, (entry for entry, _ in chosen), knowledge=knowledge) == "stop"
    if stopped:  # A break takes the place of shorter runs.
        chosen = [(entry, fit) for entry, fit in chosen if entry.running != "ease"]
    earlier: Counter[tuple[Fit, str, str]] = Counter()
    of_fit: dict[Fit, list[tuple[tuple[int, ...], RankedAdvice]]] = {}
    for index, (entry, fit) in enumerate(chosen):
        place = (positions.get(entry.id, (0, True))[0], 0)
        if fit in {"protect", "pain", "answers"}:
            place = (EVIDENCE_ORDER.index(entry.evidence), earlier[fit, entry.evidence, entry.theme])
            earlier[fit, entry.evidence, entry.theme] += 1
        later = stopped and (entry.kind in RUNNING_KINDS or entry.slot in RUNNING_SLOTS)
        of_fit.setdefault(fit, []).append(((int(later), *place, index), RankedAdvice(entry, fit, later)))
    ranked: list[tuple[tuple[int, ...], RankedAdvice]] = []
    for row, fits in enumerate(FIT_ORDER):
        for column, fit in enumerate(fits):
            in_order = sorted(of_fit.get(fit, ()), key=lambda one: one[0])
            ranked += [((advice.later, row, turn, column), advice) for turn, (_, advice) in enumerate(in_order)]
    return tuple(advice for _, advice in sorted(ranked, key=lambda one: one[0]))


def corrections_from_answers(
    answers: Answers, *, differing: Iterable[str] = (), knowledge: Knowledge | None = None
) -> tuple[CorrectionEntry, ...]:
    """Choose the corrections that answers, or a difference between the sides, bring up.

    Parameters
    ----------
    answers : Answers
    differing : iterable of str
        Keys of metrics in which left and right differ beyond doubt.
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    tuple of CorrectionEntry
        In the order of `rank_advice`: what fits the pain first.
    """
    return tuple(one.entry for one in rank_advice(answers, differing=differing, knowledge=knowledge))


def running_advice(
    answers: Answers, chosen: Iterable[CorrectionEntry], *, knowledge: Knowledge | None = None
) -> RunningAdvice | None:
    """Tell what answers mean for the runs of the week.

    Parameters
    ----------
    answers : Answers
    chosen : iterable of CorrectionEntry
        The corrections that they bring up.
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    {"stop", "ease"} or None
        No runs; short and easy ones without drills; or as usual.
    """
    given = {sign.running for sign in signs_in_answers(answers, knowledge=knowledge)}
    given |= {entry.running for entry in chosen}
    return "stop" if "stop" in given else "ease" if "ease" in given else None


def differing_metrics(measurements: Iterable[Measurement]) -> tuple[str, ...]:
    """List the metrics in which left and right differ beyond doubt.

    Parameters
    ----------
    measurements : iterable of Measurement

    Returns
    -------
    tuple of str
        Keys.
    """
    return tuple(
        m.key.removesuffix(ASYMMETRY) for m in measurements if m.key.endswith(ASYMMETRY) and m.grade in {"fair", "good"}
    )


def _positions(findings: Iterable[Finding]) -> dict[str, tuple[int, bool]]:
    """Give every correction of a finding its place, clear ones first; true where a clear finding gives it."""
    positions: dict[str, tuple[int, bool]] = {}
    for finding in sorted(findings, key=lambda f: f.evidence == "likely"):
        for correction in finding.corrections:
            positions.setdefault(correction, (len(positions), finding.evidence == "clear"))
    return positions


def _fit(
    entry: CorrectionEntry, answers: Answers, positions: Mapping[str, tuple[int, bool]], knowledge: Knowledge
) -> Fit:
    pain = _fits_pain(entry, answers, knowledge)
    if pain and entry.theme == "pain":
        return "protect"
    if entry.id in positions:
        clear = positions[entry.id][1]
        return "pain_and_form" if pain else "form" if clear else "likely_form"
    return "pain" if pain else "answers"


def _fits_pain(entry: CorrectionEntry, answers: Answers, knowledge: Knowledge) -> bool:
    met = [trigger for trigger in entry.when if trigger_is_met(trigger, answers)]
    if any(knowledge.questions[c.question].about_pain for trigger in met for c in trigger):
        return True
    # A load that grew too fast is the first suspect of a pain (Fix Runner's Hip, "Overuse & Training Errors").
    return bool(met) and entry.theme == "load" and _hurts(answers, knowledge)


def _hurts(answers: Answers, knowledge: Knowledge) -> bool:
    where = answers.values.get(PAIN_WHERE)
    return isinstance(where, tuple) and knowledge.questions[PAIN_WHERE].none not in where
