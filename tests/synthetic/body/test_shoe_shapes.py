"""There is a shape for every footwear of a look that is a shoe, and no two are alike."""

from __future__ import annotations

from typing import get_args, get_type_hints

from gait.synthetic.body.shoe_shapes import SHOE_SHAPES
from gait.synthetic.run_spec import LookSpec


def test_every_shoe_of_a_look_has_a_shape() -> None:
    offered = set(get_args(get_type_hints(LookSpec)["footwear"]))
    assert offered - {"socks", "bare"} == set(SHOE_SHAPES)
    assert len(set(SHOE_SHAPES.values())) == len(SHOE_SHAPES)
