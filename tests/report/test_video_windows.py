"""Which parts of a clip the annotated video holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gait.report.video_windows import VideoWindows, on_frames, read_video_windows, whole_film, windows_to_show
from gait.video import VideoWriter
from tests.fake_sessions import fake_view, stick_runner


def test_a_short_film_is_written_whole() -> None:
    view = fake_view(pose=stick_runner(4.0))
    assert windows_to_show(view, [1.0]) == whole_film(view)


def test_a_long_film_is_shown_around_its_moments_and_in_one_longer_stretch() -> None:
    view = fake_view(pose=stick_runner(60.0))
    windows = windows_to_show(view, [5.0, 6.0, 50.0, 900.0])
    assert (3.0, 8.0) in windows.parts
    assert (48.0, 52.0) in windows.parts
    assert windows.length_s == pytest.approx(5 + 4 + 8, abs=0.1)  # the stretch lies in the middle
    assert all(a[1] < b[0] for a, b in zip(windows.parts, windows.parts[1:], strict=False))


def test_times_of_the_clip_become_times_of_the_video() -> None:
    windows = VideoWindows(((3.0, 8.0), (48.0, 52.0)))
    assert windows.table == [(3.0, 8.0, 0.0), (48.0, 52.0, 5.0)]
    assert windows.player_time(4.0) == pytest.approx(1.0)
    assert windows.player_time(50.0) == pytest.approx(7.0)
    assert windows.player_time(20.0) == pytest.approx(5.0)  # the nearest moment that it holds
    assert windows.player_time(0.0) == 0.0


def test_parts_begin_and_end_with_frames() -> None:
    moved = on_frames(VideoWindows(((0.99, 2.01), (5.0, 5.1))), np.arange(0, 3, 0.1), 0.1)
    assert moved.parts == (pytest.approx((1.0, 2.0)),)


def test_the_file_itself_says_what_it_holds(tmp_path: Path) -> None:
    windows = VideoWindows(((1.0, 2.0), (4.0, 5.5)))
    for name, comment in (("new.mp4", windows.to_comment()), ("old.mp4", ""), ("odd.mp4", "holiday")):
        with VideoWriter(tmp_path / name, width=32, height=32, fps=30, comment=comment) as writer:
            writer.write(np.zeros((32, 32, 3), np.uint8))
    assert read_video_windows(tmp_path / "new.mp4") == windows
    assert read_video_windows(tmp_path / "old.mp4") is None
    assert read_video_windows(tmp_path / "odd.mp4") is None
    assert read_video_windows(tmp_path / "missing.mp4") is None
