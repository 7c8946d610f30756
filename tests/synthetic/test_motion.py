"""What is asked for is what the truth says, and the feet behave as feet on a belt do."""

from __future__ import annotations

import numpy as np
import pytest

from gait.errors import InputError
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import natural_oscillation_cm, sole_height, solve
from gait.synthetic.presets import arms_crossing, hip_dropping, neutral, overstriding
from gait.synthetic.run_spec import RunnerSpec, both
from gait.synthetic.truth import events_of, metrics_of

DURATION = 8.0
RUNNERS = {
    "neutral": neutral(),
    "overstriding": overstriding(),
    "hip_dropping": hip_dropping(),
    "arms_crossing": arms_crossing(),
    "uneven": neutral(
        overstride=(0.20, 0.26),
        pelvic_drop_deg=(3.0, 7.5),
        arm_crossover=(-0.15, 0.18),
        contact_time_ms=(250.0, 275.0),
        step_time_asymmetry=0.04,
        knee_flexion_contact_deg=18.0,
    ),
    "fast and small": RunnerSpec(height_m=1.60, sex="female", speed_mps=4.0, cadence_spm=182, overstride=0.27),
    "slow and tall": RunnerSpec(height_m=1.92, speed_mps=2.3, cadence_spm=154, overstride=0.19),
    "forefoot": neutral(foot_strike_deg=-5.0, cadence_spm=178.0),
    "narrow": neutral(step_width_cm=-2.0, trunk_lean_deg=12.0),
    "bouncy": neutral(vertical_oscillation_cm=10.5, cadence_spm=156.0),
}


@pytest.fixture(scope="module", params=list(RUNNERS), ids=lambda name: name.replace(" ", "_"))
def motion(request: pytest.FixtureRequest) -> Motion:
    return solve(RUNNERS[request.param], DURATION, seed=4)


def test_truth_meets_the_request(motion: Motion) -> None:
    asked, found = motion.runner, metrics_of(motion, DURATION)
    assert found["cadence"]["value"] == pytest.approx(asked.cadence_spm, abs=0.1)
    for n, side in enumerate(("left", "right")):
        leg_cm = 100 * asked.leg_length_m
        assert leg_cm * found["overstride"][side]["value"] == pytest.approx(leg_cm * both(asked.overstride)[n], abs=0.5)
        assert found["pelvic_drop"][side]["value"] == pytest.approx(both(asked.pelvic_drop_deg)[n], abs=0.2)
        assert found["arm_crossover"][side]["value"] == pytest.approx(both(asked.arm_crossover)[n], abs=0.02)
        assert found["contact_time"][side]["value"] == pytest.approx(1e3 * asked.contact_times_s()[n], abs=2.0)
    assert found["trunk_lean"]["value"] == pytest.approx(asked.trunk_lean_deg, abs=0.2)
    assert found["step_width"]["value"] == pytest.approx(asked.step_width_cm, abs=0.3)
    if asked.tibia_angle_deg is None:
        assert found["knee_flexion_contact"]["value"] == pytest.approx(asked.knee_flexion_contact_deg, abs=0.5)
    else:
        assert found["tibia_angle"]["value"] == pytest.approx(asked.tibia_angle_deg, abs=0.5)
    oscillation = asked.vertical_oscillation_cm or natural_oscillation_cm(asked)
    assert found["vertical_oscillation"]["value"] == pytest.approx(oscillation, abs=0.2)


def test_shoes_never_enter_the_belt(motion: Motion) -> None:
    times = np.linspace(0, DURATION, int(DURATION * 480))
    assert sole_height(motion, times).min() > -1e-6


def test_shoe_touches_all_through_stance_and_only_then(motion: Motion) -> None:
    steps = motion.steps
    for i in np.flatnonzero((steps.contact > 0.5) & (steps.off < DURATION - 0.5)):
        column = int(steps.right[i])
        stance = np.linspace(steps.contact[i] + 1e-6, steps.off[i] - 1e-6, 40)
        assert np.abs(sole_height(motion, stance)[:, column]).max() < 1e-6
        near = np.array([steps.contact[i] - 0.004, steps.off[i] + 0.012])
        assert (sole_height(motion, near)[:, column] > 1e-4).all()


def test_what_stands_on_the_belt_does_not_slide(motion: Motion) -> None:
    steps, speed = motion.steps, motion.runner.speed_mps
    for i in np.flatnonzero((steps.contact > 0.5) & (steps.off < DURATION - 0.5))[:6]:
        side = "right" if steps.right[i] else "left"
        flat = steps.contact[i] + np.linspace(0.28, 0.40, 9) * (steps.off[i] - steps.contact[i])
        ankle = motion.joints(flat)[:, JOINTS.index(f"{side}_ankle")]
        np.testing.assert_allclose(ankle[:, 0] + speed * flat, ankle[0, 0] + speed * flat[0], atol=1e-6)
        late = np.linspace(flat[-1], steps.off[i] - 1e-6, 15)
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


def test_same_seed_same_motion_other_seed_other_motion() -> None:
    times = np.linspace(1, 3, 20)
    first, again, other = (solve(neutral(), 4.0, seed=seed).joints(times) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_without_variability_every_step_is_the_same() -> None:
    found = metrics_of(solve(neutral(variability=0.0), DURATION, seed=3), DURATION)
    for key in ("overstride", "contact_time", "flight_time", "pelvic_drop", "arm_crossover"):
        assert found[key]["left"]["sd"] == pytest.approx(0, abs=2e-3), key


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"cadence_spm": -3.0}, "cadence_spm=-3"),
        ({"contact_time_ms": 380.0}, "flight phase"),
        ({"overstride": 0.30, "tibia_angle_deg": 24.0}, "knee flexion"),
        ({"speed_mps": 4.8, "cadence_spm": 140.0, "contact_time_ms": 330.0}, "longer"),
        ({"sex": "elf"}, "elf"),
    ],
)
def test_impossible_requests_say_what_is_wrong(change: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        solve(neutral(**change), 3.0, seed=0)
