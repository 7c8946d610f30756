from __future__ import annotations

import re

import pytest

from gait.report.exercise_figure import BodyPose, CameraView, Limb
from gait.report.exercise_poses import SCENES
from gait.report.exercise_scene import (
    FILLS,
    FORMATS,
    Arrow,
    Box,
    LoopBand,
    LooseBall,
    Roller,
    Scene,
    draw_panel,
    draw_scene,
    scene_size,
)

POSE = BodyPose((0, 53, 0), Limb(), Limb(), Limb(), Limb())
LIFTED = BodyPose((0, 53, 0), Limb(upper=(1, 0, 0)), Limb(), Limb(), Limb())
SIDE = CameraView(yaw=18, pitch=8)


@pytest.mark.parametrize(
    "prop", [Box((20, 0, -5), (30, 20, 5)), Roller((20, 4, 0)), LooseBall((20, 3, 0)), LoopBand("ankle", "knee", 0.2)]
)
def test_a_prop_is_drawn_beside_the_figure(prop: Box | Roller | LooseBall | LoopBand) -> None:
    alone, together = draw_panel(POSE, SIDE, ()), draw_panel(POSE, SIDE, (prop,))
    assert together.count("<path") > alone.count("<path")


def test_a_wall_behind_is_drawn_before_the_figure_and_one_in_front_after_it() -> None:
    behind = draw_panel(POSE, SIDE, (Box((-50, 0, -40), (50, 100, -39), "mat"),))
    before = draw_panel(POSE, SIDE, (Box((-50, 0, 39), (50, 100, 40), "mat"),))
    assert behind.startswith(f'<path fill="{FILLS["mat"]}"')
    assert before.rindex(FILLS["mat"]) > before.rindex(FILLS["leg"])


def test_an_arrow_follows_the_joint_from_start_to_end() -> None:
    scene = Scene(POSE, LIFTED, SIDE, arrows=(Arrow("right_knee"),))
    found = re.search(r"M(\d+) (\d+)Q(\d+) (\d+) (\d+) (\d+)", draw_scene(scene))
    assert found is not None
    x1, y1, _, _, x2, y2 = map(int, found.groups())
    assert x2 > x1
    assert y2 < y1
    assert x1 > scene_size(scene)[0] / 2  # in the second panel


def test_an_arrow_both_ways_has_two_heads() -> None:
    one = draw_scene(Scene(POSE, LIFTED, SIDE, arrows=(Arrow("right_knee"),)))
    two = draw_scene(Scene(POSE, LIFTED, SIDE, arrows=(Arrow("right_knee", both_ways=True),)))
    # One head is one more pen stroke in the last path.
    assert two.rpartition("<path")[2].count("M") == one.rpartition("<path")[2].count("M") + 1


def test_props_of_one_panel_replace_those_of_both() -> None:
    roller = Roller((0, 4, 0))
    both = draw_scene(Scene(POSE, POSE, SIDE, props=(roller,)))
    one = draw_scene(Scene(POSE, POSE, SIDE, props=(roller,), end_props=()))
    assert both.count(FILLS["prop"]) == 2 * one.count(FILLS["prop"])


def test_all_drawings_have_one_width_and_one_of_three_heights() -> None:
    sizes = {scene_size(make()) for make in SCENES.values()}
    assert {width for width, _ in sizes} == {2600}
    assert {height / 10 for _, height in sizes} <= {height for height, _ in FORMATS.values()}
