"""Share of a stride that one foot is down."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.metrics.metric_spec import MetricSpec


def measure_duty_factor(steps: pd.DataFrame, stride_s: float, real_per_playback: float) -> FloatArray:
    """Measure the stance of each step as a share of the mean stride.

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
        Per cent.
    """
    return np.asarray(100 * (steps.toe_off_s - steps.contact_s) / stride_s, dtype=float)


SPEC = MetricSpec(
    key="duty_factor",
    unit="%",
    plausible=(15, 60),  # Walking begins at 50; sprinters reach 20 [E]
    views=("side",),
    sided=True,
    definition="Ground contact time as a share of the time between two landings of the same foot.",
    formula="100 (TO − IC) / mean stride time of the clip",
    sign="under 50 % = running",
    sources=("fukuchi2017", "hamner2013"),
    measure_times=measure_duty_factor,
    moment="mid_stance",
    evidence="stance_foot",
    rests_on=("event_times",),
    max_method_error_sd=6.0,
)
