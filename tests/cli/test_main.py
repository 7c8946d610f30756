"""The command line as careless people use it: one clear line, exit code 2, nothing left behind."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Literal, get_args, get_origin

import pytest

import gait.report
from gait.cli.main import main as cli
from gait.errors import InputError, RefusedError
from gait.findings.answers import load_answers
from gait.pose.engines.engine import DEFAULT_ENGINE
from tests.conftest import write_clip, write_sound

Outcome = SimpleNamespace


@pytest.fixture
def gait_(capfd, monkeypatch, tmp_path):
    """Run the command line in an empty folder and tell what came of it."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        output = capfd.readouterr()
        return SimpleNamespace(code=ended.value.code, out=output.out, err=output.err)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield call
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def stages(monkeypatch):
    """Stand in for measuring and reporting: these tests are about what happens around them."""
    calls = SimpleNamespace(analyze=None, report=None, error=None, leave=())

    def analyze(videos, *, poses, progress, **options):
        calls.analyze = {"videos": videos, "poses": poses, **options}
        for name in calls.leave:
            (poses / name).touch()
        if calls.error is not None:
            raise calls.error
        if progress is not None:
            progress(1, 2)
        return "the session"

    def write_report(session, folder, *, video, progress):
        calls.report = {"session": session, "folder": folder, "video": video}
        (folder / "report.html").write_text("report")
        return folder / "report.html"

    module = ModuleType("gait.session")
    module.analyze = analyze
    module.options_of = lambda folder: {"videos": [folder], "height_m": 1.7}
    monkeypatch.setitem(sys.modules, "gait.session", module)
    monkeypatch.setitem(vars(gait.report), "write_report", write_report)
    monkeypatch.setitem(
        vars(gait.report), "print_summary", lambda session, console: console.print(f"summary of {session}")
    )
    return calls


def assert_refused(outcome: Outcome, *says: str) -> None:
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("gait: ")
    assert outcome.err.count("\n") == 1, outcome.err
    for words in says:
        assert words in outcome.err


# --- when all is well ---


def test_options_reach_the_analysis_in_si_units(gait_, stages, clip, tmp_path):
    outcome = gait_(
        *("analyze", clip, "-o", "out", "--height", "178", "--leg-length", "92", "--speed", "10,8", "--name", " Ada "),
        *("--view", "side", "--capture-fps", "240", "--start", "0.1", "--end", "0.5", "--no-video", "--fresh"),
    )
    assert (outcome.code, outcome.err) == (0, "")
    given = stages.analyze
    assert given["videos"] == [clip]
    assert given["height_m"] == pytest.approx(1.78)
    assert given["leg_length_m"] == pytest.approx(0.92)
    assert given["speed_mps"] == pytest.approx(3.0)
    assert (given["name"], given["view"], given["capture_fps"]) == ("Ada", "side", 240)
    assert (given["start"], given["end"], given["fresh"], given["engine"]) == (0.1, 0.5, True, DEFAULT_ENGINE)
    assert given["poses"] == Path("out")
    assert stages.report == {"session": "the session", "folder": Path("out"), "video": False}
    assert "summary of the session" in outcome.out
    assert "report.html" in outcome.out


def test_what_is_not_given_is_not_made_up(gait_, stages, clip):
    gait_("analyze", clip)
    assert {stages.analyze[key] for key in ("height_m", "leg_length_m", "speed_mps", "capture_fps", "name")} == {None}
    assert stages.analyze["view"] == "auto"


def test_the_report_goes_beside_the_caller_by_default(gait_, stages, clip, tmp_path):
    gait_("analyze", clip)
    assert (tmp_path / "clip_gait" / "report.html").is_file()


def test_answers_reach_the_analysis(gait_, stages, clip, tmp_path):
    (tmp_path / "said.toml").write_text('shoe_miles = "480 km"\npain_when = ["stays"]\n')
    outcome = gait_("analyze", clip, "--answers", "said.toml", "-o", "out")
    assert (outcome.code, outcome.err) == (0, "")
    assert stages.analyze["answers"].values["pain_when"] == ("stays",)
    gait_("analyze", clip, "-o", "out")
    assert stages.analyze["answers"] is None


