"""Exercises are told from running on a treadmill, and running is never taken for one."""

from __future__ import annotations

import pytest

from gait.analysis.motion_kind import explain_missing_rhythm, find_other_motion
from gait.analysis.view_analysis import analyze_pose
from gait.errors import RefusedError
from gait.geometry.camera import find_camera
from gait.records import Runner
from gait.synthetic import CameraSpec
from tests.exercise_motions import EXERCISES, exercise_pose
from tests.filmed_joints import edited, filmed, measured

SIDE, FRONT, REAR = (CameraSpec(view=view) for view in ("side", "front", "rear"))
SECONDS = 6.0


def kind(name: str, camera: CameraSpec, fps: float = 60.0, seconds: float = SECONDS) -> str | None:
    pose = exercise_pose(EXERCISES[name], camera, seconds=seconds)
    every = round(60 / fps)
    thin = pose.isel(time=slice(None, None, every)).assign_attrs(fps=60 / every, capture_fps=60 / every)
    refusal = find_other_motion(thin, find_camera(thin))
    return None if refusal is None else refusal.reason


@pytest.mark.parametrize("camera", [SIDE, FRONT, REAR], ids=["side", "front", "rear"])
@pytest.mark.parametrize("name", ["high_knees", "butt_kicks", "jog_in_place", "fast_feet", "marching", "stairs"])
def test_exercises_on_the_spot_are_told_from_running(name, camera):
    assert "does not look like running" in (kind(name, camera) or "")


@pytest.mark.parametrize("name", ["elliptical", "bike", "lunges", "stepper"])
def test_machines_are_told_from_a_treadmill_run_from_the_side(name):
    assert "does not look like running" in (kind(name, SIDE, seconds=10.0) or "")


@pytest.mark.parametrize("name", ["squats", "jumping_jacks", "rope_together"])
def test_legs_that_move_together_are_named(name):
    assert "both legs move together" in (kind(name, FRONT) or "")


def test_walking_is_named_from_the_side():
    assert "one foot is always on the ground" in (kind("walking", SIDE) or "")


def test_somebody_who_stands_is_said_to_stand():
    assert "stands still" in (kind("standing", SIDE) or "")


def test_a_check_at_twenty_frames_a_second_says_the_same():
    assert "do not travel back" in (kind("high_knees", SIDE, fps=20) or "")
    assert "one foot is always on the ground" in (kind("walking", SIDE, fps=20) or "")


def test_a_film_of_few_frames_is_not_taken_for_an_exercise():
    # As a browser on a busy computer records it.
    pose = (
        filmed(camera=SIDE, seconds=SECONDS)
        .pose.isel(time=slice(None, None, 12))
        .assign_attrs(fps=5.0, capture_fps=5.0)
    )
    reason = explain_missing_rhythm(pose, find_camera(pose))
    assert reason == "the film has 5 frames/s, too few to follow a step; film at 60 frames/s"


@pytest.mark.parametrize("view", ["side", "front", "rear"])
@pytest.mark.parametrize("height_m", [0.05, 1.0, 1.6])
def test_running_is_never_taken_for_an_exercise(view, height_m):
    pose = filmed(camera=CameraSpec(view=view, height_m=height_m), seconds=SECONDS).pose
    for every in (1, 3):
        thin = pose.isel(time=slice(None, None, every)).assign_attrs(fps=60 / every, capture_fps=60 / every)
        assert find_other_motion(thin, find_camera(thin)) is None


def test_running_that_plays_backwards_is_refused():
    def backwards(position, names):
        position[:] = position[::-1].copy()

    pose = edited(filmed(seconds=SECONDS).pose, backwards)
    with pytest.raises(RefusedError, match="plays backwards") as refused:
        analyze_pose(pose, runner=Runner(height_m=1.76))
    assert refused.value.code == "not_running"


def test_running_in_place_gives_a_cadence_and_nothing_of_a_belt():
    analysis = analyze_pose(exercise_pose(EXERCISES["high_knees"], SIDE), runner=Runner(height_m=1.76))
    assert measured(analysis, "cadence").value == pytest.approx(176, abs=3)
    assert analysis.belt_speed_mps is None
    others = [m for m in analysis.measurements if m.key != "cadence"]
    assert all(m.value is None for m in others)
    assert any(m.reason_code == "running_in_place" for m in others)
    assert any("does not look like running on a treadmill" in warning for warning in analysis.info.warnings)


def test_no_speed_of_a_belt_is_read_off_squats():
    with pytest.raises(RefusedError, match="both legs move together"):
        analyze_pose(exercise_pose(EXERCISES["squats"], FRONT), runner=Runner(height_m=1.76))
