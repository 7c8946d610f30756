"""The annotated video."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gait.report.annotated_video import stance_phases, write_annotated_video
from gait.video import probe, read_frames
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
