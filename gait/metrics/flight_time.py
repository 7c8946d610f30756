"""How long both feet are in the air."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.metrics.metric_spec import MetricSpec


def measure_flight_time(steps: pd.DataFrame, stride_s: float, real_per_playback: float) -> FloatArray:
    """Measure the real time from toe-off of each step to the next contact of the other foot.

    Parameters
    ----------
    steps : pandas.DataFrame
        As `gait.events.steps.find_steps` gives them.
    stride_s : float
        Mean stride time of the clip, s of playback.
    real_per_playback : float
        Real seconds per playback second.

    Returns
    -------
    (S,) float array
        Milliseconds; NaN where the next contact is unknown.
    """
    return np.asarray((steps.next_contact_s - steps.toe_off_s) * (1e3 * real_per_playback), dtype=float)


SPEC = MetricSpec(
    key="flight_time",
    unit="ms",
    plausible=(-150, 300),  # Contact from 90 to 450 ms at 125 to 245 steps/min; below 0 both feet are down [E]
    views=("side",),
    sided=True,
    definition="Time between one foot leaving the belt and the other touching down.",
    formula="IC of the other foot − TO",
    sign="real time from lift-off to the next touch-down",
    sources=("fukuchi2017", "hamner2013"),
    measure_times=measure_flight_time,
    moment="toe_off",
    evidence="both_feet",
    rests_on=("event_times",),
    max_method_error_sd=40.0,
)
