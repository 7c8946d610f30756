"""What the HTML report is made of: plain records that the template lays out without thinking."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from gait.findings.knowledge_records import Knowledge
from gait.findings.week_plan import Day
from gait.report.evidence_stills import Still
from gait.report.time_plots import Plot


@dataclass(frozen=True)
class Player:
    """One annotated video beside the report."""

    id: str
    src: str
    title: str
    fps: float
    start_s: float


@dataclass(frozen=True)
class VideoPanel:
    """One analysed video in words, with its plots."""

    title: str
    file: str
    facts: tuple[str, ...]
    warnings: tuple[str, ...]
    plots: tuple[tuple[str, Plot], ...]
    cycles: tuple[tuple[str, Plot], ...]
    player: Player | None
    side: bool


@dataclass(frozen=True)
class Reading:
    """One measured value in words."""

    side: str
    side_key: str
    value: str
    length: str | None
    interval: str | None
    steps: int
    grade: str
    grade_key: str


@dataclass(frozen=True)
class Advice:
    """One correction; ``again`` when an earlier finding has told it in full, ``because``: what brought it up."""

    id: str
    title: str
    kind: str
    text: str
    dose: str | None
    dose_note: str | None
    article: str
    research: tuple[str, ...]
    evidence: str
    again: bool
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """One finding shown in full."""

    headline: str
    severity: str
    severity_words: str
    name: str
    field_name: str
    definition: str
    matters: str
    sign: str
    readings: tuple[Reading, ...]
    scale: Markup | None
    ordinary: str
    source: str
    remarks: tuple[str, ...]
    support: tuple[str, ...]
    still: Still | None
    caption: str
    seek: tuple[str, float] | None
    advice: tuple[Advice, ...]


@dataclass(frozen=True)
class TableRow:
    """One line of the table of all measurements."""

    name: str
    field_name: str
    definition: str
    sign: str
    reading: Reading | None
    side: str
    side_key: str
    ordinary: str
    source: str
    verdict: str
    verdict_key: str
    reason: str | None


@dataclass(frozen=True)
class Missing:
    """What could not be measured, and how to film it; ``tape``: a drawing of where tape goes would help."""

    name: str
    reasons: tuple[str, ...]
    advice: tuple[str, ...]
    tape: bool = False


@dataclass(frozen=True)
class Beat:
    """Steps a minute: as they are, what is prescribed, and what nobody has studied."""

    now: int
    low: int
    high: int
    limit: int


@dataclass(frozen=True)
class ReportPage:
    """The whole report."""

    title: str
    runner: str
    facts: tuple[tuple[str, str], ...]
    clips: tuple[VideoPanel, ...]
    beat: Beat | None
    week: tuple[Day, ...]
    headline: str
    lead: str
    cards: tuple[Card, ...]
    more: tuple[Card, ...]
    good: tuple[tuple[str, str], ...]
    borderline: tuple[tuple[str, str], ...]
    rows: tuple[tuple[TableRow, ...], ...]
    missing: tuple[Missing, ...]
    notices: tuple[str, ...]
    warnings: tuple[str, ...]
    held: bool
    answered: bool
    said: tuple[Advice, ...]
    too_short: bool
    knowledge: Knowledge
    version: str
