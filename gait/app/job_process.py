"""A worker process for jobs: whatever a video does to it, the server goes on."""

from __future__ import annotations

import logging
import shutil
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import Any, Literal

from gait.batch.worker_limits import WorkerLimits, limit_own_memory, resident_bytes
from gait.display_language import ENGLISH, _, speak
from gait.errors import GaitError
from gait.parent_process import end_with_parent
from gait.single_core import single_core_processes

_log = logging.getLogger(__name__)
#: Seconds between two looks at messages, time and memory of a worker. [E]
_WATCH_EVERY_S = 0.25
#: Seconds between two messages about progress. [E]
_PROGRESS_EVERY_S = 0.2
#: Seconds for which a worker may take to start, and to end. [E]
_START_S, _STOP_S = 120.0, 5.0
#: Longest text of an error, characters. [E]
_MAX_ERROR_LENGTH = 300


@dataclass(frozen=True)
class JobTask:
    """What a worker needs for one job.

    Attributes
    ----------
    identifier, kind : str
    clips : tuple of str
        Paths.
    folder : str
        For the report.
    options : mapping
        See `gait.app.job_tasks`.
    language : str
        In which texts are written.
    """

    identifier: str
    kind: str
    clips: tuple[str, ...]
    folder: str
    options: Mapping[str, Any] = field(default_factory=dict)
    language: str = ENGLISH


@dataclass(frozen=True)
class JobReport:
    """How far a job is.

    Attributes
    ----------
    stage : str
    done, total : int or None
    result : dict or None
        What is known already.
    """

    stage: str
    done: int | None = None
    total: int | None = None
    result: dict[str, Any] | None = None


@dataclass(frozen=True)
class JobOutcome:
    """How a job has ended.

    Attributes
    ----------
    state : {"done", "failed", "cancelled", "interrupted"}
        "interrupted": the server stops; the job goes on at its next start.
    result : dict or None
    reason, reason_code : str or None
    """

    state: Literal["done", "failed", "cancelled", "interrupted"]
    result: dict[str, Any] | None = None
    reason: str | None = None
    reason_code: str | None = None


#: Called with each `JobReport`.
ReportFunction = Callable[[JobReport], None]
#: What a worker does with a task.
TaskFunction = Callable[[JobTask, ReportFunction], dict[str, Any]]


