"""The probability that a true value lies outside an ordinary range, and the words that it allows.

The error model is that of the interval. The true value is distributed about the measured one as Student's t, with the
degrees of freedom from which the interval was made (without end where the method error outweighs the steps), and the
interval holds 95 % of it. A limit of a range that was worked out from few runners is uncertain too: its standard error
is added in quadrature, and the degrees of freedom are combined as by Welch and Satterthwaite.
"""

from __future__ import annotations

import math
from typing import Literal

from gait.signal.distributions import NORMAL_95, normal_share, t_quantile, t_share

#: Probability that the true value lies outside the range from which that is clear, and from which it is likely; and
#: probability that it lies inside from which all is fine. Between likely and fine the question is open. [E]
CLEAR, LIKELY, FINE = 0.975, 0.80, 0.80
EvidenceTier = Literal["clear", "likely", "open", "fine"]


def probability_above(
    value: float,
    interval: tuple[float, float],
    limit: float,
    *,
    freedom: float | None = None,
    limit_error: float = 0.0,
    limit_freedom: float | None = None,
) -> float:
    """Compute the probability that the true value lies above a limit.

    Parameters
    ----------
    value : float
        As measured.
    interval : (float, float)
        Its 95 % interval; where it is not symmetric, the half towards the limit counts.
    limit : float
        In the same unit.
    freedom : float, optional
        Degrees of freedom of the interval; normal without it.
    limit_error : float
        Standard error of the limit, same unit.
    limit_freedom : float, optional
        Degrees of freedom of that standard error; normal without it.

    Returns
    -------
    float
        0 to 1. The end of the interval as an exact limit gives 0.025.

    Examples
    --------
    >>> [round(probability_above(0.30, (0.26, 0.34), limit), 3) for limit in (0.26, 0.29, 0.30, 0.34)]
    [0.975, 0.688, 0.5, 0.025]
    """
    half = interval[1] - value if limit >= value else value - interval[0]
    error = half / (NORMAL_95 if freedom is None else float(t_quantile(freedom, 0.975)))
    total = math.hypot(error, limit_error)
    if total == 0:
        return 0.5 if value == limit else float(value > limit)
    distance = (value - limit) / total
    share = sum(
        part**4 / degrees for part, degrees in ((error, freedom), (limit_error, limit_freedom)) if degrees is not None
    )
    return float(normal_share(distance) if share == 0 else t_share(total**4 / share, distance))


def probability_below(
    value: float,
    interval: tuple[float, float],
    limit: float,
    *,
    freedom: float | None = None,
    limit_error: float = 0.0,
    limit_freedom: float | None = None,
) -> float:
    """Compute the probability that the true value lies below a limit.

    Parameters
    ----------
    value, interval, limit, freedom, limit_error, limit_freedom
        As in :func:`probability_above`.

    Returns
    -------
    float
        0 to 1.

    Examples
    --------
    >>> round(probability_below(0.30, (0.26, 0.34), 0.26), 3)
    0.025
    """
    return probability_above(
        -value,
        (-interval[1], -interval[0]),
        -limit,
        freedom=freedom,
        limit_error=limit_error,
        limit_freedom=limit_freedom,
    )


def evidence_tier(probability: float) -> EvidenceTier:
    """Name how sure it is that a true value lies outside its range.

    Parameters
    ----------
    probability : float
        That it lies outside, 0 to 1.

    Returns
    -------
    {"clear", "likely", "open", "fine"}

    Examples
    --------
    >>> [evidence_tier(p) for p in (0.99, 0.85, 0.5, 0.1)]
    ['clear', 'likely', 'open', 'fine']
    """
    if probability >= CLEAR:
        return "clear"
    if probability >= LIKELY:
        return "likely"
    # In floating point 1 − 0.2 is less than 0.8 by one unit of the last place in some sums.
    return "fine" if probability <= 1 - FINE + 1e-12 else "open"
