"""Comparison of each measurement with its band: inside, outside, borderline, or nothing to compare with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gait.findings.bands import Limits
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import BandFlag, Knowledge, MetricEntry
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
    """

    measurement: Measurement
    metric: MetricEntry | None
    limits: Limits | None
    verdict: BandVerdict
    flag: BandFlag | None = None
    severity: Severity | None = None

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
    return tuple(_assess_one(m, knowledge.metric(m.key), runner) for m in measurements)


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
