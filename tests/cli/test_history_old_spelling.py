"""``gait history`` in the spelling of version 0.1: works as before and names the new spelling."""

from __future__ import annotations

import io
import shlex
from pathlib import Path

import pytest

from gait.history.athlete_history import History
from tests.cli.conftest import Outcome, assert_refused, saved
from tests.made_reports import measured, report


def assert_done(outcome: Outcome, *new_spelling: str) -> None:
    """Check for success and one line on standard error that names the new spelling."""
    assert outcome.code == 0, outcome.err
    assert outcome.err == f"gait: this spelling is deprecated; the new one is: {'; '.join(new_spelling)}\n"


def test_without_a_history_it_says_how_to_begin(gait, tmp_path: Path) -> None:
    outcome = gait("history")
    assert_done(outcome, "gait history list")
    assert "No history yet" in outcome.out
    assert not (tmp_path / "history.db").exists()
    assert_refused(gait("history", "Anna"))


def test_adding_and_merging(gait, history_file: Path, tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", report(measured("cadence", 150.0), name="Annna"))
    outcome = gait("history", "--add", folder, "--date", "2026-04-01")
    assert_done(outcome, f"gait history add {folder} --date 2026-04-01")
    assert "Annna, 2026-04-01: session 5 added." in outcome.out
    assert "gait history merge Annna Anna" in outcome.out
    assert "was there already" in gait("history", "--add", folder).out
    assert_done(gait("history", "Annna", "--merge", "Anna"), "gait history merge Annna Anna")
    assert "Annna" not in gait("history").out


def test_adding_under_a_name_with_a_session(gait, tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", report())
    outcome = gait("history", "Anna Berg", "--add", folder, "--session", "first", "--db", "team.db")
    assert_done(outcome, f"gait history add {folder} --name 'Anna Berg' --session first --db team.db")
    with History(tmp_path / "team.db") as history:
        assert list(history.sessions("Anna Berg")["name"]) == ["first"]


def test_the_list(gait, history_file: Path) -> None:
    outcome = gait("history")
    assert_done(outcome, "gait history list")
    assert "Anna" in outcome.out
    assert "2026-03-01" in outcome.out
    assert "gait history merge Ana Anna" in outcome.out


def test_an_athlete(gait, history_file: Path) -> None:
    outcome = gait("history", "anna")
    assert_done(outcome, "gait history show anna")
    assert "+12.0" in outcome.out
    assert outcome.out == gait("history", "show", "anna").out


def test_one_metric(gait, history_file: Path) -> None:
    outcome = gait("history", "Anna", "--metric", "cadence")
    assert_done(outcome, "gait history metric Anna cadence")
    assert outcome.out == gait("history", "metric", "Anna", "cadence").out
    assert gait("history", "Anna", "--metric", "cadance").code == 2


def test_the_page(gait, history_file: Path, tmp_path: Path) -> None:
    assert_done(gait("history", "Anna", "--page", "anna.html"), "gait history page Anna anna.html")
    assert (tmp_path / "anna.html").is_file()
    assert gait("history", "Anna", "--page", "nowhere/anna.html").code == 2
    assert gait("history", "Anna", "--page", "anna.png").code == 2


def test_deleting_asks_first(gait, history_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    outcome = gait("history", "Anna", "--delete")
    assert outcome.code == 2
    assert "nothing was deleted" in outcome.err
    assert_done(gait("history", "Anna", "--delete", "--yes"), "gait history delete Anna --yes")
    assert b"Anna" not in history_file.read_bytes()
    assert gait("history", "Anna").code == 2


def test_removing_and_renaming(gait, history_file: Path) -> None:
    assert_done(gait("history", "Anna", "--remove", "1", "--yes"), "gait history remove 1 --yes")
    assert_done(gait("history", "Anna", "--rename", "Eva"), "gait history rename Anna Eva")
    assert "2026-01-01" not in gait("history", "Eva").out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--merge", "Anna"],
        ["--delete"],
        ["--page", "x.html"],
        ["Anna", "--merge", "Tom", "--rename", "Tim"],
        ["Anna", "--date", "2026-01-01"],
        ["--add", "nowhere"],
        ["Anna", "--merge", "Nobody"],
        ["--remove", "999", "--yes"],
        ["--db", "."],
        ["--backup", "nowhere/copy.db"],
    ],
)
def test_unusable_arguments_are_refused_in_one_line(gait, history_file: Path, arguments: list[str]) -> None:
    assert_refused(gait("history", *arguments))


def test_several_wishes_at_once(gait, history_file: Path, tmp_path: Path) -> None:
    outcome = gait("history", "--export", "out", "--backup", "copy.db")
    assert_done(outcome, "gait history backup copy.db", "gait history export out")
    assert (tmp_path / "out" / "measurements.csv").is_file()
    with History(tmp_path / "copy.db") as copied:
        assert len(copied.athletes()) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["Anna"],
        ["Anna", "--metric", "cadence"],
        ["Anna", "--page", "a.html"],
        ["Anna", "--rename", "Eva"],
        ["Ana", "--merge", "Anna"],
        ["Anna", "--export", "out"],
        ["Anna", "--delete", "--yes"],
        ["--remove", "1", "--yes", "--db", "history.db"],
    ],
)
def test_the_new_spelling_does_the_same(gait, history_file: Path, tmp_path: Path, arguments: list[str]) -> None:
    content = history_file.read_bytes()
    old = gait("history", *arguments)
    history_file.write_bytes(content)
    for left_over in tmp_path.glob("history.db-*"):
        left_over.unlink()
    line = old.err.partition("the new one is: ")[2]
    new = gait(*shlex.split(line)[1:])
    assert (new.code, new.out, new.err) == (0, old.out, "")
