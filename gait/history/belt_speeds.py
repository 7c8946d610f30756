"""Belt speeds of two sessions: whether they differ, and whether a metric can be judged across them."""

from __future__ import annotations

from gait.display_language import _
from gait.display_units import speed_in_units, speed_number_text
from gait.records import ASYMMETRY

#: Belt speeds that differ by more than this share are mentioned. [E]
MIN_SPEED_DIFFERENCE = 0.03
#: Sessions whose belt speeds differ by more than this, m/s (1.1 km/h), are not judged against each other in what
#: depends on speed: over it cadence changes by 3 steps/min, contact time by 12 ms (``ordinary_ranges.toml``). [E]
MAX_SPEED_DIFFERENCE_MPS = 0.3
#: Metrics that depend on speed although their bands do not (Fukuchi, 2017).
SPEED_DEPENDENT = (
    *("contact_time", "flight_time", "duty_factor", "cadence", "foot_pickup", "hip_extension", "step_width"),
    *("step_length", "vertical_ratio", "braking_distance", "knee_drive", "knee_flexion_swing", "elbow_flexion"),
)


def depends_on_speed(key: str) -> bool:
    """Check whether a metric's ordinary values change with belt speed.

    Parameters
    ----------
    key : str

    Returns
    -------
    bool
    """
    if key in SPEED_DEPENDENT:
        return True
    from gait.findings.knowledge_loader import load_knowledge  # slow to import

    metric = load_knowledge().metrics.get(key.removesuffix(ASYMMETRY))
    return metric is not None and metric.band is not None and len(metric.band.speeds) > 1


def speeds_differ(one: float | None, other: float | None) -> bool:
    """Check whether two belt speeds are known and notably different.

    Parameters
    ----------
    one, other : float or None
        Belt speeds, m/s.

    Returns
    -------
    bool
    """
    return one is not None and other is not None and abs(other / one - 1) > MIN_SPEED_DIFFERENCE


def different_speeds(key: str, one: float | None, other: float | None) -> str | None:
    """Say why a metric cannot be judged across two belt speeds.

    Parameters
    ----------
    key : str
        Of the metric.
    one, other : float or None
        Belt speeds, m/s; ``None`` where not known.

    Returns
    -------
    str or None
        One line; ``None`` where it can, or where a speed is not known.

    Examples
    --------
    >>> different_speeds("cadence", 5.0, 2.75)
    'different speeds (18.0 and 9.9 km/h): not compared'
    >>> different_speeds("trunk_lean", 5.0, 2.75)
    """
    if one is None or other is None or abs(other - one) <= MAX_SPEED_DIFFERENCE_MPS or not depends_on_speed(key):
        return None
    text = _("different speeds ({one} and {other}): not compared")
    return text.format(one=speed_number_text(one), other=speed_in_units(other))


def speed_consequence(one: float | None, other: float | None, metrics: str) -> str:
    """Name the metrics that two belt speeds alone change.

    Parameters
    ----------
    one, other : float or None
        Belt speeds that differ, m/s.
    metrics : str
        Names of the metrics.

    Returns
    -------
    str
        One sentence.
    """
    if different_speeds("cadence", one, other) is None:
        text = _("The speed alone changes: {metrics}.")
    else:
        text = _("The speed alone changes these, so they are not compared: {metrics}.")
    return text.format(metrics=metrics)
