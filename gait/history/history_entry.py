"""A report on its way into the history: whose it is, when it was, and what identifies it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as calendar_date
from datetime import datetime

from gait.errors import InputError
from gait.history.athlete_names import clean_name
from gait.io.report_reader import SavedReport


@dataclass
class HistoryEntry:
    """A report with what the history stores about it.

    Attributes
    ----------
    report : SavedReport
    athlete : str
    athlete_given : bool
        Whether the caller named the athlete; else the report does.
    date : str
        ISO 8601, local time.
    date_from : {"given", "video", "report", "today"}
        Where the date comes from.
    session : str or None
        What the user calls the session.
    content : str
        SHA-256 of what was measured.
    origin : str or None
        Folder of the report.
    """

    report: SavedReport
    athlete: str
    athlete_given: bool
    date: str
    date_from: str
    session: str | None
    content: str
    origin: str | None

    @property
    def date_given(self) -> bool:
        """Whether the caller gave the date."""
        return self.date_from == "given"

    @classmethod
    def from_report(
        cls, report: SavedReport, athlete: str | None, date: str | calendar_date | None, session: str | None
    ) -> HistoryEntry:
        """Make an entry of a report.

        Parameters
        ----------
        report : Report
        athlete : str or None
            By default the name in the report.
        date : str, date or None
            By default the date of the recording, of the report, or today.
        session : str or None

        Returns
        -------
        HistoryEntry

        Raises
        ------
        InputError
            Neither the caller nor the report names the athlete, or the date is none.
        """
        name = athlete if athlete is not None else report.name
        if name is None:
            source = "the report" if report.folder is None else str(report.folder)
            raise InputError(f"{source}: names no runner; give the athlete's name")
        clean_name(name)
        origin = None if report.folder is None else str(report.folder.resolve())
        session_name = None if session is None else " ".join(session.split()) or None
        date_and_source = _entry_date(report, date)
        return cls(report, name, athlete is not None, *date_and_source, session_name, report.content_hash(), origin)


def _entry_date(report: SavedReport, given: str | calendar_date | None) -> tuple[str, str]:
    if given is not None:
        return parse_date(given), "given"
    filmed = report.recording_time() if report.folder is not None else None
    if filmed is not None:
        return filmed.isoformat(timespec="minutes"), "video"
    if report.folder is not None:
        written = (report.folder / "report.json").stat().st_mtime
        return datetime.fromtimestamp(written).isoformat(timespec="minutes"), "report"
    return datetime.now().isoformat(timespec="minutes"), "today"


def parse_date(given: str | calendar_date) -> str:
    """Normalise a date to ISO 8601.

    Parameters
    ----------
    given : str or date
        ``2026-03-01``, ``2026-03-01T17:30``, or a date.

    Returns
    -------
    str
        With hours and minutes where they were given.

    Raises
    ------
    InputError
        It is not a date.
    """
    if isinstance(given, datetime):
        return given.replace(tzinfo=None).isoformat(timespec="minutes")
    if isinstance(given, calendar_date):
        return given.isoformat()
    text = given.strip()
    try:
        if len(text) <= len("2026-03-01"):
            return calendar_date.fromisoformat(text).isoformat()
        return datetime.fromisoformat(text).replace(tzinfo=None).isoformat(timespec="minutes")
    except ValueError:
        raise InputError(
            f"{given!r} is not a date; write year-month-day, e.g. 2026-03-01 or 2026-03-01T17:30"
        ) from None
