"""What several commands print: one-line messages, and the result of a measured session."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.error_hints import options_that_help

if TYPE_CHECKING:
    from gait.session import Session

#: Name of the program, as messages begin with it.
PROGRAM = "gait"


def print_error(message: str) -> None:
    """Print one line on standard error, with the name of the program before it.

    Parameters
    ----------
    message : str
        Line breaks in it become blanks.
    """
    sys.stderr.write(f"{PROGRAM}: {' '.join(message.split())}\n")


def print_session(session: Session, report: Path, *, command: str) -> None:
    """Print what was measured, the options that would add to it, and where the report lies.

    Parameters
    ----------
    session : Session
        A finished analysis.
    report : Path
        Its page.
    command : str
        Command that is running, whose options are named without it.
    """
    from rich.console import Console

    from gait.report.terminal_summary import print_summary

    console = Console()
    print_summary(session, console)
    codes = [*(m.reason_code for m in session.measurements), *(notice.code for notice in session.notices)]
    hint = options_that_help(codes, command=command)
    if hint is not None:
        console.print(hint, style="dim", highlight=False, markup=False)
    console.print(f"Report: {report}", style="bold", highlight=False, soft_wrap=True, markup=False)
