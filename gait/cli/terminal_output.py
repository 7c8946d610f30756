"""What several commands print: one-line messages, and the result of a measured session."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gait.cli.error_hints import options_that_help
from gait.display_language import N_, _, speak
from gait.display_text import display_text

if TYPE_CHECKING:
    from gait.session import Session

#: Where the questions are that nobody has answered yet.
_QUESTIONS_IN_REPORT = N_("The report asks about pain, shoes and training; the answers change its advice.")
#: Name of the program, as messages begin with it.
PROGRAM = "gait"


def print_error(message: str) -> None:
    """Print one line on standard error, with the name of the program before it.

    Parameters
    ----------
    message : str
        Line breaks in it become blanks.
    """
    sys.stderr.write(f"{PROGRAM}: {display_text(' '.join(message.split()))}\n")


def print_line(text: str = "", *, end: str = "\n") -> None:
    """Print text on standard output, with what a terminal would obey or hide as escapes.

    Parameters
    ----------
    text : str
        One line or several.
    end : str
        What follows it.
    """
    sys.stdout.write(display_text(text, keep="\n\t") + end)
    sys.stdout.flush()


def print_json(text: str) -> None:
    """Print JSON on standard output: unchanged, but for bytes of names that are no UTF-8, as JSON escapes.

    Parameters
    ----------
    text : str
    """
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode())
    sys.stdout.flush()


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
    from gait.report.terminal_summary import print_summary
    from gait.report.terminal_text import terminal_console

    console = terminal_console()
    with speak(session.language):
        asks, where = _(_QUESTIONS_IN_REPORT), _("Report: {file}").format(file=report)
    print_summary(session, console)
    codes = [*(m.reason_code for m in session.measurements), *(notice.code for notice in session.notices)]
    hint = options_that_help(codes, command=command)
    if hint is not None:
        console.print(hint, style="dim")
    if not session.answers:
        console.print(asks, style="dim")
    console.print(where, style="bold", soft_wrap=True)


def is_person_at_terminal() -> bool:
    """Test whether a person can answer: input and output are a terminal, and no automatic build runs.

    Returns
    -------
    bool
    """
    if os.environ.get("CI", "").lower() not in {"", "0", "false"}:
        return False
    # Either is None in a process without streams.
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))