class JobProcess:
    """A process that works on one job after the other; a new one takes the place of one that died.

    Parameters
    ----------
    function : callable
        A `TaskFunction` that another process can import.
    limits : WorkerLimits
    """

    def __init__(self, function: TaskFunction, limits: WorkerLimits) -> None:
        self._function, self._limits = function, limits
        self._process: Any = None
        self._pipe: Any = None
        self._scratch: Path | None = None

    def warm_up(self) -> None:
        """Start the process before the first job comes: loading its libraries takes seconds."""
        self._start()

    def run(self, task: JobTask, on_report: ReportFunction, stop: Callable[[], str | None]) -> JobOutcome:
        """Work on one job.

        Parameters
        ----------
        task : JobTask
        on_report : callable
            Called in this thread.
        stop : callable
            Returns ``"cancelled"`` or ``"interrupted"`` as soon as the job must end, else ``None``.

        Returns
        -------
        JobOutcome
        """
        self._start()
        with suppress(OSError):
            self._pipe.send(task)
        begun, seconds = monotonic(), _START_S + self._limits.seconds_for(task.clips)
        while True:
            wanted = stop()
            if wanted is not None:
                self.end()
                return JobOutcome("cancelled" if wanted == "cancelled" else "interrupted")
            try:
                message = self._pipe.recv() if self._pipe.poll(_WATCH_EVERY_S) else None
            except (EOFError, OSError):
                return self._died()
            if isinstance(message, JobOutcome):
                return message
            if isinstance(message, JobReport):
                on_report(message)
            if monotonic() - begun > seconds:
                self.end()
                reason = _("took more than {minutes} min and was ended; the video may be damaged")
                return JobOutcome("failed", None, reason.format(minutes=round(seconds / 60)), "time_limit")
            if (resident_bytes(self._process.pid or 0) or 0) > self._limits.memory_bytes:
                self.end()
                reason = _("needed more than {size} GB of memory and was ended; the video may be damaged")
                size = f"{self._limits.memory_bytes / 1e9:g}"
                return JobOutcome("failed", None, reason.format(size=size), "memory_limit")

    def end(self) -> None:
        """End the process, whatever it does."""
        if self._process is None:
            return
        with suppress(OSError):
            self._pipe.close()
        self._process.terminate()
        self._process.join(_STOP_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._forget()

    def _start(self) -> None:
        if self._process is not None and self._process.is_alive():
            return
        self._forget()
        context = get_context("spawn")
        self._pipe, far_end = context.Pipe()
        self._scratch = Path(tempfile.mkdtemp(prefix="gait-app-"))
        self._process = context.Process(
            target=_serve_jobs,
            args=(far_end, str(self._scratch), self._limits.memory_bytes, self._function),
            daemon=True,
        )
        with single_core_processes():
            self._process.start()
        far_end.close()  # so that its end is noticed when the process dies

    def _died(self) -> JobOutcome:
        self._process.join(_STOP_S)
        code = self._process.exitcode
        self._forget()
        if code is not None and code == -signal.SIGTERM:
            return JobOutcome("interrupted")
        if code is not None and code == -getattr(signal, "SIGKILL", 9):
            reason = _("the worker process was ended; perhaps memory ran out. Close other programs and try again")
            return JobOutcome("failed", None, reason, "out_of_memory")
        reason = _("the video crashed the program that reads it; export it as MP4 (H.264) and try again")
        return JobOutcome("failed", None, reason, "crashed")

    def _forget(self) -> None:
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
        self._process = self._pipe = self._scratch = None


def _serve_jobs(pipe: Any, scratch: str, memory_bytes: int, function: TaskFunction) -> None:
    """Run the tasks that come through the pipe until it is closed."""
    tempfile.tempdir = scratch
    limit_own_memory(memory_bytes)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    # Ctrl-C reaches all processes of a terminal; the server ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    preload = getattr(sys.modules[function.__module__], "preload", None)
    if preload is not None:
        preload()
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        with speak(task.language):
            outcome = _outcome(task, function, pipe)
        try:
            pipe.send(outcome)
        except OSError:
            return


def _outcome(task: JobTask, function: TaskFunction, pipe: Any) -> JobOutcome:
    sent, stage = 0.0, ""

    def report(message: JobReport) -> None:
        nonlocal sent, stage
        if message.stage != stage or message.result is not None or monotonic() - sent >= _PROGRESS_EVERY_S:
            sent, stage = monotonic(), message.stage
            pipe.send(message)

    try:
        return JobOutcome("done", function(task, report))
    except GaitError as error:
        reason = str(error)
        for clip in task.clips:  # the person knows the file by the name that was uploaded
            reason = reason.replace(f"{clip}: ", "").replace(clip, Path(clip).name)
        return JobOutcome("failed", None, reason, error.code)
    except MemoryError:
        return JobOutcome("failed", None, _("memory ran out; close other programs and try again"), "out_of_memory")
    except OSError as error:
        return JobOutcome("failed", None, (error.strerror or str(error))[:_MAX_ERROR_LENGTH], "system")
    except Exception as error:
        log_fault(error)
        text = f"{type(error).__name__}: {' '.join(str(error).split())[:_MAX_ERROR_LENGTH]}"
        return JobOutcome("failed", None, _("crashed: {text}").format(text=text), "crashed")


def log_fault(error: BaseException) -> None:
    """Log where a fault of the program lies; its message may hold names of people and files, so it is left out.

    Parameters
    ----------
    error : BaseException
    """
    lines = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    _log.error("gait serve: %s in %s", type(error).__name__, " < ".join(reversed(lines)))
