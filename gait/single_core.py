"""Child processes that use one core each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

#: Environment variables that limit the threads of the software renderer (Mesa), linear algebra and OpenMP.
THREAD_VARIABLES = ("LP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


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
