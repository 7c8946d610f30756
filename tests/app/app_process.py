"""The server as a process of its own, which can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.app.app_client import sign_in
from tests.conftest import REPOSITORY

_PROGRAM = """
import json
import sys
from pathlib import Path
from gait.app.app_settings import AppSettings
from gait.app.web_server import serve
from tests.app.stub_tasks import stub_task

if __name__ == "__main__":
    stub = stub_task if sys.argv[3] == "stub" else None
    settings = AppSettings(
        data_folder=Path(sys.argv[1]),
        port=int(sys.argv[2]),
        task_function=stub,
        **{"body_timeout_s": 2.0, **json.loads(sys.argv[4])},
    )
    serve(settings, on_ready=lambda local, other: print(local.url, (other or local).url, flush=True))
"""


@contextmanager
def running_app(
    folder: Path, *, stub: bool = True, port: int = 0, verify: Any = True, **settings: Any
) -> Iterator[tuple[str, httpx2.Client, subprocess.Popen[str]]]:
    """Address, signed-in client and process of a server; it is ended at the end, if a test has not killed it.

    What it writes on standard error is appended to ``server.log``; the address for another device, with its token, is
    in ``other_url.txt``. `verify` is the client's trust in certificates (`ssl.SSLContext`).
    """
    folder.mkdir(exist_ok=True)
    program = folder / "program.py"
    program.write_text(_PROGRAM)
    log = (folder / "server.log").open("ab")
    process = subprocess.Popen(
        [
            sys.executable,
            str(program),
            str(folder / "data"),
            str(port),
            "stub" if stub else "real",
            json.dumps(settings),
        ],
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline().split()
        assert line, f"the server did not start: {(folder / 'server.log').read_text()}"
        url = line[0]
        (folder / "other_url.txt").write_text(line[1])
        base = url.partition("/enter")[0]
        with httpx2.Client(base_url=base, timeout=60.0, verify=verify) as client:
            sign_in(client, url)
            yield base, client, process
    finally:
        log.close()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def kill(process: subprocess.Popen[Any]) -> None:
    """End a process as a failure of the power would."""
    process.kill()
    process.wait()
