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
    for option, count in (("belt_print", 4), ("backdrop", 4)):
        assert len({getattr(scene, option) for scene in scenes}) == count
    assert len({scene.look.footwear for scene in scenes}) == 9
    assert 0.3 < np.mean([scene.look.gloss > 0 for scene in scenes]) < 0.7
    assert 20 < sum(scene.edge_m > 0.01 for scene in scenes) < 80
    like_the_belt = [np.abs(np.subtract(scene.look.shoes, scene.belt)).max() < 0.15 for scene in scenes]
    assert sum(like_the_belt) > 15
    assert random_scene(np.random.default_rng(5)) == random_scene(np.random.default_rng(5))


def test_shoes_and_surroundings_leave_the_rest_of_a_seed_as_it_was_before_they_came() -> None:
    rng = np.random.default_rng(5)
    scene = random_scene(rng)
    assert (scene.look.hair_style, scene.look.pattern, scene.look.waistband) == ("bun", "stripes", (0.35, 0.95, 0.3))
    assert (scene.rails, scene.console, round(scene.clutter, 6)) == (False, True, 0.936442)
    assert rng.random() == 0.6743897148867628


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