def test_a_report_made_again_keeps_what_the_runner_said(gait_, stages, clip, tmp_path):
    (tmp_path / "said.toml").write_text('pain_when = ["stays"]\n')
    gait_("analyze", clip, "--answers", "said.toml", "-o", "out")
    (tmp_path / "said.toml").unlink()
    outcome = gait_("report", "out")
    assert (outcome.code, outcome.err) == (0, "")
    assert stages.analyze["answers"].values["pain_when"] == ("stays",)
    assert (stages.analyze["height_m"], stages.analyze["poses"]) == (1.7, Path("out"))
    assert stages.report["video"] == "keep"
    own = tmp_path / "out" / "answers.toml"
    own.write_text('# mine\nshoe_miles = "480 km"\n')
    gait_("report", "out", "--answers", "out/answers.toml")
    assert own.read_text().startswith("# mine")


def test_a_report_made_again_needs_a_report(gait_, tmp_path):
    (tmp_path / "file").write_text("")
    assert_refused(gait_("report", "nowhere"), "nowhere", "give the folder of a report")
    assert_refused(gait_("report", "file"), "file", "give the folder of a report")


def test_asking_writes_a_file_for_the_analysis(gait_, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "stdin", io.StringIO("4\n\n\n5\n" + "\n" * 60))
    outcome = gait_("ask", "-o", "said.toml")
    assert (outcome.code, outcome.err) == (0, "")
    assert load_answers(tmp_path / "said.toml").values == {"pain_where": ("hip_deep",), "pain_feel": ("pinch_deep",)}
    assert "Please read this first: Sharp or pinching pain deep in the hip" in outcome.out
    assert "gait analyze VIDEO --answers said.toml" in outcome.out


def test_who_answers_nothing_gets_no_file(gait_, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n" * 60))
    outcome = gait_("ask")
    assert (outcome.code, outcome.err) == (0, "")
    assert "nothing was written" in outcome.out
    assert not list(tmp_path.iterdir())


def test_stopping_half_way_keeps_the_earlier_answers(gait_, monkeypatch, tmp_path):
    (tmp_path / "answers.toml").write_text("shoe_miles = 100\n")
    monkeypatch.setattr(sys, "stdin", io.StringIO("2\n1\n"))
    outcome = gait_("ask")
    assert outcome.code == 130
    assert (tmp_path / "answers.toml").read_text() == "shoe_miles = 100\n"
    assert [p.name for p in tmp_path.iterdir()] == ["answers.toml"]


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("said.txt", ["said.txt", ".toml"]),
        ("nowhere/said.toml", ["nowhere", "no such folder"]),
        ("spoilt.toml", ["spoilt.toml", "'shoe_mile' is no question"]),
    ],
)
def test_asking_refuses_before_the_first_question(gait_, tmp_path, output, says):
    (tmp_path / "spoilt.toml").write_text("shoe_mile = 3\n")
    assert_refused(gait_("ask", "-o", output), *says)


