"""Processes that share the inputs of a validation or a calibration."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from gait.calibration import use_trial_folder
from gait.parent_process import end_with_parent
from gait.pose.engines.model_file import DEFAULT_MODEL
from gait.single_core import single_core_processes
from gait.synthetic.recorded_motion import Recording


@dataclass(frozen=True)
class ValidationInputs:
    """Inputs that every process of a run shares.

    Attributes
    ----------
    recordings : dict
        Recorded runs by name.
    clip_folder : Path
        Folder of the rendered clips.
    engine : str
        Pose engine.
    network : str
        Pose network, as `gait.pose.estimation.estimate_keypoints` takes it.
    trial_constants : path, optional
        Folder of constants that replace the package's (`gait.calibration.use_trial_folder`).
    every_frame : bool
        Whether the pose engine sees every frame of a clip, or those of the sampling plan, as an analysis does.
    """

    recordings: dict[str, Recording]
    clip_folder: Path
    engine: str
    network: str = DEFAULT_MODEL
    trial_constants: Path | None = None
    every_frame: bool = False


_inputs: list[ValidationInputs] = []


def worker_inputs() -> ValidationInputs:
    """Return the inputs of this process's pool.

    Returns
    -------
    ValidationInputs
    """
    return _inputs[0]


def _set_inputs(inputs: ValidationInputs) -> None:
    end_with_parent()
    _inputs[:] = [inputs]
    use_trial_folder(inputs.trial_constants)


@contextmanager
def worker_pool(inputs: ValidationInputs, jobs: int | None = None) -> Iterator[ProcessPoolExecutor]:
    """Open a pool of processes, each on one core (`gait.single_core`).

    Parameters
    ----------
    inputs : ValidationInputs
        What `worker_inputs` returns in every process.
    jobs : int, optional
        Number of processes; one a core by default.

    Yields
    ------
    ProcessPoolExecutor
    """
    with (
        single_core_processes(),
        ProcessPoolExecutor(
            jobs or os.cpu_count() or 1, mp_context=get_context("spawn"), initializer=_set_inputs, initargs=(inputs,)
        ) as pool,
    ):
        yield pool
