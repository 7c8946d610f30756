"""A mesh follows its bones."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body import BONES, MAX_LIGHT, vtk_mesh
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.body_mesh import bone_matrices
from gait.synthetic.body.skin import add_skin
from gait.synthetic.bones import Bones, rotation_about_y
from gait.synthetic.run_spec import LookSpec
from gait.synthetic.solids import ellipsoid
from tests.synthetic.body.parts import built

pytestmark = pytest.mark.usefixtures("needs_vtk")


def test_in_the_rest_pose_nothing_moves_and_turned_bones_turn_the_mesh(body: BareBody) -> None:
    mesh = built(body, lambda builder: add_skin(builder, body, LookSpec(), ellipsoid(np.full(3, 9.0), np.ones(3))))
    rest = body.proportions.rest
    points, normals = mesh.posed(rest, 0)
    np.testing.assert_allclose(points, mesh.points, atol=1e-5)
    np.testing.assert_allclose(normals, mesh.normals, atol=1e-4)
    turn, shift = rotation_about_y(np.array(0.7)), np.array([1.0, 2.0, 3.0])
    turned = Bones(
        {bone: turn @ rotation for bone, rotation in rest.rotation.items()},
        {bone: origin @ turn.T + shift for bone, origin in rest.origin.items()},
    )
    np.testing.assert_allclose(mesh.posed(turned, 0)[0], mesh.points @ turn.T + shift, atol=1e-5)
    lowest = float(points[:, 1].min())
    pressed, _ = mesh.posed(rest, 0, stands_on_m=lowest + 0.01)
    np.testing.assert_allclose(pressed[:, 1], np.maximum(points[:, 1], lowest + 0.01), atol=1e-6)
    np.testing.assert_allclose(np.linalg.inv(bone_matrices(rest, 0)), mesh.inverse_rest, atol=1e-12)
    assert bone_matrices(rest, 0).shape == (len(BONES), 4, 4)


def test_the_vtk_mesh_has_every_vertex_and_the_texture(body: BareBody) -> None:
    mesh = built(body, lambda builder: add_skin(builder, body, LookSpec(), ellipsoid(np.full(3, 9.0), np.ones(3))))
    light = np.full((len(mesh.points), 3), int(255 / MAX_LIGHT), np.uint8)
    drawn, texture = vtk_mesh(mesh, mesh.points.copy(), light)
    assert drawn.GetNumberOfPoints() == len(mesh.points)
    assert drawn.GetNumberOfCells() == len(mesh.triangles)
    assert texture.GetInput().GetDimensions()[:2] == mesh.texture.shape[1::-1]
