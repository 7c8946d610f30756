"""When each foot lands and leaves, and by how much every step differs from the mean one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gait._typing import BoolArray, FloatArray
from gait.synthetic.run_spec import RunnerSpec, left_and_right

MARGIN_STEPS = 5
"""Steps before and after the clip, so that its first and last frames are part of a whole motion. [E]"""

# Step-to-step spread of trained runners, as a standard deviation: of step time and contact time as shares, of the
# inward swing of the arms and of the bounce likewise. [E]
_SPREAD = {
    "time": 0.007,
    "contact": 0.012,
    "overstride_m": 0.0035,
    "drop_deg": 0.35,
    "width_m": 0.008,
    "arm": 0.03,
    "bounce": 0.025,
}
_MIN_STEPS_OF_LINE = 4  # of a side, for a straight line through them [E]


@dataclass(frozen=True)
class StepPlan:
    """The steps of a clip: one entry a step, in time order, alternating sides.

    Attributes
    ----------
    right : (n,) bool array
        Whether it is a step of the right foot.
    contact, toe_off : (n,) arrays
        Real seconds on the clip's timeline, 0 = first frame.
    overstride_m, drop_deg, lean_deg, width_m, arm, bounce : (n,) arrays
        Difference of the step from the mean: overstride, pelvic drop, forward lean of the trunk at contact, step width
        (outwards), inward swing of the arm (share), rise and fall (share).
    """

    right: BoolArray
    contact: FloatArray
    toe_off: FloatArray
    overstride_m: FloatArray
    drop_deg: FloatArray
    lean_deg: FloatArray
    width_m: FloatArray
    arm: FloatArray
    bounce: FloatArray


def _aligned(
    values: FloatArray,
    minutes: FloatArray,
    right: BoolArray,
    inside: BoolArray,
    per_minute: float = 0.0,
) -> FloatArray:
    """Make each side's mean over the clip 0 and its trend ``per_minute``, whatever the random variation."""
    result = values + per_minute * minutes
    for side in (right, ~right):
        counted = side & inside
        if counted.sum() >= _MIN_STEPS_OF_LINE:
            line = np.polyfit(minutes[counted], result[counted], 1)
            result[side] -= np.polyval(line, minutes[side])
            result[side] += per_minute * (minutes[side] - minutes[counted].mean())
        elif counted.any():
            result[side] -= result[counted].mean()
    return result


def plan_steps(runner: RunnerSpec, duration_s: float, rng: np.random.Generator) -> StepPlan:
    """Lay out the steps of a clip.

    Whatever the random variation, the slope of contact time against step number over the contacts inside the clip is
    exactly ``60 / cadence``, and the contact times of each side have the requested mean.

    Parameters
    ----------
    runner : RunnerSpec
    duration_s : float
        Length of the clip, real seconds.
    rng : numpy.random.Generator
        Source of all random variation.

    Returns
    -------
    Steps
        From before 0 to after ``duration_s``.
    """
    step = runner.step_time_s
    count = int(np.ceil(duration_s / step)) + 2 * MARGIN_STEPS
    right = np.arange(count) % 2 == int(rng.integers(2))
    # The first contact inside the clip falls well away from its edge.
    nominal = (np.arange(count) - MARGIN_STEPS + rng.uniform(0.25, 0.75)) * step
    drawn = {
        name: np.clip(rng.normal(0.0, size=count), -2, 2) * spread * runner.variability
        for name, spread in _SPREAD.items()
    }

    # Minutes from the middle of the clip: the axis of every drift.
    minutes = (nominal - duration_s / 2) / 60
    drift = runner.drift
    left_time, right_time = left_and_right(runner.contact_times_s())
    contact_length = np.where(right, right_time, left_time)
    shift = np.where(right, 0.5, -0.5) * runner.step_time_asymmetry * step
    # With the step time changing evenly, contacts lie on a parabola about their straight line.
    longer = -drift.cadence_spm * step**2 / 60  # s per minute
    inside = (nominal >= 0) & (nominal <= duration_s)
    index = np.arange(count)
    varied, planned = drawn["time"] * step, shift + 0.5 * longer * minutes**2 * 60 / step
    for values, degree in ((varied, 2), (planned, 1)):
        if inside.sum() >= degree + 3:
            values -= np.polyval(np.polyfit(index[inside], values[inside], degree), index)
    contact = nominal + varied + planned
    length = contact_length * (1 + drawn["contact"])
    whole = inside & (contact + length <= duration_s)
    length = contact_length + _aligned(
        length - contact_length, minutes, right, whole, per_minute=drift.contact_time_ms / 1e3
    )
    return StepPlan(
        right=right,
        contact=contact,
        toe_off=contact + length,
        overstride_m=_aligned(
            drawn["overstride_m"], minutes, right, whole, per_minute=drift.overstride * runner.leg_length_m
        ),
        drop_deg=_aligned(drawn["drop_deg"], minutes, right, whole, per_minute=drift.pelvic_drop_deg),
        lean_deg=drift.trunk_lean_deg * minutes,
        width_m=_aligned(drawn["width_m"], minutes, right, whole),
        arm=_aligned(drawn["arm"], minutes, right, inside),
        bounce=_aligned(drawn["bounce"], minutes, right, inside),
    )
