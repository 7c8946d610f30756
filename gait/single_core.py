"""How many processor cores there are, and work that uses one core each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
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
    """

    @wraps(function)
    def limited(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1, user_api="blas"):
            return function(*args, **kwargs)

    return limited


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
