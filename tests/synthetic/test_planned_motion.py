"""The feet behave as feet on a belt do, and the legs as legs."""

from __future__ import annotations

import numpy as np

from gait.synthetic.body_segments import JOINTS
from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import sole_height, solve
from gait.synthetic.planned_motion import vault_height_m
from gait.synthetic.presets import neutral, overstriding
from gait.synthetic.toe_box import LAST_TOUCH_S
from gait.synthetic.truth import events_of, metrics_of
from tests.synthetic.conftest import DURATION


def test_shoes_never_enter_the_belt(motion: Motion) -> None:
    times = np.linspace(0, DURATION, int(DURATION * 480))
    assert sole_height(motion, times).min() > -1e-6


def test_shoe_touches_all_through_stance_and_only_then(motion: Motion) -> None:
    steps = motion.steps
    for i in np.flatnonzero((steps.contact > 0.5) & (steps.toe_off < DURATION - 0.5)):
        column = int(steps.right[i])
        stance = np.linspace(steps.contact[i] + 1e-6, steps.toe_off[i] - 1e-6, 40)
        assert np.abs(sole_height(motion, stance)[:, column]).max() < 1e-6
        # The tip leaves last, some 10 ms after the force has fallen below 50 N.
        leaving = np.linspace(steps.toe_off[i], steps.toe_off[i] + LAST_TOUCH_S - 1e-6, 9)
        assert np.abs(sole_height(motion, leaving)[:, column]).max() < 1e-3
        near = np.array([steps.contact[i] - 0.004, steps.toe_off[i] + LAST_TOUCH_S + 0.006])
        assert (sole_height(motion, near)[:, column] > 1e-3).all()


def test_toes_bend_in_push_off_and_straighten_in_swing(motion: Motion) -> None:
    steps = motion.steps
    for i in np.flatnonzero((steps.contact > 0.5) & (steps.toe_off < DURATION - 0.5))[:6]:
        side = "right" if steps.right[i] else "left"
        bones = motion.bones(steps.toe_off[i] + np.array([0.0, 0.12]))
        pitch, toes = (np.degrees(np.arcsin(bones.rotation[f"{side}_{b}"][:, 1, 0])) for b in ("foot", "toes"))
        assert 20 < (toes - pitch)[0] < 50
        assert (toes - pitch)[1] < 6


def test_what_stands_on_the_belt_does_not_slide(motion: Motion) -> None:
    steps, speed = motion.steps, motion.runner.speed_mps
    for i in np.flatnonzero((steps.contact > 0.5) & (steps.toe_off < DURATION - 0.5))[:6]:
        side = "right" if steps.right[i] else "left"
        flat = steps.contact[i] + np.linspace(0.28, 0.40, 9) * (steps.toe_off[i] - steps.contact[i])
        ankle = motion.joints(flat)[:, JOINTS.index(f"{side}_ankle")]
        np.testing.assert_allclose(ankle[:, 0] + speed * flat, ankle[0, 0] + speed * flat[0], atol=1e-6)
        late = np.linspace(flat[-1], steps.toe_off[i] - 1e-6, 15)
        bones, k = motion.bones(late), motion.skeleton
        toe = bones.origin[f"{side}_toes"] + bones.rotation[f"{side}_toes"] @ np.array([k.toe - k.ball, 0.0, 0.0])
        np.testing.assert_allclose(toe[:, 0] + speed * late, toe[0, 0] + speed * late[0], atol=2e-3)


def test_segments_keep_their_length_and_move_smoothly(motion: Motion) -> None:
    times = np.linspace(0.2, DURATION - 0.2, 2000)
    joints, k = motion.joints(times), motion.skeleton
    pairs = (("hip", "knee", k.thigh), ("knee", "ankle", k.shank), ("shoulder", "elbow", k.upper_arm))
    for side in ("left", "right"):
        for start, end, length in pairs:
            gap = joints[:, JOINTS.index(f"{side}_{end}")] - joints[:, JOINTS.index(f"{side}_{start}")]
            np.testing.assert_allclose(np.linalg.norm(gap, axis=1), length, rtol=1e-9)
    step = np.linalg.norm(np.diff(joints, axis=0), axis=2) / (times[1] - times[0])
    assert step.max() < 4.5 * motion.runner.speed_mps


def test_knees_bend_as_runners_knees_do(motion: Motion) -> None:
    found = metrics_of(motion, DURATION)
    assert 80 < found["knee_flexion_swing"]["value"] < 130
    assert 30 < found["knee_flexion_stance"]["value"] < 66


def test_feet_alternate_with_a_flight_between() -> None:
    motion = solve(neutral(), DURATION, seed=9)
    events = events_of(motion, DURATION)
    kinds = [(event.side, event.kind) for event in events]
    cycle = [("right", "contact"), ("right", "toe_off"), ("left", "contact"), ("left", "toe_off")]
    start = cycle.index(kinds[0])
    assert kinds == [cycle[(start + n) % 4] for n in range(len(kinds))]
    assert min(np.diff([event.time_s for event in events])) > 0.03


def test_only_who_lands_far_ahead_vaults_over_the_leg() -> None:
    assert vault_height_m(neutral()) == 0
    assert 0 < vault_height_m(overstriding()) < 0.02
