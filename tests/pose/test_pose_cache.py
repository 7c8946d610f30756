"""Kept poses: used again where they fit, replaced where they do not."""

from __future__ import annotations

import pytest

from gait import session
from gait.errors import InputError, RefusedError
from gait.owned_files import FILES_LIST, adopt_files
from gait.pose.dataset import load_pose


def test_kept_poses_are_used_again_unless_asked_for_fresh_ones(analysable_clips, tmp_path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    first = session.analyze([analysable_clips["side"], analysable_clips["front"]], cache_dir=folder)
    assert {p.name for p in folder.iterdir()} == {"pose_1.nc", "pose_2.nc", FILES_LIST}
    again = session.analyze([analysable_clips["side"], analysable_clips["front"]], cache_dir=folder)
    assert analysable_clips["calls"] == ["side", "front"]
    assert again.measurements == first.measurements
    session.analyze([analysable_clips["side"], analysable_clips["front"]], cache_dir=folder, fresh=True)
    assert analysable_clips["calls"] == ["side", "front"] * 2
    session.analyze(
        [analysable_clips["front"], analysable_clips["side"]], cache_dir=folder
    )  # other videos under the same numbers
    assert analysable_clips["calls"] == ["side", "front"] * 2 + ["front", "side"]


def test_a_pose_file_that_gait_did_not_write_stays(analysable_clips, tmp_path) -> None:
    (tmp_path / "pose_1.nc").write_bytes(b"not a pose file")
    with pytest.raises(InputError, match=r"pose_1\.nc: was not written by gait"):
        session.analyze(analysable_clips["side"], cache_dir=tmp_path)
    assert analysable_clips["calls"] == []
    assert (tmp_path / "pose_1.nc").read_bytes() == b"not a pose file"


def test_a_damaged_pose_file_of_gait_is_made_anew(analysable_clips, tmp_path) -> None:
    (tmp_path / "pose_1.nc").write_bytes(b"not a pose file")
    adopt_files([tmp_path / "pose_1.nc"])
    session.analyze(analysable_clips["side"], cache_dir=tmp_path)
    assert analysable_clips["calls"] == ["side"]
    assert load_pose(tmp_path / "pose_1.nc").sizes["time"] == 720


def test_progress_counts_over_all_videos(analysable_clips) -> None:
    told = []
    session.analyze(
        [analysable_clips["side"], analysable_clips["rear"]], progress=lambda done, total: told.append((done, total))
    )
    assert {total for _, total in told} == {12 + 13}


def test_no_usable_video_is_refused_with_every_reason_and_leaves_nothing(analysable_clips, tmp_path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(RefusedError, match=r"nobody\.mp4: no runner found"):
        session.analyze(analysable_clips["nobody"], cache_dir=tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())
