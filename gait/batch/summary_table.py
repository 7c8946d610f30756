"""``summary.csv`` and ``summary.parquet``: one row a measurement, over all sessions of a batch."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from gait.batch.storage_folder import StorageFolder
from gait.display_text import encodable_text
from gait.text_tables import csv_text

if TYPE_CHECKING:
    import pandas as pd

    from gait.batch.session_row import SessionRow

#: Columns of the summary. Columns of the manifest that gait does not use follow.
COLUMNS = (
    *("athlete", "session", "date", "file", "view", "metric", "side", "value", "unit", "low", "high", "steps", "grade"),
    *("reason", "status", "report"),
)
_NUMBERS = ("value", "low", "high")
SUMMARY, PARQUET = "summary.csv", "summary.parquet"


def summary_table(rows: Iterable[SessionRow]) -> pd.DataFrame:
    """Make the table of a batch.

    Parameters
    ----------
    rows : iterable of SessionRow

    Returns
    -------
    pandas.DataFrame
        One row a measurement: ``value``, ``low``, ``high`` (95 % interval) in ``unit``; number of ``steps``; ``grade``;
        ``reason`` where it was refused; ``status`` "ok". A clip or session without measurements is one row with an
        empty ``metric``, its ``status`` ("failed" or "duplicate") and ``reason``. The manifest's own columns follow,
        with "manifest_" before a name that the summary has already.
    """
    import pandas as pd

    rows = list(rows)
    extra = list(dict.fromkeys(name for row in rows for clip in row.planned.clips for name in clip.extra))
    named = {name: f"manifest_{name}" if name in COLUMNS else name for name in extra}
    records = [
        {name: encodable_text(value) if isinstance(value, str) else value for name, value in record.items()}
        for row in rows
        for record in _records(row, named)
    ]
    table = pd.DataFrame.from_records(records, columns=[*COLUMNS, *named.values()])
    text = [name for name in table.columns if name not in (*_NUMBERS, "steps")]
    types: dict[str, Any] = {**dict.fromkeys(_NUMBERS, "float64"), "steps": "Int64", **dict.fromkeys(text, "string")}
    return table.astype(types)


def _records(row: SessionRow, named: dict[str, str]) -> Iterator[dict[str, Any]]:
    about = {"athlete": row.planned.athlete, "session": row.planned.name, "date": row.planned.date}
    report = f"{row.planned.slug}/report.html" if row.status == "ok" else None
    for clip, state in zip(row.planned.clips, row.clips, strict=True):
        if row.status == "ok" and state["status"] == "ok":
            continue
        yield {
            **about,
            **{column: clip.extra.get(name) for name, column in named.items()},
            "file": clip.label,
            "view": None if clip.view == "auto" else clip.view,
            "reason": state["reason"] or row.reason,
            "status": state["status"] if state["status"] != "ok" else row.status,
            "report": report,
        }
    for m in row.measurements:
        clip = row.planned.clips[m["clip"]]
        low, high = m["interval"] or (None, None)
        yield {
            **about,
            **{column: clip.extra.get(name) for name, column in named.items()},
            "file": clip.label,
            "view": row.clips[m["clip"]]["view"],
            "metric": m["key"],
            **{name: m[name] for name in ("side", "value", "unit", "steps", "grade", "reason")},
            "low": low,
            "high": high,
            "status": "ok",
            "report": report,
        }


def write_summary(rows: Iterable[SessionRow], target: StorageFolder) -> bool:
    """Write ``summary.csv``, and ``summary.parquet`` where pyarrow is installed.

    Parameters
    ----------
    rows : iterable of SessionRow
    target : StorageFolder

    Returns
    -------
    bool
        Whether ``summary.parquet`` was written.
    """
    table = summary_table(rows)
    target.write(SUMMARY, csv_text(table).encode())
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        target.remove(PARQUET)  # one of an earlier run would contradict the CSV
        return False
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, engine="pyarrow")
    target.write(PARQUET, buffer.getvalue())
    return True
