"""Words that several parts of the HTML report share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gait.findings.knowledge_records import DisplayFormat, MetricEntry
from gait.findings.value_text import display_format, interval_text
from gait.records import Measurement

VIEW_TEXTS: Mapping[str, str] = {"side": "from the side", "rear": "from behind", "front": "from the front"}
FACING_TEXTS: Mapping[str, str] = {
    "left": "running to the left",
    "right": "running to the right",
    "away": "running away from the camera",
    "towards": "running towards the camera",
}
SEVERITY_TEXTS: Mapping[str, str] = {
    "mild": "a little outside the ordinary",
    "moderate": "well outside the ordinary",
    "marked": "far outside the ordinary",
}
STUDY_TEXTS: Mapping[str, str] = {
    "trial": "measured in runners",
    "expert": "advised by coaches and therapists, no trial cited",
    "low": "low evidence: no study found",
}
#: How a comparison ended, by its tier and the side of the range that it passes or may pass.
TIER_TEXTS: Mapping[tuple[str, str], str] = {
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
#: What stands on a finding that no single measurement carries.
EVIDENCE_TEXTS: Mapping[str, str] = {"clear": "clear", "likely": "probably"}
#: Beginning of the tally's parts: how many comparisons ended in each tier.
TALLY_TEXTS: Mapping[str, tuple[str, str]] = {
    "clear": ("{count} stands out", "{count} stand out"),
    "likely": ("{count} probable", "{count} probable"),
    "open": ("{count} can’t tell yet", "{count} can’t tell yet"),
    "fine": ("{count} fine", "{count} fine"),
}
#: The moment that a still shows, by the drawing of its metric (`gait.metrics.metric_spec.MetricSpec.evidence`).
MOMENT_TEXTS: Mapping[str, str] = {
    "landing": "Your {side} foot as it lands, in the step closest to your average.",
    "leaving": "Your {side} foot as it leaves the ground, in the step closest to your average.",
    "standing": "You on your {side} leg, in the step closest to your average.",
    "plain": "You, in the middle of the clip.",
    "any": "You, in the step closest to your average.",
}


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
    return replace(display, decimals=0) if display.unit == "steps/min" else display


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
    text = interval_text(interval, display)
    low, high = text.split(" to ")
    if low == high and interval[0] != interval[1]:
        text = interval_text(interval, replace(display, decimals=display.decimals + 1))
    return text
