"""From measurements to findings, corrections and notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gait.findings.answers import Answers, corrections_from_answers, warnings_from_answers, withheld_corrections
from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import BandFlag, CorrectionEntry, Knowledge, MetricEntry
from gait.findings.value_text import runner_speed_text
from gait.records import ASYMMETRY, Correction, Finding, Measurement, Notice, Runner, Severity, Side

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
INDICATIVE_PREFIX = "Indicative only: "


@dataclass(frozen=True)
class _Cadence:
    """Measured cadence and its highest ordinary value, steps/min."""

    value: float | None
    highest: float | None


def derive_findings(
    measurements: Sequence[Measurement],
    runner: Runner,
    *,
    answers: Answers | None = None,
    knowledge: Knowledge | None = None,
) -> tuple[tuple[Finding, ...], tuple[Correction, ...], tuple[Notice, ...]]:
    """Derive findings from measurements: what stands out, and what to do about it.

    A measurement gives a finding only when its whole interval lies outside the band. Left and right of one metric
    become one finding. Metrics with the same cause (``group`` in ``metrics.toml``) become one finding, whose headline
    names the supporting metrics.

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
        The most important first: reliable before indicative, then by severity, by evidence for the band, by how
        changeable the metric is, by whether a correction was measured in runners, and by distance from the band. A
        report shows the first `MAX_FINDINGS_SHOWN` in full.
    corrections : tuple of Correction
        Each once, with the runner's numbers filled in: first those of the findings, in their order, then those that
        answers and differences between the sides bring up.
    notices : tuple of Notice
        First the warning signs in the answers, then the limits of the advice: unknown speed or height, and that the
        effect of form changes in uninjured runners is unproven.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    assessed = compare_with_bands(measurements, runner, knowledge=knowledge)
    merged = [_merge(outside) for outside in group_by_cause(assessed, knowledge=knowledge)]
    merged.sort(key=lambda one: _rank(one, knowledge))
    cadence = _cadence(assessed)
    withheld: frozenset[str] = frozenset()
    if answers is not None:
        withheld = withheld_corrections(answers, knowledge=knowledge)
    findings = tuple(_finding(lead, supports, knowledge, cadence, withheld) for lead, supports in merged)
    wanted = dict.fromkeys(c for finding in findings for c in finding.corrections)
    wanted |= dict.fromkeys(
        entry.id for entry in corrections_beyond_findings(measurements, answers, knowledge=knowledge)
    )
    corrections = tuple(_correction(knowledge.corrections[c], knowledge, cadence) for c in wanted)
    warnings = () if answers is None else warnings_from_answers(answers, knowledge=knowledge)
    return findings, corrections, (*warnings, *_notices(assessed, findings, runner, knowledge))


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
    """Group the measurements outside their band by common cause (``group`` in ``metrics.toml``), for each leg.

    Parameters
    ----------
    assessed : iterable of Assessment
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    list of list of Assessment
        In each group the metric that comes first in ``metrics.toml`` leads. Values below and above one band (leaning
        back, leaning forward) are never in one group. A related metric of the other leg alone is a group of its own.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    order = list(knowledge.metrics)
    causes: dict[tuple[str, str], list[Assessment]] = {}
    for one in assessed:
        if one.verdict == "outside":
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
    for members in group_by_cause(assessed, knowledge=knowledge):
        lead = [m for m in members if m.measurement.key == finding.metric]
        if lead and _flag(lead[0]).finding == finding.key and _side(lead) == finding.side:
            return lead, [m for m in members if m.measurement.key != finding.metric]
    return [], []


def _merge(members: list[Assessment]) -> tuple[list[Assessment], list[Assessment]]:
    # A reliable metric leads an indicative one, whatever its order in ``metrics.toml``.
    lead_key = max(members, key=lambda a: GRADE_RANK.get(a.measurement.grade, 0) > 0).measurement.key
    lead = [m for m in members if m.measurement.key == lead_key]
    return lead, [m for m in members if m.measurement.key != lead_key]


def _rank(merged: tuple[list[Assessment], list[Assessment]], knowledge: Knowledge) -> tuple[float, ...]:
    lead, supports = merged
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


def _finding(
    lead: list[Assessment],
    supports: list[Assessment],
    knowledge: Knowledge,
    cadence: _Cadence,
    withheld: frozenset[str],
) -> Finding:
    metric, flag = _metric(lead[0]), _flag(lead[0])
    side = _side(lead)
    text = flag.headline if side == "both" else flag.headline_one.format(side=side)
    extra = list(dict.fromkeys(_flag(s).support for s in supports))
    if extra:
        text = f"{text}, {' and '.join(extra)}"
    if all(a.measurement.grade == "poor" for a in lead):
        text = INDICATIVE_PREFIX + text[0].lower() + text[1:]
    ids = dict.fromkeys([*flag.corrections, *(c for s in supports for c in _flag(s).corrections)])
    entries = [knowledge.corrections[c] for c in ids]
    kept = tuple(e.id for e in entries if e.id not in withheld and _has_room(e, cadence))
    return Finding(flag.finding, metric.key, side, _worst(lead), text, kept)


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
        return "The belt speed was not given, so the widest ordinary ranges were used."
    return f"The belt speed was not given, so the widest ordinary ranges for {speed} were used."


def _notices(
    assessed: Sequence[Assessment], findings: Sequence[Finding], runner: Runner, knowledge: Knowledge
) -> tuple[Notice, ...]:
    notices = []
    compared = [a for a in assessed if a.limits is not None and a.verdict not in {"refused", "reference"}]
    if any(not a.limits.speed_known for a in compared if a.limits is not None):
        text = f"{_speed_used(runner)} The exact speed makes every comparison sharper."
        notices.append(Notice("speed_unknown", text))
    if any(a.limits.beyond_table for a in compared if a.limits is not None):
        speed = 0.0 if runner.speed_mps is None else runner.speed_mps * 3.6
        notices.append(
            Notice(
                "speed_outside_table",
                f"Ordinary ranges are known from 9 to 16.2 km/h. At {speed:.1f} km/h the nearest of them was used.",
            )
        )
    if any(not a.limits.height_known for a in compared if a.limits is not None):
        notices.append(
            Notice(
                "height_unknown",
                "Body height was not given, so the range for steps per minute allows for a tall runner. "
                "The height makes it narrower.",
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
