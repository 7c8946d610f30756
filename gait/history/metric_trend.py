"""One metric of one athlete over time, and what of it is a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gait.history.change import Change, Value, change

if TYPE_CHECKING:
    import pandas as pd


#: Belt speeds that differ by more than this share are told. [E]
SPEED_APART = 0.03


def speeds_differ(one: float | None, other: float | None) -> bool:
    """Whether two belt speeds are known and notably different."""
    return one is not None and other is not None and abs(other / one - 1) > SPEED_APART


@dataclass(frozen=True)
class Point:
    """A measurement in its session: number, ISO date, name of the session, belt speed (m/s)."""

    session: int
    date: str
    name: str | None
    speed_mps: float | None
    value: Value


@dataclass(frozen=True)
class Trend:
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
    points: tuple[Point, ...]
    refused: int = 0

    @classmethod
    def of(cls, athlete: str, metric: str, side: str, points: Sequence[Point]) -> Trend:
        """Take the measured ones among the points, which are in order of time."""
        good = tuple(p for p in points if p.value.value is not None and p.value.half is not None)
        unit = good[-1].value.unit if good else points[-1].value.unit
        return cls(athlete, metric, side, unit, good, len(points) - len(good))

    @cached_property
    def since_first(self) -> Change | None:
        """The last session against the first; ``None`` with fewer than two."""
        return change(self.points[0].value, self.points[-1].value) if len(self.points) > 1 else None

    @cached_property
    def since_previous(self) -> Change | None:
        """The last session against the one before; ``None`` with fewer than two."""
        return change(self.points[-2].value, self.points[-1].value) if len(self.points) > 1 else None

    @cached_property
    def from_first(self) -> tuple[Change, ...]:
        """Every session but the first against the first."""
        return tuple(change(self.points[0].value, p.value) for p in self.points[1:])

    @cached_property
    def step_by_step(self) -> tuple[Change, ...]:
        """Every session but the first against the one before."""
        return tuple(change(a.value, b.value) for a, b in zip(self.points, self.points[1:], strict=False))

    @property
    def speeds_differ(self) -> bool:
        """Whether the belt ran notably faster or slower in the last session than in the first."""
        return bool(self.points) and speeds_differ(self.points[0].speed_mps, self.points[-1].speed_mps)

    @property
    def table(self) -> pd.DataFrame:
        """One row a session.

        Columns ``session, date, session_name, speed_mps, value, low, high`` (95 % interval), ``unit, steps, grade,
        view``, and against the previous session ``change, change_low, change_high, verdict``, against the first
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
