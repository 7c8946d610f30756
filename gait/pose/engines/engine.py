"""What a pose engine is, and which there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from gait.errors import InputError
from gait.video.reader import Picture


@dataclass(frozen=True, eq=False)
class PersonKeypoints:
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


#: What an engine must remember to go on after a picture, as plain arrays; empty when it remembers nothing.
EngineState = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class FrameResult:
    """What an engine saw in one picture.

    Attributes
    ----------
    people : tuple of PersonKeypoints
        Best first; empty when nobody is there.
    others : int
        People who were known to be there too, but whose landmarks were left out because they keep still.
    memory : EngineState or None
        Given to :meth:`PoseEngine.track`, work goes on with the next picture and gives the same answers as if it had
        never stopped. ``None`` after pictures where that is not possible.
    """

    people: tuple[PersonKeypoints, ...]
    others: int = 0
    memory: EngineState | None = None


class PoseEngine(Protocol):
    """Finds people's landmarks in a stream of pictures.

    How many workers an engine uses must not change a single number.

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

    def track(
        self, pictures: Iterable[Picture], *, fps: float, memory: EngineState | None = None
    ) -> Generator[FrameResult]:
        """Find everybody who could be the runner in each picture.

        Parameters
        ----------
        pictures : iterable of Picture
            In order, without gaps. A few dozen at most are held at any time.
        fps : float
            Playback rate, 1/s.
        memory : EngineState, optional
            From the last picture before these, when work goes on after an interruption.

        Yields
        ------
        FrameResult
            One per picture, in their order.
        """


ModelPath = str | os.PathLike[str] | None
#: The engine that is used when none is named.
DEFAULT_ENGINE = "litert"


def _litert(model: ModelPath, workers: int) -> PoseEngine:
    from gait.pose.engines.litert import LiteRT

    return LiteRT(model, workers=workers)


def _mediapipe(model: ModelPath, workers: int) -> PoseEngine:
    from gait.pose.engines.mediapipe_tasks import MediapipeTasks
    from gait.pose.engines.per_frame import PerFrameEngine

    return PerFrameEngine([MediapipeTasks(model) for _ in range(workers)])


def _rtmpose(model: ModelPath, workers: int) -> PoseEngine:
    from gait.pose.engines.per_frame import PerFrameEngine
    from gait.pose.engines.rtmpose import RTMPose

    return PerFrameEngine([RTMPose(model)])  # its runtime spreads one picture over all cores by itself


#: Engine name -> maker, called with a model file or ``None`` for the bundled one, and the number of pictures to work
#: on at a time. Makers import what they need.
ENGINES: Mapping[str, Callable[[ModelPath, int], PoseEngine]] = {
    "litert": _litert,
    "mediapipe": _mediapipe,
    "rtmpose": _rtmpose,
}


def make_engine(name: str = DEFAULT_ENGINE, model: ModelPath = None, *, workers: int = 1) -> PoseEngine:
    """Make an engine by its name; enter it before use.

    Raises
    ------
    InputError
        For an unknown name, or a model that the engine cannot use.
    """
    if name not in ENGINES:
        raise InputError(f"engine {name!r} is unknown; choose from: {', '.join(sorted(ENGINES))}")
    return ENGINES[name](model, workers)


def model_hash(name: str = DEFAULT_ENGINE, model: ModelPath = None) -> str:
    """Give the hash of the model that an engine would use: part of what decides whether kept poses will do.

    Raises
    ------
    InputError
        When the engine cannot use the model.
    """
    if name == "rtmpose":
        from gait.pose.engines.rtmpose import rtmpose_hash

        return rtmpose_hash(model)
    from gait.pose.engines.model_file import load_model

    return load_model(model).sha256
