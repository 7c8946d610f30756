"""The content of the HTML report: from a session to the records of `gait.report.page_records`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from gait.findings.answers import Answers, reasons_for_advice, withheld_corrections
from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.finder import (
    MAX_FINDINGS_SHOWN,
    RAISE_CADENCE,
    cadence_target,
    corrections_beyond_findings,
    measurements_behind,
)
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import Knowledge
from gait.findings.value_text import (
    GRADE_TEXTS,
    SIDE_TEXTS,
    display_format,
    interval_text,
    leg_length_m,
    length_text,
    limits_text,
    number_text,
    probability_text,
    runner_speed_text,
    unit_text,
    value_text,
)
from gait.findings.week_plan import plan_week
from gait.metrics.drift import SHORTEST_S
from gait.records import ASYMMETRY, DRIFT, Correction, Finding, Measurement, Runner
from gait.report.evidence_stills import EvidenceStill
from gait.report.page_records import (
    Advice,
    CadenceTarget,
    FindingCard,
    MeasuredValue,
    MissingMetric,
    Player,
    ReportPage,
    TableRow,
    VideoPanel,
)
from gait.report.time_plots import ScaleMark, SvgPlot, value_scale

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.session import Session

VIEW_TEXTS = {"side": "from the side", "rear": "from behind", "front": "from the front"}
FACING_TEXTS = {
    "left": "running to the left",
    "right": "running to the right",
    "away": "running away from the camera",
    "towards": "running towards the camera",
}
SEVERITY_TEXTS = {"mild": "a little", "moderate": "clearly", "marked": "strongly"}
EVIDENCE_TEXTS = {
    "trial": "measured in runners",
    "expert": "advised by coaches and therapists, no trial cited",
    "low": "low evidence: no study found",
}
KIND_TEXTS = {
    "cue": "While running",
    "drill": "Drill",
    "exercise": "Exercise",
    "habit": "Habit",
    "training": "Training",
    "care": "Care",
}
COUNT_TEXTS = {1: "One thing stands", 2: "Two things stand", 3: "Three things stand"}


#: Stills by key and side of their finding.
StillsByFinding = Mapping[tuple[str, str], EvidenceStill]


def build_page(
    session: Session,
    *,
    stills: StillsByFinding,
    players: Mapping[int, Player],
    plots: Mapping[int, Sequence[tuple[str, SvgPlot]]],
    cycles: Mapping[int, Sequence[tuple[str, SvgPlot]]] | None = None,
    extra_notices: Sequence[str] = (),
    version: str = "",
) -> ReportPage:
    """Assemble the content of a report.

    Parameters
    ----------
    session : Session
        A finished analysis.
    stills : mapping
        Stills by ``(finding key, side)``; a finding without one is shown as text only.
    players, plots, cycles : mapping
        By number of the view.
    extra_notices : sequence of str
        Problems that came up while the report was written.
    version : str
        Of the program.

    Returns
    -------
    ReportPage
    """
    knowledge = load_knowledge()
    runner = session.runner
    assessed = compare_with_bands(session.measurements, runner)
    corrections = {c.id: c for c in session.corrections}
    shown: set[str] = set()
    cards = [_card(session, f, assessed, corrections, shown, stills, players, knowledge) for f in session.findings]
    name = runner.name or "A runner"
    good = [a for a in assessed if a.verdict == "inside" and a.measurement.grade in {"good", "fair"}]
    elsewhere = {knowledge.caveat.code, *knowledge.warnings}
    return ReportPage(
        title=f"Running form: {name}",
        runner=name,
        facts=tuple(_facts(runner)),
        clips=tuple(
            _clip(n, v, players.get(n), plots.get(n, ()), (cycles or {}).get(n, ()))
            for n, v in enumerate(session.views)
        ),
        cadence_target=_cadence_target(session),
        week=plan_week(session.corrections, knowledge.corrections),
        headline=_headline(cards, assessed),
        lead=_lead(assessed, good),
        cards=tuple(cards[:MAX_FINDINGS_SHOWN]),
        other_findings=tuple(cards[MAX_FINDINGS_SHOWN:]),
        good=tuple(_good(good, runner)),
        borderline=tuple(_borderline(a, runner) for a in assessed if a.verdict == "borderline"),
        rows=_by_metric(assessed, runner, knowledge),
        missing=tuple(_missing(assessed, knowledge)),
        notices=(*extra_notices, *(n.message for n in session.notices if n.code not in elsewhere)),
        warnings=tuple(n.message for n in session.notices if n.code in knowledge.warnings),
        answered=session.answers is not None,
        exercises_withheld=_exercises_withheld(session.answers, knowledge),
        extra_advice=tuple(_extra_advice(session, cards[:MAX_FINDINGS_SHOWN], knowledge)),
        too_short=max(_real_seconds(v) for v in session.views) < SHORTEST_S,
        knowledge=knowledge,
        version=version,
    )


def _real_seconds(view: ViewAnalysis) -> float:
    return view.info.duration_s * view.info.playback_fps / view.info.capture_fps


def short_label(measurement: Measurement, runner: Runner) -> str:
    """Write the number on a still: in centimetres too where the leg length is known.

    Parameters
    ----------
    measurement : Measurement
    runner : Runner

    Returns
    -------
    str
        Empty without a value.
    """
    metric = load_knowledge().metric(measurement.key)
    display = display_format(metric, measurement)
    if measurement.value is None:
        return ""
    text = value_text(measurement.value, display)
    if display.length is not None or "width" in display.unit:
        text = f"{number_text(measurement.value * display.scale, display.decimals)} %"
    length = length_text(measurement.value, display, runner)
    return text if length is None else f"{length} · {text}"


def representative_measurement(assessed: Sequence[Assessment]) -> Measurement:
    """Choose the measurement whose frame is shown for a finding: the most reliable one, then the most extreme.

    Parameters
    ----------
    assessed : sequence of Assessment
        Of one metric; at least one.

    Returns
    -------
    Measurement
    """
    order = {"good": 2, "fair": 1, "poor": 0}
    return max(
        (a.measurement for a in assessed),
        key=lambda m: (m.evidence_s is not None, order.get(m.grade, 0), abs(m.value or 0.0)),
    )


def _facts(runner: Runner) -> list[tuple[str, str]]:
    facts = [("Speed", runner_speed_text(runner) or "not given")]
    facts.append(("Height", f"{runner.height_m * 100:.0f} cm" if runner.height_m is not None else "not given"))
    leg = leg_length_m(runner)
    if leg is not None:
        note = "" if runner.leg_length_m is not None else " (53 % of height)"
        facts.append(("Leg length", f"{leg * 100:.0f} cm{note}"))
    return facts


def _cadence_target(session: Session) -> CadenceTarget | None:
    """Return the prescribed cadence, or ``None`` where no correction prescribes one."""
    now = next((m.value for m in session.measurements if m.key == "cadence" and m.value is not None), None)
    if now is None or not any(c.id == RAISE_CADENCE for c in session.corrections):
        return None
    return CadenceTarget(round(now), *cadence_target(now))


def _clip(
    number: int,
    view: ViewAnalysis,
    player: Player | None,
    plots: Sequence[tuple[str, SvgPlot]],
    cycles: Sequence[tuple[str, SvgPlot]],
) -> VideoPanel:
    info = view.info
    facts = [
        FACING_TEXTS[info.facing],
        f"{info.duration_s:.1f} s, {info.frames} frames, {info.playback_fps:.4g} per second",
        f"runner found in {info.detected_fraction * 100:.1f} % of the frames",
    ]
    if abs(info.capture_fps / info.playback_fps - 1) > 0.01:
        facts.append(f"slow motion: filmed at {info.capture_fps:.4g} frames per second")
    if info.swapped_frames_repaired:
        count = info.swapped_frames_repaired
        facts.append(f"left and right leg swapped back in {count} frame{'' if count == 1 else 's'}")
    facts.append(f"body points found by {info.engine}")
    warnings = dict.fromkeys([*info.warnings, *getattr(view.camera, "warnings", ())])
    title = f"Clip {number + 1}, {VIEW_TEXTS[info.view]}"
    file = PurePath(info.file).name
    side_view = info.view == "side"
    return VideoPanel(title, file, tuple(facts), tuple(warnings), tuple(plots), tuple(cycles), player, side_view)


def _measured_value(a: Assessment, runner: Runner) -> MeasuredValue | None:
    m = a.measurement
    if m.value is None or a.verdict == "refused":
        return None
    display = display_format(a.metric, m)
    return MeasuredValue(
        side=SIDE_TEXTS[m.side],
        side_key=m.side,
        value=value_text(m.value, display),
        length=length_text(m.value, display, runner),
        interval=None if m.interval is None else f"{interval_text(m.interval, display)}{unit_text(display)}",
        steps=m.steps,
        grade=GRADE_TEXTS[m.grade],
        grade_key=m.grade,
    )


def _ordinary(a: Assessment, runner: Runner, knowledge: Knowledge) -> tuple[str, str]:
    """Return the ordinary range as text, and its source."""
    if a.metric is None or a.metric.band is None or a.limits is None:
        return "", ""
    display = display_format(a.metric, a.measurement)
    text = f"{limits_text(a.limits, display)}{unit_text(display)}"
    if a.metric.band.depends_on_speed:
        speed = runner_speed_text(runner)
        text += f" at {speed}" if speed else " over all ordinary speeds"
    source = knowledge.cite_papers(a.metric.band.sources)
    return text, f"indicative: {source}" if a.metric.band.tag == "engineering" else source


def _card(
    session: Session,
    finding: Finding,
    assessed: Sequence[Assessment],
    corrections: Mapping[str, Correction],
    shown: set[str],
    stills: StillsByFinding,
    players: Mapping[int, Player],
    knowledge: Knowledge,
) -> FindingCard:
    runner = session.runner
    lead, supports = measurements_behind(finding, assessed)
    metric = knowledge.metrics[finding.metric]
    # A session from disk may hold findings of an earlier version, which today's bands do not give.
    if not lead:
        lead = [a for a in assessed if a.measurement.key == finding.metric and a.verdict != "refused"]
    ordinary, source = _ordinary(lead[0], runner, knowledge) if lead else ("", "")
    example = representative_measurement(lead) if lead else None
    seek = None
    if example is not None and example.evidence_s is not None and example.video in players:
        player = players[example.video]
        seek = (player.id, round(max(example.evidence_s - player.start_s, 0.0), 3))
    advice = []
    for correction_id in finding.corrections:
        if correction_id in corrections:
            advice.append(_advice(corrections[correction_id], knowledge, repeated=correction_id in shown))
            shown.add(correction_id)
    return FindingCard(
        headline=finding.headline,
        severity=finding.severity,
        severity_text=f"{SEVERITY_TEXTS[finding.severity]} outside the ordinary",
        name=metric.name,
        field_name=metric.field_name,
        definition=metric.definition,
        matters=metric.matters,
        sign=metric.sign,
        values=tuple(v for v in (_measured_value(a, runner) for a in lead) if v is not None),
        scale=_scale(lead, metric.name),
        ordinary=ordinary,
        source=source,
        remarks=(*(strides_crossed(session) if finding.metric == "arm_crossover" else ()), *_remarks(lead, runner)),
        support=tuple(_support(a, runner) for a in supports),
        still=stills.get((finding.key, finding.side)),
        caption=_caption(example, metric.name),
        seek=seek,
        advice=tuple(advice),
    )


def strides_crossed(session: Session) -> list[str]:
    """Count for each hand in how many strides it passed the midline, in the views that measured it.

    Parameters
    ----------
    session : Session

    Returns
    -------
    list of str
        One sentence a hand and view.
    """
    sentences = []
    for view in session.views:
        if not {"side", "arm_crossover"} <= set(view.steps.columns):
            continue
        for side in ("left", "right"):
            values = view.steps.loc[view.steps["side"] == side, "arm_crossover"].to_numpy(dtype=float)
            measured = values[np.isfinite(values)]
            if len(measured):
                crossed = int((measured > 0).sum())
                sentences.append(f"The {side} hand passed the midline in {crossed} of {len(measured)} strides.")
    return sentences


def _caption(example: Measurement | None, name: str) -> str:
    if example is None or example.evidence_s is None:
        return ""
    side = f"{example.side} side, " if example.side != "both" else ""
    if example.key.endswith(DRIFT):
        return f"The run at {example.evidence_s:.0f} s of the clip, where the change begins (or ends, if it was even)."
    return f"{name}: {side}at {example.evidence_s:.2f} s of the clip, the step closest to the average."


def _scale(lead: Sequence[Assessment], name: str) -> Markup | None:
    if not lead or lead[0].limits is None:
        return None
    display = display_format(lead[0].metric, lead[0].measurement)
    k, digits = display.scale, display.decimals
    marks = []
    for a in lead:
        m = a.measurement
        if m.value is not None:
            interval = None if m.interval is None else (m.interval[0] * k, m.interval[1] * k)
            marks.append(ScaleMark(m.side, m.value * k, interval))
    low, high = (None if e is None else round(e * k, digits) for e in (lead[0].limits.low, lead[0].limits.high))
    values = ", ".join(
        f"{SIDE_TEXTS[a.measurement.side]} {number_text((a.measurement.value or 0) * k, digits)}" for a in lead
    )
    text = f"{name}: {values}; ordinary {limits_text(lead[0].limits, display)}{unit_text(display)}"
    return value_scale(marks, low=low, high=high, text=text)


def _remarks(lead: Sequence[Assessment], runner: Runner) -> list[str]:
    remarks = []
    limits = lead[0].limits if lead else None
    band = lead[0].metric.band if lead and lead[0].metric is not None else None
    if limits is not None and not limits.speed_known:
        source = "The speed was read off the belt" if runner.speed_seen_mps else "The speed was not given"
        remarks.append(f"{source}, so the widest possible range was used. The exact speed gives a sharper comparison.")
    if limits is not None and not limits.height_known:
        remarks.append("The height was not given. It gives a sharper comparison.")
    if band is not None and band.note:
        remarks.append(band.note)
    if lead and all(a.measurement.grade == "poor" for a in lead):
        remarks.append("Indicative only: too few steps, or a view that does not show this well. Film more to be sure.")
    return remarks


def _support(a: Assessment, runner: Runner) -> str:
    value = _measured_value(a, runner)
    if value is None or a.metric is None:
        return ""
    side = "" if a.measurement.side == "both" else f", {value.side}"
    return f"{a.metric.name}{side}: {value.value}"


def _advice(correction: Correction, knowledge: Knowledge, *, repeated: bool) -> Advice:
    entry = knowledge.corrections.get(correction.id)
    dose_note = None
    if entry is not None and entry.dose_from == "program":
        dose_note = "a suggestion of this program, not of the article"
    return Advice(
        id=correction.id,
        title=correction.title,
        kind=KIND_TEXTS[correction.kind],
        text=correction.text,
        dose=correction.dose,
        dose_note=dose_note,
        article=correction.article,
        research=correction.research,
        evidence=EVIDENCE_TEXTS[entry.evidence] if entry is not None else "",
        repeated=repeated,
    )


def _exercises_withheld(answers: Answers | None, knowledge: Knowledge) -> bool:
    held = frozenset() if answers is None else withheld_corrections(answers, knowledge=knowledge)
    return any(knowledge.corrections[correction].kind == "exercise" for correction in held)


def _extra_advice(session: Session, cards: Sequence[FindingCard], knowledge: Knowledge) -> list[Advice]:
    """Assemble the advice that no finding gives: what answers, or legs that differ, bring up."""
    shown = {advice.id for card in cards for advice in card.advice}
    corrections = {c.id: c for c in session.corrections}
    answers = session.answers or Answers()
    measured = {m.key for m in session.measurements}
    extra = []
    for entry in corrections_beyond_findings(session.measurements, session.answers, knowledge=knowledge):
        if entry.id not in corrections or entry.id in shown:
            continue
        differ = [knowledge.metrics[key].name for key in entry.sides_differ if key + ASYMMETRY in measured]
        reasons = (
            *reasons_for_advice(entry, answers, knowledge=knowledge),
            *(f"{name}: the sides differ" for name in differ),
        )
        extra.append(replace(_advice(corrections[entry.id], knowledge, repeated=False), reasons=reasons))
    return extra


def _headline(cards: Sequence[FindingCard], assessed: Sequence[Assessment]) -> str:
    if cards:
        first = cards[0].headline
        if len(cards) == 1:
            return f"{first}."
        return f"{COUNT_TEXTS.get(len(cards), f'{len(cards)} things stand')} out. First: {first[0].lower()}{first[1:]}."
    if any(a.verdict in {"inside", "borderline"} for a in assessed):
        return "Nothing stands out clearly."
    return "This film does not show enough for a result."


def _lead(assessed: Sequence[Assessment], good: Sequence[Assessment]) -> str:
    compared = {a.measurement.key for a in assessed if a.verdict in {"inside", "outside", "borderline"}}
    fine = {a.measurement.key for a in good} - {
        a.measurement.key for a in assessed if a.verdict != "inside" or not a.ordinary
    }
    refused = {a.measurement.key for a in assessed if a.verdict == "refused"}
    verb = "lies" if len(fine) == 1 else "lie"
    text = (
        f"{len(compared)} measurements could be compared with healthy runners, "
        f"and {len(fine)} of them {verb} within range."
    )
    if len(compared) == 1:
        text = "One measurement could be compared with healthy runners."
    if not compared:
        text = "No measurement could be compared with healthy runners."
    refused -= {a.measurement.key for a in assessed if a.verdict != "refused"}
    if refused:
        what = "One measurement" if len(refused) == 1 else f"{len(refused)} measurements"
        text += f" {what} could not be made from this film. Below you find how to film for that."
    return text


def _good(good: Sequence[Assessment], runner: Runner) -> list[tuple[str, str]]:
    sentences: dict[str, list[str]] = {}
    for a in good:
        value = _measured_value(a, runner)
        if a.metric is None or a.metric.good is None or value is None:
            continue
        side = "" if a.measurement.side == "both" else f"{value.side} "
        interval = f" ({value.interval})" if value.interval else ""
        sentences.setdefault(a.metric.good, []).append(f"{side}{value.value}{interval}")
    return [(sentence, ", ".join(values)) for sentence, values in sentences.items()]


def _borderline(a: Assessment, runner: Runner) -> tuple[str, str]:
    value = _measured_value(a, runner)
    name = a.measurement.key if a.metric is None else a.metric.name
    side = "" if a.measurement.side == "both" else f", {SIDE_TEXTS[a.measurement.side]}"
    if value is None or a.limits is None:
        return f"{name}{side}", ""
    display = display_format(a.metric, a.measurement)
    limit = limits_text(a.limits, display) + unit_text(display)
    between = f"between {value.interval.replace(' to ', ' and ')}" if value.interval else "of unknown certainty"
    text = f"{value.value}, {between}; ordinary is {limit}."
    return f"{name}{side}", text


VERDICT_TEXTS = {
    "inside": "within range",
    "outside": "outside",
    "borderline": "borderline",
    "reference": "for comparison",
    "refused": "not measured",
}


def _row(a: Assessment, runner: Runner, knowledge: Knowledge) -> TableRow:
    ordinary, source = _ordinary(a, runner, knowledge)
    metric = a.metric
    return TableRow(
        name=a.measurement.key.replace("_", " ") if metric is None else metric.name,
        field_name="" if metric is None else metric.field_name,
        definition="" if metric is None else metric.definition,
        sign="" if metric is None else metric.sign,
        value=_measured_value(a, runner),
        side=SIDE_TEXTS[a.measurement.side],
        side_key=a.measurement.side,
        ordinary=ordinary,
        source=source,
        # Beyond a limit that gives no finding: outside the range, but no concern.
        verdict="no concern" if a.verdict == "inside" and not a.ordinary else VERDICT_TEXTS[a.verdict],
        verdict_key=a.verdict,
        probability=probability_text(a.probability_outside),
        reason=a.measurement.reason or a.measurement.method,
    )


def _by_metric(
    assessed: Sequence[Assessment], runner: Runner, knowledge: Knowledge
) -> tuple[tuple[TableRow, ...], ...]:
    groups: dict[str, list[TableRow]] = {}
    for a in assessed:
        groups.setdefault(a.measurement.key, []).append(_row(a, runner, knowledge))
    return tuple(tuple(rows) for rows in groups.values())


def _missing(assessed: Sequence[Assessment], knowledge: Knowledge) -> list[MissingMetric]:
    """List what could not be measured; metrics with the same reasons and the same advice become one item."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for a in assessed:
        if a.verdict == "refused":
            m = a.measurement
            reasons.setdefault(m.key, {}).setdefault(m.reason or "no reason given", []).append(m.side)
    names: dict[tuple[tuple[str, ...], tuple[str, ...], bool], list[str]] = {}
    for key, sides_by_reason in reasons.items():
        metric = knowledge.metric(key)
        views = metric.views[:1] if metric is not None else ()
        advice = tuple(knowledge.filming[v] for v in views)
        sentences = tuple(_reason_sentence(reason, sides) for reason, sides in sides_by_reason.items())
        name = key.replace("_", " ") if metric is None else metric.name
        names.setdefault((sentences, advice, key == "pelvic_drop"), []).append(name)
    return [MissingMetric(tuple(n), sentences, advice, tape) for (sentences, advice, tape), n in names.items()]


def _reason_sentence(reason: str, sides: Sequence[str]) -> str:
    """Write a reason as a sentence; a side is named only where the other one has another reason."""
    text = f"{reason[:1].upper()}{reason[1:]}"
    if len(sides) == 1 and sides[0] != "both":
        text = f"{sides[0].capitalize()}: {reason}"
    return text if text.endswith((".", "!", "?")) else f"{text}."
