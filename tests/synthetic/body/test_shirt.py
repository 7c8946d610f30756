"""A shirt covers the trunk; sleeves, looseness and prints show."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.shirt import add_shirt
from gait.synthetic.run_spec import LookSpec
from tests.synthetic.body.parts import built, colours_of
from tests.synthetic.drawing import body_open_edges

pytestmark = pytest.mark.usefixtures("needs_vtk")


@pytest.mark.parametrize("loose", [True, False])
@pytest.mark.parametrize("sleeves", [True, False])
def test_a_shirt_is_closed_and_covers_the_ribs(body: BareBody, loose: bool, sleeves: bool) -> None:
    look, garments = LookSpec(loose=loose, sleeves=sleeves), []
    mesh = built(body, lambda builder: garments.append(add_shirt(builder, body, look)))
    assert body_open_edges(mesh) == 0
    ribs = body.proportions.point("spine")[None]
    assert garments[0](ribs)[0] < body.torso(ribs)[0]
    upper_arm = body.proportions.point("right_upper_arm", 0.0, -0.05, 0.0)[None]
    assert (garments[0](upper_arm)[0] < 0) == sleeves
    assert mesh.points[:, 2].min() == pytest.approx(-mesh.points[:, 2].max(), abs=0.008)


@pytest.mark.parametrize(("pattern", "plain"), [("plain", True), ("stripes", False), ("panel", False)])
def test_the_trim_shows_in_prints(body: BareBody, pattern: str, plain: bool) -> None:
    look = LookSpec(pattern=pattern, shirt=(0.0, 0.0, 0.6), shorts_trim=(0.9, 0.0, 0.0))  # type: ignore[arg-type]
    red = colours_of(built(body, lambda builder: add_shirt(builder, body, look)))[:, 0]
    assert (red > 0.3).any() == (not plain)


def test_a_shirt_ends_above_a_waistband(body: BareBody) -> None:
    lowest = [
        built(body, lambda builder, look=look: add_shirt(builder, body, look)).points[:, 1].min()
        for look in (LookSpec(), LookSpec(waistband=(1.0, 0.0, 0.0)))
    ]
    assert lowest[0] < 0 < lowest[1]
    assert lowest[1] == pytest.approx(0.061 * body.proportions.height, abs=0.01)
    assert np.isfinite(lowest).all()