def test_quiet_prints_nothing(gait_, stages, clip):
    outcome = gait_("analyze", clip, "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_several_videos_make_one_analysis(gait_, stages, clip, tmp_path):
    other = write_clip(tmp_path / "rear.mp4", frames=6)
    gait_("analyze", clip, other, "-o", "out")
    assert stages.analyze["videos"] == [clip, other]


def test_help_and_version(gait_):
    for arguments in (["--help"], ["analyze", "--help"], ["--version"], []):
        outcome = gait_(*arguments)
        assert (outcome.code, outcome.err) == (0, "")
        assert "gait" in outcome.out
    assert "--leg-length CM" in gait_("analyze", "--help").out


def test_help_imports_nothing_heavy():
    program = (
        "import sys, gait, gait.cli.main\n"
        "try: gait.cli.main.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'av', 'xarray', 'pandas', 'scipy', 'mediapipe', 'cv2', 'jinja2'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    begun = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, env=environment, timeout=60)
    assert time.perf_counter() - begun < 3  # 0.1 s in peace; machines that run tests are busy


# --- careless options ---


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
        (["--height", "178cm"], ["--height 178cm is not a number", "e.g. --height 178"]),
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
        (["--answers", "no.toml"], ["no.toml", "no such file", "gait ask"]),
        (["--hight", "178"], ["--hight"]),
        (["--height"], ["--height"]),
    ],
)
def test_a_wrong_option_gets_one_line_with_its_value(gait_, stages, clip, tmp_path, options, says):
    assert_refused(gait_("analyze", clip, *options), *says)
    assert stages.analyze is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--mocap", "nowhere"], ["--mocap nowhere", "no such folder"]),
        (["--mocap", "."], ["no recordings", "--mocap"]),
        (["--jobs", "0"], ["--jobs 0", "1 to 64"]),
        (["--seed", "-1"], ["--seed -1", "must not be negative"]),
        (["--engine", "openpose"], ["--engine openpose", "litert"]),
    ],
)
def test_validate_refuses_what_makes_no_sense(gait_, tmp_path, options, says):
    assert_refused(gait_("validate", "-o", "out", *options), *says)
    assert not list(tmp_path.iterdir())


def test_validate_hands_the_request_on(gait_, monkeypatch, tmp_path):
    given = {}

    def run(output: Path, **options: object) -> Path:
        given.update(options, output=output)
        return output / "validation.md"

    monkeypatch.setattr("gait.validation.validate", run)
    outcome = gait_("validate", "--quick", "-o", "out", "--jobs", "2", "--seed", "3", "--work", "kept")
    assert (outcome.code, outcome.err) == (0, "")
    assert (given["output"], given["size"], given["jobs"], given["seed"]) == (Path("out"), "quick", 2, 3)
    assert (given["engine"], given["work"], given["mocap"]) == (DEFAULT_ENGINE, Path("kept"), None)
    assert "validation.md" in outcome.out


def test_a_wrong_command_gets_one_line(gait_):
    assert_refused(gait_("analyse", "run.mp4"), "analyse")
    assert_refused(gait_("analyze"), "VIDEO")


# --- careless files ---


def test_a_wrong_video_gets_one_line_before_any_work(gait_, stages, tmp_path, clip):
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
        assert_refused(gait_("analyze", name), says)
        assert_refused(gait_("analyze", clip, name), says)
    assert stages.analyze is None
    assert sorted(tmp_path.iterdir()) == files


def test_the_same_video_twice_is_refused(gait_, stages, tmp_path, clip):
    shutil.copy(clip, tmp_path / "run.mp4")
    (tmp_path / "link.mp4").symlink_to("run.mp4")
    assert_refused(gait_("analyze", "run.mp4", "./run.mp4"), "given twice")
    assert_refused(gait_("analyze", "run.mp4", "link.mp4"), "given twice")


def test_an_output_that_cannot_be_is_refused_before_any_work(gait_, stages, tmp_path, clip):
    (tmp_path / "file").touch()
    assert_refused(gait_("analyze", clip, "-o", "file"), "is a file")
    assert_refused(gait_("analyze", clip, "-o", "file/deeper"), "cannot be written there")
    assert_refused(gait_("analyze", clip, "-o", "/proc/gait_report"), "cannot be written there")
    assert stages.analyze is None
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused_before_any_work(gait_, stages, tmp_path, clip):
    (tmp_path / "locked").mkdir(mode=0o500)
    assert_refused(gait_("analyze", clip, "-o", "locked"), "cannot be written there")


def test_the_annotated_video_never_replaces_the_source(gait_, stages, tmp_path, clip):
    shutil.copy(clip, tmp_path / "side.mp4")
    assert_refused(gait_("analyze", "side.mp4", "-o", "."), "would replace side.mp4")
    assert gait_("analyze", "side.mp4", "-o", ".", "--no-video").code == 0


# --- the look before the long work ---


