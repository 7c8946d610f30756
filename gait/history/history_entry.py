"""A report on its way into the history: whose it is, when it was, and what identifies it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as calendar_date
from datetime import datetime

from gait.display_language import _
from gait.display_text import encodable_text
from gait.errors import InputError
from gait.history.athlete_names import clean_name
from gait.history.run_identity import ClipContent, clip_contents
from gait.io.report_reader import SavedReport

#: Where a date comes from, the most certain first: a person, the name of a folder or clip, the camera; then the time
#: of the file, of the report, and of adding it.
DATE_SOURCES = ("given", "folder", "name", "video", "file", "report", "today")
#: Sources that tell one day from another: a report of another day is another session.
CERTAIN_DATES = DATE_SOURCES[:4]


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
    date_from : str
        Where the date comes from: one of `DATE_SOURCES`.
    session : str or None
        What the user calls the session.
    content : str
        SHA-256 of what was measured.
    origin : str or None
        Folder of the report.
    clips : tuple of ClipContent
        Contents of the clips, as far as they are known.
    fields : mapping
        What else is known of the session, such as the squad.
    """

    report: SavedReport
    athlete: str
    athlete_given: bool
    date: str
    date_from: str
    session: str | None
    content: str
    origin: str | None
    clips: tuple[ClipContent, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def date_certain(self) -> bool:
        """Whether the date tells one day from another."""
        return self.date_from in CERTAIN_DATES

    @classmethod
    def from_report(
        cls,
        report: SavedReport,
        athlete: str | None,
        date: str | calendar_date | None,
        session: str | None,
        *,
        date_from: str = "given",
        fields: Mapping[str, str] | None = None,
    ) -> HistoryEntry:
        """Make an entry of a report.

        Parameters
        ----------
        report : SavedReport
        athlete : str or None
            By default the name in the report.
        date : str, date or None
            By default the date of the recording, of the report, or today.
        session : str or None
        date_from : str
            Where ``date`` comes from: one of `DATE_SOURCES`.
        fields : mapping, optional
            What else is known of the session; empty values are left out.

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
            raise InputError(_("{source}: names no runner; give the athlete's name").format(source=source))
        clean_name(name)
        origin = None if report.folder is None else encodable_text(str(report.folder.resolve()))
        session_name = None if session is None else encodable_text(" ".join(session.split())) or None
        date_and_source = _entry_date(report, date, date_from)
        return cls(
            report,
            name,
            athlete is not None,
            *date_and_source,
            session_name,
            report.content_hash(),
            origin,
            clip_contents(report),
            {key: value for key, value in (fields or {}).items() if key and value},
        )


def _entry_date(report: SavedReport, given: str | calendar_date | None, given_from: str) -> tuple[str, str]:
    if given is not None:
        return parse_date(given), given_from
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
            _("{given} is not a date; write year-month-day, e.g. 2026-03-01 or 2026-03-01T17:30").format(
                given=repr(given)
            )
        ) from None
