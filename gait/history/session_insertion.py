"""Put a report into the database: as a new session, in place of an earlier one, or as a correction.

Everything runs within a transaction of the caller.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Literal

from gait.history.athlete_table import as_row, find_or_add_athlete, remove_athlete_without_sessions
from gait.history.history_entry import HistoryEntry

Outcome = Literal["added", "replaced", "unchanged", "moved"]


@dataclass(frozen=True)
class AddedSession:
    """The result of adding a report.

    Attributes
    ----------
    session : int
        Number of the session.
    athlete : str
    date : str
        ISO 8601.
    date_from : {"given", "video", "report", "today"}
        Where the date comes from.
    outcome : {"added", "replaced", "unchanged", "moved"}
    new_athlete : bool
    """

    session: int
    athlete: str
    date: str
    date_from: str
    outcome: Outcome
    new_athlete: bool = False


def insert_session(connection: sqlite3.Connection, entry: HistoryEntry) -> AddedSession:
    """Insert a report, or correct and replace what is there of it.

    Parameters
    ----------
    connection : sqlite3.Connection
    entry : HistoryEntry
        Gets the date and name of the session that it replaces, where it has none of its own.

    Returns
    -------
    AddedSession
    """
    same = connection.execute("SELECT * FROM sessions WHERE content = ?", (entry.content,)).fetchone()
    if same is not None:
        return _correct(connection, entry, same)
    athlete, name, new = find_or_add_athlete(connection, entry.athlete)
    earlier = _replaced_session(connection, entry, athlete)
    if earlier is not None:
        connection.execute("DELETE FROM sessions WHERE id = ?", (earlier["id"],))
        if not entry.date_given and entry.date_from != "video":
            entry.date, entry.date_from = earlier["date"], earlier["date_from"]
        entry.session = entry.session or earlier["name"]
    session = _insert_rows(connection, entry, athlete, None if earlier is None else earlier["id"])
    return AddedSession(session, name, entry.date, entry.date_from, "replaced" if earlier else "added", new)


def _insert_rows(connection: sqlite3.Connection, entry: HistoryEntry, athlete: int, number: int | None) -> int:
    """Insert session, videos and measurements; return the session's number, ``number`` where it is given."""
    runner = entry.report.record["runner"]
    columns = (
        *(number, athlete, entry.date, entry.date_from, entry.session),
        *(
            entry.content,
            entry.origin,
            entry.report.clip_signature(),
            str(entry.report.record.get("gait_version", "?")),
        ),
        *(runner.get("height_m"), runner.get("leg_length_m"), runner.get("speed_mps")),
    )
    session = connection.execute(f"INSERT INTO sessions VALUES ({_placeholders(columns)})", columns).lastrowid
    assert session is not None
    connection.executemany(
        "INSERT INTO videos VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(session, n),
                *(str(v[k]) for k in ("file", "view", "facing", "engine")),
                *(v["playback_fps"], v["capture_fps"]),
            )
            for n, v in enumerate(entry.report.videos)
        ],
    )
    connection.executemany(
        "INSERT INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(session, m["key"], m["side"], m["value"], m["unit"], *(m["interval"] or (None, None))),
                *(m["steps"], m["grade"], m["reason"], m["video"]),
            )
            for m in entry.report.record["measurements"]
        ],
    )
    return session


def _correct(connection: sqlite3.Connection, entry: HistoryEntry, same: sqlite3.Row) -> AddedSession:
    """Correct athlete, date and name, where they were given now, of measurements that are there already."""
    if entry.athlete_given:
        athlete, name, new = find_or_add_athlete(connection, entry.athlete)
    else:  # somebody may have corrected what the report says
        row = connection.execute("SELECT id, name FROM athletes WHERE id = ?", (same["athlete"],)).fetchone()
        athlete, name, new = row["id"], row["name"], False
    date, date_from = (entry.date, "given") if entry.date_given else (same["date"], same["date_from"])
    corrected = (athlete, date, date_from, entry.session or same["name"])
    if corrected == (same["athlete"], same["date"], same["date_from"], same["name"]):
        return AddedSession(same["id"], name, date, date_from, "unchanged", new)
    connection.execute(
        "UPDATE sessions SET athlete = ?, date = ?, date_from = ?, name = ? WHERE id = ?", (*corrected, same["id"])
    )
    remove_athlete_without_sessions(connection, same["athlete"])
    return AddedSession(same["id"], name, date, date_from, "moved", new)


def _replaced_session(connection: sqlite3.Connection, entry: HistoryEntry, athlete: int) -> sqlite3.Row | None:
    """Find the session that a changed report replaces."""
    if entry.session is not None:
        found = connection.execute(
            "SELECT * FROM sessions WHERE athlete = ? AND name = ?", (athlete, entry.session)
        ).fetchone()
        if found is not None:
            return as_row(found)
    if entry.origin is None:
        return None
    # The same folder and the same clips, unless a camera or a person says that it was on another day: many call every
    # clip "side.mp4" and every folder "out".
    rows = connection.execute(
        "SELECT * FROM sessions WHERE athlete = ? AND origin = ? AND clips = ? ORDER BY id DESC",
        (athlete, entry.origin, entry.report.clip_signature()),
    )
    for row in rows:
        dates_certain = row["date_from"] in ("given", "video") and (entry.date_given or entry.date_from == "video")
        if (not dates_certain or row["date"] == entry.date) and (entry.session is None or row["name"] is None):
            return as_row(row)
    return None


def _placeholders(columns: tuple[Any, ...]) -> str:
    return ", ".join("?" for _ in columns)
