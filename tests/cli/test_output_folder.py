"""Folders for results: refused before the work, and left clean when it fails."""

from __future__ import annotations

import os
import shutil

import pytest

from gait.errors import RefusedError
from gait.owned_files import only_writer
from tests.cli.conftest import assert_refused
from tests.killed_process import name_of_a_killed_process


def test_an_impossible_folder_is_refused_before_any_work(gait, analysis, tmp_path, clip):
    (tmp_path / "file").touch()
    assert_refused(gait("analyze", clip, "-o", "file"), "is a file")
    assert_refused(gait("analyze", clip, "-o", "file/deeper"), "cannot be written to")
    assert_refused(gait("analyze", clip, "-o", "/proc/gait_report"), "cannot be written to")
    assert analysis.analyze is None
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused_before_any_work(gait, analysis, tmp_path, clip):
    (tmp_path / "locked").mkdir(mode=0o500)
    assert_refused(gait("analyze", clip, "-o", "locked"), "cannot be written to")


def test_the_folder_of_the_video_may_hold_its_report(gait, analysis, tmp_path, clip):
    shutil.copy(clip, tmp_path / "side.mp4")
    assert gait("analyze", "side.mp4", "-o", ".").code == 0
    assert gait("analyze", "side.mp4", "-o", ".", "--no-video").code == 0


@pytest.mark.parametrize("name", ["report.html", "report.json", "steps.csv", "pose_1.nc", "clean_1.nc"])
def test_a_file_of_somebody_else_is_refused_before_any_work(gait, analysis, tmp_path, clip, name):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")
    assert_refused(gait("analyze", clip, "-o", "out"), f"out/{name}: was not written by gait", "choose another folder")
    assert analysis.analyze is None
    assert (tmp_path / "out" / name).read_text() == "mine"


def test_two_videos_of_somebody_else_leave_no_name_for_the_annotated_one(gait, analysis, tmp_path, clip):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "side.mp4").write_text("mine")
    assert gait("analyze", clip, "-o", "out").code == 0
    (tmp_path / "out" / "side_annotated.mp4").write_text("mine too")
    assert_refused(gait("analyze", clip, "-o", "out"), "out/side_annotated.mp4: was not written by gait")
    assert gait("analyze", clip, "-o", "out", "--no-video").code == 0


def test_a_second_gait_in_the_same_folder_is_refused(gait, analysis, tmp_path, clip):
    (tmp_path / "out").mkdir()
    with only_writer(tmp_path / "out"):
        assert_refused(gait("analyze", clip, "-o", "out"), "out: another gait is writing there")
    assert gait("analyze", clip, "-o", "out").code == 0


def test_what_a_killed_gait_left_is_removed(gait, analysis, tmp_path, clip):
    (tmp_path / "out").mkdir()
    dead = tmp_path / "out" / name_of_a_killed_process(".mp4")
    dead.write_text("half")
    assert gait("analyze", clip, "-o", "out").code == 0
    assert not dead.exists()


def test_a_failure_keeps_a_folder_that_existed(gait, analysis, tmp_path, clip):
    (tmp_path / "out").mkdir()
    analysis.error = RefusedError("no")
    assert_refused(gait("analyze", clip, "-o", "out"))
    assert (tmp_path / "out").is_dir()


def test_finished_poses_survive_a_failure(gait, analysis, tmp_path, clip):
    analysis.error, analysis.leave = RefusedError("no"), ("pose_1.nc",)
    gait("analyze", clip, "-o", "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["pose_1.nc"]
