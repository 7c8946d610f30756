"""An address that lets one device in, once: as text, as a code in the terminal and as a picture."""

from __future__ import annotations

import io
import socket
from contextlib import suppress
from dataclasses import dataclass

from gait.app.app_store import AppStore
from gait.app.login_store import LoginKind, invite

#: An address of a private network; nothing is sent there. The system says which of its own addresses it would use.
_PROBE = ("10.255.255.255", 9)


@dataclass(frozen=True)
class Invitation:
    """A way in, once.

    Attributes
    ----------
    url : str
    """

    url: str

    def terminal_code(self) -> str:
        """Draw the address as a QR code of block characters.

        Returns
        -------
        str
        """
        import segno

        drawn = io.StringIO()
        segno.make(self.url, error="l").terminal(drawn, compact=True, border=2)
        return drawn.getvalue()

    def svg_uri(self) -> str:
        """Draw the address as a QR code.

        Returns
        -------
        str
            SVG as a data URI, black on white, as scanners expect it.
        """
        import segno

        uri: str = segno.make(self.url, error="m").svg_data_uri(scale=6, border=4, light="white")
        return uri


def invitation(store: AppStore, port: int, kind: LoginKind | str = "lan") -> Invitation:
    """Make an invitation.

    Parameters
    ----------
    store : AppStore
    port : int
    kind : str
        As `gait.app.login_store.Login`. All but ``local`` are for other devices, under this machine's address in the
        network where the server listens there.

    Returns
    -------
    Invitation
    """
    host = "127.0.0.1"
    if kind != "local" and store.settings.lan:
        # In a container the system knows only its inner address; there the name is given.
        host = next(iter(store.settings.extra_hosts), None) or network_address()
    scheme = "http" if store.settings.certificate is None else "https"
    return Invitation(f"{scheme}://{host}:{port}/enter?token={invite(store, kind)}")


def network_address() -> str:
    """Return this machine's address in the network.

    Returns
    -------
    str
        ``127.0.0.1`` where it has none.
    """
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(_PROBE)
        address: str = probe.getsockname()[0]
        return address
    return "127.0.0.1"


def host_names(*, lan: bool) -> list[str]:
    """List the names under which this machine is reached.

    Parameters
    ----------
    lan : bool
        Whether from other devices, too.

    Returns
    -------
    list of str
    """
    names = ["127.0.0.1", "localhost", "::1"]
    if lan:
        host = socket.gethostname().lower()
        names += [network_address(), host, f"{host}.local"]
    return list(dict.fromkeys(names))
