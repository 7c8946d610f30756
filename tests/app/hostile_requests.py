"""Requests that no browser of a user sends: ``python -m tests.app.hostile_requests`` (part of ``make fuzz``).

They go to a real server over a socket, whose jobs do no work. Each is decided by the seed. A fault is an answer 500, an
end of the server, a line in its log, a token that is guessed, or bytes of another file in an answer.
"""

from __future__ import annotations

import argparse
import base64
import itertools
import json
import random
import re
import socket
import string
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

from tests.app.app_client import PIECE, TUS, add_athlete, announce, measure, upload, wait_for
from tests.app.app_process import running_app

SEED = 22
#: Answers above 499 that say what the client may do: wait, or make space.
_TOLD = (503, 507)
#: A name and bytes that no answer to a stranger and no log may hold.
PERSON = "Zacharias Unusualname"
SECRET = b"canary-5f0c1e"
_LEAKS = (SECRET, b"SQLite format 3", b"root:x:0:0", b"Traceback (most recent call last)")

TRAVERSALS = (
    "../gait-history.db",
    "../../gait-history.db",
    "..%2f..%2fgait-history.db",
    "%2e%2e/%2e%2e/gait-history.db",
    "%252e%252e%252fgait-history.db",
    "..%5c..%5cgait-history.db",
    "..%c0%af..%c0%afgait-history.db",
    "....//....//gait-history.db",
    "..;/..;/gait-history.db",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "file:///etc/passwd",
    "%00",
    "report.html%00.mp4",
    "CON",
    "C:%5cWindows%5cwin.ini",
    "~root",
    "%ff%fe",
    "%F0%9F%8F%83",
    "%e2%80%ae4pm",
    "a" * 4000,
    "%0d%0aSet-Cookie:%20x=1",
    "1%20OR%201=1",
    "-1",
    "0",
    "9" * 30,
    "1e3",
    "٣",
    "null",
    "{{7*7}}",
    "<script>alert(1)</script>",
)
#: They end the login of all requests that follow.
_ENDING = ("/api/v1/logout", "/leave")
_FOLDERS = (
    "/static/",
    "/sessions/1/report/",
    "/sessions/",
    "/jobs/",
    "/api/v1/uploads/",
    "/api/v1/jobs/",
    "/api/v1/sessions/",
    "/api/v1/athletes/",
    "/api/v1/sessions/1/files/",
    "/",
)
_KINDS = (
    "text/plain",
    "text/xml",
    "application/xml",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "x" * 300,
    "application/x-www-form-urlencoded",
    "application/json; charset=utf-16",
    "application/json; charset=nonsense",
    "application/octet-stream",
    "image/svg+xml",
    "\x7f/\x7f",
    "",
)


def bombs() -> list[bytes]:
    """Bodies that a reader of JSON, of forms or of text may choke on."""
    return [
        b"[" * 100_000,
        b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
        b'{"name":' + b"9" * 400_000 + b"}",
        b'{"name": "x", "height_m": 1e400}',
        b'{"name": "x", "height_m": -Infinity}',
        b'{"name": "x", "height_m": NaN}',
        b'{"name": "\\ud800\\udfff\\ud800"}',
        b'{"name": "\\u0000"}',
        b'{"name": "a", "name": "b", "name": ["c"]}',
        b'{"name": "' + "‮".encode() * 90 + b'"}',
        b'{"name": "' + "é".encode("latin-1") + b'"}',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b'{"text": "' + b"x" * 900_000 + b'"}',
        json.dumps({f"k{n}": n for n in range(40_000)}).encode(),
        b"&".join(b"a=1" for _ in range(60_000)),
        b"csrf_token=" + b"%ff" * 1000,
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"1" * 1000,
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bbbb'>]><a>&b;</a>",
        b"",
        b"null",
        b"\x00" * 1000,
    ]


