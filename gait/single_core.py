"""How many processor cores there are, and work that uses one core each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Event, Lock, Thread
from typing import ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

#: Environment variables that limit the threads of the software renderer (Mesa), linear algebra and OpenMP.
THREAD_VARIABLES = ("LP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
#: … those of linear algebra.
_LINEAR_ALGEBRA = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def single_core_linear_algebra() -> None:
    """Have linear algebra in this process use one core, unless its user says otherwise.

    Call it before NumPy is imported. The matrices of an analysis are small: shared among cores, they took half a second
    of computing time more, which was spent in waiting for each other.
    """
    for name in _LINEAR_ALGEBRA:
        os.environ.setdefault(name, "1")


def on_one_core(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Have linear algebra use one core while a function runs.

    Sums are rounded another way on every number of cores, and the fit of a pelvis in blurred pictures follows: one of
    its values moved by 0.1° (interval ±4.3°). With this, numbers do not depend on the machine's cores.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
        The same, limited.

    Notes
    -----
    The limit holds for the whole process and ends when no function of this kind runs. It has no effect inside
    ``with threadpoolctl.threadpool_limits(...)`` of the caller: threadpoolctl lets one thread at a time set limits.
    """

    @wraps(function)
    def limited(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        with _LIMIT.held():
            return function(*args, **kwargs)

    return limited


class _SharedLimit:
    """One core for linear algebra as long as any thread is inside a ``with`` block.

    A thread of its own sets the limit and restores it. If each user did, a user who ends last would restore the limit
    of another one, and it would stay for good.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0
        self._unused = Event()
        self._holder = Thread()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Limit linear algebra to one core inside a ``with`` block.

        Yields
        ------
        None
        """
        from threadpoolctl import threadpool_limits

        with self._lock:
            if not self._users:
                self._start()
            self._users += 1
        try:
            # Where OpenBLAS is built on OpenMP, each thread has a limit of its own; elsewhere this changes nothing.
            with threadpool_limits(1, user_api="blas"):
                yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    self._unused.set()
                    self._holder.join()

    def _start(self) -> None:
        limited, self._unused = Event(), Event()

        def hold(unused: Event) -> None:
            from threadpoolctl import threadpool_limits

            try:
                with threadpool_limits(1, user_api="blas"):
                    limited.set()
                    unused.wait()
            finally:
                limited.set()

        self._holder = Thread(target=hold, args=(self._unused,), name="linear algebra limit", daemon=True)
        self._holder.start()
        limited.wait()


_LIMIT = _SharedLimit()


@contextmanager
def single_core_processes() -> Iterator[None]:
    """Limit child processes that are started inside a ``with`` block to one core each.

    Yields
    ------
    None

    Notes
    -----
    If several processes each use all cores, their libraries wait for one another. Measured here, waiting took three
    quarters of the time.
    """
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def available_cores() -> int:
    """Return how many processor cores this process may use.

    Returns
    -------
    int
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
