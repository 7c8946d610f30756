"""Sideways distance between the feet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.geometry.camera import find_camera, with_scale
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.step_width import SPEC, measure_step_width
from gait.synthetic import presets
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import EXACT, FRONT_CAMERA, mean_value, tracks_of


@pytest.mark.parametrize("view", ["rear", "front"])
@pytest.mark.parametrize("width", [-1.5, 4.0, 11.0])
def test_feet_apart_and_crossing(view: str, width: float) -> None:
    run = filmed(presets.neutral(step_width_cm=width), camera=replace(FRONT_CAMERA, view=view), **EXACT)
    camera = with_scale(find_camera(run.pose), height_m=run.motion.skeleton.height)
    tracks = KeypointTracks(run.pose, camera)
    for side in ("left", "right"):
        # The scale comes from the length of the legs in the image, which is uncertain by some per cent.
        expected = pytest.approx(run.metrics[SPEC.key][side]["value"], abs=0.8, rel=0.1)
        assert mean_value(SPEC, run, side, tracks) == expected


def test_without_a_scale_it_is_unknown() -> None:
    run = filmed(camera=FRONT_CAMERA, **EXACT)
    assert np.isnan(measure_step_width(tracks_of(run), "left", *run.stances("left"))).all()
