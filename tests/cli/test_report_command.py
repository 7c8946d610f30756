"""``gait report``: a report written again."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import assert_refused


def test_answers_of_the_first_time_are_used_again(gait, analysis, clip, tmp_path):
    (tmp_path / "first.toml").write_text('pain_when = ["stays"]\n')
    gait("analyze", clip, "--answers", "first.toml", "-o", "out")
    (tmp_path / "first.toml").unlink()
    outcome = gait("report", "out")
    assert (outcome.code, outcome.err) == (0, "")
    assert analysis.analyze["answers"].values["pain_when"] == ("stays",)
    assert (analysis.analyze["height_m"], analysis.analyze["cache_dir"]) == (1.7, Path("out"))
    assert analysis.report["video"] == "keep"
    saved_answers = tmp_path / "out" / "answers.toml"
    saved_answers.write_text('# mine\nshoe_miles = "480 km"\n')
    gait("report", "out", "--answers", "out/answers.toml")
    assert saved_answers.read_text().startswith("# mine")


def test_units_are_those_of_the_report_until_others_are_named(gait, analysis, clip, monkeypatch):
    gait("analyze", clip, "-o", "out", "--units", "MPH")
    assert analysis.analyze["units"] == "imperial"
    monkeypatch.setattr("gait.io.sessions.analysis_options", lambda folder: {"videos": [folder], "units": "imperial"})
    gait("report", "out")
    assert analysis.analyze["units"] == "imperial"
    gait("report", "out", "--units", "min/km")
    assert analysis.analyze["units"] == "pace"
    assert_refused(gait("report", "out", "--units", "furlongs"), "--units furlongs", "imperial", "km/h")


def test_a_folder_without_a_report_is_refused(gait, tmp_path):
    (tmp_path / "file").write_text("")
    assert_refused(gait("report", "nowhere"), "nowhere", "give the folder")
    assert_refused(gait("report", "file"), "file", "give the folder")


def test_moved_joints_are_handed_on(gait, analysis, clip, tmp_path):
    gait("analyze", clip, "-o", "out")
    assert gait("report", "out", "--adjust", "a.json", "--adjust", "b.json").code == 0
    assert analysis.analyze["adjust"] == [Path("a.json"), Path("b.json")]
    gait("report", "out")
    assert not analysis.analyze["adjust"]


def test_joints_of_a_report_without_video_cannot_be_moved(gait, analysis, clip, monkeypatch):
    gait("analyze", clip, "-o", "out")
    monkeypatch.setattr("gait.io.sessions.has_videos", lambda folder: False)
    assert_refused(gait("report", "out", "--adjust", "a.json"), "--adjust", "poses of another program")


def test_the_language_is_that_of_the_report_until_another_is_named(gait, analysis, clip, monkeypatch):
    monkeypatch.delenv("GAIT_LANGUAGE")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    gait("analyze", clip, "-o", "out", "--language", "de-AT")
    assert analysis.analyze["language"] == "de"
    monkeypatch.setattr("gait.io.sessions.analysis_options", lambda folder: {"videos": [folder], "language": "de"})
    gait("report", "out")
    assert analysis.analyze["language"] == "de"
    gait("report", "out", "--language", "ES")
    assert analysis.analyze["language"] == "es"
    assert_refused(gait("report", "out", "--language", "nl"), "--language nl", "en", "fr")


def test_without_the_option_the_environment_names_the_language(gait, analysis, clip, monkeypatch):
    monkeypatch.delenv("GAIT_LANGUAGE")
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    gait("analyze", clip, "-o", "out")
    assert analysis.analyze["language"] == "fr"
    monkeypatch.setenv("GAIT_LANGUAGE", "en")
    gait("analyze", clip, "-o", "other")
    assert analysis.analyze["language"] == "en"
