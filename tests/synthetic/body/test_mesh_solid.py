"""The distance from a mesh is that from its surface, and cloth hangs down from its widest part."""

from __future__ import annotations

import numpy as np
import pytest

from gait._typing import FloatArray
from gait.synthetic.body.mesh_solid import GridSolid, mesh_solid, vertex_normals
from gait.synthetic.solids import surface_mesh

pytestmark = pytest.mark.usefixtures("needs_vtk")
_RADIUS = 0.12


@pytest.fixture(scope="module")
def ball() -> GridSolid:
    """Return a ball."""
    low, high = np.full(3, -0.15), np.full(3, 0.15)
    points, _, triangles = surface_mesh(lambda p: np.linalg.norm(p, axis=1) - _RADIUS, low, high, 0.01)
    np.testing.assert_allclose(
        vertex_normals(points, triangles), points / np.linalg.norm(points, axis=1, keepdims=True), atol=0.1
    )
    return mesh_solid(points, triangles, step=0.008)


def _along(direction: tuple[float, float, float], distances: FloatArray) -> FloatArray:
    way = np.asarray(direction) / np.linalg.norm(direction)
    return distances[:, None] * way


@pytest.mark.parametrize("direction", [(1, 0, 0), (0, -1, 0), (1, 1, 1)])
def test_distances_near_the_surface_are_right_and_signs_everywhere(
    ball: GridSolid, direction: tuple[float, float, float]
) -> None:
    distances = np.linspace(0.09, 0.15, 13)
    np.testing.assert_allclose(ball(_along(direction, distances)), distances - _RADIUS, atol=0.003)
    assert (ball(_along(direction, np.array([0.0, 0.03, 0.06]))) < 0).all()
    assert (ball(_along(direction, np.array([0.3, 1.0]))) > 0).all()


def test_cloth_hangs_from_the_equator_and_comes_in(ball: GridSolid) -> None:
    cloth = ball.hanging(0.5, 0.1)
    beside = np.array([[0.105, -0.10, 0.0]])
    assert ball(beside)[0] > 0.02
    assert cloth(beside)[0] < 0.005
    assert cloth(np.array([[0.125, -0.10, 0.0]]))[0] > 0
    # Nothing hangs from what is farther out than the limit.
    assert ball.hanging(0.05, 0.1)(np.array([[0.0, -0.10, 0.09]]))[0] > 0.01
