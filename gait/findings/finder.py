"""From measurements to findings, corrections, notices and the next step: what a report says about a run.

**The rule.** Every measurement is compared with its range (`gait.findings.assessment`), every pattern with that of its
score (`gait.findings.patterns`). From 97.5 % probability that the true value lies outside, a finding is *clear*, from
80 % it is *likely*. Four conditions keep ordinary runners from findings, because a report makes some twenty
comparisons:

1. the value is measured well enough for the range it is held against, and a poor grade never gives a clear finding;
2. in one view, a leg that is measured worse than the other does not lead alone: that would be a difference between the
   legs, which one side view does not show (method §5);
3. metrics with one cause, both legs, and the parts of a pattern give one finding;
4. a pattern needs two metrics that lean its way.

``python -m gait.validation.false_findings docs/validation.json`` counts how often reports of the validation are wrong.
``docs/method.md`` has the numbers: of 82 reports 5 with an untrue likely or clear finding, 1 of them clear.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gait.display_language import SIDE_FIELD, _, side_text
from gait.display_units import speed_in_units
from gait.findings.advice_ranking import corrections_from_answers
from gait.findings.answers import Answers, warnings_from_answers, withheld_corrections
from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import BandFlag, CorrectionEntry, Knowledge, MetricEntry
from gait.findings.next_step import FilmedView, choose_next_step
from gait.findings.patterns import PatternEvidence, assess_patterns
from gait.findings.value_text import runner_speed_text
from gait.records import (
    ASYMMETRY,
    Correction,
    Finding,
    FindingEvidence,
    Measurement,
    NextStep,
    Notice,
    Runner,
    Severity,
    Side,
)

#: Findings that a report shows in full. [E]
MAX_FINDINGS_SHOWN = 3
SEVERITY_RANK: dict[Severity, int] = {"mild": 0, "moderate": 1, "marked": 2}
EVIDENCE_RANK = {"engineering": 0, "derived": 1, "published": 2}
GRADE_RANK = {"poor": 0, "fair": 1, "good": 2}
#: Prescribed cadence over the present one: from, to, and the largest. Studies raised cadence by 5 to 10 % at the same
#: speed (Heiderscheit 2011, Willy 2016).
CADENCE_FACTOR_LOW, CADENCE_FACTOR_HIGH, MAX_CADENCE_FACTOR = 1.05, 1.075, 1.10
#: The correction that prescribes it.
RAISE_CADENCE = "raise_cadence"
#: Verdicts that lead to a finding.
LEADS = ("outside", "likely")


@dataclass(frozen=True)
class _Cadence:
    """Measured cadence and its highest ordinary value, steps/min."""

    value: float | None
    highest: float | None


@dataclass(frozen=True)
class FormAssessment:
    """What measurements say about a run.

    Attributes
    ----------
    assessed : tuple of Assessment
        Every measurement, compared with its range, in the order given.
    findings, likely : tuple of Finding
        Clear ones, and likely ones; each the most important first.
    corrections : tuple of Correction
        Each once, with the runner's numbers filled in: first those of the clear findings, in their order, then those of
        the likely ones, then those that answers and differences between the sides bring up.
    notices : tuple of Notice
        First the warning signs in the answers, then the limits of the advice.
    next_step : NextStep or None
        The one input or further clip that would decide most; ``None`` where nothing is left to decide.
    """

    assessed: tuple[Assessment, ...]
    findings: tuple[Finding, ...]
    likely: tuple[Finding, ...]
    corrections: tuple[Correction, ...]
    notices: tuple[Notice, ...]
    next_step: NextStep | None


def derive_findings(
    measurements: Sequence[Measurement],
    runner: Runner,
    *,
    answers: Answers | None = None,
    knowledge: Knowledge | None = None,
) -> tuple[tuple[Finding, ...], tuple[Correction, ...], tuple[Notice, ...]]:
    """Derive findings from measurements: what clearly stands out, and what to do about it.

    `assess_form` gives more: the likely findings, every comparison and the next step.

    Parameters
    ----------
    measurements : sequence of Measurement
        In the units and signs of the metric specs.
    runner : Runner
        Speed and height narrow the bands.
    answers : Answers, optional
        Answers of the runner.
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    findings : tuple of Finding
        Clear ones, the most important first.
    corrections : tuple of Correction
        Each once, with the runner's numbers filled in, those of likely findings included.
    notices : tuple of Notice
        First the warning signs in the answers, then the limits of the advice: unknown speed or height, and that the
        effect of form changes in uninjured runners is unproven.
    """
    form = assess_form(measurements, runner, answers=answers, knowledge=knowledge)
    return form.findings, form.corrections, form.notices


def assess_form(
    measurements: Sequence[Measurement],
    runner: Runner,
    *,
    answers: Answers | None = None,
    knowledge: Knowledge | None = None,
    filmed: Sequence[FilmedView] = (),
) -> FormAssessment:
    """Assess a run: what clearly stands out, what probably does, what to do about it, and what to film next.

    Parameters
    ----------
    measurements : sequence of Measurement
        In the units and signs of the metric specs.
    runner : Runner
        Speed and height narrow the bands.
    answers : Answers, optional
        Answers of the runner.
    knowledge : Knowledge, optional
        By default that of the package.
    filmed : sequence of FilmedView
        How the videos were filmed, in the order that ``Measurement.video`` counts; without it there is no next step.

    Returns
    -------
    FormAssessment
        Findings in this order: by severity, by evidence for the band, by how changeable the metric is, by whether a
        correction was measured in runners, and by distance from the band; those from poor measurements last. A report
        shows the first `MAX_FINDINGS_SHOWN` in full.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    assessed = compare_with_bands(measurements, runner, knowledge=knowledge)
    cadence = _cadence(assessed)
    withheld: frozenset[str] = frozenset()
    if answers is not None:
        withheld = withheld_corrections(answers, knowledge=knowledge)
    ranked = sorted(_candidates(assessed, knowledge), key=lambda one: one[0])
    everything = [
        replace(f, corrections=_kept_corrections(f.corrections, knowledge, cadence, withheld)) for _, f in ranked
    ]
    findings = tuple(f for f in everything if f.evidence == "clear")
    likely = tuple(f for f in everything if f.evidence == "likely")
    wanted = dict.fromkeys(c for finding in (*findings, *likely) for c in finding.corrections)
    wanted |= dict.fromkeys(
        entry.id for entry in corrections_beyond_findings(measurements, answers, knowledge=knowledge)
    )
    corrections = tuple(_correction(knowledge.corrections[c], knowledge, cadence) for c in wanted)
    warnings = () if answers is None else warnings_from_answers(answers, knowledge=knowledge)
    notices = (*warnings, *_notices(assessed, (*findings, *likely), runner, knowledge))
    step = choose_next_step(assessed, runner, filmed, knowledge=knowledge)
    return FormAssessment(assessed, findings, likely, corrections, notices, step)


