"""``gait history``: athletes over time. Sub-commands, and the spelling of version 0.1, which had options instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from gait.cli import history_old_spelling
from gait.cli.history_actions import (
    add_reports,
    check_page_name,
    delete_athlete,
    merge_athletes,
    remove_session,
    rename_athlete,
    write_backup,
    write_page,
    write_season_page,
    write_tables,
)
from gait.cli.history_tables import (
    print_athlete,
    print_athletes,
    print_damaged_rows,
    print_metric,
    print_no_history,
)
from gait.cli.options import LanguageOption, UnitsOption, parse_language, parse_units, speak_in_command

if TYPE_CHECKING:
    from gait.history.athlete_history import History

_DatabaseOption = Annotated[
    Path | None,
    typer.Option(
        "--db",
        metavar="FILE",
        help="History file. [default: $GAIT_HISTORY, else gait-history.db in your data folder]",
    ),
]
_NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the athlete.")]
_YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask before deleting.")]


class _HistoryGroup(TyperGroup):
    """Sub-commands; anything else is the old spelling, whose first word is an athlete or an option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        visible = [name for name, command in self.commands.items() if not command.hidden]
        if not args or args[0] not in (*visible, "--help"):
            args = [history_old_spelling.NAME, *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Add ``gait history`` and its sub-commands to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    group = typer.Typer(cls=_HistoryGroup, rich_markup_mode=None, subcommand_metavar="COMMAND [ARGS]...")
    for name, command in (
        ("list", _list),
        ("show", _show),
        ("metric", _metric),
        ("page", _page),
        ("season", _season),
        ("add", _add),
        ("rename", _rename),
        ("merge", _merge),
        ("remove", _remove),
        ("delete", _delete),
        ("export", _export),
        ("backup", _backup),
    ):
        group.command(name, no_args_is_help=False)(command)
    history_old_spelling.register(group)
    app.add_typer(group, name="history", help="Follow athletes over time, and see what really changed.")


@contextmanager
def _opened(
    db: Path | None, *, create: bool = False, units: str | None = None, language: str | None = None
) -> Iterator[History]:
    from gait.display_units import show_in
    from gait.history.athlete_history import History

    speak_in_command(parse_language(language))
    with show_in(parse_units(units) or "metric"), History(db, create=create) as history:
        yield history
        print_damaged_rows(history)


def _list(db: _DatabaseOption = None) -> None:
    """List all athletes."""
    from gait.history.database import default_path

    path = default_path() if db is None else db
    speak_in_command(None)
    if not path.exists():
        print_no_history(path)
        return
    with _opened(path) as history:
        print_athletes(history)


def _show(
    name: _NameArgument, units: UnitsOption = None, language: LanguageOption = None, db: _DatabaseOption = None
) -> None:
    """Show the sessions of an athlete, and what changed."""
    with _opened(db, units=units, language=language) as history:
        print_athlete(history, name)


def _metric(
    name: _NameArgument,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Key of the metric, e.g. cadence.")],
    units: UnitsOption = None,
    language: LanguageOption = None,
    db: _DatabaseOption = None,
) -> None:
    """Show one metric of an athlete, session by session."""
    with _opened(db, units=units, language=language) as history:
        print_metric(history, name, key)


def _page(
    name: _NameArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE.html", help="Page to write.")],
    units: UnitsOption = None,
    language: LanguageOption = None,
    db: _DatabaseOption = None,
) -> None:
    """Write a page that plots every metric of an athlete over time."""
    check_page_name(file)
    with _opened(db, units=units, language=language) as history:
        write_page(history, name, file)


def _season(
    file: Annotated[Path, typer.Argument(metavar="FILE.html", help="Page to write; a table (.csv) lies beside it.")],
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Filmed means: on this day or later. [default: day of the last session]"),
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN=VALUE", help="Only athletes that fit, such as squad=U20.")
    ] = None,
    units: UnitsOption = None,
    language: LanguageOption = None,
    db: _DatabaseOption = None,
) -> None:
    """Write a page with one row an athlete: what changed since last time, and who was not filmed."""
    check_page_name(file)
    with _opened(db, units=units, language=language) as history:
        write_season_page(history, file, since=since, where=where or ())


def _add(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR", help="Folder of a report; several are possible.")],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Athlete. [default: name in the report]")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Day of the run, e.g. 2026-03-01. [default: as recorded in the video]"),
    ] = None,
    session: Annotated[str | None, typer.Option(metavar="TEXT", help="Name of the session, as lists show it.")] = None,
    db: _DatabaseOption = None,
) -> None:
    """Add reports to the history."""
    with _opened(db, create=True) as history:
        add_reports(history, folders, athlete=name, date=date, session=session)


def _rename(
    name: _NameArgument,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="New name.")],
    db: _DatabaseOption = None,
) -> None:
    """Give an athlete another name."""
    with _opened(db) as history:
        rename_athlete(history, name, new_name)


def _merge(
    wrong_name: Annotated[str, typer.Argument(metavar="WRONG", help="Misspelt name.")],
    right_name: Annotated[str, typer.Argument(metavar="RIGHT", help="Athlete who gets the sessions.")],
    db: _DatabaseOption = None,
) -> None:
    """Move the sessions of a misspelt athlete to the right one.

    Later reports under the misspelt name also go to the right athlete.
    """
    with _opened(db) as history:
        merge_athletes(history, wrong_name, right_name)


def _remove(
    number: Annotated[int, typer.Argument(metavar="N", help="Number of the session, as `gait history show` lists it.")],
    yes: _YesOption = False,
    db: _DatabaseOption = None,
) -> None:
    """Delete one session, for good."""
    with _opened(db) as history:
        remove_session(history, number, confirmed=yes)


def _delete(name: _NameArgument, yes: _YesOption = False, db: _DatabaseOption = None) -> None:
    """Delete an athlete with all sessions, for good."""
    with _opened(db) as history:
        delete_athlete(history, name, confirmed=yes)


def _export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the tables.")],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="One athlete. [default: all]", show_default=False)
    ] = None,
    db: _DatabaseOption = None,
) -> None:
    """Write the history into CSV tables, and Parquet with pyarrow."""
    with _opened(db) as history:
        write_tables(history, folder, name)


def _backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write.")], db: _DatabaseOption = None
) -> None:
    """Copy the whole history into one file."""
    with _opened(db) as history:
        write_backup(history, file)
