"""Two runs put in step: what moment of the one is the same moment of the stride in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gait._typing import FloatArray

#: A step this far from the usual one, as a share of it, has a contact missing in between. [E]
UNLIKE = 0.4
#: Contacts without which there is no stride to show.
LEAST_CONTACTS = 5


@dataclass(frozen=True)
class StrideClock:
    """Contacts in an unbroken row, left and right in turn, the first one a left one.

    ``contacts_s`` (n,) are times in the video. The phase counts strides: left contacts are 0, 1, 2 …, right ones 0.5,
    1.5 …; between contacts it runs evenly.
    """

    contacts_s: FloatArray

    @property
    def phases(self) -> FloatArray:
        """Phase of every contact, (n,)."""
        return np.arange(len(self.contacts_s)) / 2

    def phase_at(self, time_s: FloatArray | float) -> FloatArray:
        """Give the phase at times in the video; NaN outside."""
        return np.asarray(np.interp(time_s, self.contacts_s, self.phases, left=np.nan, right=np.nan))

    def time_at(self, phase: FloatArray | float) -> FloatArray:
        """Give the time in the video at phases; NaN outside."""
        return np.asarray(np.interp(phase, self.phases, self.contacts_s, left=np.nan, right=np.nan))

    def first(self, count: int) -> StrideClock:
        """Give the first contacts."""
        return StrideClock(self.contacts_s[:count])


def stride_clock(contacts: Sequence[tuple[float, str]]) -> StrideClock | None:
    """Find the longest row of contacts in which none is missing.

    Parameters
    ----------
    contacts : sequence of (time_s, side)
        In any order.

    Returns
    -------
    StrideClock or None
        ``None`` with fewer than `LEAST_CONTACTS` in a row.
    """
    ordered = sorted(contacts)
    if len(ordered) < LEAST_CONTACTS:
        return None
    times = np.array([time for time, _ in ordered])
    usual = float(np.median(np.diff(times)))
    rows: list[list[int]] = [[0]]
    for n in range(1, len(ordered)):
        regular = abs((times[n] - times[n - 1]) / usual - 1) <= UNLIKE and ordered[n][1] != ordered[n - 1][1]
        if regular:
            rows[-1].append(n)
        else:
            rows.append([n])
    longest = max(rows, key=len)
    begin = longest[0] + (ordered[longest[0]][1] != "left")
    row = times[begin : longest[-1] + 1]
    return StrideClock(row) if len(row) >= LEAST_CONTACTS else None


def align_strides(first: StrideClock, second: StrideClock, *, most_s: float) -> tuple[StrideClock, StrideClock]:
    """Cut two runs to as many contacts as both have, and no longer than ``most_s`` of the first one's video."""
    count = min(len(first.contacts_s), len(second.contacts_s))
    within = int(np.searchsorted(first.contacts_s, first.contacts_s[0] + most_s, side="right"))
    count = max(min(count, within), LEAST_CONTACTS)
    return first.first(count), second.first(count)
