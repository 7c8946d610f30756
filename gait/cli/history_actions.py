"""What the sub-commands of ``gait history`` change or write: each does one thing and prints one line about it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gait.errors import InputError

if TYPE_CHECKING:
    from gait.history.athlete_history import History
    from gait.history.session_insertion import AddedSession

#: Letters of an ISO date that make the day.
_DAY = 10
_OUTCOMES = {
    "added": "added",
    "replaced": "replaces an earlier report of the same run",
    "unchanged": "was there already",
    "moved": "was there already and is corrected",
}
_DATE_SOURCES = {
    "given": "",
    "video": " (from the video)",
    "report": " (when the report was written)",
    "today": "",
}


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
    _print_line(f"Backup: {history.backup(file)}")


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
        _print_line(f"Written: {file}")


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
        raise InputError(f"{file}: must end in .html")


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

    _print_line(f"Page: {write_history_page(history, athlete, file)}")


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
    _print_line(f"{right_name} now has the {count} sessions of {wrong_name}, and gets later ones too.")


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
    _print_line(f"{name} is now {new_name}.")


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
    _confirm(f"Delete session {number} for good?", confirmed)
    history.remove(number)
    _print_line(f"Session {number} is deleted.")


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
    _confirm(f"Delete {name} with all {count} sessions for good?", confirmed)
    history.delete(name)
    _print_line(
        f"{name} and {count} sessions are deleted. Reports, exports and backups are other files: delete them yourself."
    )


def _confirm(question: str, confirmed: bool) -> None:
    if not confirmed and not typer.confirm(question, default=False):
        raise InputError("nothing was deleted")


def _print_added(history: History, added: AddedSession) -> None:
    _print_line(
        f"{added.athlete}, {added.date[:_DAY]}{_DATE_SOURCES[added.date_from]}: session {added.session} "
        f"{_OUTCOMES[added.outcome]}."
    )
    similar = [other for _, other, _ in history.similar(added.athlete)] if added.new_athlete else []
    if similar:
        _print_line(
            f"{added.athlete} is a new name. If this is {' or '.join(similar)}: "
            f"gait history merge {shlex.quote(added.athlete)} {shlex.quote(similar[0])}"
        )


def _print_line(text: str) -> None:
    from rich.console import Console

    Console(highlight=False).print(text, markup=False, soft_wrap=True)
