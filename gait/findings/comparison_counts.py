"""How many comparisons a report makes and how they end, and what to say about one: the same for page and terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gait.display_language import _
from gait.findings.assessment import Assessment

#: How the comparison of one metric ends. ``no_concern``: outside its range on a side that gives no finding;
#: ``unmeasured``: not measured well enough; ``not_made``: no value.
Outcome = Literal["clear", "likely", "open", "unmeasured", "fine", "no_concern", "not_made"]
#: Of two legs the one that says more decides.
_ORDER: tuple[Outcome, ...] = ("clear", "likely", "open", "unmeasured", "no_concern", "fine", "not_made")
_OF_VERDICT: dict[str, Outcome] = {"outside": "clear", "likely": "likely", "open": "open", "unmeasured": "unmeasured"}


@dataclass(frozen=True)
class ComparisonCounts:
    """Metrics by how their comparison with the ordinary range ends; every metric counts once, whatever its legs.

    Attributes
    ----------
    clear, likely, open, unmeasured, fine, no_concern, not_made : tuple of str
        Keys of metrics. ``open`` could be either way; ``unmeasured`` is not measured well enough to lean anywhere;
        ``no_concern`` lies outside its range on a side that gives no finding; ``not_made`` has no value on any leg.
    """

    clear: tuple[str, ...]
    likely: tuple[str, ...]
    open: tuple[str, ...]
    unmeasured: tuple[str, ...]
    fine: tuple[str, ...]
    no_concern: tuple[str, ...]
    not_made: tuple[str, ...]

    @property
    def compared(self) -> int:
        """Number of metrics that were compared with a range, those not measured well enough included."""
        parts = (self.clear, self.likely, self.open, self.unmeasured, self.fine, self.no_concern)
        return sum(len(part) for part in parts)


def count_comparisons(assessed: Iterable[Assessment]) -> ComparisonCounts:
    """Count comparisons with ordinary ranges, by metric.

    Parameters
    ----------
    assessed : iterable of Assessment
        Metrics without a range are left out: there is nothing to compare them with.

    Returns
    -------
    ComparisonCounts
    """
    found: dict[str, Outcome] = {}
    for one in assessed:
        outcome = comparison_outcome(one)
        if outcome is not None:
            key = one.measurement.key
            found[key] = min(found.get(key, outcome), outcome, key=_ORDER.index)
    return ComparisonCounts(**{name: tuple(k for k, outcome in found.items() if outcome == name) for name in _ORDER})


def comparison_outcome(one: Assessment) -> Outcome | None:
    """Name how the comparison of one measurement ends.

    Parameters
    ----------
    one : Assessment

    Returns
    -------
    str or None
        ``None`` where the metric has no range.
    """
    if one.metric is None or one.metric.band is None:
        return None
    if one.verdict == "refused":
        return "not_made"
    return _OF_VERDICT.get(one.verdict, "fine" if one.ordinary else "no_concern")


def limit_note(one: Assessment) -> str | None:
    """Say which side of a range matters, where only one does.

    Parameters
    ----------
    one : Assessment

    Returns
    -------
    str or None
        ``None`` where both sides matter, or where none does.

    Examples
    --------
    >>> from gait.findings.assessment import compare_with_bands
    >>> from gait.records import Measurement, Runner
    >>> given = Measurement("overstride", "left", 0.2, "fraction of L", (0.19, 0.21), 20, "good", None, 0, 1.0)
    >>> limit_note(compare_with_bands([given], Runner(speed_mps=3.0))[0])
    'Only a high value matters.'
    """
    if one.metric is None or one.limits is None:
        return None
    sides = {flag.when for flag in one.metric.flags}
    if len(sides) != 1:
        return _("A value outside this range is no concern.") if not sides else None
    return _("Only a high value matters.") if sides == {"high"} else _("Only a low value matters.")


def good_text(one: Assessment) -> str | None:
    """Choose the sentence for a good value: without "at this speed" where the speed is not known.

    Parameters
    ----------
    one : Assessment

    Returns
    -------
    str or None
        ``None`` where the metric has none.
    """
    if one.metric is None:
        return None
    unknown = one.limits is not None and not one.limits.speed_known
    return one.metric.good_any_speed or one.metric.good if unknown else one.metric.good
