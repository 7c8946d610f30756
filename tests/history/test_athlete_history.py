"""The history: what is added is read back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gait.errors import InputError
from gait.history.athlete_history import History
from tests.made_reports import measured, report


def test_an_added_measurement_is_read_back(history: History) -> None:
    history.add(report(measured("cadence", 165.0, 0.4)), date="2026-03-01", session="base")
    row = history.measurements("Anna").iloc[0]
    assert (row["date"], row["session_name"], row["metric"], row["side"]) == ("2026-03-01", "base", "cadence", "both")
    assert (row["value"], row["low"], row["high"], row["steps"]) == (165.0, 164.6, 165.4, 30)
    assert (row["view"], row["engine"], row["speed_mps"]) == ("side", "litert", 3.0)


def test_a_refused_measurement_keeps_its_reason(history: History) -> None:
    history.add(report(measured("pelvic_drop", None, side="left")), date="2026-03-01")
    row = history.measurements("Anna", "pelvic_drop").iloc[0]
    assert pd.isna(row["value"])
    assert row["reason"].endswith("film the rear view")


def test_many_reports_are_added_all_or_none(history: History) -> None:
    with pytest.raises(InputError, match="names no runner"):
        history.add_many([report(), report(name=None)])
    assert history.athletes().empty


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"schema": "other/1"}, "not a report of this program"),
        ({**report(), "measurements": None}, "the report: is damaged: measurements must be array"),
        ({**report(), "videos": []}, "the report: is damaged: videos must contain at least 1 item"),
        (report({**measured("cadence", 1.0), "video": 7}), "damaged"),
    ],
)
def test_a_record_that_is_no_report_is_refused_in_one_line(history: History, record: dict, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        history.add(record)
    assert "\n" not in str(refused.value)


def test_a_folder_without_a_report_is_refused(history: History, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        history.add(tmp_path)
    (tmp_path / "report.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="is not a report"):
        history.add(tmp_path)


def test_one_session_can_be_removed(history: History) -> None:
    first = history.add(report(measured("cadence", 160.0)), date="2026-03-01").session
    history.add(report(measured("cadence", 161.0)), date="2026-03-02")
    history.remove(first)
    assert list(history.measurements("Anna")["value"]) == [161.0]
    with pytest.raises(InputError, match="no session"):
        history.remove(first)


def test_a_backup_is_a_whole_history(history: History, file: Path, tmp_path: Path) -> None:
    history.add(report())
    copied = history.backup(tmp_path / "copy.db")
    with History(copied) as other:
        assert len(other.sessions("Anna")) == 1
    with pytest.raises(InputError, match="itself"):
        history.backup(file)


def test_the_side_must_be_given_where_there_are_two(history: History) -> None:
    history.add(report(measured("tibia_angle", 5.0, side="left"), measured("tibia_angle", 5.0, side="right")))
    with pytest.raises(InputError, match="left, right"):
        history.trend("Anna", "tibia_angle")
    with pytest.raises(InputError, match="never recorded"):
        history.trend("Anna", "cadance")


def test_tables_that_cannot_be_read_leave_no_folder(history: History, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        history.export(tmp_path / "tables", "Nobody")
    assert not (tmp_path / "tables").exists()
