"""``gait label``: contacts, toe-offs and keypoints of a clip, read off the frames by hand."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from gait.cli.options import QuietOption
from gait.cli.terminal_output import print_line


def register(app: typer.Typer) -> None:
    """Add ``gait label`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("label", no_args_is_help=False)(_label)


def _label(
    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="Video of a treadmill run.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Label file to make or add to. [default: VIDEO with .json]"
        ),
    ] = None,
    labeller: Annotated[
        str | None, typer.Option("--labeller", metavar="NAME", help="Your name or initials; the page asks without it.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address and open no browser.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Label contacts, toe-offs and keypoints of a clip by hand.

    Opens a page in the browser, served by this machine for itself only. Ends with Finish in the page, or with Ctrl-C;
    unsaved work is kept as a draft.
    """
    from gait.labelling.label_server import LabelServer, prepare_task

    task = prepare_task(video, output=output, labeller=labeller)
    saved: list[str] = []
    server = LabelServer(task, on_saved=saved.append)
    if not quiet or no_browser:
        print_line(f"Label in the browser: {server.url}")
    if not no_browser:
        webbrowser.open(server.url)
    server.serve()
    if not quiet:
        print_line(f"Saved in {task.output}: {', '.join(saved)}" if saved else "Nothing was saved.")
