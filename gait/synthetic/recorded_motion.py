"""A runner whose pelvis and legs move as those of a recorded one, for drawing and for exact truth.

Marker recordings of treadmill runners show what no planned motion has: how a real foot meets the belt, and how one
step differs from the next. Pelvis, thighs and shanks follow the recorded joint centres, shoes the markers on them: as
the heel rises, the ankle lifts some 15 mm off the shoe, and a shoe that hung on it would hover. Such recordings often
lack trunk, arms and head; these are added in time with the legs. Contacts and toe-offs are those of the force plate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.signal import butter, sosfiltfilt

from gait._typing import BoolArray, FloatArray
from gait.errors import InputError
from gait.synthetic.body_segments import skeleton_of
from gait.synthetic.bones import rotation_about_z, unit_vectors
from gait.synthetic.motion import Motion, MotionTuning
from gait.synthetic.run_spec import SIDES, RunnerSpec
from gait.synthetic.step_plan import MARGIN_STEPS, StepPlan
from gait.synthetic.toe_box import ToeBox

# Marker tracks are not low-passed as published; a foot's movement at impact lies below this (Hz).
_SMOOTH_HZ = 30.0  # [E]
# Forward tilt of the drawn pelvis that stands for the mean tilt of the recorded front-to-back line: as in
# `reference_curves.PELVIS_TILT`.
_PELVIS_TILT_DEG = 8.8
# Share of stance in which the foot lies flat. [E]
_FLAT = (0.25, 0.45)
# How much a loaded sole is thinner: so high above its place in mid-stance is the heel of a heel striker when the force
# rises above 50 N (median of 55 feet of Fukuchi 2017: 8 mm; 10th to 90th percentile 4 to 12).
_SOLE_COMPRESSION_M = 0.008
# A forefoot bends where the markers on the shoe are taken as rigid: no sole is pressed deeper by more than this, m. [E]
_MAX_DEEPER_M = 0.005
# What touches first, touches a little before the force reaches 50 N: at 20 N, contact is 2 to 8 ms earlier there.
_FIRST_TOUCH_S = 0.003
# Feet that land on their outer edge have no roll in the markers, so their sole would come down late. It is lowered by
# up to so much, over about so long around contact. [E]
_MAX_LOWERED_M, _LOWERED_S = 0.012, 0.035


@dataclass(frozen=True)
class Recording:
    """Joint centres and force-plate events of one treadmill run.

    Attributes
    ----------
    time : (T,) array
        Seconds, evenly spaced.
    points : mapping
        ``left_`` and ``right_`` ``hip, knee, ankle, heel, toe, asis, psis`` → (T, 3), m: X forward, Y above the belt,
        Z to the runner's right; the runner stays near X = Z = 0.
    contact, toe_off : mapping
        Side → (n,) array, s; contact i belongs to toe-off i.
    speed_mps, height_m : float
        Belt speed, m/s; body height, m.
    """

    time: FloatArray
    points: Mapping[str, FloatArray]
    contact: Mapping[str, FloatArray]
    toe_off: Mapping[str, FloatArray]
    speed_mps: float
    height_m: float


def _frame(right: FloatArray, up: FloatArray) -> FloatArray:
    """Rotation (T, 3, 3) whose Y axis is ``up`` and whose Z axis is the part of ``right`` square to it."""
    y = unit_vectors(up)
    z = unit_vectors(right - (right * y).sum(-1, keepdims=True) * y)
    return np.stack([np.cross(y, z), y, z], axis=-1)


class RecordedMotion(Motion):
    """The motion of a recorded runner from ``start_s`` of the recording on.

    Parameters
    ----------
    recording : Recording
    start_s : float
        Time of the recording that becomes 0.
    duration_s : float
        Length of the clip, s.
    runner : RunnerSpec, optional
        The body and what trunk and arms do (``sex``, ``build``, ``trunk_lean_deg``, ``lateral_lean_deg``, shoulder and
        arm scale); its height, speed and timing are replaced by the recorded ones.
    arm_inward : (float, float)
        How far the hands swing inwards, left and right.

    Raises
    ------
    InputError
        The recording does not reach two steps beyond both ends of the clip.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        start_s: float,
        duration_s: float,
        runner: RunnerSpec | None = None,
        arm_inward: tuple[float, float] = (0.4, 0.4),
    ) -> None:
        requested = runner or RunnerSpec()
        steps = _steps_of(recording, start_s, duration_s)
        smoother = butter(2, _SMOOTH_HZ, fs=1 / float(np.median(np.diff(recording.time))), output="sos")
        time = recording.time - start_s
        smooth = {name: sosfiltfilt(smoother, track, axis=0) for name, track in recording.points.items()}
        self._tracks = {name: CubicSpline(time, track) for name, track in smooth.items()}
        inside = (time >= 0) & (time <= duration_s)

        def apart(first: str, second: str) -> float:
            gaps = [np.linalg.norm(smooth[f"{s}_{first}"] - smooth[f"{s}_{second}"], axis=1)[inside] for s in SIDES]
            return float(np.mean(gaps))

        timing = _timing(steps, duration_s)
        described = replace(
            requested,
            height_m=recording.height_m,
            speed_mps=recording.speed_mps,
            cadence_spm=timing[0],
            contact_time_ms=timing[1],
            tibia_angle_deg=None,
        )
        k = skeleton_of(described)
        thigh, shank = apart("hip", "knee"), apart("knee", "ankle")
        self._flat_pitch, ankle_height, self._markers_when_flat = self._standing(steps)
        k = replace(
            k,
            thigh=thigh,
            shank=shank,
            trunk=k.trunk + k.thigh + k.shank - thigh - shank,
            hip_width=float(np.linalg.norm(smooth["right_hip"] - smooth["left_hip"], axis=1)[inside].mean()),
            ankle_height=ankle_height,
            sole_compression=_SOLE_COMPRESSION_M,
        )
        tuning = MotionTuning(
            height_m=0.0,
            bounce_m=0.0,
            lean_deg=requested.trunk_lean_deg,
            drop_deg=(0.0, 0.0),
            lateral_deg=1.3 * requested.lateral_lean_deg,
            arm_inward=arm_inward,
            knee_swing_deg=0.0,
            clearance_deg=(0.0, 0.0, 0.0),
        )
        super().__init__(described, steps, tuning, k)
        _, _, forward = self._pelvis_axes(time[inside])
        self._tilt = float(np.degrees(np.arcsin(np.clip(forward[:, 1], -1, 1))).mean()) + _PELVIS_TILT_DEG
        self._lowered: dict[bool, FloatArray] = {}
        self._toe_box = {side: self._toe_box_of(side) for side in (False, True)}

    def _standing(self, steps: StepPlan) -> tuple[dict[str, float], float, dict[str, FloatArray]]:
        """Measure feet that lie flat.

        Returns
        -------
        pitch : dict
            Side → pitch of the heel-to-toe line, rad.
        ankle_height : float
            Above the belt, mean of both, m.
        toe : dict
            Side → toe marker from the point of the sole below the ankle, in the axes of the foot, (3,), m.
        """
        pitch, height, toe = {}, [], {}
        for side in SIDES:
            steps_of_side = np.flatnonzero(steps.right == (side == "right"))[1:-1]
            shares = np.linspace(*_FLAT, 9)
            times = (
                steps.contact[steps_of_side][:, None] + shares * (steps.toe_off - steps.contact)[steps_of_side][:, None]
            ).ravel()
            foot = self._tracks[f"{side}_toe"](times) - self._tracks[f"{side}_heel"](times)
            pitch[side] = float(np.median(np.arctan2(foot[:, 1], np.hypot(foot[:, 0], foot[:, 2]))))
            height.append(float(np.median(self._tracks[f"{side}_ankle"](times)[:, 1])))
            marker = self._tracks[f"{side}_toe"](times)
            axes = self._foot_axes(side == "right", times, pitch[side])
            beyond = np.einsum("tji,tj->ti", axes, marker - self._tracks[f"{side}_ankle"](times))
            toe[side] = np.array([np.median(beyond[:, 0]), np.median(marker[:, 1]), np.median(beyond[:, 2])])
        return pitch, float(np.mean(height)), toe

    def _foot_axes(self, right: bool, t: FloatArray, flat_pitch: float) -> FloatArray:
        """Rotation of the foot behind the toes, (T, 3, 3): by the markers on the shoe, level across as the shank."""
        name = "right" if right else "left"
        along = unit_vectors(self._tracks[f"{name}_toe"](t) - self._tracks[f"{name}_heel"](t))
        across = self._tracks["right_hip"](t) - self._tracks["left_hip"](t)
        side = _frame(across, self._tracks[f"{name}_knee"](t) - self._tracks[f"{name}_ankle"](t))[..., 2]
        side = unit_vectors(side - (side * along).sum(-1, keepdims=True) * along)
        line = np.stack([along, np.cross(side, along), side], axis=-1)
        return line @ rotation_about_z(np.full(len(t), -flat_pitch))

    def _foot(self, right: bool, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Place and rotation of the foot behind the toes, (T, 3) and (T, 3, 3), by the markers on the shoe."""
        name, k = "right" if right else "left", self.skeleton
        axes = self._foot_axes(right, t, self._flat_pitch[name])
        toe = self._markers_when_flat[name] - np.array([0.0, k.ankle_height, 0.0])
        origin = self._tracks[f"{name}_toe"](t) - axes @ toe
        if right in self._lowered:
            contact = self.steps.contact[self.steps.right == right]
            near = np.exp(-(((t[:, None] - contact) / _LOWERED_S) ** 2))
            origin[:, 1] -= near @ self._lowered[right]
        ends = [(axes @ np.array([x, -k.ankle_height, 0.0]))[:, 1] for x in (-k.pivot_back, k.ball)]
        pressed = k.sole_compression - (origin[:, 1] + np.min(ends, axis=0))
        deeper = np.maximum(pressed - k.sole_compression, 0.0)
        origin[:, 1] += deeper - _MAX_DEEPER_M * np.tanh(deeper / _MAX_DEEPER_M)
        return origin, axes

    def _ball(self, origin: FloatArray, axes: FloatArray) -> FloatArray:
        """Sole below the heads of the metatarsals, where the toe box bends, (T, 3)."""
        placed: FloatArray = origin + axes @ np.array([self.skeleton.ball, -self.skeleton.ankle_height, 0.0])
        return placed

    def _toe_box_of(self, right: bool) -> ToeBox:
        """Lower the feet to the belt at each contact, then find the bend of the toes at each last touch."""
        k, steps_of_side = self.skeleton, self.steps.right == right
        contact, toe_off = self.steps.contact[steps_of_side], self.steps.toe_off[steps_of_side]
        origin, axes = self._foot(right, contact - _FIRST_TOUCH_S)
        lowest = np.min(
            [(origin + axes @ np.array([x, -k.ankle_height, 0.0]))[:, 1] for x in (-k.pivot_back, k.ball, k.toe)],
            axis=0,
        )
        self._lowered[right] = np.clip(lowest - k.sole_compression, -_MAX_LOWERED_M, _MAX_LOWERED_M)
        toe_box = ToeBox(k.toe - k.ball, contact, toe_off)
        origin, axes = self._foot(right, toe_box.last_touch)
        height = self._ball(origin, axes)[:, 1] - k.sole_compression
        return replace(toe_box, bend_at_last_touch=toe_box.bend_against_belt(_pitch(axes), height))

    def _pelvis_axes(self, t: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mid-hip, the direction to the right through both hips, and that from back to front; each (T, 3)."""
        at = {name: self._tracks[name](t) for name in self._tracks if name.endswith(("_hip", "_asis", "_psis"))}
        right = unit_vectors(at["right_hip"] - at["left_hip"])
        forward = at["left_asis"] + at["right_asis"] - at["left_psis"] - at["right_psis"]
        forward = unit_vectors(forward - (forward * right).sum(-1, keepdims=True) * right)
        return (at["left_hip"] + at["right_hip"]) / 2, right, forward

    def _pelvis(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        centre, right, forward = self._pelvis_axes(t)
        frame = np.stack([forward, np.cross(right, forward), right], axis=-1)
        return centre, frame @ rotation_about_z(np.full(len(t), -np.radians(self._tilt)))

    def _add_leg(
        self, right: bool, t: FloatArray, rotation: dict[str, FloatArray], origin: dict[str, FloatArray]
    ) -> None:
        k, name = self.skeleton, "right" if right else "left"
        joint = {j: self._tracks[f"{name}_{j}"](t) for j in ("hip", "knee", "ankle")}
        across = rotation["pelvis"][..., 2]
        rotation[f"{name}_thigh"] = _frame(across, joint["hip"] - joint["knee"])
        rotation[f"{name}_shank"] = _frame(across, joint["knee"] - joint["ankle"])
        origin[f"{name}_thigh"], origin[f"{name}_shank"] = joint["hip"], joint["knee"]
        origin[f"{name}_ankle"] = joint["ankle"]
        origin[f"{name}_foot"], foot = self._foot(right, t)
        ball = self._ball(origin[f"{name}_foot"], foot)
        bend = self._toe_box[right].bend(t, _pitch(foot), ball[:, 1] - k.sole_compression)
        rotation[f"{name}_foot"] = foot
        rotation[f"{name}_toes"] = foot @ rotation_about_z(bend)
        origin[f"{name}_toes"] = ball


def _pitch(axes: FloatArray) -> FloatArray:
    """Pitch of a foot, (T,), rad; + = toe up."""
    pitch: FloatArray = np.arcsin(np.clip(axes[:, 1, 0], -1, 1))
    return pitch


def _steps_of(recording: Recording, start_s: float, duration_s: float) -> StepPlan:
    """Alternating steps from before 0 to after ``duration_s`` of the clip's timeline."""
    right = np.concatenate([np.full(len(recording.contact[s]), s == "right") for s in SIDES])
    contact = np.concatenate([recording.contact[s] for s in SIDES]) - start_s
    toe_off = np.concatenate([recording.toe_off[s] for s in SIDES]) - start_s
    order = np.argsort(contact)
    right, contact, toe_off = right[order], contact[order], toe_off[order]
    usual = float(np.median(np.diff(contact)))
    kept = (contact > -(MARGIN_STEPS + 0.5) * usual) & (contact < duration_s + (MARGIN_STEPS + 0.5) * usual)
    right, contact, toe_off = right[kept], contact[kept], toe_off[kept]
    if (
        len(contact) < 5
        or contact[1] > 0
        or contact[-2] < duration_s
        or (right[1:] == right[:-1]).any()
        or recording.time[-1] - start_s < duration_s
    ):
        raise InputError(
            f"the recording has no unbroken steps around {start_s:g} to {start_s + duration_s:g} s; "
            "choose another start or a shorter clip"
        )
    none = np.zeros(len(contact))
    return StepPlan(right, contact, toe_off, none, none, none, none, none, none)


def _timing(steps: StepPlan, duration_s: float) -> tuple[float, tuple[float, float]]:
    """Cadence (steps/min) and contact times (left, right; ms) of the steps inside the clip."""
    inside: BoolArray = (steps.contact >= 0) & (steps.contact <= duration_s)
    slope = float(np.polyfit(np.flatnonzero(inside), steps.contact[inside], 1)[0])
    length = 1e3 * (steps.toe_off - steps.contact)
    left, right = (float(length[inside & (steps.right == side)].mean()) for side in (False, True))
    return 60 / slope, (left, right)
