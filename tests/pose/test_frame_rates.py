"""Playback rate, capture rate and rate of the poses, read from a pose dataset."""

from __future__ import annotations

import pytest
import xarray as xr

from gait.pose.frame_rates import FrameRates


@pytest.mark.parametrize(
    ("attributes", "playback", "capture", "sampled", "ratio"),
    [
        ({"fps": 60.0}, 60, 60, 60, 1),
        ({"fps": 30.0, "capture_fps": 240.0}, 30, 240, 240, 1 / 8),  # slow motion
        ({"fps": 120.0, "video_fps": 240.0, "capture_fps": 240.0}, 240, 240, 120, 1),  # every second frame
        ({"fps": 15.0, "video_fps": 30.0, "capture_fps": 240.0}, 30, 240, 120, 1 / 8),  # both
    ],
)
def test_rates(attributes, playback, capture, sampled, ratio):
    rates = FrameRates.of(xr.Dataset(attrs=attributes))
    assert (rates.playback_fps, rates.capture_fps, rates.sampled_fps) == (playback, capture, sampled)
    assert rates.real_per_playback == ratio
