"""The whole body is closed, hangs on the bones and fits everybody."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic import presets
from gait.synthetic.body import BONES, sculpt_body
from gait.synthetic.body_segments import skeleton_of
from gait.synthetic.run_spec import LookSpec, RunnerSpec
from tests.synthetic.drawing import body_open_edges, neutral_run

BODIES = (
    {"height_m": 1.2, "sex": "female", "build": 0.8, "pelvis_scale": 1.12, "shoulder_scale": 0.88, "leg_scale": 1.08},
    {"height_m": 2.2, "build": 1.4, "shoulder_scale": 1.12, "pelvis_scale": 0.88, "leg_scale": 0.92, "arm_scale": 1.08},
)


@pytest.mark.usefixtures("needs_vtk")
def test_body_is_closed_and_hangs_on_the_bones() -> None:
    motion = neutral_run()
    body = sculpt_body(motion.runner, LookSpec(), fineness=0.35)
    np.testing.assert_allclose(body.bone_weights.sum(axis=1), 1.0, atol=1e-5)
    assert body_open_edges(body) == 0
    assert body.bone_weights.shape[1] == len(BONES)
    points, _ = body.posed(motion.bones(np.array([0.4])), 0)
    height = motion.runner.height_m
    assert points[:, 1].max() == pytest.approx(height, abs=0.06 * height)
    assert points[:, 1].min() > -0.012
    assert np.ptp(points[:, 2]) < 0.5 * height


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize("number", range(len(presets.LOOKS)))
def test_every_look_fits_every_body(number: int) -> None:
    body = BODIES[number % 2]
    made = sculpt_body(RunnerSpec(cadence_spm=180, **body), presets.LOOKS[number].look, fineness=0.25)  # type: ignore[arg-type]
    assert body_open_edges(made) == 0
    for values in (made.points, made.normals, made.bone_weights, made.openness, made.texture_coordinates):
        assert np.isfinite(values).all()
    k = skeleton_of(RunnerSpec(cadence_spm=180, **body))  # type: ignore[arg-type]
    assert made.points[:, 1].max() == pytest.approx(k.trunk + k.neck + 1.1 * k.head, rel=0.03)
