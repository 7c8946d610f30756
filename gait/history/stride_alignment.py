"""Align two runs by their strides: which moment of one is the same moment of the stride in the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gait._typing import FloatArray

#: Longest deviation of a step from the median step, as a share of it; beyond it a contact is missing. [E]
MAX_STEP_DEVIATION = 0.4
#: Contacts of two strides, the shortest run worth showing. [E]
MIN_CONTACTS = 5


@dataclass(frozen=True)
class StrideClock:
    """Contacts in an unbroken row, left and right in turn, beginning with a left one.

    The phase counts strides: left contacts are 0, 1, 2 …, right ones 0.5, 1.5 …; it is linear between contacts.

    Attributes
    ----------
    contacts_s : (n,) float array
        Times in the video, seconds.
    """

    contacts_s: FloatArray

    @property
    def phases(self) -> FloatArray:
        """Phase of every contact, (n,), in strides."""
        return np.arange(len(self.contacts_s)) / 2

    def phase_at(self, time_s: FloatArray | float) -> FloatArray:
        """Convert times in the video to phases.

        Parameters
        ----------
        time_s : float or float array
            Seconds.

        Returns
        -------
        float array
            In strides, shape of ``time_s``; NaN outside the contacts.
        """
        return np.asarray(np.interp(time_s, self.contacts_s, self.phases, left=np.nan, right=np.nan))

    def time_at(self, phase: FloatArray | float) -> FloatArray:
        """Convert phases to times in the video.

        Parameters
        ----------
        phase : float or float array
            In strides.

        Returns
        -------
        float array
            Seconds, shape of ``phase``; NaN outside the contacts.
        """
        return np.asarray(np.interp(phase, self.phases, self.contacts_s, left=np.nan, right=np.nan))

    def first_contacts(self, count: int) -> StrideClock:
        """Keep the first contacts only.

        Parameters
        ----------
        count : int

        Returns
        -------
        StrideClock
        """
        return StrideClock(self.contacts_s[:count])


def stride_clock(contacts: Sequence[tuple[float, str]]) -> StrideClock | None:
    """Find the longest row of contacts without a gap.

    Parameters
    ----------
    contacts : sequence of (time_s, side)
        In any order.

    Returns
    -------
    StrideClock or None
        ``None`` with fewer than `MIN_CONTACTS` in a row.
    """
    ordered = sorted(contacts)
    if len(ordered) < MIN_CONTACTS:
        return None
    times = np.array([time for time, _ in ordered])
    median_step = float(np.median(np.diff(times)))
    rows: list[list[int]] = [[0]]
    for n in range(1, len(ordered)):
        near_median = abs((times[n] - times[n - 1]) / median_step - 1) <= MAX_STEP_DEVIATION
        if near_median and ordered[n][1] != ordered[n - 1][1]:
            rows[-1].append(n)
        else:
            rows.append([n])
    longest = max(rows, key=len)
    begin = longest[0] + (ordered[longest[0]][1] != "left")
    row = times[begin : longest[-1] + 1]
    return StrideClock(row) if len(row) >= MIN_CONTACTS else None


def align_strides(first: StrideClock, second: StrideClock, *, max_s: float) -> tuple[StrideClock, StrideClock]:
    """Cut two runs to the same number of contacts.

    Parameters
    ----------
    first, second : StrideClock
    max_s : float
        Longest duration in the first one's video, seconds; at least `MIN_CONTACTS` contacts remain.

    Returns
    -------
    first, second : StrideClock
    """
    count = min(len(first.contacts_s), len(second.contacts_s))
    within = int(np.searchsorted(first.contacts_s, first.contacts_s[0] + max_s, side="right"))
    count = max(min(count, within), MIN_CONTACTS)
    return first.first_contacts(count), second.first_contacts(count)
