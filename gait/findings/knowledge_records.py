"""Records of the knowledge files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from gait.display_language import N_, _, clauses_text
from gait.findings.bands import Band
from gait.findings.questions import Question, Trigger
from gait.records import ASYMMETRY, CorrectionKind, View

Evidence = Literal["trial", "expert", "low"]
Urgency = Literal["now", "see", "heed"]
Theme = Literal["pain", "load", "shoes", "form", "mobility", "strength", "day", "care"]


#: What ``sources.toml`` names beside papers, for the catalogues; titles of papers stay as they are.
UNPUBLISHED_SOURCES = (
    N_("working limit of this program"),
    N_("no published cut-off exists"),
    N_("13 healthy treadmill runners (open data of Fukuchi et al. 2017, worked out here)"),
)


@dataclass(frozen=True)
class Paper:
    """A research paper, or the statement that there is none."""

    id: str
    cite: str
    journal: str
    doi: str | None = None


@dataclass(frozen=True)
class Article:
    """An article for runners from which advice was taken."""

    id: str
    title: str


@dataclass(frozen=True)
class DisplayFormat:
    """How a value is printed: ``value * scale`` with ``decimals``, followed by ``unit``.

    ``length`` is ``"leg"`` where the value is a share of leg length and can be shown in centimetres too.
    """

    unit: str
    scale: float = 1.0
    decimals: int = 1
    length: Literal["leg"] | None = None


@dataclass(frozen=True)
class BandFlag:
    """One limit of a band that gives a finding, with its texts.

    ``moderate`` and ``marked`` are distances beyond the limit, in the metric's unit. ``headline`` is the text for both
    sides, ``headline_one`` for one (``{side}``); ``headline_likely`` and ``headline_likely_one`` are those of a finding
    that is likely but not clear. ``reach`` is for a band with one limit: the half of an interval that faces the limit
    must be narrower, or the value is not measured well enough to decide. ``fine_if_poor`` is the probability of lying
    within the limit from which a value that is graded "poor" is fine; without it, as for other values.
    """

    finding: str
    when: Literal["low", "high"]
    headline: str
    headline_one: str
    headline_likely: str
    headline_likely_one: str
    moderate: float
    marked: float
    corrections: tuple[str, ...]
    reach: float | None = None
    fine_if_poor: float | None = None


@dataclass(frozen=True)
class MetricEntry:
    """One metric: its names, meaning, band and flags. Order in the file is order of importance.

    ``unit, sign, definition, views, sided`` and ``sources`` are those of the metric's spec (`gait.metrics.register`).
    """

    key: str
    name: str
    field_name: str
    unit: str
    display: DisplayFormat
    sign: str
    definition: str
    matters: str
    good: str | None
    views: tuple[View, ...]
    sided: bool
    group: str
    changeable: int
    sources: tuple[str, ...]
    smallest_detectable: float | None = None
    band: Band | None = None
    flags: tuple[BandFlag, ...] = ()
    good_any_speed: str | None = None


@dataclass(frozen=True)
class Research:
    """What one paper measured in runners who did this."""

    paper: str
    effect: str


@dataclass(frozen=True)
class Passage:
    """A section of an article."""

    article: str
    section: str


#: When in a week a correction is done.
WeekSlot = Literal[
    "before_run", "drills", "in_run", "cool_down", "after_run", "strength", "cross_train", "care", "every_day"
]
#: What an item means for the runs of a week: none, or short and easy ones without drills.
RunningAdvice = Literal["stop", "ease"]


@dataclass(frozen=True)
class CorrectionEntry:
    """One correction as stored: text with placeholders, dose, articles, research, and what brings it up.

    ``article`` and ``section`` are the main passage, ``also`` the others. ``when`` are triggers on answers, of which
    one suffices; ``sides_differ`` lists metrics whose difference between left and right brings it up. Findings list
    their corrections in ``BandFlag.corrections``. ``slot`` is when in a week it is done; ``running`` is what it means
    for the runs of the week.
    """

    id: str
    title: str
    kind: CorrectionKind
    theme: Theme
    text: str
    article: str
    section: str
    evidence: Evidence
    text_plain: str | None = None
    dose: str | None = None
    dose_from: Literal["article", "program"] | None = None
    needs_cadence_room: bool = False
    research: tuple[Research, ...] = ()
    also: tuple[Passage, ...] = ()
    when: tuple[Trigger, ...] = ()
    sides_differ: tuple[str, ...] = ()
    slot: WeekSlot | None = None
    running: RunningAdvice | None = None

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All passages that give it, the main one first."""
        return (Passage(self.article, self.section), *self.also)


