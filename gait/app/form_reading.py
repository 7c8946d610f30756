"""Values of forms as people type them: lengths, speeds, days; what cannot be used is told in one line."""

from __future__ import annotations

import datetime as dt
import math

from gait.display_language import _
from gait.display_units import Units, has_inches
from gait.errors import InputError
from gait.text_tables import read_number
from gait.written_units import read_length_cm, read_speed_kmh

#: Limits of what can be said of an athlete, as in the API: height, leg length, speed of the belt. [E]
HEIGHT_M, LEG_M, SPEED_MPS = (0.5, 2.6), (0.2, 1.6), (0.3, 13.0)
_KMH_PER_MPS = 3.6
#: Longest text of one line that is kept, characters. [E]
_MAX_LINE = 200


def length_m(text: str, limits: tuple[float, float], units: Units = "metric") -> float | None:
    """Read a length of the body.

    Parameters
    ----------
    text : str
        ``178``, ``1.78``, ``1.78 m``, ``5'10"``; a bare number is in the smaller unit of ``units``.
    limits : (float, float)
        Shortest and longest, m.
    units : str
        Of `gait.display_units.UNITS`.

    Returns
    -------
    float or None
        Metres; ``None`` where it cannot be read, or lies beyond the limits.
    """
    bare = not math.isnan(read_number(text)) and "'" not in text
    length = read_length_cm(f"{text} in" if bare and has_inches(units) else text) / 100
    if bare and not has_inches(units) and limits[0] <= 100 * length <= limits[1]:
        length *= 100  # "1.78" can only be metres
    return round(length, 4) if limits[0] <= length <= limits[1] else None


def speed_mps(text: str, units: Units = "metric") -> float | None:
    """Read a belt speed.

    Parameters
    ----------
    text : str
        ``10.1``, ``6.3mph``, ``5:15/km``; a bare number is in the unit of ``units``.
    units : str
        Of `gait.display_units.UNITS`.

    Returns
    -------
    float or None
        Metres a second; ``None`` where it cannot be read, or no belt runs at it.
    """
    if not text[-1:].isalpha():
        text += {"metric": "km/h", "imperial": "mph", "pace": "/km", "imperial-pace": "/mi"}[units]
    speed = read_speed_kmh(text) / _KMH_PER_MPS
    return round(speed, 5) if SPEED_MPS[0] <= speed <= SPEED_MPS[1] else None


def read_height_m(text: str) -> float | None:
    """Read a body height.

    Parameters
    ----------
    text : str
        As `length_m` takes it; empty for none.

    Returns
    -------
    float or None
        Metres.

    Raises
    ------
    InputError
        It is no plausible height.
    """
    if not text.strip():
        return None
    height = length_m(text.strip(), HEIGHT_M)
    if height is None:
        raise InputError(_("'{text}' is no body height; give it in cm, such as 178").format(text=text[:40]))
    return height


def read_speed_mps(text: str) -> float | None:
    """Read a belt speed.

    Parameters
    ----------
    text : str
        As `speed_mps` takes it; empty for none.

    Returns
    -------
    float or None
        Metres a second.

    Raises
    ------
    InputError
        It is no plausible speed.
    """
    if not text.strip():
        return None
    speed = speed_mps(text.strip())
    if speed is None:
        raise InputError(_("'{text}' is no belt speed; give it in km/h, such as 10.5").format(text=text[:40]))
    return speed


def read_day(text: str) -> dt.date | None:
    """Read a day.

    Parameters
    ----------
    text : str
        ISO 8601, as browsers send it; empty for none.

    Returns
    -------
    date or None

    Raises
    ------
    InputError
        It is no day.
    """
    if not text.strip():
        return None
    try:
        return dt.date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise InputError(_("'{text}' is no day; give it as 2026-03-01").format(text=text[:40])) from None


def read_decimal(text: str) -> float | None:
    """Read a number with a decimal point or comma.

    Parameters
    ----------
    text : str
        Empty for none.

    Returns
    -------
    float or None

    Raises
    ------
    InputError
        It is no number.
    """
    if not text.strip():
        return None
    try:
        number = float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or abs(number) > 1e6:
        raise InputError(_("'{text}' is no number").format(text=text[:40]))
    return number


def read_line(text: str) -> str | None:
    """Clean a text of one line.

    Parameters
    ----------
    text : str

    Returns
    -------
    str or None
        ``None`` where nothing is left.

    Raises
    ------
    InputError
        It is too long.
    """
    spaced = "".join(c if ord(c) >= 32 and ord(c) != 127 else " " for c in text).encode(errors="replace").decode()
    cleaned = " ".join(spaced.split())
    if len(cleaned) > _MAX_LINE:
        raise InputError(
            _("'{text}…' is too long ({count} characters); give at most {most}").format(
                text=cleaned[:30], count=len(cleaned), most=_MAX_LINE
            )
        )
    return cleaned or None
