"""Values of forms as people type them: lengths, speeds, days; what cannot be used is told in one line."""

from __future__ import annotations

import datetime as dt
import math

from gait.display_language import _
from gait.errors import InputError
from gait.written_units import read_length_cm, read_speed_kmh

#: Plausible body heights, cm, and belt speeds, km/h; those of the API. [E]
_HEIGHTS_CM, _SPEEDS_KMH = (50.0, 260.0), (1.1, 46.0)
_KMH_PER_MPS = 3.6
#: Longest text of one line that is kept, characters. [E]
_MAX_LINE = 200


def read_height_m(text: str) -> float | None:
    """Read a body height.

    Parameters
    ----------
    text : str
        ``178``, ``1.78 m``, ``5'10"``; empty for none.

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
    number = read_length_cm(text)
    if not _HEIGHTS_CM[0] <= number <= _HEIGHTS_CM[1]:
        raise InputError(_("'{text}' is no body height; give it in cm, such as 178").format(text=text[:40]))
    return number / 100


def read_speed_mps(text: str) -> float | None:
    """Read a belt speed.

    Parameters
    ----------
    text : str
        ``10.1``, ``6.3mph``, ``5:15/km``; empty for none.

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
    number = read_speed_kmh(text)
    if not _SPEEDS_KMH[0] <= number <= _SPEEDS_KMH[1]:
        raise InputError(_("'{text}' is no belt speed; give it in km/h, such as 10.5").format(text=text[:40]))
    return number / _KMH_PER_MPS


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
