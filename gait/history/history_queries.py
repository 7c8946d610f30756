"""Queries of the history, and what is made of their rows: tables, trends, exported files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.display_language import _
from gait.errors import InputError
from gait.history.measurement_change import ComparableValue
from gait.history.metric_trend import MetricTrend, TrendPoint
from gait.history.row_check import sound_rows
from gait.owned_files import owned_write
from gait.text_tables import csv_text, encodable_table

if TYPE_CHECKING:
    import pandas as pd

ATHLETES_QUERY = """
    SELECT a.name, count(s.id) AS sessions, min(s.date) AS first, max(s.date) AS last
    FROM athletes AS a LEFT JOIN sessions AS s
    ON s.athlete = a.id AND s.date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND typeof(s.date) = 'text'
    GROUP BY a.id ORDER BY a.key
"""
SESSIONS_QUERY = """
    SELECT s.id AS session, s.date, s.date_from, s.name, s.speed_mps, s.height_m, s.leg_length_m,
           (SELECT group_concat(DISTINCT view) FROM videos WHERE session = s.id) AS views,
           (SELECT count(value) FROM measurements WHERE session = s.id) AS measured,
           s.origin, s.gait_version
    FROM sessions AS s WHERE s.athlete = ? ORDER BY s.date, s.id
"""
#: Fields of all sessions, the oldest first: the latest counts.
LABELS_QUERY = """
    SELECT a.name AS athlete, f.name AS field, f.value AS content FROM fields AS f
    JOIN sessions AS s ON s.id = f.session JOIN athletes AS a ON a.id = s.athlete ORDER BY s.date, s.id
"""
# CROSS JOIN keeps the order of the loops: through an athlete's sessions, not through all of a metric.
_MEASUREMENTS_QUERY = """
    SELECT s.id AS session, s.date, s.name AS session_name, s.speed_mps, m.key, m.side, m.value, m.unit, m.low, m.high,
           m.steps, m.grade, m.reason, v.view, v.facing, v.engine, v.capture_fps
    FROM sessions AS s CROSS JOIN measurements AS m ON m.session = s.id
    CROSS JOIN videos AS v ON v.session = m.session AND v.number = m.video
    WHERE s.athlete = ? {condition} ORDER BY s.date, s.id, m.key, m.side
"""
#: Of every metric and side that was measured: its first session and its last two.
FIRST_AND_LAST_QUERY = """
    WITH placed AS (
        SELECT m.key, m.side, s.id AS session,
               row_number() OVER (PARTITION BY m.key, m.side ORDER BY s.date, s.id) AS place,
               count(*) OVER (PARTITION BY m.key, m.side) AS of_all
        FROM sessions AS s CROSS JOIN measurements AS m ON m.session = s.id
        WHERE s.athlete = ? AND typeof(m.value) IN ('real', 'integer')
        AND typeof(m.low) IN ('real', 'integer') AND typeof(m.high) IN ('real', 'integer')
    )
    SELECT s.id AS session, s.date, s.name AS session_name, s.speed_mps, m.key, m.side, m.value, m.unit, m.low, m.high,
           m.steps, m.grade, m.reason, v.view, v.facing, v.engine, v.capture_fps
    FROM placed AS p JOIN sessions AS s ON s.id = p.session
    JOIN measurements AS m ON m.session = p.session AND m.key = p.key AND m.side = p.side
    JOIN videos AS v ON v.session = m.session AND v.number = m.video
    WHERE p.place = 1 OR p.place >= p.of_all - 1 ORDER BY s.date, s.id
"""


def measurements_query(athlete: int, metric: str | None = None) -> tuple[str, tuple[Any, ...]]:
    """Build the query for an athlete's measurements.

    Parameters
    ----------
    athlete : int
        Number in the database.
    metric : str, optional
        Key of one metric; all by default.

    Returns
    -------
    query : str
    parameters : tuple
    """
    if metric is None:
        return _MEASUREMENTS_QUERY.format(condition=""), (athlete,)
    return _MEASUREMENTS_QUERY.format(condition="AND m.key = ?"), (athlete, metric)


def query_table(
    connection: sqlite3.Connection, query: str, parameters: tuple[Any, ...] = (), problems: list[str] | None = None
) -> pd.DataFrame:
    """Run a query.

    Parameters
    ----------
    connection : sqlite3.Connection
    query : str
    parameters : tuple
    problems : list of str, optional
        Gets one line a damaged row; such rows are left out.

    Returns
    -------
    pandas.DataFrame
        With the query's columns, also without rows.
    """
    import pandas as pd

    cursor = connection.execute(query, parameters)
    columns = [description[0] for description in cursor.description]
    # The name of a session may be empty; that of an athlete may not.
    optional = ("name",) if query == SESSIONS_QUERY else ()
    rows = sound_rows(cursor, [] if problems is None else problems, optional=optional)
    return pd.DataFrame([tuple(row) for row in rows], columns=columns)


def trends_from_rows(athlete: str, rows: Iterable[sqlite3.Row], problems: list[str] | None = None) -> list[MetricTrend]:
    """Sort measurements by metric and side.

    Parameters
    ----------
    athlete : str
    rows : iterable of sqlite3.Row
        Of `measurements_query` or `FIRST_AND_LAST_QUERY`: in order of time.
    problems : list of str, optional
        Gets one line a damaged row; such rows are left out.

    Returns
    -------
    list of MetricTrend
        Metrics in order of importance.
    """
    points: dict[tuple[str, str], list[TrendPoint]] = {}
    for row in sound_rows(rows, [] if problems is None else problems):
        session, date, name, speed, *value = row
        point = TrendPoint(session, date, name, speed, ComparableValue(*value))
        points.setdefault((row["key"], row["side"]), []).append(point)
    from gait.findings.knowledge_loader import load_knowledge  # slow to import

    order = {key: n for n, key in enumerate(load_knowledge().metrics)}
    rank = {pair: (order.get(pair[0], len(order)), *pair) for pair in points}
    return [MetricTrend.from_points(athlete, *pair, points[pair]) for pair in sorted(points, key=rank.__getitem__)]


def stack_tables(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Stack the tables of several athletes.

    Parameters
    ----------
    tables : mapping
        Athlete → pandas.DataFrame.

    Returns
    -------
    pandas.DataFrame
        With a first column ``athlete``.
    """
    import pandas as pd

    named = [table.assign(athlete=name) for name, table in tables.items() if len(table)]
    if not named:
        return pd.DataFrame({"athlete": []})
    stacked = pd.concat(named, ignore_index=True)
    return stacked[["athlete", *(column for column in stacked.columns if column != "athlete")]]


def write_table(table: pd.DataFrame, path: Path) -> list[Path]:
    """Write a table as CSV, and as Parquet too where pyarrow is installed.

    Parameters
    ----------
    table : pandas.DataFrame
    path : Path
        The CSV file.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    try:
        with owned_write(path) as temporary:
            temporary.write_text(csv_text(table), encoding="utf-8", newline="")
        if find_spec("pyarrow") is None:
            return [path]
        with owned_write(path.with_suffix(".parquet")) as temporary:
            encodable_table(table).to_parquet(temporary, index=False)
    except OSError as error:
        raise InputError(
            _("{path}: cannot be written ({reason}); choose another folder").format(
                path=path, reason=error.strerror or error
            )
        ) from None
    return [path, path.with_suffix(".parquet")]
