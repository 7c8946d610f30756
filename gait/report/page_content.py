"""Putting a session into words: from measurements to the records of :mod:`gait.report.page_records`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from gait.findings.answers import Answers, held_back, reasons_for
from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.finder import RAISE_CADENCE, SHOWN_FIRST, notices_from_findings, raised_cadence, supporting
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import Knowledge
from gait.findings.value_text import (
    GRADE_WORDS,
    SIDE_WORDS,
    display_of,
    interval_text,
    leg_length_m,
    length_text,
    limits_text,
    number,
    speed_of,
    unit_text,
    value_text,
)
from gait.findings.week_plan import week
from gait.metrics.drift import SHORTEST_S
from gait.records import ASYMMETRY, DRIFT, Correction, Finding, Measurement, Runner
from gait.report.evidence_stills import Still
from gait.report.page_records import Advice, Beat, Card, Missing, Player, Reading, ReportPage, TableRow, VideoPanel
from gait.report.time_plots import Mark, Plot, scale

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.session import Session

VIEW_WORDS = {"side": "from the side", "rear": "from behind", "front": "from the front"}
FACING_WORDS = {
    "left": "running to the left",
    "right": "running to the right",
    "away": "running away from the camera",
    "towards": "running towards the camera",
}
SEVERITY_WORDS = {"mild": "a little", "moderate": "clearly", "marked": "strongly"}
EVIDENCE_WORDS = {
    "trial": "measured in runners",
    "expert": "advised by coaches and therapists, no trial cited",
    "low": "low evidence: no study found",
}
KIND_WORDS = {
    "cue": "While running",
    "drill": "Drill",
    "exercise": "Exercise",
    "habit": "Habit",
    "training": "Training",
    "care": "Care",
}
COUNT_WORDS = {1: "One thing stands", 2: "Two things stand", 3: "Three things stand"}


StillOf = Mapping[tuple[str, str], Still]


def build_page(
    session: Session,
    *,
    stills: StillOf,
    players: Mapping[int, Player],
    plots: Mapping[int, Sequence[tuple[str, Plot]]],
    cycles: Mapping[int, Sequence[tuple[str, Plot]]] | None = None,
    extra_notices: Sequence[str] = (),
    version: str = "",
) -> ReportPage:
    """Put a session into words.

    Parameters
    ----------
    session
        A finished analysis.
    stills
        Pictures by ``(finding key, side)``; a finding without one is told in words.
    players, plots, cycles
        By number of the view.
    extra_notices
        What came up while the report was written.
    version
        Of the program.

    Returns
    -------
    Page
    """
    known = load_knowledge()
    runner = session.runner
    assessed = compare_with_bands(session.measurements, runner)
    corrections = {c.id: c for c in session.corrections}
    told: set[str] = set()
    cards = [
        _card(session, finding, assessed, corrections, told, stills, players, known) for finding in session.findings
    ]
    name = runner.name or "A runner"
    good = [a for a in assessed if a.verdict == "inside" and a.measurement.grade in {"good", "fair"}]
    elsewhere = {known.caveat.code, *known.warnings}
    return ReportPage(
        title=f"Running form: {name}",
        runner=name,
        facts=tuple(_facts(runner)),
        clips=tuple(
            _clip(n, v, players.get(n), plots.get(n, ()), (cycles or {}).get(n, ()))
            for n, v in enumerate(session.views)
        ),
        beat=_beat(session),
        week=week(session.corrections, known.corrections),
        headline=_headline(cards, assessed),
        lead=_lead(assessed, good),
        cards=tuple(cards[:SHOWN_FIRST]),
        more=tuple(cards[SHOWN_FIRST:]),
        good=tuple(_good(good, runner)),
        borderline=tuple(_borderline(a, runner) for a in assessed if a.verdict == "borderline"),
        rows=_by_metric(assessed, runner, known),
        missing=tuple(_missing(assessed, known)),
        notices=(*extra_notices, *(n.message for n in session.notices if n.code not in elsewhere)),
        warnings=tuple(n.message for n in session.notices if n.code in known.warnings),
        answered=session.answers is not None,
        held=_exercises_wait(session.answers, known),
        said=tuple(_said(session, cards[:SHOWN_FIRST], known)),
        too_short=max(_real_seconds(v) for v in session.views) < SHORTEST_S,
        knowledge=known,
        version=version,
    )


def _real_seconds(view: ViewAnalysis) -> float:
    return view.info.duration_s * view.info.playback_fps / view.info.capture_fps


def short_label(measurement: Measurement, runner: Runner) -> str:
    """Return the number for a picture: centimetres where the leg's length is known, else the value."""
    metric = load_knowledge().metric(measurement.key)
    display = display_of(metric, measurement)
    if measurement.value is None:
        return ""
    text = value_text(measurement.value, display)
    if display.length is not None or "width" in display.unit:
        text = f"{number(measurement.value * display.scale, display.decimals)} %"
    length = length_text(measurement.value, display, runner)
    return text if length is None else f"{length} · {text}"


