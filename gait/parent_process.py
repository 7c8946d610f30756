"""Child processes that do not outlive the process that started them, even where that one is killed."""

from __future__ import annotations

import os
import threading
from multiprocessing import connection, parent_process
from typing import NoReturn


def end_with_parent() -> None:
    """End this process as soon as its parent is gone: the next run may already be at the same work.

    Raises
    ------
    ValueError
        When `multiprocessing` did not start this process.

    Notes
    -----
    A killed parent cannot tell its children. Workers that wait for their next task would wait for ever, and one at work
    would go on for nobody.
    """
    parent = parent_process()
    if parent is None:
        raise ValueError("this process has no parent to end with")
    threading.Thread(target=_wait_and_end, args=(parent.sentinel,), name="gait-parent", daemon=True).start()


def _wait_and_end(sentinel: int) -> NoReturn:
    connection.wait([sentinel])
    os._exit(1)
