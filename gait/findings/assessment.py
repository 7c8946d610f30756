"""Comparison of each measurement with its band: how sure it is that a limit is passed, or why that cannot be said.

A comparison decides (is *clear* or *likely*) only where the value is measured well enough: the half of its interval
that faces the limit must be narrower than the ordinary range, or than what the flag states (``reach``) where the band
has one limit only. Half, because one limit is one question: the half that faces it is all that could answer it
otherwise. Where the interval is wider and the value is not well inside either, the measurement is ``unmeasured``: it
leans nowhere. A grade of "poor" says that the interval itself is indicative, so nothing poor is clear.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from gait.findings.bands import Limits
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import BandFlag, Knowledge, MetricEntry
from gait.findings.probability import EvidenceTier, evidence_tier, probability_above, probability_below
from gait.records import Grade, Measurement, Runner, Severity

#: ``outside``: clearly; ``likely``: probably outside; ``open``: undecided; ``inside``: fine; ``unmeasured``: not
#: measured well enough to lean anywhere; ``reference``: no limit of the metric gives a finding; ``refused``: no value.
BandVerdict = Literal["outside", "likely", "open", "inside", "unmeasured", "reference", "refused"]
#: How many times wider the interval of a leg is from which it is measured worse than the other. [E]
WORSE_LEG = 1.2
_VERDICTS: dict[EvidenceTier, BandVerdict] = {"clear": "outside", "likely": "likely", "open": "open", "fine": "inside"}
_TIERS: dict[BandVerdict, EvidenceTier] = {verdict: tier for tier, verdict in _VERDICTS.items()}


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
    verdict : {"outside", "likely", "open", "inside", "unmeasured", "reference", "refused"}
        ``outside`` and ``likely`` where it is clear and where it is likely that a limit that gives a finding is passed,
        ``open`` where neither that nor the opposite is likely, ``inside`` where it is fine. ``unmeasured`` where the
        interval is too wide to lean anywhere, ``reference`` where no limit of the metric gives a finding.
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
        """How sure it is that a limit that gives a finding is passed.

        ``None`` where there is nothing to compare, or where the value is not measured well enough to lean anywhere.
        """
        if self.probability_flagged is None:
            return None
        return _TIERS.get(self.verdict)

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
    assessed = [_assess_one(m, knowledge.metric(m.key), runner) for m in measurements]
    return tuple(_beside_other_leg(one, assessed) for one in assessed)


def _beside_other_leg(one: Assessment, assessed: Iterable[Assessment]) -> Assessment:
    """Leave open what only the leg shows that is measured worse than the other.

    From one side view the far leg is measured worse, and a difference between the legs is not graded (method §5).
    """
    if one.verdict not in ("outside", "likely") or one.measurement.side == "both":
        return one
    m = one.measurement
    for other in assessed:
        n = other.measurement
        beside = n.key == m.key and n.side not in (m.side, "both") and n.video == m.video
        if not beside or n.interval is None or m.interval is None:
            continue
        worse = m.interval[1] - m.interval[0] > WORSE_LEG * (n.interval[1] - n.interval[0])
        if worse and other.verdict not in ("outside", "likely"):
            return replace(one, verdict="open", severity=None)
    return one


def tier_of(probability: float, grade: Grade, *, fine_if_poor: float | None = None) -> EvidenceTier:
    """Name how sure it is that a limit is passed, where a value of a grade shows it.

    Parameters
    ----------
    probability : float
        That the limit is passed, 0 to 1.
    grade : {"good", "fair", "poor", "refused"}
        "poor": the interval is indicative, so that nothing is clear.
    fine_if_poor : float, optional
        Probability of lying within the limit from which a poor value is fine; by default that of any value.

    Returns
    -------
    {"clear", "likely", "open", "fine"}
    """
    tier = evidence_tier(probability)
    if grade == "poor" and tier == "clear":
        return "likely"
    if grade == "poor" and tier == "fine" and fine_if_poor is not None and 1 - probability < fine_if_poor:
        return "open"
    return tier


def _assess_one(measurement: Measurement, metric: MetricEntry | None, runner: Runner) -> Assessment:
    if metric is not None and measurement.unit != metric.unit:
        raise ValueError(f"{measurement.key} is in {measurement.unit!r}; its band is in {metric.unit!r}")
    limits = None
    if metric is not None and metric.band is not None:
        limits = metric.band.of(runner)
    if measurement.grade == "refused" or measurement.value is None:
        return Assessment(measurement, metric, limits, "refused")
    compared = _with_probabilities(Assessment(measurement, metric, limits, "reference"))
    if metric is None or limits is None or not metric.flags:
        return compared
    # Of two limits the one that is nearer to being passed.
    excesses = [_excess(flag, limits, measurement.value) for flag in metric.flags]
    excess = max(excesses)
    flag = metric.flags[excesses.index(excess)]
    if compared.probability_flagged is None:
        # Without an interval nothing is proved.
        return replace(compared, verdict="open" if excess > 0 else "inside", flag=flag if excess > 0 else None)
    tier = tier_of(compared.probability_flagged, measurement.grade, fine_if_poor=flag.fine_if_poor)
    if tier == "fine":
        return replace(compared, verdict="inside")
    if not measured_well_enough(measurement, flag, limits):
        return replace(compared, verdict="unmeasured", flag=flag)
    severity = _severity(flag, excess) if tier in ("clear", "likely") else None
    return replace(compared, verdict=_VERDICTS[tier], flag=flag, severity=severity)


def measured_well_enough(measurement: Measurement, flag: BandFlag, limits: Limits) -> bool:
    """Say whether a measurement is sharp enough to decide about a limit.

    Parameters
    ----------
    measurement : Measurement
        With a value and an interval.
    flag : BandFlag
        The limit.
    limits : Limits
        The ordinary range.

    Returns
    -------
    bool
        Whether the half of the interval that faces the limit is narrower than the range, or than the flag's ``reach``
        where the range is open on one side.
    """
    if measurement.value is None or measurement.interval is None:
        return False
    low, high = measurement.interval
    half = measurement.value - low if flag.when == "high" else high - measurement.value
    width = flag.reach if limits.low is None or limits.high is None else limits.high - limits.low
    return width is None or half < width


def _with_probabilities(one: Assessment) -> Assessment:
    measured, limits = one.measurement, one.limits
    if measured.value is None or measured.interval is None or limits is None:
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


def _excess(flag: BandFlag, limits: Limits, value: float) -> float:
    limit = limits.high if flag.when == "high" else limits.low
    if limit is None:
        return float("-inf")
    return value - limit if flag.when == "high" else limit - value


def _severity(flag: BandFlag, excess: float) -> Severity:
    if excess >= flag.marked:
        return "marked"
    return "moderate" if excess >= flag.moderate else "mild"
