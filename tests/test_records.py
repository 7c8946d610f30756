"""The records of a result: frozen, and with the ratio of the two timelines."""

from __future__ import annotations

import dataclasses

import pytest

from gait.records import Runner, VideoInfo


def info(playback_fps: float, capture_fps: float) -> VideoInfo:
    return VideoInfo("run.mp4", "side", "left", playback_fps, capture_fps, 10.0, 300, 640, 480, 1.0, 0, "litert")


@pytest.mark.parametrize(("playback", "capture", "ratio"), [(60, 60, 1.0), (30, 240, 0.125)])
def test_slow_motion_shows_less_real_time_than_it_plays(playback: float, capture: float, ratio: float) -> None:
    assert info(playback, capture).real_per_playback == ratio


def test_records_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Runner().height_m = 1.8  # type: ignore[misc]
