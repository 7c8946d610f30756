"""Words and limits, from numbers alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gait.geometry.camera import find_camera, with_scale
from gait.quality import observations as aspects
from gait.quality.image_quality import ImageQuality, blur_effect
from gait.quality.running_rate import RunningRate, find_running_rate
from gait.synthetic import CameraSpec
from gait.video.reader import VideoMeta
from tests.filmed_joints import edited, filmed

LOOK = ImageQuality(0.45, 0.40, 100.0, 0.0, 0.5, 0.0003, 0.0, None)


def meta(fps: float, **fields: object) -> VideoMeta:
    return replace(VideoMeta(Path("run.mp4"), 960, 720, 0, fps, 30.0, int(30 * fps), False), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(("fps", "verdict"), [(20.0, "bad"), (24.0, "watch"), (30.0, "watch"), (59.94, "good")])
def test_frame_rates(fps: float, verdict: str) -> None:
    assert aspects.frame_rate(meta(fps), np.arange(300) / fps, fps).verdict == verdict


def test_missing_frames_are_told_and_an_uneven_rate_is_not_a_fault() -> None:
    rng = np.random.default_rng(0)
    times = np.arange(600) / 60
    gaps = aspects.frame_rate(meta(60.0), times[rng.random(600) > 0.12], 60.0)
    assert gaps.verdict == "watch"
    assert "missing" in gaps.seen
    uneven = aspects.frame_rate(meta(60.0, variable_frame_rate=True), times + rng.normal(0, 0.002, 600), 60.0)
    assert uneven.verdict == "good"
    assert "uneven" in uneven.seen


def test_slow_motion_that_the_file_admits_is_no_fault() -> None:
    one = aspects.frame_rate(meta(30.0), np.arange(300) / 30, 240.0)
    assert one.verdict == "good"
    assert "240 frames/s, played at 30" in one.seen


@pytest.mark.parametrize(
    ("cadence", "fall", "verdict", "words"),
    [
        (168.0, 1.1, "good", "normal speed"),
        (168.0, None, "good", "normal speed"),
        (82.0, 0.25, "bad", "slow motion"),
        (20.0, None, "bad", "slow motion"),
        (112.0, 0.15, "bad", "walking"),
        (168.0, 0.25, "watch", "perhaps slow motion"),
        (300.0, 1.0, "bad", "faster than anybody"),
    ],
)
def test_speed(cadence: float, fall: float | None, verdict: str, words: str) -> None:
    one = aspects.speed(RunningRate(cadence, fall), 30.0)
    assert one.verdict == verdict
    assert words in one.seen
    assert (one.advice is None) == (verdict == "good")


@pytest.mark.parametrize("view", ["side", "rear"])
@pytest.mark.parametrize("slow", [1.0, 2.0])
def test_bodies_fall_as_fast_as_they_should(view: str, slow: float) -> None:
    run = filmed(camera=CameraSpec(view=view), seconds=6, fps=60, slow=slow, told=False)  # type: ignore[arg-type]
    camera = with_scale(find_camera(run.pose), height_m=1.76)
    rhythm = find_running_rate(run.pose, camera, guessed_m_per_px=0.0)
    assert rhythm is not None
    assert rhythm.cadence == pytest.approx(165 / slow, rel=0.02)
    assert rhythm.fall is not None
    assert 0.8 < rhythm.fall * slow**2 < 1.7
    assert (aspects.speed(rhythm, 60.0).verdict == "good") == (slow == 1)


@pytest.mark.parametrize("speed_px", [0.0, 300.0])
def test_treadmill_or_over_ground(speed_px: float) -> None:
    seconds, fps = 4.0, 30.0
    drift = speed_px * np.arange(0, seconds, 1 / fps)
    pose = filmed(seconds=seconds, fps=fps, drift_px=drift - drift.mean()).pose
    camera = find_camera(pose)
    assert (aspects.place(pose, camera, LOOK).verdict == "bad") == (speed_px > 0)
    # A camera that follows shows a runner in place and a room that goes by.
    still = filmed(seconds=seconds, fps=fps).pose
    followed = aspects.place(still, camera, replace(LOOK, pan=-speed_px / camera.leg_px))
    assert (followed.verdict == "bad") == (speed_px > 0)


def test_running_towards_the_camera_over_ground_grows() -> None:
    def coming(position: np.ndarray, names: list[str]) -> None:
        size = np.linspace(0.7, 1.5, len(position))[:, None, None]
        position[:] = (position - (480, 360)) * size + (480, 360)

    pose = filmed(camera=CameraSpec(view="front"), seconds=4, fps=30).pose
    assert aspects.place(pose, find_camera(pose), LOOK).verdict == "good"
    assert aspects.place(edited(pose, coming), find_camera(pose), LOOK).verdict == "bad"


def test_blur_does_not_depend_on_contrast_but_on_blur() -> None:
    import cv2

    picture = np.random.default_rng(1).integers(0, 255, (80, 80), dtype=np.uint8)
    picture = np.kron(picture[:16, :16], np.ones((5, 5), np.uint8))
    sharp = blur_effect(picture)
    assert blur_effect((picture // 4).astype(np.uint8)) == pytest.approx(sharp, abs=0.03)
    blurred = [blur_effect(cv2.GaussianBlur(picture, (0, 0), sigma)) for sigma in (1, 2, 4)]
    assert sharp < blurred[0] < blurred[1] < blurred[2] <= 1


def test_light_says_dark_burnt_and_noisy() -> None:
    assert aspects.light(LOOK).verdict == "good"
    assert aspects.light(replace(LOOK, brightness=25.0)).verdict == "bad"
    assert aspects.light(replace(LOOK, brightness=40.0)).verdict == "watch"
    assert "window" in (aspects.light(replace(LOOK, clipped=0.5)).advice or "")
    assert "noisy" in aspects.light(replace(LOOK, noise=12.0)).seen


def test_another_view_than_declared_is_told_first() -> None:
    camera = find_camera(filmed(seconds=4).pose, view="rear")
    one = aspects.view_of(camera, "rear")
    assert one.verdict == "bad"
    assert "looks like a side view but was declared rear" in one.seen
    assert "--view rear" in (one.advice or "")


def test_length_counts_steps() -> None:
    verdicts = [aspects.length(seconds, RunningRate(168.0, 1.0)).verdict for seconds in (2, 5, 12, 30)]
    assert verdicts == ["bad", "watch", "watch", "good"]
    assert "too short" in aspects.length(1.2, None).seen
    assert aspects.length(12.0, None).verdict == "good"
