"""How a foot lands according to its shoe. Here the shoe is tracked exactly, because the joints say how it moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from calibration.landing_fit import joint_foot_motion
from gait.analysis.view_analysis import analyze_pose
from gait.events.detection import locate_events
from gait.events.shoe_landing import (
    MAX_CONTACT_SHIFT_S,
    MIN_LANDINGS,
    OFFSETS_S,
    SHOE_WEIGHT,
    FootMotion,
    contact_delay,
    foot_motion,
    foot_strike_lines,
    foot_turn_at_contact,
    has_enough_landings,
    is_foot_tracked,
    landing_features,
    shoe_strike_angle,
    tracked_sides,
)
from gait.events.stride_model import LinearMap, load_stride_model
from gait.geometry.camera import find_camera, leg_view_of
from gait.pose.dataset import FOOT_AHEAD, FOOT_TURN, TRACKED_FEET_ATTR
from gait.records import Runner
from gait.signal.cleaning import clean_keypoints
from gait.synthetic import presets
from tests.filmed_joints import Run, filmed

SIDES = ("left", "right")


def with_shoes(run: Run, *, sides: tuple[str, ...] = SIDES, lost: int = 0) -> xr.Dataset:
    """Add exactly tracked shoes to the poses of a run; ``lost``: in every so many-th landing the shoe was lost."""
    pose, camera = run.pose.copy(), find_camera(run.pose)
    time = pose.time.values
    for side in sides:
        motion = joint_foot_motion(pose, side, direction=camera.direction, leg_px=camera.leg_px)
        near = np.zeros(len(time), dtype=bool)
        for number, (contact, toe_off) in enumerate(zip(*run.stances(side), strict=True)):
            if not lost or number % lost:
                near |= (time >= contact - 0.06 * run.slow) & (time <= contact + 0.47 * (toe_off - contact))
        flat = np.interp(run.stances(side)[0] + 0.1 * run.slow, time, motion.turn).mean()
        for name, values in zip((FOOT_TURN[side], FOOT_AHEAD[side]), (motion.turn - flat, motion.ahead), strict=True):
            pose[name] = (("time", "individual"), np.where(near, values, np.nan)[:, None])
    return pose.assign_attrs(run.pose.attrs, **{TRACKED_FEET_ATTR: ",".join(sides)})


@pytest.fixture(scope="module")
def run() -> Run:
    return filmed(presets.neutral(foot_strike_deg=12.0), noise_px=0.5)


@pytest.fixture(scope="module")
def pose(run: Run) -> xr.Dataset:
    return with_shoes(run)


def right(pose: xr.Dataset) -> FootMotion:
    motion = foot_motion(pose, "right")
    assert motion is not None
    return motion


def test_poses_without_shoe_motion_have_no_tracked_shoes(run: Run) -> None:
    assert foot_motion(run.pose, "left") is None
    assert not tracked_sides(run.pose)
    assert shoe_strike_angle(run.pose, find_camera(run.pose), "left", np.array([1.0])) is None


def test_only_the_tracked_sides_count(run: Run) -> None:
    right_only = with_shoes(run, sides=("right",))
    assert tracked_sides(right_only) == {"right"}
    assert is_foot_tracked(right_only, "right")
    assert not is_foot_tracked(right_only, "left")


@pytest.mark.parametrize(
    ("tracked", "examined", "expected"), [(3, 3, False), (4, 8, True), (4, 9, False), (30, 30, True)]
)
def test_a_shoe_counts_as_tracked_from_half_of_its_landings_on(tracked: int, examined: int, expected: bool) -> None:
    assert has_enough_landings(tracked, examined) is expected


def test_a_landing_is_described_by_differences_only(pose: xr.Dataset, run: Run) -> None:
    motion, contacts = right(pose), run.times("right", "contact")
    features = landing_features(motion, contacts)
    assert features is not None
    assert features.shape == (2 * len(OFFSETS_S),)
    turn, ahead = np.split(features, 2)
    assert turn[-1] == pytest.approx(0)
    assert ahead[OFFSETS_S == 0] == pytest.approx(0, abs=1e-9)
    moved = replace(motion, turn=motion.turn + 7, ahead=motion.ahead - 3)
    np.testing.assert_allclose(landing_features(moved, contacts), features, atol=1e-9)


def test_a_few_lost_frames_change_little_and_too_few_landings_give_no_features(pose: xr.Dataset, run: Run) -> None:
    motion, contacts = right(pose), run.times("right", "contact")
    features = landing_features(motion, contacts)
    holes = motion.turn.copy()
    holes[::7] = np.nan
    again = landing_features(replace(motion, turn=holes), contacts)
    assert again is not None
    assert features is not None
    assert np.abs(again - features).max() < 0.03
    assert landing_features(motion, contacts[: MIN_LANDINGS - 1]) is None
    assert landing_features(replace(motion, turn=np.full_like(holes, np.nan)), contacts) is None


def test_contacts_supposed_too_early_are_corrected(pose: xr.Dataset, run: Run) -> None:
    line = load_stride_model().landing
    assert line is not None
    motion, contacts = right(pose), run.times("right", "contact")
    at_contact, early = (contact_delay(motion, contacts - by, line) for by in (0.0, 0.012))
    assert at_contact is not None
    assert early is not None
    # The map shrinks towards 0, as every best linear estimate does: a third of the correction may be missing.
    assert early - at_contact == pytest.approx(0.012, abs=0.004)


def test_slow_motion_is_described_in_real_time() -> None:
    slow = filmed(presets.neutral(foot_strike_deg=12.0), noise_px=0.0, fps=240.0, slow=4.0, seconds=8.0, solved_s=8.0)
    fast = filmed(presets.neutral(foot_strike_deg=12.0), noise_px=0.0, fps=240.0, seconds=8.0, solved_s=8.0)
    given = [
        landing_features(right(with_shoes(run)), run.times("right", "contact"), 1 / run.slow) for run in (slow, fast)
    ]
    np.testing.assert_allclose(given[0], given[1], atol=0.005)


def test_a_shoe_that_contradicts_the_stride_is_not_used(pose: xr.Dataset, run: Run) -> None:
    motion, contacts = right(pose), run.times("right", "contact")
    count = 2 * len(OFFSETS_S)
    assert contact_delay(motion, contacts, LinearMap(np.zeros(count), 0.003, 0.0)) is not None
    assert contact_delay(motion, contacts, LinearMap(np.zeros(count), MAX_CONTACT_SHIFT_S, 0.0)) is None


def test_a_landing_in_which_the_shoe_was_lost_is_left_out(pose: xr.Dataset, run: Run) -> None:
    motion, contacts = right(pose), run.times("right", "contact")
    corrupted = motion.turn.copy()
    corrupted[np.abs(motion.time - contacts[2]) < 0.05] += 25
    turn = foot_turn_at_contact(replace(motion, turn=corrupted), contacts)
    assert np.isnan(turn[2])
    assert np.isfinite(np.delete(turn, 2)[:-1]).all()
    assert np.nanmax(turn) < 20


def test_contacts_move_half_way_to_those_of_the_shoe_and_toe_offs_stay(run: Run, pose: xr.Dataset) -> None:
    camera, line = find_camera(pose), load_stride_model().landing
    assert line is not None
    without, _ = locate_events(clean_keypoints(run.pose, camera), camera)
    together, _ = locate_events(clean_keypoints(pose, camera), camera)
    for side in SIDES:
        motion = foot_motion(pose, side)
        assert motion is not None
        before, after = (
            events.time_s[(events.side == side) & (events.kind == "contact")].to_numpy()
            for events in (without, together)
        )
        delay = contact_delay(motion, before, line)
        assert delay is not None
        np.testing.assert_allclose(after - before, SHOE_WEIGHT[leg_view_of(camera, side)] * delay, atol=1e-9)
    toe_offs = [events.time_s[events.kind == "toe_off"].to_numpy() for events in (without, together)]
    np.testing.assert_array_equal(*toe_offs)


def test_the_strike_angle_is_that_of_the_shoe_and_counts_the_steps_that_show_it(run: Run) -> None:
    pose = with_shoes(run, lost=3)
    view = analyze_pose(pose, runner=Runner(height_m=1.75))
    near = view.camera.near_side
    assert near is not None
    found = next(m for m in view.measurements if (m.key, m.side) == ("foot_strike_angle", near))
    by_step = view.steps[view.steps.side == near].foot_strike_angle
    assert found.steps == by_step.notna().sum() < len(by_step)
    line = foot_strike_lines()["near"]
    motion = foot_motion(pose, near)
    assert motion is not None
    turn = np.nanmean(foot_turn_at_contact(motion, view.steps.contact_s[view.steps.side == near].to_numpy()))
    assert found.value == pytest.approx(line["offset"] + line["slope"] * turn, abs=1e-6)


def test_without_a_tracked_shoe_the_strike_angle_comes_from_heel_and_toe(run: Run) -> None:
    value = {
        name: next(m for m in analyze_pose(pose).measurements if (m.key, m.side) == ("foot_strike_angle", "right"))
        for name, pose in (("none", run.pose), ("other", with_shoes(run, sides=("left",))))
    }
    assert value["none"].value == pytest.approx(value["other"].value)
    assert value["none"].steps == value["other"].steps
