"""The head is closed and symmetrical, with a face in front."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.head import add_head, head_solid, skull_solid
from gait.synthetic.run_spec import LookSpec
from tests.synthetic.body.parts import SEAMS_M, assert_mirror_images, built, colours_of, points_around
from tests.synthetic.drawing import body_open_edges


def test_head_and_skull_are_symmetrical_and_the_nose_points_forward(body: BareBody) -> None:
    points = points_around(body.proportions.point("head", 0.0, 0.07, 0.0))
    for solid in (head_solid(body.proportions), skull_solid(body.proportions)):
        assert_mirror_images(solid, solid, points, SEAMS_M)
    nose = body.proportions.point("head", 0.066, 0.048, 0.0)[None]
    assert head_solid(body.proportions)(nose)[0] < 0 < skull_solid(body.proportions)(nose)[0]


@pytest.mark.usefixtures("needs_vtk")
def test_the_face_is_closed_and_of_the_colour_of_the_skin(body: BareBody) -> None:
    look = LookSpec(skin=(0.6, 0.45, 0.35), hair=(0.1, 0.1, 0.1))
    mesh = built(body, lambda builder: add_head(builder, body.proportions, look), fineness=0.7)
    assert body_open_edges(mesh) == 0
    colours = colours_of(mesh)
    np.testing.assert_allclose(np.median(colours, axis=0) / 1.1, look.skin, atol=0.05)
    assert (colours.min(axis=1) > 0.8).any()  # the white of the eyes
