"""Keypoints in stretches of a video: each is decoded, and its people tracked, for itself.

One thread decodes a stretch (from the key frame before it) and runs the networks on its frames, so that nothing waits
for anything else; the other cores do the same for other stretches. Where fewer stretches are left than there are cores,
the frames of one are shared among them (`gait.pose.engines.litert`). Neither changes a number.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from gait._typing import FloatArray, PathLike
from gait.display_language import keep_language
from gait.errors import InputError
from gait.pose.engines.engine_registry import DEFAULT_ENGINE, engine_entry, make_engine, runs_mixed
from gait.pose.engines.litert import LiteRT
from gait.pose.engines.model_file import MIXED_NETWORKS
from gait.pose.engines.pose_engine import FrameResult, PersonKeypoints, PoseEngine
from gait.video import DecodedFrame, frame_times, read_decoded_frames

#: Is shown a frame, who was found in it, and the names of their keypoints; nobody in frames that no network saw.
WatchFrame = Callable[[DecodedFrame, Sequence[PersonKeypoints], Sequence[str]], None]


@dataclass(frozen=True)
class FrameWindow:
    """A stretch of a video.

    Attributes
    ----------
    start_s, end_s : float
        The frames with ``start_s <= time < end_s``, seconds on the file's timeline. Least is decoded in vain where a
        window starts at a key frame (`gait.video.timeline.Timeline.keys_s`).
    step : int
        Every ``step``-th of them, from the first one on.
    refine : collection of int
        In which of these frames, counted from 0, the second network of ``mixed`` runs as well.
    """

    start_s: float
    end_s: float
    step: int = 1
    refine: Collection[int] = ()


@dataclass(frozen=True, eq=False)
class TrackedWindow:
    """What an engine found in one window.

    Attributes
    ----------
    window : FrameWindow
    time_s : (n,) float array
        Of its frames, seconds; empty where all of them are damaged in the file.
    results : tuple of FrameResult
        One for each frame.
    """

    window: FrameWindow
    time_s: FloatArray
    results: tuple[FrameResult, ...]


class WindowTracker:
    """Finds people's keypoints in windows of a video, each of them from scratch.

    A context manager. How many workers there are does not change a number.

    Parameters
    ----------
    video : path
    engine : str
        A name in `gait.pose.engines.engine_registry.ENGINES`.
    model : str or path, optional
        As in `gait.pose.engines.engine_registry.make_engine`.
    workers : int
        Frames in work at the same time, each on one core.
    watch : callable, optional
        Called in any thread with each frame, what was found in it, and the names of the keypoints.

    Raises
    ------
    InputError
        When engine or model cannot be used.
    """

    def __init__(
        self,
        video: PathLike,
        *,
        engine: str = DEFAULT_ENGINE,
        model: PathLike | None = None,
        workers: int = 1,
        watch: WatchFrame | None = None,
    ) -> None:
        self._video = Path(video)
        self._watch = watch
        #: The second network of ``mixed``; ``None`` where the engine itself runs it, or there is none.
        self._second: PoseEngine | None = None
        self._refines = runs_mixed(engine, model)
        if engine == LiteRT.name:
            self._engine: PoseEngine = LiteRT(
                model, workers=workers, second_model=MIXED_NETWORKS[1] if self._refines else None
            )
        else:
            self._engine = make_engine(engine, model, workers=workers)
            if self._refines:
                self._second = make_engine(engine, MIXED_NETWORKS[1], workers=workers)
        self._workers = workers
        self._at_once = 1 if engine_entry(engine).spreads else workers
        self.name, self.model, self.model_sha256 = self._engine.name, self._engine.model, self._engine.model_sha256
        self.keypoints, self.keypoint_family = self._engine.keypoints, self._engine.keypoint_family
        self._entered, self._is_entered = ExitStack(), False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_entered = False
        self._entered.close()

    def track(
        self, windows: Iterable[FrameWindow], *, fps: float, advance: Callable[[], None] | None = None
    ) -> Generator[TrackedWindow]:
        """Find everybody who could be the runner in each frame of the windows.

        Parameters
        ----------
        windows : iterable of FrameWindow
            Read a few windows ahead of what is yielded, by how many depends on the workers.
        fps : float
            Playback rate of the file, 1/s.
        advance : callable, optional
            Called after each frame, in any thread.

        Yields
        ------
        TrackedWindow
            One for each window, in their order.

        Raises
        ------
        InputError
            When the model cannot be loaded, or a window is empty or lies outside the video.
        """
        left = iter(windows)
        ahead = deque(itertools.islice(left, self._at_once))
        if ahead and not self._is_entered:
            with ExitStack() as stack:
                for engine in (self._engine, self._second):
                    if engine is not None:
                        stack.enter_context(engine)
                self._entered, self._is_entered = stack.pop_all(), True
        stopped = threading.Event()
        running: deque[Future[TrackedWindow]] = deque()
        executor = ThreadPoolExecutor(self._at_once, thread_name_prefix="gait-window")
        started = 0
        track_one = keep_language(self._track_one)
        try:
            while ahead or running:
                # One more than are worked on, so that no core waits for the caller.
                while ahead and len(running) <= self._at_once:
                    # Windows are worked on in rounds; only the last one can have fewer than there are cores.
                    place = started % self._at_once
                    in_round = min(place + len(ahead), self._at_once)
                    share = max(1, self._workers // in_round)
                    running.append(executor.submit(track_one, ahead.popleft(), fps, share, advance, stopped))
                    started += 1
                    ahead.extend(itertools.islice(left, 1))
                yield running.popleft().result()
        finally:
            # Also on Ctrl-C: networks must not go away while a frame is in work.
            stopped.set()
            executor.shutdown(wait=True, cancel_futures=True)
            if isinstance(self._engine, LiteRT):
                self._engine.free_second()

    def _track_one(
        self,
        window: FrameWindow,
        fps: float,
        workers: int,
        advance: Callable[[], None] | None,
        stopped: threading.Event,
    ) -> TrackedWindow:
        threads = 1 if workers < self._workers or self._workers <= 2 else None
        start_s, end_s = window.start_s, window.end_s
        video = partial(read_decoded_frames, self._video, start=start_s, end=end_s, threads=threads)
        places: dict[int, int] = {}
        times: list[float] = []
        results: list[FrameResult] = []
        waiting: deque[DecodedFrame] = deque()

        def frames() -> Iterator[DecodedFrame]:
            first = int(
                np.searchsorted(frame_times(self._video), frame_times(self._video, start=start_s, end=end_s)[0])
            )
            # Whoever watches needs pictures of the frames between too: so the film is decoded once.
            step = window.step if self._watch is None else 1
            for frame in _until(video(step=step), stopped):
                if self._watch is not None and (frame.index - first) % window.step:
                    self._watch(frame, (), self.keypoints)
                    continue
                places[frame.index] = len(times)
                times.append(frame.time_s)
                if self._watch is not None:
                    waiting.append(frame)
                yield frame

        def is_refined(frame: DecodedFrame) -> bool:
            return places[frame.index] in refined

        refined = frozenset(window.refine if self._refines else ())
        engine, fps = self._engine, fps / window.step
        found = (
            engine.track(frames(), fps=fps, workers=workers, refine=is_refined if refined else None)
            if isinstance(engine, LiteRT)
            else engine.track(frames(), fps=fps, workers=workers)
        )
        with closing(found) as answers:
            for result in answers:
                results.append(result)
                if self._watch is not None:
                    self._watch(waiting.popleft(), result.people, self.keypoints)
                if advance is not None:
                    advance()
        if isinstance(engine, LiteRT):
            results = engine.refined(results)
        if self._second is not None and (numbers := sorted(n for n in refined if n < len(times))):
            again = enumerate(_until(video(step=window.step), stopped))
            chosen = (frame for place, frame in again if place in refined)
            self._refine(chosen, numbers, results, fps, workers)
        return TrackedWindow(window, np.array(times), tuple(results))

    def _refine(
        self, frames: Iterator[DecodedFrame], numbers: list[int], results: list[FrameResult], fps: float, workers: int
    ) -> None:
        """Run an engine of its own for the second network in some frames of a window."""
        assert self._second is not None
        with closing(self._second.track(frames, fps=fps, workers=workers)) as answers:
            for place, result in zip(numbers, answers, strict=False):
                results[place] = replace(results[place], refined=result.people)


def _until(frames: Iterator[DecodedFrame], stopped: threading.Event) -> Iterator[DecodedFrame]:
    """Pass frames on until the work is stopped."""
    with suppress(InputError):  # none of the frames can be decoded
        for frame in frames:
            if stopped.is_set():
                return
            yield frame
