"""Person tracking of the engine ``litert``: who is in the frame, and in which crop to look for each of them.

Nothing here runs a network. Plain values in, plain values out, so that work can stop and continue anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.pose.engines.blazepose import PersonCrop

#: How long a new person is tracked, seconds, before the swing of the limbs tells a runner from a bystander. [E]
PROBATION_S = 2.0
#: A person who swings the limbs less than this fraction of another person stands still. [E]
_STILL = 0.4
#: Smallest weight of the newest detection in the mean difference between the detector's crops and the keypoints'
#: own. [E]
_MIN_DETECTION_WEIGHT = 0.2


@dataclass(frozen=True, eq=False)
class TrackedPerson:
    """One person who is being tracked.

    Attributes
    ----------
    number : int
        Identifies the person.
    crop : PersonCrop
        Where to look for the person next.
    key_frames : int
        In how many key frames the person was found.
    swing : float
        The most the limbs have swung about their mean place in the body, pixels.
    shapes : (n, 33, 2) float array
        Keypoints about their median, in the last key frames, pixels.
    offset : (4,) float array
        Mean difference from the crops that the keypoints suggest to the detector's crops, as
        `gait.pose.engines.blazepose.PersonCrop.difference` gives it. The keypoints' own crops follow the person
        closely, but off centre by some per cent that depends on the view, and the keypoints shift along. Following
        the detector on average halves the difference to keypoints in the detector's crops.
    matches : int
        Number of detections in that mean.
    missed : int
        Key frames in a row in which the person was not found where expected.
    """

    number: int
    crop: PersonCrop
    key_frames: int
    swing: float
    shapes: FloatArray
    offset: FloatArray
    matches: int
    missed: int = 0

    @classmethod
    def new(cls, number: int, detected: PersonCrop) -> TrackedPerson:
        """Make a person whom the detector has just found.

        Parameters
        ----------
        number : int
        detected : PersonCrop
            The detector's crop.

        Returns
        -------
        TrackedPerson
        """
        return cls(number, detected, 0, 0.0, np.empty((0, 33, 2)), np.zeros(4), 0)

    def after_key_frame(self, suggested: PersonCrop, position: FloatArray, window: int) -> TrackedPerson:
        """Return the person after one more key frame in which they were found.

        Parameters
        ----------
        suggested : PersonCrop
            The crop that the keypoints suggest.
        position : (33, 2) float array
            Keypoints, pixels.
        window : int
            Key frames over which the swing is taken.

        Returns
        -------
        TrackedPerson
        """
        shape = position - np.median(position, axis=0)
        shapes = np.concatenate([self.shapes, shape[np.newaxis]])[-window:]
        # Over a window and not from frame to frame, so that frame rate and jitter do not count.
        swing = float(np.linalg.norm(shapes.std(axis=0), axis=1).mean()) if len(shapes) >= window / 2 else 0.0
        crop = suggested.changed(self.offset)
        return replace(
            self, crop=crop, key_frames=self.key_frames + 1, swing=max(self.swing, swing), shapes=shapes, missed=0
        )

    def matched(self, suggested: PersonCrop, detected: PersonCrop) -> TrackedPerson:
        """Return the person with the crop corrected by a detection in the same key frame.

        Parameters
        ----------
        suggested : PersonCrop
            The crop that the keypoints suggest.
        detected : PersonCrop
            The detector's crop.

        Returns
        -------
        TrackedPerson
        """
        weight = max(_MIN_DETECTION_WEIGHT, 1 / (self.matches + 1))
        offset = self.offset + weight * (suggested.difference(detected) - self.offset)
        return replace(self, crop=suggested.changed(offset), offset=offset, matches=self.matches + 1)


@dataclass(frozen=True, eq=False)
class TrackedPeople:
    """Everybody who is being tracked.

    Attributes
    ----------
    people : tuple of TrackedPerson
        In the order in which they were first found.
    since_search : int
        Key frames since the detector last looked for somebody new.
    next_number : int
        For the next new person.
    """

    people: tuple[TrackedPerson, ...] = ()
    since_search: int = 1 << 30
    next_number: int = 0

    def possible_runners(self, window: int) -> frozenset[int]:
        """Return who could be the runner: new people, and those who move about as much as anybody.

        Parameters
        ----------
        window : int
            Key frames in the probation of a new person.

        Returns
        -------
        frozenset of int
            Their numbers.
        """
        most = max((p.swing for p in self.people if p.key_frames >= window), default=0.0)
        return frozenset(p.number for p in self.people if p.key_frames < window or p.swing >= _STILL * most)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Turn this into arrays; see `gait.pose.engines.pose_engine.EngineState`.

        Returns
        -------
        dict of str to array
            ``numbers`` (p + 1, 5), ``crops`` (p, 9) and ``shapes`` (sum over people, 33, 2).
        """
        return {
            "numbers": np.array(
                [[p.number, p.key_frames, p.matches, p.missed, len(p.shapes)] for p in self.people]
                + [[self.next_number, self.since_search, 0, 0, 0]]
            ),
            "crops": np.array(
                [[p.crop.x, p.crop.y, p.crop.side, p.crop.angle, p.swing, *p.offset] for p in self.people],
                dtype=np.float64,
            ).reshape(-1, 9),
            "shapes": np.concatenate([p.shapes for p in self.people] or [np.empty((0, 33, 2))]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> TrackedPeople:
        """Undo :meth:`to_arrays`.

        Parameters
        ----------
        arrays : mapping of str to array

        Returns
        -------
        TrackedPeople
        """
        *rows, (next_number, since_search, *_) = arrays["numbers"].tolist()
        people = []
        start = 0
        for (number, key_frames, matches, missed, length), floats in zip(rows, arrays["crops"].tolist(), strict=True):
            crop, swing, offset = PersonCrop(*floats[:4]), floats[4], np.array(floats[5:])
            shapes = np.asarray(arrays["shapes"][start : start + length], dtype=np.float64)
            people.append(TrackedPerson(number, crop, key_frames, swing, shapes, offset, matches, missed))
            start += length
        return cls(tuple(people), since_search, next_number)
