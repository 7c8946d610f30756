"""Bands of ordinary values, by speed and leg length where they matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gait._typing import FloatArray
from gait.findings.ordinary_ranges import LegLength, OrdinaryRange, mixture_quantiles, speed_distribution
from gait.geometry.camera import LEG_PER_HEIGHT
from gait.records import Runner

#: Where the limits come from; ``engineering``: a working limit, shown as indicative.
BandTag = Literal["published", "derived", "engineering"]
#: Where the leg length comes from: said, from the height, seen against a given speed, or that of adults.
LegSource = Literal["given", "height", "seen", "adults"]

#: Speeds at which people ordinarily run on treadmills, m/s (7.2 to 16.2 km/h): what is assumed where none is known. [E]
ORDINARY_SPEEDS_MPS = (2.0, 4.5)
#: Points at which an unknown speed is tried.
_TRIED_SPEEDS = 11


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
    runners : int or None
        How many runners stand behind the limits.
    speed_range_mps : (float, float) or None
        Speeds for which they hold, m/s: twice the given one, or the range of an unknown one; ``None`` where they hold
        at every speed.
    speed_seen : bool
        That range was read off the belt.
    leg : {"given", "height", "seen", "adults"} or None
        Where the leg length comes from; ``None`` where the limits do not depend on it.
    """

    low: float | None
    high: float | None
    speed_known: bool = True
    height_known: bool = True
    beyond_table: bool = False
    low_error: float = 0.0
    high_error: float = 0.0
    freedom: float | None = None
    runners: int | None = None
    speed_range_mps: tuple[float, float] | None = None
    speed_seen: bool = False
    leg: LegSource | None = None


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
    note : str or None
        A sentence for the reader.
    mean, sd : tuple of float or None
        Of the runners behind the limits, at each speed.
    runners : int or None
        How many they are.
    model : OrdinaryRange or None
        The fitted model, from which the limits then come; the tables hold its values for a leg of middle length.
    """

    tag: BandTag
    sources: tuple[str, ...]
    speeds: tuple[float, ...] = ()
    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None
    note: str | None = None
    mean: tuple[float, ...] | None = None
    sd: tuple[float, ...] | None = None
    runners: int | None = None
    model: OrdinaryRange | None = None

    @classmethod
    def from_model(cls, model: OrdinaryRange, tag: BandTag, sources: tuple[str, ...], note: str | None = None) -> Band:
        """Make a band of a fitted model.

        Parameters
        ----------
        model : OrdinaryRange
        tag : str
        sources : tuple of str
            Ids of papers.
        note : str, optional
            A sentence for the reader.

        Returns
        -------
        Band
        """
        leg = LegLength(model.center_leg_m, 0.0)
        speeds = np.asarray(model.speeds)
        mean, sd, _ = model.predict(speeds, leg)
        limits = np.array([model.limits(speeds[n : n + 1], np.ones(1), leg)[0] for n in range(len(speeds))])
        low, high, mean_at, sd_at = (tuple(row.tolist()) for row in (limits[:, 0], limits[:, 1], mean, sd))
        return cls(tag, sources, model.speeds, low, high, note, mean_at, sd_at, model.runners, model)

    @property
    def depends_on_speed(self) -> bool:
        """Whether the limits depend on speed."""
        return bool(self.speeds)

    @property
    def depends_on_leg(self) -> bool:
        """Whether the limits depend on leg length."""
        return self.model is not None and self.model.depends_on_leg

    def at(
        self,
        speed_mps: float | None,
        height_m: float | None = None,
        *,
        within: tuple[float, float] | None = None,
        leg_length_m: float | None = None,
        leg_seen_m: tuple[float, float] | None = None,
    ) -> Limits:
        """Compute the limits for a runner.

        Parameters
        ----------
        speed_mps, height_m : float or None
            Metres per second and metres; ``None`` where not known.
        within : (float, float), optional
            95 % range of a speed that is not given, m/s.
        leg_length_m : float, optional
            Hip to floor, m; counts more than the height.
        leg_seen_m : (float, float), optional
            95 % range of the leg length, 0.53 of the height, where neither is given.

        Returns
        -------
        Limits
            At a given speed the range that holds a new runner's value with 95 % (method, §2b); between tabled speeds
            they are interpolated, beyond them the nearest counts. Over a range of speeds the quantiles of the mixture;
            at an unknown speed the widest at all ordinary ones. A leg length that is not known widens the range.
        """
        if not self.speeds:
            low = None if self.low is None else self.low[0]
            return Limits(low, None if self.high is None else self.high[0], runners=self.runners)
        table = self.speeds[0], self.speeds[-1]
        covered = within if speed_mps is None else (speed_mps, speed_mps)
        if covered is None:
            covered = max(table[0], ORDINARY_SPEEDS_MPS[0]), min(table[1], ORDINARY_SPEEDS_MPS[1])
        leg, leg_source = self._leg(height_m, leg_length_m, leg_seen_m)
        if speed_mps is not None:
            low_high, errors = self._limits(np.clip([speed_mps], *table), np.ones(1), leg)
        elif within is not None:
            low_high, errors = self._limits(*speed_distribution(within, table), leg)
        else:
            tried = np.unique([*np.linspace(*covered, _TRIED_SPEEDS), *self.speeds])
            tried = tried[(tried >= covered[0]) & (tried <= covered[1])]
            each = [self._limits(np.array([speed]), np.ones(1), leg) for speed in tried]
            limits, their_errors = (np.array(part) for part in zip(*each, strict=True))
            widest = [int(limits[:, 0].argmin()), int(limits[:, 1].argmax())]
            low_high, errors = limits[widest, [0, 1]], their_errors[widest, [0, 1]]
        middle = sum(covered) / 2
        return Limits(
            low=None if self.low is None else float(low_high[0]),
            high=None if self.high is None else float(low_high[1]),
            speed_known=speed_mps is not None,
            height_known=leg_source not in ("seen", "adults"),
            beyond_table=not table[0] <= middle <= table[1],
            low_error=0.0 if self.low is None else float(errors[0]),
            high_error=0.0 if self.high is None else float(errors[1]),
            freedom=self._freedom,
            runners=self.runners,
            speed_range_mps=covered,
            speed_seen=speed_mps is None and within is not None,
            leg=leg_source,
        )

    def of(self, runner: Runner) -> Limits:
        """Compute the limits for a runner, from all that is given or seen of them.

        Parameters
        ----------
        runner : Runner

        Returns
        -------
        Limits
            As :meth:`at`.
        """
        return self.at(
            runner.speed_mps,
            runner.height_m,
            within=runner.speed_seen_mps,
            leg_length_m=runner.leg_length_m,
            leg_seen_m=runner.leg_length_seen_m,
        )

    @property
    def _freedom(self) -> float | None:
        if self.model is not None:
            return self.model.freedom
        return None if self.runners is None else self.runners - 1.0

    def _leg(
        self, height_m: float | None, leg_length_m: float | None, seen_m: tuple[float, float] | None
    ) -> tuple[LegLength, LegSource | None]:
        """Find the leg length that the model takes, and where it comes from."""
        if self.model is None or not self.model.depends_on_leg:
            return LegLength(np.nan if self.model is None else self.model.center_leg_m, 0.0), None
        if leg_length_m is not None:
            return LegLength(leg_length_m, 0.0), "given"
        if height_m is not None:
            return self.model.leg_of_height(height_m), "height"
        if seen_m is not None:
            height = sum(seen_m) / 2 / LEG_PER_HEIGHT
            return self.model.leg_of_height(height, (seen_m[1] - seen_m[0]) / (2 * 1.96) / LEG_PER_HEIGHT), "seen"
        return self.model.ordinary_leg(), "adults"

    def _limits(self, speeds: FloatArray, weights: FloatArray, leg: LegLength) -> tuple[FloatArray, FloatArray]:
        """Compute low and high limit, and their errors, over possible speeds; NaN on an open side."""
        if self.model is not None:
            return self.model.limits(speeds, weights, leg)
        low, high = (np.full(len(self.speeds), np.nan) if side is None else side for side in (self.low, self.high))
        ends = np.array([np.interp(speeds, self.speeds, side) for side in (low, high)])
        errors = np.sqrt(
            [
                np.sum(weights * np.interp(speeds, self.speeds, self._limit_errors(side)) ** 2)
                for side in (self.low, self.high)
            ]
        )
        if len(speeds) == 1 or self.mean is None or self.sd is None:
            return np.array([ends[0].min(), ends[1].max()]), errors
        # Limits k standard deviations away are taken for the ends of the middle 95 % of normal distributions.
        mean = np.interp(speeds, self.speeds, self.mean)
        halves = np.nanmean([mean - ends[0], ends[1] - mean], axis=0)
        return mixture_quantiles(mean, halves / 1.96, weights, None), errors

    def _limit_errors(self, limits: tuple[float, ...] | None) -> FloatArray:
        """Compute the standard error of tabled limits at each speed.

        A limit k standard deviations from the mean of n normal values has the standard error
        sd √(1/n + k²/(2 (n − 1))).
        """
        if limits is None or self.mean is None or self.sd is None or self.runners is None:
            return np.zeros(len(self.speeds))
        mean, sd = np.asarray(self.mean), np.asarray(self.sd)
        away = (np.asarray(limits) - mean) / sd
        return np.asarray(sd * np.sqrt(1 / self.runners + away**2 / (2 * (self.runners - 1))))
