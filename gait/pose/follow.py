"""Telling the runner from bystanders: the same person through the whole video, not the most confident one per frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
#: Whoever is seen beside the runner in more than this share of the own frames is somebody else for certain. [E]
_BESIDE = 0.2
#: Frames in which the body's bounce is looked for: half a second at 60 frames/s.
_STRETCH = 32
#: People whose middles are found at a time.
_CHUNK = 4096


@dataclass(eq=False)
class _Track:
    """One person through the frames: the last person linked and its frame, and by frame all of them (their numbers)."""

    last: int
    at: int
    members: dict[int, int] = field(default_factory=dict)


class _Bodies:
    """The median landmark of each person and the diagonal that holds the body; both change little in a stride."""

    def __init__(self, positions: NDArray[np.floating], trunk: Sequence[int] | None) -> None:
        self.positions = positions
        self._trunk = list(range(positions.shape[1]) if trunk is None else trunk)
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

    def movement(self, track: _Track) -> float:
        """Sum over frames how far the limbs swing about their mean place in the body and the body bounces, pixels.

        The geometric mean of both: where two people overlap, the landmarks of one stray to the limbs of the other, but
        the trunk of somebody who stands does not bounce. Swing is taken over the whole track and not from frame to
        frame, so that the frame rate and jitter do not count; bounce over short stretches, so that walking about does
        not.
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
        heights = self.positions[numbers][:, self._trunk, 1].mean(axis=1, dtype=np.float64)
        pieces = np.array_split(heights, max(1, len(heights) // _STRETCH))
        bounce = float(np.sqrt(np.mean([piece.var() for piece in pieces])))
        least = _SIZE_WEIGHT * self._size[track.last]
        return len(numbers) * float(np.sqrt((swing + least) * (bounce + least / 10)))


def follow_runner(
    frame: Sequence[int] | NDArray[np.integer], positions: NDArray[np.floating], *, trunk: Sequence[int] | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Choose in every frame the person who is the runner.

    Parameters
    ----------
    frame : (n,) array
        The frame in which each person was found, not decreasing; within a frame, best first.
    positions : (n, k, 2) array
        Their landmarks.
    trunk : sequence of int, optional
        Which of the k are shoulders and hips; all without it.

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
    bodies = _Bodies(positions, trunk)
    frames: dict[int, list[int]] = {}
    for number, at in enumerate(np.asarray(frame).tolist()):
        others = frames.setdefault(at, [])
        # A second detection of one person is left out; the first is the better.
        if not any(bodies.are_one(number, other) for other in others):
            others.append(number)
    tracks: list[_Track] = []
    for at, people in frames.items():
        links = sorted(
            (bodies.apart(person, track.last), t, b)
            for t, track in enumerate(tracks)
            for b, person in enumerate(people)
            if bodies.could_be_same(person, track.last, at - track.at)
        )
        owners: dict[int, int] = {}
        for _, t, b in links:
            if b not in owners and t not in owners.values():
                owners[b] = t
        for b, person in enumerate(people):
            if b in owners:
                tracks[owners[b]].last, tracks[owners[b]].at = person, at
            else:
                owners[b] = len(tracks)
                tracks.append(_Track(person, at))
            tracks[owners[b]].members[at] = person
    if not tracks:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    runner = max(tracks, key=bodies.movement)
    members = runner.members
    _fill(members, frames, bodies, [track for track in tracks if track is not runner])
    others = [at for at, people in frames.items() if len(people) > (at in members)]
    return np.array([members[at] for at in sorted(members)], dtype=np.intp), np.array(others, dtype=np.intp)


def _fill(
    members: dict[int, int], frames: Mapping[int, Sequence[int]], bodies: _Bodies, tracks: Sequence[_Track]
) -> None:
    """Take back what was linked to a ghost: where the runner is missing, who stands in the runner's place.

    Not somebody who is also there while the runner is.
    """
    known = np.array(sorted(members))
    taken: set[int] = set()
    for track in tracks:
        both = sum(1 for at in track.members if at in members)
        if both > _BESIDE * len(track.members):
            taken.update(track.members.values())
    for at, people in frames.items():
        if at not in members:
            index = int(known[np.argmin(np.abs(known - at))])
            nearest = members[index]
            person = min(people, key=lambda person: bodies.apart(person, nearest))
            if person not in taken and bodies.could_be_same(person, nearest, abs(at - index)):
                members[at] = person
