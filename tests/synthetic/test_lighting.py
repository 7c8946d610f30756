"""Lamps shine from above, the strongest from the side of the camera."""

from __future__ import annotations

import numpy as np

from gait.synthetic import CameraSpec, SceneSpec, camera_of
from gait.synthetic.lighting import lighting_of


def test_the_strongest_lamp_stands_on_the_side_of_the_camera() -> None:
    for seed in range(20):
        camera = camera_of(CameraSpec(view="rear"))
        lighting = lighting_of(SceneSpec(), camera, np.random.default_rng(seed))
        strongest = lighting.lamps[0]
        assert strongest.strength == max(lamp.strength for lamp in lighting.lamps)
        assert strongest.towards @ camera.forward < 0 < strongest.towards[1]
        for lamp in lighting.lamps:
            np.testing.assert_allclose(np.linalg.norm(lamp.towards), 1.0)


def test_a_dim_room_comes_out_darker_but_not_in_proportion() -> None:
    gains = [
        lighting_of(SceneSpec(light=light), camera_of(CameraSpec()), np.random.default_rng(1)).gain
        for light in (1.0, 0.25)
    ]
    assert gains[0] == 1
    assert 0.25 < gains[1] < 0.6