@pytest.fixture
def looked(monkeypatch):
    """Stand in for the look: a video named after what it shows."""
    from gait.quality.quality_records import ExpectedMetrics, Observation, VideoCheck

    calls = []

    def check_video(path, **options):
        calls.append({"path": path, **options})
        if path.stem == "nobody":
            raise RefusedError("nobody found in 16 pictures: film one runner")
        bad = path.stem == "slow"
        return VideoCheck(
            *(str(path), 640, 480, 60.0, 60.0, 10.0, "side", "left", 3.0, 168.0, 0.2),
            observations=(Observation("speed", "42 steps/min", "bad" if bad else "good", "ask" if bad else None),),
            outlook=(ExpectedMetrics("cadence", "both", "refused" if bad else "fair", "too slow" if bad else None),),
        )

    monkeypatch.setattr("gait.quality.check_video", check_video)
    return calls


def test_check_hands_the_options_on_in_si_units(gait_, looked, clip):
    outcome = gait_("check", clip, "--height", "178", "--capture-fps", "240", "--view", "rear")
    assert (outcome.code, outcome.err) == (0, "")
    assert looked[0] | {"path": None} == {
        **{"path": None, "height_m": 1.78, "capture_fps": 240, "view": "rear", "engine": DEFAULT_ENGINE}
    }
    assert "Can be measured" in outcome.out
    assert "fair: cadence" in outcome.out


def test_check_ends_with_2_where_nothing_can_be_measured(gait_, looked, tmp_path):
    for name in ("nobody", "slow", "fine"):
        write_clip(tmp_path / f"{name}.mp4", frames=6)
    slow = gait_("check", "slow.mp4")
    assert slow.code == 2
    assert "42 steps/min" in slow.out
    assert slow.err == "gait: slow.mp4: nothing can be measured: 42 steps/min: ask\n"
    assert_refused(gait_("check", "nobody.mp4"), "nobody.mp4: nobody found")
    several = gait_("check", "nobody.mp4", "fine.mp4", "--json")
    assert several.code == 2
    assert '"gait.check/1"' in several.out
    assert several.err.count("\n") == 1
    assert gait_("check", "fine.mp4").code == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--height", "1.78"], ["--height 1.78", "178"]),
        (["--capture-fps", "fast"], ["--capture-fps fast", "not a number"]),
        (["--view", "top"], ["--view top", "side"]),
        (["--engine", "magic"], ["--engine magic", "litert"]),
    ],
)
def test_check_refuses_what_makes_no_sense(gait_, looked, clip, options, says):
    assert_refused(gait_("check", clip, *options), *says)
    assert not looked


# --- synthetic clips ---


@pytest.fixture
def drawn(monkeypatch):
    """Stand in for the drawing: these tests are about what is asked of it."""
    from gait.synthetic import render

    calls: list[SimpleNamespace] = []

    def render_clip(runner, camera, scene, *, progress, **options):
        calls.append(SimpleNamespace(runner=runner, camera=camera, scene=scene, look=scene.look, **options))
        sides = {"left": {"value": 0.2049}, "right": {"value": 0.2551}}
        return SimpleNamespace(
            metrics={
                "cadence": {"unit": "steps/min", "value": 171.02},
                "overstride": {"unit": "L", "value": 0.23, **sides},
                "tibia_angle": {"unit": "deg", "value": 7.1},
                "step_width": {"unit": "cm", "value": None},
            }
        )

    monkeypatch.setattr(render, "render_clip", render_clip)
    return calls


def test_synth_hands_the_request_on(gait_, drawn):
    outcome = gait_("synth", "out.mp4", "--view", "rear", "--preset", "hip-drop", "--seconds", "3", "--fps", "50")
    assert (outcome.code, outcome.err) == (0, "")
    (asked,) = drawn
    assert (asked.camera.view, asked.camera.fps, asked.duration_s, asked.seed) == ("rear", 50, 3, 0)
    assert asked.runner.pelvic_drop_deg == 8
    assert (asked.path, asked.joints) == (Path("out.mp4"), False)
    assert "out.truth.json" in outcome.out