def representative(own: Sequence[Assessment]) -> Measurement:
    """Return the measurement whose frame is shown for a finding: the most reliable, then the most extreme one."""
    order = {"good": 2, "fair": 1, "poor": 0}
    return max(
        (a.measurement for a in own),
        key=lambda m: (m.evidence_s is not None, order.get(m.grade, 0), abs(m.value or 0.0)),
    )


def _facts(runner: Runner) -> list[tuple[str, str]]:
    facts = [("Speed", speed_of(runner) or "not given")]
    facts.append(("Height", f"{runner.height_m * 100:.0f} cm" if runner.height_m is not None else "not given"))
    leg = leg_length_m(runner)
    if leg is not None:
        note = "" if runner.leg_length_m is not None else " (53 % of height)"
        facts.append(("Leg length", f"{leg * 100:.0f} cm{note}"))
    return facts


def _beat(session: Session) -> Beat | None:
    """Give the steps a minute that were prescribed, if so."""
    now = next((m.value for m in session.measurements if m.key == "cadence" and m.value is not None), None)
    if now is None or not any(c.id == RAISE_CADENCE for c in session.corrections):
        return None
    return Beat(round(now), *raised_cadence(now))


def _clip(
    number_: int,
    view: ViewAnalysis,
    player: Player | None,
    plots: Sequence[tuple[str, Plot]],
    cycles: Sequence[tuple[str, Plot]],
) -> VideoPanel:
    info = view.info
    facts = [
        FACING_WORDS[info.facing],
        f"{info.duration_s:.1f} s, {info.frames} frames, {info.playback_fps:.4g} per second",
        f"runner found in {info.detected_fraction * 100:.1f} % of the frames",
    ]
    if abs(info.capture_fps / info.playback_fps - 1) > 0.01:
        facts.append(f"slow motion: filmed at {info.capture_fps:.4g} frames per second")
    if info.swapped_frames_repaired:
        count = info.swapped_frames_repaired
        facts.append(f"left and right leg confused and put right in {count} frame{'' if count == 1 else 's'}")
    facts.append(f"body points by {info.engine}")
    warnings = dict.fromkeys([*info.warnings, *getattr(view.camera, "warnings", ())])
    title = f"Clip {number_ + 1}, {VIEW_WORDS[info.view]}"
    file = PurePath(info.file).name
    side = info.view == "side"
    return VideoPanel(title, file, tuple(facts), tuple(warnings), tuple(plots), tuple(cycles), player, side)


def _reading(a: Assessment, runner: Runner) -> Reading | None:
    m = a.measurement
    if m.value is None or a.verdict == "refused":
        return None
    display = display_of(a.metric, m)
    return Reading(
        side=SIDE_WORDS[m.side],
        side_key=m.side,
        value=value_text(m.value, display),
        length=length_text(m.value, display, runner),
        interval=None if m.interval is None else f"{interval_text(m.interval, display)}{unit_text(display)}",
        steps=m.steps,
        grade=GRADE_WORDS[m.grade],
        grade_key=m.grade,
    )


