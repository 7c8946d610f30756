"""How much the body bounces for the way it travels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.metrics.centre_of_mass import CENTRE_OF_MASS_JOINTS
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.step_length import measure_step_length


def measure_vertical_ratio(steps: pd.DataFrame, speed_mps: float) -> FloatArray:
    """Measure the rise and fall of the centre of mass in each step as a share of its length.

    Parameters
    ----------
    steps : pandas.DataFrame
        With ``step_time``, ms of real time, and ``vertical_oscillation``, cm.
    speed_mps : float
        Speed of the belt, m/s (`gait.metrics.running_speed`).

    Returns
    -------
    (S,) float array
        Per cent; NaN where either is unknown.
    """
    if "vertical_oscillation" not in steps:
        return np.full(len(steps), np.nan)
    return 100 * steps["vertical_oscillation"].to_numpy(dtype=float) / measure_step_length(steps, speed_mps)


SPEC = MetricSpec(
    key="vertical_ratio",
    unit="%",
    plausible=(1, 25),  # 2 to 22 cm over the step lengths that go with them [E]
    views=("side",),
    sided=False,
    definition="How far the body rises and falls in one step, as a share of the step's length.",
    formula="100 · `vertical_oscillation` / `step_length`, step by step",
    sign="height from lowest to highest point of a step over its length",
    sources=("choice",),
    measure_with_speed=measure_vertical_ratio,
    moment="mid_stance",
    evidence="hip_height",
    keypoints=CENTRE_OF_MASS_JOINTS,
    needs_scale=True,
    max_method_error_sd=1.5,
)
