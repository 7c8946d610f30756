"""Many sessions at once, with a stub in place of the analysis: nothing is lost, done twice, or ends the run."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gait.batch import batch_run
from gait.batch.batch_run import BatchResult, analyze_batch
from gait.batch.clip_check import FilmAgain
from gait.errors import InputError, RefusedError
from gait.owned_files import FILES_LIST, adopt_files
from gait.quality import video_check
from tests import stub_analysis as stub
from tests.conftest import REPOSITORY
from tests.quick_batch import run_in_process

MakeClips = Callable[..., Path]


def run(source: Path, output: Path, **options: Any) -> BatchResult:
    return analyze_batch(source, output, **{"jobs": 2, "measure": stub.measure, **options})


def statuses(result: BatchResult) -> dict[str, str]:
    return {row.planned.name: row.status for row in result.sessions}


def reason(result: BatchResult, name: str) -> str:
    return next(row.reason or "" for row in result.sessions if row.planned.name == name)


def summary(output: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((output / "summary.csv").read_text(encoding="utf-8").splitlines()))


def test_every_failure_is_a_row_and_ends_nothing(clip_folder: MakeClips, tmp_path: Path) -> None:
    clips = clip_folder(good="1", crash="crash", died="die", nobody="refuse", again="2", twin="1")
    calls: list[tuple[int, int]] = []
    result = run(clips, tmp_path / "out", progress=lambda done, total: calls.append((done, total)))
    assert statuses(result) == {
        **dict.fromkeys(("crash", "died", "nobody"), "failed"),
        **{"good": "ok", "again": "ok", "twin": "duplicate"},
    }
    assert reason(result, "crash") == "crashed: ZeroDivisionError: a fault of the program"
    assert "ended by SIGKILL; perhaps memory ran out: use fewer processes" in reason(result, "died")
    assert reason(result, "nobody") == "nobody is in the picture; film the runner"
    assert reason(result, "twin") == "holds the same as good.mp4"
    assert "Traceback" in (tmp_path / "out" / "crash" / "error.txt").read_text(encoding="utf-8")
    assert calls[0] == (1, 6)
    assert calls[-1] == (6, 6)
    rows = summary(tmp_path / "out")
    assert {(r["session"], r["status"]) for r in rows} == set(statuses(result).items())
    assert {r["session"]: r["reason"] for r in rows if r["status"] != "ok"}["nobody"].startswith("nobody is")
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    for name in statuses(result):
        assert index.count(f'data-name="{name}"') == 1


def test_a_second_run_does_only_what_is_missing_changed_or_was_no_fault_of_the_clip(
    clip_folder: MakeClips, tmp_path: Path
) -> None:
    clips, out = clip_folder(a="1", b="2", c="3", nobody="refuse", crash="crash"), tmp_path / "out"
    run(clips, out)
    before = stub.calls("begun")
    shutil.rmtree(out / "a")
    (clips / "b.mp4").write_text("4", encoding="utf-8")
    os.utime(clips / "c.mp4", (1, 1))  # touched, not changed
    (clips / "new.mp4").write_text("5", encoding="utf-8")
    result = run(clips, out)
    assert sorted(stub.calls("begun")) == sorted([*before, "a.mp4", "b.mp4", "new.mp4", "crash.mp4"])
    assert statuses(result) == {
        **dict.fromkeys("abc", "ok"),
        **{"new": "ok", "nobody": "failed", "crash": "failed"},
    }
    # Only a stamp that says so counts as done.
    (out / "a" / "session.json").write_text("{", encoding="utf-8")
    run(clips, out)
    assert stub.calls("begun").count("a.mp4") == 3


@pytest.mark.parametrize("change", [{"height_m": 1.8}, {"video": False}, {"fresh": True}])
def test_other_options_are_other_work(clip_folder: MakeClips, tmp_path: Path, change: dict[str, Any]) -> None:
    clips = clip_folder(a="1")
    run(clips, tmp_path / "out", jobs=1)
    run(clips, tmp_path / "out", jobs=1, **change)
    assert stub.calls("ended") == ["a.mp4", "a.mp4"]


def test_what_was_drawn_of_other_clips_goes(clip_folder: MakeClips, tmp_path: Path) -> None:
    clips = clip_folder(a="1")
    run(clips, tmp_path / "out", jobs=1)
    drawn, film = (tmp_path / "out" / "a" / name for name in ("rear.mp4", "side.mp4"))
    drawn.write_text("drawn", encoding="utf-8")
    film.write_text("of the coach", encoding="utf-8")
    adopt_files([drawn])
    (clips / "a.mp4").write_text("2", encoding="utf-8")
    run(clips, tmp_path / "out", jobs=1)
    assert not drawn.exists()
    assert film.read_text(encoding="utf-8") == "of the coach"


def test_clips_are_joined_and_a_copy_leaves_a_session_whole(clip_folder: MakeClips, tmp_path: Path) -> None:
    clips = clip_folder(Anna__mon_side="1", Anna__mon_rear="2", a_copy="1")
    result = run(clips, tmp_path / "out")
    assert stub.calls("ended") == ["Anna/mon_side.mp4 + Anna/mon_rear.mp4"]
    assert statuses(result) == {"a_copy": "duplicate", "mon": "ok"}
    assert (tmp_path / "out" / "Anna-mon" / "report.html").is_file()


def test_the_manifest_goes_through_to_the_table(tmp_path: Path) -> None:
    (tmp_path / "a b.mp4").write_text("1", encoding="utf-8")
    (tmp_path / "c.mp4").write_text("2", encoding="utf-8")
    text = "\ufefffile;athlete;date;height;Shoe;status\na b.mp4;Zoë;2026-03-01;178;Peg, 41;fresh\nc.mp4;Ben;;9;;\n"
    (tmp_path / "week.csv").write_text(text, encoding="utf-8")
    result = run(tmp_path / "week.csv", tmp_path / "out", jobs=1)
    rows = summary(tmp_path / "out")
    assert len(rows) == 3
    good, refused, bad = sorted(rows, key=lambda r: (r["athlete"] != "Zoë", r["metric"]))
    expected = {
        "athlete": "Zoë",
        "session": "a b",
        "date": "2026-03-01",
        "file": "a b.mp4",
        "metric": "cadence",
        "unit": "steps/min",
    }
    assert expected.items() <= good.items()
    assert float(good["low"]) < float(good["value"]) < float(good["high"])
    assert (good["Shoe"], good["manifest_status"], good["status"]) == ("Peg, 41", "fresh", "ok")
    assert (refused["value"], refused["grade"], refused["reason"]) == ("", "refused", "hidden")
    assert (bad["status"], bad["metric"]) == ("failed", "")
    assert bad["reason"] == "row 3: height 9 is outside 120 to 220 cm"
    pytest.importorskip("pyarrow")
    parquet = pd.read_parquet(tmp_path / "out" / "summary.parquet")
    pd.testing.assert_frame_equal(parquet, result.table)
    assert parquet["value"].dtype == "float64"


def test_without_pyarrow_there_is_no_old_parquet(
    clip_folder: MakeClips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "summary.parquet").write_bytes(b"old")
    adopt_files([tmp_path / "out" / "summary.parquet"])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = run(clip_folder(x="die"), tmp_path / "out", jobs=1)
    assert not result.parquet
    assert not (tmp_path / "out" / "summary.parquet").exists()
    assert len(summary(tmp_path / "out")) == 1


_PROGRAM = """
import sys
from gait.batch.batch_run import analyze_batch
from tests.stub_analysis import measure
if __name__ == "__main__":
    analyze_batch(sys.argv[1], sys.argv[2], jobs=2, measure=measure)
