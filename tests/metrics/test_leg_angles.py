"""Angles of body segments."""

from __future__ import annotations

import numpy as np
import pytest

from gait.metrics.leg_angles import (
    angle_from_vertical,
    foot_pitch_angle,
    knee_flexion_angle,
    segment_angle,
    trunk_angle,
)
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import SIDE_CAMERA, tracks_of


def test_forwards_of_the_vertical_is_positive() -> None:
    np.testing.assert_allclose(angle_from_vertical(np.array([1.0, 0.0, -1.0]), np.array([1.0, 1.0, 1.0])), [45, 0, -45])


def test_angles_keep_the_shape_of_the_times() -> None:
    tracks = tracks_of(filmed(camera=SIDE_CAMERA, seconds=2.0, noise_px=0.0))
    times = np.linspace(0.2, 1.8, 12).reshape(3, 4)
    for angles in (
        knee_flexion_angle(tracks, "right", times),
        foot_pitch_angle(tracks, "right", times),
        trunk_angle(tracks, times),
        segment_angle(tracks, times, ("right_hip",), ("right_knee",)),
    ):
        assert angles.shape == times.shape
        assert np.isfinite(angles).all()


def test_a_knee_bends_one_way_only() -> None:
    tracks = tracks_of(filmed(camera=SIDE_CAMERA, seconds=2.0, noise_px=0.0))
    bend = knee_flexion_angle(tracks, "right", tracks.time)
    assert bend.min() > -1
    assert bend.max() == pytest.approx(95, abs=30)  # in swing
