"""Times spread evenly over each swing or stride."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray

#: Times in each swing and stride: one every 10 ms or less. [E]
SAMPLES = 80


def sample_swings(contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Spread times over the swing that follows each stance.

    Parameters
    ----------
    contact, toe_off : (S,) float array
        Times of initial contact and toe-off of each step of one leg, s.

    Returns
    -------
    (S, `SAMPLES`) float array
        Times from toe-off to one median stride after contact, s; NaN with one contact only.
    """
    return _spread(toe_off, contact + _stride(contact))


def sample_strides(contact: FloatArray) -> FloatArray:
    """Spread times over the stride that begins with each contact.

    Parameters
    ----------
    contact : (S,) float array
        Times of initial contact of one leg, s.

    Returns
    -------
    (S, `SAMPLES`) float array
        Times over one median stride, s; NaN with one contact only.
    """
    return _spread(contact, contact + _stride(contact))


def _stride(contact: FloatArray) -> float:
    return float(np.median(np.diff(contact))) if len(contact) > 1 else float("nan")


def _spread(start: FloatArray, end: FloatArray) -> FloatArray:
    return start[:, None] + (end - start)[:, None] * np.linspace(0, 1, SAMPLES)
