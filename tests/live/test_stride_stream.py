"""The value after every picture: rhythm and steps of made strides and of runners whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from gait.live.live_targets import LIVE_TARGETS
from gait.live.stride_stream import StrideStream, fit_rhythm
from gait.live.window_measurement import WindowMeasurement, measure_window
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.synthetic import CameraSpec, presets
from tests.filmed_joints import filmed


def signals(frequency_hz, times, noise, seed=0):
    rng = np.random.default_rng(seed)
    turn = 2 * np.pi * frequency_hz * times
    swing = 80 * np.cos(turn) + 15 * np.cos(3 * turn + 0.4) + rng.normal(0, noise, len(times))
    return swing, 6 * np.cos(2 * turn + 1) + rng.normal(0, noise / 3, len(times)) + 3 * times


@pytest.mark.parametrize("cadence", [140, 160, 171.5, 190, 210])
@pytest.mark.parametrize("kept", [1.0, 0.6])
def test_the_rhythm_of_six_seconds_is_within_one_step_a_minute(cadence, kept):
    rng = np.random.default_rng(3)
    times = np.arange(0, 6, 1 / 30)
    times = times[rng.random(len(times)) < kept] + 0.0
    rhythm = fit_rhythm(times, *signals(cadence / 120, times, noise=5), cadence / 120 + 0.03)
    assert rhythm is not None
    assert abs(120 * rhythm.frequency_hz - cadence) < 1
    # What it says of its own uncertainty is neither far too small nor useless.
    assert 0.01 < 120 * rhythm.standard_error_hz < 1


def test_the_stated_uncertainty_of_the_rhythm_covers_its_errors():
    times = np.arange(0, 6, 1 / 30)
    found = [fit_rhythm(times, *signals(1.4, times, noise=8, seed=n), 1.42) for n in range(60)]
    scores = [(one.frequency_hz - 1.4) / one.standard_error_hz for one in found if one is not None]
    assert len(scores) == 60
    assert np.std(scores) < 1.2


def test_noise_has_no_rhythm():
    rng = np.random.default_rng(0)
    times = np.arange(0, 6, 1 / 30)
    assert fit_rhythm(times, rng.normal(size=len(times)), rng.normal(size=len(times)), 1.4) is None


def test_too_short_a_run_has_no_rhythm():
    times = np.arange(0, 2, 1 / 30)
    assert fit_rhythm(times, *signals(1.4, times, noise=1), 1.4) is None


def run_of(view):
    camera = CameraSpec(facing="left") if view == "side" else CameraSpec(view="front")
    run = filmed(presets.overstriding(), camera=camera)
    pose = run.pose
    step = max(1, round(float(pose.attrs["fps"]) / 30))
    names = [str(n) for n in pose.keypoint.values]
    place = {name: number for number, name in enumerate(names)}
    known = [name in place for name in BLAZEPOSE_KEYPOINTS]
    order = [place.get(name, 0) for name in BLAZEPOSE_KEYPOINTS]
    part = pose.isel(time=slice(None, None, step), individual=0)
    position = part.position.transpose("time", "keypoint", "space").values[:, order].astype(float)
    confidence = part.confidence.transpose("time", "keypoint").values[:, order].astype(float)
    position[:, ~np.array(known)] = np.nan
    size = int(pose.attrs["image_width"]), int(pose.attrs["image_height"])
    return run, part.time.values.astype(float), position, confidence, size


def stream(key, view, every_s=3.0):
    """The values of a stream whose windows arrive half a second late, as they do in a live session."""
    run, times, position, confidence, size = run_of(view)
    made = StrideStream(LIVE_TARGETS[key])
    waiting, due, found, windows = None, times[0] + 4.0, [], []
    for place, time in enumerate(times):
        if waiting is not None and time >= waiting[0]:
            made.use_window(waiting[1])
            waiting = None
        made.add(time, position[place])
        if time >= due:
            recent = (times > time - 8) & (times <= time)
            window = measure_window(key, times[recent], position[recent], confidence[recent], size)
            waiting, due = (time + 0.5, window), time + every_s
            windows.append(window)
        if (now := made.estimate()) is not None:
            found.append(now)
    return run, found, windows


def test_live_cadence_is_within_one_of_the_truth():
    run, found, _windows = stream("cadence", "side")
    truth = run.metrics["cadence"]["value"]
    assert len(found) > 100
    assert max(abs(one.value - truth) for one in found) < 1
    assert all(0 < one.standard_error < 1 for one in found)


@pytest.mark.parametrize(
    ("key", "view", "apart"),
    [
        ("overstride", "side", 0.03),
        ("foot_strike_angle", "side", 4.0),
        ("trunk_lean", "side", 0.7),
        ("lateral_trunk_lean", "front", 0.7),
        ("arm_crossover", "front", 0.06),
    ],
)
def test_a_stream_stays_near_the_whole_window(key, view, apart):
    _run, found, windows = stream(key, view)
    assert len(found) > 60
    known = [value for window in windows for value in window.values.values()]
    assert min(known) - apart < np.median([one.value for one in found]) < max(known) + apart
    assert np.std([one.value for one in found]) < apart
    assert found[-1].half_width >= 2 * found[-1].standard_error


def test_a_wrong_view_is_told():
    _run, times, position, confidence, size = run_of("front")
    window = measure_window("overstride", times[:200], position[:200], confidence[:200], size)
    assert window.reason is not None
    assert "side" in window.reason
    made = StrideStream(LIVE_TARGETS["overstride"])
    made.use_window(window)
    made.add(0.0, position[0])
    assert made.estimate() is None
    assert made.reason == window.reason


def test_nobody_in_the_picture_is_told_in_the_readers_language():
    empty, times = np.full((120, 33, 2), np.nan), np.arange(120) / 30
    english = measure_window("cadence", times, empty, np.zeros((120, 33)), (640, 480))
    german = measure_window("cadence", times, empty, np.zeros((120, 33)), (640, 480), language="de")
    assert english.reason
    assert german.reason
    assert english.reason != german.reason


def test_a_runner_who_leaves_has_no_value_any_more():
    _run, times, position, confidence, size = run_of("side")
    made = StrideStream(LIVE_TARGETS["cadence"])
    for time, points in zip(times[:240], position, strict=False):
        made.add(time, points)
    made.use_window(measure_window("cadence", times[:240], position[:240], confidence[:240], size))
    assert made.estimate() is not None
    for n in range(60):
        made.add(times[239] + (n + 1) / 30, None)
    assert made.estimate() is None


def test_pictures_out_of_order_are_left_out():
    made = StrideStream(LIVE_TARGETS["cadence"])
    made.add(1.0, np.zeros((33, 2)))
    made.add(0.5, np.zeros((33, 2)))
    made.use_window(WindowMeasurement(1.0, reason="nobody"))
    assert made.estimate() is None
