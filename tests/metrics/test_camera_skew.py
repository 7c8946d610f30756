"""How far the camera looks off the belt, read off the feet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.metrics.camera_skew import measure_camera_skew
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import EXACT, FRONT_CAMERA, tracks_of


@pytest.mark.parametrize("view", ["rear", "front"])
@pytest.mark.parametrize("yaw", [-6.0, 0.0, 6.0])
def test_the_feet_show_how_far_the_camera_looks_off_the_belt(view: str, yaw: float) -> None:
    turned = filmed(camera=replace(FRONT_CAMERA, view=view, yaw_deg=yaw), **EXACT)
    straight = filmed(camera=replace(FRONT_CAMERA, view=view), **EXACT)
    stances = {side: turned.stances(side) for side in ("left", "right")}
    difference = measure_camera_skew(tracks_of(turned), stances, 1.0) - measure_camera_skew(
        tracks_of(straight), stances, 1.0
    )
    assert abs(difference) == pytest.approx(abs(np.tan(np.radians(yaw))), abs=0.03)


def test_too_few_steps_show_no_skew() -> None:
    run = filmed(camera=FRONT_CAMERA, **EXACT)
    stances = {side: tuple(times[:2] for times in run.stances(side)) for side in ("left", "right")}
    assert measure_camera_skew(tracks_of(run), stances, 1.0) == 0.0
