"""Comparison of each measurement with its band: inside, outside, borderline, or nothing to compare with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from gait.findings.bands import Limits
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import BandFlag, Knowledge, MetricEntry
from gait.findings.probability import EvidenceTier, evidence_tier, probability_above, probability_below
from gait.records import Measurement, Runner, Severity

#: ``reference``: the metric has no limit that gives a finding.
BandVerdict = Literal["inside", "outside", "borderline", "reference", "refused"]


@dataclass(frozen=True)
class Assessment:
    """One measurement compared with its band.

    Attributes
    ----------
    measurement : Measurement
    metric : MetricEntry or None
        ``None`` for an unknown key.
    limits : Limits or None
        The band at the runner's speed.
    verdict : {"inside", "outside", "borderline", "reference", "refused"}
        ``outside`` only where the whole interval lies beyond a flagged limit, ``borderline`` where the interval
        contains the limit, ``reference`` where no limit of the metric gives a finding.
    flag : BandFlag or None
        The limit that is, or may be, passed.
    severity : {"mild", "moderate", "marked"} or None
    probability_above, probability_below : float or None
        That the true value lies above the high limit, and below the low one (`gait.findings.probability`); 0 where the
        range is open on that side. ``None`` where there is nothing to compare: refused, without a range, or without an
        interval.
    """

    measurement: Measurement
    metric: MetricEntry | None
    limits: Limits | None
    verdict: BandVerdict
    flag: BandFlag | None = None
    severity: Severity | None = None
    probability_above: float | None = None
    probability_below: float | None = None

    @property
    def probability_outside(self) -> float | None:
        """Probability that the true value lies outside the range, on either side."""
        if self.probability_above is None or self.probability_below is None:
            return None
        return min(self.probability_above + self.probability_below, 1.0)

    @property
    def probability_flagged(self) -> float | None:
        """Probability that it lies beyond a limit that gives a finding; 0 where none does."""
        if self.probability_above is None or self.probability_below is None:
            return None
        flagged = {flag.when for flag in self.metric.flags} if self.metric is not None else set()
        above, below = (
            p * (when in flagged)
            for p, when in zip((self.probability_above, self.probability_below), ("high", "low"), strict=True)
        )
        return min(above + below, 1.0)

    @property
    def evidence(self) -> EvidenceTier | None:
        """How sure it is that a limit that gives a finding is passed; ``None`` where there is nothing to compare."""
        return None if self.probability_flagged is None else evidence_tier(self.probability_flagged)

    @property
    def ordinary(self) -> bool:
        """Whether the value lies between both limits, including one that gives no finding."""
        if self.limits is None or self.measurement.value is None:
            return False
        low, high = self.limits.low, self.limits.high
        return (low is None or self.measurement.value >= low) and (high is None or self.measurement.value <= high)


def compare_with_bands(
    measurements: Iterable[Measurement], runner: Runner, *, knowledge: Knowledge | None = None
) -> tuple[Assessment, ...]:
    """Compare measurements with the bands for this runner's speed and height.

    Parameters
    ----------
    measurements : iterable of Measurement
        Values in the units of the metric specs. An unknown key is kept, with nothing to compare.
    runner : Runner
        Speed and height narrow the bands; where they are unknown, the widest plausible band is used.
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    tuple of Assessment
        One for each measurement, in the same order.

    Raises
    ------
    ValueError
        A measurement is in another unit than its metric.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    return tuple(_with_probabilities(_assess_one(m, knowledge.metric(m.key), runner)) for m in measurements)


def _with_probabilities(one: Assessment) -> Assessment:
    measured, limits = one.measurement, one.limits
    if one.verdict == "refused" or measured.value is None or measured.interval is None or limits is None:
        return one
    value, interval, freedom = measured.value, measured.interval, measured.freedom
    if not all(math.isfinite(number) for number in (value, *interval)):
        return one
    above = below = 0.0
    if limits.high is not None:
        above = probability_above(
            value,
            interval,
            limits.high,
            freedom=freedom,
            limit_error=limits.high_error,
            limit_freedom=limits.freedom,
        )
    if limits.low is not None:
        below = probability_below(
            value, interval, limits.low, freedom=freedom, limit_error=limits.low_error, limit_freedom=limits.freedom
        )
    return replace(one, probability_above=above, probability_below=below)


def _assess_one(measurement: Measurement, metric: MetricEntry | None, runner: Runner) -> Assessment:
    if metric is not None and measurement.unit != metric.unit:
        raise ValueError(f"{measurement.key} is in {measurement.unit!r}; its band is in {metric.unit!r}")
    limits = None
    if metric is not None and metric.band is not None:
        limits = metric.band.at(runner.speed_mps, runner.height_m, within=runner.speed_seen_mps)
    if measurement.grade == "refused" or measurement.value is None:
        return Assessment(measurement, metric, limits, "refused")
    if metric is None or limits is None or not metric.flags:
        return Assessment(measurement, metric, limits, "reference")
    # A value without an interval is at most "borderline".
    spread = measurement.interval or (float("-inf"), float("inf"))
    for flag in metric.flags:
        near, far = _beyond(flag, limits, spread)
        excess = _excess(flag, limits, measurement.value)
        if near > 0:
            return Assessment(measurement, metric, limits, "outside", flag, _severity(flag, excess))
        if (far > 0 and measurement.interval is not None) or excess > 0:
            return Assessment(measurement, metric, limits, "borderline", flag, None)
    return Assessment(measurement, metric, limits, "inside")


def _excess(flag: BandFlag, limits: Limits, value: float) -> float:
    limit = limits.high if flag.when == "high" else limits.low
    if limit is None:
        return float("-inf")
    return value - limit if flag.when == "high" else limit - value


def _beyond(flag: BandFlag, limits: Limits, spread: tuple[float, float]) -> tuple[float, float]:
    ends = sorted(_excess(flag, limits, end) for end in spread)
    return ends[0], ends[1]


def _severity(flag: BandFlag, excess: float) -> Severity:
    if excess >= flag.marked:
        return "marked"
    return "moderate" if excess >= flag.moderate else "mild"
