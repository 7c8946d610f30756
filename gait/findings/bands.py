"""Bands of ordinary values that depend on speed and, for cadence, on height."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Tag = Literal["published", "derived", "engineering"]


@dataclass(frozen=True)
class ExpectedCadence:
    """Expected cadence by speed and height: ``(base + slope (v − at_speed)) √(height_m / H)``, less ``margin``.

    ``tall_m`` is the height assumed when it is not known: tall, so that the limit is a low one.
    """

    base: float
    slope: float
    at_speed: float
    height_m: float
    tall_m: float
    margin: float

    def lowest(self, speed_mps: float, height_m: float | None) -> float:
        """Return the lowest cadence (steps/min) still ordinary at this speed and height."""
        height = self.tall_m if height_m is None else height_m
        expected = (self.base + self.slope * (speed_mps - self.at_speed)) * float(np.sqrt(self.height_m / height))
        return expected - self.margin


@dataclass(frozen=True)
class Limits:
    """A band at one speed: the ordinary range and how sharp it is. ``None`` means open on that side.

    ``speed_known`` and ``height_known`` tell whether a missing number made the band wider than it need be;
    ``beyond_table`` that the speed lies outside the measured ones, so the nearest one was used.
    """

    low: float | None
    high: float | None
    speed_known: bool = True
    height_known: bool = True
    beyond_table: bool = False


@dataclass(frozen=True)
class Band:
    """Ordinary values of one metric.

    Parameters
    ----------
    tag
        ``"published"``, ``"derived"`` from published data, or ``"engineering"``: a working limit, to be shown as
        indicative.
    sources
        Ids of papers.
    speeds, low, high
        Limits at each speed (m/s). Without ``speeds`` there is one limit that holds at every speed.
    expected
        Only for cadence: its expectation by speed and height; the wider of both low limits is used.
    note
        A sentence for the reader, or ``None``.
    """

    tag: Tag
    sources: tuple[str, ...]
    speeds: tuple[float, ...] = ()
    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None
    expected: ExpectedCadence | None = None
    note: str | None = None

    @property
    def depends_on_speed(self) -> bool:
        """Whether the limits move with speed."""
        return bool(self.speeds)

    def at(
        self,
        speed_mps: float | None,
        height_m: float | None = None,
        *,
        within: tuple[float, float] | None = None,
    ) -> Limits:
        """Give the limits at a speed; at an unknown speed, the widest of those at the speeds that it may be.

        Parameters
        ----------
        speed_mps, height_m
            Metres per second and metres, or ``None`` where not known.
        within
            Range in which an unknown speed lies, m/s; all tabled speeds without it.

        Returns
        -------
        Limits
            Interpolated linearly between the tabled speeds; beyond them the nearest tabled speed counts.
        """
        if not self.speeds:
            low = None if self.low is None else self.low[0]
            return Limits(low, None if self.high is None else self.high[0])
        speeds = np.asarray(self.speeds)
        asked = speeds if speed_mps is None else np.asarray([speed_mps])
        if speed_mps is None and within is not None:
            between = speeds[(speeds > within[0]) & (speeds < within[1])]
            asked = np.concatenate([[within[0]], between, [within[1]]])
        low_at = None if self.low is None else np.interp(asked, speeds, self.low)
        high_at = None if self.high is None else np.interp(asked, speeds, self.high)
        if self.expected is not None and low_at is not None:
            low_at = np.minimum(low_at, [self.expected.lowest(float(v), height_m) for v in asked])
        return Limits(
            low=None if low_at is None else float(low_at.min()),
            high=None if high_at is None else float(high_at.max()),
            speed_known=speed_mps is not None,
            height_known=self.expected is None or height_m is not None,
            beyond_table=speed_mps is not None and not speeds[0] <= speed_mps <= speeds[-1],
        )
