"""At each vertex the texture shows the colour of that point."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.solids import ellipsoid, surface_mesh
from gait.synthetic.texture_atlas import TextureAtlas

pytestmark = pytest.mark.usefixtures("needs_vtk")


def test_every_vertex_finds_its_colour() -> None:
    def colours(p: np.ndarray) -> np.ndarray:
        return 0.5 + 0.4 * p / 0.3

    points, normals, triangles = surface_mesh(
        ellipsoid(np.zeros(3), np.full(3, 0.3)), np.full(3, -0.35), np.full(3, 0.35), 0.04
    )
    atlas = TextureAtlas()
    origin, faces = atlas.add(points, normals, triangles, colours, 0.004, gain=1.0)
    texture, coordinates = atlas.laid_out()
    assert len(coordinates) == len(origin)
    assert sorted(map(tuple, np.sort(origin[faces], axis=1))) == sorted(map(tuple, np.sort(triangles, axis=1)))
    assert 0 <= coordinates.min() <= coordinates.max() <= 1
    height, width, _ = texture.shape
    column, row = np.floor(coordinates * [width, height]).astype(int).T
    np.testing.assert_allclose(texture[row, column] / 255, colours(points[origin]), atol=0.06)


def test_gain_makes_the_paint_brighter() -> None:
    points, normals, triangles = surface_mesh(
        ellipsoid(np.zeros(3), np.full(3, 0.3)), np.full(3, -0.35), np.full(3, 0.35), 0.08
    )
    brightest = []
    for gain in (1.0, 1.5):
        atlas = TextureAtlas()
        atlas.add(points, normals, triangles, lambda p: np.full((len(p), 3), 0.4), 0.01, gain=gain)
        brightest.append(int(atlas.laid_out()[0].max()))
    assert brightest == [102, 153]
