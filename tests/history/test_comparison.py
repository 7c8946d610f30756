"""Two reports compared: what is told, and that the side-by-side video is in step."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from gait.errors import InputError, RefusedError
from gait.history.comparison import compare, compare_dict, write_comparison
from gait.history.comparison_video import HEADER, HEIGHT, WIDTH, moments
from gait.history.stride_alignment import StrideClock, align_strides, stride_clock
from gait.synthetic import presets
from gait.video.reader import probe, read_frames
from tests.flashing_videos import Filmed, film
from tests.made_reports import measured, report


def verdicts(made) -> dict[tuple[str, str], str]:
    return {(d.key, d.side): d.change.verdict for d in made.differences}


# --- what is told ---


def test_differences_are_the_second_minus_the_first() -> None:
    made = compare(report(measured("cadence", 160.0, 0.3)), report(measured("cadence", 170.0, 0.4)))
    (only,) = made.differences
    assert only.change.difference == 10.0
    assert only.change.verdict == "changed"


@pytest.mark.parametrize(
    ("names", "told", "same"),
    [
        (("Anna", " ANNA"), None, True),
        (("Anna", "Tom"), None, False),
        (("Anna", None), None, False),
        (("Anna", "Tom"), True, True),
    ],
)
def test_one_runner_or_two_goes_by_the_names_unless_told(names: tuple, told: bool | None, same: bool) -> None:
    a, b = (report(measured("trunk_lean", 5.0 + n, 3.0), name=name) for n, name in enumerate(names))
    made = compare(a, b, same_runner=told)
    assert made.same_runner is same
    low, high = made.differences[0].change.interval or (0.0, 0.0)
    assert ((high - low) / 2 < 0.9 * math.hypot(3.0, 3.0)) is same  # of one person, errors partly cancel


def test_other_speeds_are_remarked_where_they_matter() -> None:
    both = (measured("cadence", 160.0), measured("trunk_lean", 5.0))
    made = compare(report(*both, speed=3.0), report(measured("cadence", 170.0), both[1], speed=3.6))
    remarks = {d.key: d.remark for d in made.differences}
    assert remarks == {"cadence": "another belt speed", "trunk_lean": None}
    assert any("10.8 and at 13.0 km/h" in note for note in made.notes)
    assert any("Not both speeds" in note for note in compare(report(both[0]), report(both[1], speed=None)).notes)


def test_what_one_report_lacks_cannot_be_compared_and_says_why() -> None:
    made = compare(
        report(measured("trunk_lean", 5.0), measured("tibia_angle", 5.0, side="left")),
        report(measured("trunk_lean", None)),
    )
    reasons = {d.key: d.change.reason for d in made.differences}
    assert set(verdicts(made).values()) == {"not comparable"}
    assert "film the rear view" in reasons["trunk_lean"]
    assert "not in that report" in reasons["tibia_angle"]


def test_clips_from_different_sides_are_refused() -> None:
    with pytest.raises(RefusedError, match="film both from the same side"):
        compare(report(), report(view="rear", facing="away"))


def test_the_same_report_twice_is_refused() -> None:
    with pytest.raises(InputError, match="same report"):
        compare(report(), report(name="Tom"))


# --- in step ---


def test_the_rhythm_is_the_longest_row_without_a_gap() -> None:
    steps = [(0.36 * n, "right" if n % 2 else "left") for n in range(30)]
    del steps[9]  # a right one: 9 before, 20 after
    rhythm = stride_clock(steps)
    assert rhythm is not None
    assert rhythm.contacts_s[0] == pytest.approx(0.36 * 10)
    assert len(rhythm.contacts_s) == 20
    begins_right = stride_clock(steps[9 + 1 :])
    assert begins_right is not None
    assert begins_right.contacts_s[0] == pytest.approx(0.36 * 12)
    assert stride_clock(steps[:4]) is None
    assert stride_clock([(n * 0.36, "left") for n in range(20)]) is None


def test_every_landing_of_the_second_falls_on_one_of_the_first() -> None:
    rng = np.random.default_rng(1)
    first = StrideClock(2.0 + np.cumsum(rng.normal(0.33, 0.02, 20)))
    second = StrideClock(7.0 + np.cumsum(rng.normal(0.38, 0.02, 26)))
    one, other = align_strides(first, second, most_s=60)
    assert len(one.contacts_s) == len(other.contacts_s) == 20
    np.testing.assert_allclose(other.time_at(one.phase_at(one.contacts_s)), other.contacts_s)
    times, seconds = moments(one, other, fps=120, real=1.0)
    assert np.isfinite(seconds).all()
    assert (np.diff(seconds) > 0).all()
    assert times[-1] - times[0] == pytest.approx(one.contacts_s[-1] - one.contacts_s[0], abs=1 / 120)


def test_slow_motion_is_played_at_true_speed() -> None:
    slow = StrideClock(4 * 0.36 * np.arange(10.0))  # filmed at 240, plays at 60
    times, seconds = moments(slow, StrideClock(0.36 * np.arange(10.0)), fps=60, real=1 / 4)
    assert len(times) == int(9 * 0.36 * 60) + 1
    np.testing.assert_allclose(seconds, np.arange(len(times)) / 60, atol=1e-9)


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Filmed, Filmed]:
    """A runner with a quick rhythm at 40 frames/s, and one with a slow one at 25, who faces the other way."""
    place = tmp_path_factory.mktemp("runs")
    return (
        film(place / "before", presets.neutral(), fps=40.0, facing="right", name="Anna"),
        film(place / "after", presets.overstriding(), fps=25.0, facing="left", name="anna"),
    )


@pytest.fixture(scope="module")
def written(two_runs: tuple[Filmed, Filmed], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared") / "out"
    write_comparison(compare(two_runs[0].folder, two_runs[1].folder), folder)
    return folder


def test_the_video_shows_the_same_foot_landing_on_both_sides_at_once(written: Path) -> None:
    clip = written / "compare.mp4"
    meta = probe(clip)
    assert (meta.width, meta.fps) == (2 * WIDTH, pytest.approx(40))
    # The clips are bright where a left foot lands and half-bright where a right one does; the second has 25 frames/s,
    # so that one of its frames is shown for one or two.
    level = []
    for frame in read_frames(clip):
        picture = frame.image[HEADER : HEADER + HEIGHT : 8, ::8]
        level.append([np.median(picture[:, : WIDTH // 8]), np.median(picture[:, WIDTH // 8 :])])
    shown = np.digitize(np.array(level), [75, 180])
    for kind in (1, 2):
        left, right = (_middles(shown[:, half] == kind) for half in (0, 1))
        assert len(left) == len(right) >= 4
        assert np.abs(left - right).max() <= 1.6  # half a frame of each, at 40 and at 25 frames/s


def _middles(on: np.ndarray) -> np.ndarray:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(int), [0]])))
    middles = edges.reshape(-1, 2).mean(axis=1)
    return middles[(middles > 3) & (middles < len(on) - 3)]  # at the ends, half of a landing may be cut off


def test_both_are_drawn_equally_tall(two_runs: tuple[Filmed, Filmed]) -> None:
    from gait.history.comparison_video import comparison_clip, placing
    from gait.io.report_reader import read_report
    from gait.report.pose_moments import points_at

    reach = []
    for run in two_runs:
        clip = comparison_clip(read_report(run.folder), "side")
        place = placing(clip.view, mirrored=run is two_runs[1])
        moment = float(clip.view.clean.time.values[60])
        points = place.points(points_at(clip.view.clean, moment))
        # Ankle behind knee, head ahead: where a runner faces is seen in the feet.
        reach.append(points["left_foot_index"][0] > points["left_heel"][0])
        assert 0 < points["left_hip"][0] < WIDTH
        assert 0.5 * HEIGHT < points["left_hip"][1] + 0.2 * HEIGHT < HEIGHT
    assert reach == [True, True]  # the one who faces left is mirrored


def test_the_page_and_the_record_say_the_same(written: Path) -> None:
    record = json.loads((written / "compare.json").read_text(encoding="utf-8"))
    page = (written / "compare.html").read_text(encoding="utf-8")
    assert record["schema"] == "gait.compare/1"
    assert record["same_runner"] is True
    assert record["videos"] == ["compare.mp4"]
    told = {(d["key"], d["side"]): d for d in record["differences"]}
    assert told["cadence", "both"]["verdict"] == "changed"
    assert told["cadence", "both"]["difference"] == pytest.approx(
        told["cadence", "both"]["second"] - told["cadence", "both"]["first"], abs=0.1
    )
    assert 'src="compare.mp4"' in page
    assert "really changed" in page
    assert page.count('class="plot cycle"') >= 3
    assert "http" not in page.replace("http-equiv", "")


def test_without_the_clip_the_numbers_still_come(two_runs: tuple[Filmed, Filmed], tmp_path: Path) -> None:
    folder = shutil.copytree(two_runs[0].folder, tmp_path / "run")
    record = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    record["videos"][0]["file"] = "/nowhere/gone.mp4"
    (folder / "report.json").write_text(json.dumps(record), encoding="utf-8")
    page = write_comparison(compare(folder, two_runs[1].folder), tmp_path / "out")
    assert "is not there any more" in page.read_text(encoding="utf-8")
    assert not (tmp_path / "out" / "compare.mp4").exists()


def test_a_hostile_name_does_no_harm() -> None:
    from gait.history.comparison_page import render_page

    hostile = '<script>alert(1)</script>"'
    page = render_page(compare(report(name=hostile), report(measured("cadence", 9.0), name="B")), {}, {})
    assert "<script" not in page


def test_the_record_holds_only_plain_finite_numbers() -> None:
    made = compare(report(measured("trunk_lean", 5.0)), report(measured("trunk_lean", None)))
    json.dumps(compare_dict(made, []), allow_nan=False)