@dataclass(frozen=True)
class WarningSign:
    """Answers after which a professional should look at the runner, and the text for them; it is no diagnosis.

    ``holds_back`` lists the kinds of correction, or single ids, that must wait until a professional has looked;
    ``running`` is what it means for the runs of the week.
    """

    id: str
    level: Urgency
    text: str
    article: str
    section: str
    when: tuple[Trigger, ...]
    also: tuple[Passage, ...] = ()
    holds_back: tuple[str, ...] = ()
    running: RunningAdvice | None = None

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All passages that give it, the main one first."""
        return (Passage(self.article, self.section), *self.also)


@dataclass(frozen=True)
class CareAdvice:
    """When to see a professional."""

    title: str
    text: str
    signs: tuple[str, ...]
    article: str
    section: str


@dataclass(frozen=True)
class AdviceSection:
    """One theme of the advice for everybody: ``items`` are ids of corrections and warning signs."""

    id: str
    title: str
    intro: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class AdviceCaveat:
    """A limit of the advice that every report states."""

    code: str
    message: str


@dataclass(frozen=True)
class Unobservable:
    """Something that runners would like to know but one camera cannot show."""

    name: str
    reason: str


@dataclass(frozen=True)
class Knowledge:
    """All knowledge files, by key."""

    metrics: dict[str, MetricEntry]
    corrections: dict[str, CorrectionEntry]
    papers: dict[str, Paper]
    articles: dict[str, Article]
    filming: dict[View, str]
    unobservable: tuple[Unobservable, ...]
    caveat: AdviceCaveat
    care: CareAdvice
    questions: dict[str, Question]
    warnings: dict[str, WarningSign]
    sections: dict[str, AdviceSection] = field(default_factory=dict)

    def metric(self, key: str) -> MetricEntry | None:
        """Look up a metric, or the difference between its sides (``<metric>_asymmetry``).

        Parameters
        ----------
        key : str

        Returns
        -------
        MetricEntry or None
            ``None`` for an unknown key.
        """
        base = self.metrics.get(key.removesuffix(ASYMMETRY))
        if base is None or base.key == key:
            return base
        return replace(
            base,
            key=key,
            name=_("{name}: difference between the sides").format(name=base.name),
            field_name=_("{name}, asymmetry").format(name=base.field_name),
            sign=_("left minus right"),
            definition=_("{definition} Mean of left minus right, stride by stride.").format(definition=base.definition),
            good=None,
            good_any_speed=None,
            sided=False,
            band=None,
            flags=(),
        )

    def cite_passages(self, passages: tuple[Passage, ...]) -> str:
        """Cite passages in one line.

        Parameters
        ----------
        passages : tuple of Passage

        Returns
        -------
        str
            Title — section; the sections of one article together.
        """
        sections: dict[str, list[str]] = {}
        for passage in passages:
            sections.setdefault(passage.article, []).append(passage.section)
        return "; ".join(f"{self.articles[a].title} — {', '.join(s)}" for a, s in sections.items())

    def cite_papers(self, paper_ids: tuple[str, ...]) -> str:
        """Cite papers in one line, e.g. ``"Souza 2016; Bramah et al. 2018"``.

        Parameters
        ----------
        paper_ids : tuple of str

        Returns
        -------
        str
        """
        return clauses_text([_(self.papers[paper].cite) for paper in paper_ids])

    def items_of(self, article: str) -> tuple[CorrectionEntry | WarningSign, ...]:
        """List the corrections and warning signs that an article gives.

        Parameters
        ----------
        article : str
            Id.

        Returns
        -------
        tuple
            In the order of the knowledge files, corrections first.
        """
        items: tuple[CorrectionEntry | WarningSign, ...] = (*self.corrections.values(), *self.warnings.values())
        return tuple(item for item in items if any(p.article == article for p in item.passages))
