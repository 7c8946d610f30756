"""Proportions scale with the body and are those of the skeleton."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body.body_proportions import proportions_of
from gait.synthetic.run_spec import RunnerSpec


def test_a_mean_body_differs_from_no_mean_body() -> None:
    for sex in ("male", "female"):
        mean = proportions_of(RunnerSpec(sex=sex))  # type: ignore[arg-type]
        assert mean.trunk_length_ratio == pytest.approx(1.0)
        assert mean.hip_width_ratio == pytest.approx(1.0)
        assert mean.shoulder_width_ratio == pytest.approx(1.0)
    wide = proportions_of(RunnerSpec(pelvis_scale=1.1, shoulder_scale=0.9, leg_scale=0.95))
    assert wide.hip_width_ratio == pytest.approx(1.1)
    assert wide.shoulder_width_ratio == pytest.approx(0.9)
    assert wide.trunk_length_ratio > 1.05


def test_points_are_placed_in_the_axes_of_a_bone() -> None:
    body = proportions_of(RunnerSpec(height_m=1.8))
    np.testing.assert_allclose(body.point("pelvis"), 0.0)
    np.testing.assert_allclose(body.point("chest", 0.01, 0.02, 0.03) - body.point("chest"), [0.018, 0.036, 0.054])
    down = -body.up("left_thigh")
    np.testing.assert_allclose(
        body.point("left_shank"), body.point("left_thigh") + down * body.skeleton.thigh, atol=1e-12
    )


def test_slices_of_a_mean_lean_body_only_scale_with_height() -> None:
    rows = np.array([[-0.03, 0.09, 0.06, 0.0], [0.1, 0.08, 0.05, 0.01], [0.3, 0.07, 0.04, -0.01]])
    np.testing.assert_allclose(proportions_of(RunnerSpec(height_m=1.7)).fitted_slices(rows), 1.7 * rows)
    stout = proportions_of(RunnerSpec(height_m=1.7, build=1.3)).fitted_slices(rows)
    assert (stout[:, 1:3] > 1.7 * rows[:, 1:3]).all()
