"""Rows of the app: one SQLite file, the history's, with a connection for each thread."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from gait.app.app_settings import AppSettings, Clock
from gait.app.data_folder import DataFolder
from gait.display_language import _
from gait.errors import InputError
from gait.history.athlete_history import History
from gait.history.database import database_errors, open_database, write_transaction


class AppStore:
    """Rows and files of one server.

    Parameters
    ----------
    settings : AppSettings
    clock : callable
        Seconds since 1970.

    Attributes
    ----------
    folder : DataFolder
    """

    def __init__(self, settings: AppSettings, *, clock: Clock = time.time) -> None:
        self.settings, self.clock = settings, clock
        self.folder = DataFolder(settings.data_folder)
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        with self.write():
            pass  # tables are made, or the file is refused, before anybody waits for an answer

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection.

        Returns
        -------
        sqlite3.Connection
        """
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = open_database(self.folder.database, any_thread=True)
            self._local.connection = found
            with self._lock:
                self._open.append(found)
        return found

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._open:
                with suppress(sqlite3.Error):
                    connection.close()
            self._open.clear()
        self._local = threading.local()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Change rows: everything or nothing.

        Yields
        ------
        sqlite3.Connection
        """
        with database_errors(self.folder.database):
            connection = self.connection()
            with write_transaction(connection):
                yield connection

    @contextmanager
    def history(self) -> Iterator[History]:
        """Open the history, which is the same file.

        Yields
        ------
        History
        """
        with History(self.folder.database) as history:
            yield history

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Read rows.

        Parameters
        ----------
        query : str
            With a question mark for each value.
        *values

        Returns
        -------
        list of sqlite3.Row

        Raises
        ------
        InputError
            A number is beyond those of rows (``not_found``).
        """
        with database_errors(self.folder.database):
            try:
                return self.connection().execute(query, values).fetchall()
            except OverflowError:  # a number beyond those of rows
                raise InputError(_("there is no such thing"), code="not_found") from None

    def row(self, query: str, *values: Any) -> sqlite3.Row | None:
        """Read one row.

        Parameters
        ----------
        query : str
        *values

        Returns
        -------
        sqlite3.Row or None
        """
        found = self.rows(query, *values)
        return found[0] if found else None

    def now_text(self) -> str:
        """Return the time now as it is written into rows.

        Returns
        -------
        str
            ISO 8601 with zone.
        """
        return datetime.fromtimestamp(self.clock(), UTC).isoformat(timespec="milliseconds")


def new_identifier() -> str:
    """Make a name that nobody guesses.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    return secrets.token_hex(16)
