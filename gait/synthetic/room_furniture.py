"""The things that stand along the wall of the room. None of them looks like a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.room_shapes import Point, ball_actor, box_actor, rod_actor
from gait.synthetic.run_spec import Colour
from gait.synthetic.treadmill_belt import FLOOR_M

# Sizes and colours in this module are [E].

WALL_DISTANCE_M = 2.9
"""From the runner to the wall in the frame, m. [E]"""


class WallSpot:
    """A stretch of floor along the wall on which a thing is built, in its own axes: sideways, up, out from the wall.

    Parameters
    ----------
    actors : list of vtkActor
        The shapes of the thing are appended to it.
    away : (3,) array
        Direction from the runner to the wall, unit vector.
    across : (3,) array
        Direction along the wall, from left to right, unit vector.
    left : float
        Left end of the stretch along the wall, from straight behind the runner, m.
    out : float
        Its distance from the wall, m.
    """

    def __init__(self, actors: list[Any], away: FloatArray, across: FloatArray, left: float, out: float) -> None:
        self._actors, self._away, self._across, self._left, self._out = actors, away, across, left, out

    def at(self, sideways: float, up: float, out: float) -> Point:
        """Place a point.

        Parameters
        ----------
        sideways, up, out : float
            To the right, above the floor, out from the wall; m.

        Returns
        -------
        (float, float, float)
            In the world, m.
        """
        spot = self._away * (WALL_DISTANCE_M - self._out - out) + (self._left + sideways) * self._across
        return float(spot[0]), FLOOR_M + up, float(spot[2])

    def box(
        self,
        sideways: tuple[float, float],
        up: tuple[float, float],
        out: tuple[float, float],
        colour: Colour,
        *,
        shine: float = 0.1,
    ) -> None:
        """Add a box.

        Parameters
        ----------
        sideways, up, out : (float, float)
            From where to where it reaches, m.
        colour : (float, float, float)
            Red, green, blue; 0 to 1.
        shine : float
            0 = dull.
        """
        a, b = (np.array(self.at(sideways[n], up[n], out[n])) for n in (0, 1))
        low, high = np.minimum(a, b), np.maximum(a, b)
        self._actors.append(box_actor(tuple(low), tuple(high), colour, shine=shine))

    def rod(self, start: Point, end: Point, radius: float, colour: Colour) -> None:
        """Add a rod.

        Parameters
        ----------
        start, end : (float, float, float)
            Sideways, up, out; m.
        radius : float
            Metres.
        colour : (float, float, float)
            Red, green, blue; 0 to 1.
        """
        self._actors.append(rod_actor(self.at(*start), self.at(*end), radius, colour))

    def ball(self, middle: Point, radius: float, colour: Colour) -> None:
        """Add a ball.

        Parameters
        ----------
        middle : (float, float, float)
            Sideways, up, out; m.
        radius : float
            Metres.
        colour : (float, float, float)
            Red, green, blue; 0 to 1.
        """
        self._actors.append(ball_actor(self.at(*middle), radius, colour))


_STEEL: Colour = (0.22, 0.22, 0.24)
_PALE: Colour = (0.60, 0.61, 0.63)
_BLACK: Colour = (0.11, 0.11, 0.12)


def _dumbbell_rack(spot: WallSpot, rng: np.random.Generator, accent: Colour) -> None:
    for up in (0.28, 0.62, 0.96):
        spot.box((0.0, 1.7), (up, up + 0.04), (0.05, 0.35), _STEEL)
        for n in range(5):
            middle = 0.2 + 0.32 * n
            plates: tuple[Colour, ...] = ((0.13, 0.13, 0.14), (0.45, 0.16, 0.14), (0.16, 0.26, 0.42), accent)
            plate = plates[int(rng.integers(4))]
            for end in (-0.08, 0.08):
                spot.box((middle + end - 0.03, middle + end + 0.03), (up + 0.04, up + 0.15), (0.12, 0.26), plate)
            spot.box((middle - 0.08, middle + 0.08), (up + 0.085, up + 0.105), (0.18, 0.20), (0.5, 0.5, 0.52))
    for post in (0.0, 1.66):
        spot.box((post, post + 0.04), (0.0, 1.05), (0.05, 0.35), _STEEL)


def _exercise_balls(spot: WallSpot, rng: np.random.Generator, accent: Colour) -> None:
    spot.ball((0.32, 0.30, 0.34), 0.30, (0.24, 0.45, 0.50))
    spot.ball((0.85, 0.22, 0.30), 0.22, (0.8 * accent[0], 0.8 * accent[1], 0.8 * accent[2]))


def _bench(spot: WallSpot, rng: np.random.Generator, accent: Colour) -> None:
    spot.box((0.0, 1.2), (0.40, 0.48), (0.25, 0.55), _BLACK)
    for left in (0.12, 1.0):
        spot.box((left, left + 0.07), (0.0, 0.40), (0.30, 0.50), _PALE)
    if rng.random() < 0.6:
        spot.box((0.15, 0.62), (0.48, 0.53), (0.28, 0.52), accent)  # a towel


def _exercise_bike(spot: WallSpot, rng: np.random.Generator, accent: Colour) -> None:
    spot.rod((0.45, 0.32, 0.30), (0.45, 0.32, 0.38), 0.24, _BLACK)
    spot.rod((0.45, 0.32, 0.28), (0.45, 0.32, 0.40), 0.07, accent)
    for start, end in (
        ((0.05, 0.06, 0.34), (1.15, 0.06, 0.34)),
        ((0.45, 0.32, 0.34), (0.95, 0.40, 0.34)),
        ((0.95, 0.06, 0.34), (0.90, 0.86, 0.34)),
        ((0.50, 0.30, 0.34), (0.30, 1.06, 0.34)),
        ((0.30, 1.06, 0.34), (0.44, 1.10, 0.34)),
    ):
        spot.rod(start, end, 0.03, accent if end[1] < 0.5 else _STEEL)
    spot.box((0.78, 1.04), (0.86, 0.92), (0.24, 0.44), _BLACK)
    spot.box((0.22, 0.30), (1.04, 1.24), (0.22, 0.46), _BLACK)


def _plant(spot: WallSpot, rng: np.random.Generator, accent: Colour) -> None:
    spot.box((0.10, 0.42), (0.0, 0.34), (0.15, 0.47), (0.55, 0.40, 0.32))
    for _ in range(34):
        tip = (0.26 + rng.normal(0, 0.20), 0.55 + rng.uniform(0, 0.75), 0.31 + rng.normal(0, 0.12))
        green: Colour = (0.10 + 0.1 * rng.random(), 0.26 + 0.2 * rng.random(), 0.12)
        spot.rod((0.26, 0.34, 0.31), tip, 0.006, green)
        # A leaf: long along its stem, thin.
        for share, size in ((0.80, 0.022), (0.90, 0.034), (1.0, 0.026), (1.06, 0.014)):
            spot.ball((0.26 + share * (tip[0] - 0.26), 0.34 + share * (tip[1] - 0.34), tip[2]), size, green)


def _heavy_bag(spot: WallSpot, rng: np.random.Generator, accent: Colour) -> None:
    spot.rod((0.30, 0.75, 0.45), (0.30, 1.85, 0.45), 0.17, _BLACK)
    spot.rod((0.30, 1.20, 0.45), (0.30, 1.28, 0.45), 0.173, accent)
    spot.rod((0.30, 1.85, 0.45), (0.30, 3.4, 0.45), 0.012, _PALE)


def _cabinet(spot: WallSpot, rng: np.random.Generator, accent: Colour) -> None:
    body: Colour = tuple(rng.uniform(0.35, 0.75) * np.array([1.0, 0.98, 0.95]))
    for n in range(3):
        spot.box((0.42 * n, 0.42 * n + 0.41), (0.05, 1.82), (0.05, 0.50), body)
        spot.box((0.42 * n + 0.34, 0.42 * n + 0.37), (0.95, 1.05), (0.50, 0.52), _BLACK)
        for slot in (1.55, 1.60, 1.65):
            spot.box((0.42 * n + 0.12, 0.42 * n + 0.30), (slot, slot + 0.015), (0.50, 0.505), _STEEL)


def _power_rack(spot: WallSpot, rng: np.random.Generator, accent: Colour) -> None:
    for left in (0.1, 1.3):
        for out in (0.15, 0.95):
            spot.box((left, left + 0.07), (0.0, 2.15), (out, out + 0.07), accent if out > 0.5 else _STEEL)
        spot.box((left, left + 0.07), (2.08, 2.15), (0.15, 1.02), _STEEL)
    spot.box((0.1, 1.37), (2.08, 2.15), (0.95, 1.02), _STEEL)
    spot.rod((-0.30, 1.15, 0.99), (1.77, 1.15, 0.99), 0.015, _PALE)
    for end in (-0.14, 1.56):
        spot.rod((end, 1.15, 0.99), (end + 0.05, 1.15, 0.99), 0.22, _BLACK)
        spot.rod((end + 0.05, 1.15, 0.99), (end + 0.08, 1.15, 0.99), 0.16, (0.55, 0.14, 0.14))


def _cardboard_boxes(spot: WallSpot, rng: np.random.Generator, accent: Colour) -> None:
    board: Colour = (0.62, 0.48, 0.33)
    spot.box((0.0, 0.60), (0.0, 0.48), (0.10, 0.55), board)
    spot.box((0.08, 0.56), (0.48, 0.82), (0.15, 0.50), (0.55, 0.42, 0.29))
    spot.box((0.70, 1.10), (0.0, 0.36), (0.12, 0.50), accent)


def _other_treadmill(spot: WallSpot, rng: np.random.Generator, accent: Colour) -> None:
    spot.box((0.0, 1.7), (0.06, 0.20), (0.20, 0.85), _BLACK)
    spot.box((1.38, 1.8), (0.06, 0.30), (0.20, 0.85), _STEEL)
    for out in (0.22, 0.83):
        spot.rod((1.6, 0.20, out), (1.45, 1.22, out), 0.03, _PALE)
        spot.rod((1.45, 1.15, out), (1.05, 1.10, out), 0.022, _BLACK)
    spot.box((1.42, 1.50), (1.18, 1.42), (0.26, 0.80), _BLACK)
    spot.box((1.405, 1.42), (1.22, 1.38), (0.34, 0.72), accent)


FURNITURE: tuple[tuple[Callable[[WallSpot, np.random.Generator, Colour], None], float], ...] = (
    (_dumbbell_rack, 1.75),
    (_exercise_balls, 1.1),
    (_bench, 1.25),
    (_exercise_bike, 1.25),
    (_plant, 0.6),
    (_heavy_bag, 0.65),
    (_cabinet, 1.3),
    (_power_rack, 1.9),
    (_cardboard_boxes, 1.2),
    (_other_treadmill, 1.9),
)
"""Functions that build a thing, and the width it takes along the wall, m."""
