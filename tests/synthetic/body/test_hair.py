"""Every style but bald puts hair on the head; a cap has the colour of the shirt."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.hair import add_hair, hair_solid
from gait.synthetic.body.head import skull_solid
from gait.synthetic.run_spec import LookSpec
from tests.synthetic.body.parts import SEAMS_M, assert_mirror_images, built, colours_of, points_around
from tests.synthetic.drawing import body_open_edges

STYLES = ("short", "ponytail", "long", "bun", "cap")


@pytest.mark.parametrize("style", STYLES)
def test_hair_is_symmetrical_and_covers_the_crown(body: BareBody, style: str) -> None:
    hair = hair_solid(body.proportions, LookSpec(hair_style=style))  # type: ignore[arg-type]
    assert_mirror_images(hair, hair, points_around(body.proportions.point("head", 0.0, 0.07, 0.0)), SEAMS_M)
    crown = body.proportions.point("head", -0.01, 0.1325, 0.0)[None]
    assert hair(crown)[0] < skull_solid(body.proportions)(crown)[0]


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize("style", STYLES)
def test_hair_is_closed_and_of_its_colour(body: BareBody, style: str) -> None:
    look = LookSpec(hair_style=style, hair=(0.5, 0.3, 0.1), shirt=(0.0, 0.0, 0.9))  # type: ignore[arg-type]
    mesh = built(body, lambda builder: add_hair(builder, body.proportions, look), fineness=0.6)
    assert body_open_edges(mesh) == 0
    colours = colours_of(mesh)
    reddish = colours[colours[:, 0] > colours[:, 2]]
    np.testing.assert_allclose(reddish.mean(axis=0) / 1.1, (0.51, 0.31, 0.11), atol=0.05)
    assert (colours[:, 2] > 0.6).any() == (style == "cap")


def test_a_bald_head_gets_nothing(body: BareBody) -> None:
    added: list[object] = []
    add_hair(added, body.proportions, LookSpec(hair_style="bald"))  # type: ignore[arg-type]
    assert added == []
