"""Records that make up the HTML report; the template only lays them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from gait.findings.knowledge_records import Knowledge
from gait.report.evidence_stills import EvidenceStill
from gait.report.hand_changes import HandChange
from gait.report.page_rules import AdvicePanel
from gait.report.stride_figure import StrideFigure
from gait.report.time_plots import SvgPlot


@dataclass(frozen=True)
class Player:
    """One annotated video beside the report: element id, file, title and frames/s.

    ``parts`` has, for each part of the clip that the video holds, its start and end in the clip and its start in the
    video, s. ``estimated``: keypoints of some frames are estimated.
    """

    id: str
    src: str
    title: str
    fps: float
    parts: tuple[tuple[float, float, float], ...]
    whole: bool = True
    estimated: bool = False


@dataclass(frozen=True)
class VideoPanel:
    """One analysed video: facts for the runner, technical facts, warnings and plots.

    ``stride``: the mean stride as a moving figure. ``side_view``: filmed from the side.
    """

    title: str
    file: str
    facts: tuple[str, ...]
    technical: tuple[str, ...]
    warnings: tuple[str, ...]
    plots: tuple[tuple[str, SvgPlot], ...]
    cycles: tuple[tuple[str, SvgPlot], ...]
    player: Player | None
    stride: StrideFigure | None
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
class Comparison:
    """One metric against its ordinary range: how it ended (tier and words), values, range, and both as a strip.

    ``note`` says which side of the range counts, where only one does. ``good`` is what to say where all is fine.
    """

    key: str
    name: str
    tier: str
    words: str
    good: str
    values: tuple[MeasuredValue, ...]
    ordinary: str
    source: str
    note: str
    strip: Markup | None


@dataclass(frozen=True)
class ShownExercise:
    """One exercise: how it is done, how much, what comes next, what to do if it hurts, and a drawing of it."""

    id: str
    title: str
    how: tuple[str, ...]
    needs: str
    sets: str
    progression: str
    easier: str
    source: str
    drawing: Markup | None


@dataclass(frozen=True)
class ExerciseGroup:
    """The exercises of one kind."""

    title: str
    exercises: tuple[ShownExercise, ...]


@dataclass(frozen=True)
class Advice:
    """One correction of a finding, where it comes from, and how well that is studied."""

    id: str
    title: str
    article: str
    research: tuple[str, ...]
    evidence: str


@dataclass(frozen=True)
class FindingCard:
    """One finding in full. ``seek``: player and time (s of the clip) that show it.

    ``tier`` and ``words`` say how sure it is, ``severity_text`` how far outside. ``parts`` are the comparisons of the
    other metrics of a pattern, or that support it.
    """

    headline: str
    tier: str
    words: str
    severity: str
    severity_text: str
    name: str
    field_name: str
    definition: str
    matters: str
    sign: str
    comparison: Comparison | None
    remarks: tuple[str, ...]
    parts: tuple[Comparison, ...]
    still: EvidenceStill | None
    caption: str
    seek: tuple[str, float] | None
    advice: tuple[Advice, ...]


@dataclass(frozen=True)
class TableRow:
    """One measurement of one side in the table. ``reason``: why it was refused, or how it was measured."""

    value: MeasuredValue | None
    side: str
    side_key: str
    words: str
    tier: str
    probability: str
    reason: str | None


@dataclass(frozen=True)
class MetricRows:
    """One metric in the table of all measurements: both sides against one range."""

    name: str
    field_name: str
    definition: str
    sign: str
    ordinary: str
    source: str
    note: str
    strip: Markup | None
    rows: tuple[TableRow, ...]


@dataclass(frozen=True)
class MissingMetric:
    """Metrics that could not be measured for the same reasons."""

    names: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class FilmingAdvice:
    """How to film what is missing: the view, in words and as a drawing, and what it would show."""

    title: str
    text: str
    drawing: Markup | None
    missing: tuple[MissingMetric, ...]


@dataclass(frozen=True)
class CadenceTarget:
    """Steps a minute: current value, prescribed range, and the limit of what was studied."""

    now: int
    low: int
    high: int
    limit: int


@dataclass(frozen=True)
class GlanceCard:
    """One card of the first screen: how it ended, what it is, its strip, and where the page says more."""

    tier: str
    words: str
    title: str
    strip: Markup | None
    target: str


@dataclass(frozen=True)
class LeadPicture:
    """The picture of the first screen: a frame of the film or a figure drawn from the keypoints.

    ``seek``: player and time (s of the clip) of that moment.
    """

    still: EvidenceStill
    caption: str
    seek: tuple[str, float] | None = None


@dataclass(frozen=True)
class SmallStep:
    """The one thing to try this week: title, one or two sentences, and the element of the page that says more."""

    title: str
    text: str
    target: str


@dataclass(frozen=True)
class FirstScreen:
    """What a runner sees first.

    ``headline`` and ``sentence`` are those of the film; where a warning sign leads, ``headlines`` and ``sentences``
    hold those of its urgency. ``tone`` is that urgency ("now", "see", "heed"), otherwise ``film_tone``: the tier of the
    film's headline, or "none".
    ``tally`` counts the comparisons by tier. ``filming`` says what to film where nothing could be measured.
    """

    headline: str
    tone: str
    film_tone: str
    sentence: str
    headlines: Mapping[str, str]
    sentences: Mapping[str, str]
    tally: tuple[tuple[str, int, str], ...]
    picture: LeadPicture | None
    cards: tuple[GlanceCard, ...]
    step: SmallStep | None
    next_step: str
    filming: tuple[FilmingAdvice, ...]


@dataclass(frozen=True)
class PhysioRow:
    """One measurement in the summary for a physiotherapist."""

    name: str
    side: str
    value: str
    interval: str
    ordinary: str
    words: str
    tier: str


@dataclass(frozen=True)
class PhysioSummary:
    """One page for a physiotherapist."""

    name: str
    facts: tuple[tuple[str, str], ...]
    findings: tuple[str, ...]
    pain: tuple[tuple[str, str], ...]
    rows: tuple[PhysioRow, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class ReportPage:
    """The whole report.

    ``cards`` are the findings in full, ``other_findings`` the rest. ``open`` and ``good`` are the comparisons that no
    finding names. ``panel`` is the advice, with the questions that change it. ``unfilmable``: missing, and no other
    film helps. ``too_short``: the clip is too short for changes over a run.
    """

    title: str
    runner: str
    facts: tuple[tuple[str, str], ...]
    first: FirstScreen
    clips: tuple[VideoPanel, ...]
    cadence_target: CadenceTarget | None
    cards: tuple[FindingCard, ...]
    other_findings: tuple[FindingCard, ...]
    good: tuple[Comparison, ...]
    open: tuple[Comparison, ...]
    metrics: tuple[MetricRows, ...]
    filming: tuple[FilmingAdvice, ...]
    missing: tuple[MissingMetric, ...]
    unfilmable: tuple[MissingMetric, ...]
    notices: tuple[str, ...]
    hand_changes: tuple[HandChange, ...]
    panel: AdvicePanel
    exercises: tuple[ExerciseGroup, ...]
    too_short: bool
    physio: PhysioSummary
    knowledge: Knowledge
    papers: tuple[str, ...]
    range_sources: str
    version: str
    made_on: str
    filmed_on: str
