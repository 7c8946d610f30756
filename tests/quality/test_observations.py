"""Texts and limits, from numbers alone."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from gait.geometry.camera import find_camera
from gait.quality import observations
from gait.quality.camera_roll import CameraRoll
from gait.quality.image_quality import ImageQuality
from gait.quality.observations import (
    observe_camera_movement,
    observe_frame_rate,
    observe_length,
    observe_light,
    observe_people,
    observe_place,
    observe_speed,
    observe_tilt,
    observe_view,
)
from gait.quality.running_rate import RunningRate
from gait.synthetic import CameraSpec
from gait.video import VideoMeta
from tests.filmed_joints import edited, filmed

QUALITY = ImageQuality(0.45, 0.40, 100.0, 0.0, 0.5, 0.0003, 0.0, None)


def meta(fps: float, **fields: object) -> VideoMeta:
    return replace(VideoMeta(Path("run.mp4"), 960, 720, 0, fps, 30.0, int(30 * fps), False), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(("fps", "verdict"), [(20.0, "bad"), (24.0, "watch"), (30.0, "watch"), (59.94, "good")])
def test_frame_rates(fps: float, verdict: str) -> None:
    assert observe_frame_rate(meta(fps), np.arange(300) / fps, fps).verdict == verdict


def test_missing_frames_are_a_fault_and_an_uneven_rate_is_not() -> None:
    rng = np.random.default_rng(0)
    times = np.arange(600) / 60
    gaps = observe_frame_rate(meta(60.0), times[rng.random(600) > 0.12], 60.0)
    assert gaps.verdict == "watch"
    assert "missing" in gaps.text
    uneven = observe_frame_rate(meta(60.0, variable_frame_rate=True), times + rng.normal(0, 0.002, 600), 60.0)
    assert uneven.verdict == "good"
    assert "uneven" in uneven.text


def test_slow_motion_that_the_file_states_is_no_fault() -> None:
    one = observe_frame_rate(meta(30.0), np.arange(300) / 30, 240.0)
    assert one.verdict == "good"
    assert "240 frames/s, played at 30" in one.text


@pytest.mark.parametrize(
    ("cadence", "fall", "verdict", "text"),
    [
        (168.0, 1.1, "good", "normal speed"),
        (168.0, None, "good", "normal speed"),
        (82.0, 0.25, "bad", "slow motion"),
        (20.0, None, "bad", "too slow for running"),
        (46.0, 0.9, "bad", "too slow for running"),
        (112.0, 0.9, "bad", "too slow for running"),
        (235.0, 1.0, "watch", "faster than life"),
        (212.0, 2.6, "watch", "faster than life"),
        (212.0, 1.2, "good", "normal speed"),
        (112.0, 0.15, "bad", "walking"),
        (168.0, 0.25, "watch", "perhaps slow motion"),
        (300.0, 1.0, "bad", "faster than anybody"),
    ],
)
def test_speed(cadence: float, fall: float | None, verdict: str, text: str) -> None:
    one = observe_speed(RunningRate(cadence, fall), 30.0)
    assert one.verdict == verdict
    assert text in one.text
    assert (one.advice is None) == (verdict == "good")
    assert (one.code is None) == (verdict == "good")


@pytest.mark.parametrize("speed_px", [0.0, 300.0])
def test_treadmill_or_over_ground(speed_px: float) -> None:
    seconds, fps = 4.0, 30.0
    drift = speed_px * np.arange(0, seconds, 1 / fps)
    pose = filmed(seconds=seconds, fps=fps, drift_px=drift - drift.mean()).pose
    camera = find_camera(pose)
    assert (observe_place(pose, camera, QUALITY).verdict == "bad") == (speed_px > 0)
    # A camera that pans along shows the runner in place and the room passing by.
    still = filmed(seconds=seconds, fps=fps).pose
    followed = observe_place(still, camera, replace(QUALITY, pan=-speed_px / camera.leg_px))
    assert (followed.verdict == "bad") == (speed_px > 0)


def test_running_towards_the_camera_over_ground_grows() -> None:
    def approach(position: np.ndarray, names: list[str]) -> None:
        size = np.linspace(0.7, 1.5, len(position))[:, None, None]
        position[:] = (position - (480, 360)) * size + (480, 360)

    pose = filmed(camera=CameraSpec(view="front"), seconds=4, fps=30).pose
    assert observe_place(pose, find_camera(pose), QUALITY).verdict == "good"
    assert observe_place(edited(pose, approach), find_camera(pose), QUALITY).verdict == "bad"


def test_light_is_dark_overexposed_or_noisy() -> None:
    assert observe_light(QUALITY).verdict == "good"
    assert observe_light(replace(QUALITY, brightness=25.0)).verdict == "bad"
    assert observe_light(replace(QUALITY, brightness=40.0)).verdict == "watch"
    assert "window" in (observe_light(replace(QUALITY, clipped=0.5)).advice or "")
    assert "noisy" in observe_light(replace(QUALITY, noise=12.0)).text


def test_a_view_other_than_the_declared_one_is_bad() -> None:
    camera = find_camera(filmed(seconds=4).pose, view="rear")
    one = observe_view(camera, "rear")
    assert one.verdict == "bad"
    assert "looks like a side view but was declared rear" in one.text
    assert one.code == "view_contradicted"
    assert "--" not in one.sentence


def test_length_counts_steps() -> None:
    verdicts = [observe_length(seconds, RunningRate(168.0, 1.0)).verdict for seconds in (2, 5, 12, 30)]
    assert verdicts == ["bad", "watch", "watch", "good"]
    assert "fewer than 4 steps of each leg" in observe_length(1.2, None).text
    assert observe_length(12.0, None).verdict == "good"


def test_slow_motion_suggests_a_frame_rate_of_phones() -> None:
    one = observe_speed(RunningRate(165 / 4, 1 / 16), 30.0)
    assert one.code == "slow_motion_suspected"
    assert "perhaps 120 frames/s" in (one.advice or "")


def test_no_running_steps_are_bad() -> None:
    assert observe_speed(None, 60.0).verdict == "bad"


@pytest.mark.parametrize(("share", "verdict"), [(0.0, "good"), (0.05, "good"), (0.3, "watch")])
def test_other_people_are_mentioned(share: float, verdict: str) -> None:
    pose = xr.Dataset(attrs={"bystander_share": share, "most_others": 1})
    assert observe_people(pose, "left").verdict == verdict


@pytest.mark.parametrize(
    ("structures", "runner", "verdict"),
    [
        (None, None, "good"),
        (CameraRoll(1.0, 0.2, "structures"), None, "good"),
        (CameraRoll(-3.0, 0.2, "structures"), None, "watch"),
        (CameraRoll(6.0, 0.2, "structures"), None, "bad"),
        (CameraRoll(6.0, 3.0, "structures"), CameraRoll(1.0, 2.0, "runner"), "good"),
        (None, CameraRoll(8.0, 2.0, "runner"), "watch"),
    ],
)
def test_tilt_prefers_a_reliable_roll(structures: CameraRoll | None, runner: CameraRoll | None, verdict: str) -> None:
    assert observe_tilt(structures, runner).verdict == verdict


def test_a_tilt_that_no_line_shows_is_unknown_not_good() -> None:
    assert not observe_tilt(None, None).known
    assert observe_tilt(CameraRoll(1.0, 0.2, "structures"), None).known


def test_no_text_names_an_option_of_the_command_line() -> None:
    assert not re.search(r"--[a-z]", inspect.getsource(observations))


def test_a_camera_that_moves_along_films_a_run_over_ground() -> None:
    pose = filmed(seconds=5).pose
    following = replace(QUALITY, background_speed=0.4)
    place = observe_place(pose, find_camera(pose), following)
    assert (place.verdict, place.code) == ("bad", "over_ground")
    assert "moves along" in observe_camera_movement(following).text
    assert "treadmill" not in observe_place(pose, find_camera(pose), QUALITY).text


def test_a_hand_that_shakes_does_not_follow_a_runner() -> None:
    shaken = observe_camera_movement(replace(QUALITY, background_speed=0.12, sway=0.03))
    assert shaken.text.startswith("the camera moves by")
