"""Front and rear metrics: which way is inwards for each arm, and how far the wrists cross."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.geometry.camera import find_camera, with_scale
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics import frontal
from gait.synthetic import CameraSpec, presets
from tests.filmed_joints import Run, filmed

FRONT = CameraSpec(view="front", distance_m=12.0, field_of_view_deg=11.5)
EXACT = {"noise_px": 0.0, "seconds": 5.0, "solved_s": 5.0}


def tracks_of(run: Run) -> KeypointTracks:
    return KeypointTracks(run.pose, find_camera(run.pose))


def value(run: Run, key: str, side: str) -> float:
    return float(np.nanmean(getattr(frontal, key)(tracks_of(run), side, *run.stances(side))))


@pytest.mark.parametrize("crossover", [(0.25, -0.15), (-0.15, 0.25), (0.10, 0.10), (-0.30, -0.30)])
def test_each_arm_has_its_own_crossing(crossover: tuple[float, float]) -> None:
    run = filmed(presets.arms_crossing(arm_crossover=crossover), camera=FRONT, **EXACT)
    for side, asked in zip(("left", "right"), crossover, strict=True):
        assert value(run, "arm_crossover", side) == pytest.approx(asked, abs=0.03)


def test_the_range_of_the_wrists() -> None:
    run = filmed(presets.arms_crossing(), camera=FRONT, **EXACT)
    for side in ("left", "right"):
        assert value(run, "arm_swing_lateral", side) == pytest.approx(
            run.metrics["arm_swing_lateral"][side]["value"], abs=0.06
        )


def test_a_leaning_runner_or_camera_does_not_move_the_midline() -> None:
    level = filmed(presets.arms_crossing(), camera=FRONT, **EXACT)
    rolled = filmed(presets.arms_crossing(), camera=replace(FRONT, roll_deg=4), **EXACT)
    for side in ("left", "right"):
        assert value(rolled, "arm_crossover", side) == pytest.approx(value(level, "arm_crossover", side), abs=0.05)


@pytest.mark.parametrize("view", ["rear", "front"])
def test_the_runners_own_sides(view: str) -> None:
    tracks = tracks_of(filmed(camera=replace(FRONT, view=view), **EXACT))
    hip = {s: np.median(tracks.xy(f"{s}_hip")[:, 0]) for s in ("left", "right")}
    for side, other in (("left", "right"), ("right", "left")):
        assert np.sign(hip[side] - hip[other]) == frontal.own_side(tracks, side)


@pytest.mark.parametrize("view", ["rear", "front"])
def test_lean_towards_the_standing_leg_is_positive(view: str) -> None:
    run = filmed(presets.neutral(lateral_lean_deg=5.0), camera=replace(FRONT, view=view), **EXACT)
    for side in ("left", "right"):
        assert value(run, "lateral_trunk_lean", side) == pytest.approx(5.0, abs=1.5)


def test_one_contact_is_no_stride() -> None:
    run = filmed(presets.arms_crossing(), camera=FRONT, **EXACT)
    assert np.isnan(frontal.arm_crossover(tracks_of(run), "left", np.array([1.0]), np.array([1.2]))).all()


@pytest.mark.parametrize("view", ["rear", "front"])
@pytest.mark.parametrize("width", [-1.5, 4.0, 11.0])
def test_feet_apart_and_crossing(view: str, width: float) -> None:
    run = filmed(presets.neutral(step_width_cm=width), camera=replace(FRONT, view=view), **EXACT)
    camera = with_scale(find_camera(run.pose), height_m=run.motion.skeleton.height)
    tracks = KeypointTracks(run.pose, camera)
    for side in ("left", "right"):
        found = float(np.nanmean(frontal.step_width(tracks, side, *run.stances(side))))
        # The scale comes from the length of the legs in the picture, which is known to some per cent.
        assert found == pytest.approx(run.metrics["step_width"][side]["value"], abs=0.8, rel=0.1)


def test_step_width_needs_a_scale() -> None:
    run = filmed(camera=FRONT, **EXACT)
    assert np.isnan(frontal.step_width(tracks_of(run), "left", *run.stances("left"))).all()


def test_knees_that_come_together_close_the_window() -> None:
    windows = []
    for width in (-2.0, 4.0, 12.0):
        run = filmed(presets.neutral(step_width_cm=width), camera=FRONT, **EXACT)
        windows.append(np.mean([value(run, "knee_window", side) for side in ("left", "right")]))
    assert windows[0] < windows[1] < windows[2]


def tilted(run: Run, mark: str, *, scale: float = 1.0) -> KeypointTracks:
    """KeypointTracks with the tilt of the hips as the picture shows it."""
    tracks = tracks_of(run)
    hips = tracks.xy("left_hip") - tracks.xy("right_hip")
    tilt = scale * np.degrees(
        np.arctan2(hips[:, 1], hips[:, 0]) if tracks.camera.view == "front" else np.arctan2(-hips[:, 1], -hips[:, 0])
    )
    pose = run.pose.assign(pelvis_tilt=(("time", "individual"), (tilt - tilt.mean())[:, None]))
    return KeypointTracks(pose.assign_attrs(run.pose.attrs, pelvis_mark=mark), tracks.camera)


@pytest.mark.parametrize("view", ["rear", "front"])
@pytest.mark.parametrize("drop", [2.0, 8.0])
def test_the_free_side_low_is_a_drop(view: str, drop: float) -> None:
    run = filmed(presets.neutral(pelvic_drop_deg=drop), camera=replace(FRONT, view=view), **EXACT)
    tracks = tilted(run, "tape")
    found = np.mean([np.mean(frontal.seen_drop(tracks, side, *run.stances(side))) for side in ("left", "right")])
    assert found == pytest.approx(drop, abs=0.6)
    middle = np.mean([np.mean(frontal.seen_drop_midstance(tracks, s, *run.stances(s))) for s in ("left", "right")])
    assert middle == pytest.approx(run.metrics["pelvic_drop_midstance"]["value"], abs=0.6)


def test_what_cloth_shows_is_stretched_and_what_marks_show_hardly() -> None:
    run = filmed(presets.neutral(pelvic_drop_deg=6.0), camera=replace(FRONT, view="rear"), **EXACT)
    for mark, scale in (("tape", 1.0), ("none", 0.65)):
        tracks = tilted(run, mark, scale=scale)
        found = np.mean([np.mean(frontal.pelvic_drop(tracks, side, *run.stances(side))) for side in ("left", "right")])
        assert found == pytest.approx(6.0, abs=1.2)


@pytest.mark.parametrize("view", ["rear", "front"])
@pytest.mark.parametrize("yaw", [-6.0, 0.0, 6.0])
def test_the_feet_tell_how_far_the_camera_looks_off_the_belt(view: str, yaw: float) -> None:
    run = filmed(camera=replace(FRONT, view=view, yaw_deg=yaw), **EXACT)
    stances = {side: run.stances(side) for side in ("left", "right")}
    found = frontal.skew_behind(tracks_of(run), stances, 1.0)
    straight = frontal.skew_behind(tracks_of(filmed(camera=replace(FRONT, view=view), **EXACT)), stances, 1.0)
    assert abs(found - straight) == pytest.approx(abs(np.tan(np.radians(yaw))), abs=0.03)


def test_hands_are_seen_where_they_are_by_a_camera_off_the_belt() -> None:
    runner = presets.arms_crossing(arm_crossover=(0.1, 0.1))
    for yaw in (-6.0, 6.0):
        run = filmed(runner, camera=replace(FRONT, yaw_deg=yaw), **EXACT)
        tracks = tracks_of(run)
        stances = {side: run.stances(side) for side in ("left", "right")}
        skewed = {side: float(np.nanmean(frontal.arm_crossover(tracks, side, *stances[side]))) for side in stances}
        tracks.pose.attrs[frontal.SKEW] = frontal.skew_behind(tracks, stances, 1.0)
        put_right = {side: float(np.nanmean(frontal.arm_crossover(tracks, side, *stances[side]))) for side in stances}
        tracks.pose.attrs.pop(frontal.SKEW)
        assert abs(skewed["left"] - skewed["right"]) > 0.1
        assert abs(put_right["left"] - put_right["right"]) < 0.5 * abs(skewed["left"] - skewed["right"])


def test_too_few_steps_tell_nothing_of_the_camera() -> None:
    run = filmed(camera=FRONT, **EXACT)
    stances = {side: tuple(times[:2] for times in run.stances(side)) for side in ("left", "right")}
    assert frontal.skew_behind(tracks_of(run), stances, 1.0) == 0.0
