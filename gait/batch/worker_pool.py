"""Worker processes on this machine. Any of them may die without the others noticing."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import traceback
import warnings
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection, get_context
from pathlib import Path
from time import monotonic
from typing import Any

from gait.batch.job import SessionJob, run_job
from gait.batch.worker_limits import WorkerLimits, limit_own_memory, resident_bytes
from gait.display_language import ENGLISH, _, speak
from gait.errors import GaitError
from gait.parent_process import end_with_parent
from gait.single_core import single_core_processes

#: Seconds between two progress events of a worker. [E]
_PROGRESS_EVERY_S = 0.2
#: Seconds for which a worker may take to start. [E]
_START_S = 600.0
#: Seconds between two looks at the time and memory of the workers. [E]
_WATCH_EVERY_S = 0.5
#: Seconds for which a worker may take to end. [E]
_STOP_S = 5.0
#: Longest text of an error in a reason, characters. [E]
_MAX_ERROR_LENGTH = 300


@dataclass(frozen=True)
class JobStarted:
    """A worker has started a session.

    Attributes
    ----------
    slug : str
    """

    slug: str


@dataclass(frozen=True)
class JobProgress:
    """Progress of a session.

    Attributes
    ----------
    slug : str
    done : int
        Frames.
    total : int or None
        Frames.
    """

    slug: str
    done: int
    total: int | None


@dataclass(frozen=True)
class JobFinished:
    """A session has ended.

    Attributes
    ----------
    slug : str
    stamp : dict or None
        ``None`` after a failure that was not the clips' fault.
    reason : str
        Why there is no stamp.
    details : str
        Traceback of a crash.
    reason_code : str or None
        Short name of the cause, such as ``"out_of_memory"``.
    """

    slug: str
    stamp: dict[str, Any] | None
    reason: str = ""
    details: str = ""
    reason_code: str | None = None


JobEvent = JobStarted | JobProgress | JobFinished


class _Begun:
    """A worker has loaded the program and begins: from here on its time counts."""


def failed_job(slug: str, error: BaseException) -> JobFinished:
    """Describe a session that ended with an error.

    Parameters
    ----------
    slug : str
    error : BaseException

    Returns
    -------
    JobFinished
        Without a stamp.
    """
    if isinstance(error, GaitError):
        return JobFinished(slug, None, str(error), reason_code=error.code)
    message = " ".join(str(error).split())
    name = type(error).__name__
    text = f"{name}: {message[:_MAX_ERROR_LENGTH]}" if message else name
    reason = _("crashed: {text}").format(text=text)
    return JobFinished(slug, None, reason, "".join(traceback.format_exception(error)))


def run_locally(jobs: Iterable[SessionJob], workers: int, limits: WorkerLimits | None = None) -> Generator[JobEvent]:
    """Run jobs in worker processes.

    A worker that dies (out of memory, a fault in a decoder) or takes more time or memory than it may fails its current
    session, which ends without a stamp; another worker takes its place.

    Parameters
    ----------
    jobs : iterable of SessionJob
    workers : int
        Number of processes. They end when this generator is closed or its program dies.
    limits : WorkerLimits, optional
        Time and memory for one session; the usual ones without it.

    Yields
    ------
    JobStarted, JobProgress or JobFinished

    Notes
    -----
    Each worker has a pipe of its own, without a lock between them: the lock of a shared queue stays taken when a worker
    is killed while it holds it. `concurrent.futures` gives up altogether when one process dies.
    """
    waiting = deque(jobs)
    pool: list[_Worker] = []
    limits = limits or WorkerLimits()
    try:
        with single_core_processes():
            pool.extend(_Worker(limits) for _ in range(min(workers, len(waiting))))
        for worker in pool:
            yield from _assign(worker, waiting)
        while any(worker.job is not None for worker in pool):
            for ready in connection.wait([w.pipe for w in pool if w.job is not None], timeout=_WATCH_EVERY_S):
                worker = next(w for w in pool if w.pipe is ready)
                assert worker.job is not None
                slug = worker.job.slug
                try:
                    event = worker.pipe.recv()
                except (EOFError, OSError):
                    reason, code = worker.cause_of_death()
                    yield JobFinished(slug, None, reason, reason_code=code)
                    pool.remove(worker)
                    if waiting:
                        with single_core_processes():
                            pool.append(_Worker(limits))
                        yield from _assign(pool[-1], waiting)
                    continue
                if isinstance(event, _Begun):
                    worker.begin()
                    continue
                yield event
                if isinstance(event, JobFinished):
                    worker.job = None
                    yield from _assign(worker, waiting)
            for worker in pool:
                worker.end_beyond_limits()
    finally:
        for worker in pool:
            worker.stop()


def _assign(worker: _Worker, waiting: deque[SessionJob]) -> Iterator[JobEvent]:
    if waiting:
        worker.take(waiting.popleft())
        assert worker.job is not None
        # A worker that has died meanwhile is noticed while waiting for its answer.
        with suppress(OSError):
            worker.pipe.send(worker.job)
        yield JobStarted(worker.job.slug)


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, limits: WorkerLimits) -> None:
        context = get_context("spawn")
        self.pipe, far_end = context.Pipe()
        self.job: SessionJob | None = None
        self._limits = limits
        self._begun, self._seconds = 0.0, float("inf")
        self._ended: tuple[str, str] | None = None
        # What a worker that is killed leaves behind lies in here.
        self._scratch = Path(tempfile.mkdtemp(prefix="gait-worker-"))
        self.process = context.Process(
            target=_serve, args=(far_end, str(self._scratch), limits.memory_bytes), daemon=True
        )
        self.process.start()
        far_end.close()  # so that its end is noticed when the process dies

    def take(self, job: SessionJob) -> None:
        """Note what it works on next."""
        self.job = job
        self._begun, self._seconds = monotonic(), _START_S

    def begin(self) -> None:
        """Note that it has begun."""
        if self.job is not None:
            clips = [clip.location for clip in self.job.clips]
            self._begun = monotonic()
            self._seconds = self._limits.seconds_for(clips, check_only=self.job.check_only)

    def end_beyond_limits(self) -> None:
        """Kill the process if its session takes too much time or memory; its pipe then tells so."""
        if self.job is None or self._ended is not None:
            return
        if monotonic() - self._begun > self._seconds:
            reason = _("took more than {duration_text} and was ended; the clip may be damaged").format(
                duration_text=_duration_text(self._seconds)
            )
            self._ended = reason, "time_limit"
        elif (resident_bytes(self.process.pid or 0) or 0) > self._limits.memory_bytes:
            size = self._limits.memory_bytes / 1e9
            text = _("needed more than {size} GB of memory and was ended; the clip may be damaged").format(
                size=f"{size:g}"
            )
            self._ended = text, "memory_limit"
        if self._ended is not None:
            self.process.kill()

    def cause_of_death(self) -> tuple[str, str | None]:
        """Return the reason and its code."""
        self.process.join(_STOP_S)
        exit_code = self.process.exitcode
        self.pipe.close()
        self._tidy_up()
        if self._ended is not None:
            return self._ended
        if exit_code is not None and exit_code < 0:
            name = signal.Signals(-exit_code).name if -exit_code in set(signal.Signals) else str(-exit_code)
            if name == "SIGKILL":
                reason = _(
                    "the worker process was ended by {name}; perhaps memory ran out: use fewer processes"
                ).format(name=name)
                return reason, "out_of_memory"
            return _("the worker process crashed ({name}); the clip may be damaged: export it as MP4 (H.264)").format(
                name=name
            ), None
        return _("the worker process ended by itself (code {exit_code})").format(exit_code=exit_code), None

    def _tidy_up(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    def stop(self) -> None:
        with suppress(OSError):
            self.pipe.close()
        if self.job is not None:
            self.process.terminate()
        self.process.join(_STOP_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self._tidy_up()


def _duration_text(seconds: float) -> str:
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:g} s"


def _serve(pipe: Any, scratch: str, memory_bytes: int) -> None:
    """Run the jobs that come through the pipe until it is closed."""
    tempfile.tempdir = scratch
    limit_own_memory(memory_bytes)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # as on the command line (`gait.cli.main`)
    # Ctrl-C reaches all processes of a terminal; the main process ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    end_with_parent()
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        sent = 0.0
        with suppress(OSError):
            pipe.send(_Begun())

        def progress(done: int, total: int | None, slug: str = job.slug) -> None:
            nonlocal sent
            if monotonic() - sent >= _PROGRESS_EVERY_S or done == total:
                sent = monotonic()
                pipe.send(JobProgress(slug, done, total))

        try:
            event = JobFinished(job.slug, run_job(job, progress))
        except Exception as error:
            with speak(job.options.language or ENGLISH):
                event = failed_job(job.slug, error)
        try:
            pipe.send(event)
        except OSError:
            return