def corrections_beyond_findings(
    measurements: Iterable[Measurement], answers: Answers | None, *, knowledge: Knowledge | None = None
) -> tuple[CorrectionEntry, ...]:
    """Choose the corrections that answers, or legs that differ beyond doubt, bring up.

    Parameters
    ----------
    measurements : iterable of Measurement
    answers : Answers or None
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    tuple of CorrectionEntry
        The most promising first.
    """
    differing = [
        m.key.removesuffix(ASYMMETRY) for m in measurements if m.key.endswith(ASYMMETRY) and m.grade in {"fair", "good"}
    ]
    return corrections_from_answers(answers or Answers(), differing=differing, knowledge=knowledge)


def group_by_cause(assessed: Iterable[Assessment], *, knowledge: Knowledge | None = None) -> list[list[Assessment]]:
    """Group the measurements clearly or likely outside their band by common cause (``group`` in ``metrics.toml``).

    Parameters
    ----------
    assessed : iterable of Assessment
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    list of list of Assessment
        For each leg; in each group the metric that comes first in ``metrics.toml`` leads. Values below and above one
        band (leaning back, leaning forward) are never in one group. A related metric of the other leg alone is a group
        of its own.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    order = list(knowledge.metrics)
    causes: dict[tuple[str, str], list[Assessment]] = {}
    for one in assessed:
        if one.verdict in LEADS:
            metric, flag = _metric(one), _flag(one)
            opposite = flag.finding if len(metric.flags) > 1 else ""
            causes.setdefault((metric.group, opposite), []).append(one)
    groups: list[list[Assessment]] = []
    for members in causes.values():
        rest = sorted(members, key=lambda a: order.index(a.measurement.key))
        while rest:
            lead = [a for a in rest if a.measurement.key == rest[0].measurement.key]
            sides = {a.measurement.side for a in lead}
            together = [
                a for a in rest if a in lead or "both" in {*sides, a.measurement.side} or a.measurement.side in sides
            ]
            groups.append(together)
            rest = [a for a in rest if a not in together]
    return groups


def measurements_behind(
    finding: Finding, assessed: Iterable[Assessment], *, knowledge: Knowledge | None = None
) -> tuple[list[Assessment], list[Assessment]]:
    """Return the measurements behind a finding.

    Parameters
    ----------
    finding : Finding
    assessed : iterable of Assessment
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    lead : list of Assessment
        Of the finding's metric.
    supports : list of Assessment
        Of related metrics that support it.
    """
    assessed = tuple(assessed)
    if finding.parts:
        behind = [a for a in assessed if a.measurement.key in finding.parts and a.measurement.value is not None]
        leads = [a for a in behind if a.measurement.key == finding.metric]
        if finding.side != "both":
            leads = [a for a in leads if a.measurement.side == finding.side]
        return leads, [a for a in behind if a.measurement.key != finding.metric]
    for members in group_by_cause(assessed, knowledge=knowledge):
        lead = [m for m in members if m.measurement.key == finding.metric]
        if lead and _flag(lead[0]).finding == finding.key and finding.side in ("both", _side(lead)):
            return lead, [m for m in members if m.measurement.key != finding.metric]
    return [], []


#: What findings are sorted by, and the finding.
_Candidate = tuple[tuple[float, ...], Finding]


def _candidates(assessed: Sequence[Assessment], knowledge: Knowledge) -> list[_Candidate]:
    """Make one finding of every cause, and of every pattern with its parts."""
    groups = [_merge(members) for members in group_by_cause(assessed, knowledge=knowledge)]
    candidates: list[_Candidate] = []
    for pattern in assess_patterns(assessed):
        if pattern.evidence not in ("clear", "likely"):
            continue
        metrics = {part.metric for part in pattern.pattern.parts}
        own = [group for group in groups if any(a.measurement.key in metrics for a in (*group[0], *group[1]))]
        groups = [group for group in groups if group not in own]
        clear = [group for group in own if _evidence(group[0]) == "clear"]
        # One part that is clear by itself says it better than the pattern; of several the pattern is the sum.
        if len(clear) == 1:
            rank, finding = _group_finding(*clear[0], assessed, knowledge)
            also = {a.measurement.key for lead, supports in own for a in (*lead, *supports)}
            parts = tuple(dict.fromkeys((*pattern.leaning, *sorted(also))))
            best = max(finding.probability or 0.0, pattern.probability)
            candidates.append((rank, replace(finding, parts=parts, probability=best)))
        else:
            rank, finding = _pattern_finding(pattern, bool(clear), assessed, knowledge)
            own_best = (a.probability_flagged or 0.0 for lead, _ in clear for a in lead)
            candidates.append((rank, replace(finding, probability=max((pattern.probability, *own_best)))))
    return candidates + [_group_finding(lead, supports, assessed, knowledge) for lead, supports in groups]


def _pattern_finding(
    found: PatternEvidence, parts_clear: bool, assessed: Sequence[Assessment], knowledge: Knowledge
) -> _Candidate:
    pattern = found.pattern
    evidence: FindingEvidence = "clear" if parts_clear or found.evidence == "clear" else "likely"
    metric = knowledge.metrics[found.leaning[0]]
    of_parts = [a.measurement for a in assessed if a.measurement.key in found.leaning]
    grades = [GRADE_RANK.get(m.grade, 0) for m in of_parts if m.value is not None]
    rank = (
        -min(max(grades, default=0), 1),
        -SEVERITY_RANK[found.severity],
        -EVIDENCE_RANK["derived"],
        -metric.changeable,
        -any(knowledge.corrections[c].evidence == "trial" for c in pattern.corrections),
        -(found.score - found.limit),
        -len(found.leaning),
    )
    headline = pattern.headline if evidence == "clear" else pattern.headline_likely
    finding = Finding(
        pattern.id,
        metric.key,
        "both",
        found.severity,
        headline,
        pattern.corrections,
        evidence,
        found.probability,
        found.leaning,
    )
    return rank, finding


def _evidence(lead: Sequence[Assessment]) -> FindingEvidence:
    return "clear" if any(a.verdict == "outside" for a in lead) else "likely"


def _merge(members: list[Assessment]) -> tuple[list[Assessment], list[Assessment]]:
    # A clear metric leads a likely one, and a reliable one an indicative one, whatever their order in ``metrics.toml``.
    first = max(members, key=lambda a: (a.verdict == "outside", GRADE_RANK.get(a.measurement.grade, 0) > 0))
    lead = [m for m in members if m.measurement.key == first.measurement.key]
    return lead, [m for m in members if m.measurement.key != first.measurement.key]


def _rank(lead: list[Assessment], supports: list[Assessment], knowledge: Knowledge) -> tuple[float, ...]:
    metric = _metric(lead[0])
    best_grade = max(GRADE_RANK.get(a.measurement.grade, 0) for a in lead)
    tag = metric.band.tag if metric.band is not None else "engineering"
    return (
        -min(best_grade, 1),
        -SEVERITY_RANK[_worst(lead)],
        -EVIDENCE_RANK[tag],
        -metric.changeable,
        -any(knowledge.corrections[c].evidence == "trial" for c in _flag(lead[0]).corrections),
        -max(_distance(a) for a in lead),
        -len(supports),
    )


def _distance(one: Assessment) -> float:
    """Return how far beyond its limit a value lies, in multiples of what counts as marked."""
    flag, limits, value = _flag(one), one.limits, one.measurement.value
    limit = None if limits is None else limits.high if flag.when == "high" else limits.low
    return 0.0 if limit is None or value is None else abs(value - limit) / flag.marked


def _group_finding(
    lead: list[Assessment], supports: list[Assessment], assessed: Sequence[Assessment], knowledge: Knowledge
) -> _Candidate:
    metric, flag = _metric(lead[0]), _flag(lead[0])
    side, evidence = _named_side(lead, assessed), _evidence(lead)
    both, one = flag.headline, flag.headline_one
    if evidence == "likely":
        both, one = flag.headline_likely, flag.headline_likely_one
    ids = dict.fromkeys([*flag.corrections, *(c for s in supports for c in _flag(s).corrections)])
    finding = Finding(
        flag.finding,
        metric.key,
        side,
        _worst(lead),
        both if side == "both" else side_text(one, side) if SIDE_FIELD in one else one,
        tuple(ids),
        evidence,
        max((a.probability_flagged for a in lead if a.probability_flagged is not None), default=None),
        (metric.key, *dict.fromkeys(a.measurement.key for a in supports)) if supports else (),
    )
    return _rank(lead, supports, knowledge), finding


def _named_side(lead: Sequence[Assessment], assessed: Iterable[Assessment]) -> Side:
    """Name one leg only where the other does not lean the same way: one leg sounds like a difference between them."""
    side = _side(lead)
    for one in assessed:
        m = one.measurement
        other = m.key == lead[0].measurement.key and m.side not in (side, "both")
        if side != "both" and other and (one.probability_flagged or 0.0) >= 0.5:
            return "both"
    return side


def _kept_corrections(
    ids: Iterable[str], knowledge: Knowledge, cadence: _Cadence, withheld: frozenset[str]
) -> tuple[str, ...]:
    entries = [knowledge.corrections[c] for c in ids]
    return tuple(e.id for e in entries if e.id not in withheld and _has_room(e, cadence))


def _has_room(entry: CorrectionEntry, cadence: _Cadence) -> bool:
    # A runner whose cadence is already as high as that of any healthy runner at this speed gets no such correction.
    if not entry.needs_cadence_room or cadence.value is None or cadence.highest is None:
        return True
    return cadence.value * CADENCE_FACTOR_LOW <= cadence.highest


def cadence_target(now: float) -> tuple[int, int, int]:
    """Prescribe a cadence.

    Parameters
    ----------
    now : float
        Present cadence, steps/min.

    Returns
    -------
    low, high, limit : int
        Range to aim for, and the largest increase that was studied, steps/min.
    """
    return round(now * CADENCE_FACTOR_LOW), round(now * CADENCE_FACTOR_HIGH), int(now * MAX_CADENCE_FACTOR)


def _correction(entry: CorrectionEntry, knowledge: Knowledge, cadence: _Cadence) -> Correction:
    text = entry.text
    if entry.text_plain is not None:
        now = cadence.value
        text = entry.text_plain
        if now is not None:
            low, high, limit = cadence_target(now)
            text = entry.text.format(current=round(now), target_low=low, target_high=high, limit=limit)
    papers = (f"{knowledge.papers[r.paper].cite}: {r.effect}" for r in entry.research)
    return Correction(
        entry.id, entry.title, entry.kind, text, entry.dose, knowledge.cite_passages(entry.passages), tuple(papers)
    )


def _cadence(assessed: Iterable[Assessment]) -> _Cadence:
    for one in assessed:
        if one.measurement.key == "cadence" and one.verdict != "refused":
            return _Cadence(one.measurement.value, one.limits.high if one.limits is not None else None)
    return _Cadence(None, None)


def _speed_used(runner: Runner) -> str:
    speed = runner_speed_text(runner)
    if speed is None:
        return _("The belt speed was not given, so the widest ordinary ranges were used.")
    return _("The belt speed was not given. The ordinary ranges allow for {speed}.").format(speed=speed)


def _notices(
    assessed: Sequence[Assessment], findings: Sequence[Finding], runner: Runner, knowledge: Knowledge
) -> tuple[Notice, ...]:
    notices = []
    compared = [a for a in assessed if a.limits is not None and a.verdict not in {"refused", "reference"}]
    if any(not a.limits.speed_known for a in compared if a.limits is not None):
        sharper = _("The exact speed makes every comparison sharper.")
        notices.append(Notice("speed_unknown", f"{_speed_used(runner)} {sharper}"))
    if any(a.limits.beyond_table for a in compared if a.limits is not None):
        bands = [a.metric.band for a in compared if a.limits is not None and a.limits.beyond_table and a.metric]
        slow, fast = (end(band.speeds[n] for band in bands if band) for n, end in ((0, min), (-1, max)))
        notices.append(
            Notice(
                "speed_outside_table",
                _("Ordinary ranges are known from {slow} to {fast}. At {speed} the nearest of them was used.").format(
                    slow=speed_in_units(slow), fast=speed_in_units(fast), speed=runner_speed_text(runner)
                ),
            )
        )
    if any(not a.limits.height_known for a in compared if a.limits is not None):
        notices.append(
            Notice(
                "height_unknown",
                _(
                    "Body height was not given, so some ranges allow for short and tall runners. The height makes them "
                    "narrower."
                ),
            )
        )
    if findings:
        notices.append(Notice(knowledge.caveat.code, knowledge.caveat.message))
    return tuple(notices)


def _metric(one: Assessment) -> MetricEntry:
    assert one.metric is not None
    return one.metric


def _flag(one: Assessment) -> BandFlag:
    assert one.flag is not None
    return one.flag


def _side(members: Sequence[Assessment]) -> Side:
    sides = {a.measurement.side for a in members}
    return sides.pop() if len(sides) == 1 else "both"


def _worst(members: Iterable[Assessment]) -> Severity:
    return max((a.severity for a in members if a.severity is not None), key=lambda s: SEVERITY_RANK[s])
