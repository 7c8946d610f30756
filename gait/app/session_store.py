"""Sessions of the history as the app shows them, with the files of their reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gait.app.app_store import AppStore
from gait.app.job_store import FINAL_STATES
from gait.app.login_store import end_report_links
from gait.display_language import _
from gait.errors import InputError
from gait.session_files import ANNOTATED_VIDEO, REPORT_PAGE, REPORT_RECORD, STEPS_TABLE

_QUERY = """
    SELECT s.id, s.athlete, a.name AS athlete_name, s.date, s.name, s.speed_mps, s.height_m, s.origin,
           (SELECT group_concat(DISTINCT view) FROM videos WHERE session = s.id) AS views,
           (SELECT count(value) FROM measurements WHERE session = s.id) AS measured,
           (SELECT j.folder FROM jobs AS j WHERE j.session = s.id ORDER BY j.created_at DESC LIMIT 1) AS folder,
           (SELECT j.id FROM jobs AS j WHERE j.session = s.id ORDER BY j.created_at DESC LIMIT 1) AS job
    FROM sessions AS s JOIN athletes AS a ON a.id = s.athlete
"""


def list_sessions(store: AppStore, athlete: int | None = None) -> list[dict[str, Any]]:
    """List sessions, the latest first.

    Parameters
    ----------
    store : AppStore
    athlete : int, optional
        Only this athlete's.

    Returns
    -------
    list of dict
        ``id, athlete, athlete_name, date, name, speed_mps, height_m, views, measured, job, report`` (whether there is
        a page).
    """
    rows = store.rows(f"{_QUERY} WHERE (? IS NULL OR s.athlete = ?) ORDER BY s.date DESC, s.id DESC", athlete, athlete)
    return [_session(store, dict(row)) for row in rows]


def get_session(store: AppStore, session: int) -> dict[str, Any]:
    """Read one session.

    Parameters
    ----------
    store : AppStore
    session : int
        Its number in the history.

    Returns
    -------
    dict
        As in `list_sessions`.

    Raises
    ------
    InputError
        There is none (``not_found``).
    """
    found = store.row(f"{_QUERY} WHERE s.id = ?", session)
    if found is None:
        raise InputError(_("there is no such session"), code="not_found")
    return _session(store, dict(found))


def report_folder(store: AppStore, session: int) -> Path:
    """Find the folder of a session's report.

    Parameters
    ----------
    store : AppStore
    session : int

    Returns
    -------
    Path

    Raises
    ------
    InputError
        No such session, or its report is not among the app's data (``not_found``).
    """
    found = store.row(f"{_QUERY} WHERE s.id = ?", session)
    if found is None:
        raise InputError(_("there is no such session"), code="not_found")
    if found["folder"] is None:
        raise InputError(_("the report of this session is not kept here"), code="not_found")
    return store.folder.session(found["folder"])


def report_file(store: AppStore, session: int, name: str) -> Path:
    """Find a file of a report.

    Parameters
    ----------
    store : AppStore
    session : int
    name : str
        ``report.html``, ``report.json``, ``steps.csv`` or an annotated video; nothing else is handed out.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        There is none (``not_found``).
    """
    if name not in (REPORT_PAGE, REPORT_RECORD, STEPS_TABLE) and not ANNOTATED_VIDEO.fullmatch(name):
        raise InputError(_("there is no such file"), code="not_found")
    path = report_folder(store, session) / name
    if not path.is_file():
        raise InputError(_("there is no such file"), code="not_found")
    return path


def delete_session(store: AppStore, session: int) -> None:
    """Delete a session for good: rows, report and those of its uploads that no other session uses.

    Parameters
    ----------
    store : AppStore
    session : int

    Raises
    ------
    InputError
        No such session (``not_found``), or a job works with it (``conflict``).
    """
    get_session(store, session)
    folders = [row["folder"] for row in store.rows("SELECT DISTINCT folder FROM jobs WHERE session = ?", session)]
    places = ", ".join("?" * len(folders)) or "NULL"
    jobs = store.rows(f"SELECT id, state FROM jobs WHERE folder IN ({places})", *folders)
    if any(row["state"] not in FINAL_STATES for row in jobs):
        raise InputError(_("this session is being measured; stop that first"), code="conflict")
    uploads = [
        row["upload"]
        for row in store.rows(
            f"SELECT DISTINCT upload FROM job_clips AS c JOIN jobs AS j ON j.id = c.job WHERE j.folder IN ({places}) "
            f"AND NOT EXISTS (SELECT 1 FROM job_clips AS o JOIN jobs AS k ON k.id = o.job "
            f"WHERE o.upload = c.upload AND k.kind <> 'check' AND k.folder NOT IN ({places}))",
            *folders,
            *folders,
        )
    ]
    end_report_links(store, session)
    for folder in folders:
        store.folder.remove_session(folder)
    for upload in uploads:
        store.folder.remove_upload(upload)
    with store.write() as connection:
        connection.executemany("DELETE FROM jobs WHERE folder = ?", [(folder,) for folder in folders])
        connection.executemany("DELETE FROM uploads WHERE id = ?", [(upload,) for upload in uploads])
        connection.execute("DELETE FROM jobs WHERE id NOT IN (SELECT job FROM job_clips)")
    with store.history() as history:
        history.remove(session)


def _session(store: AppStore, row: dict[str, Any]) -> dict[str, Any]:
    folder = row.pop("folder")
    row.pop("origin")
    row["report"] = folder is not None and (store.folder.session(folder) / REPORT_PAGE).is_file()
    row["views"] = (row["views"] or "").split(",") if row["views"] else []
    return row
