"""Which clips make one session."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.batch.session_plan import PlannedSession, read_source, split_name
from gait.errors import InputError


def clips(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def told(sessions: list[PlannedSession]) -> dict[str, list[str]]:
    return {s.name: [f"{Path(c.shown).name}={c.view}" for c in s.clips] for s in sessions}


@pytest.mark.parametrize(
    ("stem", "session", "view"),
    [
        ("anna_side", "anna", "side"),
        ("anna - rear", "anna", "rear"),
        ("Anna from behind 2", "Anna 2", "rear"),
        ("2026-03-01-front", "2026-03-01", "front"),
        ("anna left", "anna", "side"),
        ("anna_side_left", "anna", "side"),
        ("IMG.front.view", "IMG", "front"),
        ("side", "", "side"),
        ("insider", "insider", "auto"),
        ("Лена_back", "Лена", "rear"),
    ],
)
def test_a_name_says_session_and_view(stem: str, session: str, view: str) -> None:
    assert split_name(stem) == (session, view)


def test_clips_of_a_session_are_joined_side_first(tmp_path: Path) -> None:
    clips(tmp_path, "anna_rear.mp4", "Anna side.MOV", "anna-front.mp4", "ben.mp4", "notes.txt", ".hidden_side.mp4")
    found = told(read_source(str(tmp_path)))
    assert list(found.values()) == [
        ["Anna side.MOV=side", "anna_rear.mp4=rear", "anna-front.mp4=front"],
        ["ben.mp4=auto"],
    ]


def test_folders_are_athletes(tmp_path: Path) -> None:
    clips(tmp_path, "Zoë/monday_side.mp4", "Zoë/monday_rear.mp4", "Бен/side.mp4", "Бен/2026/front.mp4")
    sessions = read_source(str(tmp_path))
    assert {(s.athlete, s.name, len(s.clips)) for s in sessions} == {
        ("Zoë", "monday", 2),
        ("Бен", "Бен", 1),
        ("2026", "2026", 1),
    }


def test_the_same_name_in_two_folders_is_two_sessions(tmp_path: Path) -> None:
    sessions = read_source(str(clips(tmp_path, "a/run.mp4", "b/run.mp4")))
    assert sorted(s.slug for s in sessions) == ["a-run", "b-run"]


def test_names_that_only_differ_in_odd_signs_get_folders_of_their_own(tmp_path: Path) -> None:
    names = ["run#1.mp4", "run?1.mp4", "RUN+1.mp4", "🏃.mp4", "con.mp4", "x" * 180 + ".mp4", "हिन्दी दौड़.mp4"]
    slugs = [s.slug for s in read_source(str(clips(tmp_path, *names)))]
    assert len({slug.casefold() for slug in slugs}) == len(names)
    assert "con" not in slugs
    assert "हिन्दी-दौड़" in slugs
    for slug in slugs:
        assert len(slug.encode()) < 100
        assert not set(slug) & set(' /\\:*?"<>|#%+')


def test_a_folder_without_videos_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no video in this folder"):
        read_source(str(clips(tmp_path, "notes.txt")))
    with pytest.raises(InputError, match="no such folder"):
        read_source(str(tmp_path / "missing"))


def test_earlier_output_is_no_clip(tmp_path: Path) -> None:
    clips(tmp_path, "a.mp4", "out/a/side.mp4", "a_gait/side.mp4", "a_gait/report.json")
    assert [s.name for s in read_source(str(tmp_path), beside=str(tmp_path / "out"))] == ["a"]


# --- manifests ---


def manifest(folder: Path, text: str, encoding: str = "utf-8") -> list[PlannedSession]:
    clips(folder, "a.mp4", "b.mp4", "sub/c.mp4")
    path = folder / "week.csv"
    path.write_bytes(text.encode(encoding))
    return read_source(str(path))


def test_a_manifest_says_everything(tmp_path: Path) -> None:
    text = "file,athlete,date,height,speed,view,session,Shoe\na.mp4,Anna,2026-03-01,178,10.8,behind,Mon,Vaporfly\n"
    (one,) = manifest(tmp_path, text)
    assert (one.athlete, one.date, one.name, one.height_m) == ("Anna", "2026-03-01", "Mon", 1.78)
    assert one.speed_mps == pytest.approx(3.0)
    (clip,) = one.clips
    assert (clip.view, clip.said, clip.extra) == ("rear", True, {"Shoe": "Vaporfly"})
    assert Path(clip.place) == tmp_path / "a.mp4"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_spreadsheets_of_all_kinds(tmp_path: Path, encoding: str) -> None:
    text = "File;Athlete;Height\r\na.mp4;Jürgen;178,5\r\n\r\n;;\r\nsub/c.mp4;Zoë;\r\n"
    first, second = manifest(tmp_path, text, encoding)
    assert (first.athlete, first.height_m, second.athlete) == ("Jürgen", pytest.approx(1.785), "Zoë")


def test_a_session_joins_rows(tmp_path: Path) -> None:
    text = "file,athlete,session,height\na.mp4,Anna,s1,170\nb.mp4,anna,S1,\nsub/c.mp4,Ben,s1,\n"
    sessions = manifest(tmp_path, text)
    assert [(s.athlete, len(s.clips), s.height_m) for s in sessions] == [("Anna", 2, 1.7), ("Ben", 1, None)]


@pytest.mark.parametrize(
    ("cells", "said"),
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
def test_a_bad_value_is_the_problem_of_its_row_only(tmp_path: Path, cells: str, said: str | None) -> None:
    sessions = manifest(tmp_path, f"file,height,speed,view,date\n{cells}\nb.mp4,,,,\n")
    assert len(sessions) == 2
    problem = sessions[0].clips[0].problem
    assert (problem is None) if said is None else (problem is not None and said in problem)
    assert sessions[1].clips[0].problem is None


def test_rows_that_contradict_each_other(tmp_path: Path) -> None:
    (one,) = manifest(tmp_path, "file,session,height\na.mp4,s,170\nb.mp4,s,180\n")
    assert one.problem == "its rows have different heights (170 and 180 cm); a session is one run"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no column 'file' (it is empty)"),
        ("video,athlete\na.mp4,Anna\n", "has no column 'file' (found: video, athlete)"),
        ("file,height,Height\na.mp4,1,2\n", "the column 'height' is there twice"),
        ("file,height\n", "no row below the header"),
    ],
)
def test_a_manifest_that_is_none(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        manifest(tmp_path, text)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
