"""The database: versions, writers at once, and deletion without traces."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import gait
from gait.errors import InputError
from gait.history import database
from gait.history.athlete_history import History
from tests.conftest import REPOSITORY
from tests.made_reports import measured, report


def test_a_history_of_version_1_is_migrated(file: Path) -> None:
    old = sqlite3.connect(file)
    old.executescript(database.MIGRATIONS[0])
    old.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
    old.execute("PRAGMA user_version = 1")
    old.execute("INSERT INTO athletes VALUES (1, 'Anna', 'anna')")
    old.commit()
    old.close()
    with History(file) as history:
        history.add(report(name="Ana"))
        history.merge("Ana", "Anna")
        assert history.athletes()["sessions"].tolist() == [1]
    assert sqlite3.connect(file).execute("PRAGMA user_version").fetchone() == (database.VERSION,)


def test_a_newer_history_is_refused(file: Path) -> None:
    History(file).close()
    with sqlite3.connect(file) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(InputError, match="newer gait") as refused:
        History(file)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_history_is_refused_and_unchanged(file: Path) -> None:
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


def test_the_default_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GAIT_HISTORY", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with gait.History() as history:
        assert history.path == tmp_path / "gait" / "gait-history.db"
        assert (tmp_path / "gait").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("GAIT_HISTORY", str(tmp_path / "mine.db"))
    with gait.History() as history:
        assert history.path == tmp_path / "mine.db"


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
        written = int(one.stdout.readline())
    os.kill(one.pid, signal.SIGKILL)
    one.communicate()
    with History(file) as history:
        assert history._db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert history._db.execute("PRAGMA foreign_key_check").fetchall() == []
        there = len(history.sessions("Anna"))
        assert there > written  # everything whose writing was reported
        assert len(history.measurements("Anna")) == there  # and each of it whole


def test_a_write_that_fails_half_way_changes_nothing(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    history.add(report(measured("cadence", 165.0)), session="base")
    twice = measured("cadence", 170.0)
    with pytest.raises(InputError, match="the report: is damaged"):
        history.add(report(twice, twice), session="base")
    assert list(history.measurements("Anna")["value"]) == [165.0]


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
    assert b"qu" not in left.replace(b"unique", b"").replace(b"squad", b"")  # words of the schema
    assert len(history.sessions("Anna")) == 40


def test_deleting_while_another_program_reads_warns_of_traces(history: History, file: Path) -> None:
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


def test_errors_carry_a_code_and_no_option(tmp_path: Path) -> None:
    (tmp_path / "diary.db").write_text("my diary" * 100, encoding="utf-8")
    for path, code in ((tmp_path / "gone.db", "history_missing"), (tmp_path / "diary.db", "history_unusable")):
        with pytest.raises(InputError) as error:
            database.open_database(path, create=False)
        assert error.value.code == code
        assert "--" not in str(error.value)


def test_a_damaged_history_is_refused_with_a_code(file: Path) -> None:
    with pytest.raises(InputError, match="restore a backup") as error, database.database_errors(file):
        raise sqlite3.DatabaseError("database disk image is malformed")
    assert error.value.code == "history_damaged"


def test_migrations_of_version_0_1_are_unchanged() -> None:
    # Databases written by gait 0.1.0 were made with exactly these statements.
    first_two = "".join(database.MIGRATIONS[:2]).encode()
    assert hashlib.sha256(first_two).hexdigest() == "f4df3c7abb6716eca93e2594986a522e95e3434d3cf94a04e30cba032a456a71"
