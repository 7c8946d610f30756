"""The band of healthy runners over the stride."""

from __future__ import annotations

import pytest

from gait.findings.ordinary_cycles import ordinary_cycle


def test_knees_bend_in_stance_and_more_in_swing_and_more_when_faster() -> None:
    slow, fast = (ordinary_cycle("knee_flexion", speed_mps=(v, v)) for v in (2.5, 4.5))
    assert slow is not None
    assert fast is not None
    middle = (slow.low + slow.high) / 2
    assert middle[0] < middle[4] < middle[17]
    assert fast.high[17] > slow.high[17]
    assert slow.percent[[0, -1]].tolist() == [0, 100]


def test_an_unknown_speed_gives_the_widest_band_and_one_beyond_the_recorded_the_nearest() -> None:
    within = ordinary_cycle("thigh_angle", speed_mps=(3.0, 3.2))
    anywhere, fastest, beyond = (ordinary_cycle("thigh_angle", speed_mps=v) for v in (None, (4.5, 4.5), (6.0, 6.0)))
    assert within is not None
    assert anywhere is not None
    assert fastest is not None
    assert beyond is not None
    assert (anywhere.low <= within.low + 1e-9).all()
    assert (anywhere.high >= within.high - 1e-9).all()
    assert beyond.high == pytest.approx(fastest.high)


def test_what_was_not_recorded_has_no_band() -> None:
    assert ordinary_cycle("trunk_lean") is None
