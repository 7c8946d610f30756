"""Codes of errors and refusals become options."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from gait.cli.error_hints import HINTS, hint_for, options_that_help, with_hint
from gait.cli.main import app
from tests.conftest import REPOSITORY


def options_of(name: str) -> set[str]:
    command = get_command(app).commands[name]
    commands = getattr(command, "commands", {name: command}).values()
    return {option for one in commands for parameter in one.params for option in parameter.opts}


@pytest.mark.parametrize("code", HINTS)
def test_the_option_of_a_hint_exists_in_its_commands(code: str) -> None:
    for command in HINTS[code].commands:
        assert HINTS[code].usage.split()[0] in options_of(command), command


@pytest.mark.parametrize("code", [code for code, hint in HINTS.items() if not hint.commands])
def test_a_command_in_a_hint_exists(code: str) -> None:
    program, command, *rest = shlex.split(HINTS[code].usage)
    assert program == "gait"
    group = get_command(app).commands[command]
    assert not hasattr(group, "commands") or rest[0] in group.commands


def test_every_code_is_used_by_some_room() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in rooms_below())
    unused = [code for code in HINTS if f'"{code}"' not in sources]
    assert not unused


def test_no_room_below_the_command_line_names_an_option() -> None:
    names = {option for command in get_command(app).commands for option in options_of(command)}
    for path in rooms_below():
        text = path.read_text(encoding="utf-8")
        own = set(re.findall(r"add_argument\((?:\s*\"-\w\",)?\s*\"(--[a-z-]+)\"", text))  # of a command of its own
        found = set(re.findall(r"(?<![-\w])--[a-z][a-z-]+", text)) & names - own
        assert not found, f"{path}: {found}"


def rooms_below() -> list[Path]:
    package = REPOSITORY / "gait"
    return [path for path in package.rglob("*.py") if "cli" not in path.relative_to(package).parts]


def test_the_running_command_is_not_repeated() -> None:
    assert hint_for("height_missing", command="poses") == "--height 178"
    assert hint_for("height_missing", command="export") == "gait analyze --height 178"
    assert hint_for("history_missing", command="history") == "gait history add DIR"
    assert hint_for("not_visible") is None
    assert hint_for(None) is None


def test_a_message_ends_with_its_option() -> None:
    assert with_hint("no height was given.", "height_missing") == "no height was given (--height 178)"
    assert with_hint("the legs are hidden", "not_visible") == "the legs are hidden"


def test_options_that_help_are_listed_once() -> None:
    codes = ["height_missing", None, "not_visible", "height_missing", "speed_unknown"]
    assert options_that_help(codes, command="analyze") == (
        "Options that help: --height 178 (lengths in centimetres), --speed 10.5 (ordinary ranges for this speed)"
    )
    assert options_that_help(["not_visible", "history_missing"]) is None
