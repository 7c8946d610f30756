"""Pose files of other programs: the format that a name means, and files that are not what they seem.

``tests/io/test_poses.py`` reads a file of every format through `gait.load_poses`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gait.errors import InputError
from gait.io.pose_readers import (
    READERS,
    detect_format,
    read_keypoints_csv,
    read_keypoints_json,
    read_openpose,
    read_trc,
)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("run.nc", "movement"),
        ("run.TRC", "trc"),
        ("run.c3d", "c3d"),
        ("run.h5", "deeplabcut"),
        ("run.json", "keypoints-json"),
    ],
)
def test_the_name_decides_the_format(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_text("")
    assert detect_format(tmp_path / name) == kind
    assert kind in READERS


def test_the_first_line_tells_deeplabcut_from_other_tables(tmp_path: Path) -> None:
    (tmp_path / "dlc.csv").write_text("scorer,net,net\n")
    (tmp_path / "table.csv").write_text("frame,nose_x,nose_y\n")
    assert detect_format(tmp_path / "dlc.csv") == "deeplabcut"
    assert detect_format(tmp_path / "table.csv") == "keypoints-csv"
    assert detect_format(tmp_path) == "openpose"


def test_an_unknown_name_lists_the_formats_and_carries_a_code(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"run\.mp4: the name fits no format of poses; give the format: movement"
    ) as no:
        detect_format(tmp_path / "run.mp4")
    assert no.value.code == "unknown_pose_format"


def test_frames_that_a_table_lacks_become_gaps(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("frame,nose_x,nose_y,nose_score\n5,1,2,0.9\n7,3,4,0.8\n")
    poses = read_keypoints_csv(tmp_path / "run.csv")
    assert poses.names == ["nose"]
    assert poses.position[:, 0].tolist() == [[1, 2], pytest.approx([np.nan, np.nan], nan_ok=True), [3, 4]]
    assert poses.confidence is not None
    assert poses.confidence[:, 0].tolist() == [0.9, 0.0, 0.8]


def test_a_frame_that_occurs_twice_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("frame,nose_x,nose_y\n5,1,2\n5,3,4\n")
    with pytest.raises(InputError, match="frame 5 is there twice"):
        read_keypoints_csv(tmp_path / "run.csv")


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_keypoints_csv, "", "is empty"),
        (read_keypoints_csv, "a,b\n1,2\n", "has no columns"),
        (read_keypoints_json, "not json", "is not JSON"),
        (read_keypoints_json, "{}", "holds no keypoints"),
        (read_keypoints_json, json.dumps([{"keypoints": [1, 2, 3], "image_id": 0}]), "1 keypoints a person fit no"),
        (read_trc, "hello", "is not a TRC file"),
    ],
)
def test_a_file_of_another_kind_is_one_line(tmp_path: Path, read, text: str, message: str) -> None:
    (tmp_path / "file").write_text(text)
    with pytest.raises(InputError, match=message) as error:
        read(tmp_path / "file")
    assert "\n" not in str(error.value)


def test_a_folder_without_openpose_files_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no \*_keypoints\.json files"):
        read_openpose(tmp_path)


def test_the_most_confident_person_is_followed(tmp_path: Path) -> None:
    def person(x: float, confidence: float) -> dict:
        return {"keypoints": [[x, 1.0]] * 17, "keypoint_scores": [confidence] * 17}

    frames = [
        {"frame_id": 0, "instances": [person(100, 0.9), person(500, 0.5)]},
        {"frame_id": 1, "instances": [person(498, 0.95), person(103, 0.4)]},
    ]
    (tmp_path / "run.json").write_text(json.dumps({"instance_info": frames}))
    assert read_keypoints_json(tmp_path / "run.json").position[:, 0, 0].tolist() in ([100, 103], [500, 498])
