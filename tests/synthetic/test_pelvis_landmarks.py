"""Landmarks of the pelvis lie where anatomy has them."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body_segments import skeleton_of
from gait.synthetic.pelvis_landmarks import pelvis_landmarks_of
from gait.synthetic.run_spec import RunnerSpec


def test_distances_and_heights_are_those_of_a_mean_adult() -> None:
    at = {name: np.array(p) for name, p in pelvis_landmarks_of(skeleton_of(RunnerSpec(height_m=1.75))).items()}
    assert 0.09 < at["right_psis"][2] - at["left_psis"][2] < 0.10
    assert at["right_asis"][2] - at["left_asis"][2] == pytest.approx(0.24, abs=0.01)
    assert 0.05 < at["left_psis"][1] < 0.06
    assert 0.07 < at["left_asis"][1] < 0.08
    assert at["left_psis"][0] < 0 < at["left_asis"][0]


def test_wider_hips_set_them_apart() -> None:
    narrow, wide = (pelvis_landmarks_of(skeleton_of(RunnerSpec(pelvis_scale=scale))) for scale in (0.9, 1.1))
    for name, point in narrow.items():
        assert abs(wide[name][2]) == pytest.approx(abs(point[2]) * 1.1 / 0.9)
