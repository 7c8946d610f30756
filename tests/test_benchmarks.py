"""Films and tables of the benchmarks; the measurements themselves run by ``make bench``."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from benchmarks import bench, films, stored_parts, whole_runs
from benchmarks.benchmarks_page import IMPORTS, quick_table
from benchmarks.cost_figure import save_cost_figure
from benchmarks.engine_speed import contenders
from benchmarks.films import FilmKind
from benchmarks.processes import ProcessCost, run_process
from benchmarks.stored_parts import StoredParts
from gait.quality.picture_changes import find_picture_changes
from gait.video import probe
from tests.end_to_end.conftest import SAMPLES

SAMPLE = SAMPLES / "treadmill_side.mp4"
SMALL = FilmKind(144, 30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


def test_no_pair_of_strides_comes_back_before_every_pair_was_shown() -> None:
    order = list(islice(films.stride_order(7), 7 * 6 + 1))
    assert len(set(pairwise(order))) == 42
    assert all(a != b for a, b in pairwise(order))


def test_a_film_has_its_length_and_nothing_in_it_is_a_copy(folder: Path) -> None:
    film = films.film(SMALL, 30, source=SAMPLE, folder=folder)
    meta = probe(film)
    assert (meta.width, meta.height, meta.frames, meta.fps) == (256, 144, 900, 30)
    assert find_picture_changes(film).whole


def test_a_film_is_made_once(folder: Path) -> None:
    first = films.film(SMALL, 4, source=SAMPLE, folder=folder)
    written = first.stat().st_mtime_ns
    assert films.film(SMALL, 4, source=SAMPLE, folder=folder) == first
    assert first.stat().st_mtime_ns == written


def test_films_that_begin_with_other_strides_differ_and_begin_with_a_key_frame(folder: Path) -> None:
    one, other = (films.film(SMALL, 4, source=SAMPLE, folder=folder, first=number) for number in (0, 5))
    assert one.read_bytes() != other.read_bytes()
    for path in (one, other):
        with av.open(str(path)) as container:
            keys = [packet.pts for packet in container.demux(video=0) if packet.is_keyframe]
        assert keys[0] == 0
        assert len(keys) >= 5  # one at every stride


def run_record(length_s: float, timed_s: float | None, **more: Any) -> dict[str, Any]:
    cost = {"seconds": 5.0, "cpu_s": 8.0, "peak_mb": 400.0, "first_line_s": 4.5}
    loop = None if timed_s is None else {**cost, "seconds": timed_s}
    return {
        "lines": 720,
        "fps": 60,
        "length_s": length_s,
        "frames": 600,
        "seen": 300,
        "gait": cost,
        "loop": loop,
    } | more


def test_the_loop_runs_over_the_beginning_of_a_long_film_and_its_time_is_scaled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []

    def run(*arguments: object) -> ProcessCost:
        given.append(arguments[4:])
        frames = int(str(arguments[4])) if len(arguments) > 4 else 600
        return ProcessCost(2.0 + frames / 100, 4.0, 300, None, json.dumps({"frames": frames, "seconds": frames / 100}))

    monkeypatch.setattr(whole_runs, "run_process", run)
    short = whole_runs.run_mediapipe_loop(tmp_path / "a.mp4", tmp_path / "m.task", 600)
    assert (short["seconds"], short["timed_frames"]) == (8.0, 600)
    long = whole_runs.run_mediapipe_loop(tmp_path / "a.mp4", tmp_path / "m.task", 36_000)
    assert long["seconds"] == pytest.approx(2.0 + 360.0)  # its start counts once
    assert (long["timed_frames"], long["frame_ms"]) == (whole_runs.STRETCH_FRAMES, pytest.approx(10))
    assert given == [(), (whole_runs.STRETCH_FRAMES,)]


def test_a_part_is_measured_once_and_again_where_code_or_settings_differ(tmp_path: Path) -> None:
    measured: list[int] = []

    def measure() -> dict[str, int]:
        measured.append(1)
        return {"n": len(measured)}

    parts = StoredParts(tmp_path / "parts", "aaa")
    assert [parts.part("x", measure, rounds=1)["n"] for _ in range(2)] == [1, 1]
    assert parts.part("x", measure, rounds=2)["n"] == 2
    other = StoredParts(tmp_path / "parts", "bbb")
    kept = replace(other, any_code=True)
    assert kept.part("x", measure, rounds=2)["n"] == 2
    assert kept.measured_with_other_code() == ["x"]
    assert other.part("x", measure, rounds=2)["n"] == 3
    assert other.measured_with_other_code() == []
    (tmp_path / "parts" / "x.json").write_text('{"code": "bb', encoding="utf-8")  # of a full disk
    assert other.part("x", measure, rounds=2)["n"] == 4


def test_an_interrupted_part_is_not_stored(tmp_path: Path) -> None:
    parts = StoredParts(tmp_path, "aaa")

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        parts.part("x", interrupted)
    assert list(tmp_path.iterdir()) == []
    assert parts.part("x", lambda: [1.5]) == [1.5]


def test_the_code_version_follows_the_code_that_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("gait/pose/a.py", "gait/app/page.py", "gait/locale/de.po"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1", encoding="utf-8")
    monkeypatch.setattr(stored_parts, "ROOT", tmp_path)
    version = stored_parts.code_version.__wrapped__
    before = version()
    (tmp_path / "gait/app/page.py").write_text("2", encoding="utf-8")
    (tmp_path / "gait/locale/de.po").write_text("2", encoding="utf-8")
    assert version() == before
    (tmp_path / "gait/pose/a.py").write_text("2", encoding="utf-8")
    assert version() != before


def test_every_part_of_the_page_is_measured_and_an_interrupted_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cost = {"seconds": 30.0, "cpu_s": 50.0, "peak_mb": 600.0, "first_line_s": 20.0}
    film = {"lines": 720, "fps": 60, "length_s": 40.0}
    drawn = {"again_s": 3.0, "extra_s": 4.0, "written_s": 9.0, "written_fps": 130.0, "peak_mb": 500.0}
    value = {f"{n}_{w}": 1.0 + 0.1 * (n == "high") for n in ("value", "low", "high") for w in ("every", "sampled")}
    about = {"view": "side", "runner": "r", "source": "joints", "seen": 0.5, "key": "cadence", "side": "both"}
    rows = [about | value | {"place": "any", "truth": 1.01, "clip": f"clip {n}"} for n in range(6)]
    speed = {name: {"fps": 90.0} for name, _ in contenders()}
    measured = []

    def whole(run: whole_runs.WholeRun, rounds: int, scratch: Path) -> dict[str, Any]:
        measured.append((run.name, rounds))
        if len(measured) == 3:
            raise KeyboardInterrupt
        more = {"every_frame": None, "loop_s": 80.0, "loop_scaled": run.seconds > 60, "times_loop": 3.0}
        row = run_record(run.seconds, 80.0, rounds=rounds, **more)
        return row | {"lines": run.kind.lines, "fps": run.kind.fps, "frames": run.frames}

    monkeypatch.setattr(bench, "time_whole_run", whole)
    monkeypatch.setattr(bench, "start_up", lambda rounds: {"python -c pass": 0.01, IMPORTS: 1.2})
    monkeypatch.setattr(bench, "time_check", lambda films, rounds: [film | cost])
    monkeypatch.setattr(bench, "time_annotated_video", lambda films, rounds, scratch: [film | drawn])
    monkeypatch.setattr(bench, "report_again_s", lambda rounds, scratch: 3.1)
    monkeypatch.setattr(bench, "engine_parts", lambda rounds: {
        "speed": {"720p": speed}, "ratios": {"720p": {"plain_loop": 2.0, "bound": 0.9, "bare": 0.6}},
        "stages_of": "720p", "stages_ms": {"decode": 1.0, "crop": 1.0},
    })  # fmt: skip
    names = ("batch", "unchecked", "cluster", "every_frame")
    batch = {name: cost | {"clips": 3} for name in names} | {"length_s": 30.0, "kind": "720p", "clips": 3}
    monkeypatch.setattr(bench, "time_batch", lambda *given: batch)
    monkeypatch.setattr(bench, "compare_sampling", lambda *given: {"command": "python -m x", "rows": rows})
    given = ["bench", "--stored", str(tmp_path / "parts"), "--output", str(tmp_path / "docs")]
    monkeypatch.setattr(sys, "argv", given)
    with pytest.raises(KeyboardInterrupt):
        bench.main()
    assert not (tmp_path / "docs").exists()
    bench.main()
    names_of_runs = [name for name, _ in measured]
    assert len(names_of_runs) == len(whole_runs.STANDARD_RUNS) + 1  # only the part that was interrupted ran twice
    assert measured[0] == ("720p60 10 s", 2)
    page = (tmp_path / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert f"Made by `python -m benchmarks.bench --stored {tmp_path}" in " ".join(page.split())
    assert "| 1080p, 60 fps | 10 min | 80.0* |" in page
    assert "| cadence (steps/min) | any | 6 |" in page
    assert "| on a Dask cluster of this machine | 3 | 30 | 10.0 | 16.7 | 1.0 |" in page
    report = json.loads((tmp_path / "docs" / "benchmarks.json").read_text(encoding="utf-8"))
    assert report["other_code"] == []
    assert (tmp_path / "docs" / "images" / "benchmark_cost.svg").is_file()


def test_parts_can_be_measured_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "start_up", lambda rounds: {"python -c pass": 0.01})
    given = ["bench", "--stored", str(tmp_path), "--output", str(tmp_path / "docs"), "--parts"]
    monkeypatch.setattr(sys, "argv", [*given, "start_up"])
    bench.main()
    assert [path.name for path in tmp_path.iterdir()] == ["start_up.json"]
    monkeypatch.setattr(sys, "argv", [*given, "speed"])
    with pytest.raises(SystemExit):
        bench.main()
    assert "no such part; there are start_up, whole 720p60 10 s" in capsys.readouterr().err


def test_a_quick_run_is_shown_as_tables(tmp_path: Path) -> None:
    whole = [
        run_record(s, loop, every_frame=None, loop_s=loop, loop_scaled=False, times_loop=loop / 5, rounds=1)
        for s, loop in ((10, 12.0), (40, 42.0))
    ]
    text = quick_table({"whole": whole, "check": [], "annotated": []})
    assert "| 720p, 60 fps | 40 s | 42.0 | 5.0 | **8.4** | 4.5 | – | 300 of 600 | 8.0 | 400 |" in text
    save_cost_figure(whole, tmp_path / "cost.svg")
    assert (tmp_path / "cost.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_a_process_is_timed_up_to_its_first_line() -> None:
    cost = run_process("-c", "import time; print('a'); time.sleep(0.3); print('b')")
    assert cost.output == "a\nb\n"
    assert cost.first_line_s is not None
    assert cost.seconds - cost.first_line_s > 0.25


def test_a_process_that_fails_ends_the_benchmark() -> None:
    with pytest.raises(SystemExit, match=r"exit code 3:\nthe reason"):
        run_process("-c", "import sys; print('the reason', file=sys.stderr); raise SystemExit(3)")
