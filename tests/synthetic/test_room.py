"""A room has a treadmill, a wall and light, sorted by what hides what."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic import CameraSpec, SceneSpec
from gait.synthetic.room import Room, build_room

pytestmark = pytest.mark.usefixtures("needs_vtk")


def room(scene: SceneSpec, **camera: object) -> Room:
    return build_room(scene, CameraSpec(**camera), np.random.default_rng(2))  # type: ignore[arg-type]


def test_clutter_fills_the_wall() -> None:
    empty, full = (room(SceneSpec(clutter=clutter)) for clutter in (0.0, 1.0))
    assert len(full.backdrop) > len(empty.backdrop) + 10


def test_rails_hide_the_runner_from_their_own_side_only() -> None:
    for view, hiding in (("side", True), ("rear", False)):
        with_rails, without = (room(SceneSpec(rails=rails, console=False), view=view) for rails in (True, False))
        added = len(with_rails.treadmill_in_front) - len(without.treadmill_in_front)
        assert (added > 0) == hiding


def test_a_console_stands_before_the_runner_only_in_front_views() -> None:
    for view, hiding in (("front", True), ("rear", False)):
        with_console, without = (room(SceneSpec(console=console, rails=False), view=view) for console in (True, False))
        assert (len(with_console.treadmill_in_front) > len(without.treadmill_in_front)) == hiding
        assert with_console.lighting.lamps


def test_a_high_edge_hides_shoes_from_the_side_and_a_usual_one_does_not() -> None:
    for edge_m, view, hiding in ((0.06, "side", True), (0.06, "rear", False), (0.006, "side", False)):
        scene = SceneSpec(rails=False, console=False, edge_m=edge_m)
        assert bool(room(scene, view=view).treadmill_in_front) == hiding


def test_a_backdrop_changes_the_wall_and_nothing_else() -> None:
    plain, gym = (room(SceneSpec(backdrop=backdrop)) for backdrop in ("wall", "gym"))
    assert len(plain.backdrop) == len(gym.backdrop)
    assert plain.lighting.lamps[0].towards.tolist() == gym.lighting.lamps[0].towards.tolist()
