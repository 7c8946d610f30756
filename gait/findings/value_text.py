"""Values, intervals and limits as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gait.display_language import N_, Texts, _, spoken_language
from gait.display_units import (
    has_inches,
    length_in_units,
    number_text,
    speed_in_units,
    speed_number_text,
    speed_range_in_units,
)
from gait.findings.bands import LegSource, Limits
from gait.findings.knowledge_records import DisplayFormat, MetricEntry
from gait.records import Measurement, Runner
from gait.written_units import CM_PER_INCH, INCHES_PER_FOOT

#: Length of the leg (hip to floor) over body height (Winter 2009).
LEG_PER_HEIGHT = 0.53
GRADE_TEXTS: Mapping[str, str] = Texts(
    {
        "good": "reliable",
        "fair": "fair",
        "poor": "indicative only",
        "refused": "not measured",
    }
)
SIDE_TEXTS: Mapping[str, str] = Texts({"left": "left", "right": "right", "both": "both sides"})
#: Ranges from fewer runners are told to be rough. [E]
FEW_RUNNERS = 20
FEW_RUNNERS_TEXT = N_("These are few runners, so the limits are rough.")
#: Unit of a metric → unit in its place, and how many of the first make one of that.
_IMPERIAL_LENGTHS = {"cm": ("in", CM_PER_INCH), "m": ("ft", CM_PER_INCH * INCHES_PER_FOOT / 100)}
_LEGS: dict[LegSource | None, str] = {None: "", "given": "own", "height": "own", "seen": "seen", "adults": "any"}
#: What is known of the speed, and of the leg length → on whom a range rests. Whole sentences, for translation.
_BASIS_TEXTS: Mapping[tuple[str, str], str] = Texts(
    {
        ("at any speed", ""): "from {runners} healthy runners on treadmills",
        ("given", ""): "from {runners} healthy runners on treadmills, at {speed}",
        ("given", "own"): "from {runners} healthy runners on treadmills, at {speed} and your leg length",
        ("given", "seen"): "from {runners} healthy runners on treadmills, at {speed} and about your leg length",
        ("given", "any"): "from {runners} healthy runners on treadmills, at {speed} and any leg length",
        ("seen", ""): "from {runners} healthy runners on treadmills, at about your speed ({slow} to {fast})",
        ("seen", "own"): (
            "from {runners} healthy runners on treadmills, at about your speed ({slow} to {fast}) and your leg length"
        ),
        ("seen", "seen"): (
            "from {runners} healthy runners on treadmills, at about your speed ({slow} to {fast}) and leg length"
        ),
        ("seen", "any"): (
            "from {runners} healthy runners on treadmills, at about your speed ({slow} to {fast}) and any leg length"
        ),
        ("ordinary", ""): "from {runners} healthy runners on treadmills, at any speed from {slow} to {fast}",
        ("ordinary", "own"): (
            "from {runners} healthy runners on treadmills, at any speed from {slow} to {fast} and your leg length"
        ),
        ("ordinary", "seen"): (
            "from {runners} healthy runners on treadmills, at any speed from {slow} to {fast} and about your leg length"
        ),
        ("ordinary", "any"): (
            "from {runners} healthy runners on treadmills, at any speed from {slow} to {fast} and any leg length"
        ),
    }
)


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
        That of the metric; the plain value and unit where the units differ. Lengths in the reader's units.
    """
    if metric is not None and metric.unit == measurement.unit:
        return in_shown_units(metric.display)
    return in_shown_units(DisplayFormat(unit=measurement.unit, scale=1.0, decimals=2))


def in_shown_units(display: DisplayFormat) -> DisplayFormat:
    """Put a length into the units that the reader chose (`gait.display_units.show_in`).

    Parameters
    ----------
    display : DisplayFormat

    Returns
    -------
    DisplayFormat
        The same for everything that is no length.

    Examples
    --------
    >>> from gait.display_units import show_in
    >>> with show_in("imperial"):
    ...     value_text(8.9, in_shown_units(DisplayFormat("cm")))
    '3.5 in'
    """
    if not has_inches() or display.unit not in _IMPERIAL_LENGTHS:
        return display
    unit, size = _IMPERIAL_LENGTHS[display.unit]
    return replace(display, unit=unit, scale=display.scale / size)


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
    if display.unit == "°":
        return display.unit
    return f"{_unit_space(display.unit)}{display.unit}"


def _unit_space(unit: str) -> str:
    """Return the space before a unit: in languages other than English a per cent sign never begins a line."""
    return "\u00a0" if unit.startswith("%") and spoken_language() != "en" else " "


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
    return _("{low} to {high}").format(low=low, high=high)


def length_text(value: float, display: DisplayFormat, runner: Runner) -> str | None:
    """Write a share of leg length as a length.

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
    return length_in_units(value * leg * 100, decimals=1 if has_inches() else 0)


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
    low, high = limit_numbers(limits, display)
    if low is not None and high is not None:
        return _("{low} to {high}").format(low=low, high=high)
    if high is not None:
        return _("at most {limit}").format(limit=high)
    return _("at least {limit}").format(limit=low) if low is not None else ""


def limit_numbers(limits: Limits, display: DisplayFormat) -> tuple[str | None, str | None]:
    """Write both limits of a range as numbers without unit.

    Parameters
    ----------
    limits : Limits
    display : DisplayFormat

    Returns
    -------
    low, high : str or None
        ``None`` where the range is open.
    """
    ends = [None if end is None else end * display.scale for end in (limits.low, limits.high)]
    # Limits of 100 and more get no decimals: bands are not known to one part in a thousand.
    whole = all(end is None or abs(end) >= 100 or abs(end - round(end)) < 1e-6 for end in ends)
    low, high = (None if end is None else number_text(end, 0 if whole else display.decimals) for end in ends)
    return low, high


def range_basis_text(limits: Limits) -> str:
    """Say on whom an ordinary range rests, and for whom it holds.

    Parameters
    ----------
    limits : Limits

    Returns
    -------
    str
        A part of a sentence that may begin a line; with a second sentence where few runners stand behind it. Empty
        where no runners do: a limit that was set.

    Examples
    --------
    >>> range_basis_text(Limits(0.2, 0.3, runners=34, speed_range_mps=(2.8, 2.8), leg="height"))
    'from 34 healthy runners on treadmills, at 10.1 km/h and your leg length'
    """
    if limits.runners is None:
        return ""
    if limits.speed_range_mps is None:
        when, speeds = "at any speed", {}
    else:
        when = "seen" if limits.speed_seen else "given" if limits.speed_known else "ordinary"
        slow, fast = limits.speed_range_mps
        speeds = {
            "speed": speed_in_units(slow),
            "slow": speed_number_text(slow, decimals=0),
            "fast": speed_in_units(fast, decimals=0),
        }
    text = _BASIS_TEXTS[when, _LEGS[limits.leg]].format(runners=limits.runners, **speeds)
    return f"{text}. {_(FEW_RUNNERS_TEXT)}" if limits.runners < FEW_RUNNERS else text


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
        return speed_in_units(runner.speed_mps)
    if runner.speed_seen_mps is None:
        return None
    return _("{speed} (read off the belt)").format(speed=speed_range_in_units(*runner.speed_seen_mps))


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
        return _("under 1 %")
    return _("over 99 %") if probability > 0.99 else _("{number} %").format(number=f"{100 * probability:.0f}")
