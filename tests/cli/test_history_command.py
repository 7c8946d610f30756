"""``gait history``: the sub-commands, and how they are told from the old spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.history.athlete_history import History
from tests.cli.conftest import assert_refused, saved
from tests.made_reports import report

SUB_COMMANDS = (
    "list",
    "show",
    "metric",
    "page",
    "season",
    "add",
    "rename",
    "merge",
    "remove",
    "delete",
    "export",
    "backup",
)


def test_help_lists_the_sub_commands_and_hides_the_old_spelling(gait) -> None:
    outcome = gait("history", "--help")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.partition("Commands:\n")[2].splitlines()
    assert tuple(line.split()[0] for line in lines) == SUB_COMMANDS


def test_without_a_history_it_says_how_to_begin(gait, tmp_path: Path) -> None:
    outcome = gait("history", "list")
    assert (outcome.code, outcome.err) == (0, "")
    assert "No history yet" in outcome.out
    assert "gait history add DIR" in outcome.out
    assert not (tmp_path / "history.db").exists()
    assert_refused(gait("history", "show", "Anna"), "gait history add DIR")


def test_an_athlete_named_like_a_sub_command_is_reachable(gait, tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", report())
    assert gait("history", "add", folder, "--name", "list").code == 0
    outcome = gait("history", "show", "list")
    assert (outcome.code, outcome.err) == (0, "")
    assert "2 athletes" not in outcome.out
    assert gait("history", "rename", "list", "add").code == 0
    assert gait("history", "merge", "add", "add").code == 2
    assert gait("history", "delete", "add", "--yes").code == 0


@pytest.mark.parametrize("command", ["list", "show Anna", "metric Anna cadence", "export out", "backup copy.db"])
def test_every_sub_command_takes_another_history(gait, history_file: Path, tmp_path: Path, command: str) -> None:
    history_file.rename(tmp_path / "team.db")
    outcome = gait("history", *command.split(), "--db", "team.db")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out
    assert not history_file.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["show"],
        ["show", "Nobody"],
        ["metric", "Anna"],
        ["metric", "Anna", "cadance"],
        ["page", "Anna", "anna.png"],
        ["page", "Anna", "nowhere/anna.html"],
        ["add"],
        ["add", "nowhere"],
        ["merge", "Anna", "Nobody"],
        ["merge", "Anna"],
        ["rename", "Anna", "Ana"],
        ["remove", "999", "--yes"],
        ["remove", "one"],
        ["list", "--db", "."],
        ["backup", "nowhere/copy.db"],
        ["shwo", "Anna"],
    ],
)
def test_unusable_arguments_are_refused_in_one_line(gait, history_file: Path, arguments: list[str]) -> None:
    assert_refused(gait("history", *arguments))


def test_usage_errors_name_the_right_help(gait, history_file: Path) -> None:
    assert "(see: gait history show --help)" in gait("history", "show").err
    assert "(see: gait history --help)" in gait("history", "Anna", "--metrc", "cadence").err


def test_export_and_backup(gait, history_file: Path, tmp_path: Path) -> None:
    assert gait("history", "export", "out").code == 0
    assert gait("history", "backup", "copy.db").code == 0
    assert (tmp_path / "out" / "measurements.csv").is_file()
    with History(tmp_path / "copy.db") as copied:
        assert len(copied.athletes()) == 2
