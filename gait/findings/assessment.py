"""Each measurement against its band: inside, outside, borderline, or nothing to compare with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gait.findings.bands import Limits
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import Flag, Knowledge, MetricEntry
from gait.records import Measurement, Runner, Severity

Verdict = Literal["inside", "outside", "borderline", "reference", "refused"]


@dataclass(frozen=True)
class Assessment:
    """One measurement, its band at the runner's speed, and where it lies.

    ``verdict`` is ``"outside"`` only when the whole interval lies beyond a flagged limit, ``"borderline"`` when the
    interval contains it, ``"reference"`` when no limit of this metric is worth a finding. ``flag`` and ``severity``
    are those of the limit that is (or may be) passed.
    """

    measurement: Measurement
    metric: MetricEntry | None
    limits: Limits | None
    verdict: Verdict
    flag: Flag | None = None
    severity: Severity | None = None

    @property
    def ordinary(self) -> bool:
        """Whether the value lies between both limits, also the one that is not worth a finding."""
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
    measurements
        Values in the units of ``gait/findings/metrics.toml``. An unknown key is kept, with nothing to compare.
    runner
        Speed and height sharpen the bands; unknown, the widest plausible band counts.
    knowledge
        The package's own unless given.

    Returns
    -------
    tuple of Assessment
        One per measurement, in the same order.

    Raises
    ------
    ValueError
        If a measurement is in another unit than its metric's: a comparison would be wrong without a sign of it.
    """
    known = load_knowledge() if knowledge is None else knowledge
    return tuple(_assess_one(m, known.metric(m.key), runner) for m in measurements)


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
    # Without an interval nothing can be proved outside: the value alone reaches "borderline" at most.
    spread = measurement.interval or (float("-inf"), float("inf"))
    for flag in metric.flags:
        near, far = _beyond(flag, limits, spread)
        excess = _excess(flag, limits, measurement.value)
        if near > 0:
            return Assessment(measurement, metric, limits, "outside", flag, _severity(flag, excess))
        if (far > 0 and measurement.interval is not None) or excess > 0:
            return Assessment(measurement, metric, limits, "borderline", flag, None)
    return Assessment(measurement, metric, limits, "inside")


def _excess(flag: Flag, limits: Limits, value: float) -> float:
    limit = limits.high if flag.when == "high" else limits.low
    if limit is None:
        return float("-inf")
    return value - limit if flag.when == "high" else limit - value


def _beyond(flag: Flag, limits: Limits, spread: tuple[float, float]) -> tuple[float, float]:
    ends = sorted(_excess(flag, limits, end) for end in spread)
    return ends[0], ends[1]


def _severity(flag: Flag, excess: float) -> Severity:
    if excess >= flag.marked:
        return "marked"
    return "moderate" if excess >= flag.moderate else "mild"
