"""A damaged row hides nothing but itself; a damaged file is one line."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from gait.errors import GaitError
from gait.history.athlete_history import History
from gait.history.database import open_database
from gait.history.history_page import render_history_page
from tests.made_reports import measured, report


@pytest.fixture
def filled(file: Path) -> Path:
    with History(file) as history:
        for month in (1, 2, 3):
            made = report(measured("cadence", 160.0 + 5 * month), measured("tibia_angle", 5.0, side="left"))
            history.add(made, date=f"2026-0{month}-01")
        history.add(report(name="Ben"), date="2026-01-05")
    return file


def use(file: Path) -> list[str]:
    """Read everything that commands read."""
    with History(file, create=False) as history:
        for name in history.athletes()["name"]:
            history.sessions(name)
            history.measurements(name)
            history.ends(name)
            render_history_page(history, name)
        history.similar()
        history.labels()
        return history.problems


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("videos", "capture_fps", "''"),
        ("videos", "capture_fps", "-30"),
        ("videos", "facing", "x'00ff'"),
        ("measurements", "value", "'fast'"),
        ("measurements", "value", "9e999"),
        ("measurements", "high", "1e308"),
        ("measurements", "low", "999"),
        ("measurements", "steps", "'many'"),
        ("measurements", "unit", "x'41'"),
        ("sessions", "date", "'2026-13-45'"),
        ("sessions", "height_m", "'tall'"),
        ("sessions", "name", "x'ff'"),
        ("sessions", "date_from", "x'07'"),
    ],
)
def test_a_bad_cell_costs_its_row_and_says_so(filled: Path, table: str, column: str, value: str) -> None:
    with sqlite3.connect(filled) as raw:
        raw.execute(f"UPDATE {table} SET {column} = {value} WHERE {'id' if table == 'sessions' else 'session'} = 2")
    problems = use(filled)
    assert problems
    assert all("\n" not in line for line in problems)
    with History(filled) as history:
        assert {1, 3} <= set(history.measurements("Anna")["session"])
        assert set(history.sessions("Ben")["session"]) == {4}


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:50],
        lambda content: content[:4096],
        lambda content: content[: len(content) // 2],
        lambda content: b"my diary" * 1000,
        lambda content: content.replace(b"CREATE TABLE sessions", b"CREATE TABLE sessionz"),
    ],
)
def test_a_damaged_file_is_one_line(filled: Path, damage: Callable[[bytes], bytes]) -> None:
    with sqlite3.connect(filled) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
    filled.write_bytes(damage(filled.read_bytes()))
    with pytest.raises(GaitError) as refused:
        use(filled)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "statement",
    [
        *("DROP TABLE measurements", "PRAGMA user_version = 0", "PRAGMA user_version = -3"),
        *("PRAGMA user_version = 99", "PRAGMA application_id = 1", "ALTER TABLE sessions DROP COLUMN speed_mps"),
        "DROP TABLE fields",
    ],
)
def test_a_file_of_another_shape_is_one_line(filled: Path, statement: str) -> None:
    with sqlite3.connect(filled) as raw:
        raw.execute(statement)
    with pytest.raises(GaitError) as refused:
        use(filled)
    assert "\n" not in str(refused.value)


def test_a_locked_file_is_one_line(filled: Path) -> None:
    other = sqlite3.connect(filled, isolation_level=None)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(GaitError, match="keeps it locked"):
        open_database(filled, max_wait_s=0.1)
    other.close()
