"""``gait history`` as version 0.1 spelt it, with options instead of sub-commands: ``gait history NAME --add DIR``.

It works as before and names the new spelling on standard error.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gait.cli.history_actions import (
    add_reports,
    check_page_name,
    delete_athlete,
    merge_athletes,
    remove_session,
    rename_athlete,
    write_backup,
    write_page,
    write_tables,
)
from gait.cli.history_tables import (
    print_athlete,
    print_athletes,
    print_damaged_rows,
    print_metric,
    print_no_history,
)
from gait.cli.terminal_output import print_error
from gait.display_language import _
from gait.errors import InputError

if TYPE_CHECKING:
    from gait.history.athlete_history import History

#: Hidden name of the sub-command that understands the old spelling.
NAME = "old-spelling"


def register(group: typer.Typer) -> None:
    """Add the old spelling to ``gait history``.

    Parameters
    ----------
    group : typer.Typer
        The sub-commands of ``gait history``.
    """
    group.command(NAME, hidden=True, no_args_is_help=False)(_old_spelling)


@dataclass(frozen=True)
class _Request:
    """What was typed."""

    name: str | None
    db: Path | None
    add: list[Path]
    date: str | None
    session: str | None
    metric: str | None
    page: Path | None
    merge: str | None
    rename: str | None
    export: Path | None
    backup: Path | None
    remove: int | None
    delete: bool
    yes: bool

    @property
    def without_name(self) -> bool:
        """Whether the old options include one that needs no athlete."""
        return bool(self.add) or not (self.export is None and self.backup is None and self.remove is None)


def _old_spelling(
    name: Annotated[str | None, typer.Argument(metavar="NAME")] = None,
    db: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    add: Annotated[list[Path] | None, typer.Option(metavar="DIR")] = None,
    date: Annotated[str | None, typer.Option(metavar="DATE")] = None,
    session: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    metric: Annotated[str | None, typer.Option(metavar="KEY")] = None,
    page: Annotated[Path | None, typer.Option(metavar="FILE.html")] = None,
    merge: Annotated[str | None, typer.Option(metavar="RIGHT")] = None,
    rename: Annotated[str | None, typer.Option(metavar="NEW")] = None,
    export: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    backup: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    remove: Annotated[int | None, typer.Option(metavar="N")] = None,
    delete: Annotated[bool, typer.Option("--delete")] = False,
    yes: Annotated[bool, typer.Option("--yes")] = False,
) -> None:
    """Understand `gait history NAME --add DIR` and the like, as in version 0.1."""
    request = _Request(
        name, db, add or [], date, session, metric, page, merge, rename, export, backup, remove, delete, yes
    )
    _check(request)
    _carry_out(request)
    text = _("this spelling is deprecated; the new one is: {commands}")
    print_error(text.format(commands="; ".join(_new_spelling(request))))


def _check(request: _Request) -> None:
    of_athlete = {
        "--merge": request.merge,
        "--rename": request.rename,
        "--page": request.page,
        "--metric": request.metric,
        "--delete": request.delete or None,
    }
    for option, value in of_athlete.items():
        if value is not None and request.name is None:
            raise InputError(_("{option} needs the athlete: gait history NAME {option}").format(option=option))
    changes = (request.merge, request.rename, request.delete or None, request.remove)
    if sum(value is not None for value in changes) > 1:
        raise InputError(
            _("--merge, --rename, --delete and --remove change different things; give one of them at a time")
        )
    if (request.date is not None or request.session is not None) and not request.add:
        raise InputError(_("--date and --session belong to --add DIR"))
    if request.page is not None:
        check_page_name(request.page)


def _carry_out(request: _Request) -> None:
    from gait.history.database import default_path

    path = default_path() if request.db is None else request.db
    if request.name is None and not request.without_name and not path.exists():
        print_no_history(path)
        return
    from gait.history.athlete_history import History  # slow to import

    with History(path, create=bool(request.add)) as history:
        add_reports(history, request.add, athlete=request.name, date=request.date, session=request.session)
        if request.backup is not None:
            write_backup(history, request.backup)
        if request.export is not None:
            write_tables(history, request.export, request.name)
        if request.remove is not None:
            remove_session(history, request.remove, confirmed=request.yes)
        if request.name is not None:
            _carry_out_for_athlete(history, request.name, request)
        elif not request.without_name:
            print_athletes(history)
        print_damaged_rows(history)


def _carry_out_for_athlete(history: History, name: str, request: _Request) -> None:
    if request.merge is not None:
        merge_athletes(history, name, request.merge)
    elif request.rename is not None:
        rename_athlete(history, name, request.rename)
    elif request.delete:
        delete_athlete(history, name, confirmed=request.yes)
    elif request.page is not None:
        write_page(history, name, request.page)
    elif request.metric is not None:
        print_metric(history, name, request.metric)
    elif not request.without_name:
        print_athlete(history, name)


def _new_spelling(request: _Request) -> list[str]:
    """Return the command lines that do the same."""
    name, yes = request.name, ["--yes"] if request.yes else []
    named = [] if name is None else ["--name", name]
    lines: list[list[str]] = []
    if request.add:
        options = [("--date", request.date), ("--session", request.session)]
        given = [part for option, value in options if value is not None for part in (option, value)]
        lines.append(["add", *map(str, request.add), *named, *given])
    if request.backup is not None:
        lines.append(["backup", str(request.backup)])
    if request.export is not None:
        lines.append(["export", str(request.export), *named])
    if request.remove is not None:
        lines.append(["remove", str(request.remove), *yes])
    if name is not None:
        if request.merge is not None:
            lines.append(["merge", name, request.merge])
        elif request.rename is not None:
            lines.append(["rename", name, request.rename])
        elif request.delete:
            lines.append(["delete", name, *yes])
        elif request.page is not None:
            lines.append(["page", name, str(request.page)])
        elif request.metric is not None:
            lines.append(["metric", name, request.metric])
        elif not lines:
            lines.append(["show", name])
    elif not lines:
        lines.append(["list"])
    db = [] if request.db is None else ["--db", str(request.db)]
    return [shlex.join(["gait", "history", *line, *db]) for line in lines]
