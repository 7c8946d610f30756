"""The group of all commands, which imports and builds a command only when it is called, or when its own help is shown.

Building all of them, with their two hundred options, would add half to the time that ``gait --help`` takes.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

#: Command → its line in ``gait --help``, the first line of its own help; ``gait/cli/NAME_command.py`` registers it.
COMMANDS = {
    "analyze": "Measure a run on video and write its report.",
    "check": "Check in seconds what a video can show, and how to film better.",
    "report": "Write a report again, from its saved poses.",
    "ask": "Ask about pain, shoes and training, for more specific advice.",
    "poses": "Measure a run from poses that another program made.",
    "export": "Convert a session into a file for another program.",
    "compare": "Compare two reports: before and after, or two athletes.",
    "history": "Follow athletes over time, and see what really changed.",
    "batch": "Analyse many videos: a report each, one index and one table.",
    "synth": "Render a video of a synthetic runner whose truth is known.",
    "validate": "Measure the errors of gait on runs whose truth is known.",
    "serve": "Measure runs in the browser, also from a phone.",
    "label": "Label contacts, toe-offs and keypoints of a clip by hand.",
}


class LazyGroup(TyperGroup):
    """All commands of `COMMANDS`."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _LazyCommands()

    def list_commands(self, ctx: Any) -> list[str]:
        """List the names of all commands without building them.

        Parameters
        ----------
        ctx : click.Context
            Context of the group.

        Returns
        -------
        list of str
            In the order of the help.
        """
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands to the help without building them.

        Parameters
        ----------
        ctx : click.Context
            Context of the group.
        formatter : click.HelpFormatter
            Receives the text.
        """
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


class _LazyCommands(MutableMapping[str, Any]):
    """Commands by name, each built at its first look-up."""

    def __init__(self) -> None:
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            if name not in COMMANDS:
                raise KeyError(name)
            app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
            import_module(f"gait.cli.{name}_command").register(app)
            self._built[name] = get_group(app).commands[name]
        return self._built[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._built[name] = command

    def __delitem__(self, name: str) -> None:
        del self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)
