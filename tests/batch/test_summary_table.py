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
from gait.text_tables import read_text_table

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


def test_what_a_spreadsheet_would_execute_is_text_in_csv_and_unchanged_in_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    clips = (ClipEntry("/x.mp4", "-x\udcfc.mp4", extra={"=note": "@SUM(1)", "shift": "-5"}),)
    planned = PlannedSession("+run", clips, '=HYPERLINK("http://evil")', slug="run")
    row = SessionRow(planned, "failed", "\x1b[31m", ({"status": "failed", "reason": "-broken", "view": None},))
    write_summary([row], StorageFolder(str(tmp_path)))
    text = (tmp_path / "summary.csv").read_text(encoding="utf-8")
    raw = pd.read_csv(tmp_path / "summary.csv", dtype=str).iloc[0]
    assert raw["athlete"] == '\'=HYPERLINK("http://evil")'
    assert (raw["session"], raw["file"], raw["'=note"], raw["shift"]) == ("'+run", r"'-x\xfc.mp4", "'@SUM(1)", "-5")
    assert "\x1b" not in text
    stored = pd.read_parquet(tmp_path / "summary.parquet").iloc[0]
    assert (stored["athlete"], stored["=note"]) == ('=HYPERLINK("http://evil")', "@SUM(1)")
    table = read_text_table(text.encode(), "summary.csv")
    (_, cells), *_ = table.rows
    assert dict(zip(table.header, cells, strict=True))["=note"] == "@SUM(1)"
