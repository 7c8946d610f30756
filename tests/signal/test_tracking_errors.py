"""Legs that cannot be where they were found are marked; a runner without errors keeps every keypoint."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from gait.analysis.view_analysis import ViewAnalysis, analyze_pose
from gait.geometry.camera import Camera
from gait.metrics.gait_cycles import average_cycles
from gait.report.keypoint_lookup import KeypointLookup
from gait.signal.tracking_errors import IMPOSSIBLE, impossible_frames, impossible_legs, without_impossible
from tests.filmed_joints import JOINTS, edited, filmed

KNEE = JOINTS.index("left_knee")
NAMES = [f"{side}_{joint}" for side in ("left", "right") for joint in ("hip", "knee", "ankle", "heel", "foot_index")]


def legs(facing: int, flexion_deg: float = 40.0) -> np.ndarray:
    """Keypoints of two legs whose thighs swing and whose knees are bent; (40, 10, 2), pixels."""
    thigh = np.radians(30 * np.sin(np.linspace(0, 4 * np.pi, 40)))
    shank = thigh - np.radians(flexion_deg)
    made = []
    for _ in ("left", "right"):
        hip = np.full((40, 2), 300.0)
        knee = hip + 100 * np.stack([facing * np.sin(thigh), np.cos(thigh)], axis=1)
        ankle = knee + 90 * np.stack([facing * np.sin(shank), np.cos(shank)], axis=1)
        made += [hip, knee, ankle, ankle + np.array([-10 * facing, 20]), ankle + np.array([30 * facing, 20])]
    return np.stack(made, axis=1)


def camera(facing: int = 1, view: str = "side") -> Camera:
    return Camera(view, "right" if facing > 0 else "left", facing, True, 0.0, 190.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize("flexion", [-8.0, 0.0, 60.0, 130.0])
def test_a_leg_that_keeps_its_lengths_is_left_alone(facing: int, flexion: float) -> None:
    assert not impossible_legs(legs(facing, flexion), NAMES, camera(facing)).any()


@pytest.mark.parametrize("facing", [1, -1])
def test_a_knee_that_bends_backwards_is_no_knee(facing: int) -> None:
    position = legs(facing)
    position[10:14] = legs(facing, -25.0)[10:14]
    found = impossible_legs(position, NAMES, camera(facing))
    assert np.flatnonzero(found.any(axis=1)).tolist() == [10, 11, 12, 13]
    assert not found[:, [NAMES.index("left_hip"), NAMES.index("right_hip")]].any()


@pytest.mark.parametrize("joint", ["knee", "ankle"])
def test_a_segment_that_changes_its_length_takes_its_leg_out_from_the_knee_down(joint: str) -> None:
    position = legs(1)
    index = NAMES.index(f"right_{joint}")
    position[5:8, index] += 0.2 * (position[5:8, index] - position[5:8, index - 1])
    found = impossible_legs(position, NAMES, camera())
    assert [NAMES[k] for k in np.flatnonzero(found.any(axis=0))] == NAMES[6:]
    assert np.flatnonzero(found.any(axis=1)).tolist() == [5, 6, 7]


def test_segments_may_change_their_length_as_seen_from_behind() -> None:
    position = legs(1)
    position[5:8, 1] += 40
    assert not impossible_legs(position, NAMES, camera(view="rear")).any()


def test_gaps_and_missing_joints_are_no_errors() -> None:
    position = legs(1)
    position[3:9, 1] = np.nan
    assert not impossible_legs(position, NAMES, camera()).any()
    assert not impossible_legs(np.full((40, 10, 2), np.nan), NAMES, camera()).any()
    assert not impossible_legs(position[:, :2], NAMES[:2], camera()).any()


@pytest.fixture(scope="module")
def knee_left_behind() -> tuple[ViewAnalysis, np.ndarray]:
    """A run whose left knee jumps towards the hip in the middle of every swing, as where the other leg hides it."""
    run = filmed()
    contacts, toe_offs = run.stances("left")
    time = run.pose.time.values
    middle = (toe_offs[:-1] + contacts[1:]) / 2
    frames = np.any(np.abs(time - middle[:, None]) < 0.04, axis=0)

    def change(position: np.ndarray, names: list[str]) -> None:
        hip = position[frames, JOINTS.index("left_hip")]
        position[frames, KNEE] = hip + 0.55 * (position[frames, KNEE] - hip)

    return analyze_pose(edited(run.pose, change)), frames


def test_an_error_of_every_stride_is_found_in_its_frames_and_leg(knee_left_behind) -> None:
    view, frames = knee_left_behind
    status = view.clean["status"].isel(individual=0).transpose("time", "keypoint").values == IMPOSSIBLE
    found = status[:, KNEE]
    assert (found & frames).sum() > 0.7 * frames.sum()
    nearby = np.convolve(frames, np.ones(7), "same") > 0
    assert not (found & ~nearby).any()
    assert not status[:, JOINTS.index("right_knee")].any()
    assert impossible_frames(view.clean) == found.sum()


def test_such_frames_are_neither_averaged_nor_drawn_and_metrics_keep_them(knee_left_behind) -> None:
    view, frames = knee_left_behind
    strides = average_cycles(view.clean, view.camera, view.events)["strides"].sel(signal="knee_flexion")
    assert int(strides.sel(side="left")) == 0
    assert int(strides.sel(side="right")) > 10
    lookup = KeypointLookup(view.clean, slack_s=0.01)
    drawn = [lookup.at(float(t)) for t in view.clean.time.values[frames]]
    assert sum("left_knee" not in points for points in drawn) > 0.7 * len(drawn)
    assert all("left_hip" in points and "right_knee" in points for points in drawn)
    marked = view.clean["status"].sel(keypoint="left_knee") == IMPOSSIBLE
    assert np.isfinite(view.clean.position.sel(keypoint="left_knee").where(marked, 0.0)).all()


def test_a_run_without_errors_and_poses_of_earlier_versions_stay_as_they_are(knee_left_behind) -> None:
    view, _ = knee_left_behind
    for clean in (view.clean.drop_vars("status"), view.clean.assign(status=xr.zeros_like(view.clean["status"]))):
        assert impossible_frames(clean) == 0
        assert without_impossible(clean) is clean
    assert replace(view, clean=without_impossible(view.clean)).clean.position.dims == view.clean.position.dims
