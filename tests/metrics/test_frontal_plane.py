"""Sides and widths in a view from behind or in front."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.metrics.frontal_plane import image_direction, joint_width_px, rightward_position
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import EXACT, FRONT_CAMERA, tracks_of


@pytest.mark.parametrize("view", ["rear", "front"])
def test_sides_are_those_of_the_runner(view: str) -> None:
    tracks = tracks_of(filmed(camera=replace(FRONT_CAMERA, view=view), **EXACT))
    hip = {s: np.median(tracks.xy(f"{s}_hip")[:, 0]) for s in ("left", "right")}
    for side, other in (("left", "right"), ("right", "left")):
        assert np.sign(hip[side] - hip[other]) == image_direction(tracks, side)


@pytest.mark.parametrize("view", ["rear", "front"])
def test_the_right_hip_is_farther_to_the_right(view: str) -> None:
    tracks = tracks_of(filmed(camera=replace(FRONT_CAMERA, view=view), **EXACT))
    apart = rightward_position(tracks, tracks.time, "right_hip") - rightward_position(tracks, tracks.time, "left_hip")
    assert (apart > 0).all()
    assert apart.max() >= joint_width_px(tracks, "hip") >= np.median(apart)
