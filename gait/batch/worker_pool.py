"""Worker processes of this machine, any of which may die without the others noticing."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from time import monotonic
from typing import Any, NoReturn

from gait.batch.job import SessionJob, run_job
from gait.errors import GaitError
from gait.single_core import single_core_processes

_TELL_EVERY_S = 0.2
_STOP_S = 5.0


@dataclass(frozen=True)
class JobStarted:
    """A session is being worked on."""

    slug: str


@dataclass(frozen=True)
class JobProgress:
    """How far a session is: frames done, of how many."""

    slug: str
    done: int
    total: int | None


@dataclass(frozen=True)
class JobFinished:
    """A session has ended: with its stamp, or with the reason why there is none and, after a crash, its traceback."""

    slug: str
    stamp: dict[str, Any] | None
    reason: str = ""
    details: str = ""


JobEvent = JobStarted | JobProgress | JobFinished


def crash(slug: str, error: BaseException) -> JobFinished:
    """Tell of a session that ended with an error."""
    if isinstance(error, GaitError):
        return JobFinished(slug, None, str(error))
    told = " ".join(str(error).split())
    text = "".join(traceback.format_exception(error))
    return JobFinished(slug, None, f"crashed: {type(error).__name__}{': ' if told else ''}{told[:300]}", text)


def run_locally(orders: Iterable[SessionJob], jobs: int) -> Generator[JobEvent]:
    """Do sessions in worker processes and give what happens, as it happens.

    A worker that dies (out of memory, a fault in a decoder) costs the session it had in hand, which is told as ended
    without a stamp; another worker takes its place.

    Parameters
    ----------
    orders : iterable of SessionJob
    jobs : int
        Processes. When this generator is closed, or the program that runs it dies, they end.

    Notes
    -----
    One pipe a worker and no lock between them: a lock in a queue that all write to stays taken when a worker is killed
    while it holds it. `concurrent.futures` gives up altogether when one process dies.
    """
    waiting = deque(orders)
    workers: list[_Worker] = []
    try:
        with single_core_processes():
            workers.extend(_Worker() for _ in range(min(jobs, len(waiting))))
        for worker in workers:
            yield from _hand_over(worker, waiting)
        while any(worker.order is not None for worker in workers):
            for ready in connection.wait([w.pipe for w in workers if w.order is not None]):
                worker = next(w for w in workers if w.pipe is ready)
                assert worker.order is not None
                slug = worker.order.slug
                try:
                    event = worker.pipe.recv()
                except (EOFError, OSError):
                    yield JobFinished(slug, None, worker.cause_of_death())
                    workers.remove(worker)
                    if waiting:
                        with single_core_processes():
                            workers.append(_Worker())
                        yield from _hand_over(workers[-1], waiting)
                    continue
                yield event
                if isinstance(event, JobFinished):
                    worker.order = None
                    yield from _hand_over(worker, waiting)
    finally:
        for worker in workers:
            worker.stop()


def _hand_over(worker: _Worker, waiting: deque[SessionJob]) -> Iterator[JobEvent]:
    if waiting:
        worker.order = waiting.popleft()
        # A worker that has died meanwhile is noticed when its answer is waited for.
        with suppress(OSError):
            worker.pipe.send(worker.order)
        yield JobStarted(worker.order.slug)


class _Worker:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.order: SessionJob | None = None
        self.process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()  # so that its end is noticed when the process dies

    def cause_of_death(self) -> str:
        self.process.join(_STOP_S)
        code = self.process.exitcode
        self.pipe.close()
        if code is not None and code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            why = "; perhaps memory ran out: use fewer --jobs" if name == "SIGKILL" else ""
            return f"the worker process was ended by {name}{why}"
        return f"the worker process ended by itself (code {code})"

    def stop(self) -> None:
        with suppress(OSError):
            self.pipe.close()
        if self.order is not None:
            self.process.terminate()
        self.process.join(_STOP_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _serve(pipe: Any) -> None:
    """Do what comes through the pipe until it is closed."""
    # Ctrl-C reaches all processes of a terminal; the one in charge ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    threading.Thread(target=_end_with_parent, name="gait-parent", daemon=True).start()
    while True:
        try:
            order = pipe.recv()
        except (EOFError, OSError):
            return
        told = 0.0

        def progress(done: int, total: int | None, slug: str = order.slug) -> None:
            nonlocal told
            if monotonic() - told >= _TELL_EVERY_S or done == total:
                told = monotonic()
                pipe.send(JobProgress(slug, done, total))

        try:
            event = JobFinished(order.slug, run_job(order, progress))
        except Exception as error:
            event = crash(order.slug, error)
        try:
            pipe.send(event)
        except OSError:
            return


def _end_with_parent() -> NoReturn:
    """End this process as soon as the one in charge is gone: the next run may already be at the same session."""
    parent = parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    os._exit(1)
