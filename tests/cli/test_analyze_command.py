"""``gait analyze``: what reaches the analysis, and what is refused before the long work."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from gait.findings.answers import load_answers
from gait.history.athlete_history import History
from gait.owned_files import owned_write
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from tests.cli.conftest import assert_refused
from tests.conftest import write_clip, write_sound
from tests.made_reports import report


def test_options_reach_the_analysis_in_si_units(gait, analysis, clip, tmp_path):
    outcome = gait(
        *("analyze", clip, "-o", "out", "--height", "178", "--leg-length", "92", "--speed", "10,8", "--name", " Ada "),
        *("--view", "side", "--capture-fps", "240", "--start", "0.1", "--end", "0.5", "--no-video", "--fresh"),
    )
    assert (outcome.code, outcome.err) == (0, "")
    given = analysis.analyze
    assert given["videos"] == [clip]
    assert given["height_m"] == pytest.approx(1.78)
    assert given["leg_length_m"] == pytest.approx(0.92)
    assert given["speed_mps"] == pytest.approx(3.0)
    assert (given["name"], given["view"], given["capture_fps"]) == ("Ada", "side", 240)
    assert (given["start"], given["end"], given["fresh"], given["engine"]) == (0.1, 0.5, True, DEFAULT_ENGINE)
    assert given["cache_dir"] == Path("out")
    assert analysis.report == {"session": analysis.session, "folder": Path("out"), "video": False}
    assert "summary of 0 measurements" in outcome.out
    assert "report.html" in outcome.out


def test_options_left_out_stay_unknown(gait, analysis, clip):
    gait("analyze", clip)
    assert {analysis.analyze[key] for key in ("height_m", "leg_length_m", "speed_mps", "capture_fps", "name")} == {None}
    assert analysis.analyze["view"] == "auto"


def test_the_report_goes_to_the_current_folder_by_default(gait, analysis, clip, tmp_path):
    gait("analyze", clip)
    assert (tmp_path / "clip_gait" / "report.html").is_file()


def test_answers_reach_the_analysis(gait, analysis, clip, tmp_path):
    (tmp_path / "answers.toml").write_text('shoe_miles = "480 km"\npain_when = ["stays"]\n')
    outcome = gait("analyze", clip, "--answers", "answers.toml", "-o", "out")
    assert (outcome.code, outcome.err) == (0, "")
    assert analysis.analyze["answers"].values["pain_when"] == ("stays",)
    gait("analyze", clip, "-o", "out")
    assert analysis.analyze["answers"] is None


@pytest.fixture
def at_terminal(monkeypatch):
    """Pretend that a person sits at the terminal, who types these lines and then Enter."""

    def typing(lines=""):
        monkeypatch.setattr("gait.cli.analyze_command.is_person_at_terminal", lambda: True)
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines + "\n" * 60))

    return typing


def test_a_person_at_the_terminal_is_asked_before_the_analysis(gait, analysis, clip, tmp_path, at_terminal):
    at_terminal("2\nyes\ns\n")
    outcome = gait("analyze", clip, "-o", "out")
    assert (outcome.code, outcome.err) == (0, "")
    assert "Enter skips a question, s all that are left" in outcome.out
    assert "Please read this first: Pain that began with a fall" in outcome.out
    given = {"pain_where": ("hip_front",), "no_weight": True}
    assert analysis.analyze["answers"].values == given
    assert load_answers(tmp_path / "out" / "answers.toml").values == given
    # The next time Enter keeps what is there, though somebody has edited it.
    (tmp_path / "out" / "answers.toml").write_text("shoe_miles = 400\n")
    at_terminal()
    gait("analyze", clip, "-o", "out")
    assert analysis.analyze["answers"].values == {"shoe_miles": 400.0}


def test_whoever_skips_all_questions_gets_the_analysis(gait, analysis, clip, tmp_path, at_terminal):
    at_terminal("s\n")
    outcome = gait("analyze", clip, "-o", "out")
    assert outcome.code == 0
    assert "How far have your shoes run?" not in outcome.out
    assert analysis.analyze["answers"] is None
    assert not (tmp_path / "out" / "answers.toml").exists()


@pytest.mark.parametrize("options", [("--no-ask",), ("--quiet",), ("--answers", "mine.toml")])
def test_and_is_not_asked_where_it_is_not_wanted(gait, analysis, clip, tmp_path, at_terminal, options):
    (tmp_path / "mine.toml").write_text("shoe_miles = 400\n")
    at_terminal("2\n")
    outcome = gait("analyze", clip, "-o", "out", *options)
    assert outcome.code == 0
    assert "Where does it hurt" not in outcome.out


def test_a_file_that_cannot_be_read_is_refused_before_the_questions(gait, analysis, at_terminal):
    at_terminal("2\n")
    assert_refused(gait("analyze", "no.mp4"), "no.mp4")


def test_quiet_prints_nothing(gait, analysis, clip):
    outcome = gait("analyze", clip, "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_several_videos_make_one_analysis(gait, analysis, clip, tmp_path):
    other = write_clip(tmp_path / "rear.mp4", frames=6)
    gait("analyze", clip, other, "-o", "out")
    assert analysis.analyze["videos"] == [clip, other]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--height", "17"], ["--height 17", "give centimetres, e.g. --height 178"]),
        (["--height", "1780"], ["--height 1780", "give centimetres, e.g. --height 178"]),
        (["--height", "1.78"], ["--height 1.78", "give centimetres, e.g. --height 178"]),
        (["--height", "nan"], ["--height nan"]),
        (["--height", "-178"], ["--height -178"]),
        (["--height", "tall"], ["--height", "tall"]),
        (["--height", "1,78"], ["--height 1,78 is outside"]),
        (["--height", "178kg"], ["--height 178kg is not a length", "e.g. --height 178", "feet and inches"]),
        (["--height", "5'13\""], ["is not a length"]),
        (["--speed", "5:75/km"], ["--speed 5:75/km is not a speed", "6.5mph"]),
        (["--leg-length", "0.9"], ["--leg-length 0.9", "50 to 130 cm"]),
        (["--speed", "0"], ["--speed 0", "3 to 30 km/h"]),
        (["--speed", "300"], ["--speed 300"]),
        (["--capture-fps", "2"], ["--capture-fps 2", "10 to 1000"]),
        (["--view", "above"], ["--view above", "auto, side, rear, front"]),
        (["--engine", "openpose"], ["--engine openpose", "mediapipe"]),
        (["--start", "5", "--end", "2"], ["--start 5", "--end 2"]),
        (["--start", "2", "--end", "2"], ["--start 2"]),
        (["--start", "-1"], ["--start -1"]),
        (["--end", "inf"], ["--end inf"]),
        (["--start", "500"], ["runs from 0.00 to 0.77 s"]),
        (["--model", "no.task"], ["no.task", "no such model file"]),
        (["--model", "hevy"], ["'hevy' is unknown", "full, heavy, mixed"]),
        (["--answers", "no.toml"], ["no.toml", "no such file", "gait ask"]),
        (["--hight", "178"], ["--hight"]),
        (["--height"], ["--height"]),
    ],
)
def test_a_wrong_option_gets_one_line_with_its_value(gait, analysis, clip, tmp_path, options, says):
    assert_refused(gait("analyze", clip, *options), *says)
    assert analysis.analyze is None
    assert not list(tmp_path.iterdir())


def test_a_wrong_video_gets_one_line_before_any_work(gait, analysis, tmp_path, clip):
    (tmp_path / "text.mp4").write_text("not a video")
    (tmp_path / "empty.mp4").touch()
    write_sound(tmp_path / "sound.m4a")
    files = sorted(tmp_path.iterdir())
    for name, says in (
        ("nowhere.mp4", "no such file"),
        (".", "is a folder"),
        ("text.mp4", "is not a video"),
        ("empty.mp4", "is empty"),
        ("sound.m4a", "only sound"),
    ):
        assert_refused(gait("analyze", name), says)
        assert_refused(gait("analyze", clip, name), says)
    assert analysis.analyze is None
    assert sorted(tmp_path.iterdir()) == files


def test_the_same_video_twice_is_refused(gait, analysis, tmp_path, clip):
    shutil.copy(clip, tmp_path / "run.mp4")
    (tmp_path / "link.mp4").symlink_to("run.mp4")
    assert_refused(gait("analyze", "run.mp4", "./run.mp4"), "given twice")
    assert_refused(gait("analyze", "run.mp4", "link.mp4"), "given twice")


def test_history_needs_a_name_before_the_long_work(gait, clip: Path) -> None:
    outcome = gait("analyze", clip, "--history")
    assert outcome.code == 2
    assert "--name" in outcome.err
    assert gait("analyze", clip, "--db", "x.db").code == 2


def test_the_report_goes_into_the_history(
    gait, analysis, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(session: object, folder: Path, **_: object) -> Path:
        with owned_write(folder / "report.json") as temporary:
            temporary.write_text(json.dumps(report(name="  anna ")), encoding="utf-8")
        return folder / "report.html"

    monkeypatch.setattr("gait.report.report_folder.write_report", write)
    for _ in range(2):
        assert gait("analyze", clip, "--name", "Anna", "--history", "--no-video").code == 0
    with History(tmp_path / "history.db") as history:
        assert history.athletes()[["name", "sessions"]].values.tolist() == [["Anna", 1]]
