"""Jobs as rows: what waits, runs and has ended. They outlive the server."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from gait.app.app_store import AppStore, new_identifier
from gait.display_language import _
from gait.errors import InputError

JobKind = Literal["check", "analysis", "remeasure"]
FINAL_STATES = ("done", "failed", "cancelled")
#: Times that a job may end a worker or a server before it counts as failed. [E]
MAX_ATTEMPTS = 3
#: Jobs that may wait at the same time. [E]
MAX_WAITING = 1000


def add_job(
    store: AppStore,
    kind: JobKind,
    *,
    athlete: int,
    uploads: Sequence[str],
    options: Mapping[str, Any] | None = None,
    folder: str | None = None,
    after: str | None = None,
) -> str:
    """Put a job into the queue.

    Parameters
    ----------
    store : AppStore
    kind : {"check", "analysis", "remeasure"}
    athlete : int
    uploads : sequence of str
        Clips of one run; they must have arrived.
    options : mapping, optional
        What `gait.app.job_tasks` reads.
    folder : str, optional
        Report folder of an earlier job, which this one writes again.
    after : str, optional
        A job that must have ended before this one begins.

    Returns
    -------
    str
        Its identifier.

    Raises
    ------
    InputError
        An upload is missing (``not_found``) or has not arrived (``conflict``), or too many jobs wait.
    """
    identifier = new_identifier()
    with store.write() as connection:
        if connection.execute("SELECT 1 FROM athletes WHERE id = ?", (athlete,)).fetchone() is None:
            raise InputError(_("there is no such athlete"), code="not_found")
        waiting = connection.execute("SELECT count(*) FROM jobs WHERE state = 'waiting'").fetchone()[0]
        if waiting >= MAX_WAITING:
            raise InputError(_("{count} jobs are waiting; try again later").format(count=waiting), code="busy")
        for upload in uploads:
            found = connection.execute("SELECT state, athlete FROM uploads WHERE id = ?", (upload,)).fetchone()
            if found is None:
                raise InputError(_("there is no such upload"), code="not_found")
            if found["state"] != "complete":
                raise InputError(_("this video has not arrived yet"), code="conflict")
            if found["athlete"] is None:
                connection.execute("UPDATE uploads SET athlete = ? WHERE id = ?", (athlete, upload))
            elif found["athlete"] != athlete:
                raise InputError(_("this video belongs to another athlete"), code="conflict")
        connection.execute(
            "INSERT INTO jobs (id, athlete, kind, state, options, created_at, folder, after) "
            "VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?)",
            (identifier, athlete, kind, json.dumps(dict(options or {})), store.now_text(), folder or identifier, after),
        )
        connection.executemany(
            "INSERT INTO job_clips VALUES (?, ?, ?)", [(identifier, n, upload) for n, upload in enumerate(uploads)]
        )
    return identifier


def get_job(store: AppStore, identifier: str) -> dict[str, Any]:
    """Read a job.

    Parameters
    ----------
    store : AppStore
    identifier : str

    Returns
    -------
    dict
        ``id, athlete, kind, state, stage, done, total, attempts, reason, reason_code, options, result, created_at,
        started_at, ended_at, session, folder, after, clips`` (identifiers of uploads).

    Raises
    ------
    InputError
        There is none (``not_found``).
    """
    found = store.row("SELECT * FROM jobs WHERE id = ?", identifier)
    if found is None:
        raise InputError(_("there is no such job"), code="not_found")
    return _job(store, found)


def list_jobs(
    store: AppStore, *, athlete: int | None = None, states: Sequence[str] = (), limit: int = 200
) -> list[dict[str, Any]]:
    """List jobs, the latest first.

    Parameters
    ----------
    store : AppStore
    athlete : int, optional
    states : sequence of str
        Only these; all without any.
    limit : int

    Returns
    -------
    list of dict
        As `get_job`.
    """
    chosen = f"AND state IN ({', '.join('?' * len(states))})" if states else ""
    rows = store.rows(
        f"SELECT * FROM jobs WHERE (? IS NULL OR athlete = ?) {chosen} ORDER BY created_at DESC, id LIMIT ?",
        *(athlete, athlete, *states, limit),
    )
    return [_job(store, row) for row in rows]


def take_job(store: AppStore, kinds: Sequence[str]) -> dict[str, Any] | None:
    """Take the oldest job that waits, and mark it as running.

    Parameters
    ----------
    store : AppStore
    kinds : sequence of str

    Returns
    -------
    dict or None
        As `get_job`.
    """
    places = ", ".join("?" * len(kinds))
    waiting = (
        f"SELECT id FROM jobs AS j WHERE state = 'waiting' AND kind IN ({places}) AND NOT EXISTS "
        "(SELECT 1 FROM jobs AS a WHERE a.id = j.after AND a.state IN ('waiting', 'running')) "
        "ORDER BY created_at, id LIMIT 1"
    )
    if store.row(waiting, *kinds) is None:
        return None
    with store.write() as connection:
        found = connection.execute(
            f"UPDATE jobs SET state = 'running', attempts = attempts + 1, started_at = ?, done = NULL, total = NULL, "
            f"stage = NULL, reason = NULL, reason_code = NULL WHERE id = ({waiting}) RETURNING *",
            (store.clock(), *kinds),
        ).fetchone()
    return None if found is None else _job(store, found)


def note_progress(
    store: AppStore,
    identifier: str,
    *,
    stage: str | None,
    done: int | None,
    total: int | None,
    result: Mapping[str, Any] | None = None,
) -> None:
    """Write down how far a running job is.

    Parameters
    ----------
    store : AppStore
    identifier : str
    stage : str or None
    done, total : int or None
    result : mapping, optional
        What is known already, for those who wait.
    """
    text = None if result is None else json.dumps(dict(result))
    with store.write() as connection:
        connection.execute(
            "UPDATE jobs SET stage = ?, done = ?, total = ?, result = coalesce(?, result) "
            "WHERE id = ? AND state = 'running'",
            (stage, done, total, text, identifier),
        )


def end_job(
    store: AppStore,
    identifier: str,
    state: str,
    *,
    result: Mapping[str, Any] | None = None,
    session: int | None = None,
    reason: str | None = None,
    reason_code: str | None = None,
) -> bool:
    """Write down how a job has ended.

    Parameters
    ----------
    store : AppStore
    identifier : str
    state : {"done", "failed", "cancelled"}
    result : mapping, optional
    session : int, optional
        Number of its session in the history.
    reason, reason_code : str, optional
        Why it failed.

    Returns
    -------
    bool
        ``False`` where it had ended already.
    """
    text = None if result is None else json.dumps(dict(result))
    with store.write() as connection:
        ended = connection.execute(
            "UPDATE jobs SET state = ?, result = coalesce(?, result), session = coalesce(?, session), reason = ?, "
            "reason_code = ?, ended_at = ? WHERE id = ? AND state IN ('waiting', 'running')",
            (state, text, session, reason, reason_code, store.now_text(), identifier),
        )
    return ended.rowcount > 0


def retry_job(store: AppStore, identifier: str) -> None:
    """Put a job that failed or was cancelled into the queue again.

    Parameters
    ----------
    store : AppStore
    identifier : str

    Raises
    ------
    InputError
        No such job, or it has not failed (``conflict``).
    """
    get_job(store, identifier)
    with store.write() as connection:
        again = connection.execute(
            "UPDATE jobs SET state = 'waiting', attempts = 0, reason = NULL, reason_code = NULL, ended_at = NULL "
            "WHERE id = ? AND state IN ('failed', 'cancelled')",
            (identifier,),
        )
        if not again.rowcount:
            raise InputError(_("this job has not failed"), code="conflict")


def requeue_running(store: AppStore) -> int:
    """Put the jobs of a server that was killed into the queue again; those that killed it often count as failed.

    Parameters
    ----------
    store : AppStore

    Returns
    -------
    int
        How many go on.
    """
    reason = _("the server has ended {count} times during this job; the video may be damaged").format(
        count=MAX_ATTEMPTS
    )
    with store.write() as connection:
        connection.execute(
            "UPDATE jobs SET state = 'failed', reason = ?, reason_code = 'crashed', ended_at = ? "
            "WHERE state = 'running' AND attempts >= ?",
            (reason, store.now_text(), MAX_ATTEMPTS),
        )
        return connection.execute("UPDATE jobs SET state = 'waiting' WHERE state = 'running'").rowcount


def _job(store: AppStore, row: sqlite3.Row) -> dict[str, Any]:
    clips = store.rows("SELECT upload FROM job_clips WHERE job = ? ORDER BY number", row["id"])
    return {
        **dict(row),
        "options": json.loads(row["options"]),
        "result": None if row["result"] is None else json.loads(row["result"]),
        "clips": [clip["upload"] for clip in clips],
    }
