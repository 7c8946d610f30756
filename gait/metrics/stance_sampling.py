"""Times spread evenly over each stance."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray


def sample_stances(
    contact: FloatArray, toe_off: FloatArray, start: float = 0.0, end: float = 1.0, count: int = 25
) -> FloatArray:
    """Spread times over a part of each stance.

    Parameters
    ----------
    contact, toe_off : (S,) float array
        Times of initial contact and toe-off of each step, s.
    start, end : float
        The part, as shares of stance.
    count : int
        Times in each stance.

    Returns
    -------
    (S, count) float array
        Times, s.
    """
    return contact[:, None] + (toe_off - contact)[:, None] * np.linspace(start, end, count)
