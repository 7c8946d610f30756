"""The names in the folder of a session, and which of them may be written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gait.errors import InputError
from gait.owned_files import adopt_files, mark_own_folder, owned_write
from gait.session_files import (
    annotated_video_path,
    check_session_folder,
    is_written_video,
    own_annotated_videos,
    remove_other_poses,
    session_file_names,
)


def write(path: Path) -> Path:
    with owned_write(path) as temporary:
        temporary.write_text(path.name, encoding="utf-8")
    return path


def test_the_names_are_those_of_the_contract() -> None:
    names = session_file_names(2, annotated=True)
    assert {"report.html", "report.json", "steps.csv", "pose_1.nc", "pose_2.nc", "side.mp4", "rear_2.mp4"} <= set(names)


@pytest.mark.parametrize("name", session_file_names(1, annotated=False))
def test_a_folder_with_such_a_file_of_somebody_else_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(InputError, match=f"{name}: was not written by gait") as refused:
        check_session_folder(tmp_path, videos=1)
    assert refused.value.code == "foreign_file"


def test_an_annotated_video_gives_way(tmp_path: Path) -> None:
    clip = tmp_path / "side.mp4"
    clip.write_text("clip")
    assert annotated_video_path(tmp_path, "side", 0, sources=[clip]).name == "side_annotated.mp4"
    assert annotated_video_path(tmp_path, "side", 1, sources=[clip]).name == "side_2.mp4"
    assert annotated_video_path(tmp_path, "rear", 0).name == "rear.mp4"
    drawn = write(tmp_path / "front.mp4")
    assert annotated_video_path(tmp_path, "front", 0) == drawn
    # An annotated video that is analysed itself is a clip like any other.
    assert annotated_video_path(tmp_path, "front", 0, sources=[drawn]).name == "front_annotated.mp4"
    assert own_annotated_videos(tmp_path) == [drawn]


def test_chunks_of_poses_are_only_taken_from_a_folder_of_gait(tmp_path: Path) -> None:
    part = tmp_path / "pose_1.part"
    part.mkdir()
    (part / "thesis.txt").touch()
    with pytest.raises(InputError, match=r"pose_1\.part: was not made by gait"):
        check_session_folder(tmp_path, videos=1)
    mark_own_folder(part)
    check_session_folder(tmp_path, videos=1)


def test_the_report_of_another_video_by_an_earlier_version_stays(tmp_path: Path) -> None:
    record = {"schema": "gait.report/1", "videos": [{"file": "clips/anna.mp4"}]}
    (tmp_path / "report.json").write_text(json.dumps(record))
    with pytest.raises(InputError, match=r"holds the report of anna\.mp4; choose another folder"):
        check_session_folder(tmp_path, videos=1, sources=[Path("ben.mp4")])
    check_session_folder(tmp_path, videos=1, sources=[Path("elsewhere/anna.mp4")])
    adopt_files([tmp_path / "report.json"])
    check_session_folder(tmp_path, videos=1, sources=[Path("ben.mp4")])


def test_only_own_poses_of_further_videos_go(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        write(tmp_path / f"pose_{number}.nc")
    (tmp_path / "pose_3.nc").write_text("moved by hand")
    (tmp_path / "pose_of_anna.nc").write_text("mine")
    remove_other_poses(tmp_path, 1)
    assert sorted(p.name for p in tmp_path.glob("*.nc")) == ["pose_1.nc", "pose_3.nc", "pose_of_anna.nc"]


def test_clips_and_annotated_videos_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "side.mp4").write_text("clip or not")
    (tmp_path / "run.mp4").write_text("clip")
    assert not is_written_video(tmp_path / "run.mp4")
    assert is_written_video(tmp_path / "side.mp4")  # as versions without a list and without a page left it
    (tmp_path / "report.html").write_text('<video src="rear.mp4#t=0.001">')
    assert not is_written_video(tmp_path / "side.mp4")
    (tmp_path / "report.html").write_text('<video src="side.mp4#t=0.001">')
    assert is_written_video(tmp_path / "side.mp4")
    drawn = write(tmp_path / "rear.mp4")
    assert is_written_video(drawn)
    assert not is_written_video(tmp_path / "side.mp4")
