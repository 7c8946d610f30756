"""Put a report into the database: as a new session, in place of an earlier one, or as a correction.

Everything runs within a transaction of the caller.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from gait.display_language import _
from gait.display_text import encodable_text
from gait.errors import InputError
from gait.history.athlete_table import as_row, find_or_add_athlete, move_session, remove_athlete_without_sessions
from gait.history.history_entry import CERTAIN_DATES, DATE_SOURCES, HistoryEntry
from gait.history.run_identity import ClipContent, covers

#: Letters of an ISO date that make the day.
_DAY = 10
#: Columns of a session but its number, in the order of the table.
_SESSION_COLUMNS = (
    *("athlete", "date", "date_from", "name", "content", "origin", "clips", "gait_version"),
    *("height_m", "leg_length_m", "speed_mps"),
)

Outcome = Literal["added", "replaced", "unchanged", "moved", "covered"]


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
    date_from : str
        Where the date comes from: one of `gait.history.history_entry.DATE_SOURCES`.
    outcome : {"added", "replaced", "unchanged", "moved", "covered"}
        "covered": another report has these clips and further sides of the same run; it stays.
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

    Raises
    ------
    InputError
        The report holds a measurement twice, or a value of a kind that no database stores.
    """
    same = connection.execute("SELECT * FROM sessions WHERE content = ?", (entry.content,)).fetchone()
    if same is not None:
        _insert_clips_and_fields(connection, same["id"], entry)
        return _correct(connection, entry, same)
    earlier = _sessions_of_same_clips(connection, entry)
    covering = [row for row in earlier if _has_more_sides(connection, row, entry)]
    if covering:
        row = covering[0]
        name = connection.execute("SELECT name FROM athletes WHERE id = ?", (row["athlete"],)).fetchone()["name"]
        return AddedSession(row["id"], name, row["date"], row["date_from"], "covered")
    athlete, name, new = find_or_add_athlete(connection, entry.athlete)
    if not earlier:
        found = _replaced_session(connection, entry, athlete)
        earlier = [] if found is None else [found]
    for row in earlier:
        _clear_session(connection, row["id"], earlier[0]["id"])
        if _more_certain(row["date_from"], entry.date_from):
            entry.date, entry.date_from = row["date"], row["date_from"]
        entry.session = entry.session or row["name"]
    try:
        session = _insert_rows(connection, entry, athlete, earlier[0]["id"] if earlier else None)
    except (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError, OverflowError) as error:
        source = "the report" if entry.report.folder is None else entry.report.folder / "report.json"
        raise InputError(
            _("{source}: is damaged ({error}); run gait analyze again").format(source=source, error=error)
        ) from None
    for row in earlier:
        if row["athlete"] != athlete:
            move_session(connection, session, athlete)
            remove_athlete_without_sessions(connection, row["athlete"])
    return AddedSession(session, name, entry.date, entry.date_from, "replaced" if earlier else "added", new)


def _clear_session(connection: sqlite3.Connection, session: int, kept: int) -> None:
    """Remove what was measured in a session; notes, audit trail and jobs stay, with the session that is kept."""
    if session == kept:
        for table in ("measurements", "videos", "clips", "fields"):
            connection.execute(f"DELETE FROM {table} WHERE session = ?", (session,))
        connection.execute("UPDATE sessions SET content = ? WHERE id = ?", (f"replaced {session}", session))
        return
    for table in ("notes", "audit_entries", "jobs"):
        connection.execute(f"UPDATE {table} SET session = ? WHERE session = ?", (kept, session))
    connection.execute("DELETE FROM sessions WHERE id = ?", (session,))


def _more_certain(before: str, now: str) -> bool:
    """Check whether the earlier date is kept: the more certain one; the later correction; the first guess."""
    rank = {source: n for n, source in enumerate(DATE_SOURCES)}
    earlier, later = rank.get(before, len(rank)), rank.get(now, len(rank))
    return earlier < later or (earlier == later and before not in CERTAIN_DATES)


def _sessions_of_same_clips(connection: sqlite3.Connection, entry: HistoryEntry) -> list[sqlite3.Row]:
    """Find the sessions that hold at least one clip of a report."""
    found: dict[int, sqlite3.Row] = {}
    for clip in entry.clips:
        rows = connection.execute(
            "SELECT s.*, c.start_s, c.end_s FROM clips AS c JOIN sessions AS s ON s.id = c.session "
            "WHERE c.sha256 = ? ORDER BY s.id",
            (clip.sha256,),
        )
        for row in rows:
            if clip.same_run(ClipContent(clip.sha256, row["start_s"], row["end_s"])):
                found.setdefault(row["id"], row)
    return list(found.values())


