"""Cadence and free fall in a few seconds of poses."""

from __future__ import annotations

import numpy as np
import pytest

from gait.geometry.camera import find_camera, with_scale
from gait.quality.observations import observe_speed
from gait.quality.running_rate import find_running_rate
from gait.synthetic import CameraSpec
from tests.filmed_joints import edited, filmed


@pytest.mark.parametrize("view", ["side", "rear"])
@pytest.mark.parametrize("slow", [1.0, 2.0])
def test_bodies_fall_as_fast_as_they_should(view: str, slow: float) -> None:
    run = filmed(camera=CameraSpec(view=view), seconds=6, fps=60, slow=slow, capture_rate_known=False)  # type: ignore[arg-type]
    camera = with_scale(find_camera(run.pose), height_m=1.76)
    rate = find_running_rate(run.pose, camera, guessed_m_per_px=0.0)
    assert rate is not None
    assert rate.cadence == pytest.approx(165 / slow, rel=0.02)
    assert rate.fall is not None
    assert 0.8 < rate.fall * slow**2 < 1.7
    assert (observe_speed(rate, 60.0).verdict == "good") == (slow == 1)


def test_no_cadence_without_steps() -> None:
    def freeze(position: np.ndarray, names: list[str]) -> None:
        position[:] = position[:1]

    pose = filmed(seconds=4, fps=30).pose
    assert find_running_rate(edited(pose, freeze), find_camera(pose), guessed_m_per_px=0.003) is None
