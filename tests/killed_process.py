"""Names of temporary files as a process that was killed leaves them."""

from __future__ import annotations

import subprocess
import sys

from gait import atomic_files


def name_of_a_killed_process(end: str = "") -> str:
    """The name of a temporary file of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    start = atomic_files._start_of(process.pid) or "1"
    process.wait()
    return f"{atomic_files.TEMPORARY_PREFIX}{atomic_files._machine()}-{process.pid}-{start}-abc{end}"
