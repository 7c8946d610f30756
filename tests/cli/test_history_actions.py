"""What ``gait history`` changes and writes, and what it says about it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.cli.conftest import saved
from tests.made_reports import measured, report


def test_adding_says_what_was_done_and_suggests_similar_names(gait, history_file: Path, tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", report(measured("cadence", 150.0), name="Annna"))
    outcome = gait("history", "add", folder, "--date", "2026-04-01")
    assert "Annna, 2026-04-01: session 5 added." in outcome.out
    assert "gait history merge Annna Anna" in outcome.out
    assert "was there already" in gait("history", "add", folder).out
    assert gait("history", "merge", "Annna", "Anna").code == 0
    assert "Annna" not in gait("history", "list").out


def test_several_folders_are_added_at_once(gait, tmp_path: Path) -> None:
    folders = [saved(tmp_path / str(n), report(measured("cadence", 150.0 + n))) for n in range(3)]
    outcome = gait("history", "add", *folders, "--name", "Anna Berg")
    assert outcome.out.count("Anna Berg, ") == 3


def test_renaming_keeps_the_sessions(gait, history_file: Path) -> None:
    assert "Anna is now Anna Berg." in gait("history", "rename", "Anna", "Anna Berg").out
    assert "2026-03-01" in gait("history", "show", "Anna Berg").out


def test_removing_a_session_asks_first(gait, history_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    outcome = gait("history", "remove", "1")
    assert (outcome.code, "nothing was deleted" in outcome.err) == (2, True)
    assert "Session 1 is deleted." in gait("history", "remove", "1", "--yes").out
    assert "2026-01-01" not in gait("history", "show", "Anna").out


def test_deleting_asks_first(gait, history_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    outcome = gait("history", "delete", "Anna")
    assert outcome.code == 2
    assert "nothing was deleted" in outcome.err
    assert gait("history", "delete", "Anna", "--yes").code == 0
    assert b"Anna" not in history_file.read_bytes()
    assert gait("history", "show", "Anna").code == 2


def test_the_page_is_self_contained(gait, history_file: Path, tmp_path: Path) -> None:
    assert gait("history", "page", "Anna", "anna.html").code == 0
    page = (tmp_path / "anna.html").read_text(encoding="utf-8")
    assert page.count('class="plot over"') == 3
    assert "ring" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
