"""Work that no result waits for yet, done while the networks look at a video: imports, and what every report needs.

It keeps one core busy for a second or two, which would otherwise be added to the end of an analysis.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module


def in_background(work: Callable[[], object]) -> threading.Thread:
    """Do some work in a thread of its own.

    Parameters
    ----------
    work : callable
        What it raises is dropped: whoever needs the work does it again, and meets the error there.

    Returns
    -------
    threading.Thread
        A program does not end before it.
    """

    def run() -> None:
        with suppress(Exception):
            work()

    thread = threading.Thread(target=run, name="gait-background")
    thread.start()
    return thread


def import_in_background(*modules: str) -> threading.Thread:
    """Import modules in a thread of their own.

    Parameters
    ----------
    modules : str
        Their full names. Those that are not there are left out.

    Returns
    -------
    threading.Thread
    """

    def load() -> None:
        for module in modules:
            with suppress(ImportError):
                import_module(module)

    return in_background(load)
