"""Who may come in: an invitation lets one browser in, once; its login ends by itself. Only hashes are stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Literal

from gait.app.app_store import AppStore

LoginKind = Literal["local", "lan"]
#: Beginning of the kind of a login that sees one report and nothing else; the number of the session follows.
REPORT_KIND = "report-"
#: Seconds for which such a login holds. [E]
_REPORT_S = 24 * 3600.0
#: Seconds between two notes of a visit: a write to the disk for every request would slow them all. [E]
_NOTE_EVERY_S = 60.0


@dataclass(frozen=True)
class Login:
    """A browser that is signed in.

    Attributes
    ----------
    token_hash : str
    kind : str
        "local": by the address that this machine opened; "lan": by a code for other devices; "report-5": by a link to
        the report of session 5.
    csrf_token : str
        Goes with every change that it makes.
    """

    token_hash: str
    kind: str
    csrf_token: str

    @property
    def landing(self) -> str:
        """Where this browser begins."""
        return f"/sessions/{self._session}/report/" if self._session else "/"

    def may_visit(self, method: str, path: str) -> bool:
        """Tell whether this browser may go there.

        Parameters
        ----------
        method, path : str

        Returns
        -------
        bool
            A login for one report reads that report, and nothing else.
        """
        if not self._session:
            return True
        reading = method in ("GET", "HEAD") and path.startswith((self.landing, "/static/"))
        return reading or path in ("/enter", "/healthz")

    @property
    def _session(self) -> str:
        return self.kind.removeprefix(REPORT_KIND) if self.kind.startswith(REPORT_KIND) else ""


def invite(store: AppStore, kind: str) -> str:
    """Make a token that lets one browser in.

    Parameters
    ----------
    store : AppStore
    kind : str
        As `Login.kind`.

    Returns
    -------
    str
        The token; it is stored nowhere.
    """
    token = secrets.token_urlsafe(24)
    now = store.clock()
    with store.write() as connection:
        connection.execute("DELETE FROM invitations WHERE expires_at < ?", (now,))
        connection.execute(
            "INSERT INTO invitations VALUES (?, ?, ?)", (_hash(token), kind, now + store.settings.invitation_s)
        )
    return token


def accept_invitation(store: AppStore, token: str) -> str | None:
    """Sign a browser in; the invitation is used up.

    Parameters
    ----------
    store : AppStore
    token : str

    Returns
    -------
    str or None
        Secret for the cookie; ``None`` where the token is wrong, used or too old.
    """
    now = store.clock()
    with store.write() as connection:
        found = connection.execute(
            "DELETE FROM invitations WHERE token_hash = ? AND expires_at >= ? RETURNING kind", (_hash(token), now)
        ).fetchone()
        if found is None:
            return None
        secret = secrets.token_urlsafe(32)
        connection.execute("DELETE FROM logins WHERE expires_at < ?", (now,))
        connection.execute(
            "INSERT INTO logins VALUES (?, ?, ?, ?, ?)",
            (_hash(secret), found["kind"], now, now, now + _lasts(store, found["kind"])),
        )
    return secret


def find_login(store: AppStore, secret: str) -> Login | None:
    """Find the login of a cookie, and note the visit.

    Parameters
    ----------
    store : AppStore
    secret : str

    Returns
    -------
    Login or None
        ``None`` where it is unknown or has ended.
    """
    now, token_hash = store.clock(), _hash(secret)
    found = store.row("SELECT kind, seen_at, expires_at FROM logins WHERE token_hash = ?", token_hash)
    if found is None or found["expires_at"] < now or found["seen_at"] + store.settings.idle_s < now:
        return None
    if now - found["seen_at"] > _NOTE_EVERY_S:
        with store.write() as connection:
            connection.execute("UPDATE logins SET seen_at = ? WHERE token_hash = ?", (now, token_hash))
    csrf = hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()
    return Login(token_hash, found["kind"], csrf)


def end_login(store: AppStore, token_hash: str) -> None:
    """Sign a browser out.

    Parameters
    ----------
    store : AppStore
    token_hash : str
    """
    with store.write() as connection:
        connection.execute("DELETE FROM logins WHERE token_hash = ?", (token_hash,))


def end_report_links(store: AppStore, session: int) -> None:
    """End all links to a report: the number of a session that is deleted may be given to another one.

    Parameters
    ----------
    store : AppStore
    session : int
    """
    with store.write() as connection:
        for table in ("logins", "invitations"):
            connection.execute(f"DELETE FROM {table} WHERE kind = ?", (f"{REPORT_KIND}{session}",))


def _lasts(store: AppStore, kind: str) -> float:
    return min(_REPORT_S, store.settings.session_s) if kind.startswith(REPORT_KIND) else store.settings.session_s


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
