"""Shoes are mirror images, stand on the ground and are as long as the skeleton says."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.footwear import add_socks_and_shoes, shoe_solids
from gait.synthetic.run_spec import LookSpec
from tests.synthetic.body.parts import assert_mirror_images, built, colours_of, points_around
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
