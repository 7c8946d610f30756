"""From measurements to findings and corrections. A pure function: no files, no video."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gait.findings.answers import Answers, advice_for, held_back, warnings_for
from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import CorrectionEntry, Flag, Knowledge, MetricEntry
from gait.findings.value_text import speed_of
from gait.records import ASYMMETRY, Correction, Finding, Measurement, Notice, Runner, Severity, Side

SHOWN_FIRST = 3
SEVERITY_RANK: dict[Severity, int] = {"mild": 0, "moderate": 1, "marked": 2}
EVIDENCE_RANK = {"engineering": 0, "derived": 1, "published": 2}
GRADE_RANK = {"poor": 0, "fair": 1, "good": 2}
# Study protocols raise cadence by 5 to 10 % at the same speed (Heiderscheit 2011, Willy 2016).
RAISE_LOW, RAISE_HIGH, RAISE_LIMIT = 1.05, 1.075, 1.10
#: The correction that prescribes them.
RAISE_CADENCE = "raise_cadence"
INDICATIVE = "Indicative only: "


@dataclass(frozen=True)
class _Cadence:
    value: float | None
    highest: float | None


def derive_findings(
    measurements: Sequence[Measurement],
    runner: Runner,
    *,
    answers: Answers | None = None,
    knowledge: Knowledge | None = None,
) -> tuple[tuple[Finding, ...], tuple[Correction, ...], tuple[Notice, ...]]:
    """Say what stands out and what to do about it.

    A finding fires only when the whole interval lies beyond the band and the grade is not refused. Left and right of
    one metric become one finding; metrics with the same root (``group`` in the knowledge) become one finding whose
    headline names the other as support.

    Parameters
    ----------
    measurements
        In the units and signs of ``gait/findings/metrics.toml``.
    runner
        Speed and height sharpen the bands.
    answers
        What the runner said, if anything.
    knowledge
        The package's own unless given.

    Returns
    -------
    findings : tuple of Finding
        Most worth changing first: reliable before indicative, then by severity, by how well the band is founded, by
        what can be changed, by whether a correction was measured in runners, and by distance from the band. A report
        shows the first three (``SHOWN_FIRST``) in full.
    corrections : tuple of Correction
        Each once, with the runner's own numbers filled in: in the order in which findings name them, then what
        answers and differences between the sides bring up.
    notices : tuple of Notice
        Warning signs in the answers first. Then what limits the advice: unknown speed or height, and that form change
        in uninjured runners is unproven.
    """
    known = load_knowledge() if knowledge is None else knowledge
    assessed = compare_with_bands(measurements, runner, knowledge=known)
    merged = [_merge(outside) for outside in grouped(assessed, knowledge=known)]
    merged.sort(key=lambda one: _rank(one, known))
    cadence = _cadence(assessed)
    held: frozenset[str] = frozenset() if answers is None else held_back(answers, knowledge=known)
    findings = tuple(_finding(lead, supports, known, cadence, held) for lead, supports in merged)
    wanted = dict.fromkeys(c for finding in findings for c in finding.corrections)
    wanted |= dict.fromkeys(entry.id for entry in notices_from_findings(measurements, answers, knowledge=known))
    corrections = tuple(_correction(known.corrections[c], known, cadence) for c in wanted)
    warnings = () if answers is None else warnings_for(answers, knowledge=known)
    return findings, corrections, (*warnings, *_notices(assessed, findings, runner, known))


def notices_from_findings(
    measurements: Iterable[Measurement], answers: Answers | None, *, knowledge: Knowledge | None = None
) -> tuple[CorrectionEntry, ...]:
    """Choose the corrections that answers, or legs that differ beyond doubt, bring up; most worth trying first."""
    differing = [
        m.key.removesuffix(ASYMMETRY) for m in measurements if m.key.endswith(ASYMMETRY) and m.grade in {"fair", "good"}
    ]
    return advice_for(answers or Answers(), differing=differing, knowledge=knowledge)


def grouped(assessed: Iterable[Assessment], *, knowledge: Knowledge | None = None) -> list[list[Assessment]]:
    """Gather what lies outside its band by common root (``group`` in the knowledge), per leg where the legs differ.

    Within a root the metric that stands first in the knowledge leads; the two sides of one metric's band (leaning
    back, leaning forward) never mix. A related metric of the other leg alone is no support: it stands by itself.
    """
    known = load_knowledge() if knowledge is None else knowledge
    order = list(known.metrics)
    roots: dict[tuple[str, str], list[Assessment]] = {}
    for one in assessed:
        if one.verdict == "outside":
            metric, flag = _metric(one), _flag(one)
            opposite = flag.finding if len(metric.flags) > 1 else ""
            roots.setdefault((metric.group, opposite), []).append(one)
    groups: list[list[Assessment]] = []
    for members in roots.values():
        rest = sorted(members, key=lambda a: order.index(a.measurement.key))
        while rest:
            own = [a for a in rest if a.measurement.key == rest[0].measurement.key]
            sides = {a.measurement.side for a in own}
            together = [
                a for a in rest if a in own or "both" in {*sides, a.measurement.side} or a.measurement.side in sides
            ]
            groups.append(together)
            rest = [a for a in rest if a not in together]
    return groups


def supporting(
    finding: Finding, assessed: Iterable[Assessment], *, knowledge: Knowledge | None = None
) -> tuple[list[Assessment], list[Assessment]]:
    """Return the measurements behind a finding: its own metric's, and those of related metrics that support it."""
    for members in grouped(assessed, knowledge=knowledge):
        own = [m for m in members if m.measurement.key == finding.metric]
        if own and _flag(own[0]).finding == finding.key and _side(own) == finding.side:
            return own, [m for m in members if m.measurement.key != finding.metric]
    return [], []


