"""MakeHuman bodies wear everything, move with the same bones, and show no skin through cloth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.errors import InputError
from gait.synthetic.body import BodyMesh, sculpt_body
from gait.synthetic.body.body_proportions import proportions_of
from gait.synthetic.run_spec import LookSpec, RunnerSpec

pytestmark = pytest.mark.usefixtures("needs_vtk")
_MAN = RunnerSpec(body_family="makehuman")
_WOMAN = RunnerSpec(body_family="makehuman", sex="female", height_m=1.65, build=1.2, age_years=60)
_COARSE = 0.3


@pytest.fixture(scope="module")
def dressed() -> BodyMesh:
    """Return a man in a loose green shirt and loose blue shorts."""
    look = LookSpec(skin=(0.9, 0.1, 0.1), shirt=(0.1, 0.9, 0.1), shorts=(0.1, 0.1, 0.9), pattern="plain")
    return sculpt_body(_MAN, look, fineness=_COARSE)


def _colours(body: BodyMesh) -> np.ndarray:
    height, width, _ = body.texture.shape
    column, row = np.floor(body.texture_coordinates * [width, height]).astype(int).T
    return body.texture[row.clip(0, height - 1), column.clip(0, width - 1)].astype(float)


def test_a_dressed_body_is_whole_and_stands_on_the_ground(dressed: BodyMesh) -> None:
    proportions = proportions_of(_MAN)
    np.testing.assert_allclose(dressed.bone_weights.sum(axis=1), 1.0, atol=1e-4)
    assert np.isfinite(dressed.points).all()
    ground = proportions.point("left_foot")[1] - proportions.skeleton.ankle_height
    assert dressed.points[:, 1].min() == pytest.approx(ground, abs=0.02)
    points, _ = dressed.posed(proportions.rest, 0)
    np.testing.assert_allclose(points, dressed.points, atol=1e-5)


def test_cloth_covers_the_skin(dressed: BodyMesh) -> None:
    colours, points = _colours(dressed), dressed.points
    red = (colours[:, 0] > 2 * colours[:, 1]) & (colours[:, 0] > 2 * colours[:, 2])
    chest = (np.abs(points[:, 1] - 0.20 * 1.76) < 0.05) & (np.abs(points[:, 2]) < 0.10) & (points[:, 0] > 0)
    assert chest.sum() > 15
    outermost = points[chest, 0] > points[chest, 0].max() - 0.02
    assert not red[chest][outermost].any()
    knees = np.abs(points[:, 1] - proportions_of(_MAN).point("left_shank")[1]) < 0.03
    assert red[knees].mean() > 0.9


def test_loose_clothes_swing_and_stay_outside_the_skin(dressed: BodyMesh) -> None:
    assert dressed.swing_shares is not None
    assert dressed.swing_room is not None
    loose = dressed.swing_shares.any(axis=1)
    assert 0.05 < loose.mean() < 0.8
    rest = proportions_of(_MAN).rest
    swing = np.zeros((1, dressed.swing_shares.shape[1], 3))
    swing[..., 0] = 0.03
    moved = dressed.posed(replace(rest, swing=swing), 0)[0] - dressed.points
    np.testing.assert_allclose(moved[~loose], 0.0, atol=1e-5)
    assert 0.015 < moved[loose, 0].max() < 0.032
    inwards = -np.einsum("ni,ni->n", moved, dressed.normals)
    assert (inwards <= dressed.swing_room + 1e-4).all()


@pytest.mark.parametrize(
    "look",
    [
        LookSpec(top="hoodie", legwear="tights", hair_style="cap"),
        LookSpec(top="bra", legwear="skirt", hair_style="long"),
        LookSpec(top="bare", loose=False, hair_style="bald", waistband=(1.0, 1.0, 0.0)),
        LookSpec(loose=False, sleeves=False, hair_style="bun", tape=(1.0, 1.0, 0.0)),
    ],
    ids=["hoodie", "skirt", "bare", "tape"],
)
def test_every_garment_can_be_worn_also_by_the_heavy(look: LookSpec) -> None:
    body = sculpt_body(_WOMAN, look, fineness=_COARSE)
    assert np.isfinite(body.points).all()
    np.testing.assert_allclose(body.bone_weights.sum(axis=1), 1.0, atol=1e-4)


def test_the_other_family_says_what_it_has_no_clothes_for() -> None:
    for look, given in ((LookSpec(top="hoodie"), "top=hoodie"), (LookSpec(legwear="skirt"), "legwear=skirt")):
        with pytest.raises(InputError, match=f"{given} is for bodies of the family makehuman"):
            sculpt_body(RunnerSpec(), look, fineness=_COARSE)
