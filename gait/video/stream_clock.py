"""From the timestamps in a file to seconds: where they begin, jump, are wrong, or are missing.

Recordings that were joined byte by byte start their clock anew in the middle; transport streams count from anywhere; a
damaged packet carries a wild time; an AVI and a bare stream have no times of presentation at all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import numpy as np

from gait._typing import FloatArray

#: A timestamp this far before those that came already is a clock that starts anew, s: frames that are stored out of
#: their order lie closer. [E]
_BACKWARD_S = 1.0
#: … and at least so many frames, for slow films: no coding stores more than 16 frames out of order (H.264, A.3.1). [E]
_BACKWARD_FRAMES = 20
#: A clock that runs freely and jumps ahead by more than this has been set anew, s; the limit of ffmpeg
#: (`dts_delta_threshold`).
_FORWARD_S = 10.0
#: Most frames that a coding stores out of their order (size of the decoder's store; H.264, A.3.1).
_MOST_REORDERED = 16


@dataclass(frozen=True)
class StreamClock:
    """How the timestamps of one stream become seconds.

    Attributes
    ----------
    tick_s : float
        One tick of the file's clock, seconds.
    shift_s : float
        Added to all times, seconds.
    jumps_s : tuple of float
        Added besides after the first, second, … jump of the clock, seconds.
    wild : frozenset of int
        Timestamps that belong to no neighbour, ticks; frames with them are left out.
    counted : bool
        The file has no timestamps: the frames are counted.
    reordered : bool
        The timestamps are in the order of the frames in the file, not of those on the screen (AVI).
    free_running : bool
        The clock starts anywhere (transport streams).
    inexact : bool
        Times depend on where reading began, because not every frame carries one (program streams, bare streams).
    """

    tick_s: float
    shift_s: float = 0.0
    jumps_s: tuple[float, ...] = ()
    wild: frozenset[int] = frozenset()
    counted: bool = False
    reordered: bool = False
    free_running: bool = False
    inexact: bool = False

    @property
    def can_seek(self) -> bool:
        """Whether a time leads to one place in the file."""
        return not (self.counted or self.jumps_s or self.wild or self.inexact)

    def ticks(self, time_s: float) -> int:
        """Return the timestamp of a time, where the file can be searched by times.

        Parameters
        ----------
        time_s : float
            Seconds.

        Returns
        -------
        int
        """
        return round((time_s - self.shift_s) / self.tick_s)

    def timed(self, frames: Iterable[Any], times_s: FloatArray, interval_s: float) -> Iterator[tuple[float, Any]]:
        """Yield decoded frames with their times.

        Parameters
        ----------
        frames : iterable of av.VideoFrame
            In the order of the screen. All frames of the file, from its first one, unless `can_seek`.
        times_s : (n,) float array
            Times of all frames, seconds.
        interval_s : float
            Usual time between two frames, seconds.

        Yields
        ------
        time_s : float
        frame : av.VideoFrame
        """
        if self.counted:
            for count, frame in enumerate(frames):
                yield float(times_s[min(count, len(times_s) - 1)]), frame
            return
        tracker = _JumpTracker(self.tick_s, interval_s, self.free_running)
        for ticks, frame in self._in_order(frames):
            if ticks is None or ticks in self.wild:
                continue
            jump = tracker.jumps(ticks) if self.jumps_s else 0
            extra = self.jumps_s[min(jump, len(self.jumps_s)) - 1] if jump else 0.0
            yield ticks * self.tick_s + self.shift_s + extra, frame

    def _in_order(self, frames: Iterable[Any]) -> Iterator[tuple[int | None, Any]]:
        if not self.reordered:
            yield from ((frame.pts, frame) for frame in frames)
            return
        waiting: deque[Any] = deque()
        stamps: list[int] = []
        for frame in frames:
            if frame.pts is None:
                continue
            waiting.append(frame)
            heappush(stamps, frame.pts)
            if len(waiting) > _MOST_REORDERED:
                yield heappop(stamps), waiting.popleft()
        while waiting:
            yield heappop(stamps), waiting.popleft()


class _JumpTracker:
    """Counts the jumps of a clock, from its timestamps one after another."""

    def __init__(self, tick_s: float, interval_s: float, free_running: bool) -> None:
        self._back = max(_BACKWARD_S, _BACKWARD_FRAMES * interval_s) / tick_s
        self._ahead = _FORWARD_S / tick_s if free_running else np.inf
        self._latest = -np.inf
        self._count = 0

    def is_jump(self, ticks: int) -> bool:
        return bool(
            ticks < self._latest - self._back or (np.isfinite(self._latest) and ticks > self._latest + self._ahead)
        )

    def jumps(self, ticks: int) -> int:
        if self.is_jump(ticks):
            self._count += 1
            self._latest = ticks
        self._latest = max(self._latest, ticks)
        return self._count


def read_clock(
    stamps: Sequence[int], tick_s: float, *, free_running: bool, start_s: float
) -> tuple[StreamClock, FloatArray, tuple[float, ...]]:
    """Find jumps and wild values among the timestamps of a file.

    Parameters
    ----------
    stamps : sequence of int
        Timestamps in the order of the file, ticks.
    tick_s : float
        One tick, seconds.
    free_running : bool
        The clock starts anywhere.
    start_s : float
        Where the file says that it starts, seconds; used for a free-running clock.

    Returns
    -------
    clock : StreamClock
    times_s : (n,) float array
        Time of each frame, seconds, increasing; of frames with the same time one is left.
    breaks_s : tuple of float
        Where the clock jumps, seconds.
    """
    ticks = np.asarray(stamps, np.int64)
    kept, wild = _without_wild(ticks, tick_s)
    interval = _usual_interval(kept)
    pieces = _pieces(kept, tick_s, interval * tick_s, free_running)
    shift_s = -start_s if free_running else 0.0
    jumps: list[float] = []
    breaks: list[float] = []
    parts = []
    end = None
    for piece in pieces:
        extra = 0.0
        if end is not None:
            extra = end + interval * tick_s - (float(piece.min()) * tick_s + shift_s)
            jumps.append(extra)
            breaks.append(end)
        times = piece * tick_s + shift_s + extra
        parts.append(times)
        end = float(times.max())
    times_s = np.unique(np.concatenate(parts))
    if times_s[0] < 0:  # players begin at zero
        shift_s -= float(times_s[0])
        breaks = [value - float(times_s[0]) for value in breaks]
        times_s = times_s - times_s[0]
    clock = StreamClock(tick_s, shift_s, tuple(jumps), frozenset(wild), free_running=free_running)
    return clock, times_s, tuple(breaks)


def _usual_interval(ticks: np.ndarray[Any, np.dtype[np.int64]]) -> float:
    steps = np.diff(np.unique(ticks))
    return float(np.median(steps)) if len(steps) else 1.0


def _without_wild(
    ticks: np.ndarray[Any, np.dtype[np.int64]], tick_s: float
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], set[int]]:
    """Leave out timestamps that are far from the one before and the one after, which agree with each other."""
    if len(ticks) < 3:
        return ticks, set()
    far = max(_FORWARD_S, _BACKWARD_FRAMES * _usual_interval(ticks) * tick_s) / tick_s
    before = np.abs(np.diff(ticks)) > far
    lonely = np.zeros(len(ticks), bool)
    lonely[1:-1] = before[:-1] & before[1:] & (np.abs(ticks[2:] - ticks[:-2]) <= far)
    # At either end there is one neighbour only; one wild value there would move the whole clock.
    if len(ticks) > 8:
        lonely[0] = before[0] and not before[1:4].any()
        lonely[-1] = before[-1] and not before[-4:-1].any()
    values = set(ticks[lonely].tolist()) - set(ticks[~lonely].tolist())
    return ticks[~np.isin(ticks, list(values))] if values else ticks, values


def _pieces(
    ticks: np.ndarray[Any, np.dtype[np.int64]], tick_s: float, interval_s: float, free_running: bool
) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
    """Split timestamps where the clock jumps."""
    latest = np.maximum.accumulate(ticks)
    back = max(_BACKWARD_S, _BACKWARD_FRAMES * interval_s) / tick_s
    ahead = _FORWARD_S / tick_s
    if not (ticks < latest - back).any() and not (free_running and (np.diff(latest) > ahead).any()):
        return [ticks]
    tracker = _JumpTracker(tick_s, interval_s, free_running)
    numbers = np.array([tracker.jumps(value) for value in ticks.tolist()])
    return [ticks[numbers == number] for number in range(int(numbers[-1]) + 1)]
