"""Markers on the pelvis: found where they are, and not where shirts end."""

from __future__ import annotations

import numpy as np
import pytest

from gait.pose.appearance.pelvis_markers import PelvisView, find_pelvis_marker

HEIGHT, WIDTH = 60, 88
ANYWHERE = np.ones((HEIGHT, WIDTH), np.float32)
SHORTS, SHIRT = (0.2, 0.2, 0.25), (0.6, 0.3, 0.3)


def hips() -> np.ndarray:
    """A shirt that ends at the waist, above shorts."""
    image = np.empty((HEIGHT, WIDTH, 3), np.float32)
    image[:18], image[18:] = SHIRT, SHORTS
    return image


def taped(apart: int, top: int = 22, colour: tuple[float, float, float] = (0.9, 0.9, 0.2)) -> np.ndarray:
    """Two strips of 2.5 by 6 cm."""
    image = hips()
    for middle in (44 - apart // 2, 44 + apart // 2):
        image[top : top + 12, middle - 2 : middle + 3] = colour
    return image


@pytest.mark.parametrize(("view", "apart"), [("rear", 19), ("front", 48)])
def test_two_strips_of_tape_are_found(view: PelvisView, apart: int) -> None:
    found = find_pelvis_marker(taped(apart), ANYWHERE, view)
    assert found is not None
    assert found.kind == "tape"
    assert found.region[28, 44 - apart // 2] == 1
    assert found.region[28, 44 + apart // 2] == 1
    assert found.region[28, 44] == 0
    assert found.region.mean() < 0.1


def test_a_waistband_is_found() -> None:
    image = hips()
    image[20:27, 12:76] = (0.95, 0.5, 0.8)
    found = find_pelvis_marker(image, ANYWHERE, "rear")
    assert found is not None
    assert found.kind == "waistband"
    assert found.region[23, 20:70].all()
    assert not found.region[34:].any()


def test_the_edge_of_a_shirt_is_no_marker() -> None:
    assert find_pelvis_marker(hips(), ANYWHERE, "rear") is None
    assert find_pelvis_marker(hips(), ANYWHERE, "front") is None


def test_the_stripes_of_a_shirt_are_no_waistband() -> None:
    image = hips()
    for top in (2, 14, 26):
        image[top : top + 6] = (0.95, 0.95, 0.95)
    assert find_pelvis_marker(image, ANYWHERE, "rear") is None


def test_one_strip_alone_is_no_tape() -> None:
    image = taped(19)
    image[:, :44] = hips()[:, :44]
    assert find_pelvis_marker(image, ANYWHERE, "rear") is None


def test_strips_of_two_colours_or_heights_are_no_pair() -> None:
    image = taped(19)
    image[22:34, 51:56] = (0.1, 0.2, 0.9)
    assert find_pelvis_marker(image, ANYWHERE, "rear") is None
    image = taped(19)
    image[22:34, 44:] = hips()[22:34, 44:]
    image[36:48, 51:56] = (0.9, 0.9, 0.2)
    assert find_pelvis_marker(image, ANYWHERE, "rear") is None
