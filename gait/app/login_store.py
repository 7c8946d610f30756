"""Who may come in: an invitation lets one browser in, once; its login ends by itself. Only hashes are stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Literal

from gait.app.app_store import AppStore

LoginKind = Literal["local", "lan"]
#: Seconds between two notes of a visit: a write to the disk for every request would slow them all. [E]
_NOTE_EVERY_S = 60.0


@dataclass(frozen=True)
class Login:
    """A browser that is signed in.

    Attributes
    ----------
    token_hash : str
    kind : {"local", "lan"}
        Whether it came by the address that this machine opened, or by a code for other devices.
    csrf_token : str
        Goes with every change that it makes.
    """

    token_hash: str
    kind: LoginKind
    csrf_token: str


def invite(store: AppStore, kind: LoginKind) -> str:
    """Make a token that lets one browser in.

    Parameters
    ----------
    store : AppStore
    kind : {"local", "lan"}

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
            (_hash(secret), found["kind"], now, now, now + store.settings.session_s),
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


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
