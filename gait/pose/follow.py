"""Telling the runner from bystanders: the same person through the whole video, not the most confident one per frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gait.pose.engine import Landmarks

#: A person is the same as before while the middle of the body moved by less than this fraction of the body's size …
_REACH = 0.5
#: … and the size changed by less than this factor.
_SIZE_RATIO = 1.6
#: How much being large counts beside moving the limbs: decides only between people who keep still.
_SIZE_WEIGHT = 0.02


@dataclass(frozen=True, eq=False)
class _Body:
    """A person with the median landmark and the diagonal that holds the body; both change little in a stride."""

    person: Landmarks
    middle: NDArray[np.float64]
    size: float

    @classmethod
    def of(cls, person: Landmarks) -> _Body:
        low, high = np.percentile(person.position, [5, 95], axis=0)
        return cls(person, np.median(person.position, axis=0), max(float(np.linalg.norm(high - low)), 1.0))


@dataclass(eq=False)
class _Track:
    """One person through the frames."""

    last: _Body
    members: dict[int, _Body] = field(default_factory=dict)

    def movement(self) -> float:
        """Sum over frames how far the limbs swing about their mean place in the body, pixels.

        Taken over the whole track and not from frame to frame, so that the frame rate and jitter do not count.
        """
        shapes = np.array([body.person.position - body.middle for body in self.members.values()])
        swing = float(np.linalg.norm(shapes.std(axis=0), axis=1).mean())
        return len(shapes) * (swing + _SIZE_WEIGHT * self.last.size)


def follow_runner(people: Sequence[Sequence[Landmarks]]) -> tuple[list[Landmarks | None], int]:
    """Choose in every frame the person who is the runner.

    Parameters
    ----------
    people : sequence over frames of sequences of Landmarks
        Everybody found in each frame, best first.

    Returns
    -------
    runner : list of Landmarks or None
        One entry per frame; ``None`` where the runner was not found, even if somebody else was.
    others : int
        Number of frames in which somebody else was found, too or instead.

    Notes
    -----
    People are linked from frame to frame by the middle and the size of the body. A runner on a treadmill stays in
    place, so a link may bridge any gap. The runner is whoever moves the limbs most, in pixels, for longest: a coach
    who stands nearer to the camera is larger but keeps still.
    """
    tracks: list[_Track] = []
    frames = [_distinct(candidates) for candidates in people]
    for number, bodies in enumerate(frames):
        links = sorted(
            (_apart(body, track.last), t, b)
            for t, track in enumerate(tracks)
            for b, body in enumerate(bodies)
            if _could_be_same(body, track.last)
        )
        owners: dict[int, int] = {}
        for _, t, b in links:
            if b not in owners and t not in owners.values():
                owners[b] = t
        for b, body in enumerate(bodies):
            if b in owners:
                tracks[owners[b]].last = body
            else:
                owners[b] = len(tracks)
                tracks.append(_Track(body))
            tracks[owners[b]].members[number] = body
    if not tracks:
        return [None] * len(people), 0
    members = max(tracks, key=_Track.movement).members
    _fill(members, frames)
    chosen = [members[number].person if number in members else None for number in range(len(people))]
    return chosen, sum(len(bodies) > (number in members) for number, bodies in enumerate(frames))


def _fill(members: dict[int, _Body], frames: Sequence[Sequence[_Body]]) -> None:
    """Take back what was linked to a ghost: where the runner is missing, who stands in the runner's place."""
    known = np.array(sorted(members))
    for number, bodies in enumerate(frames):
        if number not in members and bodies:
            nearest = members[int(known[np.argmin(np.abs(known - number))])]
            body = min(bodies, key=lambda body: _apart(body, nearest))
            if _could_be_same(body, nearest):
                members[number] = body


def _distinct(candidates: Sequence[Landmarks]) -> list[_Body]:
    """Leave out second detections of one person; the first is the better."""
    bodies: list[_Body] = []
    for person in candidates:
        body = _Body.of(person)
        if not any(_could_be_same(body, other) for other in bodies):
            bodies.append(body)
    return bodies


def _apart(a: _Body, b: _Body) -> float:
    """Distance of the middles over the larger size."""
    return float(np.linalg.norm(a.middle - b.middle)) / max(a.size, b.size)


def _could_be_same(a: _Body, b: _Body) -> bool:
    return _apart(a, b) < _REACH and 1 / _SIZE_RATIO < a.size / b.size < _SIZE_RATIO