def test_synth_options_become_fields_in_si_units(gait_, drawn):
    outcome = gait_(
        *("synth", "out.mp4", "--cadence", "171", "--overstride", "0.205,0.255", "--contact-time", "250"),
        *("--speed", "10,8", "--height", "170", "--arm-crossover", "-0.1", "--drift-cadence", "-4"),
        *("--camera-height", "1.2", "--size", "640x480", "--rotation", "90", "--blur", "4", "--playback-fps", "30"),
        *(
            "--no-rails",
            "--bystander",
            "--light",
            "0.3",
            "--tape",
            "orange",
            "--shirt",
            "#ff8000",
            "--hair-style",
            "bun",
        ),
        *("--seed", "7", "--quality", "18", "--joints"),
    )
    assert (outcome.code, outcome.err) == (0, "")
    (asked,) = drawn
    runner, camera = asked.runner, asked.camera
    assert (runner.cadence_spm, runner.overstride, runner.contact_time_ms) == (171, (0.205, 0.255), 250)
    assert (runner.speed_mps, runner.height_m) == (pytest.approx(3.0), pytest.approx(1.70))
    assert (runner.arm_crossover, runner.drift.cadence_spm) == (-0.1, -4)
    assert (camera.height_m, camera.width, camera.height, camera.rotation) == (1.2, 640, 480, 90)
    assert (camera.blur_subframes, camera.playback_fps) == (4, 30)
    assert (asked.scene.rails, asked.scene.console, asked.scene.bystander, asked.scene.light) == (
        False,
        True,
        True,
        0.3,
    )
    assert asked.look.tape == pytest.approx((0.95, 0.45, 0.08))
    assert asked.look.shirt == pytest.approx((1.0, 128 / 255, 0.0))
    assert asked.look.hair_style == "bun"
    assert (asked.seed, asked.crf, asked.joints) == (7, 18, True)


def test_synth_tells_asked_and_found(gait_, drawn):
    out = gait_("synth", "out.mp4", "--cadence", "171", "--overstride", "0.205,0.255", "--joints").out
    rows = {line.split("  ")[0]: line.split()[-3:] for line in out.splitlines()}
    assert rows["cadence"] == ["171.0", "171.0", "steps/min"]
    assert "0.205 / 0.255  0.205 / 0.255  leg lengths" in out
    assert rows["tibia angle"] == ["auto", "7.1", "degrees"]
    assert "out.truth.npz" in out


def test_synth_reaches_every_field():
    from gait.cli.synth_options import OPTIONS
    from gait.synthetic.clip_request import TABLES, keys_of

    options = [option for group in OPTIONS.values() for option in group]
    reached = {option.target for option in options} - {"camera.size"} | {"camera.width", "camera.height"}
    assert reached == {f"{table}.{key}" for table in TABLES for key in keys_of(table)}
    for option in options:
        kind = keys_of(option.table).get(option.key)
        assert (option.metavar == "") == (kind is bool), option
        if get_origin(kind) is Literal:
            assert option.metavar.split("|") == [str(choice) for choice in get_args(kind)], option


