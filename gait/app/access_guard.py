"""What stands before every request: host, origin, login, rate, size and time of the body; and headers on every answer.

It is plain ASGI, so that uploads and streams pass piece by piece. Nothing personal is logged.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gait.app.app_settings import AppSettings
from gait.app.app_store import AppStore
from gait.app.login_store import Login, find_login
from gait.app.rate_limit import RateLimit
from gait.display_language import LANGUAGES, _, language_of_environment, speak

#: Name of the cookie. Cookies do not know ports, so each port has its own.
COOKIE = "gait_{port}"
#: Name of the cookie with the language in which pages are shown.
LANGUAGE_COOKIE = "gait_language"
CSRF_HEADER = "x-csrf-token"
#: A name or address, and a port: no user, path or anything else that readers of addresses understand differently.
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: What is answered without a login: the way in, the look of the page that says so, and whether the server lives.
OPEN_PATHS = frozenset({"/enter", "/healthz", "/static/app.css"})
#: Largest body that is not an upload, bytes. [E]
MAX_BODY = 1_000_000
#: Paths whose bodies are uploads: they check their own size.
UPLOADS_PATH = "/api/v1/uploads/"
#: Attempts to come in that one address has, and those that come back each second. [E]
_ENTER_BURST, _ENTER_PER_S = 10.0, 1 / 6
#: Everything comes from this server; scripts and styles only from its files. `blob:` is for pictures of the camera.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}


class AccessGuard:
    """ASGI middleware that lets in who may come in.

    Parameters
    ----------
    app : ASGI application
    store : AppStore
    hosts : iterable of str
        Names under which the server may be reached, without port. Any other name is refused, because a page of
        another site could make the browser come here under its own name (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, *, store: AppStore, hosts: Iterable[str]) -> None:
        self._app, self._store = app, store
        self._settings: AppSettings = store.settings
        self._hosts = frozenset(host.lower() for host in hosts)
        self._rate = RateLimit(self._settings.requests_per_s, self._settings.burst)
        self._enter_rate = RateLimit(_ENTER_PER_S, _ENTER_BURST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on.

        Parameters
        ----------
        scope, receive, send
            Of ASGI.
        """
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        with speak(_language(headers)):
            refused = await self._refusal(scope, headers)
            if refused is not None:
                await _refuse(scope, receive, send, *refused)
                return
            if scope["type"] == "websocket":
                await self._app(scope, receive, send)
                return
            guarded = _GuardedBody(receive, self._settings.body_timeout_s, _body_limit(scope))
            await self._app(scope, guarded.receive, _with_headers(send))

    async def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        """Say why a request is refused; else put the login into its state."""
        address = (scope.get("client") or ("?",))[0]
        path = scope["path"]
        if not self._rate.allows(address):
            return 429, _("too many requests; wait a few seconds")
        host = headers.get("host", "")
        if not self._known_host(host):
            return 421, _("this name is not the server's; open the address that gait serve has printed")
        method = "GET" if scope["type"] == "websocket" else scope["method"]
        unsafe = method not in SAFE_METHODS or scope["type"] == "websocket"
        if unsafe and not self._same_origin(headers, host):
            return 403, _("the request comes from another site")
        if path == "/enter" and not self._enter_rate.allows(address):
            return 429, _("too many attempts; wait a minute")
        login = await self._login(headers)
        scope.setdefault("state", {})["login"] = login
        if login is None and path not in OPEN_PATHS:
            return 401, _("open the address that gait serve has printed, or scan its code")
        if login is not None and not login.may_visit(method, path):
            return 403, _("this device may see one report; for more, open the address that gait serve has printed")
        if method not in SAFE_METHODS and login is not None:
            if self._settings.read_only and path != "/api/v1/logout":
                return 403, _("this server only shows; nothing can be changed here")
            if path.startswith("/api/") and headers.get(CSRF_HEADER) != login.csrf_token:
                return 403, _("the page is too old; load it again")
        length = headers.get("content-length")
        if scope["type"] == "http" and length is not None and (not length.isdecimal() or len(length) > 18):
            return 400, _("the request cannot be read")
        limit = _body_limit(scope)
        if limit is not None and length is not None and int(length) > limit:
            return 413, _("the request is too large")
        return None

    async def _login(self, headers: Headers) -> Login | None:
        name, secret = COOKIE.format(port=self._settings.port), None
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            return None
        if name in cookies:
            secret = cookies[name].value
        if not secret or len(secret) > 100:
            return None
        return await anyio.to_thread.run_sync(find_login, self._store, secret)

    def _known_host(self, host: str) -> bool:
        if not _HOST.fullmatch(host):
            return False
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name is not None and name.lower() in self._hosts

    def _same_origin(self, headers: Headers, host: str) -> bool:
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = headers.get("origin")
        return origin is None or origin.lower() in (f"http://{host}".lower(), f"https://{host}".lower())


class _GuardedBody:
    """A body that must keep coming, and must not grow too large."""

    def __init__(self, receive: Receive, timeout_s: float, limit: int | None) -> None:
        self._receive, self._timeout_s, self._limit = receive, timeout_s, limit
        self._size, self._complete = 0, False

    async def receive(self) -> Message:
        """Return the next piece."""
        if self._complete:
            return await self._receive()  # from here on it tells only that the reader has gone
        try:
            message = await asyncio.wait_for(self._receive(), self._timeout_s)
        except TimeoutError:
            raise _body_error(408, _("the request came too slowly")) from None
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._complete = not message.get("more_body", False)
            if self._limit is not None and self._size > self._limit:
                raise _body_error(413, _("the request is too large"))
        return message


def _body_error(status: int, text: str) -> HTTPException:
    # What is left of the body is not read, so the connection cannot go on.
    return HTTPException(status, text, headers={"Connection": "close"})


def _body_limit(scope: Scope) -> int | None:
    is_upload = scope["type"] == "http" and scope["method"] == "PATCH" and scope["path"].startswith(UPLOADS_PATH)
    return None if is_upload else MAX_BODY


def _language(headers: Headers) -> str:
    """Choose the language that was chosen in the app, else the first one of the browser that gait speaks."""
    for cookie in headers.get("cookie", "").split(";"):
        name, _sign, code = cookie.strip().partition("=")
        if name == LANGUAGE_COOKIE and code in LANGUAGES:
            return code
    for part in headers.get("accept-language", "").split(",")[:10]:
        code = part.partition(";")[0].strip()
        if code.partition("-")[0].lower() in LANGUAGES:
            return language_of_environment({"LANG": code})
    return language_of_environment({})


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Content-Security-Policy", POLICY)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, text: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    kind, content = _refusal_page(scope, status, text)
    headers: list[tuple[bytes, bytes]] = [
        (b"content-type", kind),
        (b"content-length", str(len(content)).encode()),
        (b"connection", b"close"),  # what is left of the body is not read
    ]
    if status == 429:
        headers.append((b"retry-after", b"10"))
    sending = _with_headers(send)
    await sending({"type": "http.response.start", "status": status, "headers": headers})
    await sending({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})


def _refusal_page(scope: Scope, status: int, text: str) -> tuple[bytes, bytes]:
    if scope["path"].startswith("/api/") or "text/html" not in Headers(scope=scope).get("accept", ""):
        record: dict[str, Any] = {"error": text, "code": f"http_{status}"}
        return b"application/json", json.dumps(record).encode()
    from gait.app.page_rendering import render_message

    return b"text/html; charset=utf-8", render_message(text).encode()
