"""The database of the history: opening, its versions, transactions, and taking things out so that nothing is left.

Plain SQLite. Write-ahead logging lets others read while one writes; writers wait for each other and take the lock
before they look, so that what they look at is what they change. Every commit is on the disk before it counts as done.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from gait.atomic_files import atomic_write
from gait.errors import InputError

#: Seconds for which a writer waits for another one.
PATIENCE_S = 30.0
#: "gait" in ASCII: tells our databases from those of other programs.
APPLICATION_ID = 0x67616974
#: Environment variable that names the database.
VARIABLE = "GAIT_HISTORY"

#: Entry n takes a database of version n to version n + 1. Entries are never changed, only added.
MIGRATIONS = (
    """
    CREATE TABLE athletes (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        key TEXT NOT NULL UNIQUE             -- the name without case, spaces and composition (names.key_of)
    );
    CREATE TABLE sessions (
        id INTEGER PRIMARY KEY,
        athlete INTEGER NOT NULL REFERENCES athletes ON DELETE CASCADE,
        date TEXT NOT NULL,                  -- ISO 8601, local
        date_from TEXT NOT NULL,             -- given | video | report | today
        name TEXT,                           -- what the user calls the session
        content TEXT NOT NULL UNIQUE,        -- SHA-256 of what was measured
        origin TEXT,                         -- folder of the report
        clips TEXT NOT NULL,                 -- tells whether another report is of the same clips
        gait_version TEXT NOT NULL,
        height_m REAL, leg_length_m REAL, speed_mps REAL
    );
    CREATE INDEX sessions_by_athlete ON sessions (athlete, date);
    CREATE TABLE videos (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        number INTEGER NOT NULL,
        file TEXT NOT NULL, view TEXT NOT NULL, facing TEXT NOT NULL, engine TEXT NOT NULL,
        playback_fps REAL NOT NULL, capture_fps REAL NOT NULL,
        PRIMARY KEY (session, number)
    ) WITHOUT ROWID;
    CREATE TABLE measurements (
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        key TEXT NOT NULL, side TEXT NOT NULL,
        value REAL, unit TEXT NOT NULL, low REAL, high REAL,
        steps INTEGER NOT NULL, grade TEXT NOT NULL, reason TEXT,
        video INTEGER NOT NULL,
        PRIMARY KEY (session, key, side),
        FOREIGN KEY (session, video) REFERENCES videos ON DELETE CASCADE
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE aliases (                   -- other spellings, so that a misspelt name finds its athlete next time
        key TEXT PRIMARY KEY,
        athlete INTEGER NOT NULL REFERENCES athletes ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE INDEX aliases_by_athlete ON aliases (athlete);
    CREATE TABLE chores (name TEXT PRIMARY KEY) WITHOUT ROWID;   -- begun and to be finished: scrub
    CREATE INDEX sessions_by_origin ON sessions (origin);
    """,
)
VERSION = len(MIGRATIONS)


def default_path() -> Path:
    """Give the database that is used where none is named: ``$GAIT_HISTORY``, else in the user's data folder."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser()
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser() / "gait" / "gait-history.db"


def history_file(wanted: bool, db: Path | None) -> Path | None:
    """Give the database that ``--history`` and ``--db`` mean, ``None`` where no history is wanted.

    Raises
    ------
    InputError
        A file without the wish for a history.
    """
    if db is not None and not wanted:
        raise InputError(f"--db {db} is the file of a history; give --history too")
    return (db or default_path()) if wanted else None


def connect(path: Path, *, create: bool = True, patience_s: float = PATIENCE_S) -> sqlite3.Connection:
    """Open a history, bring it to this version, and give the connection, which commits only what is told to.

    Raises
    ------
    InputError
        No such file (and none may be made), not a history, made by a newer version, or not to be written.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a folder; give the file of the history, e.g. {path / 'gait-history.db'}")
    if not path.exists():
        if not create:
            raise InputError(f"{path}: no history there yet; add a report with: gait history NAME --add DIR")
        try:
            # What people's bodies do is nobody else's business.
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise InputError(f"{path}: the folder cannot be made ({_plain(error)}); choose another --db FILE") from None
    with told(path):
        connection = sqlite3.connect(path, timeout=patience_s, isolation_level=None)
        try:
            _prepare(connection, path, patience_s)
        except BaseException:
            connection.close()
            raise
        _finish_chores(connection)
    return connection


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite complains of into one line for a person."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise  # a fault of ours
    except sqlite3.DatabaseError as error:
        text = str(error)
        if "not a database" in text:
            raise InputError(f"{path}: is not a history of gait; give another --db FILE") from None
        if "locked" in text or "busy" in text:
            raise InputError(f"{path}: another program keeps it locked; close that and try again") from None
        if "malformed" in text:
            raise InputError(f"{path}: is damaged; put back a backup (gait history --backup makes them)") from None
        raise InputError(f"{path}: {text}; check the folder, its permissions and the space on the disk") from None


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all of it or nothing, alone: the lock is taken before anything is read."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # the transaction may be over already, as on a full disk
            connection.execute("ROLLBACK")
        raise


def to_scrub(connection: sqlite3.Connection) -> None:
    """Note, within the transaction that deletes, that the file must be scrubbed: a kill leaves no traces for good."""
    connection.execute("INSERT OR IGNORE INTO chores VALUES ('scrub')")


def scrub(connection: sqlite3.Connection) -> bool:
    """Rewrite the file so that nothing of what was deleted is in it or in its log.

    Returns
    -------
    bool
        ``False`` where another program is reading or writing just now, so that the log cannot be emptied. It is tried
        again whenever the history is opened.
    """
    try:
        connection.execute("VACUUM")
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    if not busy:
        connection.execute("DELETE FROM chores WHERE name = 'scrub'")
    return not busy


def copy(connection: sqlite3.Connection, target: Path) -> Path:
    """Copy the whole database as it is at one moment into a single file, whole or not at all."""
    with atomic_write(target) as temporary:
        temporary.unlink()
        with closing(sqlite3.connect(temporary, isolation_level=None)) as made:
            connection.backup(made)
            made.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it
    return target


def _prepare(connection: sqlite3.Connection, path: Path, patience_s: float) -> None:
    connection.row_factory = sqlite3.Row
    # In one transaction: another process may be making the tables just now.
    connection.execute("BEGIN")
    try:
        version = _version(connection, path)
    finally:
        connection.execute("ROLLBACK")
    end = time.monotonic() + patience_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            # Changing the mode does not wait for others as everything else does.
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
    for setting in ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {setting}")
    if version == VERSION:
        return
    with writing(connection):
        # Somebody else may have done it while we waited for the lock.
        for number in range(_version(connection, path), VERSION):
            for statement in _statements(MIGRATIONS[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _finish_chores(connection: sqlite3.Connection) -> None:
    """Scrub after a deletion that was killed or could not be finished; without waiting for others."""
    if connection.execute("SELECT 1 FROM chores WHERE name = 'scrub'").fetchone() is None:
        return
    patience = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout = 100")
    with suppress(sqlite3.Error):
        scrub(connection)
    connection.execute(f"PRAGMA busy_timeout = {patience}")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Give the version of the database, 0 for an empty one; refuse what is not ours or newer than we are."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if owner != APPLICATION_ID and not empty:
        raise InputError(f"{path}: is the database of another program; give another --db FILE")
    if version > VERSION:
        raise InputError(
            f"{path}: was made by a newer gait (history version {version}, this one knows up to {VERSION}); update gait"
        )
    return version


def _statements(script: str) -> Iterator[str]:
    # `executescript` would commit the transaction that it stands in.
    lines: list[str] = []
    for line in script.splitlines():
        lines.append(line)
        statement = "\n".join(lines)
        if sqlite3.complete_statement(statement):
            yield statement
            lines = []


def _plain(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
