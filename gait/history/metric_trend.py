"""One metric of one athlete over time, and its changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gait.history.belt_speeds import different_speeds, speeds_differ
from gait.history.measurement_change import ComparableValue, ValueChange, compare_measurements

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class TrendPoint:
    """A measurement in its session.

    Attributes
    ----------
    session : int
        Number of the session in the history.
    date : str
        ISO 8601.
    name : str or None
        Of the session.
    speed_mps : float or None
        Belt speed, m/s.
    value : ComparableValue
    """

    session: int
    date: str
    name: str | None
    speed_mps: float | None
    value: ComparableValue


@dataclass(frozen=True)
class MetricTrend:
    """The course of one metric of one side.

    Attributes
    ----------
    athlete, metric, side, unit : str
    points : tuple of Point
        Sessions in which it was measured, the oldest first.
    refused : int
        Sessions in which it could not be measured.
    """

    athlete: str
    metric: str
    side: str
    unit: str
    points: tuple[TrendPoint, ...]
    refused: int = 0

    @classmethod
    def from_points(cls, athlete: str, metric: str, side: str, points: Sequence[TrendPoint]) -> MetricTrend:
        """Make a trend of the measured ones among some points.

        Parameters
        ----------
        athlete, metric, side : str
        points : sequence of TrendPoint
            In order of time; at least one.

        Returns
        -------
        MetricTrend
        """
        measured = tuple(p for p in points if p.value.value is not None and p.value.half_width is not None)
        unit = measured[-1].value.unit if measured else points[-1].value.unit
        return cls(athlete, metric, side, unit, measured, len(points) - len(measured))

    @cached_property
    def first_index(self) -> int:
        """Number of the first session at the speed of the last; of the first one where there is no other."""
        return next((n for n, point in enumerate(self.points[:-1]) if self._at_last_speed(point)), 0)

    @cached_property
    def previous_index(self) -> int:
        """Number of the latest session before the last at its speed; of the one before where there is no other."""
        before = range(len(self.points) - 2, -1, -1)
        return next((n for n in before if self._at_last_speed(self.points[n])), max(len(self.points) - 2, 0))

    @cached_property
    def since_first(self) -> ValueChange | None:
        """The last session against the first at its speed; ``None`` with fewer than two."""
        return self._change(self.first_index, -1) if len(self.points) > 1 else None

    @cached_property
    def since_previous(self) -> ValueChange | None:
        """The last session against the one before at its speed; ``None`` with fewer than two."""
        return self._change(self.previous_index, -1) if len(self.points) > 1 else None

    @cached_property
    def from_first(self) -> tuple[ValueChange, ...]:
        """Every session but the first against the first."""
        return tuple(self._change(0, n) for n in range(1, len(self.points)))

    @cached_property
    def step_by_step(self) -> tuple[ValueChange, ...]:
        """Every session but the first against the one before."""
        return tuple(self._change(n - 1, n) for n in range(1, len(self.points)))

    def _at_last_speed(self, point: TrendPoint) -> bool:
        return different_speeds(self.metric, point.speed_mps, self.points[-1].speed_mps) is None

    def _change(self, earlier: int, later: int) -> ValueChange:
        one, other = self.points[earlier], self.points[later]
        return compare_measurements(one.value, other.value, speeds_mps=(one.speed_mps, other.speed_mps))

    @property
    def speeds_differ(self) -> bool:
        """Whether belt speed differs notably between the last session and that against which it is judged."""
        return bool(self.points) and speeds_differ(self.points[self.first_index].speed_mps, self.points[-1].speed_mps)

    @property
    def table(self) -> pd.DataFrame:
        """One row a session.

        Columns ``session, date, session_name, speed_mps, value, low, high`` (95 % interval), ``unit, steps, grade,
        view``; against the previous session ``change, change_low, change_high, verdict``; against the first
        ``since_first, verdict_since_first``.
        """
        import pandas as pd

        rows = []
        for n, point in enumerate(self.points):
            value = point.value
            previous = self.step_by_step[n - 1] if n else None
            first = self.from_first[n - 1] if n else None
            low, high = (previous.interval if previous else None) or (None, None)
            rows.append(
                {
                    "session": point.session,
                    "date": point.date,
                    "session_name": point.name,
                    "speed_mps": point.speed_mps,
                    "value": value.value,
                    "low": value.low,
                    "high": value.high,
                    "unit": value.unit,
                    "steps": value.steps,
                    "grade": value.grade,
                    "view": value.view,
                    "change": previous.difference if previous else None,
                    "change_low": low,
                    "change_high": high,
                    "verdict": previous.verdict if previous else None,
                    "since_first": first.difference if first else None,
                    "verdict_since_first": first.verdict if first else None,
                }
            )
        return pd.DataFrame(rows)
