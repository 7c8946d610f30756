"""Live sessions in the history, and what they say about the next one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from gait.app.app_store import AppStore
from gait.live.feedback import COUNTED_MIN, PROGRAMME_SESSIONS, RETENTION_DAYS, plan_session
from gait.live.live_targets import LIVE_TARGETS

#: How much faster the steps should come than now: at least, and what Willy 2016 asked for.
FASTER_LOW, FASTER_HIGH = 1.05, 1.075
#: Sessions with less measured than this are not kept, s. [E]
MIN_KEPT_S = 10.0


def keep_live_session(store: AppStore, athlete: int, target: str, result: Mapping[str, Any]) -> int | None:
    """Keep a session in the history.

    Parameters
    ----------
    store : AppStore
    athlete : int
    target : str
    result : mapping
        `gait.live.live_course.LiveCourse.record` and the plan of the session.

    Returns
    -------
    int or None
        Its number; ``None`` where too little was measured, or the athlete was deleted meanwhile.
    """
    if result["seconds_measured"] < MIN_KEPT_S:
        return None
    with store.write() as connection:
        found = connection.execute(
            "INSERT INTO live_sessions (athlete, at, target, seconds, result) SELECT id, ?, ?, ?, ? FROM athletes "
            "WHERE id = ?",
            (store.now_text(), target, result["seconds_measured"], json.dumps(result), athlete),
        )
    return found.lastrowid if found.rowcount else None


def list_live_sessions(store: AppStore, athlete: int) -> list[dict[str, Any]]:
    """List an athlete's live sessions.

    Parameters
    ----------
    store : AppStore
    athlete : int

    Returns
    -------
    list of dict
        Newest first: ``id, at, target, seconds, result``.
    """
    rows = store.rows(
        "SELECT id, at, target, seconds, result FROM live_sessions WHERE athlete = ? ORDER BY id", athlete
    )
    return [{**dict(row), "result": json.loads(row["result"])} for row in reversed(rows)]


def programme_state(store: AppStore, athlete: int, target: str) -> dict[str, Any]:
    """Say which session comes next.

    Parameters
    ----------
    store : AppStore
    athlete : int
    target : str

    Returns
    -------
    dict
        ``done`` (sessions of the programme), ``total``, ``number``, ``minutes`` and ``share`` of the next one,
        ``retention_due`` (date of the test, ``None`` before the last session), ``low`` and ``high`` (band to begin
        with), ``usual`` (the athlete's latest value, or ``None``), ``band_of`` ("last", "usual" or "none").
    """
    sessions = [s for s in list_live_sessions(store, athlete) if s["target"] == target]
    counted = [s for s in sessions if s["result"].get("kind") == "programme" and s["seconds"] >= 60 * COUNTED_MIN]
    done = min(len(counted), PROGRAMME_SESSIONS)
    plan = plan_session("programme", done)
    due = None
    if done == PROGRAMME_SESSIONS:
        due = (datetime.fromisoformat(counted[0]["at"]) + timedelta(days=RETENTION_DAYS)).date().isoformat()
    usual = _latest_value(store, athlete, target)
    low, high, source = LIVE_TARGETS[target].low, LIVE_TARGETS[target].high, "none"
    if sessions:
        low, high, source = sessions[0]["result"]["low"], sessions[0]["result"]["high"], "last"
    elif usual is not None and target == "cadence":
        low, high, source = round(usual * FASTER_LOW), round(usual * FASTER_HIGH), "usual"
    return {
        "done": done,
        "total": PROGRAMME_SESSIONS,
        "number": plan.number,
        "minutes": plan.minutes,
        "share": plan.share,
        "retention_due": due,
        "low": low,
        "high": high,
        "usual": usual,
        "band_of": source,
    }


def _latest_value(store: AppStore, athlete: int, target: str) -> float | None:
    row = store.row(
        "SELECT avg(m.value) AS value FROM measurements m JOIN sessions s ON s.id = m.session "
        "WHERE m.value IS NOT NULL AND m.key = ? AND s.athlete = ? "
        "GROUP BY s.id ORDER BY s.date DESC, s.id DESC LIMIT 1",
        target,
        athlete,
    )
    return None if row is None else round(float(row["value"]), 3)
