"""Telling the runner from bystanders: the same person through the whole video, not the most confident one per frame."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

#: A person is the same as in the frame before while half of the landmarks moved by less than this fraction of the
#: body's size, plus so much for every further frame between, up to the last figure. A runner on a treadmill stays in
#: place, but somebody may stand a quarter of a body beside. [E]
_REACH, _REACH_PER_FRAME, _LONGEST_REACH = 0.15, 0.02, 0.5
#: … and the size changed by less than this factor.
_SIZE_RATIO = 1.6
#: Two people of one frame are one person seen twice below this distance. Two crops of one person differ by 0.02. [E]
_TWICE = 0.08
#: How much being large counts beside moving the limbs: decides only between people who keep still.
_SIZE_WEIGHT = 0.02
#: Frames in which the body's bounce is looked for: half a second at 60 frames/s.
_STRETCH = 32
#: Whoever is seen beside the runner in more than this share of the own frames is somebody else for certain. [E]
_BESIDE = 0.2

Numbers = NDArray[np.intp]
#: A stretch of a video: the frame in which each person was found, not decreasing and within a frame best first, and
#: their landmarks, (n, k, 2). People are numbered through all pieces.
PersonChunk = tuple[Sequence[int] | NDArray[np.integer], NDArray[np.floating]]


class _Bodies:
    """The median landmark of people and the diagonal that holds the body; both change little in a stride.

    People are known by number. Only those at hand can be asked about; others are forgotten, so that any number of them
    may come along.
    """

    def __init__(self, trunk: Sequence[int] | None = None) -> None:
        self._trunk = slice(None) if trunk is None else list(trunk)
        self.positions: dict[int, NDArray[np.floating]] = {}
        # Plain numbers: the loops over frames look at one person at a time.
        self._x: dict[int, float] = {}
        self._y: dict[int, float] = {}
        self._size: dict[int, float] = {}

    def meet(self, numbers: Iterable[int], positions: NDArray[np.floating]) -> None:
        """Take in people, (n, k, 2)."""
        if not len(positions):
            return
        numbers = list(numbers)
        some = positions.astype(np.float64)
        low, high = np.percentile(some, [5, 95], axis=1)
        x, y = np.median(some, axis=1).T.tolist()
        size = np.maximum(np.linalg.norm(high - low, axis=1), 1.0).tolist()
        for known, values in ((self._x, x), (self._y, y), (self._size, size), (self.positions, positions)):
            known.update(zip(numbers, values, strict=True))

    def forget_all_but(self, numbers: Iterable[int]) -> None:
        kept = list(numbers)
        for known in (self._x, self._y, self._size):
            values = {number: known[number] for number in kept}
            known.clear()
            known.update(values)
        self.positions = {number: self.positions[number].copy() for number in kept}

    def apart(self, a: int, b: int) -> float:
        """Median distance of the landmarks over the larger size."""
        between = np.linalg.norm(self.positions[a] - self.positions[b], axis=1)
        return float(np.median(between)) / max(self._size[a], self._size[b])

    def are_one(self, a: int, b: int) -> bool:
        """Whether two people of one frame are one person seen twice."""
        return self.apart(a, b) < _TWICE

    def could_be_same(self, a: int, b: int, frames: int = 1) -> bool:
        """Whether they could be one person ``frames`` apart."""
        reach = min(_REACH + _REACH_PER_FRAME * (frames - 1), _LONGEST_REACH)
        # The middles first: most people are nowhere near, and their landmarks need no look.
        far = max(abs(self._x[a] - self._x[b]), abs(self._y[a] - self._y[b])) > 2 * _LONGEST_REACH * self._size[a]
        similar = 1 / _SIZE_RATIO < self._size[a] / self._size[b] < _SIZE_RATIO
        return not far and similar and self.apart(a, b) < reach

    def heights(self, numbers: Sequence[int]) -> NDArray[np.float64]:
        """Where the trunks are, (n,), pixels downwards."""
        return np.array([self.positions[number][self._trunk, 1].mean(dtype=np.float64) for number in numbers])

    def size(self, number: int) -> float:
        return self._size[number]

    def shapes(self, numbers: Sequence[int]) -> NDArray[np.float64]:
        """Landmarks about the middle of the body, (n, k, 2)."""
        middles = [(self._x[number], self._y[number]) for number in numbers]
        positions = np.array([self.positions[number] for number in numbers], dtype=np.float64)
        return np.asarray(positions - np.array(middles)[:, np.newaxis])


@dataclass(eq=False)
class _Track:
    """One person through the frames: who was linked last, all of them by frame, and sums over their shapes."""

    last: int
    frames: array[int] = field(default_factory=lambda: array("q"))
    people: array[int] = field(default_factory=lambda: array("q"))
    _total: NDArray[np.float64] | float = 0.0
    _squares: NDArray[np.float64] | float = 0.0
    _summed: int = 0
    _size: float = 1.0
    _heights: list[float] = field(default_factory=list)
    _bounces: array[float] = field(default_factory=lambda: array("d"))

    def link(self, frame: int, person: int) -> None:
        self.last = person
        self.frames.append(frame)
        self.people.append(person)

    def sum_up(self, bodies: _Bodies) -> None:
        """Add the shapes of those who were linked since the last time."""
        new = self.people[self._summed :]
        if new:
            shapes = bodies.shapes(new)
            self._total = self._total + shapes.sum(axis=0)
            self._squares = self._squares + (shapes**2).sum(axis=0)
            self._summed = len(self.people)
            self._size = bodies.size(self.last)
            self._heights += bodies.heights(new).tolist()
            while len(self._heights) >= _STRETCH:
                self._bounces.append(float(np.var(self._heights[:_STRETCH])))
                del self._heights[:_STRETCH]

    def movement(self) -> float:
        """Sum over frames how far the limbs swing about their mean place in the body and the body bounces, pixels.

        The geometric mean of both: where two people overlap, the landmarks of one stray to the limbs of the other, but
        the trunk of somebody who stands does not bounce. Swing is taken over the whole track and not from frame to
        frame, so that the frame rate and jitter do not count; bounce over short stretches, so that walking about does
        not.
        """
        count = len(self.people)
        variance = np.asarray(self._squares) / count - (np.asarray(self._total) / count) ** 2
        swing = float(np.sqrt(np.clip(variance, 0, None).sum(axis=1)).mean())
        bounce = float(np.sqrt(np.mean(self._bounces if len(self._bounces) else [np.var(self._heights)])))
        least = _SIZE_WEIGHT * self._size
        return count * float(np.sqrt((swing + least) * (bounce + least / 10)))


def select_runner(
    frame: Sequence[int] | NDArray[np.integer],
    positions: NDArray[np.floating],
    *,
    trunk: Sequence[int] | None = None,
) -> tuple[Numbers, Numbers]:
    """Choose in every frame the person who is the runner; see :func:`select_runner_in_chunks`."""
    return select_runner_in_chunks([(frame, positions)], trunk=trunk)


def select_runner_in_chunks(
    pieces: Iterable[PersonChunk], *, trunk: Sequence[int] | None = None
) -> tuple[Numbers, Numbers]:
    """Choose in every frame the person who is the runner, with the landmarks of one piece in memory at a time.

    Parameters
    ----------
    pieces : iterable of (frame, positions)
        Gone through up to three times; a frame lies in one piece.
    trunk : sequence of int, optional
        Which of the k landmarks are shoulders and hips; all without it.

    Returns
    -------
    runner : (m,) array
        The numbers of those who are the runner, by frame: at most one a frame, none where the runner was not found,
        even if somebody else was.
    others : (j,) array
        The frames in which somebody else was found, too or instead.

    Notes
    -----
    People are linked from frame to frame by where most landmarks are and by the size of the body. A runner on a
    treadmill stays in place, so a link may bridge any gap. The runner is whoever moves limbs and trunk most, in pixels,
    for longest: a coach who stands nearer to the camera is larger but keeps still.
    """
    tracks, frames, people = _linked(pieces, trunk)
    if not tracks:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    chosen = max(tracks, key=_Track.movement)
    at, runner = np.array(chosen.frames, dtype=np.intp), np.array(chosen.people, dtype=np.intp)
    free = ~np.isin(people, _somebody_else(chosen, tracks))
    found_at, found = _taken_back(pieces, at, runner, frames[free], people[free])
    at, runner = np.concatenate([at, found_at]), np.concatenate([runner, found])
    runner = runner[np.argsort(at)]
    seen, counts = np.unique(frames, return_counts=True)
    return runner, seen[counts > np.isin(seen, at)]


def _somebody_else(runner: _Track, tracks: Sequence[_Track]) -> Numbers:
    """Give the numbers of those who are certainly not the runner: they are there while the runner is."""
    at = np.array(runner.frames, dtype=np.intp)
    beside = [t for t in tracks if t is not runner and np.isin(np.array(t.frames), at).mean() > _BESIDE]
    return np.array([number for track in beside for number in track.people], dtype=np.intp)


def _numbered(pieces: Iterable[PersonChunk]) -> Iterator[tuple[Numbers, Numbers, NDArray[np.floating]]]:
    """Give frames, numbers and landmarks of the people in each piece."""
    start = 0
    for frame, positions in pieces:
        yield np.asarray(frame, dtype=np.intp), np.arange(start, start + len(positions)), positions
        start += len(positions)


def _linked(pieces: Iterable[PersonChunk], trunk: Sequence[int] | None) -> tuple[list[_Track], Numbers, Numbers]:
    """Link people to tracks; also frames and numbers of everybody who is not a second detection of somebody."""
    bodies = _Bodies(trunk)
    tracks: list[_Track] = []
    all_frames, all_people = array("q"), array("q")
    for frame, numbers, positions in _numbered(pieces):
        bodies.meet(numbers.tolist(), positions)
        together: dict[int, list[int]] = {}
        for at, number in zip(frame.tolist(), numbers.tolist(), strict=True):
            others = together.setdefault(at, [])
            # A second detection of one person is left out; the first is the better.
            if not any(bodies.are_one(number, other) for other in others):
                others.append(number)
        for at, people in together.items():
            _link(at, people, tracks, bodies)
            all_frames.extend([at] * len(people))
            all_people.extend(people)
        for track in tracks:
            track.sum_up(bodies)
        bodies.forget_all_but(track.last for track in tracks)
    return tracks, np.array(all_frames, dtype=np.intp), np.array(all_people, dtype=np.intp)


def _link(at: int, people: Sequence[int], tracks: list[_Track], bodies: _Bodies) -> None:
    """Link the people of one frame to the tracks, the closest first; who fits none begins a new one."""
    links = sorted(
        (bodies.apart(person, track.last), t, b)
        for t, track in enumerate(tracks)
        for b, person in enumerate(people)
        if bodies.could_be_same(person, track.last, at - track.frames[-1])
    )
    owners: dict[int, int] = {}
    for _, t, b in links:
        if b not in owners and t not in owners.values():
            owners[b] = t
    for b, person in enumerate(people):
        if b not in owners:
            owners[b] = len(tracks)
            tracks.append(_Track(person))
        tracks[owners[b]].link(at, person)


def _taken_back(
    pieces: Iterable[PersonChunk], at: Numbers, runner: Numbers, frames: Numbers, people: Numbers
) -> tuple[Numbers, Numbers]:
    """Take back what was linked to a ghost: where the runner is missing, who stands in the runner's place.

    Returns frames and numbers.
    """
    missing = ~np.isin(frames, at)
    if not missing.any():
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    frames, people = frames[missing], people[missing]
    after = np.searchsorted(at, frames)
    before, after = np.maximum(after - 1, 0), np.minimum(after, len(at) - 1)
    closest = np.where(np.abs(frames - at[before]) <= np.abs(at[after] - frames), before, after)
    nearest, between = runner[closest], np.abs(frames - at[closest])
    known = np.unique(nearest)
    bodies = _Bodies()
    for _, numbers, positions in _numbered(pieces):
        wanted = np.isin(numbers, known)
        bodies.meet(numbers[wanted].tolist(), positions[wanted])
    found_at, found = array("q"), array("q")
    for _, numbers, positions in _numbered(pieces):
        bodies.forget_all_but(known.tolist())
        here = slice(*np.searchsorted(people, [numbers[0], numbers[-1] + 1])) if len(numbers) else slice(0)
        bodies.meet(people[here].tolist(), positions[people[here] - numbers[:1]])
        together: dict[tuple[int, int, int], list[int]] = {}
        for at_frame, expected, apart, person in zip(
            *(values[here].tolist() for values in (frames, nearest, between, people)), strict=True
        ):
            together.setdefault((at_frame, expected, apart), []).append(person)
        for (at_frame, expected, apart), others in together.items():
            person = min(others, key=lambda person: bodies.apart(person, expected))
            if bodies.could_be_same(person, expected, apart):
                found_at.append(at_frame)
                found.append(person)
    return np.array(found_at, dtype=np.intp), np.array(found, dtype=np.intp)
