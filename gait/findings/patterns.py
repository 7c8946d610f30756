"""Patterns: several weak signs of one way of running that add up to what none of them shows alone.

Each sign is put on one scale: 0 is the middle of the ordinary range, 1 its limit on the side of the pattern. The
**score** is the mean of the signs. Ordinary runners scatter about 0, and as far as signs go together between runners,
so does their mean: where each sign reaches its limit 1 at two standard deviations, the score reaches the same rarity at

    L = √(wᵀ R w),

R the correlations between runners at equal speed and w equal weights. Two signs that have nothing to do with each other
pass at 0.71 each, two that are the same at 1. The error of the score follows from the intervals of the parts and from
how far their errors go together: metrics that share keypoints err together, and so do the legs. Both kinds of
correlation are data (``pattern_correlations.toml``, with its command). The probability that the true score lies beyond
L is computed as for a single value (`gait.findings.probability`).

A pattern needs two metrics that lean its way (by half the way to the limit or more), and a score whose half interval is
narrower than the range of ordinary scores. The two legs count once, each weighted by how well it is measured.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np

from gait._typing import FloatArray
from gait.display_language import speak, spoken_language
from gait.findings.assessment import Assessment, tier_of
from gait.findings.bands import Limits
from gait.findings.knowledge_text import translate_tables
from gait.findings.probability import EvidenceTier, probability_above
from gait.records import Grade, Severity
from gait.signal.distributions import NORMAL_95, t_quantile

#: Sign from which a metric leans towards the pattern: one standard deviation of ordinary runners. [E]
LEANS = 0.5
#: Metrics that must lean towards a pattern. [E]
MIN_SIGNS = 2


@dataclass(frozen=True)
class PatternPart:
    """One sign of a pattern: a metric, and the side of its range.

    ``middle`` and ``half_range`` of ordinary runners are given where the band has one limit only.
    """

    metric: str
    when: Literal["low", "high"]
    middle: float | None = None
    half_range: float | None = None

    def scale(self, limits: Limits) -> tuple[float, float] | None:
        """Give middle and half width of the ordinary range, in the metric's unit.

        Parameters
        ----------
        limits : Limits

        Returns
        -------
        (float, float) or None
            ``None`` where neither the range nor the data give them.
        """
        if limits.low is not None and limits.high is not None:
            return (limits.low + limits.high) / 2, (limits.high - limits.low) / 2
        return None if self.middle is None or self.half_range is None else (self.middle, self.half_range)


@dataclass(frozen=True)
class Pattern:
    """A pattern as stored in ``patterns.toml``."""

    id: str
    name: str
    article: str
    section: str
    headline: str
    headline_likely: str
    moderate: float
    marked: float
    corrections: tuple[str, ...]
    parts: tuple[PatternPart, ...]


@dataclass(frozen=True)
class PatternEvidence:
    """How sure a pattern is.

    Attributes
    ----------
    pattern : Pattern
    score : float
        Mean of the signs; 0 is the middle of the ordinary range, 1 the limit of a single sign.
    limit : float
        Score that ordinary runners do not pass.
    error : float
        Standard error of the score.
    probability : float
        That the true score lies beyond the limit, 0 to 1.
    evidence : {"clear", "likely", "open", "fine"} or None
        ``None`` where too few signs lean towards it, or where the score is not measured well enough.
    signs : mapping
        Metric → its sign, mean of the legs.
    """

    pattern: Pattern
    score: float
    limit: float
    error: float
    probability: float
    evidence: EvidenceTier | None
    signs: Mapping[str, float]

    @property
    def leaning(self) -> tuple[str, ...]:
        """Metrics that lean towards the pattern, the furthest first."""
        return tuple(sorted((key for key, sign in self.signs.items() if sign >= LEANS), key=lambda k: -self.signs[k]))

    @property
    def severity(self) -> Severity:
        """How far beyond the limit the score lies."""
        over = self.score / self.limit
        return "marked" if over >= self.pattern.marked else "moderate" if over >= self.pattern.moderate else "mild"


@dataclass(frozen=True)
class PatternCorrelations:
    """Correlations of metrics between runners, of their errors, and of the errors of the two legs."""

    runners: Mapping[frozenset[str], float]
    errors: Mapping[frozenset[str], float]
    legs: Mapping[str, float]


def load_patterns() -> tuple[Pattern, ...]:
    """Read ``patterns.toml``, in the language that is written now.

    Returns
    -------
    tuple of Pattern
    """
    return _patterns_in(spoken_language())


@cache
def _patterns_in(language: str) -> tuple[Pattern, ...]:
    text = (resources.files("gait.findings") / "patterns.toml").read_text(encoding="utf-8")
    found = []
    with speak(language):
        data = translate_tables("patterns.toml", tomllib.loads(text))
    for row in data["pattern"]:
        parts = tuple(PatternPart(**part) for part in row.pop("part"))
        found.append(Pattern(**{**row, "corrections": tuple(row["corrections"])}, parts=parts))
    return tuple(found)


@cache
def load_pattern_correlations() -> PatternCorrelations:
    """Read ``pattern_correlations.toml``.

    Returns
    -------
    PatternCorrelations
    """
    text = (resources.files("gait.findings") / "pattern_correlations.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    runners, errors = (
        {frozenset(row["metrics"]): float(row["correlation"]) for row in data[table]} for table in ("runners", "errors")
    )
    return PatternCorrelations(runners, errors, {row["metric"]: float(row["correlation"]) for row in data["legs"]})


def assess_patterns(assessed: Iterable[Assessment]) -> tuple[PatternEvidence, ...]:
    """Compute how sure each pattern is.

    Parameters
    ----------
    assessed : iterable of Assessment
        Measurements compared with their bands.

    Returns
    -------
    tuple of PatternEvidence
        Patterns of which at least two metrics were measured.
    """
    everything = tuple(assessed)
    found = (_assess_pattern(pattern, everything) for pattern in load_patterns())
    return tuple(evidence for evidence in found if evidence is not None)


def score_limit(pattern: Pattern, metrics: Sequence[str]) -> float:
    """Compute the score that ordinary runners do not pass, for the metrics that were measured.

    Parameters
    ----------
    pattern : Pattern
    metrics : sequence of str
        At least one of its metrics.

    Returns
    -------
    float
    """
    direction = {part.metric: 1.0 if part.when == "high" else -1.0 for part in pattern.parts}
    together = _matrix(metrics, load_pattern_correlations().runners, direction)
    return math.sqrt(max(float(together.sum()), 0.0)) / len(metrics)


@dataclass(frozen=True)
class _Sign:
    """One leg of one metric on the common scale."""

    metric: str
    side: str
    sign: float
    error: float
    limit_error: float
    freedom: float | None
    grade: Grade


def _signs(part: PatternPart, assessed: Sequence[Assessment]) -> list[_Sign]:
    signs = []
    for one in assessed:
        m, limits = one.measurement, one.limits
        if m.key != part.metric or m.value is None or m.interval is None or limits is None or one.verdict == "refused":
            continue
        scale = part.scale(limits)
        if scale is None or not all(math.isfinite(v) for v in (m.value, *m.interval)):
            continue
        middle, half = scale
        to = 1.0 if part.when == "high" else -1.0
        quantile = NORMAL_95 if m.freedom is None else float(t_quantile(m.freedom, 0.975))
        error = (m.interval[1] - m.interval[0]) / 2 / quantile / half
        own = limits.high_error if part.when == "high" else limits.low_error
        signs.append(
            _Sign(part.metric, m.side, to * (m.value - middle) / half, error, own / half, limits.freedom, m.grade)
        )
    return signs


def _assess_pattern(pattern: Pattern, assessed: Sequence[Assessment]) -> PatternEvidence | None:
    by_metric = {part.metric: _signs(part, assessed) for part in pattern.parts}
    by_metric = {metric: signs for metric, signs in by_metric.items() if signs}
    if len(by_metric) < MIN_SIGNS:
        return None
    signs = [sign for legs in by_metric.values() for sign in legs]
    weights = np.concatenate([_leg_weights(legs) for legs in by_metric.values()]) / len(by_metric)
    means = {
        metric: float(np.dot(_leg_weights(legs), [sign.sign for sign in legs])) for metric, legs in by_metric.items()
    }
    score = float(np.dot(weights, [sign.sign for sign in signs]))
    errors = np.asarray([sign.error for sign in signs])
    direction = {part.metric: 1.0 if part.when == "high" else -1.0 for part in pattern.parts}
    spread = weights * errors
    error = math.sqrt(max(float(spread @ _error_matrix(signs, direction) @ spread), 0.0))
    limit = score_limit(pattern, list(by_metric))
    # The limits of all parts rest on the same runners; their errors are taken as one.
    limit_error = float(np.mean([legs[0].limit_error for legs in by_metric.values()])) * limit
    freedoms = [sign.freedom for sign in signs if sign.freedom is not None]
    half = NORMAL_95 * error
    probability = probability_above(
        score,
        (score - half, score + half),
        limit,
        limit_error=limit_error,
        limit_freedom=min(freedoms, default=None),
    )
    enough = sum(sign >= LEANS for sign in means.values()) >= MIN_SIGNS and half < 2 * limit
    grade: Grade = "poor" if all(sign.grade == "poor" for sign in signs) else "fair"
    evidence = tier_of(probability, grade) if enough else None
    return PatternEvidence(pattern, score, limit, error, probability, evidence, means)


def _leg_weights(legs: Sequence[_Sign]) -> FloatArray:
    """Weight legs by how well they are measured."""
    precision = np.asarray([1 / max(leg.error, 1e-6) ** 2 for leg in legs])
    return np.asarray(precision / precision.sum())


def _matrix(
    metrics: Sequence[str], table: Mapping[frozenset[str], float], direction: Mapping[str, float]
) -> FloatArray:
    return np.asarray(
        [
            [1.0 if a == b else table.get(frozenset((a, b)), 0.0) * direction[a] * direction[b] for b in metrics]
            for a in metrics
        ]
    )


def _error_matrix(signs: Sequence[_Sign], direction: Mapping[str, float]) -> FloatArray:
    known = load_pattern_correlations()
    metrics = [sign.metric for sign in signs]
    together = _matrix(metrics, known.errors, direction)
    legs = np.asarray(
        [
            [
                1.0
                if "both" in (a.side, b.side) or a.side == b.side
                else math.sqrt(abs(known.legs.get(a.metric, 0.0) * known.legs.get(b.metric, 0.0)))
                for b in signs
            ]
            for a in signs
        ]
    )
    return np.asarray(together * legs)