def test_synth_help_is_grouped_and_says_what_is_usual(gait_):
    outcome = gait_("synth", "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert "--cadence N                 Steps a minute, both feet. [168]" in outcome.out
    groups = [line for line in outcome.out.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert len(groups) == 10
    assert "Where the camera stands:" in groups
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_a_later_word_wins_options_over_file_over_preset(gait_, drawn, tmp_path):
    (tmp_path / "run.toml").write_text(
        '[clip]\nseconds = 2\nseed = 3\n[runner]\ncadence_spm = 150\ntrunk_lean_deg = 9\ntibia_angle_deg = "auto"\n'
        "[runner.drift]\noverstride = 0.02\n[camera]\nplayback_fps = 30\n[scene]\nrails = false\n"
        '[look]\ntape = "orange"\nshirt = [0.1, 0.2, 0.3]\n'
    )
    assert gait_("synth", "a.mp4", "--spec", "run.toml", "--preset", "overstride", "--cadence", "155").code == 0
    gait_(
        "synth", "b.mp4", "--spec", "run.toml", "--seconds", "4", "--playback-fps", "auto", "--tape", "none", "--rails"
    )
    first, second = drawn
    assert (first.runner.cadence_spm, first.runner.trunk_lean_deg, first.runner.overstride) == (155, 9, 0.36)
    assert (first.runner.tibia_angle_deg, first.runner.drift.overstride) == (None, 0.02)
    assert (first.duration_s, first.seed, first.camera.playback_fps, first.scene.rails) == (2, 3, 30, False)
    assert (first.look.tape, first.look.shirt) == (pytest.approx((0.95, 0.45, 0.08)), (0.1, 0.2, 0.3))
    assert (second.duration_s, second.camera.playback_fps, second.look.tape, second.scene.rails) == (
        4,
        None,
        None,
        True,
    )


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--preset", "overstride", "--tape", "#123456", "--playback-fps", "30"],
        ["--overstride", "0.2,0.25", "--knee-flexion-contact", "18", "--no-loose", "--drift-pelvic-drop", "2"],
        ["--random", "--seed", "4", "--view", "front", "--seconds", "2"],
    ],
)
def test_a_printed_spec_makes_the_same_clip(gait_, drawn, tmp_path, options):
    printed = gait_("synth", "--print-spec", *options)
    assert (printed.code, printed.err, drawn) == (0, "", [])
    (tmp_path / "printed.toml").write_text(printed.out)
    assert gait_("synth", "--print-spec", "--spec", "printed.toml").out == printed.out
    gait_("synth", "out.mp4", *options)
    gait_("synth", "out.mp4", "--spec", "printed.toml", "--preset", "arm-crossing")
    assert drawn[0] == drawn[1]
    assert [path.name for path in tmp_path.iterdir()] == ["printed.toml"]


def test_random_runs_differ_with_the_seed_and_keep_what_is_given(gait_, drawn):
    for seed in ("1", "1", "2"):
        gait_("synth", "out.mp4", "--random", "--seed", seed, "--cadence", "170", "--view", "rear", "--seconds", "2")
    first, again, other = drawn
    assert (first.runner, first.camera, first.scene) == (again.runner, again.camera, again.scene)
    assert other.runner != first.runner
    assert {call.runner.cadence_spm for call in drawn} == {170}
    assert {call.camera.view for call in drawn} == {"rear"}


def test_the_later_of_two_that_follow_from_each_other_wins(gait_, drawn):
    gait_("synth", "out.mp4", "--preset", "overstride", "--knee-flexion-contact", "14")
    assert drawn[0].runner.tibia_angle_deg is None


