"""What the sub-commands of ``gait history`` change or write: each does one thing and prints one line about it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gait.display_language import Texts, _, list_text, ngettext
from gait.errors import InputError

if TYPE_CHECKING:
    from gait.history.athlete_history import History
    from gait.history.session_insertion import AddedSession

#: Letters of an ISO date that make the day.
_DAY = 10
_OUTCOMES: Mapping[str, str] = Texts(
    {
        "added": "{athlete}, {date}: session {number} added.",
        "replaced": "{athlete}, {date}: session {number} replaces an earlier report of the same run.",
        "unchanged": "{athlete}, {date}: session {number} was there already.",
        "moved": "{athlete}, {date}: session {number} was there already and is corrected.",
        "covered": (
            "{athlete}, {date}: session {number} has these clips already, together with further sides; it stays."
        ),
    }
)
_DATE_SOURCES: Mapping[str, str] = Texts(
    {
        "given": "",
        "folder": "{date} (from the folder)",
        "name": "{date} (from the file's name)",
        "file": "{date} (when the file was written)",
        "video": "{date} (from the video)",
        "report": "{date} (when the report was written)",
        "today": "",
    }
)


def add_reports(
    history: History, folders: Sequence[Path], *, athlete: str | None, date: str | None, session: str | None
) -> None:
    """Add reports and print what was done with each.

    Parameters
    ----------
    history : History
        History to add to.
    folders : sequence of Path
        Folders of reports.
    athlete : str or None
        Name of the runner; ``None`` for the name in the report.
    date : str or None
        Day of the run, ISO 8601; ``None`` for the date in video or report.
    session : str or None
        Name of the session.
    """
    for folder in folders:
        _print_added(history, history.add(folder, athlete=athlete, date=date, session=session))


def write_backup(history: History, file: Path) -> None:
    """Copy the whole history into one file.

    Parameters
    ----------
    history : History
        History to copy.
    file : Path
        File to write.
    """
    _print_line(_("Backup: {file}").format(file=history.backup(file)))


def write_tables(history: History, folder: Path, athlete: str | None) -> None:
    """Write tables of the history.

    Parameters
    ----------
    history : History
        History to write out.
    folder : Path
        Folder for the tables.
    athlete : str or None
        One athlete; ``None`` for all.
    """
    for file in history.export(folder, athlete):
        _print_line(_("Written: {file}").format(file=file))


def check_page_name(file: Path) -> None:
    """Refuse a page that is not named as a page.

    Parameters
    ----------
    file : Path
        Page to write.

    Raises
    ------
    InputError
        The name does not end in .html or .htm.
    """
    if file.suffix.lower() not in (".html", ".htm"):
        raise InputError(_("{file}: must end in .html").format(file=file))


def write_page(history: History, athlete: str, file: Path) -> None:
    """Write a page that plots every metric of an athlete over time.

    Parameters
    ----------
    history : History
        History to read.
    athlete : str
        Name of the athlete.
    file : Path
        Page to write.
    """
    from gait.history.history_page import write_history_page

    _print_line(_("Page: {file}").format(file=write_history_page(history, athlete, file)))


def write_season_page(history: History, file: Path, *, since: str | None, where: Sequence[str]) -> None:
    """Write a page and a table with one row an athlete: what changed since last time, and who was not filmed.

    Parameters
    ----------
    history : History
        History to read.
    file : Path
        Page to write.
    since : str or None
        Day from which on an athlete counts as filmed, ISO 8601; ``None`` for the day of the last session of all.
    where : sequence of str
        Conditions on squad and further columns, such as ``squad=U20``.

    Raises
    ------
    InputError
        Nobody is in the history, or no athlete fits.
    """
    from dataclasses import replace
    from datetime import date

    from gait.batch.session_filter import parse_filter
    from gait.history.history_entry import parse_date
    from gait.history.page_files import write_html_file
    from gait.history.season import athlete_season, filmed_since
    from gait.history.season_page import render_season_page, season_csv

    wanted = parse_filter(where)
    labels = history.labels()
    names = [str(name) for name in history.athletes()["name"]]
    fitting = [name for name in names if wanted.matches({"athlete": name, **labels.get(name, {})})]
    if not fitting:
        text = _("{file}: nobody is in the history yet")
        if names:
            text = _("{file}: no athlete has {conditions}")
        raise InputError(text.format(file=history.path, conditions=list_text(where)))
    seasons = [athlete_season(history, name, labels=labels.get(name, {})) for name in fitting]
    last = max((season.last or "" for season in seasons), default="")
    day = parse_date(since)[:_DAY] if since is not None else last
    if day:
        first = date.fromisoformat(day)
        seasons = [
            replace(season, here="measured" if filmed_since(season, first) else "not filmed") for season in seasons
        ]
    table = file.with_suffix(".csv")
    write_html_file(table, season_csv(seasons))
    _print_line(_("Table: {file}").format(file=table))
    page = write_html_file(file, render_season_page(seasons, since=day or None, table=table.name))
    _print_line(_("Page: {file}").format(file=page))


def merge_athletes(history: History, wrong_name: str, right_name: str) -> None:
    """Move the sessions of a misspelt athlete to the right one.

    Parameters
    ----------
    history : History
        History to change.
    wrong_name, right_name : str
        Athlete who loses, and who gets the sessions.
    """
    count = history.merge(wrong_name, right_name)
    text = ngettext(
        "{name} now has the {count} session of {other}, and gets later ones too.",
        "{name} now has the {count} sessions of {other}, and gets later ones too.",
        count,
    )
    _print_line(text.format(name=right_name, count=count, other=wrong_name))


def rename_athlete(history: History, name: str, new_name: str) -> None:
    """Give an athlete another name.

    Parameters
    ----------
    history : History
        History to change.
    name, new_name : str
        Present and new name.
    """
    history.rename(name, new_name)
    _print_line(_("{name} is now {new}.").format(name=name, new=new_name))


def remove_session(history: History, number: int, *, confirmed: bool) -> None:
    """Delete one session.

    Parameters
    ----------
    history : History
        History to change.
    number : int
        Number of the session.
    confirmed : bool
        Whether to delete without a question.
    """
    _confirm(_("Delete session {number} for good?").format(number=number), confirmed)
    history.remove(number)
    _print_line(_("Session {number} is deleted.").format(number=number))


def delete_athlete(history: History, name: str, *, confirmed: bool) -> None:
    """Delete an athlete with all sessions.

    Parameters
    ----------
    history : History
        History to change.
    name : str
        Name of the athlete.
    confirmed : bool
        Whether to delete without a question.
    """
    count = len(history.sessions(name))
    text = ngettext(
        "Delete {name} with {count} session for good?", "Delete {name} with all {count} sessions for good?", count
    )
    _confirm(text.format(name=name, count=count), confirmed)
    history.delete(name)
    text = ngettext(
        "{name} and {count} session are deleted. Reports, exports and backups are other files: delete them yourself.",
        "{name} and {count} sessions are deleted. Reports, exports and backups are other files: delete them yourself.",
        count,
    )
    _print_line(text.format(name=name, count=count))


def _confirm(question: str, confirmed: bool) -> None:
    if not confirmed and not typer.confirm(question, default=False):
        raise InputError(_("nothing was deleted"))


def _print_added(history: History, added: AddedSession) -> None:
    date = (_DATE_SOURCES.get(added.date_from) or "{date}").format(date=added.date[:_DAY])
    _print_line(_OUTCOMES[added.outcome].format(athlete=added.athlete, date=date, number=added.session))
    similar = [other for _one, other, _share in history.similar(added.athlete)] if added.new_athlete else []
    if similar:
        text = _("{athlete} is a new name. If this is {names}: {command}")
        command = f"gait history merge {shlex.quote(added.athlete)} {shlex.quote(similar[0])}"
        _print_line(text.format(athlete=added.athlete, names=list_text(similar, word="or"), command=command))


def _print_line(text: str) -> None:
    from gait.report.terminal_text import terminal_console

    terminal_console().print(text, soft_wrap=True)
