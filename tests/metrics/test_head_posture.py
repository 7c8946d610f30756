"""Head ahead of the trunk's line."""

from __future__ import annotations

import numpy as np
import pytest

from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.head_posture import SPEC, measure_head_posture
from tests.filmed_joints import edited, filmed
from tests.metrics.exact_runs import (
    SIDE_RUNS,
    assert_same_when_mirrored,
    assert_true_from_the_side,
    assert_unchanged_by_known_roll,
    tracks_of,
)


@pytest.mark.parametrize(("name", "facing"), SIDE_RUNS)
def test_value_is_that_of_the_geometry(name: str, facing: str) -> None:
    assert_true_from_the_side(SPEC, name, facing, tolerance=1.5)


def test_a_mirrored_run_has_the_same_value() -> None:
    assert_same_when_mirrored(SPEC)


def test_a_rolled_camera_changes_nothing() -> None:
    assert_unchanged_by_known_roll(SPEC, tolerance=0.5)


@pytest.mark.parametrize(("ears", "angle"), [((20, 100), 0.0), ((40, 80), 45 - np.degrees(np.arctan(0.2)))])
def test_a_leaning_runner_with_the_head_in_line_has_zero(ears: tuple[float, float], angle: float) -> None:
    run = filmed(noise_px=0, seconds=1.0)

    def draw(position: np.ndarray, names: list[str]) -> None:
        for joint, (forwards, up) in {"hip": (0, 0), "shoulder": (10, 50), "ear": ears}.items():
            for side in ("left", "right"):
                position[:, names.index(f"{side}_{joint}")] = (400 + forwards, 400 - up)

    tracks = KeypointTracks(edited(run.pose, draw), tracks_of(run).camera)
    assert tracks.camera.facing == "right"
    (value,) = measure_head_posture(tracks, "left", np.array([0.2]), np.array([0.4]))
    assert value == pytest.approx(angle, abs=1e-6)
