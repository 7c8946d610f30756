"""Finds the motion whose truth is what a `RunnerSpec` requests."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from gait._typing import FloatArray
from gait.errors import InputError
from gait.synthetic.body_segments import skeleton_of
from gait.synthetic.motion import Motion, MotionTuning
from gait.synthetic.planned_motion import PlannedMotion, vault_height_m
from gait.synthetic.reference_curves import step_height
from gait.synthetic.run_spec import RunnerSpec, left_and_right
from gait.synthetic.step_plan import StepPlan, plan_steps
from gait.synthetic.truth import metrics_of

_GRAVITY = 9.81
_MAX_ROUNDS = 12  # of solving [E]
_MIN_CLEARANCE_M = 0.014  # of the sole above the belt in the middle of swing [E]
_MAX_GAP = 2.5  # tolerances by which a run may miss the request where a straighter leg would not reach [E]


def natural_oscillation_cm(runner: RunnerSpec) -> float:
    """Give the rise and fall of the centre of mass that follows from gravity and the timing of the steps.

    The ground pushes with half a sine over contact, just enough to reverse the fall of the flight (a bouncing mass;
    Blickhan 1989).

    Parameters
    ----------
    runner : RunnerSpec

    Returns
    -------
    float
        Peak to peak, cm.
    """
    step, contact = runner.step_time_s, float(np.mean(runner.contact_times_s()))
    flight = step - contact
    push = 0.5 * math.pi * _GRAVITY * step / contact
    half = contact / 2
    fall = _GRAVITY * flight / 2 * half - push * contact / math.pi * (half - contact / math.pi)
    return 95 * (fall + 0.5 * _GRAVITY * half**2 + _GRAVITY * flight**2 / 8)


def _first_tuning(runner: RunnerSpec) -> MotionTuning:
    k = skeleton_of(runner)
    reach = float(np.mean(left_and_right(runner.overstride))) * runner.leg_length_m
    if runner.tibia_angle_deg is None:
        bend = math.radians(runner.knee_flexion_contact_deg)
        leg = math.sqrt(k.thigh**2 + k.shank**2 + 2 * k.thigh * k.shank * math.cos(bend))
        above = math.sqrt(leg**2 - reach**2)
    else:
        shank = math.radians(runner.tibia_angle_deg)
        sine = (reach - k.shank * math.sin(shank)) / k.thigh
        bend = math.asin(sine) - shank if abs(sine) < 1 else -1.0
        if not math.radians(3.0) <= bend <= math.radians(45.0):
            raise InputError(
                f"tibia_angle_deg={runner.tibia_angle_deg:g} with overstride={reach / runner.leg_length_m:.2f} needs a "
                f"knee flexion of {math.degrees(bend):.0f} degrees at contact; change one of the two"
            )
        above = k.thigh * math.cos(math.asin(sine)) + k.shank * math.cos(shank)
    bounce = (runner.vertical_oscillation_cm or natural_oscillation_cm(runner)) / 100
    heel_lift = math.sin(math.radians(max(float(np.mean(left_and_right(runner.foot_strike_deg))), 0.0))) * k.pivot_back
    at_contact = float(step_height(runner.speed_mps)[0][0]) * bounce
    return MotionTuning(
        height_m=above + k.ankle_height + heel_lift - at_contact + vault_height_m(runner) / 2 - 0.012,
        bounce_m=bounce,
        lean_deg=runner.trunk_lean_deg,
        drop_deg=left_and_right(runner.pelvic_drop_deg),
        lateral_deg=1.3 * runner.lateral_lean_deg,
        arm_inward=(0.4, 0.4),
        knee_swing_deg=0.0,
        clearance_deg=(0.0, 0.0, 0.0),
    )


def sole_height(motion: Motion, times: FloatArray) -> FloatArray:
    """Give the height of the lowest point of each sole above the belt.

    Parameters
    ----------
    motion : Motion
    times : (T,) array
        Real seconds on the clip's timeline.

    Returns
    -------
    (T, 2) array
        Left, right; m. Zero in stance.
    """
    bones, k = motion.bones(times), motion.skeleton
    lowest = []
    for side in ("left", "right"):
        foot, toes = bones.rotation[f"{side}_foot"], bones.rotation[f"{side}_toes"]
        heel = bones.origin[f"{side}_foot"] + foot @ np.array([-k.pivot_back, -k.ankle_height, 0.0])
        ball = bones.origin[f"{side}_toes"]
        toe = ball + toes @ np.array([k.toe - k.ball, 0.0, 0.0])
        lowest.append(np.minimum(np.minimum(heel[:, 1], ball[:, 1]), toe[:, 1]))
    return np.stack(lowest, axis=-1)


def _clearance_missing(motion: Motion, duration_s: float) -> FloatArray:
    """How far the sole comes below the required height in early, middle and late swing, (3,), m; 0 = nowhere."""
    steps = motion.steps
    share = np.linspace(0.04, 0.97, 32)
    required = _MIN_CLEARANCE_M * np.minimum(1.0, np.minimum(share / 0.30, (1 - share) / 0.22))
    clearance_missing = np.zeros(3)
    for side, right in enumerate((False, True)):
        steps_of_leg = np.flatnonzero(steps.right == right)[:-1]
        steps_of_leg = steps_of_leg[(steps.contact[steps_of_leg + 2] > 0) & (steps.toe_off[steps_of_leg] < duration_s)]
        toe_off, end = steps.toe_off[steps_of_leg], steps.contact[steps_of_leg + 2]
        times = toe_off[:, None] + share * (end - toe_off)[:, None]
        short = np.clip(required - sole_height(motion, times.ravel())[:, side].reshape(times.shape), 0, None)
        if len(steps_of_leg):
            thirds = (short[:, share < 0.4], short[:, (share >= 0.4) & (share < 0.76)], short[:, share >= 0.76])
            clearance_missing = np.maximum(clearance_missing, [third.max() for third in thirds])
    return clearance_missing


def _bounce_missing(runner: RunnerSpec, found: dict[str, Any], oscillation_cm: float) -> tuple[float, float]:
    """How far the bounce is from the requested one, in tolerances, and the factor that would mend it.

    The peak knee flexion in stance exceeds that at contact by about as much as the hips fall in between.
    """
    requested = runner.knee_flexion_stance_deg
    if requested is None:
        reached = found["vertical_oscillation"]["value"]
        return (reached - oscillation_cm) / 0.1, oscillation_cm / reached
    peak, contact = found["knee_flexion_stance"]["value"], found["knee_flexion_contact"]["value"]
    ratio = (requested - contact) / max(peak - contact, 1.0)
    return (peak - requested) / 0.3, float(np.clip(ratio, 0.7, 1.3))


def solve(runner: RunnerSpec, duration_s: float, *, seed: int = 0) -> Motion:
    """Make the motion of a clip whose truth has every requested value.

    Parameters
    ----------
    runner : RunnerSpec
    duration_s : float
        Length of the clip, real seconds; at least 1.
    seed : int
        Decides all random variation between steps; the same seed gives the same motion.

    Returns
    -------
    Motion
        Good for times in ``[0, duration_s]``.

    Raises
    ------
    InputError
        No leg of that length can run like that.
    """
    if not duration_s >= 1.0:
        raise InputError(f"duration_s={duration_s:g} is too short; give at least 1 second")
    # A clip of one or two steps says little about a mean, so the solution is found on a few strides at least.
    span = max(duration_s, 4.0)
    steps: StepPlan = plan_steps(runner, span, np.random.default_rng(seed))
    tuning = _first_tuning(runner)
    crossover, drop = left_and_right(runner.arm_crossover), left_and_right(runner.pelvic_drop_deg)
    oscillation = runner.vertical_oscillation_cm or natural_oscillation_cm(runner)
    arm_slope = [0.5, 0.5]
    before: tuple[tuple[float, float], tuple[float, float]] | None = None
    k = skeleton_of(runner)
    best: tuple[float, Motion] | None = None
    refusal: InputError | None = None
    for attempt in range(_MAX_ROUNDS + 3):
        try:
            motion: Motion = PlannedMotion(runner, steps, tuning)
        except InputError as error:
            # The straightest step of a varied run may not fit where the mean one would.
            refusal = error
            if best is None and attempt >= 3:
                raise
            tuning = replace(tuning, height_m=tuning.height_m - (0.006 if best is None else 0.001))
            continue
        found = metrics_of(motion, span)

        def side_values(key: str, found: dict[str, dict[str, dict[str, float]]] = found) -> tuple[float, float]:
            return found[key]["left"]["value"], found[key]["right"]["value"]

        bend = math.radians(max(found["knee_flexion_contact"]["value"], 4.0))
        # Lifting the hip by dh straightens the knee by about dh × leg / (thigh × shank × sin(knee)); half of that
        # turns the shank.
        per_metre = math.degrees(k.leg / (k.thigh * k.shank * math.sin(bend)))
        if runner.tibia_angle_deg is None:
            lift = (found["knee_flexion_contact"]["value"] - runner.knee_flexion_contact_deg) / per_metre
        else:
            lift = (runner.tibia_angle_deg - found["tibia_angle"]["value"]) / (0.5 * per_metre)
        reached = side_values("arm_crossover")
        if before is not None:
            for n in range(2):
                turned = tuning.arm_inward[n] - before[0][n]
                if abs(turned) > 1e-4:
                    arm_slope[n] = float(np.clip((reached[n] - before[1][n]) / turned, 0.2, 2.0))
        before = (tuning.arm_inward, reached)
        dropped = side_values("pelvic_drop")
        swing_gap = 0.0
        if runner.knee_flexion_swing_deg is not None:
            swing_gap = runner.knee_flexion_swing_deg - found["knee_flexion_swing"]["value"]
        bounce_gap, bounce_ratio = _bounce_missing(runner, found, oscillation)
        clearance_missing = _clearance_missing(motion, span)
        # Each difference as a share of what is tolerated; well inside all of them there is nothing left to solve.
        gaps = [
            lift * per_metre / 0.2,
            bounce_gap,
            swing_gap / 0.5,
            float(clearance_missing.max()) / 0.002,
            (found["trunk_lean"]["value"] - runner.trunk_lean_deg) / 0.1,
            (found["lateral_trunk_lean"]["value"] - runner.lateral_lean_deg) / 0.1,
            *((dropped[n] - drop[n]) / 0.1 for n in range(2)),
            *((reached[n] - crossover[n]) / 0.008 for n in range(2)),
        ]
        worst = max(abs(gap) for gap in gaps)
        if best is None or worst < best[0]:
            best = worst, motion
        if worst < 0.5:
            break
        tuning = replace(
            tuning,
            height_m=tuning.height_m + float(np.clip(lift, -0.03, 0.02)),
            bounce_m=tuning.bounce_m * bounce_ratio,
            lean_deg=tuning.lean_deg + runner.trunk_lean_deg - found["trunk_lean"]["value"],
            drop_deg=(tuning.drop_deg[0] + drop[0] - dropped[0], tuning.drop_deg[1] + drop[1] - dropped[1]),
            lateral_deg=tuning.lateral_deg + 1.3 * (runner.lateral_lean_deg - found["lateral_trunk_lean"]["value"]),
            arm_inward=(
                tuning.arm_inward[0] + (crossover[0] - reached[0]) / arm_slope[0],
                tuning.arm_inward[1] + (crossover[1] - reached[1]) / arm_slope[1],
            ),
            knee_swing_deg=float(np.clip(tuning.knee_swing_deg + swing_gap, -25, 60)),
            clearance_deg=(
                min(tuning.clearance_deg[0] + 320.0 * float(clearance_missing[0]), 30.0),
                min(tuning.clearance_deg[1] + 300.0 * float(clearance_missing[1]), 45.0),
                min(tuning.clearance_deg[2] + 280.0 * float(clearance_missing[2]), 25.0),
            ),
        )
    if best is None or (refusal is not None and best[0] > _MAX_GAP):
        raise refusal or InputError("no motion was found")
    return best[1]
