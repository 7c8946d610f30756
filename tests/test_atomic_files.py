"""Files appear whole or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from gait.atomic_files import TEMPORARY_PREFIX, atomic_write, remove_abandoned, temporary_file, temporary_folder
from tests.conftest import REPOSITORY
from tests.killed_process import name_of_a_killed_process


def test_the_file_appears_whole_with_ordinary_permissions(tmp_path):
    target = tmp_path / "report.html"
    with atomic_write(target) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".html"
        temporary.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~umask
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_when_writing_fails_only_the_old_file_remains(tmp_path, error):
    target = tmp_path / "report.html"
    target.write_text("old")

    def fail() -> None:
        with atomic_write(target) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_an_error_and_is_not_created(tmp_path):
    with pytest.raises(OSError, match="No such file"), atomic_write(tmp_path / "missing" / "x.txt"):
        pass
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path):
    (tmp_path / name_of_a_killed_process(".mp4")).write_text("half")
    folder = tmp_path / name_of_a_killed_process()
    folder.mkdir()
    (folder / "clip.mp4").write_text("half")
    (tmp_path / ".report-abc.html").write_text("of another program")
    assert remove_abandoned(tmp_path) == 2
    assert [path.name for path in tmp_path.iterdir()] == [".report-abc.html"]
    assert remove_abandoned(tmp_path / "missing") == 0


def test_the_files_of_a_process_that_runs_stay(tmp_path):
    program = "import sys, pathlib; from gait.atomic_files import temporary_file\n"
    program += "with temporary_file(pathlib.Path(sys.argv[1]), suffix='.mp4') as t: print(t, flush=True); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY
    )
    name = process.stdout.readline().decode().strip()
    with temporary_file(tmp_path) as own:
        assert remove_abandoned(tmp_path) == 0
        assert own.exists()
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    assert [str(path) for path in tmp_path.iterdir()] == [name]
    assert remove_abandoned(tmp_path) == 1


def test_a_number_that_another_process_has_now_protects_nothing(tmp_path):
    machine = name_of_a_killed_process().split("-")[2]
    (tmp_path / f"{TEMPORARY_PREFIX}{machine}-{os.getpid()}-1-x.csv").touch()
    (tmp_path / f"{TEMPORARY_PREFIX}{machine}-{os.getppid()}-1-x.csv").touch()
    assert remove_abandoned(tmp_path) == 2


def test_files_of_another_machine_stay_for_a_day(tmp_path):
    path = tmp_path / f"{TEMPORARY_PREFIX}00000000-1-1-x.csv"
    path.touch()
    assert remove_abandoned(tmp_path) == 0
    os.utime(path, (path.stat().st_mtime - 25 * 3600,) * 2)
    assert remove_abandoned(tmp_path) == 1


def test_a_clock_that_jumped_ahead_leaves_old_files(tmp_path):
    path = tmp_path / f"{TEMPORARY_PREFIX}00000000-1-1-x.csv"
    path.touch()
    os.utime(path, (path.stat().st_mtime + 1e6,) * 2)  # written in the future
    assert remove_abandoned(tmp_path) == 0


def test_a_temporary_folder_goes_with_its_content(tmp_path):
    with temporary_folder(tmp_path) as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "file").touch()
    assert not list(tmp_path.iterdir())


def test_an_error_of_writing_is_told_and_not_one_of_clearing_up(tmp_path):
    (tmp_path / "out").mkdir()

    def work():
        with atomic_write(tmp_path / "out" / "a.csv") as temporary:
            temporary.unlink()
            (tmp_path / "out").rmdir()

    with pytest.raises(FileNotFoundError):
        work()
