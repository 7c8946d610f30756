"""``gait serve``: the app in the browser, on this machine or for the phones in its network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gait.cli.options import QuietOption
from gait.cli.terminal_output import print_line
from gait.display_language import _

if TYPE_CHECKING:
    from gait.app.invitation_link import Invitation


def register(app: typer.Typer) -> None:
    """Add ``gait serve`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("serve", no_args_is_help=False)(_serve)


def _serve(
    lan: Annotated[
        bool, typer.Option("--lan", help="Let phones in this network in, each with a code that it scans.")
    ] = False,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", help="Port to listen on; 0: any free one.")] = 8765,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Folder of videos, reports and history. [default: as gait history]"),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Only show what is there, for a screen in a club.")
    ] = False,
    quota: Annotated[
        float, typer.Option("--quota", metavar="GB", help="Space for videos and reports, gigabytes.")
    ] = 20.0,
    films: Annotated[
        list[Path] | None,
        typer.Option(
            "--films",
            metavar="FOLDER",
            help="Folder of this machine whose films may be measured from the page; may be given several times.",
        ),
    ] = None,
    https: Annotated[
        bool,
        typer.Option(
            "--https", help="Encrypt with a certificate of its own: phones then give their camera, after a warning."
        ),
    ] = False,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate", metavar="FILE", help="Certificate (PEM): encrypts; phones then give their camera."
        ),
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="Key of the certificate (PEM).")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address and open no browser.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Measure runs in the browser, also from a phone.

    Serves pages to upload videos, read reports and follow athletes. Nothing leaves this machine. Ends with Ctrl-C;
    what waits or runs goes on at the next start.
    """
    from gait.app.app_settings import AppSettings
    from gait.app.web_server import serve
    from gait.history.database import default_path

    settings = AppSettings(
        data_folder=default_path().parent if data is None else data,
        host=host,
        port=port,
        lan=lan,
        read_only=read_only,
        quota_bytes=int(quota * 1e9),
        films=tuple(films or ()),
        certificate=certificate,
        key=key,
        own_certificate=https,
    )

    def announce(local: Invitation, other: Invitation | None) -> None:
        if not quiet or no_browser:
            print_line(_("Open in the browser: {url}").format(url=local.url))
        if other is not None:
            print_line(_("Scan with the phone (once; the page Devices shows more codes):"))
            print_line(other.terminal_code())
            print_line(other.url)
            if https:
                print_line(_("The phone warns once, as nobody else vouches for this certificate: go on to the page."))
        if not quiet:
            print_line(_("Data: {folder}. Stop with Ctrl-C.").format(folder=settings.data_folder))

    serve(settings, open_browser=not no_browser, on_ready=announce)
