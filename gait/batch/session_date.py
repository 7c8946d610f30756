"""The day of a session where neither manifest nor folder gives it: the camera's clock, else the time of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gait.batch.date_names import NamedDate
from gait.batch.planned_session import PlannedSession
from gait.batch.storage import is_url, local_path
from gait.display_language import Texts
from gait.errors import InputError
from gait.video.recording_time import recording_time

#: Source of a date → how it is shown after the day.
DATE_SOURCE_TEXTS: Mapping[str, str] = Texts(
    {
        "given": "",
        "folder": "from the folder",
        "name": "from the file's name",
        "video": "from the camera",
        "file": "when the file was written",
        "report": "when the report was written",
        "today": "when it was added",
    },
    context="where a date comes from",
)


def with_date(session: PlannedSession, stamp: Mapping[str, Any] | None = None) -> PlannedSession:
    """Find out the day of a session.

    Parameters
    ----------
    session : PlannedSession
    stamp : mapping, optional
        Its stamp, which holds when its clips were recorded, where they are not on this machine.

    Returns
    -------
    PlannedSession
        With ``date`` and ``date_from``; without both where nothing tells the day.
    """
    if session.date is not None:
        return session
    recorded = _recorded(session, stamp)
    found = resolve_date(session.named_date, session.named_from, recorded, _written(session, stamp))
    return session if found is None else replace(session, date=found[0], date_from=found[1])


def resolve_date(
    named: NamedDate | None, named_from: str | None, recorded: datetime | None, written: datetime | None
) -> tuple[str, str] | None:
    """Decide between what names, camera and file say about the day.

    Parameters
    ----------
    named : NamedDate or None
        From the name of a folder or clip.
    named_from : {"folder", "name", None}
    recorded, written : datetime or None
        Of the first clip.

    Returns
    -------
    (str, str) or None
        ISO 8601, and its source: one of `gait.history.history_entry.DATE_SOURCES`.
    """
    certain = named is not None and bool(named.spans)
    if recorded is not None and (not certain or (named is not None and named.allows(recorded.date()))):
        return recorded.isoformat(timespec="minutes"), "video"
    if named is not None and named.spans:
        fitting = written is not None and named.allows(written.date())
        day: date = written.date() if fitting and written is not None else named.spans[0][0]
        return day.isoformat(), named_from or "folder"
    return None if written is None else (written.isoformat(timespec="minutes"), "file")


def _clips_of_stamp(stamp: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    return () if stamp is None else stamp["clips"]


def _recorded(session: PlannedSession, stamp: Mapping[str, Any] | None) -> datetime | None:
    noted = [clip["recorded"] for clip in _clips_of_stamp(stamp) if clip.get("recorded")]
    if noted:
        try:
            return datetime.fromisoformat(noted[0])
        except ValueError:
            pass
    for path in _local_clips(session):
        if (moment := recording_time(path)) is not None:
            return moment
    return None


def _written(session: PlannedSession, stamp: Mapping[str, Any] | None) -> datetime | None:
    for path in _local_clips(session):
        try:
            return datetime.fromtimestamp(path.stat().st_mtime)
        except (OSError, ValueError, OverflowError):
            continue
    return None


def _local_clips(session: PlannedSession) -> list[Path]:
    paths = []
    for clip in session.clips:
        if clip.problem is None and not is_url(clip.location):
            try:
                paths.append(local_path(clip.location))
            except InputError:
                continue
    return paths
