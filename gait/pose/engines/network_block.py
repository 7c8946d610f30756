"""Threads that cannot reach a network: for runtimes that report their use to their maker and offer no switch.

MediaPipe's runtime reports each session to a log host of its maker. It has no option against this (checked in the C
interface and the compiled code of 1.2: ``CreateTasksLogger`` has no condition). So it runs in a thread of its own whose
sockets the operating system refuses. The threads that the runtime starts inherit the block; those of the program around
it (a store on S3, a cluster) do not.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from gait.display_language import keep_language

_Result = TypeVar("_Result")

#: Without seccomp, the runtime (libcurl) sends its reports to this proxy: port 9 (discard) of this machine.
_NO_PROXY_THERE = "http://127.0.0.1:9"
_PROXY_VARIABLES = ("https_proxy", "http_proxy", "all_proxy", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_BYPASS_VARIABLES = ("no_proxy", "NO_PROXY")

# linux/prctl.h, linux/seccomp.h, linux/filter.h, linux/audit.h
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EACCES, _AF_UNIX = 13, 1
#: Machine → (its number in the kernel's audit interface, number of the system call ``socket``).
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def refuse_sockets() -> bool:
    """Take from the calling thread, and from all threads that it starts, every socket but those within this machine.

    Returns
    -------
    bool
        Whether the operating system does so: Linux with seccomp, on x86-64 and 64-bit ARM. It cannot be undone.

    Notes
    -----
    Only sockets of the family ``AF_UNIX`` (to other processes of this machine, such as a display) are left.
    """
    machine = _MACHINES.get(platform.machine())
    if not sys.platform.startswith("linux") or machine is None or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    architecture, socket_call = machine
    # struct seccomp_data: number of the call at 0, architecture at 4, first argument (low half) at 16.
    steps = (
        (_LOAD, 0, 0, 4),
        (_EQUAL, 0, 4, architecture),
        (_LOAD, 0, 0, 0),
        (_EQUAL, 0, 2, socket_call),
        (_LOAD, 0, 0, 16),
        (_EQUAL, 0, 1, _AF_UNIX),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | _EACCES),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = _FilterProgram(len(steps), ctypes.addressof(code))
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return False
    if prctl(_PR_SET_NO_NEW_PRIVS, *(ctypes.c_ulong(value) for value in (1, 0, 0, 0))) != 0:
        return False
    return bool(prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), ctypes.byref(program)) == 0)


class OfflineThread:
    """Runs calls, one after another, in a thread that cannot reach a network.

    Where the operating system offers no such thread (macOS, Windows), the variables ``https_proxy`` and so on send the
    runtime's reports to a port of this machine at which nothing listens; they get their values back in :meth:`close`.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="gait-offline")
        self._before: dict[str, str | None] = {}
        #: Whether the operating system refuses the sockets; else only a proxy catches the reports.
        self.refuses_sockets = self._executor.submit(refuse_sockets).result()
        if not self.refuses_sockets:
            self._before = {name: os.environ.get(name) for name in (*_PROXY_VARIABLES, *_BYPASS_VARIABLES)}
            os.environ.update(dict.fromkeys(_PROXY_VARIABLES, _NO_PROXY_THERE))
            for name in _BYPASS_VARIABLES:
                os.environ.pop(name, None)

    def call(self, function: Callable[..., _Result], *arguments: Any) -> _Result:
        """Run a function in the thread and wait for it.

        Parameters
        ----------
        function : callable
        *arguments
            Its arguments.

        Returns
        -------
        object
            Its result; what it raises is raised here.
        """
        return self._executor.submit(keep_language(function), *arguments).result()

    def close(self) -> None:
        """End the thread."""
        self._executor.shutdown(wait=True)
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before = {}
