"""Numbers, speeds and lengths as they are shown, in the units that the reader chose.

The choice holds for everything that is written inside of `show_in`, like the locale of a program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

from gait.display_language import _, decimal_sign
from gait.written_units import CM_PER_INCH, INCHES_PER_FOOT, KM_PER_MILE

Units = Literal["metric", "imperial", "pace", "imperial-pace"]
#: In the order in which they are offered.
UNITS: tuple[Units, ...] = get_args(Units)
#: What a speed is shown in → units.
UNITS_BY_SPEED: dict[str, Units] = {"km/h": "metric", "mph": "imperial", "min/km": "pace", "min/mi": "imperial-pace"}
MINUS_SIGN = "−"
_SPEED_IN_TEXT = re.compile(r"(\d+(?:\.\d+)?) km/h")
_shown_in: ContextVar[Units] = ContextVar("units", default="metric")


@contextmanager
def show_in(units: Units) -> Iterator[None]:
    """Show speeds and lengths in the given units while the context is open.

    Parameters
    ----------
    units : {"metric", "imperial", "pace", "imperial-pace"}

    Yields
    ------
    None

    Examples
    --------
    >>> with show_in("imperial"):
    ...     print(speed_in_units(2.8), height_in_units(1.78))
    6.3 mph 5 ft 10 in
    """
    token = _shown_in.set(units)
    try:
        yield
    finally:
        _shown_in.reset(token)


def shown_units() -> Units:
    """Return the units in which speeds and lengths are shown now.

    Returns
    -------
    {"metric", "imperial", "pace", "imperial-pace"}
    """
    return _shown_in.get()


def has_inches(units: Units | None = None) -> bool:
    """Return whether lengths are shown in feet and inches.

    Parameters
    ----------
    units : {"metric", "imperial", "pace", "imperial-pace"}, optional
        Those of `show_in` without it.

    Returns
    -------
    bool
    """
    return (units or shown_units()) in ("imperial", "imperial-pace")


def number_text(value: float, decimals: int) -> str:
    """Write a number with a true minus sign, the decimal sign of the language, and never as "−0".

    Parameters
    ----------
    value : float
    decimals : int

    Returns
    -------
    str
    """
    rounded = round(value, decimals) + 0.0
    return f"{rounded:.{decimals}f}".replace("-", MINUS_SIGN).replace(".", decimal_sign())


def significant_text(value: float, digits: int) -> str:
    """Write a number with at most some significant digits, with the decimal sign of the language.

    Parameters
    ----------
    value : float
    digits : int

    Returns
    -------
    str
    """
    return f"{value:.{digits}g}".replace(".", decimal_sign())


def speed_in_units(speed_mps: float, units: Units | None = None, decimals: int = 1) -> str:
    """Write a speed as the treadmill shows it.

    Parameters
    ----------
    speed_mps : float
        m/s.
    units : {"metric", "imperial", "pace", "imperial-pace"}, optional
        Those of `show_in` without it.
    decimals : int
        Of km/h and mph.

    Returns
    -------
    str

    Examples
    --------
    >>> [speed_in_units(2.8, units) for units in UNITS]
    ['10.1 km/h', '6.3 mph', '5:57 min/km', '9:35 min/mi']
    """
    return f"{speed_number_text(speed_mps, units, decimals)} {speed_unit(units)}"


def speed_number_text(speed_mps: float, units: Units | None = None, decimals: int = 1) -> str:
    """Write a speed without its unit.

    Parameters
    ----------
    speed_mps : float
        m/s; more than 0 for a pace.
    units : {"metric", "imperial", "pace", "imperial-pace"}, optional
        Those of `show_in` without it.
    decimals : int
        Of km/h and mph.

    Returns
    -------
    str
        Minutes and seconds for a pace.
    """
    units = units or shown_units()
    km = KM_PER_MILE if has_inches(units) else 1.0
    if units in ("pace", "imperial-pace"):
        minutes, seconds = divmod(round(1000 * km / speed_mps), 60)
        return f"{minutes}:{seconds:02d}"
    return number_text(speed_mps * 3.6 / km, decimals)


def speed_unit(units: Units | None = None) -> str:
    """Name the unit of speeds.

    Parameters
    ----------
    units : {"metric", "imperial", "pace", "imperial-pace"}, optional
        Those of `show_in` without it.

    Returns
    -------
    str
    """
    units = units or shown_units()
    return next(unit for unit, choice in UNITS_BY_SPEED.items() if choice == units)


def speed_range_in_units(low_mps: float, high_mps: float, decimals: int = 0) -> str:
    """Write a range of speeds in the units of `show_in`.

    Parameters
    ----------
    low_mps, high_mps : float
        m/s.
    decimals : int
        Of km/h and mph.

    Returns
    -------
    str

    Examples
    --------
    >>> speed_range_in_units(2.5, 3.1)
    '9 to 11 km/h'
    """
    low, high = (speed_number_text(mps, decimals=decimals) for mps in (low_mps, high_mps))
    return _("{low} to {high} {unit}").format(low=low, high=high, unit=speed_unit())


def speeds_in_units(text: str) -> str:
    """Rewrite the speeds in a text that was recorded in km/h, in the units of `show_in`.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> with show_in("imperial"):
    ...     speeds_in_units("at the given speed, 10.0 km/h")
    'at the given speed, 6.2 mph'
    """
    if shown_units() == "metric" and decimal_sign() == ".":
        return text
    return _SPEED_IN_TEXT.sub(lambda found: speed_in_units(float(found[1]) / 3.6), text)


def length_in_units(length_cm: float, units: Units | None = None, decimals: int = 1) -> str:
    """Write a short length: a bounce, a step width.

    Parameters
    ----------
    length_cm : float
        Centimetres.
    units : {"metric", "imperial", "pace", "imperial-pace"}, optional
        Those of `show_in` without it.
    decimals : int

    Returns
    -------
    str

    Examples
    --------
    >>> length_in_units(8.9), length_in_units(8.9, "imperial")
    ('8.9 cm', '3.5 in')
    """
    if has_inches(units):
        return f"{number_text(length_cm / CM_PER_INCH, decimals)} in"
    return f"{number_text(length_cm, decimals)} cm"


def height_in_units(height_m: float, units: Units | None = None) -> str:
    """Write a body height.

    Parameters
    ----------
    height_m : float
        Metres.
    units : {"metric", "imperial", "pace", "imperial-pace"}, optional
        Those of `show_in` without it.

    Returns
    -------
    str

    Examples
    --------
    >>> height_in_units(1.78), height_in_units(1.78, "imperial")
    ('178 cm', '5 ft 10 in')
    """
    if has_inches(units):
        feet, inches = divmod(round(100 * height_m / CM_PER_INCH), INCHES_PER_FOOT)
        return f"{feet} ft {inches} in"
    return f"{number_text(100 * height_m, 0)} cm"
