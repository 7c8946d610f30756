"""Mirrors, windows and the rest of a gym cover the wall, repeatably, and leave the wall they are painted over alone."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from gait.synthetic import SceneSpec
from gait.synthetic.room_backdrops import with_backdrop

WALL = np.full((920, 2200, 3), 150, np.uint8)


@pytest.mark.parametrize("backdrop", ["mirrors", "windows", "gym"])
def test_backdrops_cover_most_of_the_wall_and_repeat(backdrop: Literal["mirrors", "windows", "gym"]) -> None:
    scene = SceneSpec(backdrop=backdrop)
    first, again, other = (with_backdrop(WALL, np.random.default_rng(seed), scene) for seed in (1, 1, 2))
    assert first.shape == WALL.shape
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert (first != WALL).any(axis=2).mean() > 0.35
    assert (WALL == 150).all()


def test_windows_are_brighter_than_the_wall_and_mirrors_darker_than_what_they_show() -> None:
    windows, mirrors, gym = (
        with_backdrop(WALL, np.random.default_rng(3), SceneSpec(backdrop=backdrop)).mean()
        for backdrop in ("windows", "mirrors", "gym")
    )
    assert windows > WALL.mean()
    assert mirrors != gym


def test_a_plain_wall_stays() -> None:
    np.testing.assert_array_equal(with_backdrop(WALL, np.random.default_rng(1), SceneSpec()), WALL)
