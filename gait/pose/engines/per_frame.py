"""Engines that treat each frame for itself, several side by side."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from types import TracebackType
from typing import Protocol, Self

from gait._typing import Image
from gait.display_language import keep_language
from gait.pose.engines.pose_engine import EngineState, FrameResult, PersonKeypoints
from gait.video import DecodedFrame


class ImageEngine(Protocol):
    """Finds people's keypoints in one image. Without a state: the same image gives the same result."""

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

    def __call__(self, image_rgb: Image) -> tuple[PersonKeypoints, ...]:
        """Find everybody in ``image_rgb`` (height, width, 3), best first; empty where nobody is."""


class PerFrameEngine:
    """A `gait.pose.engines.pose_engine.PoseEngine` made of several image engines of one kind.

    Each of them works on one frame at a time; at most two frames per engine are in memory. Which of them takes a
    frame makes no difference.

    Parameters
    ----------
    engines : sequence of ImageEngine
    """

    def __init__(self, engines: Sequence[ImageEngine]) -> None:
        self._engines = engines
        first = engines[0]
        self.name, self.model, self.model_sha256 = first.name, first.model, first.model_sha256
        self.keypoints, self.keypoint_family = first.keypoints, first.keypoint_family
        self._stack = ExitStack()
        self._idle: queue.SimpleQueue[ImageEngine] = queue.SimpleQueue()
        for engine in engines:
            self._idle.put(engine)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for engine in self._engines:
                stack.enter_context(engine)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def track(
        self,
        frames: Iterable[DecodedFrame],
        *,
        fps: float,
        state: EngineState | None = None,
        workers: int | None = None,
    ) -> Generator[FrameResult]:
        """Find everybody in each frame.

        Parameters
        ----------
        frames : iterable of DecodedFrame
            In order.
        fps : float
            Not used.
        state : EngineState, optional
            Not used: frames are independent of each other.
        workers : int, optional
            Of these frames, at most so many are worked on at the same time; as many as there are engines without it.
            Several threads may call this method at the same time.

        Yields
        ------
        FrameResult
            One per frame, in their order.
        """

        def find_people(frame: DecodedFrame) -> FrameResult:
            engine = self._idle.get()
            try:
                return FrameResult(engine(frame.rgb()), state={})
            finally:
                self._idle.put(engine)

        workers = len(self._engines) if workers is None else min(workers, len(self._engines))
        if workers == 1:
            for frame in frames:
                yield find_people(frame)
            return
        executor = ThreadPoolExecutor(workers, thread_name_prefix="gait-pose")
        try:
            pending: deque[Future[FrameResult]] = deque()
            for frame in frames:
                pending.append(executor.submit(keep_language(find_people), frame))
                if len(pending) >= 2 * workers:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            # Also on Ctrl-C: engines must not be closed while a frame is in work.
            executor.shutdown(wait=True, cancel_futures=True)
