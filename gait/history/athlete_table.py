"""Athletes in the database: find one by any spelling of the name, add, merge and rename.

The functions that change something run within a transaction of the caller.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from gait.display_language import _, list_text
from gait.errors import InputError
from gait.history.athlete_names import clean_name, most_similar, name_key


def find_athlete(connection: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    """Find an athlete by name or by an earlier name.

    Parameters
    ----------
    connection : sqlite3.Connection
    name : str

    Returns
    -------
    sqlite3.Row or None
        ``id, name, key``.
    """
    key = name_key(name)
    found = connection.execute("SELECT id, name, key FROM athletes WHERE key = ?", (key,)).fetchone()
    if found is None:
        found = connection.execute(
            "SELECT a.id, a.name, a.key FROM aliases JOIN athletes AS a ON a.id = athlete WHERE aliases.key = ?",
            (key,),
        ).fetchone()
    return as_row(found)


def get_athlete(connection: sqlite3.Connection, name: str, file: object) -> sqlite3.Row:
    """Find an athlete who must exist.

    Parameters
    ----------
    connection : sqlite3.Connection
    name : str
    file : path
        For the message.

    Returns
    -------
    sqlite3.Row
        ``id, name, key``.

    Raises
    ------
    InputError
        No such athlete; the message suggests similar names.
    """
    found = find_athlete(connection, name)
    if found is not None:
        return found
    rows = connection.execute("SELECT name FROM athletes").fetchall()
    names = [row["name"] for row in rows if isinstance(row["name"], str)]
    similar = most_similar(name, names)
    hint = _("`gait history list` lists all")
    if similar:
        hint = _("did you mean {names}?").format(names=list_text(similar, word="or"))
    raise InputError(
        _("there is no athlete {clean_name} in {file}; {hint}").format(
            clean_name=clean_name(name), file=file, hint=hint
        )
    )


def find_or_add_athlete(connection: sqlite3.Connection, name: str) -> tuple[int, str, bool]:
    """Find an athlete, or add one.

    Parameters
    ----------
    connection : sqlite3.Connection
    name : str

    Returns
    -------
    athlete : int
        Number in the database.
    name : str
        As stored.
    new : bool
        Whether the athlete was added.
    """
    found = find_athlete(connection, name)
    if found is not None:
        return found["id"], found["name"], False
    added = connection.execute("INSERT INTO athletes (name, key) VALUES (?, ?)", (clean_name(name), name_key(name)))
    assert added.lastrowid is not None
    return added.lastrowid, clean_name(name), True


def merge_athletes(connection: sqlite3.Connection, wrong: sqlite3.Row, right: sqlite3.Row) -> int:
    """Give all sessions of one athlete to another; the wrong name becomes an alias of the right one.

    Parameters
    ----------
    connection : sqlite3.Connection
    wrong, right : sqlite3.Row
        From `get_athlete`.

    Returns
    -------
    int
        Number of sessions that were moved.
    """
    moved = connection.execute("UPDATE sessions SET athlete = ? WHERE athlete = ?", (right["id"], wrong["id"]))
    connection.execute("UPDATE aliases SET athlete = ? WHERE athlete = ?", (right["id"], wrong["id"]))
    connection.execute("DELETE FROM athletes WHERE id = ?", (wrong["id"],))
    connection.execute("INSERT OR REPLACE INTO aliases VALUES (?, ?)", (wrong["key"], right["id"]))
    return int(moved.rowcount)


def rename_athlete(connection: sqlite3.Connection, athlete: sqlite3.Row, new_name: str) -> None:
    """Give an athlete another name; the earlier one becomes an alias, because reports still carry it.

    Parameters
    ----------
    connection : sqlite3.Connection
    athlete : sqlite3.Row
        From `get_athlete`.
    new_name : str
    """
    new_key = name_key(new_name)
    connection.execute("DELETE FROM aliases WHERE key = ?", (new_key,))
    if new_key != athlete["key"]:
        connection.execute("INSERT OR REPLACE INTO aliases VALUES (?, ?)", (athlete["key"], athlete["id"]))
    connection.execute(
        "UPDATE athletes SET name = ?, key = ? WHERE id = ?", (clean_name(new_name), new_key, athlete["id"])
    )


def remove_athlete_without_sessions(connection: sqlite3.Connection, athlete: int) -> None:
    """Remove an athlete whom a correction has left without sessions.

    Parameters
    ----------
    connection : sqlite3.Connection
    athlete : int
    """
    connection.execute(
        "DELETE FROM athletes WHERE id = ? AND NOT EXISTS (SELECT 1 FROM sessions WHERE athlete = athletes.id)",
        (athlete,),
    )


def as_row(found: Any) -> sqlite3.Row | None:
    """Check the type of a fetched row, which `sqlite3` leaves open.

    Parameters
    ----------
    found : sqlite3.Row or None

    Returns
    -------
    sqlite3.Row or None
    """
    assert found is None or isinstance(found, sqlite3.Row)
    return found
