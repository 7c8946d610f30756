"""Skin is closed except where clothes begin, and of the colour of the look."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.skin import add_skin
from gait.synthetic.run_spec import LookSpec
from gait.synthetic.solids import ellipsoid
from tests.synthetic.body.parts import built, colours_of
from tests.synthetic.drawing import body_open_edges

FAR_AWAY = ellipsoid(np.full(3, 9.0), np.ones(3))


@pytest.mark.usefixtures("needs_vtk")
def test_skin_is_closed_symmetrical_and_of_its_colour(body: BareBody) -> None:
    look = LookSpec(skin=(0.5, 0.4, 0.3))
    mesh = built(body, lambda builder: add_skin(builder, body, look, FAR_AWAY))
    assert body_open_edges(mesh) == 0
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    assert low[2] == pytest.approx(-high[2], abs=0.006)
    np.testing.assert_allclose(np.median(colours_of(mesh), axis=0) / 1.1, look.skin, atol=0.03)
    ankle, hand = body.proportions.point("left_foot"), body.proportions.point("right_hand")
    assert ankle[1] - body.proportions.skeleton.ankle_height < low[1] < ankle[1]
    assert high[2] > hand[2]
