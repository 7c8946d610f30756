"""How long the foot stays on the ground."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.metrics.metric_spec import MetricSpec


def measure_contact_time(steps: pd.DataFrame, stride_s: float, real_per_playback: float) -> FloatArray:
    """Measure the real time from initial contact to toe-off of each step.

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
        Milliseconds.
    """
    return np.asarray((steps.toe_off_s - steps.contact_s) * (1e3 * real_per_playback), dtype=float)


SPEC = MetricSpec(
    key="contact_time",
    unit="ms",
    plausible=(90, 450),  # Method §9 [E]
    views=("side", "rear"),
    sided=True,
    definition="Time from the foot touching down to its leaving the belt.",
    formula="TO − IC of the same foot",
    sign="real time from touch-down to lift-off",
    sources=("fukuchi2017", "hamner2013"),
    measure_times=measure_contact_time,
    moment="mid_stance",
    evidence="stance_foot",
    rests_on=("event_times",),
    max_method_error_sd=40.0,
)
