"""The history: what goes in comes out, once; nothing is lost, and what is deleted is gone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import gait
from gait.errors import InputError
from gait.history import database as store
from gait.history.athlete_history import History
from tests.conftest import REPOSITORY
from tests.made_reports import measured, report, whole_report


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


@pytest.fixture
def history(file: Path) -> Iterator[History]:
    with History(file) as opened:
        yield opened


def saved(folder: Path, record: dict) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


# --- going in ---


def test_what_goes_in_comes_out(history: History) -> None:
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


def test_the_same_report_twice_is_one_session(history: History, tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", report())
    assert history.add(folder).outcome == "added"
    assert history.add(folder / "report.json").outcome == "unchanged"
    moved = shutil.copytree(folder, tmp_path / "elsewhere")
    assert history.add(moved).outcome == "unchanged"
    assert len(history.sessions("Anna")) == 1


def test_a_report_made_again_replaces_the_old_one(history: History, tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", report(measured("cadence", 165.0), measured("trunk_lean", 5.0)))
    first = history.add(folder, session="base")
    saved(folder, report(measured("cadence", 166.0)))
    again = history.add(folder)
    assert (again.outcome, again.session, again.date) == ("replaced", first.session, first.date)
    assert list(history.measurements("Anna")["value"]) == [166.0]
    assert list(history.sessions("Anna")["name"]) == ["base"]


def test_a_session_by_name_is_replaced(history: History) -> None:
    history.add(report(measured("cadence", 165.0)), session="week 1", date="2026-03-01")
    history.add(report(measured("cadence", 166.0)), session="week  1", date="2026-03-01")
    history.add(report(measured("cadence", 167.0)), session="week 2", date="2026-03-08")
    assert list(history.measurements("Anna")["value"]) == [166.0, 167.0]


def test_next_weeks_run_in_the_same_folder_is_another_session(history: History, tmp_path: Path) -> None:
    folder = saved(tmp_path / "out", report(measured("cadence", 165.0)))
    history.add(folder, date="2026-03-01")
    saved(folder, report(measured("cadence", 170.0)))  # the same names and lengths of clips, as a tripod gives them
    assert history.add(folder, date="2026-03-08").outcome == "added"
    saved(folder, report(measured("cadence", 171.0), frames=480))
    assert history.add(folder).outcome == "added"
    assert len(history.sessions("Anna")) == 3


def test_a_wrong_name_or_date_can_be_corrected(history: History) -> None:
    history.add(report(name="Nobody"), date="2026-03-01")
    corrected = history.add(report(name="Nobody"), athlete="Anna", date="2026-02-01")
    assert corrected.outcome == "moved"
    assert list(history.athletes()["name"]) == ["Anna"]
    assert list(history.sessions("Anna")["date"]) == ["2026-02-01"]
    assert history.add(report(name="Nobody")).athlete == "Anna"  # what was corrected stays so


def test_the_date_comes_from_the_camera_where_it_says_so(history: History, tmp_path: Path) -> None:
    from tests.conftest import write_clip

    clip = write_clip(tmp_path / "side.mp4", metadata={"creation_time": "2026-02-03T12:00:00Z"})
    added = history.add(saved(tmp_path / "run", report(file=str(clip))))
    assert (added.date[:10], added.date_from) == ("2026-02-03", "video")


def test_all_of_many_go_in_or_none(history: History) -> None:
    with pytest.raises(InputError, match="who ran"):
        history.add_many([report(), report(name=None)])
    assert history.athletes().empty


# --- careless people ---


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"schema": "other/1"}, "not a report of this program"),
        ({**report(), "measurements": None}, "'measurements' is missing"),
        ({**report(), "videos": []}, "no video"),
        (report({**measured("cadence", 1.0), "video": 7}), "damaged"),
    ],
)
def test_what_is_not_a_report_is_refused_in_one_line(history: History, record: dict, told: str) -> None:
    with pytest.raises(InputError, match=told) as refused:
        history.add(record)
    assert "\n" not in str(refused.value)


def test_a_folder_without_a_report_is_refused(history: History, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        history.add(tmp_path)
    (tmp_path / "report.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="is not a report"):
        history.add(tmp_path)


@pytest.mark.parametrize("wrong", ["yesterday", "2026-13-01", "01.03.2026"])
def test_what_is_not_a_date_is_refused(history: History, wrong: str) -> None:
    with pytest.raises(InputError, match="year-month-day"):
        history.add(report(), date=wrong)


def test_names_are_told_apart_neither_by_case_nor_spaces_nor_composition(history: History) -> None:
    for number, name in enumerate(["Zoë Müller", "  ZOË   müller ", "Zoe\u0308 Mu\u0308ller", "Zoë\u00a0Müller\n"]):
        history.add(report(measured("cadence", 160.0 + number), name=name), date="2026-03-01")
    assert history.athletes()[["name", "sessions"]].values.tolist() == [["Zoë Müller", 4]]


@pytest.mark.parametrize("name", ["", "   ", "\x1b", "x" * 300])
def test_what_is_not_a_name_is_refused(history: History, name: str) -> None:
    with pytest.raises(InputError):
        history.add(report(), athlete=name)


def test_an_unknown_athlete_is_told_with_those_like_it(history: History) -> None:
    history.add(report(name="Anna Berg"))
    with pytest.raises(InputError, match="did you mean Anna Berg"):
        history.sessions("Ana Berg")


# --- people ---


def test_likely_misspellings_are_suggested(history: History) -> None:
    for name in ("Anna Berg", "Ana Berg", "Berg Anna", "Tom Otto", "李小龍"):
        history.add(report(measured("cadence", float(len(name)) + ord(name[0])), name=name))
    pairs = {frozenset(pair[:2]) for pair in history.similar()}
    assert frozenset({"Anna Berg", "Ana Berg"}) in pairs
    assert frozenset({"Anna Berg", "Berg Anna"}) in pairs
    assert not any("Tom Otto" in pair for pair in pairs)
    assert history.similar("tom oto")[0][1] == "Tom Otto"


def test_merging_moves_sessions_and_later_ones_too(history: History) -> None:
    history.add(report(measured("cadence", 160.0), name="Anna"))
    history.add(report(measured("cadence", 161.0), name="Ana"))
    assert history.merge("Ana", "anna") == 1
    assert history.add(report(measured("cadence", 162.0), name="ANA")).athlete == "Anna"
    assert history.athletes()[["name", "sessions"]].values.tolist() == [["Anna", 3]]
    with pytest.raises(InputError, match="the same athlete"):
        history.merge("Ana", "Anna")


def test_renaming_keeps_the_old_name_working_and_refuses_somebody_elses(history: History) -> None:
    history.add(report(measured("cadence", 160.0), name="Anna"))
    history.add(report(measured("cadence", 161.0), name="Tom"))
    history.rename("anna", "Anna Berg")
    assert history.add(report(measured("cadence", 162.0), name="Anna")).athlete == "Anna Berg"
    with pytest.raises(InputError, match="merge"):
        history.rename("Anna Berg", "TOM")


# --- deleting ---


def test_a_deleted_athlete_leaves_no_byte_behind(history: History, file: Path) -> None:
    for number in range(40):
        history.add(
            report(measured("cadence", 160.0 + number), name="Xaver Quux", file="Xaver_Quux.mp4"), session=f"s{number}"
        )
        history.add(report(measured("cadence", 100.0 + number), name="Anna"), session=f"s{number}")
    history.rename("Xaver Quux", "Xaver Quuux")  # leaves an alias behind, too
    assert b"Quux" in b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert history.delete("xaver quuux") == 40
    left = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert b"Qu" not in left
    assert b"qu" not in left.replace(b"unique", b"")
    assert len(history.sessions("Anna")) == 40


def test_deleting_while_another_reads_says_that_traces_are_left(history: History, file: Path) -> None:
    history.add(report(name="Xaver Quux"))
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM athletes").fetchone()
    history._db.execute("PRAGMA busy_timeout = 100")
    with pytest.raises(InputError, match="traces"):
        history.delete("Xaver Quux")
    assert history.athletes().empty
    reader.close()
    history.close()
    with History(file):  # finishes what was left
        assert b"Quux" not in b"".join(path.read_bytes() for path in file.parent.iterdir())


def test_one_session_can_be_removed(history: History) -> None:
    first = history.add(report(measured("cadence", 160.0)), date="2026-03-01").session
    history.add(report(measured("cadence", 161.0)), date="2026-03-02")
    history.remove(first)
    assert list(history.measurements("Anna")["value"]) == [161.0]
    with pytest.raises(InputError, match="no session"):
        history.remove(first)


# --- files ---


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


def test_a_backup_is_a_whole_history(history: History, file: Path, tmp_path: Path) -> None:
    history.add(report())
    copied = history.backup(tmp_path / "copy.db")
    with History(copied) as other:
        assert len(other.sessions("Anna")) == 1
    with pytest.raises(InputError, match="itself"):
        history.backup(file)


def test_a_history_of_version_1_is_brought_up(file: Path) -> None:
    old = sqlite3.connect(file)
    old.executescript(store.MIGRATIONS[0])
    old.execute(f"PRAGMA application_id = {store.APPLICATION_ID}")
    old.execute("PRAGMA user_version = 1")
    old.execute("INSERT INTO athletes VALUES (1, 'Anna', 'anna')")
    old.commit()
    old.close()
    with History(file) as history:
        history.add(report(name="Ana"))
        history.merge("Ana", "Anna")
        assert history.athletes()["sessions"].tolist() == [1]
    assert sqlite3.connect(file).execute("PRAGMA user_version").fetchone() == (store.VERSION,)


def test_a_newer_history_is_refused(file: Path) -> None:
    History(file).close()
    with sqlite3.connect(file) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(InputError, match="newer gait") as refused:
        History(file)
    assert "\n" not in str(refused.value)


def test_what_is_not_a_history_is_refused_and_left_alone(file: Path) -> None:
    file.write_text("my diary" * 100, encoding="utf-8")
    with pytest.raises(InputError, match="not a history"):
        History(file)
    assert file.read_text(encoding="utf-8").startswith("my diary")
    file.unlink()
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE songs (title)")
    with pytest.raises(InputError, match="another program"):
        History(file)
    with pytest.raises(InputError, match="folder"):
        History(file.parent)
    with pytest.raises(InputError, match="no history there"):
        History(file.parent / "missing.db", create=False)


def test_the_default_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GAIT_HISTORY", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with gait.History() as history:
        assert history.path == tmp_path / "gait" / "gait-history.db"
        assert (tmp_path / "gait").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("GAIT_HISTORY", str(tmp_path / "mine.db"))
    with gait.History() as history:
        assert history.path == tmp_path / "mine.db"


# --- several at once ---

WRITER = """
import sys
from gait.history.athlete_history import History
from tests.made_reports import measured, report
file, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
with History(file) as history:
    for number in range(count):
        history.add(report(measured("cadence", 100.0 + number), name=name, file=f"{name}.mp4"), date="2026-03-01")
        print(number, flush=True)
