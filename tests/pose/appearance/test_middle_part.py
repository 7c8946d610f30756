from __future__ import annotations

import numpy as np
import xarray as xr

from gait.pose.appearance.middle_part import middle_part
from gait.pose.dataset import SAMPLED_WINDOWS_ATTR


def frames(times: np.ndarray, **attributes: object) -> xr.Dataset:
    return xr.Dataset(coords={"time": times}, attrs={"fps": 10.0, **attributes})


def test_a_short_clip_is_taken_whole() -> None:
    assert middle_part(frames(np.arange(20) / 10), 5.0) == slice(0, 20)


def test_of_a_long_clip_the_middle_is_taken() -> None:
    times = np.arange(600) / 10
    part = times[middle_part(frames(times), 10.0)]
    assert abs(part.mean() - times.mean()) < 0.1
    assert abs(np.ptp(part) - 10.0) < 0.2


def test_the_time_between_windows_does_not_count() -> None:
    windows = np.concatenate([np.arange(30) / 10, 50 + np.arange(30) / 10, 100 + np.arange(30) / 10])
    pose = frames(windows, **{SAMPLED_WINDOWS_ATTR: [0.0, 3.0, 50.0, 53.0, 100.0, 103.0]})
    part = windows[middle_part(pose, 5.0)]
    assert len(part) == 50
    assert (part < 3).any()
    assert (part > 100).any()


def test_a_clip_without_frames_has_no_middle() -> None:
    assert middle_part(frames(np.empty(0)), 5.0) == slice(0, 0)
