"""Which windows of a video are seen."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gait.pose.sampling_plan import EVERY_S, FIRST_WINDOWS, MAX_SEARCH, plan_windows, see_windows


def frames(seconds: float, fps: float = 60.0, start: float = 0.0):
    return start + np.arange(round(seconds * fps)) / fps


def keys(seconds: float, every: float):
    return np.arange(0, seconds, every)


@settings(max_examples=30, deadline=None)
@given(
    seconds=st.floats(0.5, 300),
    fps=st.sampled_from([24.0, 30.0, 59.94]),
    every=st.sampled_from([0.5, 0.8, 4.17, 1e6]),
    start=st.floats(0, 100),
    real=st.sampled_from([1.0, 0.125, 0.25]),
)
def test_windows_hold_every_frame_once_and_in_order(seconds, fps, every, start, real):
    times = frames(seconds / real, fps, start)
    plan = plan_windows(times, start + keys(seconds / real, every), real)
    assert sorted(plan.order) == list(range(len(plan.windows)))
    inside = [(times >= a - 1e-9) & (times < b - 1e-9) for a, b in plan.windows]
    assert (np.sum(inside, axis=0) == 1).all()
    assert all(a < b for a, b in plan.windows)
    assert 1 <= plan.first <= len(plan.windows)
    assert plan == plan_windows(times, start + keys(seconds / real, every), real)


@settings(max_examples=20, deadline=None)
@given(seconds=st.floats(15, 1500), every=st.sampled_from([0.8, 4.17]))
def test_the_first_round_is_spread_over_the_clip(seconds, every):
    plan = plan_windows(frames(seconds, 30), keys(seconds, every), 1.0)
    middles = np.sort([np.mean(plan.windows[n]) for n in plan.order[: plan.first]])
    gaps = np.diff([0, *middles, seconds])
    slot = seconds / plan.first
    assert len(set(plan.order[: plan.first])) == plan.first
    assert gaps.max() <= 2 * slot
    assert slot <= EVERY_S or plan.first == len(plan.windows)
    # Half of it lies in either half, whatever was interrupted.
    half = [plan.windows[n][0] < seconds / 2 for n in plan.order[: max(2, plan.first // 2)]]
    assert any(half)
    assert not all(half)


def test_a_short_clip_is_one_window():
    for seconds in (0.1, 4, 9, 13):
        plan = plan_windows(frames(seconds), keys(seconds, 1), 1.0)
        assert plan.is_whole
        assert plan.merged([0])[0][0] == 0


def test_slow_motion_is_divided_by_real_time():
    # 240 frames/s played at 30: 8 s of playback are one second.
    assert plan_windows(frames(64, 30), keys(64, 1), 1 / 8).is_whole
    assert not plan_windows(frames(640, 30), keys(640, 1), 1 / 8).is_whole


def test_windows_begin_at_key_frames_that_are_near():
    plan = plan_windows(frames(60), keys(60, 0.5), 1.0)
    inner = [start for start, _ in plan.windows[1:]]
    assert np.allclose(np.array(inner) % 0.5, 0)


def test_windows_do_not_keep_pace_with_a_runner():
    plan = plan_windows(frames(400), np.empty(0), 1.0)
    phase = np.array([start for start, _ in plan.windows]) / 0.7 % 1
    assert abs(np.mean(np.exp(2j * np.pi * phase))) < 0.3


def test_a_part_of_a_video_begins_and_ends_there():
    times = frames(300)[(frames(300) >= 100) & (frames(300) < 140)]
    plan = plan_windows(times, keys(300, 0.8), 1.0)
    assert plan.windows[0][0] == 100
    assert plan.windows[-1][1] <= 140 + 1 / 60


def test_a_video_with_a_pause_between_its_frames_has_no_empty_window():
    times = np.concatenate([frames(20), 60 + frames(20)])
    plan = plan_windows(times, np.empty(0), 1.0)
    assert all(((times >= a - 1e-6) & (times < b - 1e-6)).any() for a, b in plan.windows)


def test_touching_windows_are_joined():
    plan = plan_windows(frames(60), np.empty(0), 1.0)
    merged = plan.merged([5, 1, 2])
    assert merged == [(plan.windows[1][0], plan.windows[2][1]), plan.windows[5]]
    assert plan.merged(range(len(plan.windows))) == [(plan.windows[0][0], plan.windows[-1][1])]


def seen_of(plan, present=lambda number: True, factors=()):
    answers, rounds = iter(factors), []
    seen = see_windows(
        plan,
        rounds.append,
        shows_runner=present,
        more=(lambda: next(answers, 1.0)) if factors else None,
    )
    assert [number for numbers in rounds for number in numbers] == seen
    assert len(set(seen)) == len(seen)
    return seen


def test_rounds_end_when_more_gains_nothing():
    plan = plan_windows(frames(120), np.empty(0), 1.0)
    assert len(seen_of(plan)) == plan.first
    assert len(seen_of(plan, factors=[1.0])) == plan.first
    assert len(seen_of(plan, factors=[2.0])) == 2 * plan.first
    # Less than half a window more is none.
    assert len(seen_of(plan, factors=[1.1])) == plan.first


def test_everything_is_seen_where_nothing_can_be_measured():
    plan = plan_windows(frames(60), np.empty(0), 1.0)
    assert sorted(seen_of(plan, factors=[math.inf] * 9)) == list(range(len(plan.windows)))


def test_windows_without_a_runner_are_made_up_for():
    plan = plan_windows(frames(60), np.empty(0), 1.0)
    away = set(plan.order[:2])
    seen = seen_of(plan, lambda number: number not in away)
    assert sum(number not in away for number in seen) == FIRST_WINDOWS


def test_a_video_without_anybody_is_not_seen_whole():
    plan = plan_windows(frames(1800, 30), np.empty(0), 1.0)
    assert len(seen_of(plan, lambda number: False)) <= MAX_SEARCH * plan.first


def test_windows_are_added_where_a_change_begins():
    plan = plan_windows(frames(1200, 10), keys(1200, 1), 1.0)
    looks = []
    seen = see_windows(plan, looks.append, shows_runner=lambda _: True, where=lambda: [(300.0, 420.0)])
    first, denser = looks
    assert seen == [*first, *denser]
    assert len(denser) == plan.first / 4
    middles = [sum(plan.windows[number]) / 2 for number in denser]
    assert min(middles) >= 300
    assert max(middles) <= 420
    assert max(middles) - min(middles) > 90
    assert not set(first) & set(denser)
    assert see_windows(plan, looks.append, shows_runner=lambda _: True, where=list) == first
