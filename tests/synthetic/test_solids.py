"""Solids have the distances of their shapes, and their mesh is closed."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.solids import (
    box,
    carved,
    clipped,
    ellipsoid,
    half_space,
    inverted,
    oval_stack,
    rod,
    rod_chain,
    smooth_union,
    surface_mesh,
    thickened,
    tube,
    union,
)
from tests.synthetic.drawing import open_edges

ORIGIN = np.zeros(3)
X = np.array([1.0, 0.0, 0.0])
DOWN = np.array([0.0, -1.0, 0.0])
POINTS = np.random.default_rng(2).uniform(-1, 1, (500, 3))


def ball(radius: float = 0.5, centre: np.ndarray = ORIGIN):
    return ellipsoid(centre, np.full(3, radius))


def test_a_ball_has_its_radius() -> None:
    np.testing.assert_allclose(ball()(POINTS), np.linalg.norm(POINTS, axis=1) - 0.5, atol=1e-6)


def test_a_rod_narrows_evenly_and_ends_round() -> None:
    solid = rod(ORIGIN, 2 * X, 0.3, 0.1)
    np.testing.assert_allclose(solid(np.array([[1.0, 0.5, 0.0], [-1.0, 0.0, 0.0], [3.0, 0.0, 0.0]])), [0.3, 0.7, 0.9])


def test_a_tube_has_the_radius_and_shift_of_its_slices() -> None:
    rows = np.array([[0.0, 0.0, 0.0, 0.1], [1.0, 0.05, 0.0, 0.2]])
    solid = tube(ORIGIN, DOWN, X, rows)
    np.testing.assert_allclose(solid(np.array([[0.0, 0.0, 0.3], [0.55, -1.0, 0.0]])), [0.2, 0.3], atol=1e-9)


def test_an_oval_stack_has_the_width_and_depth_of_its_slices() -> None:
    solid = oval_stack(np.array([[0.0, 0.2, 0.1, 0.05], [1.0, 0.2, 0.1, 0.05]]))
    surface = np.array([[0.05, 0.5, 0.2], [0.15, 0.5, 0.0], [-0.05, 0.5, 0.0]])
    np.testing.assert_allclose(solid(surface), 0.0, atol=1e-9)
    assert solid(np.array([[0.05, 1.2, 0.0]]))[0] == pytest.approx(0.2)


def test_a_box_and_a_half_space_have_flat_sides() -> None:
    cube = box(ORIGIN, np.eye(3), (0.1, 0.2, 0.3))
    np.testing.assert_allclose(cube(np.array([[0.2, 0.0, 0.0], [0.0, 0.0, 0.0]])), [0.1, -0.1])
    np.testing.assert_allclose(half_space(ORIGIN, 5 * X)(POINTS), POINTS[:, 0])


def test_solids_are_joined_cut_and_turned_inside_out() -> None:
    one, other = ball(0.4), ball(0.4, 0.5 * X)
    sharp, smooth = union([one, other])(POINTS), smooth_union([one, other], 0.1)(POINTS)
    np.testing.assert_array_equal(sharp, np.minimum(one(POINTS), other(POINTS)))
    assert (smooth <= sharp).all()
    assert (sharp - smooth).max() == pytest.approx(0.025, abs=0.003)  # a quarter of the seam's width
    np.testing.assert_array_equal(inverted(one)(POINTS), -one(POINTS))
    np.testing.assert_array_equal(thickened(one, 0.1)(POINTS), one(POINTS) - 0.1)
    both = np.maximum(one(POINTS), other(POINTS))
    np.testing.assert_allclose(clipped(one, other)(POINTS), both, atol=0.0013)
    np.testing.assert_allclose(carved(one, other, 0.01)(POINTS), np.maximum(one(POINTS), -other(POINTS)), atol=0.0026)


def test_a_chain_is_its_rods() -> None:
    joints, radii = [ORIGIN, X, X + DOWN], [0.1, 0.2, 0.1]
    rods = union([rod(joints[n], joints[n + 1], radii[n], radii[n + 1]) for n in range(2)])
    np.testing.assert_array_equal(rod_chain(joints, radii)(POINTS), rods(POINTS))


@pytest.mark.usefixtures("needs_vtk")
def test_a_mesh_is_closed_lies_on_the_surface_and_faces_outwards() -> None:
    points, normals, triangles = surface_mesh(ball(), np.full(3, -0.6), np.full(3, 0.6), 0.05)
    assert open_edges(points, triangles) == 0
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 0.5, atol=0.002)
    np.testing.assert_allclose(normals, points / np.linalg.norm(points, axis=1, keepdims=True), atol=0.02)
    a, b, c = (points[triangles[:, n]] for n in range(3))
    assert (np.einsum("ni,ni->n", np.cross(b - a, c - a), a + b + c) >= 0).all()
