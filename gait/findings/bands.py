"""Bands of ordinary values that depend on speed and, for cadence, on height."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gait._typing import FloatArray

#: Where the limits come from; ``engineering``: a working limit, shown as indicative.
BandTag = Literal["published", "derived", "engineering"]


@dataclass(frozen=True)
class ExpectedCadence:
    """Lowest ordinary cadence by speed v and height H: ``(base + slope (v − at_speed)) √(height_m / H) − margin``.

    ``tall_m`` is the height that is assumed where it is not known. It is tall, so that the limit is low.
    """

    base: float
    slope: float
    at_speed: float
    height_m: float
    tall_m: float
    margin: float

    def lower_limit(self, speed_mps: float, height_m: float | None) -> float:
        """Compute the lowest ordinary cadence at a speed and height.

        Parameters
        ----------
        speed_mps : float
            m/s.
        height_m : float or None
            Metres; ``None`` where not known.

        Returns
        -------
        float
            Steps/min.
        """
        height = self.tall_m if height_m is None else height_m
        expected = (self.base + self.slope * (speed_mps - self.at_speed)) * float(np.sqrt(self.height_m / height))
        return expected - self.margin


@dataclass(frozen=True)
class Limits:
    """The ordinary range at one speed.

    Attributes
    ----------
    low, high : float or None
        In the metric's unit; ``None``: open on that side.
    speed_known, height_known : bool
        ``False`` where a missing number makes the range wider.
    beyond_table : bool
        The speed lies outside the recorded ones, and the nearest of them was used.
    low_error, high_error : float
        Standard errors of the limits; 0 where they were set, not worked out from runners.
    freedom : float or None
        Degrees of freedom of these standard errors.
    """

    low: float | None
    high: float | None
    speed_known: bool = True
    height_known: bool = True
    beyond_table: bool = False
    low_error: float = 0.0
    high_error: float = 0.0
    freedom: float | None = None


@dataclass(frozen=True)
class Band:
    """Ordinary values of one metric.

    Parameters
    ----------
    tag : str
        ``"published"``, ``"derived"`` from published data, or ``"engineering"``: a working limit, shown as indicative.
    sources : tuple of str
        Ids of papers.
    speeds, low, high : tuple of float
        Limits at each speed (m/s). Without ``speeds`` one limit holds at every speed.
    expected : ExpectedCadence or None
        For cadence only: the lower of both low limits is used.
    note : str or None
        A sentence for the reader.
    mean, sd : tuple of float or None
        Of the runners behind the limits, at each speed.
    runners : int or None
        How many they are.
    """

    tag: BandTag
    sources: tuple[str, ...]
    speeds: tuple[float, ...] = ()
    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None
    expected: ExpectedCadence | None = None
    note: str | None = None
    mean: tuple[float, ...] | None = None
    sd: tuple[float, ...] | None = None
    runners: int | None = None

    @property
    def depends_on_speed(self) -> bool:
        """Whether the limits depend on speed."""
        return bool(self.speeds)

    def at(
        self,
        speed_mps: float | None,
        height_m: float | None = None,
        *,
        within: tuple[float, float] | None = None,
    ) -> Limits:
        """Compute the limits at a speed; at an unknown speed, the widest over all possible ones.

        Parameters
        ----------
        speed_mps, height_m : float or None
            Metres per second and metres; ``None`` where not known.
        within : (float, float), optional
            Range of an unknown speed, m/s; by default all tabled speeds.

        Returns
        -------
        Limits
            Interpolated linearly between the tabled speeds; beyond them the nearest one is used.
        """
        if not self.speeds:
            low = None if self.low is None else self.low[0]
            return Limits(low, None if self.high is None else self.high[0])
        speeds = np.asarray(self.speeds)
        covered = speeds if speed_mps is None else np.asarray([speed_mps])
        if speed_mps is None and within is not None:
            between = speeds[(speeds > within[0]) & (speeds < within[1])]
            covered = np.concatenate([[within[0]], between, [within[1]]])
        low_at = None if self.low is None else np.interp(covered, speeds, self.low)
        high_at = None if self.high is None else np.interp(covered, speeds, self.high)
        low_errors, high_errors = (
            np.interp(covered, speeds, self._limit_errors(side)) for side in (self.low, self.high)
        )
        if self.expected is not None and low_at is not None:
            low_at = np.minimum(low_at, [self.expected.lower_limit(float(v), height_m) for v in covered])
        return Limits(
            low=None if low_at is None else float(low_at.min()),
            high=None if high_at is None else float(high_at.max()),
            speed_known=speed_mps is not None,
            height_known=self.expected is None or height_m is not None,
            beyond_table=speed_mps is not None and not speeds[0] <= speed_mps <= speeds[-1],
            low_error=0.0 if low_at is None else float(low_errors[low_at.argmin()]),
            high_error=0.0 if high_at is None else float(high_errors[high_at.argmax()]),
            freedom=None if self.runners is None else self.runners - 1.0,
        )

    def _limit_errors(self, limits: tuple[float, ...] | None) -> FloatArray:
        """Compute the standard error of limits at each speed.

        A limit k standard deviations from the mean of n normal values has the standard error
        sd √(1/n + k²/(2 (n − 1))).
        """
        if limits is None or self.mean is None or self.sd is None or self.runners is None:
            return np.zeros(len(self.speeds))
        mean, sd = np.asarray(self.mean), np.asarray(self.sd)
        away = (np.asarray(limits) - mean) / sd
        return np.asarray(sd * np.sqrt(1 / self.runners + away**2 / (2 * (self.runners - 1))))
