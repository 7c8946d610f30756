"""Which clips make one session."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.batch.batch_source import plan_sessions
from gait.batch.planned_session import PlannedSession
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
    make_clips(tmp_path, "Zoë/monday_side.mp4", "Zoë/monday_rear.mp4", "Бен/side.mp4", "Бен/2026/front.mp4")
    sessions = plan_sessions(str(tmp_path))
    assert {(s.athlete, s.name, len(s.clips)) for s in sessions} == {
        ("Zoë", "monday", 2),
        ("Бен", "Бен", 1),
        ("2026", "2026", 1),
    }


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
    make_clips(tmp_path, "a.mp4", "out/a/side.mp4", "a_gait/side.mp4", "a_gait/report.json")
    assert [s.name for s in plan_sessions(str(tmp_path), output=str(tmp_path / "out"))] == ["a"]
