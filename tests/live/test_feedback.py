"""When something is said: outside the band only, and less from session to session."""

from __future__ import annotations

from itertools import pairwise

import pytest

from gait.live.feedback import OPENING_S, TargetZone, plan_session


def test_eight_sessions_grow_from_15_to_30_minutes_and_feedback_fades_over_the_last_four():
    plans = [plan_session("programme", done) for done in range(8)]
    assert [plan.number for plan in plans] == list(range(1, 9))
    assert plans[0].minutes == 15
    assert plans[-1].minutes == 30
    assert sorted(plan.minutes for plan in plans) == [plan.minutes for plan in plans]
    assert [plan.share for plan in plans[:4]] == [1.0] * 4
    fading = [plan.share for plan in plans[3:]]
    assert all(later < earlier for earlier, later in pairwise(fading))


def test_a_ninth_session_is_like_the_eighth():
    assert plan_session("programme", 8) == plan_session("programme", 7)


@pytest.mark.parametrize("done", range(8))
def test_feedback_takes_its_share_of_a_session_after_the_opening(done):
    plan = plan_session("programme", done)
    seconds = range(int(plan.minutes * 60))
    assert not any(plan.has_feedback(s) for s in seconds if s < OPENING_S)
    after = [plan.has_feedback(s) for s in seconds if s >= OPENING_S]
    assert sum(after) / len(after) == pytest.approx(plan.share, abs=0.06)


def test_the_retention_test_has_no_feedback_and_free_practice_always():
    assert not any(plan_session("retention").has_feedback(s) for s in range(600))
    assert all(plan_session("free").has_feedback(s) for s in range(600))


def test_a_value_at_the_edge_does_not_switch_the_sound_with_every_step():
    band = TargetZone(165, 175)
    assert [band.state_of(v) for v in (170, 175.3, 174.9, 175.3)] == ["inside"] * 4
    assert [band.state_of(v) for v in (176, 175.2, 174.9, 175.2)] == ["high", "high", "inside", "inside"]
    assert [band.state_of(v) for v in (160, 164.8, 165.1)] == ["low", "low", "inside"]
