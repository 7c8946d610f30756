"""Reading and checking of the knowledge files."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any, get_args

from gait.display_language import gettext, speak, spoken_language
from gait.findings.bands import Band, BandTag
from gait.findings.knowledge_records import (
    AdviceCaveat,
    AdviceSection,
    Article,
    BandFlag,
    CareAdvice,
    CorrectionEntry,
    DisplayFormat,
    Evidence,
    Knowledge,
    MetricEntry,
    Paper,
    Passage,
    Research,
    RunningAdvice,
    Theme,
    Unobservable,
    Urgency,
    WarningSign,
    WeekSlot,
)
from gait.findings.knowledge_text import TEXT_FIELDS, translate_tables
from gait.findings.ordinary_ranges import load_ordinary_ranges
from gait.findings.questions import Question, parse_question, parse_triggers
from gait.metrics.drift import DRIFT_METRICS
from gait.metrics.register import METRICS
from gait.records import CorrectionKind, View

#: Unit, sign, definition, views and sources of every metric come from here.
_SPECS = {spec.key: spec for spec in (*METRICS, *DRIFT_METRICS)}
FILES = ("sources.toml", "metrics.toml", "questions.toml", "corrections.toml", "warnings.toml")
CADENCE_FIELDS = {"current", "target_low", "target_high", "limit"}
Table = Mapping[str, Any]


class KnowledgeError(ValueError):
    """The knowledge files have faults. The message lists all of them, one a line."""


def load_knowledge() -> Knowledge:
    """Read the files that ship with the package, in the language that is written now.

    Returns
    -------
    Knowledge
        The same object at every call in one language.

    Raises
    ------
    KnowledgeError
        The files have faults; one message lists all of them.

    Examples
    --------
    >>> overstride = load_knowledge().metrics["overstride"]
    >>> overstride.unit, overstride.sign
    ('fraction of L', '+ = the ankle is ahead of the hip of the same leg')
    >>> limits = overstride.band.at(2.5)
    >>> round(limits.low, 2), round(limits.high, 2), limits.runners
    (0.14, 0.23, 34)
    """
    return _knowledge_in(spoken_language())


@cache
def _knowledge_in(language: str) -> Knowledge:
    folder = resources.files("gait.findings")
    data: dict[str, Any] = {}
    with speak(language):
        for name in FILES:
            read = tomllib.loads((folder / name).read_text(encoding="utf-8"))
            data |= translate_tables(name, read) if name in TEXT_FIELDS else read
        return parse_knowledge(data)


def parse_knowledge(data: Table) -> Knowledge:
    """Turn parsed TOML into records.

    Parameters
    ----------
    data : mapping
        The files merged: ``paper``, ``article``, ``metric``, ``filming``, ``unobservable``, ``question``,
        ``correction``, ``section``, ``caveat``, ``care`` and ``warning``.

    Returns
    -------
    Knowledge

    Raises
    ------
    KnowledgeError
        The files have faults; one message lists all of them.
    """
    faults: list[str] = []
    papers = _collect(data, "paper", "id", lambda t: Paper(**t), faults)
    articles = _collect(data, "article", "id", lambda t: Article(**t), faults)
    questions = _questions(data, faults)
    corrections = _collect(data, "correction", "id", lambda t: _correction(t, questions), faults)
    warnings = _collect(data, "warning", "id", lambda t: _warn(t, questions), faults)
    metrics = _collect(data, "metric", "key", _metric, faults)
    for metric in metrics.values():
        faults += _metric_faults(metric, papers, corrections)
    for entry in corrections.values():
        faults += _correction_faults(entry, papers, articles)
        faults += [f"correction {entry.id!r}: unknown metric {m!r}" for m in entry.sides_differ if m not in metrics]
    for warn in warnings.values():
        faults += _warn_faults(warn, articles, corrections)
    sections = _collect(data, "section", "id", lambda t: AdviceSection(**{**t, "items": tuple(t["items"])}), faults)
    faults += _section_faults(sections, {*corrections, *warnings})
    filming = dict(data.get("filming", {}))
    faults += [f"filming: no advice for the {view} view" for view in get_args(View) if view not in filming]
    faults += [f"{table}: missing" for table in ("caveat", "care") if table not in data]
    if faults:
        raise KnowledgeError(f"{len(faults)} fault(s) in the knowledge files:\n" + "\n".join(f"- {f}" for f in faults))
    care = data["care"]
    if care["article"] not in articles:
        raise KnowledgeError(f"1 fault(s) in the knowledge files:\n- care: unknown article {care['article']!r}")
    return Knowledge(
        metrics=metrics,
        corrections=corrections,
        papers=papers,
        articles=articles,
        filming=filming,
        unobservable=tuple(Unobservable(**t) for t in data.get("unobservable", ())),
        caveat=AdviceCaveat(**data["caveat"]),
        care=CareAdvice(**{**care, "signs": tuple(care["signs"])}),
        questions=questions,
        warnings=warnings,
        sections=sections,
    )


def _collect(data: Table, table: str, key: str, build: Any, faults: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, row in enumerate(data.get(table, ()), start=1):
        name = f"{table} {row.get(key, f'number {number}')!r}"
        try:
            record = build(row)
        except (TypeError, KeyError, ValueError) as error:
            faults.append(f"{name}: {error}")
            continue
        if row[key] in found:
            faults.append(f"{name}: given twice")
        found[row[key]] = record
    return found


def _metric(row: Table) -> MetricEntry:
    fields = dict(row)
    spec = _SPECS.get(row["key"])
    if spec is None:
        raise ValueError("no MetricSpec in gait.metrics has this key")
    band = fields.pop("band", None)
    flags = fields.pop("flag", ())
    return MetricEntry(
        unit=spec.unit,
        sign=gettext(spec.sign),
        definition=gettext(spec.definition),
        views=spec.views,
        sided=spec.sided,
        sources=spec.sources,
        **{
            "good": None,
            **fields,
            "display": DisplayFormat(**fields["display"]),
            "band": None if band is None else _band(band, row["key"]),
            "flags": tuple(BandFlag(**{**flag, "corrections": tuple(flag["corrections"])}) for flag in flags),
        },
    )


def _band(row: Table, key: str) -> Band:
    if row.get("fitted"):
        model = load_ordinary_ranges().get(key)
        if model is None:
            raise ValueError("band: fitted, but ordinary_ranges.toml has no range with this key")
        return Band.from_model(model, row["tag"], tuple(row["sources"]), row.get("note"))
    speeds = tuple(float(v) for v in row.get("speeds", ()))
    low, high = _numbers(row.get("low")), _numbers(row.get("high"))
    if "mean" in row:
        mean, sd, width = row["mean"], row["sd"], row.get("width", 2)
        if not len(mean) == len(sd) == len(speeds):
            raise ValueError(f"band: {len(speeds)} speeds, {len(mean)} means and {len(sd)} sds must be equally many")
        low = tuple(m - width * s for m, s in zip(mean, sd, strict=True))
        high = tuple(m + width * s for m, s in zip(mean, sd, strict=True))
    return Band(
        tag=row["tag"],
        sources=tuple(row["sources"]),
        speeds=speeds,
        low=low,
        high=high,
        note=row.get("note"),
        mean=_numbers(row.get("mean")),
        sd=_numbers(row.get("sd")),
        runners=row.get("runners"),
    )


def _numbers(given: float | Iterable[float] | None) -> tuple[float, ...] | None:
    if given is None:
        return None
    return tuple(float(v) for v in given) if isinstance(given, Iterable) else (float(given),)


def _questions(data: Table, faults: list[str]) -> dict[str, Question]:
    earlier: dict[str, Question] = {}

    def build(row: Table) -> Question:
        question = parse_question(row, earlier)
        earlier.setdefault(question.id, question)
        return question

    return _collect(data, "question", "id", build, faults)


def _correction(row: Table, questions: Mapping[str, Question]) -> CorrectionEntry:
    research = tuple(Research(**entry) for entry in row.get("research", ()))
    fields = {**row, "research": research, "sides_differ": tuple(row.get("sides_differ", ()))}
    return CorrectionEntry(**{**fields, **_origin(row, questions)})


def _warn(row: Table, questions: Mapping[str, Question]) -> WarningSign:
    return WarningSign(**{**row, "holds_back": tuple(row.get("holds_back", ())), **_origin(row, questions)})


def _origin(row: Table, questions: Mapping[str, Question]) -> dict[str, Any]:
    return {
        "also": tuple(Passage(**passage) for passage in row.get("also", ())),
        "when": parse_triggers(row.get("when", ()), questions),
    }


def _metric_faults(metric: MetricEntry, papers: Mapping[str, Any], corrections: Mapping[str, Any]) -> Iterable[str]:
    name = f"metric {metric.key!r}"
    band = metric.band
    for paper in {*metric.sources, *(band.sources if band else ())}:
        if paper not in papers:
            yield f"{name}: unknown paper {paper!r}"
    if not metric.sources:
        yield f"{name}: no source"
    if band is not None:
        if not band.sources:
            yield f"{name}: band without a source"
        if band.tag not in get_args(BandTag):
            yield f"{name}: unknown band tag {band.tag!r}"
        if list(band.speeds) != sorted(set(band.speeds)):
            yield f"{name}: speeds {list(band.speeds)} must rise"
        for side in (band.low, band.high):
            if side is not None and len(side) != max(1, len(band.speeds)):
                yield f"{name}: {len(side)} limits for {len(band.speeds)} speeds"
        if band.runners is not None and (band.runners < 2 or band.mean is None):
            yield f"{name}: band of {band.runners} runners; give their mean and sd, and at least 2 runners"
        if band.low and band.high and any(low >= high for low, high in zip(band.low, band.high, strict=False)):
            yield f"{name}: a low limit is not below its high limit"
    for flag in metric.flags:
        if band is None or getattr(band, flag.when, None) is None:
            yield f"{name}: flag {flag.finding!r} on the {flag.when} side, where the band has no limit"
        if not 0 < flag.moderate < flag.marked:
            yield f"{name}: flag {flag.finding!r}: 0 < moderate < marked does not hold"
        yield from (f"{name}: unknown correction {c!r}" for c in flag.corrections if c not in corrections)
        if not flag.corrections:
            yield f"{name}: flag {flag.finding!r} offers no correction"
    if metric.flags and metric.good is None:
        yield f"{name}: has flags but no text for a good value"


def _correction_faults(entry: CorrectionEntry, papers: Mapping[str, Any], articles: Mapping[str, Any]) -> Iterable[str]:
    name = f"correction {entry.id!r}"
    if entry.kind not in get_args(CorrectionKind):
        yield f"{name}: unknown kind {entry.kind!r}"
    if entry.slot is not None and entry.slot not in get_args(WeekSlot):
        yield f"{name}: unknown slot {entry.slot!r}"
    if entry.running is not None and entry.running not in get_args(RunningAdvice):
        yield f"{name}: unknown running {entry.running!r}"
    if entry.theme not in get_args(Theme):
        yield f"{name}: unknown theme {entry.theme!r}"
    if entry.evidence not in get_args(Evidence):
        yield f"{name}: unknown evidence grade {entry.evidence!r}"
    yield from (f"{name}: unknown article {p.article!r}" for p in entry.passages if p.article not in articles)
    if entry.evidence == "trial" and not entry.research:
        yield f"{name}: evidence 'trial' without research"
    if (entry.dose is None) != (entry.dose_from is None):
        yield f"{name}: dose and dose_from belong together"
    yield from (f"{name}: unknown paper {r.paper!r}" for r in entry.research if r.paper not in papers)
    fields = {field for _, field, _, _ in Formatter().parse(entry.text) if field}
    if fields - CADENCE_FIELDS:
        yield f"{name}: unknown placeholders {sorted(fields - CADENCE_FIELDS)}"
    if fields and entry.text_plain is None:
        yield f"{name}: placeholders need text_plain for when the cadence is not known"


def _warn_faults(warn: WarningSign, articles: Mapping[str, Any], corrections: Mapping[str, Any]) -> Iterable[str]:
    name = f"warning {warn.id!r}"
    if warn.level not in get_args(Urgency):
        yield f"{name}: unknown level {warn.level!r}"
    allowed = {*get_args(CorrectionKind), *corrections}
    unknown = [item for item in warn.holds_back if item not in allowed]
    yield from (f"{name}: holds back {item!r}, no kind or correction" for item in unknown)
    if warn.running is not None and warn.running not in get_args(RunningAdvice):
        yield f"{name}: unknown running {warn.running!r}"
    if not warn.when:
        yield f"{name}: no answer brings it up"
    yield from (f"{name}: unknown article {p.article!r}" for p in warn.passages if p.article not in articles)


def _section_faults(sections: Mapping[str, AdviceSection], items: set[str]) -> Iterable[str]:
    listed = Counter(item for section in sections.values() for item in section.items)
    yield from (f"section: unknown item {item!r}" for item in listed if item not in items)
    yield from (f"section: {item!r} stands in {count} sections" for item, count in listed.items() if count > 1)
    if sections:
        yield from (f"section: {item!r} stands in none" for item in sorted(items - set(listed)))
