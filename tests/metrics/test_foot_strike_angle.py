"""Pitch of the foot at contact."""

from __future__ import annotations

import numpy as np
import pytest

from gait.events.shoe_landing import foot_strike_lines
from gait.metrics.foot_strike_angle import SPEC, measure_foot_strike_angle
from gait.pose.dataset import FOOT_AHEAD, FOOT_TURN, TRACKED_FEET_ATTR
from gait.synthetic import presets
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import EXACT, RUNNERS, SIDE_CAMERA, mean_value, tracks_of


def test_the_foot_points_up_at_a_heel_strike_and_down_at_a_forefoot_strike() -> None:
    heel = filmed(presets.neutral(foot_strike_deg=16.0), camera=SIDE_CAMERA, **EXACT, fps=120)
    forefoot = filmed(RUNNERS["forefoot"], camera=SIDE_CAMERA, **EXACT, fps=120)
    assert mean_value(SPEC, heel, "right") == pytest.approx(16, abs=3)
    assert mean_value(SPEC, forefoot, "right") < 0


def test_a_tracked_shoe_wins_over_heel_and_toe() -> None:
    run = filmed(camera=SIDE_CAMERA, **EXACT)
    time = run.pose.time.values
    shod = run.pose.copy()
    for name in (FOOT_TURN["right"], FOOT_AHEAD["right"]):
        shod[name] = (("time", "individual"), np.full((len(time), 1), 10.0))
    shod = shod.assign_attrs(run.pose.attrs, **{TRACKED_FEET_ATTR: "right"})
    tracks = tracks_of(type(run)(shod, run.motion, run.seconds))
    line = foot_strike_lines()["near"]
    expected = line["offset"] + 10.0 * line["slope"]
    inside = measure_foot_strike_angle(tracks, "right", *run.stances("right"))
    np.testing.assert_allclose(inside, expected)
