"""The server as a process of its own, which can be killed."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx2

from tests.app.app_client import sign_in
from tests.conftest import REPOSITORY

#: One process imports the server for all servers of a run of tests, each of which begins as a copy of it.
_COPIED = multiprocessing.get_context("forkserver")
_COPIED.set_forkserver_preload(["gait.app.web_server", "tests.app.stub_tasks"])


def _serve(
    folder: Path, port: int, stub: bool, settings: dict[str, Any], environment: dict[str, str], told: Connection
) -> None:
    """What the process does; ``told`` gets the two addresses."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(REPOSITORY)
    with (folder / "server.log").open("ab") as log:
        os.dup2(log.fileno(), 2)
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115

    from gait.app.app_settings import AppSettings
    from gait.app.web_server import serve
    from tests.app.stub_tasks import stub_task

    made = AppSettings(data_folder=folder / "data", port=port, task_function=stub_task if stub else None, **settings)
    serve(made, on_ready=lambda local, other: told.send((local.url, (other or local).url)))


@contextmanager
def running_app(
    folder: Path, *, stub: bool = True, port: int = 0, verify: Any = True, **settings: Any
) -> Iterator[tuple[str, httpx2.Client, BaseProcess]]:
    """Address, signed-in client and process of a server; it is ended at the end, if a test has not killed it.

    What it writes on standard error is appended to ``server.log``; the address for another device, with its token, is
    in ``other_url.txt``. `verify` is the client's trust in certificates (`ssl.SSLContext`).
    """
    folder.mkdir(exist_ok=True)
    (folder / "server.log").touch()
    hears, tells = _COPIED.Pipe(duplex=False)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    process = _COPIED.Process(
        target=_serve, args=(folder, port, stub, {"body_timeout_s": 2.0, **settings}, environment, tells)
    )
    process.start()
    tells.close()
    try:
        try:
            url, other_url = hears.recv()
        except EOFError:
            raise AssertionError(f"the server did not start: {(folder / 'server.log').read_text()}") from None
        (folder / "other_url.txt").write_text(other_url)
        base = url.partition("/enter")[0]
        with httpx2.Client(base_url=base, timeout=60.0, verify=verify) as client:
            sign_in(client, url)
            yield base, client, process
    finally:
        hears.close()
        process.terminate()
        process.join(10)
        kill(process)


def kill(process: BaseProcess) -> None:
    """End a process as a failure of the power would."""
    process.kill()
    process.join()