def _ordinary(a: Assessment, runner: Runner, known: Knowledge) -> tuple[str, str]:
    """Return the ordinary range in words, and its source."""
    if a.metric is None or a.metric.band is None or a.limits is None:
        return "", ""
    display = display_of(a.metric, a.measurement)
    text = f"{limits_text(a.limits, display)}{unit_text(display)}"
    if a.metric.band.depends_on_speed:
        speed = speed_of(runner)
        text += f" at {speed}" if speed else " over all ordinary speeds"
    source = known.cite(a.metric.band.sources)
    return text, f"indicative: {source}" if a.metric.band.tag == "engineering" else source


def _card(
    session: Session,
    finding: Finding,
    assessed: Sequence[Assessment],
    corrections: Mapping[str, Correction],
    told: set[str],
    stills: StillOf,
    players: Mapping[int, Player],
    known: Knowledge,
) -> Card:
    runner = session.runner
    own, supports = supporting(finding, assessed)
    metric = known.metrics[finding.metric]
    # A session read back from disk may carry findings of an older knowledge: then they are told in words only.
    if not own:
        own = [a for a in assessed if a.measurement.key == finding.metric and a.verdict != "refused"]
    ordinary, source = _ordinary(own[0], runner, known) if own else ("", "")
    shown = representative(own) if own else None
    seek = None
    if shown is not None and shown.evidence_s is not None and shown.video in players:
        player = players[shown.video]
        seek = (player.id, round(max(shown.evidence_s - player.start_s, 0.0), 3))
    advice = []
    for number_ in finding.corrections:
        if number_ in corrections:
            advice.append(_advice(corrections[number_], known, again=number_ in told))
            told.add(number_)
    return Card(
        headline=finding.headline,
        severity=finding.severity,
        severity_words=f"{SEVERITY_WORDS[finding.severity]} outside the ordinary",
        name=metric.name,
        field_name=metric.field_name,
        definition=metric.definition,
        matters=metric.matters,
        sign=metric.sign,
        readings=tuple(r for r in (_reading(a, runner) for a in own) if r is not None),
        scale=_scale(own, metric.name),
        ordinary=ordinary,
        source=source,
        remarks=(*(strides_crossed(session) if finding.metric == "arm_crossover" else ()), *_remarks(own, runner)),
        support=tuple(_support(a, runner) for a in supports),
        still=stills.get((finding.key, finding.side)),
        caption=_caption(shown, metric.name),
        seek=seek,
        advice=tuple(advice),
    )


def strides_crossed(session: Session) -> list[str]:
    """Say for each hand in how many strides it passed the middle line; of the views that measured it."""
    told = []
    for view in session.views:
        if not {"side", "arm_crossover"} <= set(view.steps.columns):
            continue
        for side in ("left", "right"):
            values = view.steps.loc[view.steps["side"] == side, "arm_crossover"].to_numpy(dtype=float)
            seen = values[np.isfinite(values)]
            if len(seen):
                told.append(
                    f"The {side} hand passed the middle line in {int((seen > 0).sum())} of {len(seen)} strides."
                )
    return told


def _caption(shown: Measurement | None, name: str) -> str:
    if shown is None or shown.evidence_s is None:
        return ""
    side = f"{shown.side} side, " if shown.side != "both" else ""
    if shown.key.endswith(DRIFT):
        return f"The run at {shown.evidence_s:.0f} s of the clip, where the change begins or, if it was even, ends."
    return f"{name}: {side}at {shown.evidence_s:.2f} s of the clip, the step closest to the average."


def _scale(own: Sequence[Assessment], name: str) -> Markup | None:
    if not own or own[0].limits is None:
        return None
    display = display_of(own[0].metric, own[0].measurement)
    k, digits = display.scale, display.decimals
    marks = []
    for a in own:
        m = a.measurement
        if m.value is not None:
            interval = None if m.interval is None else (m.interval[0] * k, m.interval[1] * k)
            marks.append(Mark(m.side, m.value * k, interval))
    low, high = (None if e is None else round(e * k, digits) for e in (own[0].limits.low, own[0].limits.high))
    told = ", ".join(f"{SIDE_WORDS[a.measurement.side]} {number((a.measurement.value or 0) * k, digits)}" for a in own)
    text = f"{name}: {told}; ordinary {limits_text(own[0].limits, display)}{unit_text(display)}"
    return scale(marks, low=low, high=high, text=text)


