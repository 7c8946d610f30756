"""Files of joints set by hand meet the poses of their video."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from gait.analysis.hand_adjustment import add_hand_points, read_hand_corrections, with_known_hand_offsets
from gait.errors import InputError
from gait.geometry.camera import find_camera
from gait.geometry.joint_offsets import hand_offsets
from gait.signal.dotted_keypoints import keypoint_track
from gait.signal.hand_moved_keypoints import HandPoint, hand_points
from tests.conftest import write_clip
from tests.filmed_joints import NOISE_PX, filmed


@pytest.fixture(scope="module")
def video(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("adjust") / "run.mp4"
    write_clip(path, frames=20, fps=10)
    return path


def adjust_file(folder: Path, *, name: str = "run.mp4", sha256: str | None = None, **where) -> Path:
    file = folder / "joints.json"
    entry = {"side": "left", "joint": "toe", "x": 10, "y": 20, **(where or {"time_s": 0.5})}
    record = {"video": name, "entries": [entry]} | ({} if sha256 is None else {"video_sha256": sha256})
    file.write_text(json.dumps(record))
    return file


@pytest.mark.parametrize("where", [{"time_s": 0.5}, {"frame": 5}])
def test_a_joint_becomes_a_keypoint_at_a_time(video: Path, tmp_path: Path, where: dict) -> None:
    (points,) = read_hand_corrections([adjust_file(tmp_path, **where)], [tmp_path / "other.mp4", video]).items()
    assert points[0] == 1
    (point,) = points[1].points
    assert (point.keypoint, point.time_s) == ("left_foot_index", pytest.approx(0.5, abs=0.01))
    assert (point.x, point.y) == (10.5, 20.5)  # corners of pixels, not their middles


def test_the_hash_of_the_video_is_compared(video: Path, tmp_path: Path) -> None:
    digest = hashlib.sha256(video.read_bytes()).hexdigest()
    assert read_hand_corrections([adjust_file(tmp_path, sha256=digest)], [video])
    with pytest.raises(InputError, match=r"another video than run\.mp4"):
        read_hand_corrections([adjust_file(tmp_path, sha256="0" * 64)], [video])


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"time_s": 7.0}, "7.00 s, outside the clip"),
        ({"time_s": -3}, "−3.00 s, outside the clip"),
        ({"frame": 20}, "has 20 frames"),
    ],
)
def test_a_moment_outside_the_clip_is_refused(video: Path, tmp_path: Path, where: dict, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_hand_corrections([adjust_file(tmp_path, **where)], [video])


def test_a_moment_outside_the_analysed_part_is_refused(video: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="outside the clip"):
        read_hand_corrections([adjust_file(tmp_path, time_s=0.2)], [video], start=1.0)


def test_a_file_for_another_video_is_refused(video: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is for the video ride\.mp4, not for run\.mp4"):
        read_hand_corrections([adjust_file(tmp_path, name="ride.mp4")], [video])


def test_poses_without_the_joint_are_refused() -> None:
    pose = filmed(seconds=2.0).pose
    lacking = pose.drop_sel(keypoint=["left_heel"])
    with pytest.raises(InputError, match="no keypoint left_heel"):
        add_hand_points(lacking, [HandPoint("left_heel", 1.0, 1.0, 2.0, 3.0)])
    assert hand_points(add_hand_points(pose, [HandPoint("left_heel", 1.0, 1.0, 2.0, 3.0)]))


def test_chunks_of_a_long_clip_are_moved_alike() -> None:
    pose = filmed().pose
    knee = keypoint_track(pose, "position", "left_knee")
    points = [HandPoint("left_knee", float(pose.time[n]), *(knee[n] + (15.0, 0.0)), 2.0) for n in (200, 500)]
    known = with_known_hand_offsets(add_hand_points(pose, points), find_camera(pose))
    offset = hand_offsets(known)["left_knee"]
    assert (offset.x_px, offset.y_px) == (pytest.approx(15, abs=2 * NOISE_PX), pytest.approx(0, abs=2 * NOISE_PX))
    assert with_known_hand_offsets(pose, find_camera(pose)) is pose
