"""The worker behind the pages *Adjust* and *Label*: started when one of them opens, ended when nobody uses it."""

from __future__ import annotations

import threading
from time import monotonic
from typing import Any

from gait.app.adjust_tasks import run_adjust_task
from gait.app.job_process import JobProcess, JobTask, TaskFunction
from gait.batch.worker_limits import WorkerLimits
from gait.display_language import _
from gait.errors import InputError

#: Seconds without a request after which the worker ends, and seconds that one request may take. [E]
_IDLE_S, _REQUEST_S = 600.0, 60.0
#: Requests that may wait at the same time. [E]
_MAX_WAITING = 40


class AdjustWorker:
    """One worker process for short requests, one after the other.

    A clip that crashes it costs that request, not the server.

    Parameters
    ----------
    limits : WorkerLimits
        Time and memory.
    function : callable, optional
        Replaces its work, for tests.
    """

    def __init__(self, limits: WorkerLimits, function: TaskFunction | None = None) -> None:
        self._process = JobProcess(function or run_adjust_task, limits)
        self._lock = threading.Lock()
        self._waiting = threading.Semaphore(_MAX_WAITING)
        self._used = monotonic()
        self._timer: threading.Timer | None = None
        self._ended = False

    def warm_up(self) -> None:
        """Start the worker in the background: loading its libraries takes seconds."""

        def start() -> None:
            with self._lock:
                if not self._ended:
                    self._process.warm_up()
                    self._note_use()

        threading.Thread(target=start, name="gait-adjust", daemon=True).start()

    def run(self, task: JobTask) -> dict[str, Any]:
        """Work on a request, after those before it.

        Parameters
        ----------
        task : JobTask

        Returns
        -------
        dict

        Raises
        ------
        InputError
            It was refused or has failed, too many wait (``busy``), or it takes too long.
        """
        if not self._waiting.acquire(blocking=False):
            raise InputError(_("too many pictures are being read; try again"), code="busy")
        try:
            with self._lock:
                if self._ended:
                    raise InputError(_("the server is ending"), code="busy")
                end = monotonic() + _REQUEST_S
                outcome = self._process.run(
                    task,
                    lambda _report: None,
                    lambda: "interrupted" if self._ended else "cancelled" if monotonic() > end else None,
                )
                self._note_use()
        finally:
            self._waiting.release()
        if outcome.state == "done":
            return outcome.result or {}
        if outcome.state == "failed":
            raise InputError(outcome.reason or "", code=outcome.reason_code)
        raise InputError(
            _("this took more than {seconds} s and was ended").format(seconds=round(_REQUEST_S)), code="busy"
        )

    def end(self) -> None:
        """End the worker, whatever it does."""
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._process.end()

    def _note_use(self) -> None:
        self._used = monotonic()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(_IDLE_S, self._end_if_idle)
        self._timer.daemon = True
        self._timer.start()

    def _end_if_idle(self) -> None:
        with self._lock:
            if monotonic() - self._used >= _IDLE_S:
                self._process.end()