def _remarks(own: Sequence[Assessment], runner: Runner) -> list[str]:
    remarks = []
    limits = own[0].limits if own else None
    band = own[0].metric.band if own and own[0].metric is not None else None
    if limits is not None and not limits.speed_known:
        read = "The speed was read off the belt" if runner.speed_seen_mps else "The speed was not given"
        remarks.append(f"{read}, so the widest range that it allows was used; giving the speed would sharpen this.")
    if limits is not None and not limits.height_known:
        remarks.append("The height was not given; it would sharpen this.")
    if band is not None and band.note:
        remarks.append(band.note)
    if own and all(a.measurement.grade == "poor" for a in own):
        remarks.append("Indicative only: too few steps, or a view that does not show this well. Film more to be sure.")
    return remarks


def _support(a: Assessment, runner: Runner) -> str:
    reading = _reading(a, runner)
    if reading is None or a.metric is None:
        return ""
    side = "" if a.measurement.side == "both" else f", {reading.side}"
    return f"{a.metric.name}{side}: {reading.value}"


def _advice(correction: Correction, known: Knowledge, *, again: bool) -> Advice:
    entry = known.corrections.get(correction.id)
    dose_note = None
    if entry is not None and entry.dose_from == "program":
        dose_note = "a suggestion of this program, not of the article"
    return Advice(
        id=correction.id,
        title=correction.title,
        kind=KIND_WORDS[correction.kind],
        text=correction.text,
        dose=correction.dose,
        dose_note=dose_note,
        article=correction.article,
        research=correction.research,
        evidence=EVIDENCE_WORDS[entry.evidence] if entry is not None else "",
        again=again,
    )


def _exercises_wait(answers: Answers | None, known: Knowledge) -> bool:
    held = frozenset() if answers is None else held_back(answers, knowledge=known)
    return any(known.corrections[correction].kind == "exercise" for correction in held)


def _said(session: Session, cards: Sequence[Card], known: Knowledge) -> list[Advice]:
    """Put advice that no finding calls for into words: what answers, or legs that differ, bring up."""
    told = {advice.id for card in cards for advice in card.advice}
    corrections = {c.id: c for c in session.corrections}
    answers = session.answers or Answers()
    measured = {m.key for m in session.measurements}
    made = []
    for entry in notices_from_findings(session.measurements, session.answers, knowledge=known):
        if entry.id not in corrections or entry.id in told:
            continue
        differ = [known.metrics[key].name for key in entry.sides_differ if key + ASYMMETRY in measured]
        because = (*reasons_for(entry, answers, knowledge=known), *(f"{name}: the sides differ" for name in differ))
        made.append(replace(_advice(corrections[entry.id], known, again=False), because=because))
    return made


def _headline(cards: Sequence[Card], assessed: Sequence[Assessment]) -> str:
    if cards:
        first = cards[0].headline
        if len(cards) == 1:
            return f"{first}."
        return f"{COUNT_WORDS.get(len(cards), f'{len(cards)} things stand')} out. First: {first[0].lower()}{first[1:]}."
    if any(a.verdict in {"inside", "borderline"} for a in assessed):
        return "Nothing stands out clearly."
    return "There is not enough in this film to judge."


