"""Films and tables of the benchmarks; the measurements themselves run by ``make bench``."""

from __future__ import annotations

from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from benchmarks import films, whole_runs
from benchmarks.benchmarks_page import quick_table
from benchmarks.cost_figure import save_cost_figure
from benchmarks.films import FilmKind
from benchmarks.processes import run_process
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


def test_the_loop_is_scaled_from_the_two_longest_films_that_were_timed() -> None:
    rows = [run_record(10, 12.0), run_record(40, 42.0), run_record(600, None)]
    assert whole_runs._scaled_loop_s(rows[2], rows) == pytest.approx(602.0)
    assert whole_runs._scaled_loop_s(rows[2], rows[1:]) is None


def test_a_quick_run_is_shown_as_tables(tmp_path: Path) -> None:
    whole = [
        run_record(s, loop, every_frame=None, loop_s=loop, loop_scaled=False, times_loop=loop / 5)
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
    with pytest.raises(SystemExit, match="exit code 3"):
        run_process("-c", "raise SystemExit(3)")