"""


def writer(file: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), name, str(count)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_writers_at_once_lose_nothing(file: Path) -> None:
    both = [writer(file, name, 150) for name in ("Anna", "Tom")]
    for one in both:
        assert one.stdout is not None
        one.stdout.readline()
    for one in both:  # both open, and make, the file at the same moment
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    for one in both:
        one.communicate(timeout=60)
        assert one.returncode == 0
    with History(file) as history:
        assert history.athletes()["sessions"].tolist() == [150, 150]


def test_a_writer_killed_half_way_leaves_a_sound_history(file: Path) -> None:
    one = writer(file, "Anna", 100_000)
    assert one.stdout is not None
    assert one.stdin is not None
    one.stdout.readline()
    one.stdin.write("\n")
    one.stdin.flush()
    for _ in range(30):
        told = int(one.stdout.readline())
    os.kill(one.pid, signal.SIGKILL)
    one.communicate()
    with History(file) as history:
        assert history._db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert history._db.execute("PRAGMA foreign_key_check").fetchall() == []
        there = len(history.sessions("Anna"))
        assert there > told  # all that was told to be done is there
        assert len(history.measurements("Anna")) == there  # and nothing of it by halves


def test_a_write_that_fails_half_way_changes_nothing(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    history.add(report(measured("cadence", 165.0)), session="base")
    twice = measured("cadence", 170.0)
    with pytest.raises(sqlite3.IntegrityError):
        history.add(report(twice, twice), session="base")
    assert list(history.measurements("Anna")["value"]) == [165.0]


# --- how fast ---


def test_five_thousand_sessions_are_listed_and_followed_at_once(file: Path) -> None:
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
