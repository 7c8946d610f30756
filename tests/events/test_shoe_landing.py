"""How a foot lands by the picture of its shoe: followed exactly here, since the joints say how it moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from calibration.landing_fit import motion_of_joints
from gait.analysis.view_analysis import analyze_pose
from gait.events.detection import locate_events
from gait.events.shoe_landing import (
    FARTHEST_S,
    FOLLOWED,
    LEAST_LANDINGS,
    OFFSETS_S,
    SHARE,
    FootMotion,
    contact_delay,
    describe,
    enough_landings,
    foot_motion,
    is_followed,
    sides_followed,
    strike_angle,
    strike_lines,
    turn_at_contact,
)
from gait.events.stride_model import Line, load_model
from gait.geometry.camera import find_camera
from gait.pose.appearance.shoes import variables
from gait.records import Runner
from gait.signal.cleaning import clean_keypoints
from gait.synthetic import presets
from tests.filmed_joints import Run, filmed

SIDES = ("left", "right")


def shod(run: Run, *, sides: tuple[str, ...] = SIDES, lost: int = 0) -> xr.Dataset:
    """Poses with both shoes followed exactly, as far as they are; ``lost``: every so many-th landing was not."""
    pose, camera = run.pose.copy(), find_camera(run.pose)
    time = pose.time.values
    for side in sides:
        motion = motion_of_joints(pose, side, direction=camera.direction, leg_px=camera.leg_px)
        near = np.zeros(len(time), dtype=bool)
        for number, (contact, off) in enumerate(zip(*run.stances(side), strict=True)):
            if not lost or number % lost:
                near |= (time >= contact - 0.06 * run.slow) & (time <= contact + 0.47 * (off - contact))
        flat = np.interp(run.stances(side)[0] + 0.1 * run.slow, time, motion.turn).mean()
        for name, values in zip(variables(side), (motion.turn - flat, motion.ahead), strict=True):
            pose[name] = (("time", "individual"), np.where(near, values, np.nan)[:, None])
    return pose.assign_attrs(run.pose.attrs, **{FOLLOWED: ",".join(sides)})


@pytest.fixture(scope="module")
def run() -> Run:
    return filmed(presets.neutral(foot_strike_deg=12.0), noise_px=0.5)


@pytest.fixture(scope="module")
def pose(run: Run) -> xr.Dataset:
    return shod(run)


def right(pose: xr.Dataset) -> FootMotion:
    motion = foot_motion(pose, "right")
    assert motion is not None
    return motion


def test_poses_without_pictures_have_no_followed_feet(run: Run) -> None:
    assert foot_motion(run.pose, "left") is None
    assert not sides_followed(run.pose)
    assert strike_angle(run.pose, find_camera(run.pose), "left", np.array([1.0])) is None


def test_only_the_sides_that_were_followed_count(run: Run) -> None:
    one = shod(run, sides=("right",))
    assert sides_followed(one) == {"right"}
    assert is_followed(one, "right")
    assert not is_followed(one, "left")


@pytest.mark.parametrize(("seen", "looked_at", "answer"), [(3, 3, False), (4, 8, True), (4, 9, False), (30, 30, True)])
def test_a_foot_counts_as_followed_from_half_of_its_landings_on(seen: int, looked_at: int, answer: bool) -> None:
    assert enough_landings(seen, looked_at) is answer


def test_a_landing_is_described_by_differences_only(pose: xr.Dataset, run: Run) -> None:
    motion, contacts = right(pose), run.times("right", "contact")
    given = describe(motion, contacts)
    assert given is not None
    assert given.shape == (2 * len(OFFSETS_S),)
    turn, ahead = np.split(given, 2)
    assert turn[-1] == pytest.approx(0)
    assert ahead[OFFSETS_S == 0] == pytest.approx(0, abs=1e-9)
    moved = replace(motion, turn=motion.turn + 7, ahead=motion.ahead - 3)
    np.testing.assert_allclose(describe(moved, contacts), given, atol=1e-9)


def test_a_few_lost_pictures_change_little_and_too_few_landings_say_nothing(pose: xr.Dataset, run: Run) -> None:
    motion, contacts = right(pose), run.times("right", "contact")
    given = describe(motion, contacts)
    holes = motion.turn.copy()
    holes[::7] = np.nan
    again = describe(replace(motion, turn=holes), contacts)
    assert again is not None
    assert given is not None
    assert np.abs(again - given).max() < 0.03
    assert describe(motion, contacts[: LEAST_LANDINGS - 1]) is None
    assert describe(replace(motion, turn=np.full_like(holes, np.nan)), contacts) is None


def test_contacts_supposed_too_early_are_led_back(pose: xr.Dataset, run: Run) -> None:
    line = load_model().landing
    assert line is not None
    motion, contacts = right(pose), run.times("right", "contact")
    at_contact, early = (contact_delay(motion, contacts - by, line) for by in (0.0, 0.012))
    assert at_contact is not None
    assert early is not None
    assert early - at_contact == pytest.approx(0.012, abs=0.004)


def test_slow_motion_is_described_in_real_time() -> None:
    slow = filmed(presets.neutral(foot_strike_deg=12.0), noise_px=0.0, fps=240.0, slow=4.0, seconds=8.0, solved_s=8.0)
    fast = filmed(presets.neutral(foot_strike_deg=12.0), noise_px=0.0, fps=240.0, seconds=8.0, solved_s=8.0)
    given = [describe(right(shod(run)), run.times("right", "contact"), 1 / run.slow) for run in (slow, fast)]
    np.testing.assert_allclose(given[0], given[1], atol=0.005)


def test_what_cannot_be_is_not_believed(pose: xr.Dataset, run: Run) -> None:
    motion, contacts = right(pose), run.times("right", "contact")
    count = 2 * len(OFFSETS_S)
    assert contact_delay(motion, contacts, Line(np.zeros(count), 0.003, 0.0)) is not None
    assert contact_delay(motion, contacts, Line(np.zeros(count), FARTHEST_S, 0.0)) is None


def test_a_landing_in_which_the_shoe_was_lost_does_not_count(pose: xr.Dataset, run: Run) -> None:
    motion, contacts = right(pose), run.times("right", "contact")
    spoilt = motion.turn.copy()
    spoilt[np.abs(motion.time - contacts[2]) < 0.05] += 25
    turn = turn_at_contact(replace(motion, turn=spoilt), contacts)
    assert np.isnan(turn[2])
    assert np.isfinite(np.delete(turn, 2)[:-1]).all()
    assert np.nanmax(turn) < 20


def test_contacts_move_half_way_to_what_the_shoe_shows_and_toe_offs_stay(run: Run, pose: xr.Dataset) -> None:
    camera, line = find_camera(pose), load_model().landing
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
        later = contact_delay(motion, before, line)
        assert later is not None
        np.testing.assert_allclose(after - before, SHARE * later, atol=1e-9)
    offs = [events.time_s[events.kind == "toe_off"].to_numpy() for events in (without, together)]
    np.testing.assert_array_equal(*offs)


def test_the_strike_angle_is_that_of_the_shoe_and_says_in_how_many_steps(run: Run) -> None:
    pose = shod(run, lost=3)
    view = analyze_pose(pose, runner=Runner(height_m=1.75))
    near = view.camera.near_side
    assert near is not None
    found = next(m for m in view.measurements if (m.key, m.side) == ("foot_strike_angle", near))
    own = view.steps[view.steps.side == near].foot_strike_angle
    assert found.steps == own.notna().sum() < len(own)
    line = strike_lines()["near"]
    motion = foot_motion(pose, near)
    assert motion is not None
    turn = np.nanmean(turn_at_contact(motion, view.steps.contact_s[view.steps.side == near].to_numpy()))
    # What systematic.toml takes off comes after the line.
    assert found.value == pytest.approx(line["offset"] + line["slope"] * turn, abs=2.0)


def test_a_shoe_that_was_not_followed_leaves_it_to_heel_and_toe(run: Run) -> None:
    value = {
        name: next(m for m in analyze_pose(pose).measurements if (m.key, m.side) == ("foot_strike_angle", "right"))
        for name, pose in (("none", run.pose), ("other", shod(run, sides=("left",))))
    }
    assert value["none"].value == pytest.approx(value["other"].value)
    assert value["none"].steps == value["other"].steps
