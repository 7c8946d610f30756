"""Random people, rooms and cameras are plausible and repeatable."""

from __future__ import annotations

import numpy as np

from gait.errors import InputError
from gait.synthetic.random_specs import random_body, random_camera, random_runner, random_scene, rounded
from gait.synthetic.run_spec import CameraSpec, LookSpec, RunnerSpec, SceneSpec


def test_random_people_and_scenes_are_plausible_and_repeatable() -> None:
    rng = np.random.default_rng(1)
    bodies = [RunnerSpec(**random_body(rng)) for _ in range(200)]
    assert 0.3 < np.mean([body.sex == "female" for body in bodies]) < 0.7
    assert 0.05 < np.std([body.height_m for body in bodies]) < 0.12
    scenes = [random_scene(rng) for _ in range(200)]
    for option, count in (("hair_style", 6), ("legwear", 2), ("pattern", 4), ("sleeves", 2), ("loose", 2)):
        assert len({getattr(scene.look, option) for scene in scenes}) == count
    assert sum(scene.look.tape is not None for scene in scenes) > 20
    assert sum(scene.bystander for scene in scenes) > 20
    assert random_scene(np.random.default_rng(5)) == random_scene(np.random.default_rng(5))


def test_random_runners_and_cameras_are_plausible_and_repeatable() -> None:
    runners = []
    for seed in range(60):
        try:
            runners.append(random_runner(np.random.default_rng(seed)))
        except InputError:
            continue  # not every draw can be run
    assert len(runners) > 45
    assert 155 < np.mean([runner.cadence_spm for runner in runners]) < 185
    assert random_runner(np.random.default_rng(4)) == random_runner(np.random.default_rng(4))
    cameras = [random_camera(np.random.default_rng(seed)) for seed in range(60)]
    assert {camera.view for camera in cameras} == {"side", "rear", "front"}
    assert all((camera.height > camera.width) == (camera.view != "side") for camera in cameras)
    assert random_camera(np.random.default_rng(1), "rear").view == "rear"


def test_rounding_reaches_every_number() -> None:
    assert rounded(RunnerSpec(height_m=1.76543, overstride=(0.21239, 0.2))).overstride == (0.212, 0.2)
    assert rounded(CameraSpec(yaw_deg=1.23456)).yaw_deg == 1.235
    scene = rounded(SceneSpec(light=0.77777, look=LookSpec(skin=(0.12345, 0.2, 0.3))))
    assert (scene.light, scene.look.skin) == (0.778, (0.123, 0.2, 0.3))
