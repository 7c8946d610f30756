"""Sessions from a manifest; a bad value fails its row only."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.batch.batch_source import plan_sessions
from gait.batch.planned_session import PlannedSession
from gait.errors import InputError
from tests.batch.conftest import make_clips


def manifest(folder: Path, text: str, encoding: str = "utf-8") -> list[PlannedSession]:
    make_clips(folder, "a.mp4", "b.mp4", "sub/c.mp4")
    path = folder / "week.csv"
    path.write_bytes(text.encode(encoding))
    return plan_sessions(str(path))


def test_a_manifest_gives_everything(tmp_path: Path) -> None:
    text = "file,athlete,date,height,speed,view,session,Shoe\na.mp4,Anna,2026-03-01,178,10.8,behind,Mon,Vaporfly\n"
    (one,) = manifest(tmp_path, text)
    assert (one.athlete, one.date, one.name, one.height_m) == ("Anna", "2026-03-01", "Mon", 1.78)
    assert one.speed_mps == pytest.approx(3.0)
    (clip,) = one.clips
    assert (clip.view, clip.view_given, clip.extra) == ("rear", True, {"Shoe": "Vaporfly"})
    assert Path(clip.location) == tmp_path / "a.mp4"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_all_spreadsheets_are_read(tmp_path: Path, encoding: str) -> None:
    text = "File;Athlete;Height\r\na.mp4;Jürgen;178,5\r\n\r\n;;\r\nsub/c.mp4;Zoë;\r\n"
    first, second = manifest(tmp_path, text, encoding)
    assert (first.athlete, first.height_m, second.athlete) == ("Jürgen", pytest.approx(1.785), "Zoë")


def test_rows_of_one_session_are_joined(tmp_path: Path) -> None:
    text = "file,athlete,session,height\na.mp4,Anna,s1,170\nb.mp4,anna,S1,\nsub/c.mp4,Ben,s1,\n"
    sessions = manifest(tmp_path, text)
    assert [(s.athlete, len(s.clips), s.height_m) for s in sessions] == [("Anna", 2, 1.7), ("Ben", 1, None)]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("a.mp4,tall,,,", "row 2: height 'tall' is not a number; give cm"),
        ("a.mp4,1.78,,,", "row 2: height 1.78 is outside 120 to 220 cm"),
        ("a.mp4,,99,,", "row 2: speed 99 is outside 3 to 30 km/h"),
        ("a.mp4,,,above,", "row 2: view 'above' is unknown; choose from: auto, side, rear, front"),
        ("a.mp4,,,,31.02.2026", "row 2: date '31.02.2026' is not a day; write it like 2026-03-01"),
        ("gone.mp4,,,,", "gone.mp4: no such file"),
        (",178,,,", "row 2: the cell 'file' is empty"),
        ("a.mp4,,,,,,,", None),
        ("a.mp4,,,,,,,much", "has 8 cells, the header 5"),
    ],
)
def test_a_bad_value_is_the_problem_of_its_row_only(tmp_path: Path, cells: str, message: str | None) -> None:
    sessions = manifest(tmp_path, f"file,height,speed,view,date\n{cells}\nb.mp4,,,,\n")
    assert len(sessions) == 2
    problem = sessions[0].clips[0].problem
    assert (problem is None) if message is None else (problem is not None and message in problem)
    assert sessions[1].clips[0].problem is None


def test_rows_that_contradict_each_other_fail_their_session(tmp_path: Path) -> None:
    (one,) = manifest(tmp_path, "file,session,height\na.mp4,s,170\nb.mp4,s,180\n")
    assert one.problem == "its rows have different heights (170 and 180 cm); a session is one run"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no column 'file' (it is empty)"),
        ("video,athlete\na.mp4,Anna\n", "has no column 'file' (found: video, athlete)"),
        ("file,height,Height\na.mp4,1,2\n", "the column 'height' is there twice"),
        ("file,height\n", "no row below the header"),
    ],
)
def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        manifest(tmp_path, text)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\nfile;athlete;height\r\na.mp4;Anna;176,5\r\n",
        "\ufeffsep=;\nfile;athlete;height\na.mp4;Anna;176,5\n",
        '"sep=\t"\nfile\tathlete\theight\na.mp4\tAnna\t176.5\n',
        "SEP=|\nfile|athlete|height\na.mp4|Anna|176,5\n",
        'sep=;;;\n"file";"athlete";"height"\n"a.mp4";"Anna";"176,5"\n',
        "file,athlete,height\ra.mp4,Anna,176.5\r",
        '"file";"athlete";"height";"a, b, c, d"\na.mp4;Anna;\u00a0176,5;x\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_separators_of_all_spreadsheets_are_read(tmp_path: Path, text: str, encoding: str) -> None:
    (one,) = manifest(tmp_path, text, encoding)
    assert (one.athlete, one.height_m, one.clips[0].problem) == ("Anna", pytest.approx(1.765), None)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "a\0b.mp4",
            "reference://x.mp4",
            "zip://x.mp4::a.mp4",
            "ftp://host/a.mp4",
            "file://server/a.mp4",
            "\x1b[31m.mp4",
        ),
        *("http://[x/a.mp4", "S3://b\x07/a.mp4", "file:///a%00.mp4", "x" * 300 + ".mp4", "data:video/mp4;base64,AAAA"),
        *("../" * 2000 + "a.mp4", "~/a.mp4", "NUL", ".", "\u202egpj.mp4"),
    ],
)
def test_a_name_that_is_no_clip_fails_its_row_in_one_line(tmp_path: Path, cell: str) -> None:
    sessions = manifest(tmp_path, f"file,athlete\n{cell},Eve\nb.mp4,Ben\n")
    assert sessions[1].clips[0].problem is None
    problem = sessions[0].clips[0].problem
    assert problem is not None
    assert problem.startswith("row 2: ")
    assert "\n" not in problem


def test_quotation_marks_that_are_not_closed_do_not_swallow_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 2 has a quotation mark that is not closed"):
        manifest(tmp_path, 'file,athlete\na.mp4,"Anna\nb.mp4,Ben\n')


@pytest.mark.parametrize("content", [b"PK\x03\x04xlsx", bytes(range(256)) * 8, b"\x89HDF\r\n\x1a\n" + bytes(500)])
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "week.csv").write_bytes(content)
    with pytest.raises(InputError) as caught:
        plan_sessions(str(tmp_path / "week.csv"))
    assert len(str(caught.value).splitlines()) == 1


def test_heights_and_speeds_come_in_units_of_choice(tmp_path: Path) -> None:
    text = 'file,height,leg_length,speed\na.mp4,"5\'10""",0.92 m,6.3mph\nb.mp4,178cm,36in,5:15/km\n'
    first, second = manifest(tmp_path, text)
    assert (first.height_m, first.leg_length_m, first.speed_mps) == pytest.approx((1.778, 0.92, 6.3 * 1.609344 / 3.6))
    assert (second.height_m, second.leg_length_m, second.speed_mps) == pytest.approx((1.78, 0.9144, 1000 / 315))
