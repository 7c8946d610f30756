"""The runtime that reports to its maker reaches nobody; the program around it keeps its sockets."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gait.pose.engines.network_block import OfflineThread
from tests.conftest import REPOSITORY

_STRACE = shutil.which("strace")

_ENGINE = """
import sys
import numpy as np
from gait.pose.engines import network_block
if sys.argv[1] == "elsewhere":
    network_block.refuse_sockets = lambda: False
from gait.pose.engines.mediapipe_tasks import MediapipeTasks
with MediapipeTasks() as engine:
    print(len(engine(np.zeros((64, 64, 3), np.uint8))))
"""


def offline_or_skip() -> OfflineThread:
    thread = OfflineThread()
    if not thread.refuses_sockets:
        thread.close()
        pytest.skip("this machine has no seccomp")
    return thread


def test_a_thread_and_its_threads_reach_nobody() -> None:
    thread = offline_or_skip()

    def child() -> list[str]:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(try_all).result()

    def try_all() -> list[str]:
        failed = []
        for family in (socket.AF_INET, socket.AF_INET6):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                try:
                    socket.socket(family, kind).close()
                except PermissionError:
                    failed.append(f"{family.name} {kind.name}")
        return failed

    try:
        assert len(thread.call(try_all)) == 4
        assert len(thread.call(child)) == 4
        thread.call(lambda: socket.socket(socket.AF_UNIX).close())
        socket.socket(socket.AF_INET).close()  # the program's own threads are as they were
    finally:
        thread.close()


def test_errors_come_back_to_the_caller() -> None:
    thread = OfflineThread()
    try:
        with pytest.raises(ZeroDivisionError):
            thread.call(lambda: 1 // 0)
    finally:
        thread.close()


def test_where_the_system_offers_no_block_the_reports_end_at_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gait.pose.engines.network_block.refuse_sockets", lambda: False)
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv("ALL_PROXY", raising=False)
    thread = OfflineThread()
    assert os.environ["https_proxy"] == os.environ["ALL_PROXY"] == "http://127.0.0.1:9"
    assert "no_proxy" not in os.environ
    thread.close()
    assert os.environ["https_proxy"] == "http://proxy.example:3128"
    assert os.environ["no_proxy"] == "*"
    assert "ALL_PROXY" not in os.environ


@pytest.mark.skipif(_STRACE is None, reason="strace is not installed: sockets of C++ code cannot be watched")
@pytest.mark.parametrize(("system", "allowed"), [("here", set()), ("elsewhere", {"127.0.0.1:9"})])
def test_the_mediapipe_engine_reaches_nobody(tmp_path: Path, system: str, allowed: set[str]) -> None:
    """Watch every socket of the process, those of C++ code too."""
    if system == "here":
        offline_or_skip().close()
    trace = tmp_path / "trace.txt"
    assert _STRACE is not None
    done = subprocess.run(
        [
            _STRACE,
            "-f",
            "-e",
            "trace=connect,sendto,sendmsg,sendmmsg",
            "-o",
            trace,
            sys.executable,
            "-c",
            _ENGINE,
            system,
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        timeout=120,
        check=False,
    )
    calls = trace.read_text(errors="replace") if trace.exists() else ""
    if done.returncode != 0 and "ptrace" in done.stderr.lower():
        pytest.skip("strace may not watch processes here")
    assert done.stdout == "0\n", done.stderr
    assert "exited with 0" in calls
    reached = {
        f"{address}:{port}"
        for port, address in re.findall(r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|AF_INET6, )"([^"]+)"', calls)
    }
    assert reached <= allowed
