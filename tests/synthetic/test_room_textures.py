"""Surfaces of the room have their size, their colours, and more on the wall with more clutter."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from gait.synthetic import SceneSpec
from gait.synthetic.room_textures import belt_image, floor_image, shaded, soft_noise, wall_image


def test_noise_stays_in_range_and_is_soft() -> None:
    noise = soft_noise(np.random.default_rng(1), 60, 90, 10)
    assert noise.shape == (60, 90)
    assert np.abs(noise).max() <= 1
    assert np.abs(np.diff(noise, axis=1)).max() < 0.25


def test_shade_multiplies_the_colour() -> None:
    assert shaded((0.2, 0.4, 0.6), np.array([[1.0, 0.5, 9.0]])).tolist() == [[[51, 102, 153], [25, 51, 76], [255] * 3]]


def test_images_differ_by_seed_and_repeat() -> None:
    for paint in (belt_image, wall_image, floor_image):
        first, again, other = (paint(np.random.default_rng(seed), SceneSpec()) for seed in (1, 1, 2))
        assert first.dtype == np.uint8
        assert first.shape[2:] == (3,)
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)


def test_the_usual_belt_is_the_one_of_earlier_versions() -> None:
    image = belt_image(np.random.default_rng(1), SceneSpec())
    assert hashlib.sha256(image.tobytes()).hexdigest().startswith("bc811e49e9aa942c")


def test_belts_have_their_colour_and_print() -> None:
    light = belt_image(np.random.default_rng(1), SceneSpec(belt=(0.6, 0.6, 0.6), belt_print="plain"))
    assert light.mean() == pytest.approx(0.6 * 255, abs=12)
    images = {
        kind: belt_image(np.random.default_rng(1), SceneSpec(belt_print=kind))
        for kind in ("marks", "lines", "logo", "plain")
    }
    for kind in ("marks", "lines", "logo"):
        assert (images[kind] != images["plain"]).any(axis=2).mean() > 0.01, kind


def test_a_wall_without_clutter_is_empty() -> None:
    busy = [
        np.abs(np.diff(wall_image(np.random.default_rng(3), SceneSpec(clutter=clutter)).astype(int), axis=1)).mean()
        for clutter in (0.0, 1.0)
    ]
    assert busy[0] < busy[1]
