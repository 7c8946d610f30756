"""Who is in the picture, and where to look for each of them: what `gait.pose.engines.litert` remembers from picture to picture.

Nothing here runs a network; plain values in, plain values out, so that work can stop and go on anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gait.pose.engines.blazepose import Crop

#: A new person is watched for so long, seconds, before the way the limbs move says anything.
PROBATION_S = 2.0
#: Whoever swings the limbs less than this fraction of what somebody else does keeps still.
_STILL = 0.4
#: Weight of the newest detection in the mean difference between the detector's crops and the landmarks' own.
_NEWEST = 0.2


@dataclass(frozen=True, eq=False)
class TrackedPerson:
    """One person who is being followed.

    Attributes
    ----------
    number : int
        Told apart by it.
    crop : Crop
        Where to look.
    seen : int
        In how many key pictures.
    swing : float
        The most the limbs have swung about their mean place in the body, pixels.
    shapes : (n, 33, 2) float
        The landmarks about their middle, in the last key pictures.
    offset : (4,) float
        How the detector's crops of this person differ from those that the landmarks suggest, on average. The
        landmarks' own follow the person closely, but off centre by some per cent in a way that depends on the view,
        and the landmarks go with them; following the detector on average halves the difference to landmarks in the
        detector's crops.
    matches : int
        Of how many detections.
    missed : int
        Key pictures in a row in which the person was not found where expected.
    """

    number: int
    crop: Crop
    seen: int
    swing: float
    shapes: NDArray[np.float64]
    offset: NDArray[np.float64]
    matches: int
    missed: int = 0

    @classmethod
    def new(cls, number: int, detected: Crop) -> TrackedPerson:
        """Return somebody the detector has just found."""
        return cls(number, detected, 0, 0.0, np.empty((0, 33, 2)), np.zeros(4), 0)

    def after(self, suggested: Crop, position: NDArray[np.float64], window: int) -> TrackedPerson:
        """Return the person after one more key picture, from the landmarks in it and the crop they suggest."""
        shape = position - np.median(position, axis=0)
        shapes = np.concatenate([self.shapes, shape[np.newaxis]])[-window:]
        # Over a window and not from picture to picture, so that frame rate and jitter do not count.
        swing = float(np.linalg.norm(shapes.std(axis=0), axis=1).mean()) if len(shapes) >= window / 2 else 0.0
        crop = suggested.changed(self.offset)
        return replace(self, crop=crop, seen=self.seen + 1, swing=max(self.swing, swing), shapes=shapes, missed=0)

    def matched(self, suggested: Crop, detected: Crop) -> TrackedPerson:
        """Return the person with what a detection in the same key picture says about the crop."""
        weight = max(_NEWEST, 1 / (self.matches + 1))
        offset = self.offset + weight * (suggested.difference(detected) - self.offset)
        return replace(self, crop=suggested.changed(offset), offset=offset, matches=self.matches + 1)


@dataclass(frozen=True, eq=False)
class TrackedPeople:
    """Everybody who is being followed.

    Attributes
    ----------
    members : tuple of TrackedPerson
        The longest known first.
    since_search : int
        Key pictures since the detector last looked for somebody new.
    next_number : int
    """

    members: tuple[TrackedPerson, ...] = ()
    since_search: int = 1 << 30
    next_number: int = 0

    def awaited(self, window: int) -> frozenset[int]:
        """Give the numbers of those who could be the runner: new, or moving about as much as anybody.

        ``window`` is how many key pictures an audition takes.
        """
        most = max((m.swing for m in self.members if m.seen >= window), default=0.0)
        return frozenset(m.number for m in self.members if m.seen < window or m.swing >= _STILL * most)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Give this as arrays; see `gait.pose.engines.engine.Memory`."""
        return {
            "numbers": np.array(
                [[m.number, m.seen, m.matches, m.missed, len(m.shapes)] for m in self.members]
                + [[self.next_number, self.since_search, 0, 0, 0]]
            ),
            "crops": np.array(
                [[m.crop.x, m.crop.y, m.crop.side, m.crop.angle, m.swing, *m.offset] for m in self.members],
                dtype=np.float64,
            ).reshape(-1, 9),
            "shapes": np.concatenate([m.shapes for m in self.members] or [np.empty((0, 33, 2))]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> TrackedPeople:
        """Undo :meth:`to_arrays`."""
        *each, (next_number, since_search, *_) = arrays["numbers"].tolist()
        members = []
        start = 0
        for (number, seen, matches, missed, length), floats in zip(each, arrays["crops"].tolist(), strict=True):
            crop, swing, offset = Crop(*floats[:4]), floats[4], np.array(floats[5:])
            shapes = np.asarray(arrays["shapes"][start : start + length], dtype=np.float64)
            members.append(TrackedPerson(number, crop, seen, swing, shapes, offset, matches, missed))
            start += length
        return cls(tuple(members), since_search, next_number)
