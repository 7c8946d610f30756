"""The two kinds of error that gait raises on purpose.

Both carry one line for a person: what is wrong, which value, what to do. The command line prints that line, adds the
option that helps (`gait.cli.error_hints`) and exits with code 2. No traceback reaches a user.
"""

from __future__ import annotations

#: Code of the error that a result cannot be written: no space, no permission. Trying again may help.
OUTPUT_UNWRITABLE = "output_unwritable"
#: Code of the error that the film of a report is not there any more.
FILM_MISSING = "film_missing"


class GaitError(Exception):
    """Base of every error that a user can cause.

    Parameters
    ----------
    message : str
        One line in plain words, without names of command-line options.
    code : str, optional
        Short name of the cause, for programs: the command line maps it to the option that helps.

    Attributes
    ----------
    code : str or None
    """

    def __init__(self, message: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class InputError(GaitError, ValueError):
    """An argument cannot be used: a file, a folder, a number out of range."""


class RefusedError(GaitError):
    """The input is sound but does not show what gait needs; the message says what to film instead."""
