"""What is read off a video's pictures beside its keypoints, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import gait
from gait.errors import InputError
from gait.geometry.camera import find_camera
from gait.pose.appearance.seen_frames import SeenFrames
from gait.pose.dataset import CAMERA_ROLL_ATTR, DECLARED_VIEW_ATTR, FILMING_WARNINGS_ATTR, SHOES_VERSION_ATTR
from gait.quality import video_pose
from gait.quality.video_check import FilmingQuality
from gait.synthetic import CameraSpec
from tests.conftest import write_clip
from tests.filmed_joints import edited, filmed


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Grey frames: the poses that belong to it come from geometry."""
    return write_clip(tmp_path / "run.mp4", frames=14)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace what looks at the pictures: the roll and a warning, and a trace of what was tracked."""
    tracked: list[str] = []
    assess = video_pose.assess_filming

    def assessed(video, pose, **options) -> FilmingQuality:
        return FilmingQuality(("dim: more light", "turned: level it"), 5.0, assess(video, pose, **options).camera)

    def shoes(video, pose, camera, **options) -> xr.Dataset:
        tracked.append("shoes")
        motion = np.full((pose.sizes["time"], 1), 1 / 3)
        return pose.assign(left_foot_turn=(("time", "individual"), motion)).assign_attrs(
            pose.attrs, **{SHOES_VERSION_ATTR: 1}
        )

    monkeypatch.setattr(video_pose, "assess_filming", assessed)
    monkeypatch.setattr(video_pose, "track_shoes", shoes)
    monkeypatch.setattr(video_pose, "look_for_dots", lambda video, pose, camera: np.array([50.0, 0.0, 0.0]))
    monkeypatch.setattr(
        video_pose,
        "track_dots",
        lambda video, pose, camera, look: tracked.append("dots" if len(look()) else "") or pose,
    )
    monkeypatch.setattr(
        video_pose, "add_pelvis_tilt", lambda video, pose, **options: tracked.append(options["view"]) or pose
    )
    return tracked


def test_a_side_view_has_shoes_and_dots_and_a_rear_view_the_pelvis(clip: Path, seen: list[str]) -> None:
    side = gait.read_appearance(clip, filmed().pose)
    assert seen == ["shoes", "dots"]
    assert (side.attrs[CAMERA_ROLL_ATTR], side.attrs["source_file"]) == (5.0, str(clip))
    assert side.attrs[FILMING_WARNINGS_ATTR] == "dim: more light\nturned: level it"
    # As a file would give it back.
    assert (side.left_foot_turn.values == np.float64(np.float32(1 / 3))).all()
    gait.read_appearance(clip, filmed(camera=CameraSpec(view="rear")).pose)
    assert seen == ["shoes", "dots", "rear"]


def test_the_input_is_not_changed(clip: Path, seen: list[str]) -> None:
    pose = filmed().pose
    before = pose.copy(deep=True)
    gait.read_appearance(clip, pose)
    xr.testing.assert_identical(pose, before)


def test_warnings_on_the_filming_reach_the_measured_view(clip: Path, seen: list[str]) -> None:
    measured = gait.analyze_pose(gait.read_appearance(clip, filmed().pose))
    assert measured.info.warnings[-2:] == ("dim: more light", "turned: level it")
    assert measured.info.file == str(clip)


def test_a_view_that_was_declared_holds_for_the_stages_after(clip: Path, seen: list[str]) -> None:
    pose = gait.read_appearance(clip, filmed(camera=CameraSpec(view="rear")).pose, view="front")
    assert seen == ["front"]
    assert pose.attrs[DECLARED_VIEW_ATTR] == "front"
    assert gait.clean_pose(pose).attrs["camera_view"] == "front"
    assert gait.clean_pose(pose, view="rear").attrs["camera_view"] == "rear"
    assert DECLARED_VIEW_ATTR not in gait.read_appearance(clip, pose).attrs  # read anew, nothing declared


def test_a_roll_of_an_earlier_reading_is_forgotten(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("track_shoes", "track_dots"):  # the clip is too short for them
        monkeypatch.setattr(video_pose, name, lambda video, pose, camera, **options: pose)
    pose = filmed().pose.assign_attrs({CAMERA_ROLL_ATTR: 4.0, FILMING_WARNINGS_ATTR: "old"})
    again = gait.read_appearance(clip, pose)  # grey frames without any upright line
    assert CAMERA_ROLL_ATTR not in again.attrs
    assert "old" not in again.attrs.get(FILMING_WARNINGS_ATTR, "")


def test_a_video_without_a_runner_is_left_to_the_cleaning(clip: Path) -> None:
    nobody = edited(filmed().pose, lambda position, names: position.fill(np.nan))
    read = gait.read_appearance(clip, nobody)
    assert set(read.data_vars) == set(nobody.data_vars)
    with pytest.raises(gait.RefusedError, match="no runner found"):
        gait.clean_pose(read)


def test_keypoints_alone_where_nothing_else_is_wanted(
    clip: Path, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_pose, "estimate_keypoints", lambda path, **options: filmed().pose)
    bare = gait.estimate_pose(clip, appearance=False, capture_fps=120)
    assert seen == []
    assert CAMERA_ROLL_ATTR not in bare.attrs
    assert bare.attrs["capture_fps"] == 120.0
    assert gait.estimate_pose(clip).attrs[CAMERA_ROLL_ATTR] == 5.0


def test_what_cannot_be_used_is_one_line(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="view 'above' is unknown"):
        gait.read_appearance(clip, filmed().pose, view="above")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"none\.mp4"):
        gait.read_appearance(tmp_path / "none.mp4", filmed().pose)


def test_pictures_are_read_ahead_while_poses_are_judged(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "run.mp4", frames=90)
    pose = filmed(seconds=2.0).pose
    with SeenFrames() as seen:
        judged = video_pose.reading_ahead(lambda poses: (poses, 1.5), video=path, seen=seen)
        assert judged(pose)[0] is pose
        seen.wait_until_filled()
        assert seen.has_picture(0.0)


def test_dots_are_looked_for_again_where_the_camera_is_not_the_expected_one(
    clip: Path, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[float] = []

    def look(video, pose, camera) -> np.ndarray:
        looked.append(camera.leg_px)
        return np.array([50.0, 0.0, 0.0])

    monkeypatch.setattr(video_pose, "look_for_dots", look)
    camera = find_camera(filmed().pose, view="auto")
    for found, looks in ((camera, 1), (replace(camera, leg_px=camera.leg_px + 1), 2)):
        looked.clear()
        quality = FilmingQuality((), 0.0, found)
        monkeypatch.setattr(video_pose, "assess_filming", lambda *args, quality=quality, **more: quality)
        video_pose.read_appearance(clip, filmed().pose)
        assert len(looked) == looks
        assert looked[-1] == found.leg_px
