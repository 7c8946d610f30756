"""Engines that look at each picture for itself, several side by side."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from gait.pose.engines.engine import EngineState, FrameResult, PersonKeypoints
from gait.video.reader import Picture


class PictureEngine(Protocol):
    """Finds people's landmarks in one picture. No memory: the same picture gives the same answer."""

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

    def __call__(self, image_rgb: NDArray[np.uint8]) -> tuple[PersonKeypoints, ...]:
        """Find everybody in ``image_rgb`` (height, width, 3), best first; empty when nobody is there."""


class PerFrameEngine:
    """A `gait.pose.engines.engine.PoseEngine` made of engines of one kind that have no memory.

    Each of them works on one picture at a time; at most two pictures per engine are in memory. Which of them takes a
    picture makes no difference.

    Parameters
    ----------
    engines : sequence of PictureEngine
    """

    def __init__(self, engines: Sequence[PictureEngine]) -> None:
        self._engines = engines
        self.name, self.model = engines[0].name, engines[0].model
        self.model_sha256, self.keypoints = engines[0].model_sha256, engines[0].keypoints
        self._stack = ExitStack()

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
        self, pictures: Iterable[Picture], *, fps: float, memory: EngineState | None = None
    ) -> Generator[FrameResult]:
        """Find everybody in each picture; see `gait.pose.engines.engine.PoseEngine.track`."""
        if len(self._engines) == 1:
            for picture in pictures:
                yield FrameResult(self._engines[0](picture.rgb()), memory={})
            return
        idle: queue.SimpleQueue[PictureEngine] = queue.SimpleQueue()
        for engine in self._engines:
            idle.put(engine)

        def work(picture: Picture) -> FrameResult:
            engine = idle.get()
            try:
                return FrameResult(engine(picture.rgb()), memory={})
            finally:
                idle.put(engine)

        executor = ThreadPoolExecutor(len(self._engines), thread_name_prefix="gait-pose")
        try:
            waiting: deque[Future[FrameResult]] = deque()
            for picture in pictures:
                waiting.append(executor.submit(work, picture))
                if len(waiting) >= 2 * len(self._engines):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            # Also on Ctrl-C: engines must not be closed while a picture is in work.
            executor.shutdown(wait=True, cancel_futures=True)
