"""``gait export``: convert a session into a file for another program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gait.cli.options import ReportFolderArgument, check_choice, parse_count
from gait.cli.terminal_output import print_line

#: Keys of `gait.io.export.FORMATS`, repeated because that import takes longer than ``gait --help`` may;
#: ``tests/cli/test_export_command.py`` compares the two.
EXPORT_FORMATS = ("trc", "mot", "c3d", "openpose", "movement", "csv", "parquet")


def register(app: typer.Typer) -> None:
    """Add ``gait export`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("export", no_args_is_help=False)(_export)


def _export(
    session: ReportFolderArgument,
    to: Annotated[str, typer.Option("--to", metavar="|".join(EXPORT_FORMATS), help="Format.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="PATH", help="File to write. [default: in DIR, by format]")
    ] = None,
    video: Annotated[
        str | None, typer.Option(metavar="N", help="Number of the video in the report, from 1. [default: side view]")
    ] = None,
) -> None:
    """Convert a session into a file for another program.

    trc and mot are for OpenSim; c3d also holds initial contacts and toe-offs; csv and parquet hold every metric, step
    by step.
    """
    from gait.io.export import export_session

    check_choice("--to", to, EXPORT_FORMATS)
    number = parse_count("--video", video, 999, "")
    print_line(str(export_session(session, output, to=to, video=None if number is None else number - 1)))
