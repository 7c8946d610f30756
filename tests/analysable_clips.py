"""Small videos whose poses come from geometry: the pose engine is replaced, all else runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gait.pose import pose_cache
from gait.pose.picture_stretch import PictureStretch
from gait.quality import video_check, video_pose
from gait.synthetic import CameraSpec, presets
from tests.conftest import write_clip
from tests.filmed_joints import SECONDS, edited, filmed

VIEWS = {"side": CameraSpec(facing="left"), "rear": CameraSpec(view="rear"), "front": CameraSpec(view="front")}


@pytest.fixture
def pictures_that_follow_each_other(monkeypatch) -> None:
    """Let the pictures of a stand-in pass: they are shorter than the poses, and nobody runs in them."""
    whole = PictureStretch(0.0, SECONDS)
    monkeypatch.setattr(video_check, "find_picture_changes", lambda path, **options: whole)


@pytest.fixture
def analysable_clips(tmp_path, monkeypatch, pictures_that_follow_each_other) -> dict[str, Any]:
    """Small videos named by view, one with nobody in it, and an engine that returns made-up poses for each."""
    poses = {view: filmed(presets.overstriding(), camera=camera).pose for view, camera in VIEWS.items()}
    poses["nobody"] = edited(poses["side"], lambda position, names: position.fill(np.nan))
    poses["calls"] = []
    clips = {view: write_clip(tmp_path / f"{view}.mp4", frames=12 + n) for n, view in enumerate((*VIEWS, "nobody"))}

    def estimate(path, **options):
        poses["calls"].append(Path(path).stem)
        options["progress"](1, 1)
        return poses[Path(path).stem].copy(deep=True)

    monkeypatch.setattr(pose_cache, "estimate_keypoints", estimate)
    # The clips are too short to follow a pelvis or dots through them.
    monkeypatch.setattr(video_pose, "track_dots", lambda video, pose, camera, **options: pose)
    monkeypatch.setattr(video_pose, "add_pelvis_tilt", lambda video, pose, **options: pose)
    monkeypatch.setattr(
        pose_cache, "can_reuse_poses", lambda pose, path, **options: pose.attrs["source_file"] == str(path)
    )
    return {**clips, "calls": poses["calls"]}
