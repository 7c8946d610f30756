"""The SQLite database of the history: opening, migrations, transactions, and deletion without traces.

Write-ahead logging lets others read while one process writes. Writers wait for each other and take the lock before they
read, so that they change what they have read. Every commit is on the disk before it counts as done.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from gait.display_language import _
from gait.errors import InputError
from gait.owned_files import owned_write

#: Seconds for which a writer waits for another one. [E]
MAX_WAIT_S = 30.0
#: Seconds between two tries to change the journal mode. [E]
_RETRY_EVERY_S = 0.02
#: "gait" in ASCII: marks a database as a history of this program.
APPLICATION_ID = 0x67616974
#: Words in errors of SQLite that mean damage: pages that are gone, tables or columns that every history has.
_SIGNS_OF_DAMAGE = (
    *("malformed", "corrupt", "no such table", "no such column", "already exists", "has no column named"),
    *("columns but", "duplicate column", "Could not decode", "mismatch", "is not an error", "cannot modify"),
)
#: Environment variable with the path of the database.
PATH_VARIABLE = "GAIT_HISTORY"

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
    """
    CREATE TABLE clips (                     -- contents, which identify a run; sessions of earlier versions have none
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        number INTEGER NOT NULL,
        sha256 TEXT NOT NULL,                -- of the file
        start_s REAL, end_s REAL,            -- first and last event: one clip may hold several runs
        PRIMARY KEY (session, number)
    ) WITHOUT ROWID;
    CREATE INDEX clips_by_content ON clips (sha256);
    CREATE TABLE fields (                    -- what else is known, such as the squad
        session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (session, name)
    ) WITHOUT ROWID;
    """,
    # The tables of the local web app (gait.app). What belongs to an athlete goes with the athlete.
    """
    CREATE TABLE athlete_details (
        athlete INTEGER PRIMARY KEY REFERENCES athletes ON DELETE CASCADE,
        height_m REAL, leg_length_m REAL, speed_mps REAL,
        units TEXT, language TEXT, squad TEXT,
        consent_at TEXT, consent_note TEXT,  -- who agreed to be filmed and measured, and when
        target_metric TEXT, target_value REAL,
        version INTEGER NOT NULL DEFAULT 1,  -- counts changes: two browsers must not overwrite each other
        updated_at TEXT NOT NULL
    );
    CREATE TABLE logins (                    -- browsers that may come in; only hashes of their secrets
        token_hash TEXT PRIMARY KEY,
        kind TEXT NOT NULL,                  -- local | lan
        created_at REAL NOT NULL, seen_at REAL NOT NULL, expires_at REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE invitations (               -- addresses that let one browser in, once
        token_hash TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        expires_at REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE uploads (
        id TEXT PRIMARY KEY,
        athlete INTEGER REFERENCES athletes ON DELETE CASCADE,
        file_name TEXT NOT NULL,             -- as the browser called it; never a path on this disk
        size INTEGER NOT NULL,
        state TEXT NOT NULL,                 -- receiving | complete | refused
        created_at TEXT NOT NULL,
        changed_at REAL NOT NULL,
        reason TEXT
    ) WITHOUT ROWID;
    CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        athlete INTEGER NOT NULL REFERENCES athletes ON DELETE CASCADE,
        kind TEXT NOT NULL,                  -- check | analysis | remeasure
        state TEXT NOT NULL,                 -- waiting | running | done | failed | cancelled
        stage TEXT, done INTEGER, total INTEGER,
        attempts INTEGER NOT NULL DEFAULT 0,
        reason TEXT, reason_code TEXT,
        options TEXT NOT NULL, result TEXT,  -- JSON
        created_at TEXT NOT NULL, started_at REAL, ended_at TEXT,
        session INTEGER REFERENCES sessions ON DELETE SET NULL,
        folder TEXT NOT NULL,                -- name in the folder of sessions
        after TEXT                           -- job that must have ended before this one begins
    ) WITHOUT ROWID;
    CREATE INDEX jobs_by_state ON jobs (state, created_at);
    CREATE INDEX jobs_by_session ON jobs (session);
    CREATE INDEX jobs_by_athlete ON jobs (athlete);
    CREATE TABLE job_clips (
        job TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
        number INTEGER NOT NULL,
        upload TEXT NOT NULL REFERENCES uploads ON DELETE CASCADE,
        PRIMARY KEY (job, number)
    ) WITHOUT ROWID;
    CREATE INDEX job_clips_by_upload ON job_clips (upload);
    CREATE TABLE answers (
        id INTEGER PRIMARY KEY,
        athlete INTEGER NOT NULL REFERENCES athletes ON DELETE CASCADE,
        at TEXT NOT NULL, content TEXT NOT NULL    -- JSON, as answers.toml
    );
    CREATE TABLE notes (
        id INTEGER PRIMARY KEY,
        athlete INTEGER NOT NULL REFERENCES athletes ON DELETE CASCADE,
        session INTEGER REFERENCES sessions ON DELETE CASCADE,
        at TEXT NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL
    );
    CREATE TABLE pain_entries (
        id INTEGER PRIMARY KEY,
        athlete INTEGER NOT NULL REFERENCES athletes ON DELETE CASCADE,
        day TEXT NOT NULL, area TEXT NOT NULL, level INTEGER NOT NULL, text TEXT NOT NULL
    );
    CREATE TABLE audit_entries (             -- what was changed by hand
        id INTEGER PRIMARY KEY,
        athlete INTEGER REFERENCES athletes ON DELETE CASCADE,
        session INTEGER REFERENCES sessions ON DELETE CASCADE,
        at TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL
    );
    CREATE TABLE live_sessions (
        id INTEGER PRIMARY KEY,
        athlete INTEGER NOT NULL REFERENCES athletes ON DELETE CASCADE,
        at TEXT NOT NULL, target TEXT NOT NULL, seconds REAL NOT NULL, result TEXT NOT NULL
    );
    CREATE INDEX answers_by_athlete ON answers (athlete, at);
    CREATE INDEX notes_by_athlete ON notes (athlete, at);
    CREATE INDEX pain_by_athlete ON pain_entries (athlete, day);
    CREATE INDEX audit_by_athlete ON audit_entries (athlete, at);
    CREATE INDEX live_by_athlete ON live_sessions (athlete, at);
    """,
    """
    ALTER TABLE athlete_details ADD COLUMN consent_how TEXT;  -- on paper, by message, in talk
    ALTER TABLE notes ADD COLUMN changed_at TEXT;
    CREATE TABLE batches (id TEXT PRIMARY KEY, created_at TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE batch_rows (
        batch TEXT NOT NULL REFERENCES batches ON DELETE CASCADE,
        number INTEGER NOT NULL,
        athlete INTEGER REFERENCES athletes ON DELETE CASCADE,
        name TEXT NOT NULL,                  -- of the session
        films TEXT NOT NULL,                 -- JSON: paths on this machine that are still to be taken over
        options TEXT NOT NULL,               -- JSON, of the job
        job TEXT REFERENCES jobs ON DELETE SET NULL,
        reason TEXT,
        PRIMARY KEY (batch, number)
    ) WITHOUT ROWID;
    CREATE INDEX batch_rows_by_athlete ON batch_rows (athlete);
    CREATE INDEX batch_rows_by_job ON batch_rows (job);
    """,
)
VERSION = len(MIGRATIONS)


def default_path() -> Path:
    """Return the default database: ``$GAIT_HISTORY``, else ``gait/gait-history.db`` in the user's data folder.

    Returns
    -------
    Path
    """
    named = os.environ.get(PATH_VARIABLE)
    if named:
        return Path(named).expanduser()
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser() / "gait" / "gait-history.db"


def open_database(
    path: Path, *, create: bool = True, max_wait_s: float = MAX_WAIT_S, any_thread: bool = False
) -> sqlite3.Connection:
    """Open a history and migrate it to this version.

    Parameters
    ----------
    path : Path
    create : bool
        Create it where there is none.
    max_wait_s : float
        Seconds to wait for other writers.
    any_thread : bool
        Whether other threads than this one may use the connection, one at a time.

    Returns
    -------
    sqlite3.Connection
        In autocommit mode; changes belong within `write_transaction`.

    Raises
    ------
    InputError
        No such file, not a history, made by a newer version, or not writable.
    """
    if path.is_dir():
        raise InputError(
            _("{path}: is a folder; give the file of the history, e.g. {path_2}").format(
                path=path, path_2=path / "gait-history.db"
            )
        )
    if not path.exists():
        if not create:
            raise InputError(
                _("{path}: no history there yet; add a report first").format(path=path), code="history_missing"
            )
        try:
            # Data about people's bodies: no access for other users of the machine.
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(
                _("{path}: the folder cannot be created ({reason}); choose another file").format(
                    path=path, reason=reason
                ),
                code="history_unusable",
            ) from None
    with database_errors(path):
        connection = sqlite3.connect(path, timeout=max_wait_s, isolation_level=None, check_same_thread=not any_thread)
        try:
            _prepare(connection, path, max_wait_s)
        except BaseException:
            connection.close()
            raise
        _finish_scrubbing(connection)
    return connection


@contextmanager
def database_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite into one line for a person.

    Parameters
    ----------
    path : Path
        The database.

    Yields
    ------
    None

    Raises
    ------
    InputError
        The database cannot be used.
    """
    try:
        yield
    except UnicodeDecodeError:  # SQLite quotes damaged text in an error
        raise InputError(_("{path}: is damaged; restore a backup").format(path=path), code="history_damaged") from None
    except sqlite3.Error as error:
        text = " ".join(str(error).split())
        if "not a database" in text:
            message = _("{path}: is not a history of gait; choose another file").format(path=path)
            raise InputError(message, code="history_unusable") from None
        if "locked" in text or "busy" in text:
            raise InputError(
                _("{path}: another program keeps it locked; close that program and try again").format(path=path)
            ) from None
        if isinstance(error, sqlite3.IntegrityError | sqlite3.InterfaceError | sqlite3.ProgrammingError):
            message = _("{path}: holds rows that contradict each other ({text}); restore a backup").format(
                path=path, text=text
            )
            raise InputError(message, code="history_damaged") from None
        if any(sign in text for sign in _SIGNS_OF_DAMAGE):
            raise InputError(
                _("{path}: is damaged ({text}); restore a backup").format(path=path, text=text), code="history_damaged"
            ) from None
        raise InputError(
            _("{path}: {text}; check the folder, its permissions and the space on the disk").format(
                path=path, text=text
            )
        ) from None


@contextmanager
def write_transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Run everything or nothing, alone: the lock is taken before anything is read.

    Parameters
    ----------
    connection : sqlite3.Connection

    Yields
    ------
    None
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # the transaction may be over already, as on a full disk
            connection.execute("ROLLBACK")
        raise


def request_scrub(connection: sqlite3.Connection) -> None:
    """Note within the deleting transaction that the file must be scrubbed, so that a killed process leaves no traces.

    Parameters
    ----------
    connection : sqlite3.Connection
    """
    connection.execute("INSERT OR IGNORE INTO chores VALUES ('scrub')")


def scrub(connection: sqlite3.Connection) -> bool:
    """Rewrite the file so that neither it nor its log holds anything of what was deleted.

    Parameters
    ----------
    connection : sqlite3.Connection

    Returns
    -------
    bool
        ``False`` where another program is reading or writing, so that the log cannot be emptied. Opening the history
        tries again.
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


def copy_database(connection: sqlite3.Connection, target: Path) -> Path:
    """Copy the database as it is at one moment into a single file, whole or not at all.

    Parameters
    ----------
    connection : sqlite3.Connection
    target : Path

    Returns
    -------
    Path
        ``target``.
    """
    with owned_write(target) as temporary:
        temporary.unlink()
        with closing(sqlite3.connect(temporary, isolation_level=None)) as copied:
            connection.backup(copied)
            copied.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it
    return target


def _prepare(connection: sqlite3.Connection, path: Path, max_wait_s: float) -> None:
    connection.row_factory = sqlite3.Row
    # Text that is not UTF-8 is damage of one cell, not of the history.
    connection.text_factory = lambda content: content.decode(errors="replace")
    # In one transaction: another process may be creating the tables at this moment.
    connection.execute("BEGIN")
    try:
        version = _version(connection, path)
    finally:
        connection.execute("ROLLBACK")
    end = time.monotonic() + max_wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            # Unlike everything else, changing the mode does not wait for others.
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(_RETRY_EVERY_S)
    for setting in ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {setting}")
    if version == VERSION:
        return
    with write_transaction(connection):
        # Another process may have migrated it while this one waited for the lock.
        for number in range(_version(connection, path), VERSION):
            for statement in _statements(MIGRATIONS[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _finish_scrubbing(connection: sqlite3.Connection) -> None:
    """Scrub after a deletion that was killed or not finished, without waiting for others."""
    if connection.execute("SELECT 1 FROM chores WHERE name = 'scrub'").fetchone() is None:
        return
    max_wait = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout = 100")
    with suppress(sqlite3.Error):
        scrub(connection)
    connection.execute(f"PRAGMA busy_timeout = {max_wait}")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Read the version of the database, 0 for an empty one; refuse other programs' and newer ones."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if (owner != APPLICATION_ID and not empty) or version < 0:
        raise InputError(
            _("{path}: is the database of another program; choose another file").format(path=path),
            code="history_unusable",
        )
    if version > VERSION:
        raise InputError(
            _(
                "{path}: was made by a newer gait (history version {version}, this one reads up to "
                "{version_2}); update gait"
            ).format(path=path, version=version, version_2=VERSION)
        )
    return version


def _statements(script: str) -> Iterator[str]:
    # `executescript` would commit the surrounding transaction.
    lines: list[str] = []
    for line in script.splitlines():
        lines.append(line)
        statement = "\n".join(lines)
        if sqlite3.complete_statement(statement):
            yield statement
            lines = []
