"""Numbers and sides in words: the one place where a value becomes text."""

from __future__ import annotations

from gait.findings.bands import Limits
from gait.findings.knowledge_records import Display, MetricEntry
from gait.records import Measurement, Runner, Side

LEG_PER_HEIGHT = 0.53  # hip to floor, Winter
GRADE_WORDS = {
    "good": "reliable",
    "fair": "fair",
    "poor": "indicative only",
    "refused": "not measured",
}
SIDE_WORDS: dict[Side, str] = {"left": "left", "right": "right", "both": "both sides"}
MINUS = "−"


def number(value: float, decimals: int) -> str:
    """Print a number with a true minus sign and never as "−0"."""
    rounded = round(value, decimals) + 0.0
    return f"{rounded:.{decimals}f}".replace("-", MINUS)


def leg_length_m(runner: Runner) -> float | None:
    """Leg length as given, or 0.53 of the height (Winter), or ``None``."""
    if runner.leg_length_m is not None:
        return runner.leg_length_m
    return None if runner.height_m is None else LEG_PER_HEIGHT * runner.height_m


def display_of(metric: MetricEntry | None, measurement: Measurement) -> Display:
    """How to print this measurement. A unit that the knowledge does not know is printed as it came."""
    if metric is not None and metric.unit == measurement.unit:
        return metric.display
    return Display(unit=measurement.unit, scale=1.0, decimals=2)


def value_text(value: float, display: Display) -> str:
    """Value with its unit, e.g. ``"27 % of leg length"``."""
    return f"{number(value * display.scale, display.decimals)}{unit_text(display)}"


def unit_text(display: Display) -> str:
    """Return the unit as it follows a number."""
    return display.unit if display.unit == "°" else f" {display.unit}"


def interval_text(interval: tuple[float, float], display: Display) -> str:
    """95 % interval, e.g. ``"25 to 29"``, without the unit."""
    low, high = (number(v * display.scale, display.decimals) for v in interval)
    return f"{low} to {high}"


def length_text(value: float, display: Display, runner: Runner) -> str | None:
    """Return the same value in centimetres, where it is a share of a known length."""
    leg = leg_length_m(runner)
    if display.length != "leg" or leg is None:
        return None
    return f"{number(value * leg * 100, 0)} cm"


def limits_text(limits: Limits, display: Display) -> str:
    """Return the ordinary range, e.g. ``"21 to 29"``, ``"at most 55"`` or ``"at least 147"``, without the unit."""
    ends = [None if end is None else end * display.scale for end in (limits.low, limits.high)]
    # Bands are not known to a tenth in a hundred.
    whole = all(end is None or abs(end) >= 100 or abs(end - round(end)) < 1e-6 for end in ends)
    low, high = (None if end is None else number(end, 0 if whole else display.decimals) for end in ends)
    if low is not None and high is not None:
        return f"{low} to {high}"
    if high is not None:
        return f"at most {high}"
    return f"at least {low}" if low is not None else ""


def speed_of(runner: Runner) -> str | None:
    """Speed as given, or the range read off the belt, or ``None``."""
    if runner.speed_mps is not None:
        return speed_text(runner.speed_mps)
    if runner.speed_seen_mps is None:
        return None
    low, high = (number(v * 3.6, 0) for v in runner.speed_seen_mps)
    return f"{low} to {high} km/h (read off the belt)"


def speed_text(speed_mps: float) -> str:
    """Speed as treadmills show it."""
    return f"{number(speed_mps * 3.6, 1)} km/h"
