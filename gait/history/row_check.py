"""Rows of the history that hold what they should; a damaged one is left out, and what is wrong with it is said.

SQLite stores any kind of value in any column, and a file can be damaged or edited by hand. One bad cell must not hide
all other sessions of an athlete.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gait.display_language import N_, _, gettext

#: Kind of every column, by name: text, number (``None`` is allowed for both in `_OPTIONAL`), count, positive number,
#: date, side.
_KINDS = {
    **dict.fromkeys(("name", "session_name", "date_from", "key", "unit", "grade", "reason", "view", "views"), "text"),
    **dict.fromkeys(("facing", "engine", "origin", "gait_version", "first", "last"), "text"),
    **dict.fromkeys(("value", "low", "high", "speed_mps", "height_m", "leg_length_m"), "number"),
    **dict.fromkeys(("session", "steps", "sessions", "measured"), "count"),
    "capture_fps": "positive",
    "date": "date",
    "side": "side",
}
_OPTIONAL = {
    *("session_name", "reason", "views", "origin", "first", "last", "value", "low", "high", "speed_mps", "height_m"),
    "leg_length_m",
}
_SIDES = ("left", "right", "both")
#: Larger than any value, in any unit. [E]
_MAX_NUMBER = 1e12
#: Frames per second that no camera reaches. [E]
_MAX_RATE = 1e7
#: Longest value that a message repeats, characters. [E]
_MAX_SHOWN = 40


def sound_rows(rows: Iterable[Any], problems: list[str], *, optional: Iterable[str] = ()) -> list[Any]:
    """Leave out the damaged rows of a query.

    Parameters
    ----------
    rows : iterable of sqlite3.Row
        With the column names of `gait.history.history_queries`.
    problems : list of str
        Gets one line a damaged row.
    optional : iterable of str
        Further columns that may be empty.

    Returns
    -------
    list of sqlite3.Row
    """
    sound = []
    may_be_empty = _OPTIONAL | set(optional)
    for row in rows:
        problem = _problem(row, may_be_empty)
        if problem is None:
            sound.append(row)
            continue
        line = f"{_place(row)}{problem}"
        if line not in problems:
            problems.append(line)
    return sound


def _problem(row: Any, may_be_empty: set[str]) -> str | None:
    names = row.keys()
    for name in names:
        value = row[name]
        if value is None:
            if name in may_be_empty:
                continue
            return _("{column} is missing").format(column=name)
        expected = _fault(_KINDS.get(name, "any"), value)
        if expected is not None:
            return gettext(expected).format(column=name, value=_shown(value))
    if "low" in names and row["low"] is not None and row["high"] is not None and row["low"] > row["high"]:
        text = _("the interval {low} to {high} is turned round")
        return text.format(low=f"{row['low']:g}", high=f"{row['high']:g}")
    return None


def _fault(kind: str, value: Any) -> str | None:
    """Say what a value is not; ``None`` where it is what its column holds."""
    number = isinstance(value, int | float) and math.isfinite(value) and abs(value) < _MAX_NUMBER
    if kind == "text":
        return None if isinstance(value, str) else N_("{column} {value} is no text")
    if kind == "number":
        return None if number else N_("{column} {value} is no number")
    if kind == "count":
        return None if number and value >= 0 and value == int(value) else N_("{column} {value} is no count")
    if kind == "positive":
        return None if number and 0 < value < _MAX_RATE else N_("{column} {value} is no rate")
    if kind == "side":
        return None if value in _SIDES else N_("{column} {value} is no side")
    if kind == "date":
        return None if _is_date(value) else N_("{column} {value} is no date")
    return None


def _is_date(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return len(value) >= len("2026-03-01") and value[4] == value[7] == "-"


def _place(row: Mapping[str, Any]) -> str:
    names = row.keys()
    parts = []
    if "session" in names and isinstance(row["session"], int):
        parts.append(_("session {number}").format(number=row["session"]))
    elif "name" in names and isinstance(row["name"], str):
        parts.append(_shown(row["name"]))
    if "key" in names and isinstance(row["key"], str):
        parts.append(row["key"][:_MAX_SHOWN])
    return f"{', '.join(parts)}: " if parts else ""


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
