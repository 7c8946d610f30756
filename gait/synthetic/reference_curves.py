"""How healthy runners move: mean curves that the rendered runner's motion starts from.

The leg and pelvis curves are means over the treadmill runners of Fukuchi RK, Fukuchi CA, Duarte M (2017), "A public
dataset of running biomechanics and the effects of running speed on lower extremity kinematics and kinetics", PeerJ
5:e3298 (data CC BY 4.0), at 2.5, 3.5 and 4.5 m/s, in time normalised to stance (first 21 samples where a curve
covers the whole stride) and swing. The arm and thorax series are one runner at 3.0 m/s, after Hamner and Delp (2013).
"""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray

SPEEDS_MPS = np.array([2.5, 3.5, 4.5])
"""Speeds of the rows of every table, m/s."""

# fmt: off
_SWING_THIGH = np.array(
    [
        [-19, -21.2, -21.3, -19.5, -16.5, -12.6, -8, -2.8, 3.4, 10.1, 16.2,
         21.2, 24.9, 26.8, 27.1, 25.8, 23.3, 20.6, 18.6, 17.7, 17.6],
        [-23.2, -27.1, -27.9, -26.5, -23.5, -19.2, -14.1, -8.2, -1, 7.4, 16,
         23.4, 28.8, 32, 32.8, 31.6, 29.1, 25.9, 23, 21.5, 21],
        [-26.6, -31.7, -32.7, -31.1, -27.8, -23.3, -17.9, -11.6, -3.7, 6.1, 16.8,
         26.2, 33.1, 37.4, 38.8, 38.1, 35.8, 32.1, 28.3, 25.9, 24.6],
    ]
)
_SWING_KNEE = np.array(
    [
        [13.6, 13.6, 17.9, 26.3, 36.9, 48.3, 59.6, 70, 78.9, 85.4, 88,
         86.4, 81.2, 72.7, 61.5, 48.2, 33.9, 20.8, 11.9, 8.5, 10.3],
        [11.6, 9.8, 14.7, 24.6, 37.2, 51, 64.7, 77.4, 88.8, 97.4, 101.5,
         100.2, 94.2, 84.4, 71.5, 56.5, 40.3, 24.5, 12.8, 8.2, 10.4],
        [10.9, 8, 14.5, 26.6, 40.7, 56, 70.8, 84.7, 97.1, 106.8, 111.4,
         110, 103.3, 92.7, 79, 63.3, 46.5, 29.2, 15.8, 10.3, 12.1],
    ]
)
# fmt: on
_SWING_PITCH = np.array(
    [
        [-40, -49, -57, -63, -69, -74, -80, -83, -82, -78, -72, -63, -52, -41, -29, -17, -6, 4, 11, 13, 11],
        [-43, -56, -65, -71, -78, -87, -96, -101, -102, -98, -91, -79, -66, -52, -37, -22, -8, 6, 15, 19, 15],
        [-46, -61, -71, -78, -88, -99, -109, -115, -117, -112, -103, -89, -73, -56, -40, -23, -7, 8, 18, 22, 17],
    ],
    dtype=float,
)
# One step, because the pelvis does the same thing twice a stride: stance at 0, .1 … .9, flight at 0, .25, .5, .75.
_HEIGHT_STANCE = np.array(
    [
        [28, 8, -15, -35, -44, -44, -35, -20, -1, 18],
        [19, 2, -18, -34, -43, -43, -37, -24, -9, 8],
        [13, -1, -17, -30, -37, -37, -33, -24, -12, 1],
    ],
    dtype=float,
)
_HEIGHT_FLIGHT = np.array([[33, 40, 44, 38], [22, 34, 40.5, 33], [13, 25, 34, 28]], dtype=float)

PELVIC_DROP_SHAPE = (
    np.array([0.0, 0.14, 0.28, 0.40, 0.50, 0.60, 0.70, 0.85, 1.0]),
    np.array([0.48, 0.60, 0.85, 1.0, 0.84, 0.52, 0.17, -0.42, -0.76]),
)
"""Contralateral drop over stance as a share of its peak: (share of stance, value); negative = swing hip high."""

# Degrees; p = 0 at right contact, 0.5 at left contact; (constant, ((cos, sin) of 2πp, of 4πp, …)). Right-side signals.
SHOULDER_FLEXION = (0.0, ((-14.73, 9.72), (-3.90, 1.21), (0.13, -0.33)))
ELBOW_FLEXION = (107.3, ((-6.27, 7.94), (9.92, -7.74)))
PELVIS_YAW = (0.0, ((-6.30, -0.53), (0.0, 0.0), (0.25, 0.20)))
THORAX_YAW = (0.0, ((-10.3, 3.8),))
THORAX_ROLL = (0.0, ((1.74, 1.72), (0.0, 0.0), (-0.34, -0.08)))
PELVIS_TILT = (8.8, ((0.0, 0.0), (0.55, -0.85)))
TRUNK_LEAN = (0.0, ((0.0, 0.0), (-1.22, 1.22)))

Series = tuple[float, tuple[tuple[float, float], ...]]
"""Constant; (cosine, sine) of each harmonic of the stride."""


def fourier(series: Series, phase: FloatArray) -> FloatArray:
    """Evaluate a Fourier series.

    Parameters
    ----------
    series : Series
    phase : (...) array
        Stride phase, 1 = one stride.

    Returns
    -------
    (...) array
        In the unit of the series.
    """
    constant, terms = series
    value = np.full_like(phase, constant)
    for harmonic, (cosine, sine) in enumerate(terms, start=1):
        angle = 2 * np.pi * harmonic * phase
        value += cosine * np.cos(angle) + sine * np.sin(angle)
    return value


def _at_speed(table: FloatArray, speed_mps: float) -> FloatArray:
    position = float(np.interp(speed_mps, SPEEDS_MPS, np.arange(len(SPEEDS_MPS))))
    low = min(int(position), len(SPEEDS_MPS) - 2)
    mixed: FloatArray = table[low] + (position - low) * (table[low + 1] - table[low])
    return mixed


def swing_curves(speed_mps: float) -> dict[str, FloatArray]:
    """Give the mean swing of healthy runners.

    Parameters
    ----------
    speed_mps : float
        Interpolated between `SPEEDS_MPS`; beyond them, the curve of the nearest speed.

    Returns
    -------
    dict
        ``thigh`` (from vertical, + forward), ``knee`` (flexion), ``pitch`` (foot, + toe up; flat = 0), degrees, each
        (21,) evenly from toe-off to the next contact.
    """
    return {
        "thigh": _at_speed(_SWING_THIGH, speed_mps),
        "knee": _at_speed(_SWING_KNEE, speed_mps),
        "pitch": _at_speed(_SWING_PITCH, speed_mps),
    }


def step_height(speed_mps: float) -> tuple[FloatArray, FloatArray]:
    """Give the height of the mid-hip in one step, scaled to a peak-to-peak of 1.

    Parameters
    ----------
    speed_mps : float
        As for `swing_curves`.

    Returns
    -------
    stance : (10,) array
        At 0, 0.1 … 0.9 of stance.
    flight : (4,) array
        At 0, 0.25, 0.5, 0.75 of flight.
    """
    stance, flight = _at_speed(_HEIGHT_STANCE, speed_mps), _at_speed(_HEIGHT_FLIGHT, speed_mps)
    span = max(stance.max(), flight.max()) - min(stance.min(), flight.min())
    return stance / span, flight / span
