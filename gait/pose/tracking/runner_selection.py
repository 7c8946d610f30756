"""Telling the runner from bystanders: one and the same person through the whole video.

The most confident person of each frame would not do: that may be a bystander.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray

#: A person is the same as in the frame before while half of the keypoints moved by less than this fraction of the
#: body's size, plus so much for every further frame between, up to the last figure. A runner on a treadmill stays in
#: place, but somebody may stand a quarter of a body beside. [E]
_REACH, _REACH_PER_FRAME, _MAX_REACH = 0.15, 0.02, 0.5
#: … and the size changed by less than this factor. [E]
_SIZE_RATIO = 1.6
#: Two people of one frame are one person detected twice below this distance. Two crops of one person differ by
#: 0.02. [E]
_SAME_PERSON = 0.08
#: Weight of body size beside movement: decides only between people who keep still. [E]
_SIZE_WEIGHT = 0.02
#: Frames over which the body's bounce is taken: half a second at 60 frames/s. [E]
_BOUNCE_FRAMES = 32
#: Whoever is there beside the runner in more than this share of their own frames is certainly somebody else. [E]
_BESIDE = 0.2

Numbers = NDArray[np.intp]
#: A stretch of a video: the frame in which each person was found, not decreasing and within a frame best first, and
#: their keypoints, (n, k, 2). People are numbered through all chunks.
PersonChunk = tuple[Sequence[int] | NDArray[np.integer], NDArray[np.floating]]


class _Bodies:
    """Median keypoint of people and the diagonal that holds the body; both change little within a stride.

    People are identified by number. Only people who were added and not yet dropped can be looked up, so that any
    number of them may come along.
    """

    def __init__(self, trunk: Sequence[int] | None = None) -> None:
        self._trunk = slice(None) if trunk is None else list(trunk)
        self.positions: dict[int, NDArray[np.floating]] = {}
        # Plain numbers: the loops over frames handle one person at a time.
        self._x: dict[int, float] = {}
        self._y: dict[int, float] = {}
        self._size: dict[int, float] = {}

    def add(self, numbers: Iterable[int], positions: NDArray[np.floating]) -> None:
        """Add people, (n, k, 2)."""
        if not len(positions):
            return
        numbers = list(numbers)
        exact = positions.astype(np.float64)
        low, high = np.percentile(exact, [5, 95], axis=1)
        x, y = np.median(exact, axis=1).T.tolist()
        size = np.maximum(np.linalg.norm(high - low, axis=1), 1.0).tolist()
        for table, values in ((self._x, x), (self._y, y), (self._size, size), (self.positions, positions)):
            table.update(zip(numbers, values, strict=True))

    def drop_all_but(self, numbers: Iterable[int]) -> None:
        kept = list(numbers)
        for table in (self._x, self._y, self._size):
            values = {number: table[number] for number in kept}
            table.clear()
            table.update(values)
        self.positions = {number: self.positions[number].copy() for number in kept}

    def distance(self, a: int, b: int) -> float:
        """Median distance of the keypoints over the larger size."""
        between = np.linalg.norm(self.positions[a] - self.positions[b], axis=1)
        return float(np.median(between)) / max(self._size[a], self._size[b])

    def are_one(self, a: int, b: int) -> bool:
        """Return whether two people of one frame are one person detected twice."""
        return self.distance(a, b) < _SAME_PERSON

    def could_be_same(self, a: int, b: int, frames: int = 1) -> bool:
        """Return whether they could be one person ``frames`` apart."""
        return self.distance_if_same(a, b, frames) is not None

    def distance_if_same(self, a: int, b: int, frames: int = 1) -> float | None:
        """Return the :meth:`distance` of people who could be one person ``frames`` apart; ``None`` for others."""
        reach = min(_REACH + _REACH_PER_FRAME * (frames - 1), _MAX_REACH)
        # The middles first: most people are nowhere near, and need no comparison of keypoints.
        far = max(abs(self._x[a] - self._x[b]), abs(self._y[a] - self._y[b])) > 2 * _MAX_REACH * self._size[a]
        similar = 1 / _SIZE_RATIO < self._size[a] / self._size[b] < _SIZE_RATIO
        if far or not similar:
            return None
        distance = self.distance(a, b)
        return distance if distance < reach else None

    def heights(self, numbers: Sequence[int]) -> FloatArray:
        """Where the trunks are, (n,), pixels downwards."""
        return np.array([self.positions[number][self._trunk, 1].mean(dtype=np.float64) for number in numbers])

    def size(self, number: int) -> float:
        return self._size[number]

    def shapes(self, numbers: Sequence[int]) -> FloatArray:
        """Keypoints about the middle of the body, (n, k, 2)."""
        middles = [(self._x[number], self._y[number]) for number in numbers]
        positions = np.array([self.positions[number] for number in numbers], dtype=np.float64)
        return np.asarray(positions - np.array(middles)[:, np.newaxis])


@dataclass(eq=False)
class _Track:
    """One person through the frames: who was linked last, all of them by frame, and sums over their shapes."""

    last: int
    frames: array[int] = field(default_factory=lambda: array("q"))
    people: array[int] = field(default_factory=lambda: array("q"))
    _total: FloatArray | float = 0.0
    _squares: FloatArray | float = 0.0
    _summed: int = 0
    _size: float = 1.0
    _heights: list[float] = field(default_factory=list)
    _bounces: array[float] = field(default_factory=lambda: array("d"))

    def link(self, frame: int, person: int) -> None:
        self.last = person
        self.frames.append(frame)
        self.people.append(person)

    def sum_up(self, bodies: _Bodies) -> None:
        """Add the shapes of those who were linked since the last call."""
        new = self.people[self._summed :]
        if new:
            shapes = bodies.shapes(new)
            self._total = self._total + shapes.sum(axis=0)
            self._squares = self._squares + (shapes**2).sum(axis=0)
            self._summed = len(self.people)
            self._size = bodies.size(self.last)
            self._heights += bodies.heights(new).tolist()
            while len(self._heights) >= _BOUNCE_FRAMES:
                self._bounces.append(float(np.var(self._heights[:_BOUNCE_FRAMES])))
                del self._heights[:_BOUNCE_FRAMES]

    def movement(self) -> float:
        """Sum over frames how far the limbs swing about their mean place in the body and the body bounces, pixels.

        The geometric mean of both: where two people overlap, the keypoints of one stray to the limbs of the other, but
        the trunk of somebody who stands does not bounce. Swing is taken over the whole track and not from frame to
        frame, so that the frame rate and jitter do not count; bounce over short stretches, so that walking about does
        not.
        """
        count = len(self.people)
        variance = np.asarray(self._squares) / count - (np.asarray(self._total) / count) ** 2
        swing = float(np.sqrt(np.clip(variance, 0, None).sum(axis=1)).mean())
        bounce = float(np.sqrt(np.mean(self._bounces if len(self._bounces) else [np.var(self._heights)])))
        floor = _SIZE_WEIGHT * self._size
        return count * float(np.sqrt((swing + floor) * (bounce + floor / 10)))


def select_runner(
    frame: Sequence[int] | NDArray[np.integer],
    positions: NDArray[np.floating],
    *,
    trunk: Sequence[int] | None = None,
) -> tuple[Numbers, Numbers]:
    """Choose in every frame the person who is the runner.

    Parameters
    ----------
    frame : (n,) int array
        The frame in which each person was found, not decreasing; within a frame best first.
    positions : (n, k, 2) float array
        Their keypoints, pixels, y down.
    trunk : sequence of int, optional
        Which of the k keypoints are shoulders and hips; all without it.

    Returns
    -------
    runner, frames_with_others : (m,), (j,) int array
        As :func:`select_runner_in_chunks`.
    """
    return select_runner_in_chunks([(frame, positions)], trunk=trunk)


def select_runner_in_chunks(
    chunks: Iterable[PersonChunk], *, trunk: Sequence[int] | None = None, at: tuple[int, float, float] | None = None
) -> tuple[Numbers, Numbers]:
    """Choose in every frame the person who is the runner, with the keypoints of one chunk in memory at a time.

    Parameters
    ----------
    chunks : iterable of (frame, positions)
        As :func:`select_runner` takes them. Iterated over up to three times; a frame lies in one chunk.
    trunk : sequence of int, optional
        Which of the k keypoints are shoulders and hips; all without it.
    at : (int, float, float), optional
        A frame and a point on the runner in it, pixels: somebody has said who it is.

    Returns
    -------
    runner : (m,) int array
        The numbers of those who are the runner, by frame: at most one a frame, none where the runner was not found,
        even if somebody else was.
    frames_with_others : (j,) int array
        The frames in which somebody else was found, too or instead.

    Notes
    -----
    People are linked from frame to frame by where most keypoints are and by the size of the body. A runner on a
    treadmill stays in place, so a link may bridge any gap. The runner is whoever moves limbs and trunk most, in pixels,
    for longest: a coach who stands nearer to the camera is larger but keeps still.
    """
    tracks, frames, people = _linked(chunks, trunk)
    if not tracks:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    pointed_at = None if at is None else _track_at(chunks, tracks, *at)
    chosen = max(tracks, key=_Track.movement) if pointed_at is None else pointed_at
    runner_frames, runner = np.array(chosen.frames, dtype=np.intp), np.array(chosen.people, dtype=np.intp)
    free = ~np.isin(people, _somebody_else(chosen, tracks))
    found_frames, found = _recovered(chunks, runner_frames, runner, frames[free], people[free])
    runner_frames, runner = np.concatenate([runner_frames, found_frames]), np.concatenate([runner, found])
    runner = runner[np.argsort(runner_frames)]
    occupied, counts = np.unique(frames, return_counts=True)
    return runner, occupied[counts > np.isin(occupied, runner_frames)]


def _track_at(chunks: Iterable[PersonChunk], tracks: Sequence[_Track], frame: int, x: float, y: float) -> _Track | None:
    """Return the person who is nearest to a point in a frame; None where nobody was found there."""
    for frames, numbers, positions in _numbered(chunks):
        here = frames == frame
        if here.any():
            middles = np.median(positions[here].astype(float), axis=1)
            nearest = numbers[here][np.argsort(np.linalg.norm(middles - np.array([x, y]), axis=1))]
            # A second detection of one person is in no track.
            of_person = {number: track for track in tracks for number in track.people}
            return next((of_person[int(number)] for number in nearest if int(number) in of_person), None)
    return None


def _somebody_else(runner: _Track, tracks: Sequence[_Track]) -> Numbers:
    """Return the numbers of those who are certainly not the runner: they are there while the runner is."""
    at = np.array(runner.frames, dtype=np.intp)
    beside = [t for t in tracks if t is not runner and np.isin(np.array(t.frames), at).mean() > _BESIDE]
    return np.array([number for track in beside for number in track.people], dtype=np.intp)


def _numbered(chunks: Iterable[PersonChunk]) -> Iterator[tuple[Numbers, Numbers, NDArray[np.floating]]]:
    """Yield frames, numbers and keypoints of the people in each chunk."""
    start = 0
    for frame, positions in chunks:
        yield np.asarray(frame, dtype=np.intp), np.arange(start, start + len(positions)), positions
        start += len(positions)


def _linked(chunks: Iterable[PersonChunk], trunk: Sequence[int] | None) -> tuple[list[_Track], Numbers, Numbers]:
    """Link people to tracks; also frames and numbers of everybody who is not a second detection of somebody."""
    bodies = _Bodies(trunk)
    tracks: list[_Track] = []
    all_frames, all_people = array("q"), array("q")
    for frame, numbers, positions in _numbered(chunks):
        bodies.add(numbers.tolist(), positions)
        by_frame: dict[int, list[int]] = {}
        for at, number in zip(frame.tolist(), numbers.tolist(), strict=True):
            others = by_frame.setdefault(at, [])
            # A second detection of one person is left out; the first is the better one.
            if not any(bodies.are_one(number, other) for other in others):
                others.append(number)
        for at, people in by_frame.items():
            _link(at, people, tracks, bodies)
            all_frames.extend([at] * len(people))
            all_people.extend(people)
        for track in tracks:
            track.sum_up(bodies)
        bodies.drop_all_but(track.last for track in tracks)
    return tracks, np.array(all_frames, dtype=np.intp), np.array(all_people, dtype=np.intp)


def _link(at: int, people: Sequence[int], tracks: list[_Track], bodies: _Bodies) -> None:
    """Link the people of one frame to the tracks, the closest first; who fits none begins a new one."""
    links = sorted(
        (distance, t, b)
        for t, track in enumerate(tracks)
        for b, person in enumerate(people)
        if (distance := bodies.distance_if_same(person, track.last, at - track.frames[-1])) is not None
    )
    track_of: dict[int, int] = {}
    for _, t, b in links:
        if b not in track_of and t not in track_of.values():
            track_of[b] = t
    for b, person in enumerate(people):
        if b not in track_of:
            track_of[b] = len(tracks)
            tracks.append(_Track(person))
        tracks[track_of[b]].link(at, person)


def _recovered(
    chunks: Iterable[PersonChunk], runner_frames: Numbers, runner: Numbers, frames: Numbers, people: Numbers
) -> tuple[Numbers, Numbers]:
    """Recover the runner who was linked to another track: where the runner is missing, who is in the runner's place.

    Returns frames and numbers.
    """
    missing = ~np.isin(frames, runner_frames)
    if not missing.any():
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    frames, people = frames[missing], people[missing]
    after = np.searchsorted(runner_frames, frames)
    before, after = np.maximum(after - 1, 0), np.minimum(after, len(runner_frames) - 1)
    closer_before = np.abs(frames - runner_frames[before]) <= np.abs(runner_frames[after] - frames)
    closest = np.where(closer_before, before, after)
    nearest, gaps = runner[closest], np.abs(frames - runner_frames[closest])
    compared = np.unique(nearest)
    bodies = _Bodies()
    for _, numbers, positions in _numbered(chunks):
        wanted = np.isin(numbers, compared)
        bodies.add(numbers[wanted].tolist(), positions[wanted])
    found_frames, found = array("q"), array("q")
    for _, numbers, positions in _numbered(chunks):
        bodies.drop_all_but(compared.tolist())
        here = slice(*np.searchsorted(people, [numbers[0], numbers[-1] + 1])) if len(numbers) else slice(0)
        bodies.add(people[here].tolist(), positions[people[here] - numbers[:1]])
        by_frame: dict[tuple[int, int, int], list[int]] = {}
        for at, expected, gap, person in zip(
            *(values[here].tolist() for values in (frames, nearest, gaps, people)), strict=True
        ):
            by_frame.setdefault((at, expected, gap), []).append(person)
        for (at, expected, gap), candidates in by_frame.items():
            person = min(candidates, key=lambda candidate: bodies.distance(candidate, expected))
            if bodies.could_be_same(person, expected, gap):
                found_frames.append(at)
                found.append(person)
    return np.array(found_frames, dtype=np.intp), np.array(found, dtype=np.intp)
