"""Shorts end on the thigh, tights at the ankle; a waistband lies below the iliac crests."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.legwear import WAISTBAND_BOTTOM, WAISTBAND_TOP, add_legwear
from gait.synthetic.run_spec import LookSpec
from tests.synthetic.body.parts import built, colours_of
from tests.synthetic.drawing import body_open_edges

pytestmark = pytest.mark.usefixtures("needs_vtk")


@pytest.mark.parametrize(
    ("change", "ends_at"), [({}, "thigh"), ({"loose": False}, "thigh"), ({"legwear": "tights"}, "ankle")]
)
def test_it_is_closed_symmetrical_and_as_long_as_it_should_be(
    body: BareBody, change: dict[str, object], ends_at: str
) -> None:
    mesh = built(body, lambda builder: add_legwear(builder, body, LookSpec(**change)))  # type: ignore[arg-type]
    assert body_open_edges(mesh) == 0
    assert mesh.points[:, 2].min() == pytest.approx(-mesh.points[:, 2].max(), abs=0.008)
    knee, ankle = (body.proportions.point(f"left_{bone}")[1] for bone in ("shank", "foot"))
    lowest = mesh.points[:, 1].min()
    assert (lowest > knee) if ends_at == "thigh" else (ankle < lowest < ankle + 0.12)


def test_the_waistband_has_its_colour_and_its_place(body: BareBody) -> None:
    look, garments = LookSpec(waistband=(0.9, 0.0, 0.0), shorts=(0.0, 0.0, 0.3)), []
    mesh = built(body, lambda builder: garments.extend(add_legwear(builder, body, look)))
    assert len(garments) == 2
    assert (colours_of(mesh)[:, 0] > 0.7).any()
    h = body.proportions.height
    heights = np.array([[0.0, share * h, 0.0] for share in (WAISTBAND_BOTTOM - 0.005, 0.0525, WAISTBAND_TOP + 0.005)])
    np.testing.assert_array_equal(garments[1](heights) < 0, [False, True, False])
