"""Poses in windows of a video instead of in every frame: rounds of a sampling plan, each window a checkpoint."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gait._typing import FloatArray, ProgressCallback
from gait.pose.checkpoints import CheckpointFolder, PoseChunk, PoseChunks
from gait.pose.engines.pose_engine import FrameResult
from gait.pose.engines.window_tracking import FrameWindow, TrackedWindow, WindowTracker
from gait.pose.refinement import MIN_WINDOWS, SPARSE_FRAMES, sparse_rows
from gait.pose.sampling_plan import SAMPLED_FPS, WINDOW_S, SamplingPlan, see_windows
from gait.pose.worker_thread import in_worker_thread
from gait.video import VideoMeta

if TYPE_CHECKING:
    import xarray as xr

#: Somebody is found in at least this share of a window's frames, or the window does not count. [E]
MIN_FOUND = 0.5
#: Seconds of windows that share the frames of the second network: what is cleaned together
#: (`gait.analysis.chunks.CHUNK_S`). [E]
REFINED_EVERY_S = 60.0
#: Adds a chunk, and reports a full disk in words.
AppendChunk = Callable[[PoseChunks, PoseChunk], None]


class ChunksInTime:
    """Chunks that were added in any order, in order of time; can be iterated over several times.

    Parameters
    ----------
    chunks : list or CheckpointFolder
    """

    def __init__(self, chunks: list[PoseChunk] | CheckpointFolder) -> None:
        self.chunks = chunks
        self._starts: list[float] = []
        self._ends: list[float] = []

    def __iter__(self) -> Iterator[PoseChunk]:
        for number in np.argsort(self._starts, kind="stable"):
            yield self.chunks[int(number)]

    def between(self, start_s: float, end_s: float) -> Iterator[PoseChunk]:
        """Yield the chunks with frames in a part of the video; no other is read.

        Parameters
        ----------
        start_s, end_s : float
            s of playback.

        Yields
        ------
        PoseChunk
            In order of time.
        """
        for number in np.argsort(self._starts, kind="stable"):
            if self._starts[number] <= end_s and self._ends[number] >= start_s:
                yield self.chunks[int(number)]

    def append(self, chunk: PoseChunk, /) -> None:
        """Add a chunk.

        Parameters
        ----------
        chunk : PoseChunk
        """
        self.chunks.append(chunk)
        self.note(chunk)

    def note(self, chunk: PoseChunk) -> None:
        """Take note of a chunk that is there already, in the order of the folder.

        Parameters
        ----------
        chunk : PoseChunk
        """
        self._starts.append(float(chunk.time[0]))
        self._ends.append(float(chunk.time[-1]))


def sampled_step(meta: VideoMeta) -> int:
    """Return how far apart the frames of a window are that the network sees.

    Parameters
    ----------
    meta : VideoMeta

    Returns
    -------
    int
        1 for every frame, 2 for every second.
    """
    # Phones film 239.76 frames per second where they state 240.
    return max(int(meta.assumed_capture_fps / SAMPLED_FPS + 0.02), 1)


@dataclass(eq=False)
class WindowEstimation:
    """Estimates the windows of a plan.

    Attributes
    ----------
    path : Path
    meta : VideoMeta
    times : (n,) float array
        Of all frames in range, s.
    plan : SamplingPlan
    step : int
        How far apart the frames are that the network sees.
    tracker : WindowTracker
    refines : bool
        A second network runs in some frames.
    chunks, refined : ChunksInTime
        Of the first and of the second network.
    append : callable
        Adds a chunk to one of them.
    progress : callable, optional
        Called with (frames done, frames in all rounds up to now).
    """

    path: Path
    meta: VideoMeta
    times: FloatArray
    plan: SamplingPlan
    step: int
    tracker: WindowTracker
    refines: bool
    chunks: ChunksInTime
    refined: ChunksInTime
    append: AppendChunk
    progress: ProgressCallback | None = None
    _found: dict[int, float] = field(default_factory=dict)
    _refined: set[int] = field(default_factory=set)
    _total: int = 0
    _done: int = 0
    _round: int = 0
    _tracked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _reported: int = 0
    _looked: list[int] = field(default_factory=list)

    def run(
        self,
        more: Callable[[list[tuple[float, float]]], float] | None,
        where: Callable[[list[tuple[float, float]]], Sequence[tuple[float, float]]] | None = None,
    ) -> list[tuple[float, float]]:
        """See windows until more would gain nothing.

        Parameters
        ----------
        more, where : callable, optional
            As in `gait.pose.sampling_plan.see_windows`, given the windows that were seen.

        Returns
        -------
        list of (float, float)
            Windows that were seen, joined where they touch, s of playback.
        """
        self._restore()
        seen: list[int] = []

        def look(numbers: list[int]) -> None:
            seen.extend(numbers)
            self._look(numbers)

        def gain() -> float:
            assert more is not None
            return more(self.plan.merged(seen))

        def parts() -> Sequence[tuple[float, float]]:
            assert where is not None
            return where(self.plan.merged(seen))

        with self.tracker:
            see_windows(
                self.plan,
                look,
                shows_runner=self._shows_runner,
                more=gain if more is not None else None,
                where=parts if where is not None else None,
            )
        return self.plan.merged(seen)

    def _restore(self) -> None:
        for chunks, note in ((self.refined, self._note_refined), (self.chunks, self._note)):
            if isinstance(chunks.chunks, CheckpointFolder):
                for chunk in chunks.chunks.restore():
                    chunks.note(chunk)
                    note(self._window_at(float(chunk.time[0])), chunk)

    def _window_at(self, time_s: float) -> int:
        starts = [start for start, _ in self.plan.windows]
        return int(np.searchsorted(starts, time_s + 1e-6)) - 1

    def _note(self, number: int, chunk: PoseChunk) -> None:
        self._found[number] = len(np.unique(chunk.frame)) / max(len(chunk.time), 1)

    def _note_refined(self, number: int, chunk: PoseChunk) -> None:
        self._refined.add(number)

    def _shows_runner(self, number: int) -> bool:
        return self._found.get(number, 0.0) >= MIN_FOUND

    def _look(self, numbers: list[int]) -> None:
        refine = self.refines and sum(map(self._shows_runner, self._looked)) < self.plan.first
        self._looked.extend(numbers)
        wanted = {number: self._frame_window(number, refine=refine) for number in sorted(numbers)}
        frames = {number: self._frames(number) for number in wanted}
        self._total += sum(frames.values())
        missing = {
            number: window
            for number, window in wanted.items()
            if number not in self._found or (window.refine and number not in self._refined)
        }
        self._done += sum(frames[number] for number in wanted if number not in missing)
        self._report()
        if not missing:
            return
        self._round, self._tracked = sum(frames[number] for number in missing), 0
        found = self.tracker.track(list(missing.values()), fps=self.meta.fps, advance=self._count)
        with closing(in_worker_thread(found, meanwhile=self._report)) as results:
            for number, result in zip(missing, results, strict=True):
                self._keep(number, result)
                self._report()
        self._done, self._round = self._done + self._round, 0
        self._report()

    def _count(self) -> None:
        """Count a frame, in any thread."""
        with self._lock:
            self._tracked += 1

    def _report(self) -> None:
        done = self._done + min(self._tracked, self._round)
        if self.progress is not None and done > self._reported:
            self._reported = done
            self.progress(done, self._total)

    def _frames(self, number: int) -> int:
        start, end = np.searchsorted(self.times, np.array(self.plan.windows[number]) - 1e-6)
        return math.ceil(int(end - start) / self.step)

    def _frame_window(self, number: int, *, refine: bool) -> FrameWindow:
        start, end = self.plan.windows[number]
        window = FrameWindow(start, end, self.step)
        if not refine:
            return window
        groups = math.ceil(self.plan.first * WINDOW_S / REFINED_EVERY_S)
        count = math.ceil(SPARSE_FRAMES * groups / self.plan.first)
        rows = MIN_WINDOWS if self.plan.is_whole else 1
        fps = self.meta.assumed_capture_fps / self.step
        return replace(window, refine=sparse_rows(self._frames(number), count, fps, rows=rows, before=number * rows))

    def _keep(self, number: int, tracked: TrackedWindow) -> None:
        keypoints, times = len(self.tracker.keypoints), tracked.time_s.tolist()
        second = [
            (t, FrameResult(r.refined)) for t, r in zip(times, tracked.results, strict=True) if r.refined is not None
        ]
        if second and number not in self._refined:
            # First, so that a window that is kept has both.
            self.append(self.refined, PoseChunk.of([t for t, _ in second], [r for _, r in second], keypoints))
            self._refined.add(number)
        if number in self._found:
            return
        self._found[number] = 0.0
        if times:
            chunk = replace(PoseChunk.of(times, tracked.results, keypoints), state={})
            self.append(self.chunks, chunk)
            self._note(number, chunk)


#: Given the poses of the windows seen up to now: how many times as much should be seen; 1 is enough.
MoreWindows = Callable[["xr.Dataset"], float]
#: Given the same: parts of a long video, s of playback, of which more windows should be seen.
DenserParts = Callable[["xr.Dataset"], Sequence[tuple[float, float]]]