@dataclass
class Family:
    """What came of one kind of requests.

    Attributes
    ----------
    answers : Counter
        By what the server did.
    faults : list of str
        One line each.
    """

    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def note(self, what: str, status: int | None, content: bytes = b"", *, allowed: bool = True) -> None:
        """Count an answer.

        Parameters
        ----------
        what : str
            For the line of a fault.
        status : int or None
            ``None``: closed without an answer, which only a request that is not HTTP may be.
        content : bytes
        allowed : bool
            Whether the request may be accepted.
        """
        if status is None:
            self.answers["closed"] += 1
        elif status in (429, *_TOLD):
            self.answers["told to wait"] += 1
        elif status < 400:
            self.answers["answered"] += 1
        else:
            self.answers["refused"] += 1
        if status is not None and status >= 500 and status not in _TOLD:
            self.faults.append(f"{what}: {status}")
        if not allowed and status is not None and status < 400:
            self.faults.append(f"{what}: accepted with {status}")
        self.faults += [f"{what}: holds {leak!r}" for leak in _LEAKS if leak in content]


@dataclass
class Target:
    """A server under attack."""

    base: str
    client: httpx2.Client
    folder: Path
    random: random.Random
    count: int
    routes: list[tuple[str, str]]
    athlete: int = 0
    session: int = 0
    job: str = ""
    upload: str = ""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.base)
        return parts.hostname or "", parts.port or 0

    def is_complete(self) -> bool:
        """Whether athlete, job and session are there; an attack may have deleted them, as it may."""
        paths = (f"sessions/{self.session}/report", f"jobs/{self.job}", f"athletes/{self.athlete}")
        return bool(self.job) and all(self.client.get(f"/api/v1/{path}").is_success for path in paths)

    def stranger(self) -> httpx2.Client:
        """A client without a login."""
        return httpx2.Client(base_url=self.base, timeout=30)

    def raw(self, content: bytes, seconds: float = 5.0) -> tuple[int | None, bytes]:
        """Send bytes; return the status and all that comes back."""
        with socket.create_connection(self.address, timeout=seconds) as line:
            received = b""
            with suppress(OSError):
                line.sendall(content)  # its end is left open: a server takes the end for a reader that has gone
            with suppress(OSError):
                while piece := line.recv(65536):
                    received += piece
        found = re.match(rb"HTTP/1\.1 (\d{3})", received)
        return (int(found[1]) if found else None), received

    def framed(self, place: str, *lines: str, content: bytes, seconds: float = 1.5) -> tuple[int | None, bytes]:
        """Open a WebSocket, then send bytes: a server need not read those that come with the handshake."""
        with socket.create_connection(self.address, timeout=seconds) as line:
            line.sendall(self.head("GET", place, *lines))
            received = b""
            with suppress(OSError):
                while b"\r\n\r\n" not in received and (piece := line.recv(65536)):
                    received += piece
                line.sendall(content)
                while piece := line.recv(65536):
                    received += piece
        found = re.match(rb"HTTP/1\.1 (\d{3})", received)
        return (int(found[1]) if found else None), received

    def head(self, method: str, path: str, *lines: str, host: str | None = None) -> bytes:
        """A request with login as bytes, without its body."""
        name = host if host is not None else f"{self.address[0]}:{self.address[1]}"
        cookie = "; ".join(f"{k}={v}" for k, v in self.client.cookies.items())
        token = self.client.headers["X-CSRF-Token"]
        known = [f"{method} {path} HTTP/1.1", f"Host: {name}", f"Cookie: {cookie}", f"X-CSRF-Token: {token}"]
        if not any(line.startswith("Connection:") for line in lines):
            known.append("Connection: close")
        return "\r\n".join([*known, *lines, "", ""]).encode("latin-1", "replace")

    def ask(self, family: Family, method: str, path: str, *, allowed: bool = True, **more: Any) -> int | None:
        """Send a request as a client would, and count its answer."""
        client = more.pop("client", self.client)
        try:
            answer = client.request(method, path, follow_redirects=False, **more)
        except (httpx2.InvalidURL, UnicodeError, ValueError):
            return None  # this client cannot send it; `raw` can
        except httpx2.TransportError as error:
            # Of a body that is refused before it has come whole the answer may be lost.
            family.note(f"{method} {path[:80]}: {type(error).__name__}", None)
            return None
        family.note(f"{method} {path[:80]}", answer.status_code, answer.content, allowed=allowed)
        return int(answer.status_code)


Attack = Callable[[Target, Family], None]


