"""The belt runs backwards with the runner's speed and is darker under the body."""

from __future__ import annotations

import numpy as np

from gait.synthetic import CameraSpec, SceneSpec, camera_of
from gait.synthetic.room_textures import BELT_LOOP_M, belt_image
from gait.synthetic.treadmill_belt import Belt

CAMERA = camera_of(CameraSpec(view="rear", height_m=1.6, width=240, height=180))
NOBODY = np.full((1, 3), 50.0, np.float32)


def shown(travelled_m: float, points: np.ndarray = NOBODY) -> np.ndarray:
    belt = Belt(belt_image(np.random.default_rng(1), SceneSpec()), CAMERA, np.ones(3))
    frame = np.zeros((180, 240, 3), np.uint8)
    belt.overlay(frame, travelled_m, points)
    return frame.astype(int)


def test_it_moves_and_comes_round_after_its_length() -> None:
    start = shown(0.3)
    assert start.any()
    assert np.abs(shown(0.6) - start).max() > 20
    assert np.abs(shown(0.3 + BELT_LOOP_M) - start).max() <= 2


def test_a_body_above_it_casts_a_shadow() -> None:
    x, z = np.meshgrid(np.linspace(-0.15, 0.15, 60), np.linspace(-0.06, 0.06, 30))
    sole = np.stack([x.ravel(), np.full(x.size, 0.01), z.ravel()], axis=1).astype(np.float32)
    column, row = CAMERA.project(np.zeros(3)).astype(int)
    patch = np.s_[row - 1 : row + 2, column - 2 : column + 3]
    assert shown(0.3, sole)[patch].mean() < 0.8 * shown(0.3)[patch].mean()
