"""Who the runner is, where a person has pointed at them in one frame.

It holds for everything that runs inside :func:`choose_runner`, however deep the estimation of poses lies.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class ChosenRunner:
    """A point on the runner in one frame.

    Attributes
    ----------
    file_name : str
        Of the video.
    time_s : float
        Of the frame, s of the video.
    x, y : float
        Pixels of the upright frame.
    """

    file_name: str
    time_s: float
    x: float
    y: float


_chosen: ContextVar[tuple[ChosenRunner, ...]] = ContextVar("chosen_runner", default=())


@contextmanager
def choose_runner(*runners: ChosenRunner) -> Iterator[None]:
    """Say who the runner is in some videos, as long as the context lasts.

    Parameters
    ----------
    *runners : ChosenRunner

    Yields
    ------
    None
    """
    token = _chosen.set(runners)
    try:
        yield
    finally:
        _chosen.reset(token)


def chosen_runner(file_name: str) -> ChosenRunner | None:
    """Look up who the runner in a video is.

    Parameters
    ----------
    file_name : str
        Of the video.

    Returns
    -------
    ChosenRunner or None
        ``None`` where nobody has said.
    """
    return next((runner for runner in _chosen.get() if runner.file_name == file_name), None)
