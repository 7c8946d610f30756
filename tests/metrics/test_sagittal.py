"""Side-view metrics at the true moments: values, signs, and the same numbers whichever way the runner faces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.geometry.camera import find_camera, with_scale
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics import sagittal
from gait.synthetic import CameraSpec, RunnerSpec, presets
from tests.filmed_joints import Run, edited, filmed

FAR_AWAY = CameraSpec(distance_m=12.0, field_of_view_deg=11.5)  # next to no perspective: geometry to the letter
RUNNERS = {
    "neutral": presets.neutral(),
    "overstriding": presets.overstriding(),
    "uneven": presets.neutral(overstride=(0.20, 0.25), vertical_oscillation_cm=7.0, knee_flexion_contact_deg=20.0),
    "backward": presets.neutral(trunk_lean_deg=-4.0),
    "forefoot": presets.neutral(foot_strike_deg=-5.0, trunk_lean_deg=12.0),
}
EXACT = {"noise_px": 0.0, "seconds": 5.0, "solved_s": 5.0}
#: Largest difference from the truth that is still right here.
TOLERANCE = {
    "overstride": 0.015,
    "tibia_angle": 1.0,
    "knee_flexion_contact": 1.5,
    "knee_flexion_stance": 1.5,
    "trunk_lean": 0.7,
    "hip_extension": 1.0,
    "foot_pickup": 0.03,
    "vertical_oscillation": 0.8,
}


def tracks_of(run: Run) -> KeypointTracks:
    """Exact tracks, no cleaning, with the true height."""
    camera = find_camera(run.pose)
    return KeypointTracks(run.pose, with_scale(camera, height_m=run.motion.runner.height_m))


def value(run: Run, key: str, side: str) -> float:
    contact, off = run.stances(side)
    per_step = getattr(sagittal, key)(tracks_of(run), side, contact, off)
    assert per_step.shape == contact.shape
    return float(np.nanmean(per_step))


@pytest.mark.parametrize("key", TOLERANCE)
@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize("name", RUNNERS)
def test_values_are_those_of_the_geometry(name: str, facing: str, key: str) -> None:
    run = filmed(RUNNERS[name], camera=replace(FAR_AWAY, facing=facing), **EXACT, fps=120)
    for side in ("left", "right"):
        assert value(run, key, side) == pytest.approx(run.metrics[key][side]["value"], abs=TOLERANCE[key])


def test_mirrored_runs_have_the_same_values() -> None:
    run = filmed(RUNNERS["uneven"], **EXACT)

    def mirror(position: np.ndarray, names: list[str]) -> None:
        position[..., 0] = run.pose.image_width - position[..., 0]

    turned = Run(edited(run.pose, mirror), run.motion, run.seconds)
    assert find_camera(turned.pose).facing == "left"
    for key in TOLERANCE:
        for side in ("left", "right"):
            assert value(turned, key, side) == pytest.approx(value(run, key, side), abs=1e-3), key


def test_the_foot_points_up_at_a_heel_strike_and_down_at_a_forefoot_strike() -> None:
    heel = filmed(presets.neutral(foot_strike_deg=16.0), camera=FAR_AWAY, **EXACT, fps=120)
    fore = filmed(RUNNERS["forefoot"], camera=FAR_AWAY, **EXACT, fps=120)
    assert value(heel, "foot_strike_angle", "right") == pytest.approx(16, abs=3)
    assert value(fore, "foot_strike_angle", "right") < 0


def still(**joints: tuple[float, float]) -> KeypointTracks:
    """Ten frames of a body that does not move: joints in (forward, up), drawn for a runner who faces left."""
    base = filmed(RunnerSpec(), camera=CameraSpec(facing="left"), seconds=1.0).pose
    camera = replace(find_camera(base), m_per_px=0.005, leg_px=100 * 0.491 / 0.53)

    def place(position: np.ndarray, names: list[str]) -> None:
        for name, (forward, up) in joints.items():
            position[:, names.index(name)] = (400 - forward, 600 - up)

    return KeypointTracks(edited(base, place), camera)


def test_signs_by_hand() -> None:
    at, off = np.array([0.2]), np.array([0.4])
    body = still(
        left_hip=(0, 100), right_hip=(0, 100), left_shoulder=(10, 150), right_shoulder=(10, 150),
        left_knee=(20, 55), left_ankle=(30, 10),
    )  # fmt: skip
    assert sagittal.overstride(body, "left", at, off)[0] == pytest.approx(0.30)
    assert sagittal.tibia_angle(body, "left", at, off)[0] == pytest.approx(np.degrees(np.arctan2(10, 45)))
    assert sagittal.trunk_lean(body, "left", at, off)[0] == pytest.approx(np.degrees(np.arctan2(10, 50)))
    assert sagittal.hip_extension(body, "left", at, off)[0] == pytest.approx(-np.degrees(np.arctan2(20, 45)))
    assert sagittal.foot_pickup(body, "left", at, off)[0] == pytest.approx(-0.30)
    thigh, shank = np.degrees(np.arctan2(20, 45)), np.degrees(np.arctan2(10, 45))
    assert sagittal.knee_flexion_contact(body, "left", at, off)[0] == pytest.approx(thigh - shank)


def test_oscillation_without_a_scale_is_unknown() -> None:
    run = filmed(noise_px=0)
    tracks = KeypointTracks(run.pose, find_camera(run.pose))
    contact = run.times("left", "contact")
    assert np.isnan(sagittal.vertical_oscillation(tracks, "left", contact, contact + 0.25)).all()


def test_what_is_hidden_at_that_moment_is_unknown_for_that_step_only() -> None:
    run = filmed(noise_px=0)
    contact, off = (times[:6] for times in run.stances("right"))
    frame = int(np.searchsorted(run.pose.time.values, contact[2]))

    def hide(position: np.ndarray, names: list[str]) -> None:
        position[frame - 3 : frame + 3, names.index("right_ankle")] = np.nan

    values = sagittal.tibia_angle(KeypointTracks(edited(run.pose, hide), find_camera(run.pose)), "right", contact, off)
    assert list(np.flatnonzero(np.isnan(values))) == [2]


@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize("roll", [-3.0, 4.0])
def test_a_rolled_camera_that_is_known_changes_nothing(facing: str, roll: float) -> None:
    level = filmed(RUNNERS["neutral"], camera=replace(FAR_AWAY, facing=facing), **EXACT)
    rolled = filmed(RUNNERS["neutral"], camera=replace(FAR_AWAY, facing=facing, roll_deg=roll), **EXACT)
    off_by = value(rolled, "trunk_lean", "left") - value(level, "trunk_lean", "left")
    assert abs(off_by) == pytest.approx(abs(roll), abs=0.3)
    rolled.pose.attrs["camera_roll_deg"] = roll
    for key, tolerance in {"trunk_lean": 0.15, "tibia_angle": 0.15, "hip_extension": 0.15, "overstride": 0.003}.items():
        assert value(rolled, key, "left") == pytest.approx(value(level, key, "left"), abs=tolerance), key
