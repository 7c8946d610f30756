"""Every thing stands on the floor, along the wall, within the width it claims."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gait.synthetic.room_furniture import FURNITURE, WALL_DISTANCE_M, WallSpot
from gait.synthetic.treadmill_belt import FLOOR_M

AWAY, ACROSS = np.array([0.0, 0.0, -1.0]), np.array([1.0, 0.0, 0.0])


def test_a_spot_has_its_own_axes() -> None:
    spot = WallSpot([], AWAY, ACROSS, 1.0, 0.2)
    np.testing.assert_allclose(spot.at(0.5, 0.3, 0.1), [1.5, FLOOR_M + 0.3, -(WALL_DISTANCE_M - 0.3)])


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize("number", range(len(FURNITURE)))
def test_things_keep_to_their_place(number: int) -> None:
    build, width = FURNITURE[number]
    actors: list[Any] = []
    build(WallSpot(actors, AWAY, ACROSS, 0.0, 0.0), np.random.default_rng(1), (0.6, 0.3, 0.2))
    bounds = np.array([actor.GetBounds() for actor in actors])
    assert bounds[:, 2].min() > FLOOR_M - 0.01
    assert bounds[:, 0].min() > -0.5
    assert bounds[:, 1].max() < width + 0.3
    assert bounds[:, 5].max() < -1.5  # far behind the runner
