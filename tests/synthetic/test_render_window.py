"""Boxes hold their points, and drawings are laid over frames by the share they cover."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic import CameraSpec, camera_of
from gait.synthetic.render_window import PixelBox, RenderWindow, box_around, overlay

CAMERA = camera_of(CameraSpec(width=100, height=80))


def test_a_box_holds_its_points_and_stays_inside_the_frame() -> None:
    box = box_around(np.array([[20.5, 30.2], [40.0, 50.9], [np.nan, np.nan]]), CAMERA, 2)
    assert box == PixelBox(18, 28, 24, 25)
    assert (box.rows, box.columns) == (slice(28, 53), slice(18, 42))
    assert box_around(np.array([[-50.0, -60.0], [500.0, 600.0]]), CAMERA, 0) == PixelBox(0, 0, 100, 80)
    outside = box_around(np.array([[300.0, 300.0]]), CAMERA, 1)
    assert (outside.width, outside.height) == (8, 8)


def test_what_is_covered_is_replaced_and_what_is_half_covered_mixed() -> None:
    image = np.full((2, 3, 3), 200, np.uint8)
    layer = np.zeros((2, 3, 4), np.uint8)
    layer[0, 0] = (10, 20, 30, 255)
    layer[0, 1] = (10, 20, 30, 128)
    overlay(image, layer)
    assert image[0, 0].tolist() == [10, 20, 30]
    np.testing.assert_allclose(image[0, 1], np.array([10, 20, 30]) + 200 * (127 / 255), atol=1)
    assert (image[1] == 200).all()


@pytest.mark.usefixtures("needs_vtk")
def test_an_empty_window_covers_nothing() -> None:
    window = RenderWindow(CAMERA, PixelBox(10, 10, 20, 30))
    drawing = window.draw()
    window.close()
    assert drawing.shape == (30, 20, 4)
    assert (drawing[..., 3] == 0).all()
