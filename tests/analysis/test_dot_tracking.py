"""Dots are searched once, in side views alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.analysis.dot_tracking import look_for_dots, track_dots
from gait.analysis.step_measuring import clean_enough_strides
from gait.geometry.camera import find_camera
from gait.geometry.joint_offsets import dotted_joints
from gait.pose.dataset import DOT_POSITION, DOTS_VERSION_ATTR
from gait.signal.dotted_keypoints import keypoint_track
from tests.dotted_runner import JOINTS, DottedRun, draw_run


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> DottedRun:
    return draw_run(tmp_path_factory.mktemp("dots") / "run.mp4")


def test_dots_put_cleaned_keypoints_where_the_joints_are(run: DottedRun) -> None:
    camera = find_camera(run.pose)
    pose = track_dots(run.video, run.pose, camera)
    assert dotted_joints(pose) == {f"right_{joint}" for joint in JOINTS}
    for joint in ("hip", "knee", "ankle"):
        off = [
            np.median(
                np.linalg.norm(
                    keypoint_track(clean_enough_strides(some, camera).pose, "position", f"right_{joint}")
                    - run.dots[f"right_{joint}"],
                    axis=1,
                )
            )
            for some in (run.pose, pose)
        ]
        assert off[0] > 6
        assert off[1] < 1


def test_dots_are_searched_once(run: DottedRun, tmp_path) -> None:
    camera = find_camera(run.pose)
    searched = run.pose.assign_attrs({DOTS_VERSION_ATTR: 1})
    assert track_dots(tmp_path / "absent.mp4", searched, camera) is searched


def test_a_look_that_was_taken_before_is_used(run: DottedRun, tmp_path) -> None:
    camera = find_camera(run.pose)
    colour = look_for_dots(run.video, run.pose, camera)
    assert colour is not None
    plain = track_dots(tmp_path / "absent.mp4", run.pose, camera, look=lambda: None)
    assert plain.attrs[DOTS_VERSION_ATTR]
    assert not dotted_joints(plain)
    dotted = track_dots(run.video, run.pose, camera, look=lambda: colour)
    assert dotted_joints(dotted) == {f"right_{joint}" for joint in JOINTS}
    assert look_for_dots(tmp_path / "absent.mp4", run.pose, replace(camera, view="rear")) is None


def test_other_views_and_other_skeletons_are_left_alone(run: DottedRun, tmp_path) -> None:
    camera = find_camera(run.pose)
    for view in ("rear", "front"):
        assert track_dots(tmp_path / "absent.mp4", run.pose, replace(camera, view=view)) is run.pose
    without = run.pose.drop_sel(keypoint=["right_knee"])
    assert track_dots(tmp_path / "absent.mp4", without, camera) is without


def test_a_plain_runner_is_noted_as_searched(tmp_path) -> None:
    run = draw_run(tmp_path / "run.mp4", dotted=())
    pose = track_dots(run.video, run.pose, find_camera(run.pose))
    assert pose.attrs[DOTS_VERSION_ATTR]
    assert DOT_POSITION not in pose
    assert not dotted_joints(pose)