def described_requests(target: Target, family: Family) -> None:
    """From the description of the API (Schemathesis): as it allows, and as it does not."""
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings

    document = target.client.get("/api/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    operations = [(m.upper(), p) for p, methods in document["paths"].items() for m in methods if p not in _ENDING]
    each = max(1, target.count * 2 // len(operations))

    def send_all(method: str, path: str) -> None:
        @settings(
            max_examples=each,
            database=None,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )
        @given(case=schema[path][method].as_strategy())
        def send(case: Any) -> None:
            request = case.as_transport_kwargs(base_url=target.base)
            request.pop("cookies", None)
            request.pop("method", None)
            headers = {
                k: v for k, v in (request.pop("headers", None) or {}).items() if k.lower() not in ("host", "cookie")
            }
            target.ask(family, method, request.pop("url"), headers=headers, **request)

        send()

    for method, path in operations:
        send_all(method, path)


def paths(target: Target, family: Family) -> None:
    """Paths that lead out of a folder, in many spellings."""
    pairs = list(itertools.product(_FOLDERS, TRAVERSALS))
    target.random.shuffle(pairs)
    for folder, path in pairs[: target.count]:
        method = target.random.choice(("GET", "GET", "HEAD", "DELETE"))
        line = (folder + path).encode("utf-8").decode("latin-1").replace(" ", "%20")
        status, content = target.raw(target.head(method, line, "Content-Length: 0", "Connection: close"))
        family.note(f"{method} {line[:80]}", status, content)


def broken_http(target: Target, family: Family) -> None:
    """What is no HTTP, or two requests in one, or headers without end."""
    long = "x" * 40_000
    head = target.head
    requests = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a browser that tries TLS
        b"\x00" * 2000,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET  /  HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        head("GET", "/" + long),
        head("GET", "/", f"X-Long: {long}"),
        head("GET", "/", *(f"X-{n}: 1" for n in range(3000))),
        head("GET", "/", f"Cookie: {'a=b; ' * 6000}"),
        head("GET", "/", "Bad Header: 1"),
        head("GET", "/", ": 1"),
        head("GET", "/", "X: a\x00b"),
        head("GET", "/", "Transfer-Encoding: gzip, chunked"),
        head("POST", "/api/v1/athletes", "Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\nGET /x",
        head("POST", "/api/v1/athletes", "Content-Length: 5", "Content-Length: 6") + b"{}    ",
        head("POST", "/api/v1/athletes", "Content-Length: -5") + b"{}",
        head("POST", "/api/v1/athletes", "Content-Length: 0x10") + b"{}",
        head("POST", "/api/v1/athletes", f"Content-Length: {'9' * 30}") + b"{}",
        head("POST", "/api/v1/athletes", "Transfer-Encoding: chunked") + b"ffffffffffffffff\r\n{}",
        head("POST", "/api/v1/athletes", "Transfer-Encoding: chunked") + b"-2\r\n{}\r\n0\r\n\r\n",
        head("POST", "/api/v1/athletes", "Transfer-Encoding: chunked") + b"2\r\n{}",
        head("POST", "/api/v1/athletes", "Expect: 100-continue", "Content-Length: 99999999"),
        head("CONNECT", "evil.example:443"),
        head("TRACE", "/"),
        head("GET", "http://evil.example/"),
        head("GET", "*"),
        head("OPTIONS", "*"),
        head("A" * 300, "/"),
        head("GET", "/", "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAA"),
        head("GET", "/", "Upgrade: websocket", "Connection: Upgrade"),
        head("GET", "/", f"Range: bytes={'0-1,' * 3000}0-1"),
        head("GET", "/static/app.css", "Range: bytes=9999999999-", "If-Range: x"),
        head("GET", "/static/app.css", f"Range: bytes={'0-1,' * 1500}0-1"),
        head("GET", "/", f"Accept-Language: {'de,' * 5000}"),
        head("GET", "/", "Accept-Language: \xff\xfe;q=nan"),
        head("GET", "/", "If-None-Match: *", "If-Modified-Since: 99"),
        head("GET", "/", f"Cookie: gait_{target.address[1]}=" + "A" * 20_000),
        head("GET", "/", f"Cookie: gait_{target.address[1]}=\xff\x00"),
        b"\r\n" * 3000,
    ]
    extra = max(0, target.count - len(requests))
    base = head("GET", "/api/v1/me", "Connection: close")
    for _ in range(extra):
        damaged = bytearray(base)
        for _change in range(target.random.randint(1, 6)):
            damaged[target.random.randrange(len(damaged))] = target.random.randrange(256)
        requests.append(bytes(damaged))
    for request in requests:
        status, content = target.raw(request, 4.0)
        family.note(f"raw {request[:60]!r}", status, content)


def content_types(target: Target, family: Family) -> None:
    """Bodies of another type than they say, and readers' bombs, to every address that takes a body."""
    changing = [
        (m, p) for m, p in target.routes if m in ("POST", "PUT", "PATCH") and "logout" not in p and p != "/leave"
    ]
    pairs = list(itertools.product(changing, itertools.chain(bombs())))
    target.random.shuffle(pairs)
    for (method, path), body in pairs[: target.count * 2]:
        kind = target.random.choice((*_KINDS, "application/json", "application/json"))
        headers = {**TUS, "Upload-Offset": "0", "Content-Type": kind}
        target.ask(family, method, _filled(target, path), content=body, headers=headers)


def odd_fields(target: Target, family: Family) -> None:
    """Forms and queries with values of every kind, to every page and address, with a valid token."""
    values = [
        "",
        "0",
        "-1",
        "1e309",
        "NaN",
        "9" * 40,
        "‮",
        "\x00",
        "<script>alert(1)</script>",
        "'; DROP TABLE athletes;--",
    ]
    values += ["../../x", "{{7*7}}", "%s%n", "٣", "😀" * 100, "true", "[]", "{}", "2026-13-45", "x" * 5000]
    routes = [(m, p) for m, p in target.routes if p not in (*_ENDING, "/enter") and m != "WEBSOCKET"]
    for _ in range(target.count * 2):
        method, path = target.random.choice(routes)
        odd = target.random.random() < 0.3
        place = _filled(target, path, odd=odd)
        names = ["name", "athlete", "session", "text", "day", "area", "level", "height", "units", "language", "value"]
        names += ["metric", "target", "version", "first", "second", "a", "b", "state", "query", "kind", "group"]
        fields = {n: target.random.choice(values) for n in target.random.sample(names, 6)}
        if method in ("GET", "HEAD"):
            if "events" in path:
                continue
            target.ask(family, method, place, params=fields)
        elif target.random.random() < 0.5:
            fields["csrf_token"] = target.client.headers["X-CSRF-Token"]
            target.ask(family, method, place, data=fields)
        else:
            target.ask(family, method, place, json=fields)


def strangers(target: Target, family: Family) -> None:
    """Without a login, from other sites, under other names, with wrong tokens: nothing is let through."""
    open_paths = ("/enter", "/healthz", "/static/app.css")
    guarded = [(m, p) for m, p in target.routes if p not in open_paths and m != "OPTIONS"]
    token = target.client.headers["X-CSRF-Token"]
    port = target.address[1]
    with target.stranger() as client:
        for method, path in guarded:
            target.ask(family, method, _filled(target, path), client=client, allowed=False)
        for cookie in ("", "0" * 43, "a.b.c", "../..", "%00", "gAAAA" * 8):
            target.ask(
                family, "GET", "/sessions", client=client, headers={"Cookie": f"gait_{port}={cookie}"}, allowed=False
            )
    changing = [(m, p) for m, p in guarded if m not in ("GET", "HEAD")]
    foreign = [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{port + 1}"},
        {"Origin": f"http://127.0.0.1:{port}.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": f"evil.example@127.0.0.1:{port}"},
        {"Host": f"127.0.0.1.evil.example:{port}"},
        {"X-CSRF-Token": "0" * 64},
        {"X-CSRF-Token": token[:-1]},
        {"X-CSRF-Token": ""},
    ]
    pairs = list(itertools.product(changing, foreign))
    target.random.shuffle(pairs)
    for (method, path), headers in pairs[: target.count]:
        if "X-CSRF-Token" in headers and not path.startswith("/api/"):
            continue  # pages take the token as a field: see `odd_fields`
        body = {"json": {"name": "Eve"}} if method != "DELETE" else {}
        target.ask(family, method, _filled(target, path), headers=headers, allowed=False, **body)


def guessed_tokens(target: Target, family: Family) -> None:
    """Tokens of invitations that are guessed: soon the address waits."""
    with target.stranger() as client:
        waits = 0
        for _ in range(min(target.count, 100)):
            token = "".join(target.random.choices(string.ascii_letters + string.digits + "-_", k=32))
            status = target.ask(family, "GET", f"/enter?token={token}", client=client, allowed=False)
            waits += status == 429
        if waits < min(target.count, 100) - 15:
            family.faults.append(f"only {waits} guesses had to wait")


def wrong_uploads(target: Target, family: Family) -> None:
    """Wrong offsets, lengths, checksums and descriptions of uploads; nothing of them is kept."""
    offsets = ["-1", "1", "999999999999", "1e3", "٣", "", "0x0", "0 ", "+0", "9" * 40]
    for offset in offsets:
        place = announce(target.client, 100)
        headers = {**PIECE, "Upload-Offset": offset}
        with suppress(UnicodeError):
            target.ask(
                family, "PATCH", place, headers=_bytes(headers), content=b"x" * 10, allowed=offset.strip() == "0"
            )
        if target.client.head(place, headers=TUS).headers["upload-offset"] not in ("0", "10"):
            family.faults.append(f"offset {offset!r} moved the upload")
        target.client.delete(place, headers=TUS)
    for length in ["-1", "0", "", "1e9", "9" * 40, "٣", "NaN", "0x10", str(10**15)]:
        headers = _bytes({**TUS, "Upload-Length": length})
        target.ask(family, "POST", "/api/v1/uploads", headers=headers, allowed=False)
    for described in [
        "filename",
        "filename ###",
        "=,=,=",
        "," * 3000,
        "filename " + "QQ" * 2000,
        "athlete " + "OTk5OTk5",
        "\x7f",
    ]:
        headers = {**TUS, "Upload-Length": "10", "Upload-Metadata": described}
        target.ask(family, "POST", "/api/v1/uploads", headers=headers)
    for name in [*TRAVERSALS, "\x00", "a\nb.mp4", ".", "..", "nul.mp4", "x" * 255, "😀.mp4", "-rf.mp4", "a;rm -rf.mp4"]:
        encoded = base64.b64encode(name.encode("utf-8", "replace")).decode()
        headers = {**TUS, "Upload-Length": "10", "Upload-Metadata": f"filename {encoded}"}
        place = target.client.post("/api/v1/uploads", headers=headers).headers.get("location")
        if place is not None:
            target.ask(family, "PATCH", place, headers={**PIECE, "Upload-Offset": "0"}, content=b"0123456789")
            target.client.delete(place, headers=TUS)
    for checksum in ["md4 xx", "sha256", "sha256 ###", "sha256 AAAA", " ", "sha256 " + "A" * 5000]:
        place = announce(target.client, 10)
        headers = {**PIECE, "Upload-Offset": "0", "Upload-Checksum": checksum}
        target.ask(family, "PATCH", place, headers=headers, content=b"0123456789", allowed=False)
        target.client.delete(place, headers=TUS)
    outside = [p for p in target.folder.rglob("*") if p.is_file() and p.suffix == ".mp4" and "uploads" not in p.parts]
    outside = [p for p in outside if "sessions" not in p.parts]
    family.faults += [f"an upload lies outside its folder: {p.name}" for p in outside]


def other_peoples(target: Target, family: Family) -> None:
    """Numbers of other athletes, sessions, uploads and jobs where they do not belong."""
    other = add_athlete(target.client, "Bea")
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/api/v1/jobs", {"athlete": other, "uploads": [target.upload]}),
        ("POST", "/api/v1/jobs", {"athlete": 10**9, "uploads": [target.upload]}),
        ("POST", "/api/v1/jobs", {"athlete": target.athlete, "uploads": [target.job]}),
        ("POST", "/api/v1/jobs", {"athlete": target.athlete, "uploads": ["../x"]}),
        ("POST", f"/api/v1/athletes/{other}/notes", {"session": target.session, "text": "not hers"}),
        ("PATCH", f"/api/v1/athletes/{other}", {"version": 10**6, "height_m": 1.7}),
    ]
    for method, path, body in bodies:
        target.ask(family, method, path, json=body, allowed=False)
    for number in (0, -1, 10**6, 2**63 - 1, 2**63, 2**64, 10**30):
        for place in ("athletes/{}", "athletes/{}/sessions", "athletes/{}/audit", "sessions/{}", "sessions/{}/report"):
            target.ask(family, "GET", "/api/v1/" + place.format(number), allowed="/" in place and place.endswith("s"))
    for session in (target.session + 1, 10**6):
        target.ask(family, "GET", f"/api/v1/compare?first={target.session}&second={session}", allowed=False)


def large_bodies(target: Target, family: Family) -> None:
    """Bodies beyond the limit, announced or not."""
    changing = [(m, p) for m, p in target.routes if m in ("POST", "PUT") and p not in _ENDING]
    for method, path in changing[: max(4, target.count // 4)]:
        place = _filled(target, path)
        target.ask(family, method, place, content=b" " * 1_100_000, allowed=False)
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        request = target.head(method, place, "Transfer-Encoding: chunked", "Content-Type: application/json")
        status, content = target.raw(request + chunk * 18 + b"0\r\n\r\n")
        # What takes no body answers without reading it.
        family.note(
            f"{method} {place} in chunks", status, content, allowed=path not in ("/api/v1/athletes", "/api/v1/jobs")
        )


def slow_clients(target: Target, family: Family) -> None:
    """Clients that send a header or a body and then nothing: they lose their places, all others go on."""
    lines = []
    for number in range(min(target.count, 60)):
        line = socket.create_connection(target.address, timeout=10)
        content = (
            b"GET / HTTP/1.1\r\nHost: "
            if number % 2
            else target.head("POST", "/api/v1/athletes", "Content-Length: 9") + b"{"
        )
        line.sendall(content)
        lines.append(line)
    begun = time.monotonic()
    alive = target.client.get("/api/v1/me").status_code
    if alive != 200 or time.monotonic() - begun > 2:
        family.faults.append("others waited for slow clients")
    for line in lines:
        received = b""
        try:
            while piece := line.recv(65536):
                received += piece
            found = re.match(rb"HTTP/1\.1 (\d{3})", received)
            family.note("slow", int(found[1]) if found else None, received, allowed=False)
        except OSError:
            family.faults.append("a slow client kept its place")
        line.close()


def streams(target: Target, family: Family) -> None:
    """Many pages that follow a job at once, and never read."""
    job = measure(target.client, b"SLOW run", athlete=target.athlete)["id"]
    lines = []
    for _ in range(min(target.count * 2, 150)):
        line = socket.create_connection(target.address, timeout=10)
        line.sendall(target.head("GET", f"/api/v1/jobs/{job}/events"))
        lines.append(line)
    begun = time.monotonic()
    if target.client.get("/api/v1/me").status_code != 200 or time.monotonic() - begun > 5:
        family.faults.append("others waited for streams")
    for line in lines:
        received = b""
        with suppress(OSError):
            received = line.recv(65536)
        found = re.match(rb"HTTP/1\.1 (\d{3})", received)
        family.note("stream", int(found[1]) if found else None, received)
        line.close()
    target.client.post(f"/api/v1/jobs/{job}/cancel")


def crashing_videos(target: Target, family: Family) -> None:
    """Films that end their worker (signal, abort, exit), that fill its memory, or that are refused: one job each."""
    contents = [b"CRASH", b"ABORT", b"EXIT", b"REFUSE", b"FAULT"]
    for content in contents[: max(2, target.count)]:
        job = wait_for(target.client, measure(target.client, content, athlete=target.athlete)["id"], seconds=60)
        good = wait_for(target.client, measure(target.client, b"good run", athlete=target.athlete)["id"], seconds=60)
        family.note(content.decode(), 422 if job["state"] == "failed" else 500)
        family.note("a good film after it", 200 if good["state"] == "done" else 500)


def sockets(target: Target, family: Family) -> None:
    """WebSockets of other sites, without a login, with broken handshakes, and with frames of every kind."""
    places = [p for m, p in target.routes if m == "WEBSOCKET"] or ["/live/socket"]
    key = base64.b64encode(b"0123456789abcdef").decode()
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13")
    for place in places:
        for lines in (
            (*upgrade, "Origin: http://evil.example"),
            (*upgrade, "Origin: null"),
            (*upgrade, "Sec-Fetch-Site: cross-site"),
            upgrade[:2],
            (*upgrade[:3], "Sec-WebSocket-Version: 99"),
            (*upgrade[:2], "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13"),
        ):
            status, content = target.raw(target.head("GET", place, *lines))
            family.note(f"socket {lines[-1]}", status, content, allowed=False)
        status, content = target.raw(
            b"GET "
            + place.encode()
            + b" HTTP/1.1\r\nHost: %b:%d\r\n" % (target.address[0].encode(), target.address[1])
            + "\r\n".join(upgrade).encode()
            + b"\r\n\r\n"
        )
        family.note("socket without a login", status, content, allowed=False)
        if place not in [p for m, p in target.routes if m == "WEBSOCKET"]:
            continue
        frames = [
            b"",
            b"\x00",
            b"{",
            b"{}",
            b"[]" * 100,
            b"null",
            b'{"kind": "start"}',
            b"\xff\xd8\xff" + b"\x00" * 5000,
        ]
        frames += [b"\xff" * 100_000, json.dumps({"target": "x" * 5000}).encode(), b'{"target": NaN}']
        frames += [bytes(target.random.randrange(256) for _ in range(200)) for _ in range(min(target.count, 40))]
        frames = frames[: max(5, target.count)]
        goodbye = _frame(8, b"")
        for frame in frames:
            for kind in (1, 2):
                status, content = target.framed(place, *upgrade, content=_frame(kind, frame) + goodbye)
                family.note(f"frame {frame[:20]!r}", status, content)
        for raw in (b"\x82\xff" + b"\xff" * 8, b"\xff\xff", b"\x81\x05hello", b"\x89\xfe\xff\xff", b"\x80\x80aaaa"):
            status, content = target.framed(place, *upgrade, content=raw)
            family.note(f"bytes {raw[:20]!r}", status, content)


def _frame(kind: int, content: bytes) -> bytes:
    """A frame of a WebSocket as a client sends it, its mask zero."""
    size = len(content)
    length = (
        bytes([128 | size])
        if size < 126
        else b"\xfe" + size.to_bytes(2)
        if size < 65536
        else b"\xff" + size.to_bytes(8)
    )
    return bytes([128 | kind]) + length + bytes(4) + content


#: In this order: the last ones crowd the server.
FAMILIES: dict[str, Attack] = {
    "from the description of the API": described_requests,
    "paths that lead elsewhere": paths,
    "broken HTTP": broken_http,
    "wrong types, readers' bombs": content_types,
    "odd fields and queries": odd_fields,
    "no login, other sites and names": strangers,
    "guessed tokens": guessed_tokens,
    "wrong uploads": wrong_uploads,
    "what belongs to others": other_peoples,
    "large bodies": large_bodies,
    "WebSockets": sockets,
    "slow clients": slow_clients,
    "many streams": streams,
    "films that crash the worker": crashing_videos,
}


def _bytes(headers: dict[str, str]) -> dict[str, bytes]:
    return {k: v.encode() for k, v in headers.items()}


def _filled(target: Target, path: str, *, odd: bool = False) -> str:
    """A path whose fields have values: of things that exist, or odd ones."""

    def value(found: re.Match[str]) -> str:
        if odd:
            return quote(target.random.choice(TRAVERSALS[12:]), safe="%")
        name = found[1].partition(":")[0]
        known = {"athlete": target.athlete, "session": target.session, "job": target.job, "identifier": target.upload}
        return str(known.get(name, 1))

    return re.sub(r"\{([^}]+)\}", value, path)


def served_routes() -> list[tuple[str, str]]:
    """Method and path of everything that the server answers, pages included."""
    from gait.app.app_settings import AppSettings
    from gait.app.web_app import create_app

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(AppSettings(data_folder=Path(folder)))
        found = []
        for route in _leaves(app.routes):
            path = getattr(route, "path", "")
            methods = getattr(route, "methods", None)
            if methods:
                found += [(method, path) for method in sorted(methods)]
            elif type(route).__name__.endswith("WebSocketRoute"):
                found.append(("WEBSOCKET", path))
    # Deleting comes last, or the others would find nothing.
    return sorted(set(found), key=lambda item: (item[0] == "DELETE" or "delete" in item[1], item))


def _leaves(routes: Iterable[Any]) -> Iterator[Any]:
    for route in routes:
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        if inner:
            yield from _leaves(inner)
        else:
            yield route


def attack(folder: Path, count: int, *, seed: int = SEED, families: Iterable[str] = FAMILIES) -> dict[str, Family]:
    """Attack a server of its own.

    Parameters
    ----------
    folder : Path
        For its data.
    count : int
        Requests of a family, about.
    seed : int
    families : iterable of str

    Returns
    -------
    dict
        Name of a family → what came of it; "afterwards" has what the log and the files show.
    """
    folder.mkdir(exist_ok=True)
    (folder / "secret.txt").write_bytes(SECRET)
    found: dict[str, Family] = {}
    routes = served_routes()
    with running_app(folder, requests_per_s=1e6, burst=1e6, body_timeout_s=2.0) as (base, client, process):
        client.timeout = 30
        target = Target(base, client, folder, random.Random(seed), count, routes)
        for name in families:
            family = found.setdefault(name, Family())
            target = replace(target, random=random.Random(f"{seed} {name}"))
            try:
                if not target.is_complete():
                    target.athlete = add_athlete(client, PERSON)
                    target.upload = upload(client, b"good run", athlete=target.athlete, name=f"{PERSON}.mp4")
                    asked = {"athlete": target.athlete, "uploads": [target.upload]}
                    job = client.post("/api/v1/jobs", json=asked).json()
                    target.job, target.session = job["id"], wait_for(client, job["id"], seconds=240)["session"]
                FAMILIES[name](target, family)
                if client.get("/api/v1/me").status_code != 200:
                    family.faults.append("the login has ended")
            except (httpx2.TransportError, ConnectionError) as error:
                family.faults.append(f"no answer any more: {error!r}")
            if process.exitcode is not None:
                family.faults.append(f"the server has ended with {process.exitcode}")
                break
    log = (folder / "server.log").read_text(errors="replace")
    last = found.setdefault("afterwards", Family())
    surname = PERSON.split()[1]
    last.faults += [f"in the log: {line}" for line in log.splitlines() if surname in line]
    last.faults += [f"in the log: {text[-1500:]}" for text in re.findall(r"Traceback.*?\n\w[^\n]*", log, re.DOTALL)]
    if (folder / "secret.txt").read_bytes() != SECRET:
        last.faults.append("a file beside the data was changed")
    return found


def table(found: dict[str, Family]) -> str:
    """A Markdown table of the families.

    Parameters
    ----------
    found : dict
        As `attack` returns it.

    Returns
    -------
    str
    """
    ends = ("answered", "refused", "told to wait", "closed")
    rows = [f"| requests | sent | {' | '.join(ends)} | faults |", f"|{'---|' * (len(ends) + 3)}"]
    total: Counter[str] = Counter()
    for name, family in found.items():
        if not family.answers and not family.faults:
            continue
        total.update(family.answers)
        numbers = " | ".join(str(family.answers[end]) for end in ends)
        rows.append(f"| {name} | {family.answers.total()} | {numbers} | {len(family.faults)} |")
    numbers = " | ".join(f"**{total[end]}**" for end in ends)
    faults = sum(len(family.faults) for family in found.values())
    rows.append(f"| **all** | **{total.total()}** | {numbers} | **{faults}** |")
    return "\n".join(rows)


def main() -> None:
    """Attack, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=150, help="of each family, about")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", action="append", choices=list(FAMILIES), help="a family; may be given several times")
    parser.add_argument("--json", type=Path, help="also write the table into this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = attack(Path(folder) / "attack", given.requests, seed=given.seed, families=given.only or FAMILIES)
    print(table(found))
    faults = [f"{name}: {line}" for name, family in found.items() for line in family.faults]
    for line in faults:
        print(line, file=sys.stderr)
    if given.json is not None:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps({"seed": given.seed, "table": table(found)}), encoding="utf-8")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
