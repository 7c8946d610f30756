"""A toe box rests on the belt, bends as the foot asks, leaves last and straightens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait._typing import FloatArray
from gait.synthetic.toe_box import LAST_TOUCH_S, MAX_BEND_RAD, ToeBox

LENGTH = 0.058
TOE_BOX = ToeBox(LENGTH, np.array([0.0, 1.0]), np.array([0.25, 1.25]))


def push_off(t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Pitch of the foot and height of the ball about toe-off, as runners have them on the median."""
    ms = 1e3 * (t - 0.25)
    pitch = -np.radians(np.interp(ms, [-120, -60, -30, 0, 15, 50, 120], [2, 15, 27, 40, 46, 60, 71]))
    return pitch, np.interp(ms, [-120, -30, 0, 10, 30, 50, 120], [0, 0, 0.001, 0.009, 0.026, 0.045, 0.125])


def tip_height(t: FloatArray) -> tuple[FloatArray, FloatArray]:
    pitch, ball = push_off(t)
    start = push_off(TOE_BOX.last_touch[:1])
    toe_box = replace(TOE_BOX, bend_at_last_touch=np.append(TOE_BOX.bend_against_belt(*start), 0.0))
    bend = toe_box.bend(t, pitch, ball)
    return ball + LENGTH * np.sin(pitch + bend), bend


def test_the_tip_lies_on_the_belt_until_the_last_touch_and_rises_from_there() -> None:
    height, bend = tip_height(np.arange(0.19, 0.25 + LAST_TOUCH_S, 0.001))
    np.testing.assert_allclose(height, 0.0, atol=1e-9)
    assert 30 < np.degrees(bend.max()) < 45
    after, _ = tip_height(0.25 + LAST_TOUCH_S + np.arange(0.001, 0.09, 0.001))
    assert after.min() > 0
    assert after[8] > 0.002


def test_it_straightens_within_a_tenth_of_a_second_without_a_jump() -> None:
    _, bend = tip_height(np.arange(0.19, 0.40, 0.001))
    assert np.abs(np.diff(bend)).max() < np.radians(3.0)
    assert bend[-1] < np.radians(6.0)


def test_toes_stay_straight_where_the_heel_lands_first_and_level_where_the_ball_does() -> None:
    t = np.array([0.99, 1.0, 1.01])
    assert TOE_BOX.bend(t, np.radians([20.0, 20.0, 18.0]), np.array([0.06, 0.05, 0.04])) == pytest.approx(0.0)
    bend = TOE_BOX.bend(t, np.radians([-8.0, -8.0, -8.0]), np.array([0.008, 0.0, 0.0]))
    assert np.degrees(bend[1:]) == pytest.approx(8.0)
    assert 0 < np.degrees(bend[0]) < 8.0


def test_no_shoe_bends_beyond_its_limit() -> None:
    assert TOE_BOX.bend_against_belt(np.radians([-85.0]), np.array([0.0]))[0] == MAX_BEND_RAD


def test_before_the_first_contact_it_is_straight() -> None:
    assert TOE_BOX.bend(np.array([-0.5]), np.array([-0.6]), np.array([0.2]))[0] == 0.0
