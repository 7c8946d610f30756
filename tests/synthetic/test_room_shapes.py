"""Shapes have the size and the position they are given."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.room_shapes import ball_actor, box_actor, rod_actor, textured_plane

pytestmark = pytest.mark.usefixtures("needs_vtk")
GREY = (0.5, 0.5, 0.5)


def test_bounds_are_those_of_the_shapes() -> None:
    box = box_actor((0.0, 1.0, 2.0), (0.5, 2.0, 4.0), GREY)
    np.testing.assert_allclose(box.GetBounds(), [0.0, 0.5, 1.0, 2.0, 2.0, 4.0])
    ball = ball_actor((1.0, 0.0, 0.0), 0.25, GREY)
    np.testing.assert_allclose(ball.GetBounds(), [0.75, 1.25, -0.25, 0.25, -0.25, 0.25], atol=2e-3)
    rod = rod_actor((0.0, 0.0, 0.0), (2.0, 0.0, 0.0), 0.1, GREY)
    np.testing.assert_allclose(rod.GetBounds(), [0.0, 2.0, -0.1, 0.1, -0.1, 0.1], atol=1e-3)


def test_a_plane_spans_its_edges() -> None:
    image = np.zeros((4, 6, 3), np.uint8)
    plane = textured_plane(np.zeros(3), np.array([2.0, 0, 0]), np.array([0, 1.0, 0]), image, (3, 2))
    np.testing.assert_allclose(plane.GetBounds(), [0, 2, 0, 1, 0, 0])
    assert plane.GetTexture().GetInput().GetDimensions()[:2] == (6, 4)