def _has_more_sides(connection: sqlite3.Connection, row: sqlite3.Row, entry: HistoryEntry) -> bool:
    """Check whether a session would lose a clip if a report from another folder replaced it."""
    if row["origin"] is not None and (row["origin"],) == _storable((entry.origin,)):
        return False  # the same report, made again
    kept = connection.execute("SELECT sha256, start_s, end_s FROM clips WHERE session = ?", (row["id"],))
    return not covers(entry.clips, [ClipContent(*clip) for clip in kept])


def _insert_clips_and_fields(connection: sqlite3.Connection, session: int, entry: HistoryEntry) -> None:
    """Note the contents of the clips and what else is known of a session; what is known already is replaced."""
    connection.executemany(
        "INSERT OR REPLACE INTO clips VALUES (?, ?, ?, ?, ?)",
        [(session, n, clip.sha256, clip.start_s, clip.end_s) for n, clip in enumerate(entry.clips)],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO fields VALUES (?, ?, ?)",
        [_storable((session, name, value)) for name, value in entry.fields.items()],
    )


def _storable(values: Iterable[Any]) -> tuple[Any, ...]:
    """Write bytes of names that are no UTF-8 as escapes: SQLite does not take them."""
    return tuple(encodable_text(value) if isinstance(value, str) else value for value in values)


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
    # Where the number is taken, deleting the row would delete what refers to it.
    update = ", ".join(f"{name} = excluded.{name}" for name in _SESSION_COLUMNS)
    query = f"INSERT INTO sessions VALUES ({_placeholders(columns)}) ON CONFLICT (id) DO UPDATE SET {update}"
    session: int = connection.execute(f"{query} RETURNING id", _storable(columns)).fetchone()[0]
    connection.executemany(
        "INSERT INTO videos VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(session, n),
                *_storable(str(v[k]) for k in ("file", "view", "facing", "engine")),
                *(v["playback_fps"], v["capture_fps"]),
            )
            for n, v in enumerate(entry.report.videos)
        ],
    )
    connection.executemany(
        "INSERT INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            _storable(
                (
                    *(session, m["key"], m["side"], m["value"], m["unit"], *(m["interval"] or (None, None))),
                    *(m["steps"], m["grade"], m["reason"], m["video"]),
                )
            )
            for m in entry.report.record["measurements"]
        ],
    )
    _insert_clips_and_fields(connection, session, entry)
    return session


def _correct(connection: sqlite3.Connection, entry: HistoryEntry, same: sqlite3.Row) -> AddedSession:
    """Correct athlete, date and name, where they were given now, of measurements that are there already."""
    if entry.athlete_given:
        athlete, name, new = find_or_add_athlete(connection, entry.athlete)
    else:  # somebody may have corrected what the report says
        row = connection.execute("SELECT id, name FROM athletes WHERE id = ?", (same["athlete"],)).fetchone()
        athlete, name, new = row["id"], row["name"], False
    date, date_from = same["date"], same["date_from"]
    if not _more_certain(date_from, entry.date_from):
        date, date_from = entry.date, entry.date_from
    corrected = (athlete, date, date_from, entry.session or same["name"])
    if corrected == (same["athlete"], same["date"], same["date_from"], same["name"]):
        return AddedSession(same["id"], name, date, date_from, "unchanged", new)
    connection.execute(
        "UPDATE sessions SET athlete = ?, date = ?, date_from = ?, name = ? WHERE id = ?", (*corrected, same["id"])
    )
    if athlete != same["athlete"]:
        move_session(connection, same["id"], athlete)
    remove_athlete_without_sessions(connection, same["athlete"])
    return AddedSession(same["id"], name, date, date_from, "moved", new)


def _replaced_session(connection: sqlite3.Connection, entry: HistoryEntry, athlete: int) -> sqlite3.Row | None:
    """Find the session that a changed report replaces, where the contents of the clips of one of them are not known."""
    rows = connection.execute(
        "SELECT s.*, EXISTS (SELECT 1 FROM clips WHERE session = s.id) AS known FROM sessions AS s "
        "WHERE s.athlete = ? AND ((s.name = ? AND s.name IS NOT NULL) OR (s.origin = ? AND s.clips = ?)) "
        "ORDER BY s.id DESC",
        (athlete, entry.session, entry.origin, entry.report.clip_signature()),
    )
    for row in rows:
        if row["known"] and entry.clips:
            continue  # other contents, so another run, whatever the names say
        dates_certain = row["date_from"] in CERTAIN_DATES and entry.date_certain
        same_clips = row["clips"] == entry.report.clip_signature()
        # A camera or a person says that it was on another day: many call every clip "side.mp4", and every folder "out".
        same_day = row["date"][:_DAY] == entry.date[:_DAY] if dates_certain else same_clips
        same_name = entry.session is not None and row["name"] == entry.session
        same_folder = entry.origin is not None and row["origin"] == entry.origin and same_clips
        if same_day and (same_name or (same_folder and (entry.session is None or row["name"] is None))):
            return as_row(row)
    return None


def _placeholders(columns: tuple[Any, ...]) -> str:
    return ", ".join("?" for _ in columns)
