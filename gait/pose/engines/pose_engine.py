"""What a pose engine is: a source of people's keypoints in a stream of frames."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.video import DecodedFrame


@dataclass(frozen=True, eq=False)
class PersonKeypoints:
    """One person in one frame.

    Attributes
    ----------
    position : (k, 2) float array
        Pixels, x right, y down. May lie outside the frame.
    confidence : (k,) float array
        0–1.
    world : (k, 3) float array or None
        Metres, origin mid-hip, camera axes.
    """

    position: FloatArray
    confidence: FloatArray
    world: FloatArray | None


#: What an engine needs to continue after a frame, as plain arrays; empty for an engine without a state.
EngineState = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class FrameResult:
    """What an engine found in one frame.

    Attributes
    ----------
    people : tuple of PersonKeypoints
        Best first; empty where nobody was found.
    bystanders : int
        People who are in the frame too, but whose keypoints were left out because they keep still.
    state : EngineState or None
        Given to :meth:`PoseEngine.track`, work continues with the next frame and gives the same results as without a
        pause. ``None`` after frames where that is not possible.
    refined : tuple of PersonKeypoints or None
        The same people, as a second network sees them; whom it does not find is missing. ``None`` in frames that it
        was not given.
    """

    people: tuple[PersonKeypoints, ...]
    bystanders: int = 0
    state: EngineState | None = None
    refined: tuple[PersonKeypoints, ...] | None = None


class PoseEngine(Protocol):
    """Finds people's keypoints in a stream of frames. A context manager; enter it before use.

    How many workers an engine uses must not change a single number.
    """

    @property
    def name(self) -> str:
        """Name of the engine, as in the registry."""

    @property
    def model(self) -> str:
        """Name of the model."""

    @property
    def model_sha256(self) -> str:
        """Hash of the model's bytes."""

    @property
    def keypoints(self) -> tuple[str, ...]:
        """Names of the k keypoints."""

    @property
    def keypoint_family(self) -> str:
        """Kind of model; see `gait.pose.dataset.keypoint_family`."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def track(
        self,
        frames: Iterable[DecodedFrame],
        *,
        fps: float,
        state: EngineState | None = None,
        workers: int | None = None,
    ) -> Generator[FrameResult]:
        """Find everybody who could be the runner in each frame.

        Parameters
        ----------
        frames : iterable of DecodedFrame
            In order, without gaps. A few dozen at most are held at any time.
        fps : float
            Playback rate, 1/s.
        state : EngineState, optional
            From the last frame before these, when work continues after an interruption.
        workers : int, optional
            Of these frames, at most so many are worked on at the same time; as many as the engine has workers without
            it. Several threads may call this method at the same time.

        Yields
        ------
        FrameResult
            One per frame, in their order.
        """
