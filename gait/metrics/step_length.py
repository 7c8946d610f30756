"""How far the body travels in one step."""

from __future__ import annotations

import pandas as pd

from gait._typing import FloatArray
from gait.metrics.metric_spec import MetricSpec


def measure_step_length(steps: pd.DataFrame, speed_mps: float) -> FloatArray:
    """Measure how far the belt travels from each contact to the next contact of the other foot.

    Parameters
    ----------
    steps : pandas.DataFrame
        With ``step_time``, ms of real time.
    speed_mps : float
        Speed of the belt, m/s (`gait.metrics.running_speed`).

    Returns
    -------
    (S,) float array
        Centimetres; NaN where the next contact is unknown.
    """
    return 100 * speed_mps * steps["step_time"].to_numpy(dtype=float) / 1e3


SPEC = MetricSpec(
    key="step_length",
    unit="cm",
    plausible=(30, 270),  # The longest steps of sprinters; 5 km/h at 200 steps/min [E]
    views=("side", "rear", "front"),
    sided=False,
    definition="How far the belt travels under the runner from the contact of one foot to that of the other.",
    formula=(
        "v · (time from IC to the next IC of the other foot); v is the given speed, otherwise the speed of the stance "
        "foot in a side view with a scale"
    ),
    sign="larger = longer steps",
    sources=("choice",),
    measure_with_speed=measure_step_length,
    moment="contact",
    evidence="both_feet",
    max_method_error_sd=8.0,
)