def test_every_preset_exists(gait_):
    from gait.synthetic import presets

    for maker in cli.PRESETS.values():
        getattr(presets, maker)()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["out.mp4", "--view", "auto"], "--view auto is unknown; choose from: side, rear, front"),
        (["out.mp4", "--preset", "bad"], "--preset bad is unknown"),
        (["out.mp4", "--fps", "5"], "--fps 5 is outside 24 to 240"),
        (["out.mp4", "--seconds", "0"], "--seconds 0 is outside"),
        (["out.mp4", "--seed", "-1"], "--seed -1"),
        (["out.mp4", "--seed", "1.5"], "--seed 1.5 is not a whole number"),
        (["out.avi"], "must end in .mp4"),
        ([], "OUT.mp4"),
        (["none/out.mp4"], "none: no such folder"),
        (["out.mp4", "--cadense", "170"], "--cadense"),
        (["out.mp4", "--cadence", "-170"], "--cadence -170 is outside 130 to 235 steps/min"),
        (["out.mp4", "--cadence", "fast"], "--cadence fast is not a number"),
        (["out.mp4", "--cadence", "nan"], "--cadence nan is not a finite number"),
        (["out.mp4", "--cadence", "auto"], "--cadence auto is not a number"),
        (["out.mp4", "--speed", "30"], "--speed 30 is outside 6.5 to 19.8 km/h"),
        (["out.mp4", "--height", "1.76"], "--height 1.76 is outside 120 to 220 cm"),
        (["out.mp4", "--overstride", "0.2,0.9"], "--overstride 0.2,0.9 is outside 0.05 to 0.45 leg lengths"),
        (["out.mp4", "--overstride", "1,2,3"], "--overstride 1,2,3 holds 3 numbers"),
        (["out.mp4", "--shirt", "purpel"], "--shirt purpel is no colour; give #rrggbb or one of: black"),
        (["out.mp4", "--shirt", "#12345"], "--shirt #12345 is no colour"),
        (["out.mp4", "--size", "641x480"], "--size 641x480 must be an even number of pixels"),
        (["out.mp4", "--size", "big"], "--size big is not a size; give WIDTHxHEIGHT"),
        (["out.mp4", "--rotation", "45"], "--rotation 45 is unknown; choose from: 0, 90, 180, 270"),
        (["out.mp4", "--hair-style", "mohawk"], "--hair-style mohawk is unknown"),
        (["out.mp4", "--drift-cadence", "99"], "--drift-cadence 99 is outside"),
        (["out.mp4", "--contact-time", "400"], "--contact-time 400 leaves no flight phase"),
        (
            ["out.mp4", "--tibia-angle", "24", "--overstride", "0.3"],
            "--tibia-angle 24 with --overstride 0.30 needs a knee",
        ),
        (
            ["out.mp4", "--tibia-angle", "9", "--knee-flexion-contact", "12"],
            "--tibia-angle 9 and --knee-flexion-contact 12: one follows from the other",
        ),
        (["out.mp4", "--distortion", "-0.15", "--field-of-view", "89"], "--distortion -0.15 needs"),
        (["out.mp4", "--preset", "overstride", "--random"], "both choose a runner"),
        (["out.mp4", "--spec", "no.toml"], "no.toml: no such spec file"),
        (["out.mp4", "--spec", "."], ".: cannot be read"),
    ],
)
def test_synth_refuses_what_makes_no_sense(gait_, tmp_path, arguments, says):
    assert_refused(gait_("synth", *arguments), says)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[runner]\ncadense_spm = 170", "[runner] has no cadense_spm; did you mean cadence_spm?"),
        ("[runer]\ncadence_spm = 170", "[runer] is unknown; did you mean [runner]?"),
        ("cadence_spm = 170", "cadence_spm stands outside a table; move it under [runner]"),
        ("[camera]\ncadence_spm = 170", "[camera] has no cadence_spm; it belongs to [runner]"),
        ("[runner]\ncadence_spm = -3", "cadence_spm = -3 is outside 130 to 235 steps/min"),
        ("[runner]\ncadence_spm = true", "cadence_spm = true is not a number"),
        ("[runner]\ndrift = 1", "write [runner.drift] on a line of its own"),
        ("[runner.drift]\ncadence = 1", "[runner.drift] has no cadence; did you mean cadence_spm?"),
        ("[runner]\nsex = 3", "sex = 3 is unknown; choose from: male, female"),
        ("[scene]\nrails = 1", "rails = 1 is neither true nor false"),
        ("[scene.look]\nskin = 'red'", "write it as a table of its own, [look]"),
        ("[look]\ntape = [2, 0, 0]", "red, green and blue lie between 0 and 1"),
        ("[runner", "is not TOML"),
    ],
)
def test_a_wrong_spec_file_gets_one_line_with_its_name(gait_, tmp_path, content, says):
    (tmp_path / "run.toml").write_text(content)
    assert_refused(gait_("synth", "out.mp4", "--spec", "run.toml"), "run.toml: ", says)
    assert [path.name for path in tmp_path.iterdir()] == ["run.toml"]


def test_a_spec_file_that_is_no_text_gets_one_line(gait_, tmp_path, clip):
    assert_refused(gait_("synth", "out.mp4", "--spec", clip), "is not a text file")
    assert not list(tmp_path.iterdir())


