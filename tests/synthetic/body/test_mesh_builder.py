"""Parts become one closed mesh that hangs on the bones."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body import BONES
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.surface_patterns import uniform_colour
from gait.synthetic.solids import ellipsoid
from tests.synthetic.drawing import body_open_edges

pytestmark = pytest.mark.usefixtures("needs_vtk")


def ball(middle: tuple[float, float, float]):
    centre = np.array(middle)
    return ellipsoid(centre, np.full(3, 0.05)), centre - 0.07, centre + 0.07


def test_two_parts_make_one_closed_mesh(body: BareBody) -> None:
    builder = MeshBuilder(body, 1.0)
    builder.add(*ball((0.0, 0.0, 0.0)), uniform_colour((0.5, 0.4, 0.3)), attachment="pelvis")
    builder.add(*ball((0.0, 0.7, 0.0)), uniform_colour((0.1, 0.2, 0.3)), attachment="head")
    mesh = builder.build()
    assert body_open_edges(mesh) == 0
    assert mesh.triangles.max() == len(mesh.points) - 1
    low = mesh.points[:, 1] < 0.3
    assert (mesh.bone_weights[low, BONES.index("pelvis")] == 1).all()
    assert (mesh.bone_weights[~low, BONES.index("head")] == 1).all()
    np.testing.assert_allclose(np.linalg.norm(mesh.points[low], axis=1), 0.05, atol=2e-3)
    outwards = (mesh.points * mesh.normals).sum(axis=1)[low] / np.linalg.norm(mesh.points[low], axis=1)
    assert outwards.min() > 0.95


def test_a_vertex_close_to_another_part_is_less_open(body: BareBody) -> None:
    alone, beside = MeshBuilder(body, 1.0), MeshBuilder(body, 1.0)
    alone.add(*ball((0.0, 0.0, 0.0)), uniform_colour((0.5, 0.5, 0.5)))
    for middle in ((0.0, 0.0, 0.0), (0.11, 0.0, 0.0)):
        beside.add(*ball(middle), uniform_colour((0.5, 0.5, 0.5)))
    free, shut = alone.build(), beside.build()
    facing = free.points[:, 0].argmax()
    assert free.openness[facing] > 0.9
    same_place = np.abs(shut.points - free.points[facing]).sum(axis=1).argmin()
    assert shut.openness[same_place] < 0.6


def test_cloth_draws_in_what_it_covers(body: BareBody) -> None:
    solid, low, high = ball((0.0, 0.0, 0.0))
    meshes = []
    for cloth in (None, ellipsoid(np.zeros(3), np.full(3, 0.07))):
        builder = MeshBuilder(body, 1.0)
        builder.add(solid, low, high, uniform_colour((0.5, 0.5, 0.5)), cloth=cloth)
        meshes.append(builder.build())
    bare, covered = (np.linalg.norm(mesh.points, axis=1).mean() for mesh in meshes)
    assert covered == pytest.approx(bare - 0.006 * body.proportions.height, abs=1e-3)
