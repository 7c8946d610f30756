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
    """Give everything of one athlete to another; the wrong name becomes an alias of the right one.

    What is said of both (height, squad, consent, target) stays as the right one has it; gaps are filled.

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
    _fill_details(connection, wrong["id"], right["id"])
    for table, column in tables_of_athletes(connection):
        # Deleting the wrong athlete would delete the rows that still refer to it.
        connection.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?", (right["id"], wrong["id"]))
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
    """Remove an athlete whom a correction has left without sessions, and of whom nothing else is kept.

    Parameters
    ----------
    connection : sqlite3.Connection
    athlete : int
    """
    for table, column in tables_of_athletes(connection):
        found = f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1"
        if table != "aliases" and connection.execute(found, (athlete,)).fetchone() is not None:
            return
    connection.execute("DELETE FROM athletes WHERE id = ?", (athlete,))


def tables_of_athletes(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """List the tables whose rows belong to an athlete.

    Parameters
    ----------
    connection : sqlite3.Connection

    Returns
    -------
    list of (table, column)
    """
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return [
        (row["name"], key["from"])
        for row in tables
        for key in connection.execute(f'PRAGMA foreign_key_list("{row["name"]}")').fetchall()
        if key["table"] == "athletes"
    ]


def move_session(connection: sqlite3.Connection, session: int, athlete: int) -> None:
    """Give what belongs to a session to another athlete: notes, audit trail, jobs and their uploads.

    Parameters
    ----------
    connection : sqlite3.Connection
    session, athlete : int
    """
    connection.execute(
        "UPDATE uploads SET athlete = ? WHERE id IN "
        "(SELECT c.upload FROM job_clips AS c JOIN jobs AS j ON j.id = c.job WHERE j.session = ?)",
        (athlete, session),
    )
    connection.execute(
        "UPDATE jobs SET athlete = ? WHERE session = ? OR id IN (SELECT after FROM jobs WHERE session = ?)",
        (athlete, session, session),
    )
    for table in ("notes", "audit_entries"):
        connection.execute(f"UPDATE {table} SET athlete = ? WHERE session = ?", (athlete, session))


def _fill_details(connection: sqlite3.Connection, wrong: int, right: int) -> None:
    rows = [
        connection.execute("SELECT * FROM athlete_details WHERE athlete = ?", (athlete,)).fetchone()
        for athlete in (wrong, right)
    ]
    if rows[0] is None or rows[1] is None:
        return
    ours = ("athlete", "version", "updated_at")
    # Consent and target are told by several columns each, which belong together.
    groups = [[name] for name in rows[0].keys() if not name.startswith(("consent", "target")) and name not in ours]  # noqa: SIM118 (a Row)
    groups += [[name for name in rows[0].keys() if name.startswith(kind)] for kind in ("consent", "target")]  # noqa: SIM118
    for names in groups:
        if all(rows[1][name] is None for name in names):
            for name in names:
                connection.execute(f"UPDATE athlete_details SET {name} = ? WHERE athlete = ?", (rows[0][name], right))
    connection.execute("UPDATE athlete_details SET version = version + 1 WHERE athlete = ?", (right,))


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
