"""The annotated video."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gait.report.annotated_video import stance_phases, write_annotated_video
from gait.report.video_windows import VideoWindows, read_video_windows
from gait.video import frame_at, probe, read_frames
from tests.fake_sessions import fake_view, stick_runner


def test_the_annotated_video_keeps_every_frame_and_time(clip: Path, tmp_path: Path) -> None:
    # The analysed part begins at 0.5 s and ends half a second before the end.
    view = fake_view(str(clip), pose=stick_runner(1.0, start_s=0.5))
    made = write_annotated_video(view, tmp_path / "side.mp4")
    meta = probe(made)
    assert (meta.frames, round(meta.fps)) == (60, 60)
    assert meta.width == 640
    assert meta.height > 480  # the ribbon is below the image
    first = next(iter(read_frames(made)))
    assert first.time_s == 0
    blue = (first.image[..., 2].astype(int) - first.image[..., 0]) > 60
    assert blue[:480].any()


def test_stances_are_those_with_both_events() -> None:
    view = fake_view()
    steps = view.steps.copy()
    steps.loc[0, "toe_off_s"] = float("nan")
    stances = stance_phases(replace(view, steps=steps))
    assert len(stances) == len(steps) - 1
    side, contact_s, toe_off_s = stances[0]
    assert side == steps.loc[1, "side"]
    assert toe_off_s - contact_s == pytest.approx(0.24)
    assert stance_phases(replace(view, steps=steps[["side"]])) == []


def test_two_parts_of_the_clip_follow_each_other_in_the_video(clip: Path, tmp_path: Path) -> None:
    view = fake_view(str(clip), pose=stick_runner(1.5, start_s=0.0))
    windows = VideoWindows(((0.0, 0.5), (1.0, 1.25)))
    made = write_annotated_video(view, tmp_path / "side.mp4", windows=windows)
    meta = probe(made)
    assert meta.frames == 45
    held = read_video_windows(made)
    assert held is not None
    assert held.parts == (pytest.approx((0.0, 0.5), abs=0.01), pytest.approx((1.0, 1.25), abs=0.01))
    times = [frame.time_s for frame in read_frames(made)]
    assert np.allclose(np.diff(times), 1 / 60, atol=1e-3)


def test_frames_that_were_not_seen_have_thin_lines(clip: Path, tmp_path: Path) -> None:
    pose = stick_runner(2.0)
    kept = np.ones(pose.sizes["time"], dtype=bool)
    kept[60:80] = False
    whole = write_annotated_video(fake_view(str(clip), pose=pose), tmp_path / "whole.mp4")
    gappy = write_annotated_video(fake_view(str(clip), pose=pose.isel(time=kept)), tmp_path / "gappy.mp4")
    drawn = []
    for made in (whole, gappy):
        image = frame_at(made, 70 / 60).image[60:480]
        drawn.append(int((image.max(axis=-1) < 60).sum()))  # the dark edges of lines and dots
    assert 0 < drawn[1] < 0.7 * drawn[0]