def _merge(members: list[Assessment]) -> tuple[list[Assessment], list[Assessment]]:
    # A reliable metric leads an indicative one, whatever its place in the knowledge.
    lead_key = max(members, key=lambda a: GRADE_RANK.get(a.measurement.grade, 0) > 0).measurement.key
    own = [m for m in members if m.measurement.key == lead_key]
    return own, [m for m in members if m.measurement.key != lead_key]


def _rank(merged: tuple[list[Assessment], list[Assessment]], known: Knowledge) -> tuple[float, ...]:
    own, supports = merged
    metric = _metric(own[0])
    best_grade = max(GRADE_RANK.get(a.measurement.grade, 0) for a in own)
    tag = metric.band.tag if metric.band is not None else "engineering"
    return (
        -min(best_grade, 1),
        -SEVERITY_RANK[_worst(own)],
        -EVIDENCE_RANK[tag],
        -metric.changeable,
        -any(known.corrections[c].evidence == "trial" for c in _flag(own[0]).corrections),
        -max(_distance(a) for a in own),
        -len(supports),
    )


def _distance(one: Assessment) -> float:
    """How far beyond its limit a value lies, in units of what counts as marked."""
    flag, limits, value = _flag(one), one.limits, one.measurement.value
    limit = None if limits is None else limits.high if flag.when == "high" else limits.low
    return 0.0 if limit is None or value is None else abs(value - limit) / flag.marked


def _finding(
    own: list[Assessment],
    supports: list[Assessment],
    known: Knowledge,
    cadence: _Cadence,
    held: frozenset[str],
) -> Finding:
    metric, flag = _metric(own[0]), _flag(own[0])
    side = _side(own)
    text = flag.headline if side == "both" else flag.headline_one.format(side=side)
    extra = list(dict.fromkeys(_flag(s).support for s in supports))
    if extra:
        text = f"{text}, {' and '.join(extra)}"
    if all(a.measurement.grade == "poor" for a in own):
        text = INDICATIVE + text[0].lower() + text[1:]
    ids = dict.fromkeys([*flag.corrections, *(c for s in supports for c in _flag(s).corrections)])
    entries = [known.corrections[c] for c in ids]
    kept = tuple(e.id for e in entries if e.id not in held and _has_room(e, cadence))
    return Finding(flag.finding, metric.key, side, _worst(own), text, kept)


