"""The process that reads live pictures: what a picture does to it does not reach the server."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from gait.batch.worker_limits import limit_own_memory
from gait.display_language import _, speak
from gait.errors import GaitError, InputError
from gait.live.live_meter import LiveMeter, LiveReading
from gait.live.window_measurement import measure_window
from gait.parent_process import end_with_parent
from gait.single_core import single_core_processes

#: Seconds for the start, for one picture, and for the end. [E]
_START_S, _PICTURE_S, _STOP_S = 60.0, 15.0, 3.0
#: Memory of the process, bytes; it needs about 0.5 GB. [E]
MEMORY_BYTES = 2_000_000_000
#: How much the process that measures windows gives way to the one that reads pictures. [E]
_WINDOW_NICENESS = 10


@dataclass(frozen=True)
class LiveRequest:
    """What the process measures.

    Attributes
    ----------
    target : str
        Of `gait.live.live_targets.LIVE_TARGETS`.
    language : str
        Of the reasons.
    """

    target: str
    language: str


#: Makes the tracker, a context manager, in the process.
TrackerFactory = Callable[[], AbstractContextManager[Any]]


def network_tracker() -> AbstractContextManager[Any]:
    """Make the tracker that looks at the pictures.

    Returns
    -------
    LiveTracker
    """
    from gait.pose.engines.live_tracking import LiveTracker

    return LiveTracker()


class LiveProcess:
    """Reads the pictures of one session; for one thread at a time.

    Parameters
    ----------
    request : LiveRequest
    make_tracker : callable
        Makes the tracker; another process must be able to import it.
    """

    def __init__(self, request: LiveRequest, make_tracker: TrackerFactory = network_tracker) -> None:
        context = get_context("spawn")
        self._pipe, far_end = context.Pipe()
        # It starts a process of its own, which a daemon may not. It ends when the pipe is closed, or with the server.
        self._process = context.Process(target=_read_pictures, args=(far_end, request, make_tracker))
        with single_core_processes():
            self._process.start()
        far_end.close()

    def wait_until_ready(self) -> None:
        """Wait until the network is loaded.

        Raises
        ------
        InputError
            The process has ended, or takes too long.
        """
        self._answer(_START_S)

    def read(self, picture: bytes, time_s: float) -> LiveReading:
        """Read one picture.

        Parameters
        ----------
        picture : bytes
            As `gait.live.live_picture.open_picture` takes it.
        time_s : float

        Returns
        -------
        LiveReading

        Raises
        ------
        InputError
            The picture cannot be read; or, with the code ``ended``, the process has ended.
        """
        try:
            self._pipe.send((picture, time_s))
        except OSError:
            raise _ended() from None
        reading = self._answer(_PICTURE_S)
        assert isinstance(reading, LiveReading)
        return reading

    def _answer(self, seconds: float) -> Any:
        try:
            answer = self._pipe.recv() if self._pipe.poll(seconds) else None
        except (EOFError, OSError):
            raise _ended() from None
        if answer is None:
            self._process.kill()
            raise _ended()
        if isinstance(answer, GaitError):
            raise answer
        return answer

    def end(self) -> None:
        """End the process, whatever it does."""
        with suppress(OSError):
            self._pipe.close()
        self._process.join(_STOP_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _ended() -> InputError:
    return InputError(_("the program that reads the pictures has ended; start again"), code="ended")


def _read_pictures(pipe: Any, request: LiveRequest, make_tracker: TrackerFactory) -> None:
    """Answer each picture until the pipe is closed."""
    limit_own_memory(MEMORY_BYTES)
    _prepare()
    windows = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_prepare_windows)
    windows.submit(int)  # loading its libraries takes seconds
    with suppress(EOFError, OSError), speak(request.language), make_tracker() as tracker:
        meter = LiveMeter(tracker, request.target, windows, language=request.language)
        pipe.send("ready")
        while True:
            picture, time_s = pipe.recv()
            try:
                answer: LiveReading | InputError = meter.read(picture, time_s)
            except GaitError as error:
                answer = InputError(str(error), code=error.code or "picture")
            except MemoryError:
                answer = InputError(_("memory ran out; close other programs and try again"), code="ended")
            pipe.send(answer)
            if not pipe.poll():
                meter.use_pause()
    os._exit(0)  # a window that is being measured is not waited for; its process notices


def _prepare() -> None:
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    # Ctrl-C reaches all processes of a terminal; the server ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


def _prepare_windows() -> None:
    _prepare()
    import numpy as np

    # A window without anybody is refused at once, after all that it needs is loaded.
    empty = np.full((40, 33, 2), np.nan)
    measure_window("cadence", np.arange(40) / 30, empty, np.zeros((40, 33)), (640, 480))
    if hasattr(os, "nice"):
        os.nice(_WINDOW_NICENESS)
