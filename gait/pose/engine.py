"""What a pose engine is, and which there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from gait.errors import InputError


@dataclass(frozen=True, eq=False)
class Landmarks:
    """One person in one picture.

    Attributes
    ----------
    position : (k, 2) float
        Pixels, x right, y down. May lie outside the picture.
    confidence : (k,) float
        0–1.
    world : (k, 3) float or None
        Metres, origin mid-hip, camera axes.
    """

    position: NDArray[np.float64]
    confidence: NDArray[np.float64]
    world: NDArray[np.float64] | None


class PoseEngine(Protocol):
    """Finds people's landmarks in one picture. No memory: the same picture gives the same answer.

    Attributes
    ----------
    name : str
        As in :data:`ENGINES`.
    model : str
        Name of the model.
    model_sha256 : str
        Hash of the model's bytes; part of what decides whether saved poses can be used again.
    keypoints : tuple of str
        Names of the k landmarks.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def model(self) -> str: ...  # noqa: D102
    @property
    def model_sha256(self) -> str: ...  # noqa: D102
    @property
    def keypoints(self) -> tuple[str, ...]: ...  # noqa: D102

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __call__(self, image_rgb: NDArray[np.uint8]) -> tuple[Landmarks, ...]:
        """Find everybody in ``image_rgb`` (height, width, 3), best first; empty when nobody is there."""


Model = str | os.PathLike[str] | None


def _mediapipe(model: Model) -> PoseEngine:
    from gait.pose.mediapipe_tasks import MediapipeTasks

    return MediapipeTasks(model)


#: Engine name -> maker, called with a model file or ``None`` for the bundled one. Makers import what they need.
ENGINES: Mapping[str, Callable[[Model], PoseEngine]] = {"mediapipe": _mediapipe}


def make_engine(name: str = "mediapipe", model: Model = None) -> PoseEngine:
    """Make an engine by its name; enter it before use.

    Raises
    ------
    InputError
        For an unknown name, or a model that the engine cannot use.
    """
    if name not in ENGINES:
        raise InputError(f"engine {name!r} is unknown; choose from: {', '.join(sorted(ENGINES))}")
    return ENGINES[name](model)
