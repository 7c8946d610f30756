"""How much time and memory one session may take before its worker is ended, so that a hang costs its own row only."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gait.display_language import _
from gait.errors import InputError
from gait.heap_settings import return_large_blocks

#: Time that every session has, s, and more for each byte of its clips. Poses take 10 to 45 s for a minute of video on
#: one core: a clip of 45 MB (30 s at 1080 lines) takes 23 s and may take 70 min. [E]
_BASE_S, _S_PER_BYTE = 900.0, 20 * 3600 / 1e9
#: Most time that clips of any size have by default, s: two hours of 4K at 60 frames/s take 6 to 10 h on one core. [E]
_LONGEST_S = 48 * 3600.0
#: Seconds for the quick look at the clips of one session; it takes some ten for an ordinary clip. [E]
_CHECK_S = 600.0
#: Memory of one worker, bytes. It takes 0.5 GB for an hour at 1080 lines and 1.2 GB for 4K. [E]
DEFAULT_MEMORY = 4_000_000_000
#: Least memory with which a worker starts at all, bytes. [E]
_LEAST_MEMORY = 500_000_000


@dataclass(frozen=True)
class WorkerLimits:
    """Limits for one session in a worker process.

    Attributes
    ----------
    time_s : float, optional
        Seconds for one session. By default 15 minutes and 20 hours for each gigabyte of its clips, at most two days.
    memory_bytes : int
        Memory (resident set) of the worker process.
    """

    time_s: float | None = None
    memory_bytes: int = DEFAULT_MEMORY

    def __post_init__(self) -> None:
        if self.time_s is not None and not 0 < self.time_s < float("inf"):
            raise InputError(
                _("a session cannot take {time_s} s; give the limit in minutes, above 0").format(
                    time_s=f"{self.time_s:g}"
                )
            )
        if self.memory_bytes < _LEAST_MEMORY:
            raise InputError(
                _("a worker cannot work with {memory_bytes} GB; give at least {least_memory}").format(
                    memory_bytes=f"{self.memory_bytes / 1e9:g}", least_memory=f"{_LEAST_MEMORY / 1e9:g}"
                )
            )

    def seconds_for(self, locations: Sequence[str], *, check_only: bool = False) -> float:
        """Return how long a session with these clips may take.

        Parameters
        ----------
        locations : sequence of str
            Paths or URLs; clips whose size is not known here get the most.
        check_only : bool
            For a quick look at them.

        Returns
        -------
        float
            Seconds.
        """
        if self.time_s is not None:
            return self.time_s
        if check_only:
            return _CHECK_S
        size = 0
        for location in locations:
            try:
                size += Path(location).stat().st_size
            except (OSError, ValueError):
                return _LONGEST_S
        return min(_BASE_S + size * _S_PER_BYTE, _LONGEST_S)


def resident_bytes(pid: int) -> int | None:
    """Return how much memory a process holds.

    Parameters
    ----------
    pid : int

    Returns
    -------
    int or None
        Bytes; ``None`` where the process is gone, or this is not Linux.
    """
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return None


def limit_own_memory(memory_bytes: int) -> None:
    """Let the operating system refuse this process memory far beyond a limit, before the limit's watch sees it.

    Parameters
    ----------
    memory_bytes : int
        The limit; twice as much, and a gigabyte, is refused (libraries reserve more than they use).
    """
    return_large_blocks()
    with suppress(ImportError, OSError, ValueError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        wanted = 2 * memory_bytes + (1 << 30)
        resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))
        # A crashed decoder leaves no file of the size of its memory behind.
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
