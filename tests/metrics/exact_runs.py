"""Runs filmed without noise and nearly without perspective, so that metrics can be compared with the geometry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.geometry.camera import find_camera, with_scale
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.metric_spec import MetricSpec
from gait.synthetic import CameraSpec, RunnerSpec, presets
from tests.filmed_joints import Run, edited, filmed

SIDE_CAMERA = CameraSpec(distance_m=12.0, field_of_view_deg=11.5)
FRONT_CAMERA = replace(SIDE_CAMERA, view="front")
REAR_CAMERA = replace(SIDE_CAMERA, view="rear")
EXACT = {"noise_px": 0.0, "seconds": 5.0, "solved_s": 5.0}
RUNNERS = {
    "neutral": presets.neutral(),
    "overstriding": presets.overstriding(),
    "uneven": presets.neutral(overstride=(0.20, 0.25), vertical_oscillation_cm=7.0, knee_flexion_contact_deg=20.0),
    "backward": presets.neutral(trunk_lean_deg=-4.0),
    "forefoot": presets.neutral(foot_strike_deg=-5.0, trunk_lean_deg=12.0),
}
#: Pairs of runner and direction of running.
SIDE_RUNS = [(name, facing) for name in RUNNERS for facing in ("left", "right")]


def tracks_of(run: Run) -> KeypointTracks:
    """Exact tracks, not cleaned, without a scale."""
    return KeypointTracks(run.pose, find_camera(run.pose))


def scaled_tracks_of(run: Run) -> KeypointTracks:
    """Exact tracks, not cleaned, with the true height."""
    return KeypointTracks(run.pose, with_scale(find_camera(run.pose), height_m=run.motion.runner.height_m))


def mean_value(spec: MetricSpec, run: Run, side: str, tracks: KeypointTracks | None = None) -> float:
    """Mean over the steps of a side at the true events."""
    contact, toe_off = run.stances(side)
    assert spec.measure is not None
    per_step = spec.measure(scaled_tracks_of(run) if tracks is None else tracks, side, contact, toe_off)
    assert per_step.shape == contact.shape
    return float(np.nanmean(per_step))


def assert_true_from_the_side(spec: MetricSpec, name: str, facing: str, *, tolerance: float) -> None:
    """Compare a metric with the geometry of a run, for both legs."""
    run = filmed(RUNNERS[name], camera=replace(SIDE_CAMERA, facing=facing), **EXACT, fps=120)
    for side in ("left", "right"):
        assert mean_value(spec, run, side) == pytest.approx(run.metrics[spec.key][side]["value"], abs=tolerance)


def assert_same_when_mirrored(spec: MetricSpec) -> None:
    """Compare a run with its mirror image: the runner faces the other way, nothing else changes."""
    run = filmed(RUNNERS["uneven"], **EXACT)

    def mirror(position: np.ndarray, names: list[str]) -> None:
        position[..., 0] = run.pose.image_width - position[..., 0]

    mirrored = Run(edited(run.pose, mirror), run.motion, run.seconds)
    assert find_camera(mirrored.pose).facing == "left"
    for side in ("left", "right"):
        assert mean_value(spec, mirrored, side) == pytest.approx(mean_value(spec, run, side), abs=1e-3)


def assert_unchanged_by_known_roll(spec: MetricSpec, *, tolerance: float) -> None:
    """A rolled camera whose roll is known gives what a level one gives."""
    for facing in ("left", "right"):
        level = filmed(RUNNERS["neutral"], camera=replace(SIDE_CAMERA, facing=facing), **EXACT)
        for roll in (-3.0, 4.0):
            rolled = filmed(RUNNERS["neutral"], camera=replace(SIDE_CAMERA, facing=facing, roll_deg=roll), **EXACT)
            rolled.pose.attrs["camera_roll_deg"] = roll
            assert mean_value(spec, rolled, "left") == pytest.approx(mean_value(spec, level, "left"), abs=tolerance)


#: A body drawn by hand, (forwards, up) in pixels; a leg length is 100 pixels.
POSTURE = {
    "left_hip": (0, 100),
    "right_hip": (0, 100),
    "left_shoulder": (10, 150),
    "right_shoulder": (10, 150),
    "left_knee": (20, 55),
    "left_ankle": (30, 10),
}


def value_of_posture(spec: MetricSpec) -> float:
    """Value of the left leg of a body that does not move, drawn facing left."""
    base = filmed(RunnerSpec(), camera=CameraSpec(facing="left"), seconds=1.0).pose
    camera = replace(find_camera(base), m_per_px=0.005, leg_px=100 * 0.491 / 0.53)

    def draw(position: np.ndarray, names: list[str]) -> None:
        for name, (forwards, up) in POSTURE.items():
            position[:, names.index(name)] = (400 - forwards, 600 - up)

    tracks = KeypointTracks(edited(base, draw), camera)
    assert spec.measure is not None
    return float(spec.measure(tracks, "left", np.array([0.2]), np.array([0.4]))[0])
