"""The runner's motion as a function of time: what all motions share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from gait._typing import FloatArray
from gait.synthetic import reference_curves as reference
from gait.synthetic.body_segments import Skeleton
from gait.synthetic.bones import (
    Bones,
    joints_of,
    rotated,
    rotation_about_x,
    rotation_about_y,
    rotation_about_z,
    unit_vectors,
)
from gait.synthetic.reference_curves import fourier
from gait.synthetic.run_spec import RunnerSpec
from gait.synthetic.step_plan import StepPlan

# How an arm that swings inwards does it, degrees per unit of inward swing: upper arm forward, upper arm across, elbow
# out; and the forearm's turn. Found by trial: they keep forearm and hand clear of the trunk at every crossover. [E]
_ARM_REACH = (36.0, 16.0, 0.0, 62.0)


@dataclass(frozen=True)
class MotionTuning:
    """What the solver changes until the truth meets the request.

    Attributes
    ----------
    height_m : float
        Height of the mid-hip above the belt, without its rise and fall.
    bounce_m : float
        Rise and fall of the mid-hip.
    lean_deg : float
        Mean forward lean of the trunk.
    drop_deg : (float, float)
        Peak pelvic drop on the left and on the right leg.
    lateral_deg : float
        Lean of the trunk towards the stance leg at full weight.
    arm_inward : (float, float)
        Inward swing of the left and the right hand, without unit; larger = further inwards.
    knee_swing_deg : float
        Knee flexion added to the usual one in swing.
    clearance_deg : (float, float, float)
        Bending added in early, middle and late swing to keep the shoe off the belt.
    """

    height_m: float
    bounce_m: float
    lean_deg: float
    drop_deg: tuple[float, float]
    lateral_deg: float
    arm_inward: tuple[float, float]
    knee_swing_deg: float
    clearance_deg: tuple[float, float, float]


class Motion:
    """The motion of a whole clip, as a function of time.

    This base class moves trunk, arms and head; subclasses move the pelvis and the legs.

    Parameters
    ----------
    runner : RunnerSpec
    steps : StepPlan
    tuning : MotionTuning
    skeleton : Skeleton
    """

    def __init__(self, runner: RunnerSpec, steps: StepPlan, tuning: MotionTuning, skeleton: Skeleton) -> None:
        self.runner = runner
        self.steps = steps
        self.tuning = tuning
        self.skeleton = skeleton
        index = np.arange(len(steps.contact))
        first_right = int(np.argmax(steps.right))
        self._phase = CubicSpline(steps.contact, (index - first_right) / 2.0)
        self._lean = CubicSpline(steps.contact, steps.lean_deg)
        # A right contact is when the left arm is in front: its step's variation belongs to the left arm.
        self._arm_noise = {
            side: CubicSpline(steps.contact[steps.right != side], steps.arm[steps.right != side])
            for side in (False, True)
        }

    def _pelvis(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mid-hip (T, 3) and rotation (T, 3, 3)."""
        raise NotImplementedError

    def _add_leg(
        self, right: bool, t: FloatArray, rotation: dict[str, FloatArray], origin: dict[str, FloatArray]
    ) -> None:
        """Add thigh, shank, foot and toes of one leg."""
        raise NotImplementedError

    def _sway(self, t: FloatArray) -> FloatArray:
        """Share of full weight on the right (+1) or left (−1) leg, smooth."""
        share: FloatArray = np.cos(2 * np.pi * (self._phase(t) - 0.18))
        return share

    def _chest(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mid-shoulder (T, 3) and chest rotation (T, 3, 3)."""
        phase = self._phase(t)
        centre, _ = self._pelvis(t)
        lean = np.radians(self.tuning.lean_deg + self._lean(t) + fourier(reference.TRUNK_LEAN, phase))
        roll = np.radians(self.tuning.lateral_deg) * self._sway(t)
        up = unit_vectors(np.stack([np.tan(lean), np.ones_like(lean), np.tan(roll)], axis=-1))
        right = unit_vectors(np.cross(np.array([1.0, 0.0, 0.0]), up))
        frame = np.stack([np.cross(up, right), up, right], axis=-1)
        twist = rotation_about_y(np.radians(fourier(reference.THORAX_YAW, phase)))
        thorax_roll = rotation_about_x(np.radians(fourier(reference.THORAX_ROLL, phase)))
        return centre + self.skeleton.trunk * up, frame @ twist @ thorax_roll

    def phase(self, times: FloatArray) -> FloatArray:
        """Give the stride phase.

        Parameters
        ----------
        times : (T,) array
            Real seconds on the clip's timeline.

        Returns
        -------
        (T,) array
            Strides; whole numbers at right contacts, halves at left ones.
        """
        return np.asarray(self._phase(times), dtype=float)

    def bones(self, times: FloatArray) -> Bones:
        """Place every bone.

        Parameters
        ----------
        times : (T,) array
            Real seconds on the clip's timeline.

        Returns
        -------
        Bones
        """
        t = np.asarray(times, dtype=float)
        k, phase = self.skeleton, self._phase(t)
        rotation: dict[str, FloatArray] = {}
        origin: dict[str, FloatArray] = {}
        pelvis, rotation["pelvis"] = self._pelvis(t)
        shoulders, chest = self._chest(t)
        origin["pelvis"], origin["chest"], rotation["chest"] = pelvis, shoulders, chest
        spine_up = unit_vectors(shoulders - pelvis)
        mean_right = unit_vectors(rotation["pelvis"][..., 2] + chest[..., 2])
        forward = unit_vectors(np.cross(spine_up, mean_right))
        rotation["spine"] = np.stack([forward, spine_up, np.cross(forward, spine_up)], axis=-1)
        origin["spine"] = pelvis + 0.40 * (shoulders - pelvis)

        lean = self.tuning.lean_deg
        yaw = np.radians(0.25 * fourier(reference.THORAX_YAW, phase))
        rotation["neck"] = rotation_about_y(0.6 * yaw) @ rotation_about_z(
            np.full_like(t, -np.radians(0.6 * lean + 9.0))
        )
        origin["neck"] = shoulders + rotated(chest, (-0.004 * k.height, 0.012 * k.height, 0))
        rotation["head"] = rotation_about_y(yaw) @ rotation_about_z(
            -np.radians(0.25 * lean + 2.0 - 1.2 * np.cos(4 * np.pi * phase))
        )
        origin["head"] = origin["neck"] + rotated(rotation["neck"], (0, k.neck, 0))

        for right in (False, True):
            self._add_leg(right, t, rotation, origin)
            self._add_arm(right, t, rotation, origin)
        return Bones(rotation, origin)

    def _add_arm(
        self, right: bool, t: FloatArray, rotation: dict[str, FloatArray], origin: dict[str, FloatArray]
    ) -> None:
        k, name, sign = self.skeleton, "right" if right else "left", 1.0 if right else -1.0
        phase = self._phase(t) + (0.0 if right else 0.5)
        inward = self.tuning.arm_inward[int(right)] + self._arm_noise[right](t)
        swing = fourier(reference.SHOULDER_FLEXION, phase)
        front = 0.5 - 0.5 * np.cos(2 * np.pi * (phase - 0.95))
        # Reaching inwards needs the elbow in front of the ribs, or the forearm would cut the belly.
        bring = np.clip(inward + 0.1, 0, None) * front
        forward, across, out, turn_by = _ARM_REACH
        flexion = np.radians(-21.0 + 1.35 * swing + forward * bring)
        abduction = np.radians(18.0 + out * bring)
        elbow = np.radians(fourier(reference.ELBOW_FLEXION, phase) - 14.0 - 8.0 * bring)
        turn = np.radians(8.0 + turn_by * np.tanh(inward) * front)
        upper = (
            rotation["chest"]
            @ rotation_about_y(sign * np.radians(across) * bring)
            @ rotation_about_x(-sign * abduction)
            @ rotation_about_z(flexion)
        )
        lower = upper @ rotation_about_y(sign * turn) @ rotation_about_z(elbow)
        rotation[f"{name}_upper_arm"], rotation[f"{name}_forearm"] = upper, lower
        rotation[f"{name}_hand"] = lower @ rotation_about_z(np.full_like(t, np.radians(8.0)))
        half = sign * k.shoulder_width / 2
        origin[f"{name}_upper_arm"] = origin["chest"] + rotated(rotation["chest"], (0, 0, half))
        origin[f"{name}_forearm"] = origin[f"{name}_upper_arm"] + rotated(upper, (0, -k.upper_arm, 0))
        origin[f"{name}_hand"] = origin[f"{name}_forearm"] + rotated(lower, (0, -k.forearm, 0))

    def joints(self, times: FloatArray) -> FloatArray:
        """Place every joint.

        Parameters
        ----------
        times : (T,) array
            Real seconds on the clip's timeline.

        Returns
        -------
        (T, J, 3) array
            In the order of `JOINTS`, metres.
        """
        return joints_of(self.bones(times), self.skeleton)
