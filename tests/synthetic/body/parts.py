"""What the tests of the parts of the body share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.body_mesh import BodyMesh
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.solids import SignedDistance

#: Seams between more than two solids depend a little on their order, left before right, m.
SEAMS_M = 0.003


def points_around(middle: np.ndarray, reach: float = 0.15, count: int = 400) -> np.ndarray:
    """Points in a cube round a middle, (N, 3), m."""
    return middle + np.random.default_rng(1).uniform(-reach, reach, (count, 3))


def mirrored(points: np.ndarray) -> np.ndarray:
    """The same points on the other side of the body."""
    return points * [1.0, 1.0, -1.0]


def assert_mirror_images(
    left: SignedDistance, right: SignedDistance, points: np.ndarray, tolerance: float = 1e-9
) -> None:
    np.testing.assert_allclose(left(points), right(mirrored(points)), atol=tolerance)


def built(body: BareBody, add: Callable[[MeshBuilder], object], fineness: float = 0.4) -> BodyMesh:
    """The mesh of some parts alone."""
    builder = MeshBuilder(body, fineness)
    add(builder)
    return builder.build()


def colours_of(mesh: BodyMesh) -> np.ndarray:
    """The painted pixels of a mesh, (N, 3), 0 to 1 and brighter."""
    pixels = mesh.texture.reshape(-1, 3)
    return pixels[pixels.any(axis=1)] / 255
