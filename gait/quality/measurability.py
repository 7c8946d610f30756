"""Which metrics a video can give, with which grade at best: the rules of the analysis, asked beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gait.events.shoe_landing import SIDES
from gait.geometry.camera import Camera
from gait.metrics.grading import Conditions, feet_outside
from gait.metrics.register import METRICS, MetricSpec
from gait.quality.quality_records import ExpectedMetrics, Observation
from gait.records import Side

#: Bad pictures do not stop the analysis, but its numbers are then no more than indicative.
SPOILING = ("sharpness", "light", "place")


@dataclass(frozen=True)
class VideoFacts:
    """What decides about metrics. ``cadence`` (steps/min) and ``steps`` (per leg): ``None`` without a rhythm."""

    camera: Camera
    engine: str
    capture_fps: float
    cadence: float | None
    steps: float | None
    feet_out: float
    found: float
    seen: Mapping[str, Observation]


def expected_grades(facts: VideoFacts) -> tuple[ExpectedMetrics, ...]:
    """Say of every metric and side whether it can be measured, and how well."""
    rows: list[ExpectedMetrics] = []
    for metric in METRICS:
        sides: tuple[Side, ...] = ("left", "right") if metric.sided else ("both",)
        rows += [_outlook(metric, side, facts) for side in sides]
    return tuple(rows)


def _outlook(metric: MetricSpec, side: Side, facts: VideoFacts) -> ExpectedMetrics:
    if metric.refused:
        return ExpectedMetrics(metric.key, side, "refused", metric.refused, ever=False)
    conditions = Conditions(
        facts.camera,
        facts.engine,
        facts.capture_fps,
        facts.cadence or 0.0,
        facts.feet_out,
        facts.found,
        followed=frozenset(SIDES),  # whether shoes can be followed shows only once they have been
    )
    reason = conditions.not_shown(metric) or _shortcoming(facts) or conditions.obstacle(metric, side)
    if reason is not None:
        return ExpectedMetrics(metric.key, side, "refused", reason)
    for aspect in SPOILING:
        one = facts.seen.get(aspect)
        if one is not None and one.verdict == "bad":
            return ExpectedMetrics(metric.key, side, "poor", one.seen)
    return ExpectedMetrics(metric.key, side, *conditions.grade(metric, side, facts.steps or 0.0))


def _shortcoming(facts: VideoFacts) -> str | None:
    """Say why nothing at all can be measured, if so."""
    length = facts.seen["length"]
    if length.verdict == "bad":
        return length.sentence
    if facts.cadence is None or facts.steps is None:
        return "no running rhythm found: film one runner, whole body, in good light, from a phone that stands still"
    return feet_outside(facts.feet_out) if facts.feet_out > 0.5 else None
