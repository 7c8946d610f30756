"""Records that make up the HTML report; the template only lays them out."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from gait.findings.knowledge_records import Knowledge
from gait.findings.week_plan import PlannedDay
from gait.report.evidence_stills import EvidenceStill
from gait.report.time_plots import SvgPlot


@dataclass(frozen=True)
class Player:
    """One annotated video beside the report: element id, file, title, frames/s, and time of its first frame (s)."""

    id: str
    src: str
    title: str
    fps: float
    start_s: float


@dataclass(frozen=True)
class VideoPanel:
    """One analysed video: facts, warnings and plots. ``side_view``: filmed from the side."""

    title: str
    file: str
    facts: tuple[str, ...]
    warnings: tuple[str, ...]
    plots: tuple[tuple[str, SvgPlot], ...]
    cycles: tuple[tuple[str, SvgPlot], ...]
    player: Player | None
    side_view: bool


@dataclass(frozen=True)
class MeasuredValue:
    """One measured value as text. ``side_key`` and ``grade_key`` are the keys behind the texts."""

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
    """One correction as text.

    ``repeated``: an earlier finding shows it in full. ``reasons``: the answers or differences that bring it up.
    """

    id: str
    title: str
    kind: str
    text: str
    dose: str | None
    dose_note: str | None
    article: str
    research: tuple[str, ...]
    evidence: str
    repeated: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class FindingCard:
    """One finding in full. ``seek``: player and time (s, in the annotated video) that show it."""

    headline: str
    severity: str
    severity_text: str
    name: str
    field_name: str
    definition: str
    matters: str
    sign: str
    values: tuple[MeasuredValue, ...]
    scale: Markup | None
    ordinary: str
    source: str
    remarks: tuple[str, ...]
    support: tuple[str, ...]
    still: EvidenceStill | None
    caption: str
    seek: tuple[str, float] | None
    advice: tuple[Advice, ...]


@dataclass(frozen=True)
class TableRow:
    """One row of the table of all measurements."""

    name: str
    field_name: str
    definition: str
    sign: str
    value: MeasuredValue | None
    side: str
    side_key: str
    ordinary: str
    source: str
    verdict: str
    verdict_key: str
    probability: str
    reason: str | None


@dataclass(frozen=True)
class MissingMetric:
    """Metrics that could not be measured for the same reasons, and how to film them. ``tape``: show where to put it."""

    names: tuple[str, ...]
    reasons: tuple[str, ...]
    advice: tuple[str, ...]
    tape: bool = False


@dataclass(frozen=True)
class CadenceTarget:
    """Steps a minute: current value, prescribed range, and the limit of what was studied."""

    now: int
    low: int
    high: int
    limit: int


@dataclass(frozen=True)
class ReportPage:
    """The whole report.

    ``cards`` are the findings in full, ``other_findings`` the rest. ``extra_advice`` comes from answers or from legs
    that differ; ``answered``: there are answers. ``too_short``: the clip is too short for changes over a run.
    """

    title: str
    runner: str
    facts: tuple[tuple[str, str], ...]
    clips: tuple[VideoPanel, ...]
    cadence_target: CadenceTarget | None
    week: tuple[PlannedDay, ...]
    headline: str
    lead: str
    cards: tuple[FindingCard, ...]
    other_findings: tuple[FindingCard, ...]
    good: tuple[tuple[str, str], ...]
    borderline: tuple[tuple[str, str], ...]
    rows: tuple[tuple[TableRow, ...], ...]
    missing: tuple[MissingMetric, ...]
    notices: tuple[str, ...]
    warnings: tuple[str, ...]
    exercises_withheld: bool
    answered: bool
    extra_advice: tuple[Advice, ...]
    too_short: bool
    knowledge: Knowledge
    version: str
