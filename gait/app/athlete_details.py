"""Athletes in the app: the history's athletes, with height, speed, consent and targets beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gait.app.app_store import AppStore
from gait.display_language import _
from gait.errors import InputError
from gait.history.athlete_table import find_athlete, find_or_add_athlete, rename_athlete

#: What may be said of an athlete.
DETAILS = (
    *("height_m", "leg_length_m", "speed_mps", "units", "language", "squad"),
    *("consent_at", "consent_how", "consent_note", "target_metric", "target_value"),
)
_QUERY = f"""
    SELECT a.id, a.name, {", ".join(f"d.{name}" for name in DETAILS)},
           coalesce(d.version, 0) AS version,
           (SELECT count(*) FROM sessions AS s WHERE s.athlete = a.id) AS sessions,
           (SELECT max(date) FROM sessions AS s WHERE s.athlete = a.id) AS last_session
    FROM athletes AS a LEFT JOIN athlete_details AS d ON d.athlete = a.id
"""


def list_athletes(store: AppStore) -> list[dict[str, Any]]:
    """List all athletes by name.

    Parameters
    ----------
    store : AppStore

    Returns
    -------
    list of dict
        ``id, name, version, sessions, last_session`` and `DETAILS`.
    """
    return [dict(row) for row in store.rows(f"{_QUERY} ORDER BY a.key")]


def get_athlete_details(store: AppStore, athlete: int) -> dict[str, Any]:
    """Read one athlete.

    Parameters
    ----------
    store : AppStore
    athlete : int

    Returns
    -------
    dict
        As in `list_athletes`.

    Raises
    ------
    InputError
        There is none (code ``not_found``).
    """
    found = store.row(f"{_QUERY} WHERE a.id = ?", athlete)
    if found is None:
        raise InputError(_("there is no such athlete"), code="not_found")
    return dict(found)


def add_athlete(store: AppStore, name: str, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Add an athlete, or find the one of this name.

    Parameters
    ----------
    store : AppStore
    name : str
    details : mapping, optional
        Values of `DETAILS`; ``None`` leaves what is there.

    Returns
    -------
    dict
        As in `list_athletes`.
    """
    with store.write() as connection:
        athlete, _stored_name, _new = find_or_add_athlete(connection, name)
        _set_details(store, athlete, {k: v for k, v in (details or {}).items() if v is not None})
    return get_athlete_details(store, athlete)


def change_athlete(
    store: AppStore, athlete: int, changes: Mapping[str, Any], *, version: int | None = None
) -> dict[str, Any]:
    """Change what is said of an athlete, unless another browser did so meanwhile.

    Parameters
    ----------
    store : AppStore
    athlete : int
    changes : mapping
        ``name`` and values of `DETAILS`; ``None`` removes one.
    version : int, optional
        The one that was shown where the changes were made.

    Returns
    -------
    dict
        As in `list_athletes`.

    Raises
    ------
    InputError
        No such athlete (``not_found``); changed meanwhile, or the name is another athlete's (``conflict``).
    """
    with store.write() as connection:
        before = get_athlete_details(store, athlete)
        if version is not None and version != before["version"]:
            raise InputError(_("somebody has changed this athlete meanwhile; load the page again"), code="conflict")
        changes = dict(changes)
        name = changes.pop("name", None)
        if name is not None and name != before["name"]:
            other = find_athlete(connection, name)
            if other is not None and other["id"] != athlete:
                raise InputError(
                    _("there is an athlete {name} already; to join the two, merge them").format(name=other["name"]),
                    code="conflict",
                )
            row = connection.execute("SELECT id, name, key FROM athletes WHERE id = ?", (athlete,)).fetchone()
            rename_athlete(connection, row, name)
        _set_details(store, athlete, changes, always=True)
    return get_athlete_details(store, athlete)


def delete_athlete(store: AppStore, athlete: int) -> None:
    """Delete an athlete for good: rows, uploads and reports.

    Parameters
    ----------
    store : AppStore
    athlete : int

    Raises
    ------
    InputError
        No such athlete, or traces remain because another program has the history open.
    """
    name = get_athlete_details(store, athlete)["name"]
    folders = [row["folder"] for row in store.rows("SELECT folder FROM jobs WHERE athlete = ?", athlete)]
    uploads = [row["id"] for row in store.rows("SELECT id FROM uploads WHERE athlete = ?", athlete)]
    # Files first: a server that is killed in between still shows the athlete, who can be deleted again.
    for folder in folders:
        store.folder.remove_session(folder)
    for upload in uploads:
        store.folder.remove_upload(upload)
    with store.history() as history:
        history.delete(name)


def _set_details(store: AppStore, athlete: int, changes: Mapping[str, Any], *, always: bool = False) -> None:
    unknown = set(changes) - set(DETAILS)
    assert not unknown, unknown
    if not changes and not always:
        return
    connection = store.connection()
    connection.execute(
        "INSERT OR IGNORE INTO athlete_details (athlete, version, updated_at) VALUES (?, 0, ?)",
        (athlete, store.now_text()),
    )
    columns = "".join(f"{name} = ?, " for name in changes)
    connection.execute(
        f"UPDATE athlete_details SET {columns}version = version + 1, updated_at = ? WHERE athlete = ?",
        (*changes.values(), store.now_text(), athlete),
    )
