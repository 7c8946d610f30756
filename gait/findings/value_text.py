"""Values, intervals and limits as text."""

from __future__ import annotations

from gait.findings.bands import Limits
from gait.findings.knowledge_records import DisplayFormat, MetricEntry
from gait.records import Measurement, Runner, Side

#: Length of the leg (hip to floor) over body height (Winter 2009).
LEG_PER_HEIGHT = 0.53
GRADE_TEXTS = {
    "good": "reliable",
    "fair": "fair",
    "poor": "indicative only",
    "refused": "not measured",
}
SIDE_TEXTS: dict[Side, str] = {"left": "left", "right": "right", "both": "both sides"}
MINUS_SIGN = "−"


def number_text(value: float, decimals: int) -> str:
    """Write a number with a true minus sign, and never as "−0".

    Parameters
    ----------
    value : float
    decimals : int

    Returns
    -------
    str
    """
    rounded = round(value, decimals) + 0.0
    return f"{rounded:.{decimals}f}".replace("-", MINUS_SIGN)


def leg_length_m(runner: Runner) -> float | None:
    """Return the leg length as given, otherwise 0.53 of the height (Winter 2009).

    Parameters
    ----------
    runner : Runner

    Returns
    -------
    float or None
        Metres; ``None`` where neither is known.
    """
    if runner.leg_length_m is not None:
        return runner.leg_length_m
    return None if runner.height_m is None else LEG_PER_HEIGHT * runner.height_m


def display_format(metric: MetricEntry | None, measurement: Measurement) -> DisplayFormat:
    """Choose how to print a measurement.

    Parameters
    ----------
    metric : MetricEntry or None
    measurement : Measurement

    Returns
    -------
    DisplayFormat
        That of the metric; the plain value and unit where the units differ.
    """
    if metric is not None and metric.unit == measurement.unit:
        return metric.display
    return DisplayFormat(unit=measurement.unit, scale=1.0, decimals=2)


def value_text(value: float, display: DisplayFormat) -> str:
    """Write a value with its unit, e.g. ``"27 % of leg length"``.

    Parameters
    ----------
    value : float
    display : DisplayFormat

    Returns
    -------
    str
    """
    return f"{number_text(value * display.scale, display.decimals)}{unit_text(display)}"


def unit_text(display: DisplayFormat) -> str:
    """Write the unit as it follows a number.

    Parameters
    ----------
    display : DisplayFormat

    Returns
    -------
    str
    """
    return display.unit if display.unit == "°" else f" {display.unit}"


def interval_text(interval: tuple[float, float], display: DisplayFormat) -> str:
    """Write an interval without unit, e.g. ``"25 to 29"``.

    Parameters
    ----------
    interval : (float, float)
    display : DisplayFormat

    Returns
    -------
    str
    """
    low, high = (number_text(v * display.scale, display.decimals) for v in interval)
    return f"{low} to {high}"


def length_text(value: float, display: DisplayFormat, runner: Runner) -> str | None:
    """Write a share of leg length in centimetres.

    Parameters
    ----------
    value : float
    display : DisplayFormat
    runner : Runner

    Returns
    -------
    str or None
        ``None`` where the value is no share of leg length, or the leg length is not known.
    """
    leg = leg_length_m(runner)
    if display.length != "leg" or leg is None:
        return None
    return f"{number_text(value * leg * 100, 0)} cm"


def limits_text(limits: Limits, display: DisplayFormat) -> str:
    """Write an ordinary range without unit, e.g. ``"21 to 29"``, ``"at most 55"`` or ``"at least 147"``.

    Parameters
    ----------
    limits : Limits
    display : DisplayFormat

    Returns
    -------
    str
        Empty where the range is open on both sides.
    """
    ends = [None if end is None else end * display.scale for end in (limits.low, limits.high)]
    # Limits of 100 and more get no decimals: bands are not known to one part in a thousand.
    whole = all(end is None or abs(end) >= 100 or abs(end - round(end)) < 1e-6 for end in ends)
    low, high = (None if end is None else number_text(end, 0 if whole else display.decimals) for end in ends)
    if low is not None and high is not None:
        return f"{low} to {high}"
    if high is not None:
        return f"at most {high}"
    return f"at least {low}" if low is not None else ""


def runner_speed_text(runner: Runner) -> str | None:
    """Write the speed as given, otherwise the range read off the belt.

    Parameters
    ----------
    runner : Runner

    Returns
    -------
    str or None
        ``None`` where neither is known.
    """
    if runner.speed_mps is not None:
        return speed_text(runner.speed_mps)
    if runner.speed_seen_mps is None:
        return None
    low, high = (number_text(v * 3.6, 0) for v in runner.speed_seen_mps)
    return f"{low} to {high} km/h (read off the belt)"


def speed_text(speed_mps: float) -> str:
    """Write a speed in km/h, as treadmills show it.

    Parameters
    ----------
    speed_mps : float
        m/s.

    Returns
    -------
    str
    """
    return f"{number_text(speed_mps * 3.6, 1)} km/h"


def probability_text(probability: float | None) -> str:
    """Write a probability in whole per cent; never 0 or 100 %, which no measurement shows.

    Parameters
    ----------
    probability : float or None
        0 to 1.

    Returns
    -------
    str
        Empty without a probability.

    Examples
    --------
    >>> probability_text(0.637), probability_text(0.9991), probability_text(0.0)
    ('64 %', 'over 99 %', 'under 1 %')
    """
    if probability is None:
        return ""
    if probability < 0.01:
        return "under 1 %"
    return "over 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"