def test_a_clip_never_replaces_a_folder(gait_, tmp_path):
    (tmp_path / "out.mp4").mkdir()
    assert_refused(gait_("synth", "out.mp4"), "out.mp4: is a folder")


# --- when the work fails ---


@pytest.mark.parametrize(
    "error",
    [RefusedError("run.mp4: nobody is seen running;\nfilm the whole body"), InputError("bad"), OSError(28, "No space")],
)
def test_a_refusal_gets_one_line_and_leaves_no_folder(gait_, stages, tmp_path, clip, error):
    stages.error = error
    assert_refused(gait_("analyze", clip, "-o", "deep/er/out"))
    assert not list(tmp_path.iterdir())


def test_a_failure_touches_nothing_that_was_there(gait_, stages, tmp_path, clip):
    (tmp_path / "out").mkdir()
    stages.error = RefusedError("no")
    assert_refused(gait_("analyze", clip, "-o", "out"))
    assert (tmp_path / "out").is_dir()


def test_finished_poses_survive_a_failure(gait_, stages, tmp_path, clip):
    stages.error, stages.leave = RefusedError("no"), ("pose_1.nc",)
    gait_("analyze", clip, "-o", "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["pose_1.nc"]


def test_ctrl_c_gets_one_line_and_130(gait_, stages, tmp_path, clip):
    stages.error = KeyboardInterrupt()
    outcome = gait_("analyze", clip, "-o", "out")
    assert outcome.code == 130
    assert outcome.err.startswith("gait: stopped")
    assert outcome.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_defect_of_gait_is_not_hidden(gait_, stages, clip):
    stages.error = ZeroDivisionError("a defect")
    with pytest.raises(ZeroDivisionError):
        cli.main(["analyze", str(clip), "-o", "out"])


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_in_the_middle_of_the_poses_leaves_nothing(tmp_path, sent, code):
    write_clip(tmp_path / "run.mp4", frames=600, codec="mpeg4")
    program = """
import sys, types
import gait.report
from gait.cli.main import main as cli
from gait.pose.estimation import estimate_pose
module = types.ModuleType("gait.session")
def analyze(videos, *, poses, progress, **options):
    def told(done, total):
        if done == 5:
            print("working", flush=True)
        progress(done, total)
    estimate_pose(videos[0], progress=told)
module.analyze = analyze
sys.modules["gait.session"] = module
gait.report.write_report = gait.report.print_summary = None
cli.main(["analyze", "run.mp4"])
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(cli.__file__).parents[1]), *sys.path])}
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A job started in the background ignores Ctrl-C, and so would its children; a person's terminal does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    process.send_signal(sent)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert "Traceback" not in err
    assert err.count("\n") <= 1
    assert [path.name for path in tmp_path.iterdir()] == ["run.mp4"]


# --- progress ---


def test_outside_a_terminal_progress_is_a_line_now_and_then(capfd, monkeypatch):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(cli, "monotonic", lambda: clock.now)
    advance = cli._Progress().stage("poses")
    for done in range(1, 301):
        clock.now += 0.1
        advance(done, 300)
    lines = capfd.readouterr().err.splitlines()
    assert 1 <= len(lines) <= 3
    assert lines[0] in ("gait: poses: 101 of 300 frames", "gait: poses: 102 of 300 frames")


def test_short_work_shows_no_progress(capfd):
    progress = cli._Progress()
    advance = progress.stage("poses")
    for done in range(1, 20):
        advance(done, 20)
    progress.close()
    assert capfd.readouterr().err == ""


def test_in_a_terminal_there_is_a_bar(capfd, monkeypatch):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(cli, "monotonic", lambda: clock.now)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    progress = cli._Progress()
    advance = progress.stage("poses")
    for done in (1, 50, 100, 1, 60):
        clock.now += 2
        advance(done, 100)
    progress.close()
    shown = capfd.readouterr().err
    assert "poses" in shown
    assert "/100" in shown
    assert "frames/s" in shown
