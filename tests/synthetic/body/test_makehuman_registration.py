"""A MakeHuman body's anatomical joints come to lie on the runner's, whatever the body."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body.body_proportions import BodyProportions, proportions_of
from gait.synthetic.body.makehuman_registration import RegisteredBody, registered, slice_depth
from gait.synthetic.body.makehuman_shape import makehuman_shape
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.bones import joints_of
from gait.synthetic.random_specs import random_body
from gait.synthetic.run_spec import RunnerSpec


@pytest.fixture(scope="module", params=[1, 5, 11, 17])
def runner(request: pytest.FixtureRequest) -> RunnerSpec:
    """Return runners of both sexes, light and heavy, young and old."""
    return RunnerSpec(**random_body(np.random.default_rng(request.param), "makehuman"))


def _body(runner: RunnerSpec) -> tuple[RegisteredBody, BodyProportions]:
    proportions = proportions_of(runner)
    return registered(makehuman_shape(runner), proportions, hip_depth=runner.hip_depth), proportions


def _depth_share(skin: np.ndarray, joint: np.ndarray, half_width: float, height: float) -> float:
    front, back = slice_depth(skin, joint, 0.012 * height, half_width * height)
    return float((front - joint[0]) / (front - back))


def test_the_hip_joint_lies_as_deep_as_asked_for(runner: RunnerSpec) -> None:
    body, proportions = _body(runner)
    skin = body.points[: len(body.shape.skin)]
    assert _depth_share(skin, np.zeros(3), 0.125, proportions.height) == pytest.approx(runner.hip_depth, abs=0.025)


def test_knee_and_shoulder_lie_in_the_middle_and_the_shoulder_below_the_acromion(runner: RunnerSpec) -> None:
    body, proportions = _body(runner)
    skin, h = body.points[: len(body.shape.skin)], proportions.height
    for side in ("left", "right"):
        assert 0.45 < _depth_share(skin, proportions.point(f"{side}_shank"), 0.045, h) < 0.55
        shoulder = proportions.point(f"{side}_upper_arm")
        assert 0.40 < _depth_share(skin, shoulder, 0.012, h) < 0.56
        above = skin[(np.abs(skin - shoulder) < np.array([0.012, 0.06, 0.012]) * h).all(axis=1), 1].max()
        assert 0.032 < above - shoulder[1] < 0.062


def test_the_face_lies_where_the_truth_has_it(runner: RunnerSpec) -> None:
    body, proportions = _body(runner)
    truth = dict(zip(JOINTS, joints_of(proportions.rest, proportions.skeleton)[0], strict=True))
    eye = body.points[np.unique(body.shape.asset.faces["r_eye"])]
    assert np.linalg.norm(eye.mean(axis=0)[1:] - truth["right_eye"][1:]) < 0.008
    skin = body.points[: len(body.shape.skin)]
    face = skin[(np.abs(skin[:, 2]) < 0.01) & (skin[:, 1] > truth["nose"][1] - 0.05)]
    assert np.linalg.norm(face[face[:, 0].argmax()] - truth["nose"]) < 0.012


def test_every_vertex_follows_bones_and_the_body_stands_on_its_feet(runner: RunnerSpec) -> None:
    body, proportions = _body(runner)
    np.testing.assert_allclose(body.weights.sum(axis=1), 1.0, atol=1e-6)
    ground = proportions.point("left_foot")[1] - proportions.skeleton.ankle_height
    assert 0 <= body.points[: len(body.shape.skin), 1].min() - ground < 0.04
    assert np.ptp(body.points[: len(body.shape.skin), 1]) == pytest.approx(runner.height_m, rel=0.04)


def test_another_hip_depth_moves_the_flesh_and_not_the_joints() -> None:
    runner = RunnerSpec(body_family="makehuman")
    proportions = proportions_of(runner)
    near, far = (registered(makehuman_shape(runner), proportions, hip_depth=d) for d in (0.34, 0.44))
    seat = slice(0, len(near.shape.skin))
    moved = (near.points - far.points)[seat, 0]
    assert moved.min() < -0.015
    assert np.abs(moved[near.points[seat, 1] > proportions.skeleton.trunk]).max() < 0.006
