"""The records that the knowledge files hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from gait.findings.bands import Band
from gait.findings.questions import Question, Trigger
from gait.records import ASYMMETRY, CorrectionKind, View

Evidence = Literal["trial", "expert", "low"]
Urgency = Literal["now", "see", "heed"]
Theme = Literal["pain", "load", "shoes", "form", "mobility", "strength", "day", "care"]


@dataclass(frozen=True)
class Paper:
    """A research paper, or the honest statement that there is none."""

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
class Display:
    """How a value is printed: ``value * scale`` with ``decimals``, followed by ``unit``.

    ``length`` is ``"leg"`` when the value is a share of leg length and can be told in centimetres too.
    """

    unit: str
    scale: float = 1.0
    decimals: int = 1
    length: Literal["leg"] | None = None


@dataclass(frozen=True)
class Flag:
    """One side of a band that is worth telling, with the words for it.

    ``moderate`` and ``marked`` are distances beyond the limit, in the metric's unit. ``headline`` speaks of both
    sides, ``headline_one`` of one (``{side}``); ``support`` is added to the headline of a related finding.
    """

    finding: str
    when: Literal["low", "high"]
    headline: str
    headline_one: str
    support: str
    moderate: float
    marked: float
    corrections: tuple[str, ...]


@dataclass(frozen=True)
class MetricEntry:
    """One metric: its names, unit, sign, meaning, band and flags. Order in the file is order of importance."""

    key: str
    name: str
    field_name: str
    unit: str
    display: Display
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
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class Research:
    """What one paper measured when runners did this."""

    paper: str
    effect: str


@dataclass(frozen=True)
class Passage:
    """Where in an article something is said."""

    article: str
    section: str


Slot = Literal["before_run", "drills", "in_run", "after_run", "strength", "every_day"]


@dataclass(frozen=True)
class CorrectionEntry:
    """One correction as stored: wording with placeholders, dose, articles, research and what brings it up.

    ``article`` and ``section`` are the main place, ``also`` the others. ``when`` are triggers on answers, any of which
    suffices; ``sides_differ`` names metrics whose difference between left and right brings it up. Findings name their
    corrections themselves (``Flag.corrections``). ``slot`` is when in a week it is done; ``stops_running``: with it
    there is no week to plan.
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
    slot: Slot | None = None
    stops_running: bool = False

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All places where it is said, the main one first."""
        return (Passage(self.article, self.section), *self.also)


@dataclass(frozen=True)
class WarningSign:
    """Answers after which a person should look at it, and what to say then. It never says what the matter might be.

    ``holds_back`` are the kinds of correction, or single ones by id, that must wait until somebody has looked.
    """

    id: str
    level: Urgency
    text: str
    article: str
    section: str
    when: tuple[Trigger, ...]
    also: tuple[Passage, ...] = ()
    holds_back: tuple[str, ...] = ()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All places where it is said, the main one first."""
        return (Passage(self.article, self.section), *self.also)


@dataclass(frozen=True)
class Care:
    """When to see a professional."""

    title: str
    text: str
    signs: tuple[str, ...]
    article: str
    section: str


@dataclass(frozen=True)
class Caveat:
    """What every reader of advice must be told."""

    code: str
    message: str


@dataclass(frozen=True)
class Unobservable:
    """Something runners ask for that one camera cannot show."""

    name: str
    reason: str


@dataclass(frozen=True)
class Knowledge:
    """All of it, looked up by key."""

    metrics: dict[str, MetricEntry]
    corrections: dict[str, CorrectionEntry]
    papers: dict[str, Paper]
    articles: dict[str, Article]
    filming: dict[View, str]
    unobservable: tuple[Unobservable, ...]
    caveat: Caveat
    care: Care
    questions: dict[str, Question]
    warnings: dict[str, WarningSign]

    def metric(self, key: str) -> MetricEntry | None:
        """Give what is known of a metric, or of the difference between its sides (``<metric>_asymmetry``)."""
        base = self.metrics.get(key.removesuffix(ASYMMETRY))
        if base is None or base.key == key:
            return base
        return replace(
            base,
            key=key,
            name=f"{base.name}: difference between the sides",
            field_name=f"{base.field_name}, asymmetry",
            sign="left minus right",
            definition=f"{base.definition} Mean of left minus right, stride by stride.",
            good=None,
            sided=False,
            band=None,
            flags=(),
        )

    def place(self, passages: tuple[Passage, ...]) -> str:
        """Name passages in one line: title — section; the sections of one article together."""
        sections: dict[str, list[str]] = {}
        for passage in passages:
            sections.setdefault(passage.article, []).append(passage.section)
        return "; ".join(f"{self.articles[a].title} — {', '.join(s)}" for a, s in sections.items())

    def cite(self, paper_ids: tuple[str, ...]) -> str:
        """Name papers in one line, e.g. ``"Souza 2016; Bramah et al. 2018"``."""
        return "; ".join(self.papers[paper].cite for paper in paper_ids)
