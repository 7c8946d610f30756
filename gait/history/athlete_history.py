"""The history of athletes: all their measured sessions in one file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date as calendar_date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from gait._typing import PathLike
from gait.display_language import _
from gait.errors import InputError
from gait.history import athlete_table, history_queries
from gait.history.athlete_names import most_similar, name_key, name_similarity, similar_pairs
from gait.history.database import (
    copy_database,
    database_errors,
    default_path,
    open_database,
    request_scrub,
    scrub,
    write_transaction,
)
from gait.history.history_entry import HistoryEntry
from gait.history.session_insertion import AddedSession, insert_session
from gait.io.report_reader import SavedReport, read_report
from gait.owned_files import check_may_write

if TYPE_CHECKING:
    import sqlite3

    import pandas as pd

    from gait.history.metric_trend import MetricTrend


class History:
    """A database of athletes, their sessions and measurements.

    Parameters
    ----------
    path : path, optional
        The file. By default ``$GAIT_HISTORY``, else ``gait/gait-history.db`` in the user's data folder.
    create : bool
        Create it where there is none.

    Raises
    ------
    InputError
        The file is not a history, was made by a newer version, cannot be written to, or does not exist.

    Notes
    -----
    Several processes may read and write at once. A write waits for the one before it and is on the disk when the call
    returns. Names that differ only in case, spaces or composition of letters are one name. A network folder must
    support file locks; SQLite advises a local disk.

    Examples
    --------
    `add` stores a report, `trend` returns the course of a metric:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with History(f"{folder}/gait-history.db") as history:
    ...         len(history.athletes())
    0
    """

    def __init__(self, path: PathLike | None = None, *, create: bool = True) -> None:
        self.path = default_path() if path is None else Path(path)
        #: One line for each damaged row that was left out so far.
        self.problems: list[str] = []
        self._db = open_database(self.path, create=create)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the history cannot be used afterwards."""
        self._db.close()

    # --- adding ---

    def add(
        self,
        report: SavedReport | Mapping[str, Any] | PathLike,
        *,
        athlete: str | None = None,
        date: str | calendar_date | None = None,
        session: str | None = None,
        date_from: str = "given",
        fields: Mapping[str, str] | None = None,
    ) -> AddedSession:
        """Add a report.

        Parameters
        ----------
        report : mapping or path
            A parsed ``report.json``, that file, or the folder of a report.
        athlete : str, optional
            Name of the runner; by default the name in the report.
        date : str or date, optional
            ISO 8601 (``2026-03-01`` or ``2026-03-01T17:30``). By default the time of recording in the video file, else
            the time at which the report was written, else now.
        session : str, optional
            Name of the session. It identifies a session only where the contents of the clips are not known.
        date_from : str
            Where ``date`` comes from: one of `gait.history.history_entry.DATE_SOURCES`.
        fields : mapping, optional
            What else is known of the session, such as the squad: name → value.

        Returns
        -------
        AddedSession
            ``outcome`` is "added"; "unchanged" where the same measurements are there already; "moved" where they were
            there under another athlete, date or session name and these were given now; "replaced" where they replace
            an earlier report of the same clips (`gait.history.run_identity`); "covered" where another report has these
            clips together with further sides, and stays.

        Raises
        ------
        InputError
            Not a report, or neither the report nor the caller names the athlete.
        """
        return self.add_many([report], athlete=athlete, date=date, session=session, date_from=date_from, fields=fields)[
            0
        ]

    def add_many(
        self,
        reports: Iterable[SavedReport | Mapping[str, Any] | PathLike],
        *,
        athlete: str | None = None,
        date: str | calendar_date | None = None,
        session: str | None = None,
        date_from: str = "given",
        fields: Mapping[str, str] | None = None,
    ) -> list[AddedSession]:
        """Add reports, all of them or none, with one write to the disk.

        Parameters
        ----------
        reports : iterable of mapping or path
            Each as in `add`.
        athlete, date, session, date_from, fields
            As in `add`, for all of them.

        Returns
        -------
        list of AddedSession

        Raises
        ------
        InputError
            As in `add`.
        """
        entries = [
            HistoryEntry.from_report(read_report(report), athlete, date, session, date_from=date_from, fields=fields)
            for report in reports
        ]
        with database_errors(self.path), write_transaction(self._db):
            return [insert_session(self._db, entry) for entry in entries]

    # --- reading ---

    def athletes(self) -> pd.DataFrame:
        """List the athletes.

        Returns
        -------
        pandas.DataFrame
            One row an athlete, by name: ``name, sessions`` (count), ``first, last`` (ISO dates).
        """
        return self._table(history_queries.ATHLETES_QUERY)

    def sessions(self, athlete: str) -> pd.DataFrame:
        """List an athlete's sessions.

        Parameters
        ----------
        athlete : str

        Returns
        -------
        pandas.DataFrame
            One row a session, the oldest first: ``session`` (number), ``date, date_from, name, speed_mps, height_m,
            leg_length_m, views, measured`` (number of values that were not refused), ``origin`` (folder of the report),
            ``gait_version``.

        Raises
        ------
        InputError
            No such athlete; the message suggests similar names.
        """
        return self._table(history_queries.SESSIONS_QUERY, (self._athlete(athlete)["id"],))

    def measurements(self, athlete: str, metric: str | None = None) -> pd.DataFrame:
        """List an athlete's measurements, also refused ones with their reason.

        Parameters
        ----------
        athlete : str
        metric : str, optional
            Key of one metric.

        Returns
        -------
        pandas.DataFrame
            One row a measurement, the oldest first: ``session, date, session_name, speed_mps, metric, side, value,
            unit, low, high`` (95 % interval, in the metric's unit), ``steps, grade, reason, view, facing, engine,
            capture_fps``.

        Raises
        ------
        InputError
            No such athlete.
        """
        query, parameters = history_queries.measurements_query(self._athlete(athlete)["id"], metric)
        table = self._table(query, parameters)
        return table.rename(columns={"key": "metric"})

    def trend(self, athlete: str, metric: str, side: str | None = None) -> MetricTrend:
        """Return the course of one metric of one side.

        Parameters
        ----------
        athlete : str
        metric : str
            Its key (`gait.metrics.register`), or ``<key>_asymmetry``.
        side : {"left", "right", "both"}, optional
            May be left out where the metric has one side only.

        Returns
        -------
        MetricTrend
            Values with 95 % intervals, and the changes since the first and since the previous session.
            `gait.history.measurement_change` defines what counts as a change.

        Raises
        ------
        InputError
            No such athlete, the metric was never recorded, or the side must be given.
        """
        by_side = {trend.side: trend for trend in self._trends(athlete, metric)}
        if side is None and len(by_side) == 1:
            side = next(iter(by_side))
        if side not in by_side:
            if not by_side:
                raise InputError(
                    _("{metric} was never recorded for {athlete}; `gait history show` lists the metrics").format(
                        metric=repr(metric), athlete=athlete
                    )
                )
            raise InputError(
                _("{metric} has no side {side}; choose it from: {names}").format(
                    metric=metric, side=repr(side), names=", ".join(sorted(by_side))
                )
                if side is not None
                else _("{metric}: choose the side from: {names}").format(
                    metric=metric, names=", ".join(sorted(by_side))
                )
            )
        return by_side[side]

    def trends(self, athlete: str) -> list[MetricTrend]:
        """Return the course of every metric and side that was measured at least once.

        Parameters
        ----------
        athlete : str

        Returns
        -------
        list of MetricTrend
            Metrics in order of importance.
        """
        return [trend for trend in self._trends(athlete, None) if trend.points]

    def ends(self, athlete: str) -> list[MetricTrend]:
        """Return what `trends` returns, with only the first session and the last two of each: fast for any number.

        Parameters
        ----------
        athlete : str

        Returns
        -------
        list of MetricTrend
            Metrics in order of importance.
        """
        found = self._athlete(athlete)
        with database_errors(self.path):
            rows = self._db.execute(history_queries.FIRST_AND_LAST_QUERY, (found["id"],)).fetchall()
        return history_queries.trends_from_rows(found["name"], rows, self.problems)

    def similar(self, name: str | None = None) -> list[tuple[str, str, float]]:
        """Suggest names that may be one person.

        Parameters
        ----------
        name : str, optional
            Only names like this one, which may be missing in the history.

        Returns
        -------
        list of (name, name, similarity)
            Similarity from 0 to 1, the most similar first.
        """
        with database_errors(self.path):
            rows = self._db.execute("SELECT name FROM athletes ORDER BY key").fetchall()
        names = [row["name"] for row in rows if isinstance(row["name"], str)]
        if name is None:
            return similar_pairs(names)
        others = [other for other in names if name_key(other) != name_key(name)]
        return [(name, other, name_similarity(name, other)) for other in most_similar(name, others)]

    def labels(self) -> dict[str, dict[str, str]]:
        """Return what else is known of the athletes, such as their squad, from their latest session that says it.

        Returns
        -------
        dict
            Athlete → name → value.
        """
        with database_errors(self.path):
            rows = self._db.execute(history_queries.LABELS_QUERY).fetchall()
        found: dict[str, dict[str, str]] = {}
        for row in rows:
            if all(isinstance(cell, str) for cell in row):
                found.setdefault(row["athlete"], {})[row["field"]] = row["content"]
        return found

    # --- changing ---

    def merge(self, wrong_name: str, right_name: str) -> int:
        """Give all sessions of a misspelt athlete to the right one; later reports under the wrong name go there too.

        Parameters
        ----------
        wrong_name, right_name : str

        Returns
        -------
        int
            Number of sessions that were moved.

        Raises
        ------
        InputError
            One of them does not exist, or both are the same.
        """
        with database_errors(self.path), write_transaction(self._db):
            wrong, right = self._athlete(wrong_name), self._athlete(right_name)
            if wrong["id"] == right["id"]:
                raise InputError(
                    _("{wrong_name} and {right_name} are the same athlete ({name}) already").format(
                        wrong_name=wrong_name, right_name=right_name, name=right["name"]
                    )
                )
            return athlete_table.merge_athletes(self._db, wrong, right)

    def rename(self, name: str, new_name: str) -> None:
        """Give an athlete another name; reports under the earlier one still go there.

        Parameters
        ----------
        name, new_name : str

        Raises
        ------
        InputError
            No such athlete, or the new name is another athlete's (then merge them).
        """
        with database_errors(self.path), write_transaction(self._db):
            athlete, other = self._athlete(name), athlete_table.find_athlete(self._db, new_name)
            if other is not None and other["id"] != athlete["id"]:
                raise InputError(
                    _("there is an athlete {name} already; to join the two, merge them").format(name=other["name"])
                )
            athlete_table.rename_athlete(self._db, athlete, new_name)

    def delete(self, athlete: str) -> int:
        """Delete an athlete with everything, so that no byte of it remains in the file or in its log.

        Parameters
        ----------
        athlete : str

        Returns
        -------
        int
            Number of sessions that were deleted.

        Raises
        ------
        InputError
            No such athlete; or all is deleted, but another program uses the history at this moment, so that traces
            remain in the file until it is opened while nobody else uses it.

        Notes
        -----
        Freed pages are overwritten, the file is rewritten, its log is emptied. Reports, exports and earlier backups are
        other files, and a disk or its snapshots may keep what a file held earlier. Clear those yourself.
        """
        with database_errors(self.path), write_transaction(self._db):
            number = self._athlete(athlete)["id"]
            count = self._db.execute("SELECT count(*) FROM sessions WHERE athlete = ?", (number,)).fetchone()[0]
            self._db.execute("DELETE FROM athletes WHERE id = ?", (number,))
            request_scrub(self._db)
        self._scrub()
        return int(count)

    def remove(self, session: int) -> None:
        """Delete one session; its athlete stays.

        Parameters
        ----------
        session : int
            Its number, as in `sessions`.

        Raises
        ------
        InputError
            There is no such session.
        """
        with database_errors(self.path), write_transaction(self._db):
            if not self._db.execute("DELETE FROM sessions WHERE id = ?", (session,)).rowcount:
                raise InputError(
                    _("there is no session {session}; `gait history show NAME` lists their numbers").format(
                        session=session
                    )
                )
            request_scrub(self._db)
        self._scrub()

    # --- copying ---

    def export(self, folder: PathLike, athlete: str | None = None, *, folders: bool = True) -> list[Path]:
        """Write ``athletes.csv``, ``sessions.csv`` and ``measurements.csv``; as Parquet too where pyarrow is installed.

        Parameters
        ----------
        folder : path
            Created when missing.
        athlete : str, optional
            Only this one.
        folders : bool
            Whether ``sessions.csv`` names the folders of the reports (``origin``).

        Returns
        -------
        list of Path
            The files.

        Raises
        ------
        InputError
            No such athlete, or the folder cannot be created or written to.
        """
        target = Path(folder)
        only = None if athlete is None else self._athlete(athlete)["name"]
        with database_errors(self.path):
            self._db.execute("BEGIN")  # all tables as they are at one moment
            try:
                people = self.athletes()
                people = people if only is None else people[people["name"] == only]
                names = [str(name) for name in people["name"]]
                tables = {
                    "athletes": people,
                    "sessions": history_queries.stack_tables({name: self.sessions(name) for name in names}),
                    "measurements": history_queries.stack_tables({name: self.measurements(name) for name in names}),
                }
            finally:
                self._db.execute("COMMIT")
        if not folders:
            # A table without sessions has no columns.
            tables["sessions"] = tables["sessions"].drop(columns="origin", errors="ignore")
        # A damaged history must leave no empty folder, so the folder is made when the tables are there.
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                _("{target}: cannot be created ({reason}); choose another folder").format(
                    target=target, reason=error.strerror
                )
            ) from None
        check_may_write(target / f"{name}.{kind}" for name in tables for kind in ("csv", "parquet"))
        files = [history_queries.write_table(table, target / f"{name}.csv") for name, table in tables.items()]
        return [path for written in files for path in written]

    def backup(self, path: PathLike) -> Path:
        """Copy the history as it is now into one file, whole or not at all; others may write meanwhile.

        Parameters
        ----------
        path : path

        Returns
        -------
        Path
            ``path``.

        Raises
        ------
        InputError
            The folder does not exist or cannot be written to, or the file is the history itself.
        """
        target = Path(path)
        if target.exists() and target.samefile(self.path):
            raise InputError(
                _("{target}: is the history itself; choose another file for the backup").format(target=target)
            )
        if target.is_dir() or not target.parent.is_dir():
            raise InputError(_("{target}: give a file in a folder that exists").format(target=target))
        with database_errors(target):
            return copy_database(self._db, target)

    # --- internal ---

    def _athlete(self, name: str) -> sqlite3.Row:
        with database_errors(self.path):
            return athlete_table.get_athlete(self._db, name, self.path)

    def _table(self, query: str, parameters: tuple[Any, ...] = ()) -> pd.DataFrame:
        with database_errors(self.path):
            return history_queries.query_table(self._db, query, parameters, self.problems)

    def _trends(self, athlete: str, metric: str | None) -> list[MetricTrend]:
        found = self._athlete(athlete)
        query, parameters = history_queries.measurements_query(found["id"], metric)
        with database_errors(self.path):
            rows = self._db.execute(query, parameters).fetchall()
        return history_queries.trends_from_rows(found["name"], rows, self.problems)

    def _scrub(self) -> None:
        with database_errors(self.path):
            if not scrub(self._db):
                raise InputError(
                    _(
                        "{path}: deleted, but another program has the history open, so that traces stay in the file "
                        "until it is opened while nobody else uses it"
                    ).format(path=self.path)
                )
