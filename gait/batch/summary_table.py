"""``summary.csv`` and ``summary.parquet``: one row a measurement, over all sessions of a batch."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from gait.batch.storage import StorageFolder

if TYPE_CHECKING:
    import pandas as pd

    from gait.batch.batch_run import SessionRow

#: Columns of the summary; those of the manifest that gait does not know follow.
COLUMNS = (
    *("athlete", "session", "date", "file", "view", "metric", "side", "value", "unit", "low", "high", "steps", "grade"),
    *("reason", "status", "report"),
)
_NUMBERS = ("value", "low", "high")
SUMMARY, PARQUET = "summary.csv", "summary.parquet"


def summary_table(rows: Iterable[SessionRow]) -> pd.DataFrame:
    """Make the tidy table of a batch.

    Parameters
    ----------
    rows : iterable of gait.batch.batch_run.Row
        The sessions.

    Returns
    -------
    pandas.DataFrame
        One row a measurement: ``value``, ``low``, ``high`` (95 % interval) in ``unit``; ``steps`` behind it; ``grade``;
        ``reason`` where it was refused; ``status`` "ok". A clip or session from which nothing was measured is one row
        with an empty ``key``, its ``status`` ("failed" or "duplicate") and ``reason``. Unknown columns of the manifest
        follow, "manifest_" before their names where ours have the same.
    """
    import pandas as pd

    rows = list(rows)
    extra = list(dict.fromkeys(name for row in rows for clip in row.planned.clips for name in clip.extra))
    named = {name: f"manifest_{name}" if name in COLUMNS else name for name in extra}
    records = [record for row in rows for record in _records(row, named)]
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
            "file": clip.shown,
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
            "file": clip.shown,
            "view": row.clips[m["clip"]]["view"],
            "metric": m["key"],
            **{name: m[name] for name in ("side", "value", "unit", "steps", "grade", "reason")},
            "low": low,
            "high": high,
            "status": "ok",
            "report": report,
        }


def write_summary(rows: Iterable[SessionRow], target: StorageFolder) -> bool:
    """Write both files; say whether the Parquet one could be written too (without pyarrow it is not)."""
    table = summary_table(rows)
    target.write(SUMMARY, table.to_csv(index=False, lineterminator="\n").encode())
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        target.remove(PARQUET)  # of an earlier run: it would contradict the other
        return False
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, engine="pyarrow")
    target.write(PARQUET, buffer.getvalue())
    return True
