"""Keeping the runtimes' log lines from the user's terminal."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _StderrFilter:
    """Keeps the log lines of a C++ runtime from the user's terminal, and lets everything else through.

    The runtime writes them straight to file descriptor 2 and offers no switch. While logs are suppressed, the
    descriptor points to a scratch file; what others wrote there (a progress bar, say) is passed on afterwards.
    """

    _LOG_LINE = re.compile(rb"^(?:[IWEF]\d{4} |(?:INFO|WARNING|ERROR): ).*\n?", re.MULTILINE)

    def __init__(self) -> None:
        #: Whether MediaPipe has found a person in this process: its last warning comes with the first one.
        self.first_person_found = False
        self._lock = threading.Lock()
        self._depth = 0
        self._saved = -1
        self._scratch: Any = None

    @contextmanager
    def suppress_logs(self) -> Iterator[None]:
        with self._lock:
            if self._depth == 0:
                self._begin()
            self._depth += 1
        try:
            yield
        finally:
            with self._lock:
                self._depth -= 1
                if self._depth == 0:
                    self._end()

    def _begin(self) -> None:
        try:
            if sys.stderr is not None:
                sys.stderr.flush()
            self._saved = os.dup(2)
        except (OSError, ValueError):
            self._saved = -1  # no standard error at all, so nothing to suppress
            return
        self._scratch = tempfile.TemporaryFile()  # noqa: SIM115  (closed in _end)
        os.dup2(self._scratch.fileno(), 2)

    def _end(self) -> None:
        if self._saved < 0:
            return
        if sys.stderr is not None:
            sys.stderr.flush()
        os.dup2(self._saved, 2)
        with self._scratch:
            self._scratch.seek(0)
            rest = self._LOG_LINE.sub(b"", self._scratch.read())
        if rest:
            os.write(self._saved, rest)
        os.close(self._saved)
        self._saved = -1


#: The process has one standard error, so there is one filter.
stderr_filter = _StderrFilter()
