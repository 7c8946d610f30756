"""Run the app: one server for one folder of data, on this machine alone or in its network."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import ssl
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from gait.app.app_settings import AppSettings
from gait.app.data_folder import DataFolder
from gait.app.invitation_link import Invitation, host_names, invitation
from gait.app.own_certificate import own_certificate
from gait.app.web_app import create_app
from gait.display_language import _
from gait.errors import InputError
from gait.owned_files import only_writer

#: Connections at the same time, seconds for which one may be idle between requests, and for which answers may take to
#: end at the stop. [E]
_MAX_CONNECTIONS, _IDLE_S, _END_S = 300, 15, 3
#: Largest header of a request, and largest message over a WebSocket, bytes. [E]
_MAX_HEADER, _MAX_MESSAGE = 32_768, 2_000_000
#: Waiting connections. [E]
_BACKLOG = 256


def _is_fault_of_the_server(record: logging.LogRecord) -> bool:
    """Whether a record belongs in the log: uvicorn logs tracebacks when a WebSocket brings text that is no UTF-8."""
    error = record.exc_info[1] if record.exc_info else None
    return not any(isinstance(e, UnicodeDecodeError) for e in (error, getattr(error, "__context__", None)))


class PatientProtocol(H11Protocol):
    """HTTP whose header must arrive in time: a client that sends a letter a minute would keep its place for ever."""

    header_timeout_s = 20.0
    _header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the header.

        Parameters
        ----------
        transport : asyncio.Transport
        """
        super().connection_made(transport)
        self._header_timer = self.loop.call_later(self.header_timeout_s, self._end_without_header)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer.

        Parameters
        ----------
        exc : Exception or None
        """
        if self._header_timer is not None:
            self._header_timer.cancel()
        super().connection_lost(exc)

    def _end_without_header(self) -> None:
        taken_over = self.transport.get_protocol() is not self  # it has become a WebSocket
        if getattr(self, "cycle", None) is None and not taken_over:
            self.transport.close()


def serve(
    settings: AppSettings,
    *,
    open_browser: bool = False,
    on_ready: Callable[[Invitation, Invitation | None], None] | None = None,
) -> None:
    """Serve until the program is stopped.

    Parameters
    ----------
    settings : AppSettings
    open_browser : bool
    on_ready : callable, optional
        Called with the invitation for this machine and, with ``lan``, the one for another device.

    Raises
    ------
    InputError
        The port is taken, or another server has the folder of the data.
    """
    folder = DataFolder(settings.data_folder)
    check_certificate(settings)
    with only_writer(folder.root, "gait serve"), bound_socket(settings) as bound:
        settings = replace(settings, port=bound.getsockname()[1])
        if settings.own_certificate:
            names = [*host_names(lan=settings.lan), *settings.extra_hosts]
            certificate, key = own_certificate(folder.root, names)
            settings = replace(settings, certificate=certificate, key=key, own_certificate=False)
        app = create_app(settings)
        protocol: type[PatientProtocol] = type(
            "TimedProtocol", (PatientProtocol,), {"header_timeout_s": settings.body_timeout_s}
        )
        config = uvicorn.Config(
            app,
            http=protocol,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_IDLE_S,
            timeout_graceful_shutdown=_END_S,
            limit_concurrency=_MAX_CONNECTIONS,
            h11_max_incomplete_event_size=_MAX_HEADER,
            ws_max_size=_MAX_MESSAGE,
            ws_per_message_deflate=False,  # pictures do not get smaller, and it takes time in both ends
            ssl_certfile=settings.certificate,
            ssl_keyfile=settings.key,
        )
        for name in ("uvicorn.error", "asyncio"):
            logging.getLogger(name).addFilter(_is_fault_of_the_server)
        local = invitation(app.state.store, settings.port, "local")
        other = invitation(app.state.store, settings.port) if settings.lan else None
        if on_ready is not None:
            on_ready(local, other)
        if open_browser:
            threading.Timer(0.8, webbrowser.open, (local.url,)).start()
        uvicorn.Server(config).run(sockets=[bound])


def check_certificate(settings: AppSettings) -> None:
    """Check the certificate and its key, where they are given.

    Parameters
    ----------
    settings : AppSettings

    Raises
    ------
    InputError
        A file cannot be read, or they do not belong together.
    """
    if settings.certificate is None or settings.key is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            settings.certificate, settings.key, password=""
        )
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        raise InputError(
            _("certificate {certificate} and key {key} cannot be used; give two PEM files that belong together").format(
                certificate=settings.certificate, key=settings.key
            )
        ) from None


def bound_socket(settings: AppSettings) -> socket.socket:
    """Take the port.

    Parameters
    ----------
    settings : AppSettings

    Returns
    -------
    socket.socket

    Raises
    ------
    InputError
        It is taken, or the address is not this machine's.
    """
    host = "0.0.0.0" if settings.lan and settings.host == "127.0.0.1" else settings.host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name != "nt":  # there it would let a second server take the same port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, settings.port))
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            _("port {port} of {host} cannot be used ({reason}); choose another one").format(
                port=settings.port, host=host, reason=reason
            ),
            code="port_taken",
        ) from None
    return bound
