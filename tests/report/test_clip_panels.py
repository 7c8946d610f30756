"""What the report says about a clip, and what only a technician needs."""

from __future__ import annotations

from gait.report.clip_panels import describe_clip, real_seconds
from tests.fake_sessions import fake_view


def test_technical_facts_stand_apart() -> None:
    panel = describe_clip(0, fake_view("/films/run.mp4", swapped_frames_repaired=1, engine="litert"), None, (), ())  # type: ignore[arg-type]
    assert (panel.title, panel.file) == ("Clip 1, from the side", "run.mp4")
    plain, technical = "; ".join(panel.facts), "; ".join(panel.technical)
    for words in ("litert", "frame", "%"):
        assert words not in plain
        assert words in technical
    assert "swapped back in 1 frame" in technical


def test_slow_motion_is_named_and_counts_in_real_time() -> None:
    view = fake_view(playback_fps=30.0, capture_fps=240.0, duration_s=80.0)
    panel = describe_clip(1, view, None, (), ())  # type: ignore[arg-type]
    assert "slow motion: filmed at 240 frames per second" in panel.facts
    assert real_seconds(view) == 10.0  # type: ignore[arg-type]
