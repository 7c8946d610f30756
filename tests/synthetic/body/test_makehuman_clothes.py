"""Clothes cover what they should, hang where they are loose, and leave the hands free."""

from __future__ import annotations

import numpy as np
import pytest

from gait._typing import FloatArray
from gait.synthetic.body.body_proportions import BodyProportions, proportions_of
from gait.synthetic.body.makehuman_body import bare_makehuman_body
from gait.synthetic.body.makehuman_clothes import Wardrobe
from gait.synthetic.body.makehuman_registration import registered
from gait.synthetic.body.makehuman_shape import makehuman_shape
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.mesh_solid import GridSolid, mesh_solid
from gait.synthetic.run_spec import LookSpec, RunnerSpec
from gait.synthetic.solids import SignedDistance

pytestmark = pytest.mark.usefixtures("needs_vtk")
_RUNNER = RunnerSpec(body_family="makehuman")


class _Naked:
    """A body to be dressed."""

    def __init__(self) -> None:
        self.proportions: BodyProportions = proportions_of(_RUNNER)
        body = registered(makehuman_shape(_RUNNER), self.proportions, hip_depth=0.38)
        quads = body.shape.asset.faces["body"]
        self.skin: FloatArray = body.points[: len(body.shape.skin)]
        triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
        self.solid: GridSolid = mesh_solid(self.skin, triangles, step=0.010)

    def dressed(self, look: LookSpec) -> SignedDistance:
        """Put on clothes."""
        builder = MeshBuilder(bare_makehuman_body(self.proportions, self.solid), 0.3)
        return Wardrobe(self.proportions, look, self.solid).add_all(builder)

    def covered(self, cloth: SignedDistance, low: float, high: float, narrower_than: float = 0.09) -> float:
        """Share of the skin between two heights, and so near the middle, that cloth covers; body heights."""
        h = self.proportions.height
        y, off = self.skin[:, 1] / h, np.abs(self.skin[:, 2]) / h
        there = (y > low) & (y < high) & (off < narrower_than)
        return float((cloth(self.skin[there]) < 0).mean())


@pytest.fixture(scope="module")
def naked() -> _Naked:
    """Return a body to be dressed."""
    return _Naked()


@pytest.mark.parametrize("loose", [False, True])
def test_a_shirt_covers_the_whole_trunk_and_shorts_the_seat(naked: _Naked, loose: bool) -> None:
    cloth = naked.dressed(LookSpec(loose=loose))
    assert naked.covered(cloth, 0.06, 0.24) == 1.0
    assert naked.covered(cloth, -0.09, 0.0) == 1.0
    assert naked.covered(cloth, -0.25, -0.20) == 0.0
    hands = naked.skin[np.abs(naked.skin[:, 2]) > 0.36 * naked.proportions.height]
    assert (cloth(hands) > 0).all()


def test_tights_reach_to_the_ankles_and_a_bare_trunk_is_bare(naked: _Naked) -> None:
    cloth = naked.dressed(LookSpec(top="bare", legwear="tights"))
    assert naked.covered(cloth, -0.40, 0.0, 0.2) == 1.0
    assert naked.covered(cloth, 0.08, 0.25) == 0.0


def test_a_bra_leaves_the_belly_and_a_hoodie_covers_the_forearms(naked: _Naked) -> None:
    bra, hoodie = naked.dressed(LookSpec(top="bra")), naked.dressed(LookSpec(top="hoodie"))
    assert naked.covered(bra, 0.08, 0.12) == 0.0
    assert naked.covered(bra, 0.18, 0.22) > 0.95
    k = naked.proportions.skeleton
    fore = naked.proportions.point("left_forearm", 0, -0.5 * k.forearm / k.height, 0)
    near = naked.skin[np.linalg.norm(naked.skin - fore, axis=1) < 0.05]
    assert (hoodie(near) < 0).all()
    assert (bra(near) > 0).all()


def test_loose_cloth_stands_off_and_a_shirt_lies_over_the_shorts(naked: _Naked) -> None:
    tight, loose = (naked.dressed(LookSpec(loose=value)) for value in (False, True))
    h = naked.proportions.height
    waist = naked.skin[(np.abs(naked.skin[:, 1] - 0.09 * h) < 0.02 * h) & (np.abs(naked.skin[:, 2]) < 0.10 * h)]
    assert loose(waist).mean() < tight(waist).mean() - 0.004
    skirt = naked.dressed(LookSpec(legwear="skirt"))
    between_the_thighs = np.array([[0.0, -0.12 * h, 0.0]])
    assert skirt(between_the_thighs)[0] < 0 < tight(between_the_thighs)[0] + 0.02
