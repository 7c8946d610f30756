"""The trunk is symmetrical, holds its joints, follows the skeleton and stays clear of the arms."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic import presets
from gait.synthetic.body import trunk_of
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.torso import neck_solid, torso_solid
from gait.synthetic.motion_solver import solve
from gait.synthetic.run_spec import RunnerSpec
from tests.synthetic.body.parts import SEAMS_M, assert_mirror_images, points_around


def test_trunk_and_neck_are_symmetrical(body: BareBody) -> None:
    points = points_around(np.array([0.0, 0.25, 0.0]), 0.4)
    for solid in (torso_solid(body.proportions), neck_solid(body.proportions)):
        assert_mirror_images(solid, solid, points, SEAMS_M)


def test_the_mid_hip_and_the_chest_lie_inside(body: BareBody) -> None:
    inside = np.array([body.proportions.point("pelvis"), body.proportions.point("spine")])
    assert (torso_solid(body.proportions)(inside) < -0.05).all()
    assert neck_solid(body.proportions)(body.proportions.point("head")[None])[0] < 0


def test_the_trunk_follows_the_skeleton() -> None:
    flank = np.array([[0.0, 0.25, 0.095], [0.0, 0.0, 0.095]]) * 1.76
    for option, where in (("shoulder_scale", 0), ("pelvis_scale", 1)):
        narrow, broad = (trunk_of(RunnerSpec(**{option: share}))(flank) for share in (0.88, 1.12))  # type: ignore[arg-type]
        assert narrow[where] > broad[where] + 0.02
    top = np.array([[0.0, 0.301 * 1.76, 0.0]])
    assert trunk_of(RunnerSpec(leg_scale=1.08))(top)[0] > trunk_of(RunnerSpec(leg_scale=0.92))(top)[0] + 0.02


@pytest.mark.parametrize("crossover", [-0.2, 0.0, 0.25])
def test_forearms_stay_out_of_the_trunk(crossover: float) -> None:
    runner = presets.neutral(arm_crossover=crossover)
    motion, trunk = solve(runner, 4.0, seed=2), trunk_of(runner)
    bones, k = motion.bones(np.linspace(1, 1.8, 40)), motion.skeleton
    for side in ("left", "right"):
        elbow, wrist = bones.origin[f"{side}_forearm"], bones.origin[f"{side}_hand"]
        along = np.linspace(0, 1, 6)[:, None, None]
        points = elbow + along * (wrist - elbow) - bones.origin["chest"]
        local = np.einsum("tji,atj->ati", bones.rotation["chest"], points) + np.array([0.0, k.trunk, 0.0])
        # Half the thickness of a forearm and a shirt.
        assert trunk(local.reshape(-1, 3)).min() > 0.024 * k.height
