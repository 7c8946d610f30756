"""Kill gait at every point where it writes: ``python -m tests.fuzz.crashes --kills 200``.

A child process does the work and is killed with signal 9, either just before its n-th operation on a file (an audit
hook of Python counts them) or after a random time. Then everything is looked at: no clip and no file of somebody else
has changed, and every result is whole or absent. At last the same work runs to its end, which must give the same files
as without the kill and leave no temporary file.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gait.atomic_files import TEMPORARY_PREFIX
from gait.batch.session_stamp import STAMP, read_stamp
from gait.history.athlete_history import History
from gait.io.report_reader import read_report
from gait.owned_files import FILES_LIST
from gait.pose.checkpoints import CheckpointFolder, PoseChunk
from tests import made_reports as reports
from tests.quick_batch import run_batch, write_session

SEED = 19
#: Events of Python that come before an operation on a file.
_EVENTS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.chmod", "shutil.copyfile", "shutil.rmtree")
_SESSIONS = 4


@dataclass(frozen=True)
class Work:
    """Something that gait does, and what must hold after it was killed and after it was repeated.

    Attributes
    ----------
    prepare : callable
        Makes the state before the work in a folder; files that it returns must never change.
    do : callable
        The work; it can be repeated.
    check : callable
        Called with the folder and whether the work was killed; raises `AssertionError`.
    """

    prepare: Callable[[Path], list[Path]]
    do: Callable[[Path], object]
    check: Callable[[Path, bool], None]


# --- batch ------------------------------------------------------------------------------------------------------------


def _prepare_week(root: Path) -> list[Path]:
    mine = []
    for name in ("Anna/side", "Anna/rear", "Ben/side", "Cleo/run_side", "Cleo/out_of_focus"):
        path = root / "week" / f"{name}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{'refuse' if 'focus' in name else 'clip'} {name}", encoding="utf-8")
        mine.append(path)
    notes = root / "week" / "notes.html"
    notes.write_text("of the coach", encoding="utf-8")
    run_batch(root / "week", root / "week", height_m=1.7)
    return [*mine, notes]


def _do_week(root: Path) -> None:
    run_batch(root / "week", root / "week", height_m=1.8)


def _check_week(root: Path, killed: bool) -> None:
    for stamp in root.rglob(STAMP):
        assert read_stamp(stamp.read_bytes()) is not None, f"{stamp} is damaged"
    for report in root.rglob("report.json"):
        read_report(report)
    if not killed:
        stamps = [read_stamp(path.read_bytes()) for path in root.rglob(STAMP)]
        assert sorted(str(stamp and stamp["status"]) for stamp in stamps) == ["failed", "ok", "ok", "ok"]


# --- one session ------------------------------------------------------------------------------------------------------


def _prepare_session(root: Path) -> list[Path]:
    clips = [root / "side.mp4", root / "rear.mp4"]
    for clip in clips:
        clip.write_text(clip.name, encoding="utf-8")
    write_session(clips, root, views=["side", "rear"], video=True, text="first")
    return clips


def _do_session(root: Path) -> None:
    write_session([root / "side.mp4"], root, views=["side"], video=True, text="second")


def _check_session(root: Path, killed: bool) -> None:
    read_report(root)
    names = {path.name for path in root.glob("pose_*")}
    assert names == {"pose_1.nc"} if not killed else "pose_1.nc" in names


# --- poses ------------------------------------------------------------------------------------------------------------


def _chunk(number: int) -> PoseChunk:
    times = np.arange(3) + 3.0 * number
    people = np.zeros(0, np.int32)
    empty = [np.zeros((0, *shape), np.float32) for shape in ((33, 2), (33,), (33, 3))]
    return PoseChunk(times, np.zeros(3, np.int32), people, *empty)


def _do_poses(root: Path) -> None:
    folder = CheckpointFolder(root / "pose_1.part", {"video": "x"})
    for number in range(sum(1 for _ in folder.restore()), 6):
        folder.append(_chunk(number))


def _check_poses(root: Path, killed: bool) -> None:
    chunks = list(CheckpointFolder(root / "pose_1.part", {"video": "x"}).restore())
    assert [chunk.time[0] for chunk in chunks] == [3.0 * number for number in range(len(chunks))]
    assert killed or len(chunks) == 6


# --- history ----------------------------------------------------------------------------------------------------------


def _report_of(number: int) -> dict[str, object]:
    return reports.report(reports.measured("cadence", 160.0 + number), name="Anna", file=f"{number}.mp4")


def _prepare_history(root: Path) -> list[Path]:
    with History(root / "h.db") as history:
        history.add(_report_of(0), date="2026-01-01")
    return []


def _do_history(root: Path) -> None:
    with History(root / "h.db") as history:
        for number in range(1, _SESSIONS):
            history.add(_report_of(number), date=f"2026-01-0{number + 1}")
        history.backup(root / "backup.db")
        history.export(root / "tables")


def _check_history(root: Path, killed: bool) -> None:
    with closing(sqlite3.connect(root / "h.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    with History(root / "h.db") as history:
        dates = sorted(str(date)[:10] for date in history.sessions("Anna")["date"])
    expected = [f"2026-01-0{number + 1}" for number in range(_SESSIONS)]
    assert dates == expected[: len(dates)], dates
    assert len(dates) >= (1 if killed else _SESSIONS), dates
    if (root / "backup.db").exists():
        # History would write to it, and it would be nobody's backup any more.
        with closing(sqlite3.connect(f"file:{root / 'backup.db'}?immutable=1", uri=True)) as connection:
            assert connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == _SESSIONS


WORK = {
    "batch": Work(_prepare_week, _do_week, _check_week),
    "session": Work(_prepare_session, _do_session, _check_session),
    "poses": Work(lambda root: [], _do_poses, _check_poses),
    "history": Work(_prepare_history, _do_history, _check_history),
}


# --- killing ----------------------------------------------------------------------------------------------------------


def _kill_at(operation: int) -> None:
    """End this process before its n-th operation on a file."""
    left = [operation]

    def count(event: str, arguments: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in _EVENTS:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def _in_child(do: Callable[[], object]) -> int:
    """Do something in a process of its own and return how it ended: 0, or minus the signal."""
    child = os.fork()
    if not child:
        code = 1
        try:
            do()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _names(root: Path) -> set[str]:
    ignored = (FILES_LIST, "h.db-wal", "h.db-shm")
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.name not in ignored}


class Killer:
    """Kill one kind of work again and again.

    Parameters
    ----------
    name : str
        Key of `WORK`.
    scratch : Path
        An empty folder.
    """

    def __init__(self, name: str, scratch: Path) -> None:
        self.work, self.scratch, self.name = WORK[name], scratch, name
        whole = scratch / "whole"
        whole.mkdir()
        self.work.prepare(whole)
        begun = time.monotonic()
        assert _in_child(lambda: self.work.do(whole)) == 0, f"{name}: the work fails without a kill"
        self.seconds = time.monotonic() - begun
        self.expected = _names(whole)
        shutil.rmtree(whole)

    def kill(self, *, operation: int | None = None, after_s: float | None = None) -> bool:
        """Kill the work once, look at what is left, and repeat it; return whether it was killed at all."""
        root = self.scratch / "killed"
        root.mkdir()
        mine = self.work.prepare(root)
        before = {path: path.read_bytes() for path in mine}

        def until_killed() -> None:
            if operation is not None:
                _kill_at(operation)
            if after_s is not None:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process like signal 9: nothing is tidied up
                signal.setitimer(signal.ITIMER_REAL, max(after_s, 1e-4))
            self.work.do(root)

        ended = _in_child(until_killed)
        assert ended in (0, -signal.SIGKILL, -signal.SIGALRM), f"{self.name}: ended with {ended}"
        assert {path: path.read_bytes() for path in mine} == before, f"{self.name}: a clip has changed"
        self.work.check(root, ended != 0)
        assert _in_child(lambda: self.work.do(root)) == 0, f"{self.name}: cannot be repeated"
        assert {path: path.read_bytes() for path in mine} == before, f"{self.name}: a clip has changed"
        self.work.check(root, False)
        names = _names(root)
        assert not [name for name in names if TEMPORARY_PREFIX in name], f"{self.name}: temporary files are left"
        assert names == self.expected, f"{self.name}: {names ^ self.expected}"
        shutil.rmtree(root)
        return ended != 0


def kill_everywhere(name: str, scratch: Path) -> int:
    """Kill one kind of work before each of its operations on files.

    Parameters
    ----------
    name : str
        Key of `WORK`.
    scratch : Path
        An empty folder.

    Returns
    -------
    int
        Number of operations.
    """
    killer = Killer(name, scratch)
    operation = 1
    while killer.kill(operation=operation):
        operation += 1
    return operation - 1


def kill_at_random(kills: int, seed: int, scratch: Path) -> Counter[str]:
    """Kill all kinds of work at random points.

    Parameters
    ----------
    kills : int
    seed : int
    scratch : Path
        An empty folder.

    Returns
    -------
    Counter
        Kind of work → number of kills.
    """
    chance = random.Random(seed)
    killers = {}
    for name in WORK:
        (scratch / name).mkdir()
        killers[name] = Killer(name, scratch / name)
    killed: Counter[str] = Counter()
    while killed.total() < kills:
        name = chance.choice(sorted(WORK))
        if name == "history" or chance.random() < 0.3:  # SQLite writes without telling Python
            done = killers[name].kill(after_s=chance.uniform(0, killers[name].seconds))
        else:
            done = killers[name].kill(operation=chance.randint(1, 120 if name == "batch" else 40))
        killed[name] += done
    return killed


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, and print what came of it.

    Parameters
    ----------
    arguments : sequence of str, optional

    Returns
    -------
    int
        Exit code.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="kills at random points")
    parser.add_argument("--every", nargs="*", choices=sorted(WORK), help="kill before every operation of these instead")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    given = parser.parse_args(arguments)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        if given.every is not None:
            killed: Counter[str] = Counter()
            for name in given.every or sorted(WORK):
                (Path(folder) / name).mkdir()
                killed[name] = kill_everywhere(name, Path(folder) / name)
        else:
            killed = kill_at_random(given.kills, given.seed, Path(folder))
    numbers = ", ".join(f"{killed[name]} in {name}" for name in sorted(killed))
    print(
        f"{killed.total()} kills ({numbers}) in {time.monotonic() - begun:.0f} s: no clip, report, stamp or session"
        " lost or damaged; every work could be repeated with the same result; no temporary file left."
    )
    if given.json is not None:
        given.json.write_text(json.dumps({"kills": dict(killed), "seed": given.seed}) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
