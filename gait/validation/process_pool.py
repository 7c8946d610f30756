"""Processes that share what a validation works on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from gait.single_core import single_core_processes
from gait.synthetic.recorded_motion import Recording


@dataclass(frozen=True)
class ValidationInputs:
    """What every process knows.

    Attributes
    ----------
    recordings : dict
        Recorded runs by name.
    folder : Path
        Where clips are kept.
    engine : str
        Pose engine.
    models : path, optional
        File of stride models that know neither a calibration clip nor its runner; without it those of the package,
        which do not know the runner (`calibration.calibrate`).
    """

    recordings: dict[str, Recording]
    folder: Path
    engine: str
    models: Path | None = None


_known: list[ValidationInputs] = []


def shared() -> ValidationInputs:
    """Give what this process was told by `workers`."""
    return _known[0]


def _remember(known: ValidationInputs) -> None:
    _known[:] = [known]


@contextmanager
def workers(known: ValidationInputs, jobs: int | None = None) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of processes, one a core unless ``jobs`` says otherwise.

    Every process keeps to one core (`gait.single_core`).
    """
    with (
        single_core_processes(),
        ProcessPoolExecutor(
            jobs or os.cpu_count() or 1, mp_context=get_context("spawn"), initializer=_remember, initargs=(known,)
        ) as pool,
    ):
        yield pool
