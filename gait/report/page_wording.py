"""Words that several parts of the HTML report share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gait.display_language import Texts, _, ngettext
from gait.display_units import number_text
from gait.findings.knowledge_records import DisplayFormat, MetricEntry
from gait.findings.value_text import display_format, interval_text
from gait.records import Measurement

VIEW_TEXTS: Mapping[str, str] = Texts({"side": "from the side", "rear": "from behind", "front": "from the front"})
FACING_TEXTS: Mapping[str, str] = Texts(
    {
        "left": "running to the left",
        "right": "running to the right",
        "away": "running away from the camera",
        "towards": "running towards the camera",
    }
)
SEVERITY_TEXTS: Mapping[str, str] = Texts(
    {
        "mild": "a little outside the ordinary",
        "moderate": "well outside the ordinary",
        "marked": "far outside the ordinary",
    }
)
STUDY_TEXTS: Mapping[str, str] = Texts(
    {
        "trial": "measured in runners",
        "expert": "advised by coaches and therapists, no trial cited",
        "low": "low evidence: no study found",
    }
)
#: How a comparison ended, by its tier and the side of the range that it passes or may pass.
TIER_TEXTS: Mapping[tuple[str, str], str] = Texts(
    {
        ("clear", "high"): "clearly high",
        ("clear", "low"): "clearly low",
        ("likely", "high"): "probably high",
        ("likely", "low"): "probably low",
        ("open", "high"): "can’t tell yet",
        ("open", "low"): "can’t tell yet",
        ("fine", "high"): "fine",
        ("fine", "low"): "fine",
        ("no_concern", "high"): "high, but no concern",
        ("no_concern", "low"): "low, but no concern",
        ("unmeasured", "high"): "not measured well enough",
        ("unmeasured", "low"): "not measured well enough",
        ("reference", "high"): "for comparison",
        ("reference", "low"): "for comparison",
        ("refused", "high"): "not measured",
        ("refused", "low"): "not measured",
    }
)
#: What stands on a finding that no single measurement carries.
EVIDENCE_TEXTS: Mapping[str, str] = Texts({"clear": "clear", "likely": "probably"})
#: The moment that a still shows, by the drawing of its metric (`gait.metrics.metric_spec.MetricSpec.evidence`).
MOMENT_TEXTS: Texts[str] = Texts(
    {
        "landing": "Your {side} foot as it lands, in the step closest to your average.",
        "leaving": "Your {side} foot as it leaves the ground, in the step closest to your average.",
        "standing": "You on your {side} leg, in the step closest to your average.",
        "plain": "You, in the middle of the clip.",
        "any": "You, in the step closest to your average.",
    }
)


def clip_title(number: int, view: str) -> str:
    """Name a clip by its number and from where it was filmed.

    Parameters
    ----------
    number : int
        From 0.
    view : {"side", "rear", "front"}

    Returns
    -------
    str
    """
    return _("Clip {number}, {view}").format(number=number + 1, view=VIEW_TEXTS[view])


def tally_text(tier: str, count: int) -> str:
    """Write a part of the tally: how many comparisons ended in a tier.

    Parameters
    ----------
    tier : {"clear", "likely", "open", "fine"}
    count : int

    Returns
    -------
    str
    """
    if tier == "clear":
        text = ngettext("{count} stands out", "{count} stand out", count)
    elif tier == "likely":
        text = ngettext("{count} probable", "{count} probable", count)
    elif tier == "open":
        text = ngettext("{count} can’t tell yet", "{count} can’t tell yet", count)
    else:
        text = ngettext("{count} fine", "{count} fine", count)
    return text.format(count=count)


def page_format(metric: MetricEntry | None, measurement: Measurement) -> DisplayFormat:
    """Choose how the page prints a measurement.

    Parameters
    ----------
    metric : MetricEntry or None
    measurement : Measurement

    Returns
    -------
    DisplayFormat
        That of the metric, but steps per minute without decimals: advice and metronome count whole steps, and one
        number has one precision everywhere on the page.
    """
    display = display_format(metric, measurement)
    return replace(display, decimals=0) if measurement.unit == "steps/min" else display


def page_interval(interval: tuple[float, float], display: DisplayFormat) -> str:
    """Write an interval without its unit.

    Parameters
    ----------
    interval : (float, float)
    display : DisplayFormat

    Returns
    -------
    str
        With one more decimal where both ends would be the same number.
    """
    low, high = (number_text(end * display.scale, display.decimals) for end in interval)
    if low == high and interval[0] != interval[1]:
        return interval_text(interval, replace(display, decimals=display.decimals + 1))
    return interval_text(interval, display)
