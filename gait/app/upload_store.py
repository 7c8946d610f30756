"""Uploads: what is announced, how far it has arrived, and the space that all of them take."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

from gait.app.app_store import AppStore, new_identifier
from gait.display_language import _
from gait.display_text import display_text
from gait.errors import InputError

#: Longest file name that is kept, characters. [E]
MAX_FILE_NAME = 200
#: Seconds for which a measured size of the folder holds. [E]
_SIZE_HOLDS_S = 5.0


class SpaceLedger:
    """The space that uploads and reports take, measured now and then.

    Parameters
    ----------
    store : AppStore
    """

    def __init__(self, store: AppStore) -> None:
        self._store, self._lock = store, threading.Lock()
        self._measured, self._at = 0, float("-inf")

    def used_bytes(self) -> int:
        """Return what is taken, with what announced uploads will still take.

        Returns
        -------
        int
        """
        with self._lock:
            if time.monotonic() - self._at > _SIZE_HOLDS_S:
                self._measured, self._at = self._store.folder.used_bytes(), time.monotonic()
            measured = self._measured
        outstanding = 0
        for row in self._store.rows("SELECT id, size FROM uploads WHERE state = 'receiving'"):
            outstanding += row["size"] - received_bytes(self._store, row["id"])
        return measured + max(outstanding, 0)

    def forget(self) -> None:
        """Measure again at the next question: something has come or gone."""
        with self._lock:
            self._at = float("-inf")


def add_upload(store: AppStore, ledger: SpaceLedger, *, file_name: str, size: int, athlete: int | None) -> str:
    """Announce an upload.

    Parameters
    ----------
    store : AppStore
    ledger : SpaceLedger
    file_name : str
        As the browser calls it; shown, and never used as a path.
    size : int
        Bytes.
    athlete : int or None

    Returns
    -------
    str
        Its identifier.

    Raises
    ------
    InputError
        Too large (``too_large``), no space left (``quota``), or no such athlete (``not_found``).
    """
    settings = store.settings
    if size <= 0:
        raise InputError(_("the file is empty; choose the video"), code="empty_file")
    if size > settings.max_upload_bytes:
        raise InputError(
            _("the file has {size} GB and at most {limit} GB can be uploaded; cut it shorter").format(
                size=f"{size / 1e9:.1f}", limit=f"{settings.max_upload_bytes / 1e9:g}"
            ),
            code="too_large",
        )
    used = ledger.used_bytes()
    if used + size > settings.quota_bytes:
        raise InputError(
            _("no space: {used} of {quota} GB are used and this file needs {size} GB; delete old sessions").format(
                used=f"{used / 1e9:.1f}", quota=f"{settings.quota_bytes / 1e9:g}", size=f"{size / 1e9:.2f}"
            ),
            code="quota",
        )
    if athlete is not None and store.row("SELECT 1 FROM athletes WHERE id = ?", athlete) is None:
        raise InputError(_("there is no such athlete"), code="not_found")
    identifier = new_identifier()
    store.folder.upload(identifier).mkdir(mode=0o700)
    store.folder.part(identifier).touch(mode=0o600)
    with store.write() as connection:
        connection.execute(
            "INSERT INTO uploads (id, athlete, file_name, size, state, created_at, changed_at) "
            "VALUES (?, ?, ?, ?, 'receiving', ?, ?)",
            (identifier, athlete, clean_file_name(file_name), size, store.now_text(), store.clock()),
        )
    return identifier


def clean_file_name(name: str) -> str:
    """Shorten a browser's file name to what can be shown.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
        Without folders and invisible characters.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1].replace("\0", "").strip()
    return display_text(last)[:MAX_FILE_NAME] or "video"


def get_upload(store: AppStore, identifier: str) -> dict[str, Any]:
    """Read an upload.

    Parameters
    ----------
    store : AppStore
    identifier : str

    Returns
    -------
    dict
        ``id, athlete, file_name, size, received, state, created_at, reason``.

    Raises
    ------
    InputError
        There is none (``not_found``).
    """
    found = store.row("SELECT * FROM uploads WHERE id = ?", identifier)
    if found is None:
        raise InputError(_("there is no such upload"), code="not_found")
    received = found["size"] if found["state"] != "receiving" else received_bytes(store, identifier)
    return {**{k: found[k] for k in found.keys() if k != "changed_at"}, "received": received}  # noqa: SIM118 (a Row)


def list_uploads(store: AppStore, athlete: int | None = None) -> list[dict[str, Any]]:
    """List uploads, the latest first.

    Parameters
    ----------
    store : AppStore
    athlete : int, optional
        Only this athlete's.

    Returns
    -------
    list of dict
        As `get_upload`.
    """
    rows = store.rows(
        "SELECT id FROM uploads WHERE ? IS NULL OR athlete = ? ORDER BY created_at DESC", athlete, athlete
    )
    return [get_upload(store, row["id"]) for row in rows]


def received_bytes(store: AppStore, identifier: str) -> int:
    """Return how much of an upload is on the disk: the file itself says so, also after a crash.

    Parameters
    ----------
    store : AppStore
    identifier : str

    Returns
    -------
    int
    """
    try:
        return store.folder.part(identifier).stat().st_size
    except FileNotFoundError:
        return 0


def finish_upload(store: AppStore, identifier: str) -> None:
    """Note that all of an upload has arrived; may be repeated after a crash.

    Parameters
    ----------
    store : AppStore
    identifier : str
    """
    upload = get_upload(store, identifier)
    part, clip = store.folder.part(identifier), store.folder.clip(identifier, upload["file_name"])
    if part.exists():
        os.replace(part, clip)  # noqa: PTH105 (both names in one folder)
    with store.write() as connection:
        connection.execute(
            "UPDATE uploads SET state = 'complete', changed_at = ? WHERE id = ? AND state = 'receiving'",
            (store.clock(), identifier),
        )


def resume_uploads(store: AppStore) -> None:
    """Bring rows and files together after a crash.

    Parameters
    ----------
    store : AppStore
    """
    for row in store.rows("SELECT id, size, file_name FROM uploads WHERE state = 'receiving'"):
        clip = store.folder.clip(row["id"], row["file_name"])
        if clip.exists() or received_bytes(store, row["id"]) >= row["size"]:
            finish_upload(store, row["id"])


def delete_upload(store: AppStore, identifier: str) -> None:
    """Delete an upload with its file.

    Parameters
    ----------
    store : AppStore
    identifier : str

    Raises
    ------
    InputError
        There is none, or a job works with it (``conflict``).
    """
    get_upload(store, identifier)
    used = store.row(
        "SELECT 1 FROM job_clips AS c JOIN jobs AS j ON j.id = c.job "
        "WHERE c.upload = ? AND j.state IN ('waiting', 'running')",
        identifier,
    )
    if used is not None:
        raise InputError(_("this video is being measured; stop that first"), code="conflict")
    store.folder.remove_upload(identifier)
    with store.write() as connection:
        connection.execute("DELETE FROM uploads WHERE id = ?", (identifier,))
