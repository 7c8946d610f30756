"""``gait synth``: options become fields, spec files, refusals."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from gait.cli.synth_command import PRESETS
from tests.cli.conftest import assert_refused


@pytest.fixture
def rendered(monkeypatch):
    """Replace the renderer; these tests are about its arguments."""
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


def test_synth_hands_the_request_on(gait, rendered):
    outcome = gait("synth", "out.mp4", "--view", "rear", "--preset", "hip-drop", "--seconds", "3", "--fps", "50")
    assert (outcome.code, outcome.err) == (0, "")
    (call,) = rendered
    assert (call.camera.view, call.camera.fps, call.duration_s, call.seed) == ("rear", 50, 3, 0)
    assert call.runner.pelvic_drop_deg == 8
    assert (call.path, call.joints) == (Path("out.mp4"), False)
    assert "out.truth.json" in outcome.out


def test_synth_options_become_fields_in_si_units(gait, rendered):
    outcome = gait(
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
    (call,) = rendered
    runner, camera = call.runner, call.camera
    assert (runner.cadence_spm, runner.overstride, runner.contact_time_ms) == (171, (0.205, 0.255), 250)
    assert (runner.speed_mps, runner.height_m) == (pytest.approx(3.0), pytest.approx(1.70))
    assert (runner.arm_crossover, runner.drift.cadence_spm) == (-0.1, -4)
    assert (camera.height_m, camera.width, camera.height, camera.rotation) == (1.2, 640, 480, 90)
    assert (camera.blur_subframes, camera.playback_fps) == (4, 30)
    assert (call.scene.rails, call.scene.console, call.scene.bystander, call.scene.light) == (
        False,
        True,
        True,
        0.3,
    )
    assert call.look.tape == pytest.approx((0.95, 0.45, 0.08))
    assert call.look.shirt == pytest.approx((1.0, 128 / 255, 0.0))
    assert call.look.hair_style == "bun"
    assert (call.seed, call.crf, call.joints) == (7, 18, True)


def test_synth_tells_asked_and_found(gait, rendered):
    out = gait("synth", "out.mp4", "--cadence", "171", "--overstride", "0.205,0.255", "--joints").out
    rows = {line.split("  ")[0]: line.split()[-3:] for line in out.splitlines()}
    assert rows["cadence"] == ["171.0", "171.0", "steps/min"]
    assert "0.205 / 0.255  0.205 / 0.255  leg lengths" in out
    assert rows["tibia angle"] == ["auto", "7.1", "degrees"]
    assert "out.truth.npz" in out


def test_synth_help_is_grouped_and_says_what_is_usual(gait):
    outcome = gait("synth", "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert "--cadence N                 Steps a minute, both feet. [168]" in outcome.out
    groups = [line for line in outcome.out.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert len(groups) == 10
    assert "Where the camera stands:" in groups
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_a_later_word_wins_options_over_file_over_preset(gait, rendered, tmp_path):
    (tmp_path / "run.toml").write_text(
        '[clip]\nseconds = 2\nseed = 3\n[runner]\ncadence_spm = 150\ntrunk_lean_deg = 9\ntibia_angle_deg = "auto"\n'
        "[runner.drift]\noverstride = 0.02\n[camera]\nplayback_fps = 30\n[scene]\nrails = false\n"
        '[look]\ntape = "orange"\nshirt = [0.1, 0.2, 0.3]\n'
    )
    assert gait("synth", "a.mp4", "--spec", "run.toml", "--preset", "overstride", "--cadence", "155").code == 0
    gait(
        "synth", "b.mp4", "--spec", "run.toml", "--seconds", "4", "--playback-fps", "auto", "--tape", "none", "--rails"
    )
    first, second = rendered
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
def test_a_printed_spec_makes_the_same_clip(gait, rendered, tmp_path, options):
    printed = gait("synth", "--print-spec", *options)
    assert (printed.code, printed.err, rendered) == (0, "", [])
    (tmp_path / "printed.toml").write_text(printed.out)
    assert gait("synth", "--print-spec", "--spec", "printed.toml").out == printed.out
    gait("synth", "out.mp4", *options)
    gait("synth", "out.mp4", "--spec", "printed.toml", "--preset", "arm-crossing")
    assert rendered[0] == rendered[1]
    assert [path.name for path in tmp_path.iterdir()] == ["printed.toml"]


def test_random_runs_differ_with_the_seed_and_keep_what_is_given(gait, rendered):
    for seed in ("1", "1", "2"):
        gait("synth", "out.mp4", "--random", "--seed", seed, "--cadence", "170", "--view", "rear", "--seconds", "2")
    first, again, other = rendered
    assert (first.runner, first.camera, first.scene) == (again.runner, again.camera, again.scene)
    assert other.runner != first.runner
    assert {call.runner.cadence_spm for call in rendered} == {170}
    assert {call.camera.view for call in rendered} == {"rear"}


def test_the_later_of_two_that_follow_from_each_other_wins(gait, rendered):
    gait("synth", "out.mp4", "--preset", "overstride", "--knee-flexion-contact", "14")
    assert rendered[0].runner.tibia_angle_deg is None


def test_every_preset_exists(gait):
    from gait.synthetic import presets

    for maker in PRESETS.values():
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
def test_synth_refuses_what_makes_no_sense(gait, tmp_path, arguments, says):
    assert_refused(gait("synth", *arguments), says)
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
def test_a_wrong_spec_file_gets_one_line_with_its_name(gait, tmp_path, content, says):
    (tmp_path / "run.toml").write_text(content)
    assert_refused(gait("synth", "out.mp4", "--spec", "run.toml"), "run.toml: ", says)
    assert [path.name for path in tmp_path.iterdir()] == ["run.toml"]


def test_a_spec_file_that_is_no_text_gets_one_line(gait, tmp_path, clip):
    assert_refused(
        gait("synth", "out.mp4", "--spec", clip), "is not text in UTF-8; give a TOML file (gait synth --print-spec"
    )
    assert not list(tmp_path.iterdir())


def test_a_clip_never_replaces_a_folder(gait, tmp_path):
    (tmp_path / "out.mp4").mkdir()
    assert_refused(gait("synth", "out.mp4"), "out.mp4: is a folder")