def _lead(assessed: Sequence[Assessment], good: Sequence[Assessment]) -> str:
    judged = {a.measurement.key for a in assessed if a.verdict in {"inside", "outside", "borderline"}}
    fine = {a.measurement.key for a in good} - {
        a.measurement.key for a in assessed if a.verdict != "inside" or not a.ordinary
    }
    refused = {a.measurement.key for a in assessed if a.verdict == "refused"}
    verb = "lies" if len(fine) == 1 else "lie"
    text = (
        f"{len(judged)} measurements could be compared with healthy runners, "
        f"and {len(fine)} of them {verb} within range."
    )
    if len(judged) == 1:
        text = "One measurement could be compared with healthy runners."
    if not judged:
        text = "No measurement could be compared with healthy runners."
    refused -= {a.measurement.key for a in assessed if a.verdict != "refused"}
    if refused:
        what = "One measurement" if len(refused) == 1 else f"{len(refused)} measurements"
        text += f" {what} could not be made from this film; how to film for that is told below."
    return text


def _good(good: Sequence[Assessment], runner: Runner) -> list[tuple[str, str]]:
    sentences: dict[str, list[str]] = {}
    for a in good:
        reading = _reading(a, runner)
        if a.metric is None or a.metric.good is None or reading is None:
            continue
        side = "" if a.measurement.side == "both" else f"{reading.side} "
        surely = f" ({reading.interval})" if reading.interval else ""
        sentences.setdefault(a.metric.good, []).append(f"{side}{reading.value}{surely}")
    return [(sentence, ", ".join(values)) for sentence, values in sentences.items()]


def _borderline(a: Assessment, runner: Runner) -> tuple[str, str]:
    reading = _reading(a, runner)
    name = a.measurement.key if a.metric is None else a.metric.name
    side = "" if a.measurement.side == "both" else f", {SIDE_WORDS[a.measurement.side]}"
    if reading is None or a.limits is None:
        return f"{name}{side}", ""
    display = display_of(a.metric, a.measurement)
    limit = limits_text(a.limits, display) + unit_text(display)
    between = f"between {reading.interval.replace(' to ', ' and ')}" if reading.interval else "of unknown certainty"
    words = (
        f"{reading.value}, {between}; ordinary is {limit}. The film does not decide on which side of the limit it lies."
    )
    return f"{name}{side}", words


VERDICT_WORDS = {
    "inside": "within range",
    "outside": "outside",
    "borderline": "borderline",
    "reference": "for comparison",
    "refused": "not measured",
}


def _row(a: Assessment, runner: Runner, known: Knowledge) -> TableRow:
    ordinary, source = _ordinary(a, runner, known)
    metric = a.metric
    return TableRow(
        name=a.measurement.key.replace("_", " ") if metric is None else metric.name,
        field_name="" if metric is None else metric.field_name,
        definition="" if metric is None else metric.definition,
        sign="" if metric is None else metric.sign,
        reading=_reading(a, runner),
        side=SIDE_WORDS[a.measurement.side],
        side_key=a.measurement.side,
        ordinary=ordinary,
        source=source,
        # Beyond a limit that no finding watches: not within range, and nothing against it.
        verdict="no concern" if a.verdict == "inside" and not a.ordinary else VERDICT_WORDS[a.verdict],
        verdict_key=a.verdict,
        reason=a.measurement.reason,
    )


def _by_metric(assessed: Sequence[Assessment], runner: Runner, known: Knowledge) -> tuple[tuple[TableRow, ...], ...]:
    groups: dict[str, list[TableRow]] = {}
    for a in assessed:
        groups.setdefault(a.measurement.key, []).append(_row(a, runner, known))
    return tuple(tuple(rows) for rows in groups.values())


def _missing(assessed: Sequence[Assessment], known: Knowledge) -> list[Missing]:
    found: dict[str, list[str]] = {}
    for a in assessed:
        if a.verdict == "refused":
            side = "" if a.measurement.side == "both" else f"{a.measurement.side.capitalize()}: "
            found.setdefault(a.measurement.key, []).append(f"{side}{a.measurement.reason or 'no reason given'}")
    missing = []
    for key, reasons in found.items():
        metric = known.metric(key)
        name = key.replace("_", " ") if metric is None else metric.name
        views = metric.views[:1] if metric is not None else ()
        advice = tuple(known.filming[v] for v in views)
        missing.append(Missing(name, tuple(dict.fromkeys(reasons)), advice, tape=key == "pelvic_drop"))
    return missing
