"""Runs of a validation: seeded, spread over their ranges, none shared with the calibration."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.run_spec import left_and_right
from gait.validation.cases import clip_cases, joint_cases, latin_hypercube_draws, runner_id, thinned_groups
from tests.synthetic.test_recorded_motion import made_up


def test_the_same_seed_gives_the_same_runs_and_another_seed_others() -> None:
    assert clip_cases("quick") == clip_cases("quick")
    assert clip_cases("quick") != clip_cases("quick", seed=1)


def test_calibration_and_validation_share_no_run() -> None:
    reported, calibrated = clip_cases("full"), clip_cases("calibration")
    assert not {case.seed for case in reported} & {case.seed for case in calibrated}
    assert not {case.runner for case in reported} & {case.runner for case in calibrated}
    assert not {case.scene for case in reported} & {case.scene for case in calibrated}


def test_names_are_unique() -> None:
    names = [case.name for case in clip_cases("full")]
    assert len(names) == len(set(names))


def test_draws_cover_every_range_evenly() -> None:
    draws = latin_hypercube_draws(10, ("a", "b"), np.random.default_rng(1))
    for name in ("a", "b"):
        assert sorted(int(10 * draw[name]) for draw in draws) == list(range(10))


def test_a_full_design_covers_what_it_is_set_against() -> None:
    laid = clip_cases("full")
    side = [case for case in laid if case.camera.view == "side"]
    assert {case.camera.facing for case in side} == {"left", "right"}
    assert max(case.factors["yaw_deg"] for case in side) > 10
    assert min(case.factors["height_px"] for case in side) < 360
    assert {case.factors["light"] for case in laid} == {"bright", "dim"}
    assert {case.factors["blur"] for case in laid} == {"sharp", "blurred"}
    assert {case.factors["clothes"] for case in laid} == {"loose", "tight"}
    drops = [left_and_right(case.runner.pelvic_drop_deg)[0] for case in laid if case.camera.view == "rear"]
    assert min(drops) < 2.5
    assert max(drops) > 8
    assert {case.camera.fps for case in laid} == {60.0, 120.0, 240.0}


def test_each_half_of_the_recorded_runners_is_used_by_one_side_only() -> None:
    made = made_up()
    recordings = {f"{runner:03d}_{speed}": made for runner in range(1, 8) for speed in (25, 35)}
    reported = {runner_id(c.recording) for c in clip_cases("full", recordings, recorded_half=1) if c.recording}
    calibrated = {runner_id(c.recording) for c in clip_cases("calibration", recordings, recorded_half=0) if c.recording}
    assert reported
    assert calibrated
    assert not reported & calibrated
    joints = {runner_id(str(c.recording)) for c in joint_cases(recordings, half=1)}
    assert joints == {"002", "004", "006"}


@pytest.mark.parametrize("size", ["quick", "full"])
def test_without_recordings_only_planned_motions_are_drawn(size) -> None:
    assert all(case.recording is None for case in clip_cases(size))


def test_half_of_the_bodies_are_of_each_family_and_the_name_says_which() -> None:
    cases = clip_cases("full")
    families = [case.factors["body"] for case in cases]
    assert 0.4 < families.count("makehuman") / len(families) < 0.6
    for case in cases:
        assert case.runner.body_family == case.factors["body"]
        assert case.name.endswith("_makehuman") == (case.factors["body"] == "makehuman")
    facing = {(case.factors["body"], case.camera.facing) for case in cases}
    assert len(facing) == 4
    everybody = [*cases, *clip_cases("calibration")]
    drawn = [case.runner for case in everybody if case.factors["body"] == "makehuman"]
    assert {runner.sex for runner in drawn} == {"male", "female"}
    assert max(runner.age_years for runner in drawn) > 60 > 30 > min(runner.age_years for runner in drawn)
    assert all(0.36 <= runner.hip_depth <= 0.40 for runner in drawn)


def test_fewer_clips_keep_the_share_of_every_kind() -> None:
    cases = clip_cases("full")
    half = thinned_groups(cases, len(cases) // 2)
    assert [case for case in cases if case in half] == half
    assert {(c.camera.view, c.camera.fps) for c in half} == {(c.camera.view, c.camera.fps) for c in cases}
    assert 0.35 * len(cases) < len(half) < 0.65 * len(cases)
    assert thinned_groups(cases, len(cases)) == cases
