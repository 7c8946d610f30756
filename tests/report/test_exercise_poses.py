from __future__ import annotations

import itertools
import math

import pytest

from gait.findings.exercises import load_exercises
from gait.report.exercise_figure import Ball, BodyPose, Vector, add, dot, figure_parts, joints, scale, unit
from gait.report.exercise_poses import SCENES, flat, hanging, lean, leg_way, on_ball, reach, run_arm
from gait.report.exercise_scene import Box, Roller, Scene

BONES = (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist"), ("heel", "ball"))
#: How far a sole, a hand or a knee may sink in: soft parts and rounding.
SOFT = 0.7
#: Share of the body's mass, and where on the way between two joints it is (Winter 2009, table 4.1).
MASSES = (
    ("hip", "shoulder", 0.497, 0.5),
    ("head", "head", 0.081, 0.0),
    *((f"{s}_shoulder", f"{s}_elbow", 0.028, 0.436) for s in ("right", "left")),
    *((f"{s}_elbow", f"{s}_hand", 0.022, 0.682) for s in ("right", "left")),
    *((f"{s}_hip", f"{s}_knee", 0.1, 0.433) for s in ("right", "left")),
    *((f"{s}_knee", f"{s}_ankle", 0.0465, 0.433) for s in ("right", "left")),
    *((f"{s}_heel", f"{s}_toe", 0.0145, 0.5) for s in ("right", "left")),
)
#: Poses that nothing but the feet holds, and that stand still.
FREE = (
    *((name, panel) for name in ("squat", "lunge", "side_lunge", "single_leg_deadlift") for panel in ("start", "end")),
    *((name, panel) for name in ("band_walk", "one_leg_balance", "hip_circle") for panel in ("start", "end")),
    ("step_down", "start"),
    ("a_march", "start"),
)


@pytest.fixture(params=[(name, panel) for name in SCENES for panel in ("start", "end")], ids="-".join)
def panel(request: pytest.FixtureRequest) -> tuple[Scene, BodyPose]:
    name, which = request.param
    scene = SCENES[name]()
    return scene, getattr(scene, which)


def lowest(pose: BodyPose) -> dict[str, float]:
    parts = figure_parts(pose, (0, 0, 1))
    return {p.name: min(ball.center[1] - ball.radius for hull in p.hulls for ball in hull) for p in parts}


def test_every_exercise_has_a_scene_and_every_scene_an_exercise() -> None:
    assert set(SCENES) == {exercise.id for exercise in load_exercises()}


def test_nothing_goes_through_the_floor_and_something_stands_on_it(panel: tuple[Scene, BodyPose]) -> None:
    heights = lowest(panel[1])
    assert min(heights.values()) > -SOFT, {name: round(h, 1) for name, h in heights.items() if h <= -SOFT}
    on_box = any(isinstance(prop, Box) and prop.fill == "prop" for prop in panel[0].props)
    assert min(heights.values()) < SOFT or on_box


def test_bones_are_as_long_at_the_end_as_at_the_start() -> None:
    for name, make in SCENES.items():
        scene = make()
        start, end = joints(scene.start), joints(scene.end)
        for (a, b), side in itertools.product(BONES, ("right", "left")):
            lengths = [math.dist(at[f"{side}_{a}"], at[f"{side}_{b}"]) for at in (start, end)]
            assert lengths[0] == pytest.approx(lengths[1], abs=0.02), (name, side, a, b)


def test_knees_bend_the_way_the_toes_point(panel: tuple[Scene, BodyPose]) -> None:
    at = joints(panel[1])
    for side in ("right", "left"):
        hip, knee, ankle = (at[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
        whole = unit(add(ankle, scale(hip, -1)))
        thigh = add(knee, scale(hip, -1))
        aside = add(thigh, scale(whole, -dot(thigh, whole)))
        shank = unit(add(ankle, scale(knee, -1)))
        foot = unit(add(at[f"{side}_ball"], scale(at[f"{side}_heel"], -1)))
        ahead = add(foot, scale(shank, -dot(foot, shank)))
        if math.hypot(*aside) > 3 and math.hypot(*ahead) > 0.4:
            assert dot(unit(aside), unit(ahead)) > 0, side


def test_elbows_and_knees_stay_within_their_range(panel: tuple[Scene, BodyPose]) -> None:
    at = joints(panel[1])
    for side in ("right", "left"):
        for a, b, c in (("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist")):
            first = unit(add(at[f"{side}_{b}"], scale(at[f"{side}_{a}"], -1)))
            second = unit(add(at[f"{side}_{c}"], scale(at[f"{side}_{b}"], -1)))
            flexion = math.degrees(math.acos(max(-1.0, min(1.0, dot(first, second)))))
            assert flexion < 150, (side, b, flexion)


def test_the_back_does_not_fold_over(panel: tuple[Scene, BodyPose]) -> None:
    pose = panel[1]
    at = joints(pose)
    for side in ("right", "left"):
        thigh = unit(add(at[f"{side}_knee"], scale(at[f"{side}_hip"], -1)))
        behind = dot(thigh, scale(unit(pose.front), -1))
        # Hip extension beyond 45 degrees is nothing a runner can do.
        assert dot(thigh, unit(pose.up)) < 0 or behind < math.sin(math.radians(45)), side


@pytest.mark.parametrize(("name", "which"), FREE)
def test_who_stands_free_is_in_balance(name: str, which: str) -> None:
    pose = getattr(SCENES[name](), which)
    at = joints(pose)
    center: Vector = (0, 0, 0)
    for a, b, mass, share in MASSES:
        center = add(center, scale(add(scale(at[a], 1 - share), scale(at[b], share)), mass))
    total = sum(mass for _, _, mass, _ in MASSES)
    center = scale(center, 1 / total)
    soles = [at[f"{side}_{part}"] for side in ("right", "left") for part in ("heel", "ball", "toe")]
    ground = min(point[1] for point in soles)
    support = [point for point in soles if point[1] < ground + 2]
    for axis in (0, 2):
        reach_low, reach_high = min(p[axis] for p in support) - 2.2, max(p[axis] for p in support) + 2.2
        assert reach_low <= center[axis] <= reach_high, ("x", "y", "z")[axis]


@pytest.mark.parametrize("name", ["squat", "lunge", "split_squat", "hamstring_stretch", "calf_stretch"])
def test_a_foot_that_stands_does_not_slide(name: str) -> None:
    scene = SCENES[name]()
    side = "right" if name in ("squat", "split_squat", "calf_stretch") else "left"
    if name == "lunge":
        assert lowest(scene.end)["right_foot"] == pytest.approx(0, abs=SOFT)
        return
    assert joints(scene.start)[f"{side}_ankle"] == pytest.approx(joints(scene.end)[f"{side}_ankle"], abs=0.05)


@pytest.mark.parametrize("name", ["roll_seat", "roll_thigh_front", "roll_thigh_side", "roll_hamstring"])
def test_the_body_lies_on_the_roller(name: str) -> None:
    scene = SCENES[name]()
    for pose, props in ((scene.start, scene.start_props), (scene.end, scene.end_props)):
        roller = next(prop for prop in props or () if isinstance(prop, Roller))
        gaps = [math.dist(ball.center[:2], roller.center[:2]) - ball.radius - roller.radius for ball in _filled(pose)]
        assert -3.5 < min(gaps) < 1.0, round(min(gaps), 1)


@pytest.mark.parametrize("name", ["roll_seat", "roll_thigh_front", "roll_thigh_side", "roll_hamstring"])
def test_a_roller_moves_half_as_far_as_the_body(name: str) -> None:
    scene = SCENES[name]()
    places = [
        next(prop for prop in props or () if isinstance(prop, Roller)).center[0]
        for props in (scene.start_props, scene.end_props)
    ]
    way = scene.end.hip[0] - scene.start.hip[0]
    assert places[1] - places[0] == pytest.approx(way / 2, abs=0.3)


def _filled(pose: BodyPose) -> list[Ball]:
    """The spheres of pelvis and thighs, and some between them."""
    found = []
    for part in figure_parts(pose, (0, 0, 1)):
        if part.name in ("pelvis", "right_leg", "left_leg"):
            for a, b in itertools.pairwise(part.hulls[0]):
                for share in (0, 0.2, 0.4, 0.6, 0.8, 1):
                    center = add(scale(a.center, 1 - share), scale(b.center, share))
                    found.append(Ball(center, a.radius + (b.radius - a.radius) * share))
    return found


def test_directions_of_somebody_who_faces_right() -> None:
    assert leg_way(0) == pytest.approx((0, -1, 0))
    assert leg_way(90) == pytest.approx((1, 0, 0))
    assert lean(90) == pytest.approx((1, 0, 0))
    assert lean(0) == pytest.approx((0, 1, 0))


def test_feet_stand_on_what_they_are_put_on() -> None:
    pose = BodyPose((0, 60, 0), flat(0, 5, floor=8), on_ball(2, -5, 30, floor=8), *hanging())
    heights = lowest(pose)
    assert heights["right_foot"] == pytest.approx(8, abs=0.3)
    assert heights["left_foot"] == pytest.approx(8, abs=0.3)
    at = joints(pose)
    assert at["left_heel"][1] > at["left_ball"][1] + 3


def test_an_arm_that_reaches_and_one_that_runs() -> None:
    pose = BodyPose((0, 53, 0), flat(0, 5), flat(0, -5), reach(20, 70, 10, (0, -1, 0)), run_arm(-30, -8))
    at = joints(pose)
    assert at["right_wrist"] == pytest.approx((20, 70, 10))
    assert at["left_elbow"][0] < at["left_shoulder"][0]
    assert at["left_wrist"][0] > at["left_elbow"][0]
