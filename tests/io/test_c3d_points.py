"""C3D files that are damaged end in one line, whatever the library does with them."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

import gait
from gait.errors import InputError
from gait.formatted_message import message_from_json
from gait.io import c3d_points
from gait.io.c3d_points import check_c3d_header, read_c3d_points
from tests.walking_markers import FPS, LEGS, points_m

ezc3d = pytest.importorskip("ezc3d", reason="the extra [export] is not installed")


def write(path: Path, *, names: list[str] = LEGS, unit: str = "mm", scale: float = 1000.0) -> Path:
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [FPS]
    file["parameters"]["POINT"]["LABELS"]["value"] = names
    file["parameters"]["POINT"]["UNITS"]["value"] = [unit]
    points = np.ones((4, len(names), len(points_m())))
    points[:3] = scale * points_m().transpose(2, 1, 0)[:, : len(names)]
    file["data"]["points"] = points
    file.write(str(path))
    return path


def test_points_names_rate_and_unit_are_read(tmp_path: Path) -> None:
    read = read_c3d_points(write(tmp_path / "run.c3d"))
    assert read.names == LEGS
    assert read.position == pytest.approx(1000 * points_m(), abs=0.1)
    assert (read.rate, read.unit, read.first) == (FPS, "mm", 0)


def test_names_in_windows_1252_and_a_name_with_other_bytes(tmp_path: Path) -> None:
    names = [n.replace("left_hip", "Haefte_L").replace("right_hip", "Haefte_R") for n in LEGS]
    path = write(tmp_path / "run.c3d", names=names)
    path.write_bytes(path.read_bytes().replace(b"Haefte", b"H\xfcfte "))
    other = path.rename(tmp_path / os.fsdecode(b"M\xfcller.c3d")) if sys.platform == "linux" else path
    assert {"left_hip", "right_hip"} <= set(gait.load_poses(other).keypoint.values)


@pytest.mark.parametrize(
    ("unit", "scale", "note"),
    [("mm", 1000.0, ""), ("cm", 100.0, ""), ("m", 1000.0, "read as mm"), ("", 1000.0, "read as mm")],
)
def test_a_wrong_or_missing_unit_is_told(tmp_path: Path, unit: str, scale: float, note: str) -> None:
    pose = gait.load_poses(write(tmp_path / "run.c3d", unit=unit, scale=scale))
    hip, ankle = (pose.position.sel(keypoint=f"left_{joint}", space="y").mean() for joint in ("hip", "ankle"))
    assert float(ankle - hip) * pose.attrs["metres_per_px"] == pytest.approx(0.8, abs=0.02)
    assert note in message_from_json(pose.attrs.get("filming_warnings", ""))


def test_a_rate_of_zero_needs_one_from_the_caller(tmp_path: Path) -> None:
    path = write(tmp_path / "run.c3d")
    path.write_bytes(path.read_bytes().replace(struct.pack("<f", FPS), bytes(4)))
    with pytest.raises(InputError, match="states no frame rate"):
        gait.load_poses(path)
    assert gait.load_poses(path, fps=60).sizes["time"] == len(points_m())


def damaged(path: Path, changes: dict[int, bytes]) -> Path:
    content = bytearray(write(path).read_bytes())
    for at, new in changes.items():
        content[at : at + len(new)] = new
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "changes",
    [
        {0: b"\x00"},
        {0: b"\xff"},
        {1: b"\x00"},
        {2: struct.pack("<H", 65535)},  # points
        {8: struct.pack("<H", 65535)},  # last frame
        {6: b"\xff\xff", 8: b"\x00\x00"},  # frames run backwards
        {16: b"\xff\xff"},  # where the data begin
        {512: b"\xff" * 200},
        {514: b"\xff"},
    ],
    ids=str,
)
def test_a_damaged_header_is_one_line(tmp_path: Path, changes: dict[int, bytes]) -> None:
    path = damaged(tmp_path / "run.c3d", changes)
    message = _error_of(path)
    assert message is None or (message.startswith(str(path)) and "\n" not in message)


def _error_of(path: Path) -> str | None:
    try:
        gait.load_poses(path)
    except InputError as error:
        return str(error)
    return None


@pytest.mark.parametrize("kept", [0, 1, 511, 1100, 5000])
def test_a_file_that_is_cut_off_is_one_line(tmp_path: Path, kept: int) -> None:
    path = write(tmp_path / "run.c3d")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match=r"run\.c3d: .*(not a readable C3D|cut off)"):
        gait.load_poses(path)


def test_a_library_that_crashes_or_hangs_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "run.c3d")
    for fault in ("import os; os.abort()", "import time; time.sleep(60)"):
        (tmp_path / "ezc3d.py").write_text(fault)
        monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
        monkeypatch.setattr(c3d_points, "TIME_LIMIT_S", 3.0)
        with pytest.raises(InputError, match="is not a readable C3D file"):
            read_c3d_points(path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "run.c3d")
    with pytest.raises(InputError, match="is not a file"):
        check_c3d_header(tmp_path / "run.c3d")
