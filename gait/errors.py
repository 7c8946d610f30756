"""The two kinds of error that gait raises on purpose.

Both carry one line for a person: what is wrong, which value, what to do. The command line prints that line and
exits with code 2; no traceback reaches a user.
"""

from __future__ import annotations


class GaitError(Exception):
    """Base of every error that a user can cause."""


class InputError(GaitError, ValueError):
    """Something given to gait cannot be used: a file, a folder, an option, a number out of range."""


class RefusedError(GaitError):
    """The input is sound but does not show what gait needs; the message says what to film instead."""
