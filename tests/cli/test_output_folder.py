"""Folders for results: refused before the work, and left clean when it fails."""

from __future__ import annotations

import os
import shutil

import pytest

from gait.errors import RefusedError
from tests.cli.conftest import assert_refused


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


def test_the_annotated_video_never_replaces_the_source(gait, analysis, tmp_path, clip):
    shutil.copy(clip, tmp_path / "side.mp4")
    assert_refused(gait("analyze", "side.mp4", "-o", "."), "would replace side.mp4")
    assert gait("analyze", "side.mp4", "-o", ".", "--no-video").code == 0


def test_a_failure_keeps_a_folder_that_existed(gait, analysis, tmp_path, clip):
    (tmp_path / "out").mkdir()
    analysis.error = RefusedError("no")
    assert_refused(gait("analyze", clip, "-o", "out"))
    assert (tmp_path / "out").is_dir()


def test_finished_poses_survive_a_failure(gait, analysis, tmp_path, clip):
    analysis.error, analysis.leave = RefusedError("no"), ("pose_1.nc",)
    gait("analyze", clip, "-o", "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["pose_1.nc"]
