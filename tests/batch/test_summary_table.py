"""The table of a batch: one row a measurement, one row for a clip without any."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.session_row import SessionRow
from gait.batch.storage_folder import StorageFolder
from gait.batch.summary_table import COLUMNS, summary_table, write_summary

CLIPS = (ClipEntry("/a.mp4", "a.mp4", extra={"Shoe": "Peg", "status": "fresh"}), ClipEntry("/b.mp4", "b.mp4", "rear"))
STATES = ({"status": "ok", "reason": None, "view": "side"}, {"status": "failed", "reason": "broken", "view": None})
CADENCE = {
    **{"clip": 0, "key": "cadence", "side": "both", "value": 165.0, "unit": "steps/min", "interval": [164.0, 166.0]},
    **{"steps": 40, "grade": "good", "reason": None},
}
ROW = SessionRow(PlannedSession("run", CLIPS, "Anna", slug="run"), "ok", None, STATES, (), (CADENCE,))


def test_a_measurement_and_a_failed_clip_are_rows() -> None:
    table = summary_table([ROW])
    assert list(table.columns) == [*COLUMNS, "Shoe", "manifest_status"]
    failed, measured = (table.iloc[n] for n in (0, 1))
    assert (failed["file"], failed["view"], failed["status"], failed["reason"]) == ("b.mp4", "rear", "failed", "broken")
    assert (measured["metric"], measured["low"], measured["high"]) == ("cadence", 164.0, 166.0)
    assert (measured["Shoe"], measured["manifest_status"]) == ("Peg", "fresh")
    assert measured["report"] == "run/report.html"


def test_types_do_not_depend_on_the_rows() -> None:
    pd.testing.assert_series_equal(summary_table([]).dtypes, summary_table([ROW]).dtypes[list(COLUMNS)])


def test_csv_and_parquet_hold_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    assert write_summary([ROW], StorageFolder(str(tmp_path)))
    assert len(pd.read_csv(tmp_path / "summary.csv")) == len(pd.read_parquet(tmp_path / "summary.parquet")) == 2
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert not write_summary([ROW], StorageFolder(str(tmp_path)))
    assert not (tmp_path / "summary.parquet").exists()
