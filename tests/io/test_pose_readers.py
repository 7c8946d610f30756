"""Pose files of other programs: the format that a name means, and files that are not what they seem.

``tests/io/test_poses.py`` reads a file of every format through `gait.load_poses`.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import gait
from gait.display_language import speak
from gait.errors import InputError
from gait.formatted_message import message_from_json
from gait.io.pose_readers import (
    READERS,
    detect_format,
    read_keypoints_csv,
    read_keypoints_json,
    read_openpose,
    read_trc,
)
from tests.walking_markers import FRAMES, LEGS, csv_lines, points_m, times, trc_text, write_openpose


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


# --- files as other programs and careless people leave them -----------------------------------------------------------


def legs_at(pose: xr.Dataset, frame: int) -> float:
    """How far the ankles are apart in one frame, as a share of their largest distance: tells when it was."""
    ankles = pose.position.sel(space="x").isel(individual=0)
    apart = (ankles.sel(keypoint="right_ankle") - ankles.sel(keypoint="left_ankle")).values
    return float(apart[frame])


def notes_of(pose: xr.Dataset) -> str:
    return "\n".join(map(message_from_json, pose.attrs["filming_warnings"].splitlines()))


def message_of(path: Path, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        gait.load_poses(path, **options)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    ("end", "encoding"),
    [("", "utf-8"), ("\ufeff", "utf-8"), ("", "utf-16"), ("sep=;\r\n", "cp1252"), ("sep=;\n", "utf-8")],
)
def test_keypoints_of_a_spreadsheet_with_decimal_commas(tmp_path: Path, end: str, encoding: str) -> None:
    text = end + "\r\n".join(csv_lines(separator=";")).replace(".", ",")
    (tmp_path / "run.csv").write_bytes(text.encode(encoding))
    (tmp_path / "plain.csv").write_text("\n".join(csv_lines()))
    pose, plain = gait.load_poses(tmp_path / "run.csv"), gait.load_poses(tmp_path / "plain.csv")
    assert pose.position.values == pytest.approx(plain.position.values)
    assert pose.fps == pytest.approx(60, rel=1e-3)


def test_deeplabcut_of_a_spreadsheet_and_rows_that_were_removed(tmp_path: Path) -> None:
    heads = ["scorer", "bodyparts", "coords"]
    cells = [["net", name, value] for name in LEGS for value in ("x", "y", "likelihood")]
    lines = [";".join([head, *(cell[n] for cell in cells)]) for n, head in enumerate(heads)]
    rows = csv_lines("frame", ";")[1:]
    del rows[10:14]
    (tmp_path / "run.csv").write_text("\ufeff" + "\n".join([*lines, *rows]).replace(".", ","), encoding="utf-8")
    pose = gait.load_poses(tmp_path / "run.csv", fps=60)
    assert pose.attrs["source_software"] == "DeepLabCut"
    assert pose.sizes["time"] == FRAMES
    assert np.isnan(pose.position.values[10:14]).all()
    assert "only 36 of 40 frames" in notes_of(pose)


# numbers in the names of OpenPose's files


def test_frames_without_a_file_are_gaps_at_their_times(tmp_path: Path) -> None:
    names = {frame: f"run_{frame + 1000:012d}_keypoints.json" for frame in range(FRAMES)}
    whole = gait.load_poses(write_openpose(tmp_path / "whole", names), fps=60)
    for frame in (3, 4, 20):
        del names[frame]
    pose = gait.load_poses(write_openpose(tmp_path / "gaps", names), fps=60)
    assert pose.time.values == pytest.approx(whole.time.values)
    assert np.isnan(pose.position.values[[3, 4, 20]]).all()
    assert legs_at(pose, 30) == legs_at(whole, 30)
    assert "only 37 of 40 frames" in notes_of(pose)
    assert "filming_warnings" not in whole.attrs


def test_numbers_without_zeros_in_front_are_counted_as_numbers(tmp_path: Path) -> None:
    plain = write_openpose(tmp_path / "plain", {n: f"{n}.json" for n in range(FRAMES)})
    whole = write_openpose(tmp_path / "whole", {n: f"a_{n:05d}_keypoints.json" for n in range(FRAMES)})
    pose, other = gait.load_poses(plain, fps=60), gait.load_poses(whole, fps=60)
    assert pose.position.values == pytest.approx(other.position.values, nan_ok=True)


def test_other_json_files_and_several_people(tmp_path: Path) -> None:
    folder = write_openpose(tmp_path / "op", {n: f"a_{n:05d}_keypoints.json" for n in range(FRAMES)}, people=3)
    (folder / "settings.json").write_text("{}")
    (folder / ".hidden_keypoints.json").write_text("{")
    pose = gait.load_poses(folder, fps=60)
    assert float(pose.position.max()) < 2000  # the most confident one


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({0: "a_01_keypoints.json", 1: "b_01_keypoints.json"}, "two files are of frame 1: a_01"),
        ({0: "a_1_keypoints.json", 1: "a_001_keypoints.json"}, "two files are of frame 1"),
        ({0: "a_1_keypoints.json", 1: "a_keypoints.json"}, "a_keypoints.json has no number of a frame"),
        ({0: "a_1_keypoints.json", 1: "a_900000000_keypoints.json"}, "frames are numbered 1 to 900000000"),
    ],
)
def test_numbers_that_cannot_be_are_one_line(tmp_path: Path, names: dict[int, str], message: str) -> None:
    assert message in message_of(write_openpose(tmp_path / "op", names), fps=60)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"people":' * 5000,
        '{"people": [{"pose_keypoints_2d": [1e999, NaN, Infinity]}]}',
        '{"people": [{"pose_keypoints_2d": [' + "9" * 5000 + "]}]}",
        '{"people": [{"pose_keypoints_2d": [' + "9" * 400 + ",1,1]}]}",
        '{"people": [{"pose_keypoints_2d": "abc"}]}',
        '{"people": {"0": 1}}',
        '{"people": null}',
        "\x00\x00",
        "",
    ],
    ids=lambda text: text[:20],
)
def test_json_that_is_no_pose_is_one_line(tmp_path: Path, text: str) -> None:
    folder = write_openpose(tmp_path / "op", {0: "a_0_keypoints.json"})
    (folder / "a_1_keypoints.json").write_text(text)
    with pytest.raises(InputError) as caught:
        gait.load_poses(folder, fps=60)
    assert "\n" not in str(caught.value)
    (tmp_path / "run.json").write_text(text)
    message_of(tmp_path / "run.json", fps=60)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gait.io.pose_readers.MAX_TEXT_BYTES", 1000)
    for name in ("run.json", "run.csv", "run.trc"):
        (tmp_path / name).write_text("x" * 1001)
        assert "at most 0 are read" in message_of(tmp_path / name, fps=60)


# markers


def trc(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_names_of_markers_in_german(tmp_path: Path, encoding: str) -> None:
    german = {"hip": "Hüfte", "knee": "Knie", "ankle": "Knöchel", "heel": "Ferse", "foot_index": "Großzehe"}
    names = [f"{german[name.split('_', 1)[1]]}_{name[0].upper()}" for name in LEGS]
    text = trc_text(names=names).replace(".", ",").replace("run,trc", "run.trc")
    pose = gait.load_poses(trc(tmp_path / "run.trc", text, encoding))
    assert set(pose.keypoint.values) == set(LEGS)
    assert float(pose.position.isel(time=0).sel(keypoint="left_hip", space="y", individual="runner")) < 200


def test_a_name_that_occurs_twice_is_named(tmp_path: Path) -> None:
    names = ["left_knee" if name == "left_heel" else name for name in LEGS]
    message = message_of(trc(tmp_path / "run.trc", trc_text(names=names)))
    assert "the name 'left_knee' is there 2 times, for points that lie apart" in message


def test_a_point_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    position = np.concatenate([points_m(), points_m()[:, :1]], axis=1)
    position[5:9, 0], position[20:25, -1] = np.nan, np.nan
    pose = gait.load_poses(trc(tmp_path / "run.trc", trc_text(names=[*LEGS, LEGS[0]], position=position)))
    assert not np.isnan(pose.position.values).any()


def test_a_marker_without_a_name_does_not_move_the_others(tmp_path: Path) -> None:
    position = np.concatenate([points_m()[:, :3], 9 + points_m()[:, :1], points_m()[:, 3:]], axis=1)
    pose = gait.load_poses(trc(tmp_path / "run.trc", trc_text(names=[*LEGS[:3], "", *LEGS[3:]], position=position)))
    plain = gait.load_poses(trc(tmp_path / "plain.trc", trc_text()))
    assert pose.position.values == pytest.approx(plain.position.values)


@pytest.mark.parametrize(
    ("scale", "unit", "note"),
    [
        (1, "m", None),
        (1000, "mm", None),
        (100, "cm", None),
        (1 / 0.0254, "in", None),
        (1000, "m", "its numbers were read as mm"),
        (100, "m", "its numbers were read as cm"),
        (1, "mm", "its numbers were read as m"),
        (1000, "", "the file states no unit; its numbers were read as mm"),
    ],
)
def test_the_unit_fits_a_body_or_is_told(tmp_path: Path, scale: float, unit: str, note: str | None) -> None:
    pose = gait.load_poses(trc(tmp_path / "run.trc", trc_text(scale, unit)))
    y = pose.position.isel(time=0, individual=0).sel(space="y")
    leg = float(y.sel(keypoint="left_ankle") - y.sel(keypoint="left_hip")) * pose.attrs["metres_per_px"]
    assert leg == pytest.approx(0.8, abs=0.01)
    assert (note is None) == ("filming_warnings" not in pose.attrs)
    assert note is None or note in notes_of(pose)


@pytest.mark.parametrize(("scale", "unit"), [(1 / 0.0254, "m"), (5, "mm"), (1e-3, "m"), (1e4, "")])
def test_a_body_that_fits_no_unit_is_refused(tmp_path: Path, scale: float, unit: str) -> None:
    assert "correct the unit in the file" in message_of(trc(tmp_path / "run.trc", trc_text(scale, unit)))


@pytest.mark.parametrize(
    ("time", "rate", "message"),
    [
        (np.where(times() > 0.3, times() - 0.2, times()), "60", "its times do not increase: 0.1"),
        (np.round(times(), 1), "60", "its times do not increase: 0 s follows 0 s in row 2"),
        (np.where(times() == times()[7], np.nan, times()), "60", "has no time in its row 8"),
        (times() * 3600, "60", "its times are 60 s apart"),
        (times() / 1e6, "60", "its times are 1.67e-08 s apart"),
    ],
)
def test_times_that_cannot_be_are_one_line(tmp_path: Path, time: np.ndarray, rate: str, message: str) -> None:
    path = trc(tmp_path / "run.trc", trc_text(time=time, rate=rate))
    assert message in message_of(path)
    assert gait.load_poses(path, fps=60).fps == 60  # frames can be counted instead


@pytest.mark.parametrize("rate", ["0", "-60", "nan", "inf", "", "sixty", "1e99"])
def test_a_rate_that_is_none_is_taken_from_the_times(tmp_path: Path, rate: str) -> None:
    assert gait.load_poses(trc(tmp_path / "run.trc", trc_text(rate=rate))).fps == pytest.approx(60, rel=1e-3)


def test_milliseconds_and_a_rate_that_contradicts_the_times_are_told(tmp_path: Path) -> None:
    pose = gait.load_poses(trc(tmp_path / "ms.trc", trc_text(time=1000 * times())))
    assert pose.fps == 60
    assert float(pose.time[-1]) == pytest.approx(times()[-1], rel=1e-4)
    assert "read as milliseconds" in notes_of(pose)
    with speak("de"):
        assert "als Millisekunden gelesen" in notes_of(pose)
    pose = gait.load_poses(trc(tmp_path / "rate.trc", trc_text(rate="100")))
    assert pose.fps == pytest.approx(60, rel=1e-3)
    assert "the file states 100 frames/s, but its times are those of 60" in notes_of(pose)


def test_numbers_that_are_none_are_gaps(tmp_path: Path) -> None:
    position = points_m()
    position[3, 0], position[4, 1], position[5, 2] = np.nan, np.inf, 1e30
    pose = gait.load_poses(trc(tmp_path / "run.trc", trc_text(position=position)))
    missing = np.isnan(pose.position.isel(individual=0, space=0).values)
    assert missing.sum() == 3
    assert pose.image_width < 5000


@given(st.data())
def test_no_damage_to_a_file_ends_in_a_traceback(data: st.DataObject) -> None:
    """Bytes changed, cut out, put in: a pose dataset, or one line."""
    whole = {"run.trc": trc_text(), "run.csv": "\n".join(csv_lines()), "frames.csv": "\n".join(csv_lines("frame"))}
    name = data.draw(st.sampled_from(sorted(whole)))
    content = bytearray(whole[name].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.one_of(st.integers(0, 600), st.integers(0, len(content))))
        length = data.draw(st.sampled_from([0, 0, 1, 5, 40]))
        new = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from([b"nan", b"1e400", b"\t", b"\n", b";", b"-1"]))
        )
        content[at : at + length] = new
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        with contextlib.suppress(InputError):
            pose = gait.load_poses(path, fps=None if name == "run.csv" else 60)
            assert np.isfinite(pose.time.values).all()
