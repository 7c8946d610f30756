"""What people write down: answers, notes, pain, and an audit trail of what was changed by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gait.app.app_store import AppStore
from gait.app.body_map import PAIN_AREAS, areas_of_answers, check_areas
from gait.display_language import _
from gait.errors import InputError
from gait.findings.answers import parse_answers


def add_answers(
    store: AppStore, athlete: int, answers: Mapping[str, Any], *, areas: Sequence[str] = ()
) -> dict[str, Any]:
    """Keep an athlete's answers; earlier ones stay.

    Parameters
    ----------
    store : AppStore
    athlete : int
    answers : mapping
        Question → answer, as in ``answers.toml``.
    areas : sequence of str
        Areas of the body map where it hurts, which say more than the answer to that question.

    Returns
    -------
    dict
        ``at, content, areas``.

    Raises
    ------
    InputError
        A question or an answer that does not exist.
    """
    parse_answers(answers)
    content, chosen = dict(answers), check_areas(areas)
    text = json.dumps({**content, PAIN_AREAS: list(chosen)} if chosen else content)
    at = store.now_text()
    with store.write() as connection:
        connection.execute("INSERT INTO answers (athlete, at, content) VALUES (?, ?, ?)", (athlete, at, text))
    return {"at": at, "content": content, "areas": chosen or areas_of_answers(content)}


def latest_answers(store: AppStore, athlete: int) -> dict[str, Any] | None:
    """Read an athlete's latest answers.

    Parameters
    ----------
    store : AppStore
    athlete : int

    Returns
    -------
    dict or None
        ``at, content`` (as in ``answers.toml``), ``areas`` (of the body map).
    """
    found = store.row("SELECT at, content FROM answers WHERE athlete = ? ORDER BY id DESC LIMIT 1", athlete)
    if found is None:
        return None
    content = json.loads(found["content"])
    areas = content.pop(PAIN_AREAS, None)
    return {
        "at": found["at"],
        "content": content,
        "areas": areas_of_answers(content) if areas is None else tuple(areas),
    }


def add_note(
    store: AppStore, athlete: int, text: str, *, author: str = "", session: int | None = None
) -> dict[str, Any]:
    """Keep a note about an athlete, or about one session.

    Parameters
    ----------
    store : AppStore
    athlete : int
    text, author : str
    session : int, optional

    Returns
    -------
    dict
        ``id, athlete, session, at, author, text``.

    Raises
    ------
    InputError
        The session is not this athlete's (``not_found``).
    """
    if session is not None:
        owner = store.row("SELECT 1 FROM sessions WHERE id = ? AND athlete = ?", session, athlete)
        if owner is None:
            raise InputError(_("there is no such session"), code="not_found")
    with store.write() as connection:
        found = connection.execute(
            "INSERT INTO notes (athlete, session, at, author, text) VALUES (?, ?, ?, ?, ?) RETURNING *",
            (athlete, session, store.now_text(), author, text),
        ).fetchone()
    return dict(found)


def list_notes(store: AppStore, athlete: int) -> list[dict[str, Any]]:
    """List the notes about an athlete, the latest first.

    Parameters
    ----------
    store : AppStore
    athlete : int

    Returns
    -------
    list of dict
        As `add_note`.
    """
    return [dict(row) for row in store.rows("SELECT * FROM notes WHERE athlete = ? ORDER BY id DESC", athlete)]


def delete_note(store: AppStore, note: int) -> None:
    """Delete a note.

    Parameters
    ----------
    store : AppStore
    note : int

    Raises
    ------
    InputError
        There is none (``not_found``).
    """
    with store.write() as connection:
        if not connection.execute("DELETE FROM notes WHERE id = ?", (note,)).rowcount:
            raise InputError(_("there is no such note"), code="not_found")


def add_pain(store: AppStore, athlete: int, *, day: str, area: str, level: int, text: str = "") -> dict[str, Any]:
    """Keep an entry of the pain diary.

    Parameters
    ----------
    store : AppStore
    athlete : int
    day : str
        ISO 8601.
    area : str
        Where it hurts.
    level : int
        0 (none) to 10.
    text : str

    Returns
    -------
    dict
        ``id, athlete, day, area, level, text``.
    """
    with store.write() as connection:
        found = connection.execute(
            "INSERT INTO pain_entries (athlete, day, area, level, text) VALUES (?, ?, ?, ?, ?) RETURNING *",
            (athlete, day, area, level, text),
        ).fetchone()
    return dict(found)


def list_pain(store: AppStore, athlete: int) -> list[dict[str, Any]]:
    """List an athlete's pain diary, the latest day first.

    Parameters
    ----------
    store : AppStore
    athlete : int

    Returns
    -------
    list of dict
        As `add_pain`.
    """
    query = "SELECT * FROM pain_entries WHERE athlete = ? ORDER BY day DESC, id DESC"
    return [dict(row) for row in store.rows(query, athlete)]


def delete_pain(store: AppStore, athlete: int, entry: int) -> None:
    """Delete an entry of the pain diary.

    Parameters
    ----------
    store : AppStore
    athlete : int
    entry : int

    Raises
    ------
    InputError
        There is none (``not_found``).
    """
    with store.write() as connection:
        found = connection.execute("DELETE FROM pain_entries WHERE id = ? AND athlete = ?", (entry, athlete))
        if not found.rowcount:
            raise InputError(_("there is no such entry"), code="not_found")


def add_audit(
    store: AppStore, action: str, *, athlete: int | None, session: int | None = None, detail: Mapping[str, Any]
) -> None:
    """Write down what was changed by hand.

    Parameters
    ----------
    store : AppStore
    action : str
        Such as ``"joint_moved"``.
    athlete : int or None
    session : int, optional
    detail : mapping
        Before and after.
    """
    with store.write() as connection:
        connection.execute(
            "INSERT INTO audit_entries (athlete, session, at, action, detail) VALUES (?, ?, ?, ?, ?)",
            (athlete, session, store.now_text(), action, json.dumps(dict(detail))),
        )


def list_audit(store: AppStore, *, athlete: int | None = None, session: int | None = None) -> list[dict[str, Any]]:
    """List what was changed by hand, the oldest first.

    Parameters
    ----------
    store : AppStore
    athlete, session : int, optional
        Only theirs.

    Returns
    -------
    list of dict
        ``id, athlete, session, at, action, detail``.
    """
    rows = store.rows(
        "SELECT * FROM audit_entries WHERE (? IS NULL OR athlete = ?) AND (? IS NULL OR session = ?) ORDER BY id",
        *(athlete, athlete, session, session),
    )
    return [{**dict(row), "detail": json.loads(row["detail"])} for row in rows]
