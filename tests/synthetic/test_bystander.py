"""A bystander stands beside the runner and hardly moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.synthetic import CameraSpec, camera_of
from gait.synthetic.body import BONES
from gait.synthetic.body_segments import skeleton_of
from gait.synthetic.bystander import standing_bones
from gait.synthetic.run_spec import RunnerSpec
from tests.synthetic.drawing import PLAIN, drawn, neutral_run


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize("view", ["side", "rear", "front"])
def test_a_bystander_stands_beside_the_runner_and_hardly_moves(view: str) -> None:
    camera = CameraSpec(view=view, width=240, height=180, fps=24.0)  # type: ignore[arg-type]
    times = (0.2, 0.5)
    alone, joined = drawn(PLAIN, camera, at=times), drawn(replace(PLAIN, bystander=True), camera, at=times)
    added = np.abs(alone[0] - joined[0]).max(axis=-1) > 8
    rows, columns = np.nonzero(added)
    assert added.sum() > 500
    assert np.ptp(rows) > 60
    assert np.ptp(columns) < 90
    # The bystander hides no part of the runner.
    joints = neutral_run().joints(np.array(times))
    x, y = np.floor(camera_of(camera).project(joints[0])).astype(int).T
    assert not added[y, x].any()
    # Where the bystander is at both times, away from the moving runner, to a few centimetres.
    clear = np.abs(alone[0] - alone[1]).max(axis=-1) == 0
    middles = [
        np.argwhere((np.abs(a - b).max(axis=-1) > 8) & clear).mean(axis=0) for a, b in zip(alone, joined, strict=True)
    ]
    assert np.abs(middles[0] - middles[1]).max() < 0.04 * camera_of(camera).focal_px / 4


def test_who_stands_has_both_soles_on_the_floor_and_sways_a_little() -> None:
    k = skeleton_of(RunnerSpec())
    position, times = np.array([1.0, -0.2, 0.5]), np.linspace(0, 20, 200)
    bones = standing_bones(k, times, position, 0.4, np.random.default_rng(3))
    assert set(bones.origin) == set(bones.rotation) == set(BONES)
    for side in ("left", "right"):
        np.testing.assert_allclose(bones.origin[f"{side}_foot"][:, 1], -0.2 + k.ankle_height, atol=1e-9)
        gap = bones.origin[f"{side}_shank"] - bones.origin[f"{side}_thigh"]
        np.testing.assert_allclose(np.linalg.norm(gap, axis=1), k.thigh)
    hips = bones.origin["pelvis"]
    np.testing.assert_allclose(hips[:, [0, 2]].mean(axis=0), position[[0, 2]], atol=0.02)
    assert 0.005 < np.ptp(hips[:, [0, 2]], axis=0).max() < 0.05
