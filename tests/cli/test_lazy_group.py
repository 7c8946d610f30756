"""The list of commands, against the commands themselves."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from typer.main import get_command

from gait.cli.lazy_group import COMMANDS
from gait.cli.main import app
from tests.cli.conftest import assert_refused


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_in_the_list_is_the_first_line_of_the_help(gait, name: str) -> None:
    command = get_command(app).commands[name]
    assert command.get_short_help_str(200) == COMMANDS[name]
    outcome = gait(name, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert f"Usage: gait {name} " in outcome.out
    assert COMMANDS[name].split(",")[0] in " ".join(outcome.out.split())


def test_help_lists_every_command_in_one_line(gait) -> None:
    lines = gait("--help").out.partition("Commands:\n")[2].splitlines()
    assert [line.split(maxsplit=1) for line in lines] == [[name, text] for name, text in COMMANDS.items()]


def test_a_misspelt_command_brings_up_the_right_one(gait) -> None:
    assert_refused(gait("analyse", "run.mp4"), "No such command 'analyse'. Did you mean 'analyze'?")


def test_help_imports_no_command() -> None:
    program = (
        "import sys, gait.cli.main\n"
        "try: gait.cli.main.main(['--help'])\n"
        "except SystemExit: pass\n"
        "commands = {name for name in sys.modules if name.startswith('gait.cli.') and name.endswith('_command')}\n"
        "assert not commands, commands"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, env=environment, timeout=60)
