"""The command line: errors as one line, exit codes. Each command has a module of its own (`gait.cli.lazy_group`)."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, NoReturn

import typer

from gait.cli.error_hints import with_hint
from gait.cli.lazy_group import LazyGroup
from gait.cli.terminal_output import PROGRAM, print_error
from gait.display_language import _, labelled_text, language_of_environment, speak
from gait.errors import GaitError
from gait.single_core import single_core_linear_algebra

#: Exit codes: something given cannot be used; stopped with Ctrl-C; the reader of our output has gone.
_UNUSABLE, _STOPPED, _BROKEN_PIPE = 2, 130, 1

app = typer.Typer(
    cls=LazyGroup,
    name=PROGRAM,
    help="Measure running form from a video of a treadmill run, and say what to change.",
    add_completion=False,
    # Help in plain text: no boxes that break in narrow windows, and nothing to import.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    Exit codes: 0 done, 2 something given cannot be used (one line says what), 3 a part of a batch was not measured,
    130 stopped with Ctrl-C.

    Parameters
    ----------
    arguments : sequence of str, optional
        Arguments without the name of the program; by default those of the process.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without "°" must not end an analysis
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # for programmers, who set PYTHONWARNINGS; a user gets one line of ours
    for name in ("SIGTERM", "SIGHUP"):
        # End as after Ctrl-C, so that no temporary file stays behind.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            signal.signal(getattr(signal, name), lambda number, frame: sys.exit(128 + number))
    single_core_linear_algebra()
    with speak(_language_of(arguments)):
        code = _exit_code(arguments)
    sys.exit(code if isinstance(code, int) else 0)


def _exit_code(arguments: Sequence[str]) -> Any:
    """Run a command; print errors as one line, in the language that is written now."""
    code: Any
    try:
        code = app(args=arguments, prog_name=PROGRAM, standalone_mode=False)
        if code == _STOPPED:  # Typer reports Ctrl-C in this way
            raise KeyboardInterrupt
    except (KeyboardInterrupt, typer.Abort):
        code = _fail(_("stopped; no half-written file was left behind"), _STOPPED)
    except GaitError as error:
        code = _fail(with_hint(str(error), error.code, command=arguments[0] if arguments else None), _UNUSABLE)
    except BrokenPipeError:
        # The reader of our output (`| head`) has gone; Python must not complain about it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = _BROKEN_PIPE
    except OSError as error:
        reason = str(error.strerror or error)
        if error.filename:
            message = labelled_text(str(error.filename), reason)
        else:
            message = _("cannot go on: {reason}").format(reason=reason)
        code = _fail(message, _UNUSABLE)
    except Exception as error:
        # Usage errors of the option parser, whose class differs between versions of Typer.
        if not hasattr(error, "format_message"):
            raise
        text = _("{error} (see: {command})").format(error=error.format_message(), command=_help_command(error))
        code = _fail(text, _UNUSABLE)
    return code


def _language_of(arguments: Sequence[str]) -> str:
    """Find the language in which errors are told: that of ``--language``, ``GAIT_LANGUAGE`` or the system.

    Errors of the arguments themselves come before any command has parsed its options.
    """
    values = [next_one for one, next_one in pairwise(arguments) if one == "--language"]
    values += [one.partition("=")[2] for one in arguments if one.startswith("--language=")]
    named = values[-1] if values else os.environ.get("GAIT_LANGUAGE", "")
    return language_of_environment({"LANG": named}) if named else language_of_environment()


def _fail(message: str, code: int) -> int:
    print_error(message)
    return code


def _help_command(error: Any) -> str:
    context = getattr(error, "ctx", None)
    while context is not None and getattr(context.command, "hidden", False):
        context = context.parent
    return f"{context.command_path if context is not None else PROGRAM} --help"


def _print_version(wanted: bool) -> None:
    if wanted:
        from gait import __version__

        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _gait(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


if __name__ == "__main__":
    main()
