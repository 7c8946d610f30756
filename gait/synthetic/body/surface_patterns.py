"""What makes skin and cloth look uneven: speckles, seams, folds."""

from __future__ import annotations

import numpy as np

from gait._typing import BoolArray, FloatArray
from gait.synthetic.run_spec import Colour
from gait.synthetic.texture_atlas import ColourFunction


def smooth_step(values: FloatArray, low: float, high: float) -> FloatArray:
    """Rise smoothly from 0 at ``low`` to 1 at ``high``.

    Parameters
    ----------
    values : array
        Any shape.
    low, high : float
        In the unit of the values.

    Returns
    -------
    array
        Same shape, 0 to 1.
    """
    share = np.clip((values - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def uniform_colour(colour: Colour | FloatArray) -> ColourFunction:
    """Make a paint of one colour.

    Parameters
    ----------
    colour : (float, float, float)
        Red, green, blue; 0 to 1.

    Returns
    -------
    callable
        Points (N, 3) → colours (N, 3).
    """
    return lambda p: np.tile(np.asarray(colour, dtype=float), (len(p), 1))


def speckle(points: FloatArray, size: float) -> FloatArray:
    """Give each cube of space a random value of its own.

    Parameters
    ----------
    points : (N, 3) array
        Metres.
    size : float
        Edge of a cube, m.

    Returns
    -------
    (N,) array
        Evenly distributed, -1 to 1; the same for the same points in every call.
    """
    cell = np.floor(points / size)
    value: FloatArray = np.sin(cell @ np.array([12.9898, 78.233, 37.719])) * 43758.5453
    even: FloatArray = 2 * (value - np.floor(value)) - 1
    return even


def on_line(distance: FloatArray, width: float) -> BoolArray:
    """Mark the points that lie on a line.

    Parameters
    ----------
    distance : (N,) array
        Of each point from the middle of the line.
    width : float
        Of the line, in the same unit.

    Returns
    -------
    (N, 1) bool array
    """
    on: BoolArray = (np.abs(distance) < width / 2)[:, None]
    return on


def folded_normals(points: FloatArray, normals: FloatArray, depth: float) -> FloatArray:
    """Turn the normals of a smooth surface as folds in the cloth would.

    Parameters
    ----------
    points, normals : (N, 3) arrays
        Metres; unit vectors.
    depth : float
        Of the folds, m.

    Returns
    -------
    (N, 3) array
        Unit vectors.
    """

    def height(p: FloatArray) -> FloatArray:
        x, y, z = p.T
        long = np.sin(y * 38 + 6 * np.sin(z * 17 + 2 * x) + x * 23)
        drape: FloatArray = 0.6 * long + 0.4 * np.sin(z * 58 + 5 * np.sin(y * 13 + x * 9) + x * 41)
        return drape

    step = 0.004
    slope = np.stack([height(points + way) - height(points - way) for way in np.eye(3) * step], axis=1) / (2 * step)
    slope -= (slope * normals).sum(axis=1, keepdims=True) * normals
    turned = normals - depth * slope
    bent: FloatArray = turned / np.linalg.norm(turned, axis=1, keepdims=True)
    return bent
