"""Shoes are mirror images, stand on the ground and are as long as the skeleton says."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from gait.synthetic.body import MAX_LIGHT
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.footwear import add_socks_and_shoes, foot_solid, shoe_solids
from gait.synthetic.body.shoe_shapes import SHOE_SHAPES
from gait.synthetic.run_spec import LookSpec
from tests.synthetic.body.parts import SEAMS_M, assert_mirror_images, built, colours_of, points_around
from tests.synthetic.drawing import body_open_edges


def test_left_and_right_are_mirror_images(body: BareBody) -> None:
    proportions = body.proportions
    left, right = (
        shoe_solids(proportions.skeleton, proportions.point(f"{side}_foot"), sign)
        for side, sign in (("left", -1.0), ("right", 1.0))
    )
    points = points_around(proportions.point("left_foot"), 0.2)
    for one, other in zip(left, right, strict=True):
        assert_mirror_images(one, other, points)


@pytest.mark.usefixtures("needs_vtk")
def test_shoes_are_closed_stand_on_the_ground_and_have_their_length(body: BareBody) -> None:
    look = LookSpec(shoes=(0.8, 0.1, 0.1), sole=(0.1, 0.8, 0.1), socks=(0.1, 0.1, 0.8))
    mesh = built(body, lambda builder: add_socks_and_shoes(builder, body, look), fineness=0.7)
    assert body_open_edges(mesh) == 0
    k, ankle = body.proportions.skeleton, body.proportions.point("left_foot")
    assert mesh.points[:, 1].min() == pytest.approx(ankle[1] - k.ankle_height, abs=0.003)
    assert mesh.points[:, 0].max() == pytest.approx(ankle[0] + k.tip, abs=0.01)
    assert mesh.points[:, 0].min() == pytest.approx(ankle[0] - k.heel_back, abs=0.01)
    colours = colours_of(mesh)
    for channel in range(3):
        assert (colours[:, channel] > 0.7).any()
    assert np.isfinite(mesh.normals).all()


@pytest.mark.parametrize("footwear", sorted(SHOE_SHAPES))
def test_every_shoe_stands_on_the_ground_between_heel_and_toe(body: BareBody, footwear: str) -> None:
    k, ankle = body.proportions.skeleton, body.proportions.point("right_foot")
    sole, upper = shoe_solids(k, ankle, 1.0, SHOE_SHAPES[footwear])
    along = np.linspace(-k.pivot_back, k.toe, 20)
    points = np.stack([ankle[0] + along, np.full(20, ankle[1] - k.ankle_height), np.full(20, ankle[2])], axis=1)
    np.testing.assert_allclose(sole(points + np.array([0, 0.001, 0])) < 0, True)
    np.testing.assert_allclose(sole(points - [0, 0.001, 0]) > 0, True)
    # No gap between the sole and the upper.
    column = np.stack(
        [np.full(40, ankle[0] + 0.05), np.linspace(points[0, 1] + 0.002, points[0, 1] + 0.05, 40)], axis=1
    )
    column = np.column_stack([column, np.full(40, ankle[2])])
    assert (np.minimum(sole(column), upper(column)) < 0).all()


def test_shoes_differ_in_the_thickness_of_their_soles(body: BareBody) -> None:
    k, ankle = body.proportions.skeleton, body.proportions.point("right_foot")

    def edge(footwear: str) -> float:
        sole, _ = shoe_solids(k, ankle, 1.0, SHOE_SHAPES[footwear])
        up = np.linspace(0, 0.08, 400)
        column = np.stack([np.full(400, ankle[0]), ankle[1] - k.ankle_height + up, np.full(400, ankle[2])], axis=1)
        return float(up[sole(column) < 0].max())

    assert edge("minimal") < edge("spike") < edge("trainer") < edge("racer") < edge("cushioned")
    assert edge("cushioned") > 0.05


def test_bare_feet_are_mirror_images_and_stand_on_the_ground(body: BareBody) -> None:
    for toes_apart in (True, False):
        left, right = (
            foot_solid(body, side, sign, toes_apart=toes_apart) for side, sign in (("left", -1.0), ("right", 1.0))
        )
        points = points_around(body.proportions.point("left_foot"), 0.15)
        assert_mirror_images(left, right, points, SEAMS_M)
        k, ankle = body.proportions.skeleton, body.proportions.point("right_foot")
        ball = np.array([[ankle[0] + k.ball, ankle[1] - k.ankle_height, ankle[2]]])
        assert right(ball + np.array([0, 0.004, 0]))[0] < 0 < right(ball - [0, 0.001, 0])[0]


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize(("footwear", "colour"), [("bare", (0.8, 0.6, 0.48)), ("socks", (0.1, 0.1, 0.8))])
def test_feet_without_shoes_have_the_colour_of_skin_or_socks(
    body: BareBody, footwear: Literal["bare", "socks"], colour: tuple[float, float, float]
) -> None:
    look = LookSpec(footwear=footwear, socks=(0.1, 0.1, 0.8))
    mesh = built(body, lambda builder: add_socks_and_shoes(builder, body, look), fineness=0.7)
    assert body_open_edges(mesh) == 0
    assert np.median(colours_of(mesh), axis=0) / MAX_LIGHT == pytest.approx(colour, abs=0.12)