def _has_room(entry: CorrectionEntry, cadence: _Cadence) -> bool:
    # Someone who already steps as often as any healthy runner at this speed is not told to step more.
    if not entry.needs_cadence_room or cadence.value is None or cadence.highest is None:
        return True
    return cadence.value * RAISE_LOW <= cadence.highest


def raised_cadence(now: float) -> tuple[int, int, int]:
    """Give what is prescribed to somebody who takes so many steps a minute: from, to, and never more than."""
    return round(now * RAISE_LOW), round(now * RAISE_HIGH), int(now * RAISE_LIMIT)


def _correction(entry: CorrectionEntry, known: Knowledge, cadence: _Cadence) -> Correction:
    text = entry.text
    if entry.text_plain is not None:
        now = cadence.value
        text = entry.text_plain
        if now is not None:
            low, high, limit = raised_cadence(now)
            text = entry.text.format(current=round(now), target_low=low, target_high=high, limit=limit)
    papers = (f"{known.papers[r.paper].cite}: {r.effect}" for r in entry.research)
    return Correction(entry.id, entry.title, entry.kind, text, entry.dose, known.place(entry.passages), tuple(papers))


def _cadence(assessed: Iterable[Assessment]) -> _Cadence:
    for one in assessed:
        if one.measurement.key == "cadence" and one.verdict != "refused":
            return _Cadence(one.measurement.value, one.limits.high if one.limits is not None else None)
    return _Cadence(None, None)


def _speed_used(runner: Runner) -> str:
    seen = speed_of(runner)
    if seen is None:
        return "The belt speed was not given, so the widest ordinary ranges were used."
    return f"The belt speed was not given; ordinary ranges are the widest for {seen}."


def _notices(
    assessed: Sequence[Assessment], findings: Sequence[Finding], runner: Runner, known: Knowledge
) -> tuple[Notice, ...]:
    notices = []
    judged = [a for a in assessed if a.limits is not None and a.verdict not in {"refused", "reference"}]
    if any(not a.limits.speed_known for a in judged if a.limits is not None):
        notices.append(
            Notice(
                "speed_unknown",
                f"{_speed_used(runner)} Giving the speed (--speed, km/h) would sharpen every comparison.",
            )
        )
    if any(a.limits.beyond_table for a in judged if a.limits is not None):
        speed = 0.0 if runner.speed_mps is None else runner.speed_mps * 3.6
        notices.append(
            Notice(
                "speed_outside_table",
                f"Ordinary ranges are known from 9 to 16.2 km/h; at {speed:.1f} km/h the nearest of them was used.",
            )
        )
    if any(not a.limits.height_known for a in judged if a.limits is not None):
        notices.append(
            Notice(
                "height_unknown",
                "Body height was not given; the range for steps per minute allows for a tall runner. "
                "Giving the height (--height, cm) would sharpen it.",
            )
        )
    if findings:
        notices.append(Notice(known.caveat.code, known.caveat.message))
    return tuple(notices)


def _metric(one: Assessment) -> MetricEntry:
    assert one.metric is not None
    return one.metric


def _flag(one: Assessment) -> Flag:
    assert one.flag is not None
    return one.flag


def _side(members: Sequence[Assessment]) -> Side:
    sides = {a.measurement.side for a in members}
    return sides.pop() if len(sides) == 1 else "both"


def _worst(members: Iterable[Assessment]) -> Severity:
    return max((a.severity for a in members if a.severity is not None), key=lambda s: SEVERITY_RANK[s])