"""


def test_killed_half_way_it_goes_on(clip_folder: MakeClips, tmp_path: Path) -> None:
    names = [f"s{n:02}" for n in range(12)]
    clips, out = clip_folder(**{name: f"wait 0.2 {name}" for name in names}), tmp_path / "out"
    program = tmp_path / "program.py"
    program.write_text(_PROGRAM, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen([sys.executable, str(program), str(clips), str(out)], env=environment)
    until = time.monotonic() + 30
    while len(list(out.glob("*/session.json"))) < 4 and time.monotonic() < until:
        time.sleep(0.02)
    with pytest.raises(InputError, match="another gait batch is writing there"):
        run(clips, out)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = {path.parent.name for path in out.glob("*/session.json")}
    assert 4 <= len(done) < len(names)
    assert statuses(run(clips, out)) == dict.fromkeys(names, "ok")
    ended = stub.calls("ended")
    assert set(ended) == {f"{name}.mp4" for name in names}
    # What had its stamp was not done again. One may have ended between its last trace and its stamp.
    assert all(ended.count(f"{name}.mp4") == 1 for name in done)
    assert {r["session"] for r in summary(out)} == set(names)
    index = (out / "index.html").read_text(encoding="utf-8")
    assert all(index.count(f'data-name="{name}"') == 1 for name in names)
    assert {path.name for path in out.rglob(".*")} == {FILES_LIST}  # nothing half-written, no lock


def test_the_workers_look_at_all_clips_before_the_long_work(
    clip_folder: MakeClips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(path: Path, **_: Any) -> None:
        text = path.read_text(encoding="utf-8")
        happened.append(f"look {path.stem}")
        if text == "refuse":
            raise RefusedError(f"{path}: nobody is in the picture")
        raise ZeroDivisionError  # says nothing about the clip

    monkeypatch.setattr(video_check, "check_video", look)
    monkeypatch.setattr(batch_run, "run_locally", run_in_process)
    happened: list[str] = []
    announced: list[list[str]] = []

    def announce(again: Sequence[FilmAgain], looked_at: int) -> None:
        announced.append([f"{one.file}: {one.reason}" for one in again])
        happened.append(f"announce of {looked_at}")

    result = run(
        clip_folder(a="1", nobody="refuse"),
        tmp_path / "out",
        check=True,
        announce=announce,
        check_progress=lambda done, total: happened.append(f"{done} of {total} looks"),
        watch=lambda event: happened.append(f"analysed {event.slug}"),
    )
    looks = ["look nobody", "1 of 2 looks", "look a", "2 of 2 looks", "announce of 2"]
    assert happened[:5] == looks
    assert sorted(happened[5:]) == ["analysed a", "analysed nobody"]
    assert announced == [["nobody.mp4: nobody is in the picture"]]
    assert statuses(result) == {"a": "ok", "nobody": "failed"}
    assert not list((tmp_path / "out").glob("check*"))


def test_what_cannot_begin_says_so_in_one_line(clip_folder: MakeClips, tmp_path: Path) -> None:
    clips = clip_folder(a="1")
    with pytest.raises(InputError, match="cannot be written to"):
        run(clips, clips / "a.mp4" / "out")
    with pytest.raises(InputError, match="no such folder"):
        run(tmp_path / "nowhere", tmp_path / "out")
    assert not (tmp_path / "out").exists()
