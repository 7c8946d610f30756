"""View, facing, yaw and scale, estimated from runners filmed from known positions."""

from __future__ import annotations

import numpy as np
import pytest

from gait.errors import InputError, RefusedError
from gait.geometry.camera import find_camera, with_scale
from gait.synthetic import CameraSpec, presets
from tests.exercise_motions import EXERCISES, exercise_pose
from tests.filmed_joints import edited, filmed

CAMERAS = {
    ("side", "right"): CameraSpec(facing="right"),
    ("side", "left"): CameraSpec(facing="left"),
    ("rear", "away"): CameraSpec(view="rear"),
    ("front", "towards"): CameraSpec(view="front"),
}


@pytest.mark.parametrize("view_and_facing", CAMERAS, ids="_".join)
@pytest.mark.parametrize(
    "runner", [presets.neutral(), presets.overstriding(), presets.hip_dropping()], ids=["neutral", "long", "short"]
)
def test_view_and_facing_are_found(view_and_facing, runner) -> None:
    camera = find_camera(filmed(runner, camera=CAMERAS[view_and_facing], seconds=6).pose)
    assert (camera.view, camera.facing) == view_and_facing
    assert camera.square
    assert camera.warnings == ()


def test_the_near_leg_is_the_one_beside_the_camera() -> None:
    near = {s: find_camera(filmed(camera=CAMERAS[s], seconds=4).pose).near_side for s in CAMERAS}
    assert near == {
        ("side", "right"): "right",
        ("side", "left"): "left",
        ("rear", "away"): None,
        ("front", "towards"): None,
    }


@pytest.mark.parametrize("yaw", [-40, 40])
def test_a_camera_far_from_square_says_so(yaw: float) -> None:
    camera = find_camera(filmed(camera=CameraSpec(yaw_deg=yaw), seconds=6).pose)
    assert not camera.square
    # The estimate assumes one ratio of shoulders to trunk for everybody: good to about ±8°, plus keypoint noise.
    assert camera.yaw_deg == pytest.approx(40, abs=9)
    assert "place it square" in camera.warnings[0]


def test_a_camera_a_little_off_is_square_enough() -> None:
    camera = find_camera(filmed(camera=CameraSpec(yaw_deg=8), seconds=6).pose)
    assert camera.square
    assert camera.yaw_deg < 20


def test_a_declared_view_is_used_and_a_contradiction_becomes_a_warning() -> None:
    camera = find_camera(filmed(camera=CameraSpec(view="rear"), seconds=4).pose, view="side")
    assert camera.view == "side"
    assert any("looks like a rear view" in text for text in camera.warnings)


def test_an_unknown_view_is_an_error_that_lists_the_views() -> None:
    with pytest.raises(InputError, match=r"'above'.*auto, side, rear or front"):
        find_camera(filmed(seconds=4).pose, view="above")  # type: ignore[arg-type]


def test_a_video_without_a_runner_is_refused_with_what_to_film() -> None:
    empty = edited(filmed(seconds=2).pose, lambda position, names: position.fill(np.nan))
    with pytest.raises(RefusedError, match="no runner found in 120 frames: film one runner"):
        find_camera(empty)


def test_the_runners_height_gives_metres() -> None:
    run = filmed(presets.neutral(height_m=1.85), noise_px=0)
    spec = CameraSpec()
    truth = 2 * spec.distance_m * np.tan(np.radians(spec.field_of_view_deg / 2)) / spec.height
    plain = find_camera(run.pose)
    assert plain.m_per_px is None
    by_height, by_leg = with_scale(plain, height_m=1.85), with_scale(plain, height_m=None, leg_length_m=0.53 * 1.85)
    for camera in (by_height, by_leg):
        # The synthetic runner's thigh and shank differ from Winter's proportions by a few per cent.
        assert camera.m_per_px == pytest.approx(truth, rel=0.06)
        assert camera.leg_length_m == pytest.approx(0.53 * 1.85)
    assert with_scale(plain, height_m=None) is plain


def test_a_given_leg_length_outranks_the_height() -> None:
    camera = with_scale(find_camera(filmed(seconds=4).pose), height_m=1.80, leg_length_m=0.90)
    assert camera.leg_length_m == 0.90


def test_exchanged_labels_in_a_quarter_of_the_frames_do_not_change_the_view() -> None:
    def flip(position: np.ndarray, names: list[str]) -> None:
        left = [i for i, n in enumerate(names) if n.startswith("left_")]
        right = [names.index(names[i].replace("left", "right")) for i in left]
        position[::4, left], position[::4, right] = position[::4, right].copy(), position[::4, left].copy()

    assert find_camera(edited(filmed(camera=CameraSpec(view="front"), seconds=4).pose, flip)).view == "front"


@pytest.mark.parametrize("yaw_deg", [0.0, 20.0, 45.0])
def test_the_feet_show_an_oblique_view_of_somebody_who_runs_in_place(yaw_deg: float) -> None:
    pose = exercise_pose(EXERCISES["high_knees"], CameraSpec(view="front", yaw_deg=yaw_deg), seconds=3)
    camera = find_camera(pose)
    assert camera.view == "front"
    assert camera.yaw_deg == pytest.approx(yaw_deg, abs=12)
    assert camera.square == (yaw_deg < 40)
