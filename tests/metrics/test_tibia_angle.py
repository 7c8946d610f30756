"""Lean of the shank at contact."""

from __future__ import annotations

import numpy as np
import pytest

from gait.geometry.camera import find_camera
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.tibia_angle import SPEC, measure_tibia_angle
from tests.filmed_joints import edited, filmed
from tests.metrics.exact_runs import (
    SIDE_RUNS,
    assert_same_when_mirrored,
    assert_true_from_the_side,
    assert_unchanged_by_known_roll,
    value_of_posture,
)


@pytest.mark.parametrize(("name", "facing"), SIDE_RUNS)
def test_value_is_that_of_the_geometry(name: str, facing: str) -> None:
    assert_true_from_the_side(SPEC, name, facing, tolerance=1.0)


def test_a_mirrored_run_has_the_same_value() -> None:
    assert_same_when_mirrored(SPEC)


def test_sign_and_size_of_a_posture_drawn_by_hand() -> None:
    assert value_of_posture(SPEC) == pytest.approx(np.degrees(np.arctan2(10, 45)))


def test_a_rolled_camera_whose_roll_is_known_changes_nothing() -> None:
    assert_unchanged_by_known_roll(SPEC, tolerance=0.15)


def test_an_ankle_hidden_at_one_contact_is_missing_in_that_step_only() -> None:
    run = filmed(noise_px=0)
    contact, toe_off = (times[:6] for times in run.stances("right"))
    frame = int(np.searchsorted(run.pose.time.values, contact[2]))

    def hide(position: np.ndarray, names: list[str]) -> None:
        position[frame - 3 : frame + 3, names.index("right_ankle")] = np.nan

    tracks = KeypointTracks(edited(run.pose, hide), find_camera(run.pose))
    assert list(np.flatnonzero(np.isnan(measure_tibia_angle(tracks, "right", contact, toe_off)))) == [2]
