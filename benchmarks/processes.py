"""Commands run as processes of their own: time, processor time, memory, and when they print their first line."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class ProcessCost:
    """What a process has taken.

    Attributes
    ----------
    seconds : float
        From its start to its end, s.
    cpu_s : float
        Processor time, s; of processes that it started too, as far as it waited for them.
    peak_mb : float or None
        Peak resident memory of the process, or of the largest of those that it started, MB.
    first_line_s : float or None
        From its start to the first line on its standard output, s.
    output : str
        What it printed.
    """

    seconds: float
    cpu_s: float
    peak_mb: float | None
    first_line_s: float | None
    output: str = ""

    def as_record(self) -> dict[str, Any]:
        """Return the figures without the output.

        Returns
        -------
        dict
        """
        return {name: value for name, value in asdict(self).items() if name != "output"}


def run_process(*arguments: object) -> ProcessCost:
    """Run Python with these arguments, in the project's folder.

    Parameters
    ----------
    *arguments : object
        Such as ``"-m", "gait", "check", video``.

    Returns
    -------
    ProcessCost

    Notes
    -----
    A command that fails ends this program with what it printed.
    """
    command = [sys.executable, *map(str, arguments)]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}  # else the first line waits for the last
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
        )
        assert process.stdout is not None
        lines: list[bytes] = []
        first: float | None = None
        for line in process.stdout:
            if first is None and line.strip():
                first = time.perf_counter() - began
            lines.append(line)
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        errors.seek(0)
        reason = errors.read().decode("utf-8", "replace")[-2000:]
    process.returncode = os.waitstatus_to_exitcode(status)
    output = b"".join(lines).decode("utf-8", "replace")
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with exit code {process.returncode}:\n{output}{reason}")
    # The kernel counts the memory that a process had before it became the command: that of this program, which has
    # perhaps drawn a film. A peak that does not exceed it is unknown.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1024 if sys.platform != "darwin" else 1024**2
    peak_mb = usage.ru_maxrss / unit if usage.ru_maxrss > 1.02 * own else None
    return ProcessCost(seconds, usage.ru_utime + usage.ru_stime, peak_mb, first, output)


def cheapest(costs: list[ProcessCost]) -> ProcessCost:
    """Choose the fastest of several runs.

    Parameters
    ----------
    costs : list of ProcessCost

    Returns
    -------
    ProcessCost
    """
    return min(costs, key=lambda cost: cost.seconds)
