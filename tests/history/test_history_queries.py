"""Tables and trends out of the history, also out of a large one."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from gait.history.athlete_history import History
from gait.io import report_reader
from tests.made_reports import measured, report, whole_report


def test_export_gives_tables_that_can_be_read(history: History, tmp_path: Path) -> None:
    history.add(report(measured("cadence", 165.0), measured("pelvic_drop", None, side="left")), date=date(2026, 3, 1))
    history.add(report(measured("cadence", 170.0), name="李 小龍"), date="2026-03-02")
    files = history.export(tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "measurements.csv")
    for parquet in (path for path in files if path.suffix == ".parquet"):  # with pyarrow
        assert len(pd.read_parquet(parquet)) == len(pd.read_csv(parquet.with_suffix(".csv")))
    assert sorted(table["athlete"].unique()) == ["Anna", "李 小龍"]
    assert len(table) == 3
    history.export(tmp_path / "one", "anna")
    assert set(pd.read_csv(tmp_path / "one" / "sessions.csv")["athlete"]) == {"Anna"}


def test_first_and_last_sessions_are_those_of_the_whole_trend(history: History) -> None:
    for day in range(1, 7):
        history.add(report(measured("cadence", 160.0 + day), measured("trunk_lean", 5.0 + day)), date=f"2026-03-0{day}")
    for short, whole in zip(history.ends("Anna"), history.trends("Anna"), strict=True):
        assert (short.metric, short.since_first, short.since_previous) == (
            *(whole.metric, whole.since_first, whole.since_previous),
        )
        assert len(short.points) == 3


def test_five_thousand_sessions_are_listed_and_followed_within_a_fifth_of_a_second(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_reader, "describe_fault", lambda *_: None)  # these reports are whole
    with History(file) as history:
        for block in range(5):
            many = [whole_report(n, f"Athlete {n % 25}") for n in range(block * 1000, (block + 1) * 1000)]
            history.add_many(many, date=f"2026-0{block + 1}-01")
        history.trend("Athlete 3", "cadence")  # loads what is loaded once
        begun = time.perf_counter()
        people = history.athletes()
        listed = time.perf_counter() - begun
        begun = time.perf_counter()
        trend = history.trend("Athlete 3", "cadence")
        assert trend.since_first is not None
        followed = time.perf_counter() - begun
        begun = time.perf_counter()
        ends = history.ends("Athlete 3")
        everything = time.perf_counter() - begun
    assert people["sessions"].sum() == 5000
    assert len(trend.points) == 200
    assert ends
    assert max(listed, followed, everything) < 0.2
