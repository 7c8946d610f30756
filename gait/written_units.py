"""Lengths and speeds as people write them: ``178``, ``1.78 m``, ``5'10"``; ``10.1``, ``6.3mph``, ``5:15/km``."""

from __future__ import annotations

import math
import re

from gait.text_tables import read_number

CM_PER_INCH, INCHES_PER_FOOT, KM_PER_MILE = 2.54, 12, 1.609344
_CM_PER_UNIT = {
    **dict.fromkeys(("", "cm", "centimetre", "centimetres", "centimeter", "centimeters"), 1.0),
    **dict.fromkeys(("mm",), 0.1),
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), 100.0),
    **dict.fromkeys(('"', "in", "inch", "inches"), CM_PER_INCH),
    **dict.fromkeys(("'", "ft", "foot", "feet"), CM_PER_INCH * INCHES_PER_FOOT),
}
_KMH_PER_UNIT = {
    **dict.fromkeys(("", "km/h", "kmh", "kph", "kmph"), 1.0),
    **dict.fromkeys(("mph", "mi/h", "miles/h", "miles/hour"), KM_PER_MILE),
    "m/s": 3.6,
}
_KM_PER_PACE = {
    **dict.fromkeys(("/km", "min/km", "perkm"), 1.0),
    **dict.fromkeys(("/mi", "/mile", "min/mi", "min/mile", "permile"), KM_PER_MILE),
}
_NUMBER_AND_UNIT = re.compile(r"(?P<number>[-+]?[\d.,]*\d[.,]?)\s*(?P<unit>\D*)")
_FEET_AND_INCHES = re.compile(r"(?P<feet>\d+)(?:'|ft|feet|foot)(?P<inches>\d+(?:[.,]\d+)?)(?:\"|''|in|inch|inches)?")
_PACE = re.compile(r"(?P<minutes>\d{1,2}):(?P<seconds>\d{2})(?P<unit>\D+)")
#: Signs that phones and word processors put in place of ' and ".
_QUOTES = str.maketrans({"’": "'", "‘": "'", "′": "'", "´": "'", "`": "'", "”": '"', "“": '"', "″": '"'})


def read_length_cm(text: str) -> float:
    r"""Read a length; a number without a unit is in centimetres.

    Parameters
    ----------
    text : str
        With decimal point or comma; centimetres, metres, or feet and inches.

    Returns
    -------
    float
        Centimetres; NaN for everything that is no length.

    Examples
    --------
    >>> [round(read_length_cm(text), 1) for text in ("178", "1,78 m", "5'10\"", "5ft 10in", "70in", "tall")]
    [178.0, 178.0, 177.8, 177.8, 177.8, nan]
    """
    plain = _plain(text)
    both = _FEET_AND_INCHES.fullmatch(plain)
    if both is not None:
        inches = read_number(both["inches"])
        if not inches < INCHES_PER_FOOT:
            return math.nan
        return CM_PER_INCH * (INCHES_PER_FOOT * int(both["feet"]) + inches)
    return _with_unit(text, plain, _CM_PER_UNIT)


def read_speed_kmh(text: str) -> float:
    """Read a speed or a pace; a number without a unit is in km/h.

    Parameters
    ----------
    text : str
        With decimal point or comma; km/h, mph or m/s; or minutes and seconds a kilometre or a mile.

    Returns
    -------
    float
        km/h; NaN for everything that is no speed.

    Examples
    --------
    >>> [round(read_speed_kmh(text), 2) for text in ("10.1 km/h", "11.4mph", "5:15/km", "8:00/mi", "5:15", "fast")]
    [10.1, 18.35, 11.43, 12.07, nan, nan]
    """
    plain = _plain(text)
    pace = _PACE.fullmatch(plain)
    if pace is not None:
        seconds = 60 * int(pace["minutes"]) + int(pace["seconds"])
        distance = _KM_PER_PACE.get(pace["unit"])
        if distance is None or int(pace["seconds"]) >= 60 or seconds == 0:
            return math.nan
        return distance * 3600 / seconds
    return _with_unit(text, plain, _KMH_PER_UNIT)


def _plain(text: str) -> str:
    return "".join(text.translate(_QUOTES).casefold().split())


def _with_unit(text: str, plain: str, per_unit: dict[str, float]) -> float:
    """Read a number and the unit that follows it, one of those given."""
    # An apostrophe is a foot here; `read_number` takes it for one between thousands.
    number = math.nan if "'" in plain else read_number(text)
    if not math.isnan(number):
        return number * per_unit[""]
    parts = _NUMBER_AND_UNIT.fullmatch(plain)
    if parts is None or parts["unit"] not in per_unit:
        return math.nan
    return read_number(parts["number"]) * per_unit[parts["unit"]]
