"""Which clips make one session."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gait.batch.batch_source import plan_sessions
from gait.batch.planned_session import PlannedSession
from gait.batch.roster import read_roster
from gait.batch.storage import FolderListing
from gait.errors import InputError
from tests.batch.conftest import make_clips


def views_by_session(sessions: list[PlannedSession]) -> dict[str, list[str]]:
    return {s.name: [f"{Path(c.label).name}={c.view}" for c in s.clips] for s in sessions}


def test_clips_of_a_session_are_joined_side_first(tmp_path: Path) -> None:
    make_clips(tmp_path, "anna_rear.mp4", "Anna side.MOV", "anna-front.mp4", "ben.mp4", "notes.txt", ".hidden_side.mp4")
    found = views_by_session(plan_sessions(str(tmp_path)))
    assert list(found.values()) == [
        ["Anna side.MOV=side", "anna_rear.mp4=rear", "anna-front.mp4=front"],
        ["ben.mp4=auto"],
    ]


def test_folders_are_athletes(tmp_path: Path) -> None:
    make_clips(tmp_path, "Zoë/monday_side.mp4", "Zoë/monday_rear.mp4", "Бен/side.mp4", "Бен/2026-03/front.mp4")
    sessions = plan_sessions(str(tmp_path))
    assert sorted((s.athlete, s.name, len(s.clips)) for s in sessions) == [
        ("Zoë", "monday", 2),
        ("Бен", "Бен", 1),
        ("Бен", "Бен", 1),
    ]


@pytest.mark.parametrize(
    ("name", "athlete", "date"),
    [
        ("Anna/2026-03-01/side.mp4", "Anna", "2026-03-01"),
        ("2026-03-01/Anna/side.mp4", "Anna", "2026-03-01"),
        ("Anna/20260301/side.mp4", "Anna", "2026-03-01"),
        ("Anna/01.03.2026/side.mp4", "Anna", "2026-03-01"),
        ("Anna/2026/03/01/side.mp4", "Anna", "2026-03-01"),
        ("2026/March/Anna/side.mp4", "Anna", None),  # the camera decides among the days of March
        ("Anna/2026-W09/side.mp4", "Anna", None),
        ("w10/Anna/side.mp4", "Anna", None),
        ("Anna 2026-03-01/side.mp4", "Anna", "2026-03-01"),
        ("Anna/2026-03-01 morning/raw/side.mp4", "Anna", "2026-03-01"),
        ("Jan/1. März 2026/side.mp4", "Jan", "2026-03-01"),
        ("Anna/IMG_20260301_123456.mp4", "Anna", "2026-03-01"),
        ("May/side.mp4", "May", None),
        ("side 2026-03-01.mp4", None, "2026-03-01"),
    ],
)
def test_the_outermost_folder_is_the_athlete_and_a_date_is_a_date(
    name: str, athlete: str | None, date: str | None, tmp_path: Path
) -> None:
    (session,) = plan_sessions(str(make_clips(tmp_path, name)))
    assert (session.athlete, session.date) == (athlete, date)
    in_name = "IMG" in name or athlete is None
    assert session.date_from == (None if date is None else "name" if in_name else "folder")


def test_weeks_have_folders_of_their_own(tmp_path: Path) -> None:
    sessions = plan_sessions(str(make_clips(tmp_path, "Anna/2026-W09/side.mp4", "Anna/2026-W10/side.mp4")))
    assert sorted(s.slug for s in sessions) == ["2026-W09-Anna", "2026-W10-Anna"]


def test_the_roster_names_the_athlete_in_any_folder(tmp_path: Path) -> None:
    names = ("U20/anna_b/side.mp4", "U20/Müller, Zoe/side.mp4", "U20/Tom/side.mp4")
    clips = make_clips(tmp_path / "clips", *names)
    roster = tmp_path / "roster.csv"
    roster.write_text("name;height;aliases;squad\nAnna Berg;176;Anna B;U20\nZoë Muller;165,5;;U20\n", encoding="utf-8")
    sessions = {s.clips[0].label: s for s in plan_sessions(str(clips), height_m=1.8, roster=read_roster(str(roster)))}
    anna, zoe, tom = (sessions[name] for name in names)
    assert (anna.athlete, anna.height_m, anna.labels) == ("Anna Berg", 1.76, {"squad": "U20"})
    assert (zoe.athlete, zoe.height_m) == ("Zoë Muller", 1.655)
    assert (tom.athlete, tom.height_m, tom.remark) == ("Tom", 1.8, "Tom is not in the roster")


def test_an_ambiguous_athlete_fails_the_row_only(tmp_path: Path) -> None:
    clips = make_clips(tmp_path / "clips", "Anna/side.mp4", "Ben/side.mp4")
    roster = tmp_path / "r.csv"
    roster.write_text("name,aliases\nAnna Berg,Anna\nAnna Cox,Anna|AC\nBen,\n", encoding="utf-8")
    anna, ben = plan_sessions(str(clips), roster=read_roster(str(roster)))
    assert anna.problem is not None
    assert "may be Anna Berg or Anna Cox" in anna.problem
    assert ben.problem is None


def test_the_same_name_in_two_folders_is_two_sessions(tmp_path: Path) -> None:
    sessions = plan_sessions(str(make_clips(tmp_path, "a/run.mp4", "b/run.mp4")))
    assert sorted(s.slug for s in sessions) == ["a-run", "b-run"]


def test_names_that_differ_only_in_special_characters_get_folders_of_their_own(tmp_path: Path) -> None:
    names = ["run#1.mp4", "run?1.mp4", "RUN+1.mp4", "🏃.mp4", "con.mp4", "x" * 180 + ".mp4", "हिन्दी दौड़.mp4"]
    slugs = [s.slug for s in plan_sessions(str(make_clips(tmp_path, *names)))]
    assert len({slug.casefold() for slug in slugs}) == len(names)
    assert "con" not in slugs
    assert "हिन्दी-दौड़" in slugs
    for slug in slugs:
        assert len(slug.encode()) < 100
        assert not set(slug) & set(' /\\:*?"<>|#%+')


def test_a_folder_without_videos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no video in this folder"):
        plan_sessions(str(make_clips(tmp_path, "notes.txt")))
    with pytest.raises(InputError, match="no such folder"):
        plan_sessions(str(tmp_path / "missing"))


def test_videos_of_earlier_output_are_no_clips(tmp_path: Path) -> None:
    make_clips(tmp_path, "a.mp4", "out/a/side.mp4", "out/a/report.json", "a_gait/side.mp4", "a_gait/report.json")
    assert [s.name for s in plan_sessions(str(tmp_path), output=str(tmp_path / "out"))] == ["a"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep names as Unicode")
def test_names_that_are_no_utf8_links_and_pipes_do_not_end_the_plan(tmp_path: Path) -> None:
    make_clips(tmp_path, "M\udcfcller_side.mp4", "\udcff/run.mp4", "a\nb\x1b[31m_rear.mp4", "\u202egpj.mp4")
    (tmp_path / "loop.mp4").symlink_to("loop.mp4")
    (tmp_path / "dangling.mp4").symlink_to("gone.mp4")
    os.mkfifo(tmp_path / "pipe.mp4")
    sessions = plan_sessions(str(tmp_path), output=str(tmp_path / "out"))
    named = {s.name: s for s in sessions}
    assert named[r"M\xfcller"].clips[0].location == str(tmp_path / "M\udcfcller_side.mp4")
    assert named[r"M\xfcller"].slug == "M-xfcller"
    assert len(sessions) == 7
    for session in sessions:
        assert "".join((session.name, session.athlete or "", session.slug, session.clips[0].label)).encode()
        assert not set(session.slug) & set("\n\x1b\u202e")


def test_a_long_name_gives_a_folder_that_no_other_long_name_gives(tmp_path: Path) -> None:
    first, second = "ü" * 110 + "a", "ü" * 110 + "b"
    slugs = {
        name: plan_sessions(str(make_clips(tmp_path / name[-1], f"{name}.mp4")))[0].slug for name in (first, second)
    }
    assert len(set(slugs.values())) == 2
    assert all(len(slug.encode()) <= 80 for slug in slugs.values())


def test_a_folder_that_cannot_be_read_is_a_session_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_clips(tmp_path, "a.mp4")
    listing = FolderListing(("a.mp4",), (("locked", "Permission denied"),))
    monkeypatch.setattr("gait.batch.batch_source.list_videos", lambda source: listing)
    _, locked = plan_sessions(str(tmp_path))
    assert (locked.name, locked.problem) == ("locked", "this folder cannot be read: Permission denied")
