"""Notices about video files."""

from __future__ import annotations

from gait import session
from gait.pose import pose_cache
from gait.synthetic import presets
from tests.analysable_clips import VIEWS
from tests.filmed_joints import filmed


def test_somebody_else_in_the_picture_is_told(analysable_clips, monkeypatch) -> None:
    pose = filmed(presets.overstriding(), camera=VIEWS["side"]).pose
    pose.attrs["bystander_frames"] = 400
    monkeypatch.setattr(pose_cache, "estimate_keypoints", lambda path, **options: pose)
    made = session.analyze(analysable_clips["side"])
    assert any(n.code == "bystander" and "400 frames" in n.message for n in made.notices)
