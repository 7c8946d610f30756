"""Which windows of a video the pose network sees: running repeats, so a part of the strides shows all of them.

A video is divided into windows of consecutive frames, some strides each. A first round of them is spread evenly over
the video; more are added between them while something would be gained (`see_windows`). The order does not depend on
what decodes or computes, so that the same video gives the same windows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gait._typing import FloatArray

#: Increased when the same video would get other windows than before.
SAMPLING_VERSION = 3
#: Length of a window, s of real time: some five strides, of which half of one is lost at each end. Three of them gave
#: intervals 0.4 % wider than every frame did (median over metrics; 18 to 40 s of 13 runs with known truth). Four of
#: half the length gave 1.3 %, and refused 7 % of the values. [E]
WINDOW_S = 3.3
#: The same for videos so long that many windows are needed anyway, and from which length on, s. [E]
SHORT_WINDOW_S, LONG_S = 2.5, 240.0
#: Windows of the first round, and the longest distance between their middles, s of real time: the course of a run is
#: read from medians over 30 s (`gait.metrics.drift`). [E]
FIRST_WINDOWS, EVERY_S = 3, 30.0
#: Edges between windows are moved by up to this share of a window, so that they do not keep pace with the runner, or
#: to a key frame that near, so that no frame is decoded in vain. [E]
JITTER, KEY_REACH = 0.12, 0.25
#: A clip of so many windows or fewer (some 15 s) is seen whole: it has few steps, and little time would be saved. [E]
WHOLE_WINDOWS = 4
#: The first round is repeated in other places where nobody runs, until so many times as many windows were seen. [E]
MAX_SEARCH = 3
#: Rounds that are added at most for narrower intervals, and by how much one may multiply what was seen. [E]
MAX_ROUNDS, MAX_FACTOR = 4, 3.0
#: Windows that are added where a change begins, share of the first round: one round of a quarter brought that moment
#: closer to what every frame gives (simulated hours: 95 % within 101 s instead of 164 s), a second round did not. [E]
ONSET_SHARE = 0.25
#: Poses per second of real time that are estimated in windows: at twice as many, contacts of the force-plate runners
#: came out 0.2 ms better (`gait.pose.estimation`).
SAMPLED_FPS = 60.0
#: (1 + √5) / 2 − 1: multiples of it, without the whole part, are spread evenly.
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class SamplingPlan:
    """The windows of a video, and in which order they are seen.

    Attributes
    ----------
    windows : tuple of (float, float)
        Start and end of each, s of playback, in order of time. They touch and hold every frame.
    order : tuple of int
        Numbers of the windows. Any beginning of it is spread over the video.
    first : int
        How many of them make the first round.
    """

    windows: tuple[tuple[float, float], ...]
    order: tuple[int, ...]
    first: int

    @property
    def is_whole(self) -> bool:
        """Whether the first round holds the whole video."""
        return self.first >= len(self.windows)

    def merged(self, numbers: Sequence[int]) -> list[tuple[float, float]]:
        """Join windows that touch.

        Parameters
        ----------
        numbers : sequence of int

        Returns
        -------
        list of (float, float)
            In order of time.
        """
        joined: list[tuple[float, float]] = []
        last = -2
        for number in sorted(set(numbers)):
            start, end = self.windows[number]
            if number == last + 1:
                start = joined.pop()[0]
            joined.append((start, end))
            last = number
        return joined


def plan_windows(times: FloatArray, keys: FloatArray, real_per_playback: float) -> SamplingPlan:
    """Divide a video into windows.

    Parameters
    ----------
    times : (n,) float array
        Of the frames in range, s of playback, increasing; at least one.
    keys : (m,) float array
        Of the key frames, s of playback.
    real_per_playback : float
        Real seconds per second of playback.

    Returns
    -------
    SamplingPlan
    """
    interval = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    start, end = float(times[0]), float(times[-1]) + interval
    duration_s = (end - start) * real_per_playback
    count = max(1, round(duration_s / (WINDOW_S if duration_s <= LONG_S else SHORT_WINDOW_S)))
    if count <= WHOLE_WINDOWS:
        return SamplingPlan(((start, end),), (0,), 1)
    length = (end - start) / count
    edges = start + length * np.arange(count + 1)
    inner = edges[1:-1] + JITTER * length * (2 * (np.arange(1, count) * _GOLDEN % 1) - 1)
    if len(keys):
        after = np.clip(np.searchsorted(keys, inner), 0, len(keys) - 1)
        before = np.maximum(after - 1, 0)
        near = np.where(inner - keys[before] < keys[after] - inner, keys[before], keys[after])
        inner = np.where(np.abs(near - inner) <= KEY_REACH * length, near, inner)
    edges[1:-1] = inner
    windows = [(float(a), float(b)) for a, b in pairwise(edges)]
    # A video with pauses between its frames may have windows without any.
    filled = np.diff(np.searchsorted(times, edges - interval * 1e-3)) > 0
    windows = [window for window, has_frames in zip(windows, filled, strict=True) if has_frames]
    first = max(FIRST_WINDOWS, math.ceil(duration_s / EVERY_S))
    if first > FIRST_WINDOWS:
        first += first % 2  # an even number keeps two cores busy
    first = min(first, len(windows))
    return SamplingPlan(tuple(windows), tuple(_spread_order(len(windows), first)), first)


def see_windows(
    plan: SamplingPlan,
    look: Callable[[list[int]], None],
    *,
    shows_runner: Callable[[int], bool],
    more: Callable[[], float] | None = None,
    where: Callable[[], Sequence[tuple[float, float]]] | None = None,
) -> list[int]:
    """See windows round by round until more would gain nothing.

    Parameters
    ----------
    plan : SamplingPlan
    look : callable
        Sees the windows with these numbers.
    shows_runner : callable
        Whether somebody was found in a window that was seen. Those without are made up for by others.
    more : callable, optional
        How many times as much should be seen as was seen up to now: 1 is enough, ``math.inf`` where nothing could be
        measured.
    where : callable, optional
        Called at the end: parts of the video that should be seen more densely (start, end, s of playback).

    Returns
    -------
    list of int
        Numbers of the windows that were seen, in the order in which they were.
    """
    seen: list[int] = []

    def see(count: int) -> None:
        chosen = list(plan.order[len(seen) : len(seen) + count])
        seen.extend(chosen)
        look(chosen)

    see(plan.first)
    while len(seen) < min(len(plan.order), MAX_SEARCH * plan.first):
        lacking = plan.first - sum(map(shows_runner, seen))
        if lacking <= 0:
            break
        see(lacking)
    for _ in range(MAX_ROUNDS if more is not None else 0):
        left = len(plan.order) - len(seen)
        if not left or (factor := more()) <= 1:  # type: ignore[misc]
            break
        added = round(len(seen) * (min(factor, MAX_FACTOR) - 1))
        if not added:
            break
        see(min(added, left))
    if where is not None and (denser := _windows_within(plan, seen, where())):
        seen.extend(denser)
        look(denser)
    return seen


def _windows_within(plan: SamplingPlan, seen: Sequence[int], parts: Sequence[tuple[float, float]]) -> list[int]:
    """Choose windows that were not seen yet, spread evenly over the windows of each part."""
    chosen: set[int] = set()
    for start, end in parts:
        left = [
            number
            for number, (begin, stop) in enumerate(plan.windows)
            if start <= 0.5 * (begin + stop) <= end and number not in chosen and number not in seen
        ]
        wanted = min(math.ceil(ONSET_SHARE * plan.first / len(parts)), len(left))
        chosen.update(left[int((place + 0.5) * len(left) / wanted)] for place in range(wanted))
    return sorted(chosen)


def _spread_order(count: int, first: int) -> list[int]:
    """Order numbers below ``count``: ``first`` that are spread evenly, then the rest, each into a wide gap."""
    slots = np.linspace(0, count, first + 1)
    jitter = (np.arange(1, first + 1) * _GOLDEN) % 1
    evenly = np.floor(slots[:-1] + (0.25 + 0.5 * jitter) * np.diff(slots)).astype(int).tolist()
    evenly = [evenly[at] for at in _bit_reversed(len(evenly))]
    rest = [number for number in _bit_reversed(count) if number not in set(evenly)]
    return [*evenly, *rest]


def _bit_reversed(count: int) -> list[int]:
    """Order the numbers below ``count`` by the van der Corput sequence."""
    bits = max(1, (count - 1).bit_length())
    reversed_numbers = (int(format(number, f"0{bits}b")[::-1], 2) for number in range(1 << bits))
    return [number for number in reversed_numbers if number < count]
