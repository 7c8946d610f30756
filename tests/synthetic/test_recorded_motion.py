"""A body that moves as a recorded runner did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gait.errors import InputError
from gait.synthetic import presets
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.motion_solver import solve
from gait.synthetic.recorded_motion import RecordedMotion, Recording
from gait.synthetic.run_spec import SIDES, RunnerSpec
from gait.synthetic.truth import metrics_of
from gait.validation.mocap import load_recordings

#: Marker → joint of the drawn body it is read from.
MARKERS = {"hip": "hip", "knee": "knee", "ankle": "ankle", "asis": "asis", "psis": "psis"}
SECONDS = 9.0
MOCAP = Path(__file__).resolve().parents[2].parent / "shared" / "mocap"


def made_up(**changes: object) -> Recording:
    """Markers of a planned run, as a laboratory would have recorded them: every joint known."""
    motion = solve(presets.neutral(**changes), SECONDS, seed=3)
    time = np.arange(round(150 * SECONDS)) / 150
    joints, bones, k = motion.joints(time), motion.bones(time), motion.skeleton
    points = {}
    for side in SIDES:
        for marker, joint in MARKERS.items():
            points[f"{side}_{marker}"] = joints[:, JOINTS.index(f"{side}_{joint}")]
        foot, ankle = bones.rotation[f"{side}_foot"], bones.origin[f"{side}_foot"]
        # On the rigid rear of the shoe, above the sole, as markers are.
        points[f"{side}_heel"] = ankle + foot @ np.array([-k.heel_back, 0.04 - k.ankle_height, 0.0])
        points[f"{side}_toe"] = ankle + foot @ np.array([k.ball, 0.07 - k.ankle_height, 0.0])
    steps = motion.steps
    events = {side: steps.right == (side == "right") for side in SIDES}
    whole = (steps.contact > 0) & (steps.toe_off < SECONDS)
    return Recording(
        time,
        points,
        {side: steps.contact[events[side] & whole] for side in SIDES},
        {side: steps.toe_off[events[side] & whole] for side in SIDES},
        motion.runner.speed_mps,
        motion.runner.height_m,
    )


@pytest.fixture(scope="module")
def recording() -> Recording:
    return made_up()


def test_the_legs_go_where_the_markers_went(recording: Recording) -> None:
    motion = RecordedMotion(recording, start_s=2.0, duration_s=4.0)
    times = np.linspace(0.2, 3.8, 60)
    joints = motion.joints(times)
    for side in SIDES:
        for joint in ("hip", "knee", "ankle"):
            true = np.stack(
                [np.interp(times + 2.0, recording.time, recording.points[f"{side}_{joint}"][:, c]) for c in range(3)], 1
            )
            gap = np.linalg.norm(joints[:, JOINTS.index(f"{side}_{joint}")] - true, axis=1)
            assert np.median(gap) < 0.003, joint
            assert gap.max() < 0.02, joint


def test_its_truth_is_that_of_the_recorded_run(recording: Recording) -> None:
    requested = presets.neutral()
    found = metrics_of(RecordedMotion(recording, start_s=2.0, duration_s=4.5), 4.5)
    assert found["cadence"]["value"] == pytest.approx(requested.cadence_spm, abs=0.8)
    assert found["overstride"]["value"] == pytest.approx(requested.overstride, abs=0.01)
    assert found["pelvic_drop"]["value"] == pytest.approx(requested.pelvic_drop_deg, abs=0.5)
    assert found["contact_time"]["value"] == pytest.approx(1e3 * requested.contact_times_s()[0], abs=3)
    assert found["foot_strike_angle"]["value"] == pytest.approx(requested.foot_strike_deg, abs=2.0)
    assert found["step_width"]["value"] == pytest.approx(requested.step_width_cm, abs=1.0)


def test_events_are_those_of_the_force_plate(recording: Recording) -> None:
    motion = RecordedMotion(recording, start_s=2.0, duration_s=4.0)
    right = motion.steps.contact[motion.steps.right]
    np.testing.assert_allclose(
        right, recording.contact["right"][np.isin(recording.contact["right"] - 2.0, right)] - 2.0
    )


def test_trunk_and_arms_are_the_requested_ones(recording: Recording) -> None:
    runner = RunnerSpec(trunk_lean_deg=11.0, sex="female")
    motion = RecordedMotion(recording, start_s=2.0, duration_s=4.0, runner=runner, arm_inward=(1.0, 0.0))
    found = metrics_of(motion, 4.0)
    assert found["trunk_lean"]["value"] == pytest.approx(11.0, abs=1.0)
    assert found["arm_crossover"]["left"]["value"] > found["arm_crossover"]["right"]["value"] + 0.1


def test_a_clip_that_reaches_beyond_the_recording_is_refused(recording: Recording) -> None:
    for start, length in ((0.0, 4.0), (7.0, 4.0)):
        with pytest.raises(InputError, match="choose another start"):
            RecordedMotion(recording, start_s=start, duration_s=length)


def test_a_recording_with_a_missing_contact_is_refused(recording: Recording) -> None:
    gone = {side: times[times < 4.0] if side == "left" else times for side, times in recording.contact.items()}
    toe_off = {side: recording.toe_off[side][: len(gone[side])] for side in SIDES}
    with pytest.raises(InputError, match="unbroken steps"):
        RecordedMotion(replace(recording, contact=gone, toe_off=toe_off), start_s=2.0, duration_s=4.0)


def sole_points(motion: RecordedMotion, side: str, times: np.ndarray) -> dict[str, np.ndarray]:
    """Underside of heel, ball and tip of the unloaded shoe, (T, 3), m."""
    bones, k = motion.bones(times), motion.skeleton
    below = k.ankle_height + k.sole_compression
    foot, toes = bones.rotation[f"{side}_foot"], bones.rotation[f"{side}_toes"]
    thick = np.array([0.0, -k.sole_compression, 0.0])
    return {
        "heel": bones.origin[f"{side}_foot"] + foot @ np.array([-k.pivot_back, -below, 0.0]),
        "ball": bones.origin[f"{side}_toes"] + foot @ thick,
        "tip": bones.origin[f"{side}_toes"] + toes @ (np.array([k.toe - k.ball, 0.0, 0.0]) + thick),
    }


def of_side(motion: RecordedMotion, side: str) -> np.ndarray:
    steps = motion.steps
    return np.flatnonzero((steps.right == (side == "right")) & (steps.contact > 0.2) & (steps.toe_off < 3.8))


def leaves_like_a_shoe(motion: RecordedMotion) -> None:
    """Check that the tip rests and sticks until 5 to 20 ms after toe-off, later than heel and ball, then rises."""
    for side in SIDES:
        for i in of_side(motion, side):
            toe_off, speed = motion.steps.toe_off[i], motion.runner.speed_mps
            late = sole_points(motion, side, toe_off + np.linspace(-0.020, 0.009, 30))
            assert np.abs(late["tip"][:, 1]).max() < 0.0135  # what is lower is pressed into the sole
            slip = late["tip"][:, 0] + speed * (toe_off + np.linspace(-0.020, 0.009, 30))
            assert np.ptp(slip) < 0.012  # markers, some 3 % of belt speed
            times = toe_off + np.arange(-0.04, 0.06, 0.001)
            after = sole_points(motion, side, times)
            left = {name: times[np.flatnonzero(after[name][:, 1] < 0.0015)[-1:]] - toe_off for name in after}
            assert 0.005 < left["tip"][0] < 0.020
            assert (left["ball"] < left["tip"]).all()
            assert not len(left["heel"])
            assert after["tip"][-15:, 1].min() > 0.004


def test_the_tip_of_the_shoe_leaves_last_some_10_ms_after_toe_off(recording: Recording) -> None:
    leaves_like_a_shoe(RecordedMotion(recording, start_s=2.0, duration_s=4.0))


def test_real_feet_leave_and_meet_the_belt_when_the_force_plate_says_so() -> None:
    if not MOCAP.is_dir():
        pytest.skip(f"no recordings in {MOCAP}")
    real = load_recordings(MOCAP)
    for name in ("011_35", "018_45", "005_25"):
        motion = RecordedMotion(real[name], start_s=2.0, duration_s=4.0)
        leaves_like_a_shoe(motion)
        for side in SIDES:
            for i in of_side(motion, side):
                times = motion.steps.contact[i] + np.arange(-0.02, 0.02, 0.001)
                lowest = np.min([p[:, 1] for p in sole_points(motion, side, times).values()], axis=0)
                touched = times[np.flatnonzero(lowest < 0.0005)[0]] - motion.steps.contact[i]
                assert -0.010 < touched < 0.007


def test_joints_of_the_truth_stay_where_the_markers_put_them(recording: Recording) -> None:
    motion = RecordedMotion(recording, start_s=2.0, duration_s=4.0)
    times = np.linspace(0.2, 3.8, 60)
    bones = motion.bones(times)
    ankle = motion.joints(times)[:, JOINTS.index("right_ankle")]
    np.testing.assert_allclose(ankle, bones.origin["right_ankle"])
    lift = np.linalg.norm(ankle - bones.origin["right_foot"], axis=1)
    assert 0.002 < lift.max() < 0.03
