"""Patterns of skin and cloth stay within their ranges."""

from __future__ import annotations

import numpy as np

from gait.synthetic.body.surface_patterns import folded_normals, on_line, smooth_step, speckle, uniform_colour

POINTS = np.random.default_rng(1).uniform(-1, 1, (2000, 3))


def test_a_smooth_step_rises_from_0_to_1_between_its_ends() -> None:
    values = smooth_step(np.array([-1.0, 2.0, 3.0, 4.0, 9.0]), 2.0, 4.0)
    np.testing.assert_allclose(values, [0, 0, 0.5, 1, 1])


def test_one_colour_is_the_same_everywhere() -> None:
    np.testing.assert_array_equal(uniform_colour((0.1, 0.2, 0.3))(POINTS), np.tile([0.1, 0.2, 0.3], (2000, 1)))


def test_speckles_are_even_and_the_same_within_a_cube() -> None:
    values = speckle(POINTS, 0.05)
    assert np.abs(values).max() <= 1
    assert abs(values.mean()) < 0.1
    cube = 0.05 * np.floor(POINTS / 0.05) + 0.025
    np.testing.assert_array_equal(speckle(cube, 0.05), values)


def test_a_line_has_its_width() -> None:
    np.testing.assert_array_equal(on_line(np.array([-0.6, -0.4, 0.0, 0.4, 0.6]), 1.0)[:, 0], [0, 1, 1, 1, 0])


def test_folds_turn_normals_a_little_and_keep_their_length() -> None:
    normals = POINTS / np.linalg.norm(POINTS, axis=1, keepdims=True)
    folded = folded_normals(POINTS, normals, 0.003)
    np.testing.assert_allclose(np.linalg.norm(folded, axis=1), 1.0)
    turned = np.degrees(np.arccos(np.clip((folded * normals).sum(axis=1), -1, 1)))
    assert 0.5 < turned.mean() < 20
