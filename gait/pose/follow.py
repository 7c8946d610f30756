"""Telling the runner from bystanders: the same person through the whole video, not the most confident one per frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

#: A person is the same as before while the middle of the body moved by less than this fraction of the body's size …
_REACH = 0.5
#: … and the size changed by less than this factor.
_SIZE_RATIO = 1.6
#: How much being large counts beside moving the limbs: decides only between people who keep still.
_SIZE_WEIGHT = 0.02
#: People whose middles are found at a time.
_CHUNK = 4096


@dataclass(eq=False)
class _Track:
    """One person through the frames: the last person linked, and by frame all of them (numbers of people)."""

    last: int
    members: dict[int, int] = field(default_factory=dict)


class _Bodies:
    """The median landmark of each person and the diagonal that holds the body; both change little in a stride."""

    def __init__(self, positions: NDArray[np.floating]) -> None:
        self.positions = positions
        middles, sizes = [np.empty((0, 2))], [np.empty(0)]
        for start in range(0, len(positions), _CHUNK):
            some = positions[start : start + _CHUNK].astype(np.float64)
            low, high = np.percentile(some, [5, 95], axis=1)
            middles.append(np.median(some, axis=1))
            sizes.append(np.maximum(np.linalg.norm(high - low, axis=1), 1.0))
        self.middles = np.concatenate(middles)
        # Plain numbers: the loops over frames look at one person at a time.
        self._x, self._y = self.middles.T.tolist()
        self._size: list[float] = np.concatenate(sizes).tolist()

    def apart(self, a: int, b: int) -> float:
        """Distance of the middles over the larger size."""
        dx, dy = self._x[a] - self._x[b], self._y[a] - self._y[b]
        return float((dx * dx + dy * dy) ** 0.5 / max(self._size[a], self._size[b]))

    def could_be_same(self, a: int, b: int) -> bool:
        return self.apart(a, b) < _REACH and 1 / _SIZE_RATIO < self._size[a] / self._size[b] < _SIZE_RATIO

    def movement(self, track: _Track) -> float:
        """Sum over frames how far the limbs swing about their mean place in the body, pixels.

        Taken over the whole track and not from frame to frame, so that the frame rate and jitter do not count.
        """
        numbers = np.fromiter(track.members.values(), dtype=np.intp)
        total, squares = np.zeros(self.positions.shape[1:]), np.zeros(self.positions.shape[1:])
        for start in range(0, len(numbers), _CHUNK):
            some = numbers[start : start + _CHUNK]
            shapes = self.positions[some].astype(np.float64) - self.middles[some, np.newaxis]
            total += shapes.sum(axis=0)
            squares += (shapes**2).sum(axis=0)
        variance = squares / len(numbers) - (total / len(numbers)) ** 2
        swing = float(np.sqrt(np.clip(variance, 0, None).sum(axis=1)).mean())
        return len(numbers) * (swing + _SIZE_WEIGHT * self._size[track.last])


def follow_runner(
    frame: Sequence[int] | NDArray[np.integer], positions: NDArray[np.floating]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Choose in every frame the person who is the runner.

    Parameters
    ----------
    frame : (n,) array
        The frame in which each person was found, not decreasing; within a frame, best first.
    positions : (n, k, 2) array
        Their landmarks.

    Returns
    -------
    runner : (m,) array
        Which of the n are the runner, by frame: at most one a frame, none where the runner was not found, even if
        somebody else was.
    others : (j,) array
        The frames in which somebody else was found, too or instead.

    Notes
    -----
    People are linked from frame to frame by the middle and the size of the body. A runner on a treadmill stays in
    place, so a link may bridge any gap. The runner is whoever moves the limbs most, in pixels, for longest: a coach
    who stands nearer to the camera is larger but keeps still.
    """
    bodies = _Bodies(positions)
    frames: dict[int, list[int]] = {}
    for number, at in enumerate(np.asarray(frame).tolist()):
        others = frames.setdefault(at, [])
        # A second detection of one person is left out; the first is the better.
        if not any(bodies.could_be_same(number, other) for other in others):
            others.append(number)
    tracks: list[_Track] = []
    for at, people in frames.items():
        links = sorted(
            (bodies.apart(person, track.last), t, b)
            for t, track in enumerate(tracks)
            for b, person in enumerate(people)
            if bodies.could_be_same(person, track.last)
        )
        owners: dict[int, int] = {}
        for _, t, b in links:
            if b not in owners and t not in owners.values():
                owners[b] = t
        for b, person in enumerate(people):
            if b in owners:
                tracks[owners[b]].last = person
            else:
                owners[b] = len(tracks)
                tracks.append(_Track(person))
            tracks[owners[b]].members[at] = person
    if not tracks:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    members = max(tracks, key=bodies.movement).members
    _fill(members, frames, bodies)
    others = [at for at, people in frames.items() if len(people) > (at in members)]
    return np.array([members[at] for at in sorted(members)], dtype=np.intp), np.array(others, dtype=np.intp)


def _fill(members: dict[int, int], frames: Mapping[int, Sequence[int]], bodies: _Bodies) -> None:
    """Take back what was linked to a ghost: where the runner is missing, who stands in the runner's place."""
    known = np.array(sorted(members))
    for at, people in frames.items():
        if at not in members:
            nearest = members[int(known[np.argmin(np.abs(known - at))])]
            person = min(people, key=lambda person: bodies.apart(person, nearest))
            if bodies.could_be_same(person, nearest):
                members[at] = person
