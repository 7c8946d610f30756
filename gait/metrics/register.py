"""All metrics, in the order of reports. Each stands in a module of its own, named by its key."""

from __future__ import annotations

from collections.abc import Mapping

from gait.metrics import (
    arm_crossover,
    arm_swing_lateral,
    braking_distance,
    cadence,
    contact_time,
    duty_factor,
    elbow_flexion,
    flight_time,
    foot_pickup,
    foot_strike_angle,
    head_posture,
    hip_extension,
    knee_drive,
    knee_flexion_contact,
    knee_flexion_stance,
    knee_flexion_swing,
    knee_window,
    lateral_trunk_lean,
    overstride,
    pelvic_drop,
    pelvic_drop_midstance,
    step_length,
    step_width,
    tibia_angle,
    trunk_lean,
    vertical_oscillation,
    vertical_ratio,
)
from gait.metrics.metric_spec import Basis, MetricSpec

METRICS: tuple[MetricSpec, ...] = (
    cadence.SPEC,
    overstride.SPEC,
    tibia_angle.SPEC,
    foot_strike_angle.SPEC,
    knee_flexion_contact.SPEC,
    knee_flexion_stance.SPEC,
    trunk_lean.SPEC,
    hip_extension.SPEC,
    foot_pickup.SPEC,
    contact_time.SPEC,
    flight_time.SPEC,
    duty_factor.SPEC,
    vertical_oscillation.SPEC,
    pelvic_drop.SPEC,
    pelvic_drop_midstance.SPEC,
    step_width.SPEC,
    knee_window.SPEC,
    lateral_trunk_lean.SPEC,
    arm_crossover.SPEC,
    arm_swing_lateral.SPEC,
    step_length.SPEC,
    vertical_ratio.SPEC,
    braking_distance.SPEC,
    knee_drive.SPEC,
    knee_flexion_swing.SPEC,
    elbow_flexion.SPEC,
    head_posture.SPEC,
)
#: The same by key.
METRIC_BY_KEY: Mapping[str, MetricSpec] = {spec.key: spec for spec in METRICS}


def metrics_resting_on(basis: Basis) -> tuple[str, ...]:
    """Name the metrics that rest on something.

    Parameters
    ----------
    basis : {"event_times", "leg_keypoints", "knee_keypoint", "pelvis_tilt", "shoe_motion"}

    Returns
    -------
    tuple of str
        Keys, in the order of `METRICS`.
    """
    return tuple(spec.key for spec in METRICS if basis in spec.rests_on)
