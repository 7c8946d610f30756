"""The motion of a runner that is planned step by step.

The legs are driven from the ground up. In stance the shoe stands on the belt and goes back with it, the foot rolls
about the part that touches, and the knee follows from the two-link leg between ankle and hip. The toe box bends against
the belt, and its tip leaves some 10 ms after toe-off (`gait.synthetic.toe_box`). In swing the hip and knee follow
healthy runners' mean curves, bent so that position and velocity agree with stance at both ends. The ankle moves
smoothly through a contact. Only the foot's pitch rate jumps, as it does when a heel meets the ground, so that the shoe
comes down at a finite speed and the instant of first touch is sharp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from gait._typing import FloatArray
from gait.errors import InputError
from gait.synthetic import reference_curves as reference
from gait.synthetic.body_segments import skeleton_of
from gait.synthetic.bones import rotated, rotation_about_x, rotation_about_y, rotation_about_z
from gait.synthetic.motion import Motion, MotionTuning
from gait.synthetic.reference_curves import fourier
from gait.synthetic.run_spec import RunnerSpec, left_and_right
from gait.synthetic.step_plan import StepPlan
from gait.synthetic.toe_box import ToeBox

_HEEL_DOWN = 0.26  # share of stance after which a heel striker's foot is flat (10° → 2° at 0.1, Fukuchi 2017)
_HEEL_UP = 0.42  # share of stance at which the heel starts to rise [E]
_HEEL_UP_POWER = 2.1  # fits the mean heel rise of Fukuchi 2017 from there to toe-off
# How far the toes bend before the whole forefoot tips over its front edge: the ball of the shoe is some 9 mm above the
# belt at toe-off, the toes are bent by about 30° (median by the markers on the shoes of Fukuchi 2017).
_TOE_BEND_DEG = 40.0
# As the heel rises, the ankle lifts off the shoe: by up to so much forward and up in the axes of the foot, m, most of
# it within so many degrees (medians of Fukuchi 2017: 6.3, 10.6, 13.5 and 15.0 mm up at 7, 15, 23 and 40°).
_ANKLE_LIFT_M, _ANKLE_LIFT_DEG = (-0.008, 0.015), 15.0
_KNEE_TOE_OFF_DEG = 14.0  # knee flexion at toe-off, mean at 2.5 m/s (Fukuchi 2017)
_MIN_KNEE_TOE_OFF_DEG = 6.0  # where long contacts at speed leave no other way [E]
_PITCH_RATE_BEFORE = np.radians(-60.0)  # foot pitch rate just before contact, rad/s [E]
# How much of the joint rates' change from swing to stance happens at the contact itself. Real feet near belt speed over
# some 40 ms (Fukuchi 2017: ankle at −0.11 of belt speed 20 ms before contact, −0.43 at contact, −0.76 20 ms after it);
# a rigid sole that must not slide jumps at contact. Above 1, because the mean swing curve holds part of the impact:
# 1.3 fits the speeds before contact, but bends the shank's path more sharply than any of the recorded runners.
_IMPACT_SHARE = 1.1
_SLOPE_STEP_S = 1e-4  # for slopes at the ends of stance [E]


@dataclass(frozen=True)
class _Swings:
    """The swings of one leg in order, each (S,); of the curves, value and slope ``(v0, s0, v1, s1)`` at both ends."""

    start: FloatArray
    end: FloatArray
    thigh: FloatArray  # (4, S), as the others
    knee: FloatArray
    pitch: FloatArray
    across: FloatArray

    def chosen(self, index: NDArray[np.int_]) -> _Swings:
        """Give the swings at ``index``, one for each time."""
        ends = (self.thigh, self.knee, self.pitch, self.across)
        return _Swings(self.start[index], self.end[index], *(values[:, index] for values in ends))


class _SwingCurve:
    """One of healthy runners' mean curves of the swing, over 0 to 1, rad."""

    def __init__(self, degrees: FloatArray) -> None:
        self._curve = CubicSpline(np.linspace(0, 1, len(degrees)), np.radians(degrees))
        slope = self._curve.derivative()
        self._ends = [float(curve(u)) for u in (0.0, 1.0) for curve in (self._curve, slope)]

    def joined(self, u: FloatArray, ends: FloatArray) -> FloatArray:
        """Give the curve at ``u``, bent to the given value and slope at both ends."""
        rest = [end - own for end, own in zip(ends, self._ends, strict=True)]
        joined: FloatArray = self._curve(u) + _joined(u, rest)
        return joined


def _joined(u: FloatArray, ends: Sequence[FloatArray] | FloatArray) -> FloatArray:
    """Smooth curve with the value and slope ``(v0, s0, v1, s1)`` at 0 and 1; slopes die out quickly inwards."""
    v0, s0, v1, s1 = ends
    step = u * u * u * (10 - 15 * u + 6 * u * u)
    return v0 + (v1 - v0) * step + s0 * u * (1 - u) ** 9 - s1 * (1 - u) * u**6


def vault_height_m(runner: RunnerSpec) -> float:
    """Give how much higher the hip is at toe-off than at contact because the foot lands far ahead.

    Parameters
    ----------
    runner : RunnerSpec

    Returns
    -------
    float
        Metres; 0 for ordinary overstrides.
    """
    return 0.08 * max(0.0, float(np.mean(left_and_right(runner.overstride))) - 0.24)


class PlannedMotion(Motion):
    """A motion planned from a `RunnerSpec`.

    Parameters
    ----------
    runner : RunnerSpec
    steps : StepPlan
    tuning : MotionTuning

    Raises
    ------
    InputError
        Where the leg would have to be longer than it is.
    """

    def __init__(self, runner: RunnerSpec, steps: StepPlan, tuning: MotionTuning) -> None:
        super().__init__(runner, steps, tuning, skeleton_of(runner))
        self._splines()
        self._place_feet()
        self._swing_curves = {
            name: _SwingCurve(curve) for name, curve in reference.swing_curves(runner.speed_mps).items()
        }
        self._swings: dict[bool, _Swings] = {side: self._plan_swings(side) for side in (False, True)}
        self._toe_box = {side: self._toe_box_of(side) for side in (False, True)}

    # ---------------------------------------------------------------- pelvis and trunk

    def _splines(self) -> None:
        steps, runner = self.steps, self.runner
        following = np.append(steps.contact[1:], steps.contact[-1] + runner.step_time_s)
        stance_shape, flight_shape = reference.step_height(runner.speed_mps)
        share = np.r_[np.arange(10) / 10, 1 + np.arange(4) / 4]
        contact, toe_off = steps.contact[:, None], steps.toe_off[:, None]
        knots = np.where(
            share <= 1, contact + share * (toe_off - contact), toe_off + (share - 1) * (following[:, None] - toe_off)
        ).ravel()
        shape = np.r_[stance_shape, flight_shape]
        self._bounce = CubicSpline(knots, ((1 + steps.bounce[:, None]) * shape).ravel())

        # Who lands far ahead of the hip lands low and takes off high: the hip vaults over the leg.
        smooth = share % 1.0
        smooth = smooth * smooth * (3 - 2 * smooth)
        rise = np.where(share < 1, smooth - 0.5, 0.5 - smooth)
        self._vault = CubicSpline(knots, vault_height_m(runner) * np.tile(rise, len(steps.contact)))

        s, drop_shape = reference.PELVIC_DROP_SHAPE
        peak = np.where(steps.right, self.tuning.drop_deg[1], self.tuning.drop_deg[0]) + steps.drop_deg
        sign = np.where(steps.right, -1.0, 1.0)
        knots = (contact + s * (toe_off - contact)).ravel()
        self._list = CubicSpline(
            knots, (sign * peak)[:, None].repeat(len(s), 1).ravel() * np.tile(drop_shape, len(steps.contact))
        )

    def _pelvis(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mid-hip (T, 3) and rotation (T, 3, 3)."""
        phase = self._phase(t)
        centre = np.stack(
            [
                0.010 * np.cos(4 * np.pi * (phase - 0.045)),
                self.tuning.height_m + self.tuning.bounce_m * self._bounce(t) + self._vault(t),
                0.009 * self._sway(t),
            ],
            axis=-1,
        )
        yaw = np.radians(fourier(reference.PELVIS_YAW, phase))
        tilt = np.radians(fourier(reference.PELVIS_TILT, phase))
        rotation = rotation_about_y(yaw) @ rotation_about_x(np.radians(self._list(t))) @ rotation_about_z(-tilt)
        return centre, rotation

    def _hips(self, t: FloatArray) -> dict[bool, FloatArray]:
        centre, rotation = self._pelvis(t)
        half = self.skeleton.hip_width / 2
        return {side: centre + rotated(rotation, (0, 0, half if side else -half)) for side in (False, True)}

    # ---------------------------------------------------------------- feet on the belt

    def _roll(self, pitch: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Ankle (along, up) of a foot that rolls without sliding, from the belt point below its flat ankle.

        Toe up: about the heel. Heel up: about the ball while the toes bend, then over the toes' front edge.
        """
        k = self.skeleton
        bend = np.radians(_TOE_BEND_DEG)
        toes = np.where(pitch < 0, pitch + bend * np.tanh(-pitch / bend), pitch)
        cosine, sine = np.cos(pitch), np.sin(pitch)
        lift = _ankle_lift(pitch)
        ankle_x, ankle_y = lift[..., 0], k.ankle_height + lift[..., 1]
        ball = (k.toe - (k.toe - k.ball) * np.cos(toes), -(k.toe - k.ball) * np.sin(toes))
        heel_x = -k.pivot_back + cosine * k.pivot_back - sine * k.ankle_height
        heel_y = sine * k.pivot_back + cosine * k.ankle_height
        ball_x = ball[0] - cosine * (k.ball - ankle_x) - sine * ankle_y
        ball_y = ball[1] - sine * (k.ball - ankle_x) + cosine * ankle_y
        return np.where(pitch >= 0, heel_x, ball_x), np.where(pitch >= 0, heel_y, ball_y)

    def _stance_pitch(self, share: FloatArray, at_contact: FloatArray, at_toe_off: FloatArray) -> FloatArray:
        down = np.clip(1 - share / _HEEL_DOWN, 0, None) ** 3
        up = np.clip((share - _HEEL_UP) / (1 - _HEEL_UP), 0, None) ** _HEEL_UP_POWER
        return at_contact * down + at_toe_off * up

    def _place_feet(self) -> None:
        steps, runner, k = self.steps, self.runner, self.skeleton
        right = steps.right
        side = right.astype(int)
        self._pitch_at_contact = np.radians(np.asarray(left_and_right(runner.foot_strike_deg)))[side]
        self._toe_out = np.where(right, 1.0, -1.0) * np.radians(runner.toe_out_deg)
        hips = self._hips(steps.contact)
        hip_x = np.where(right, hips[True][:, 0], hips[False][:, 0])
        overstride = np.asarray(left_and_right(runner.overstride))[side] * runner.leg_length_m + steps.overstride_m
        along, _ = self._roll(self._pitch_at_contact)
        self._anchor_x = hip_x + overstride - along * np.cos(self._toe_out)
        self._anchor_z = np.where(right, 1.0, -1.0) * (runner.step_width_cm / 200 + steps.width_m)

        # The heel rises as far as real ones do at that speed, and further where the leg would not reach otherwise.
        usual = np.radians(reference.swing_curves(runner.speed_mps)["pitch"][0])
        hips = self._hips(steps.toe_off)
        hip = np.where(right[:, None], hips[True], hips[False])
        tries = np.radians(np.linspace(-20, -85, 131))
        along, up = self._roll(tries)
        travel = runner.speed_mps * (steps.toe_off - steps.contact)
        x = self._anchor_x[:, None] - travel[:, None] + along * np.cos(self._toe_out)[:, None]
        z = self._anchor_z[:, None] + along * np.sin(self._toe_out)[:, None]
        reach = np.sqrt((x - hip[:, :1]) ** 2 + (up - hip[:, 1:2]) ** 2 + (z - hip[:, 2:]) ** 2)
        bent, straight = (
            np.sqrt(k.thigh**2 + k.shank**2 + 2 * k.thigh * k.shank * np.cos(np.radians(knee)))
            for knee in (_KNEE_TOE_OFF_DEG, _MIN_KNEE_TOE_OFF_DEG)
        )
        self._pitch_at_toe_off = np.empty(len(right))
        for i, lengths in enumerate(reach):
            wanted = bent if (lengths <= bent).any() else straight
            fits = np.flatnonzero(lengths <= wanted)
            if not len(fits):
                raise InputError(
                    f"overstride {overstride[i] / runner.leg_length_m:.2f} with {travel[i]:.2f} m of belt under a "
                    f"{(steps.toe_off[i] - steps.contact[i]) * 1e3:.0f} ms contact needs a leg "
                    f"{100 * (lengths.min() / wanted - 1):.0f} % longer; choose a shorter contact or a lower speed"
                )
            j = int(fits[0])
            if j == 0:
                self._pitch_at_toe_off[i] = tries[0]
            else:
                part = (lengths[j - 1] - wanted) / (lengths[j - 1] - lengths[j])
                self._pitch_at_toe_off[i] = tries[j - 1] + part * (tries[j] - tries[j - 1])
            self._pitch_at_toe_off[i] = min(self._pitch_at_toe_off[i], usual)

    def _stance_foot(self, i: NDArray[np.int_], t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Ankle (T, 3) and foot pitch (T,) of steps ``i`` at times ``t``."""
        steps = self.steps
        share = (t - steps.contact[i]) / (steps.toe_off[i] - steps.contact[i])
        pitch = self._stance_pitch(share, self._pitch_at_contact[i], self._pitch_at_toe_off[i])
        along, up = self._roll(pitch)
        belt = self.runner.speed_mps * (t - steps.contact[i])
        x = self._anchor_x[i] - belt + along * np.cos(self._toe_out[i])
        return np.stack([x, up, self._anchor_z[i] + along * np.sin(self._toe_out[i])], axis=-1), pitch

    # ---------------------------------------------------------------- legs

    def _bend(self, hip: FloatArray, ankle: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Thigh angle, knee flexion and sideways tilt of the leg plane (rad) that put the ankle where it is."""
        k = self.skeleton
        delta = ankle - hip
        down = np.hypot(delta[..., 1], delta[..., 2])
        reach = np.hypot(delta[..., 0], down)
        if np.any(reach > k.leg):
            raise InputError(
                f"the stance leg would have to be {100 * (float(reach.max()) / k.leg - 1):.1f} % longer; choose less "
                "vertical_oscillation_cm, a shorter contact or more knee_flexion_contact_deg"
            )
        knee = np.pi - np.arccos(np.clip((k.thigh**2 + k.shank**2 - reach**2) / (2 * k.thigh * k.shank), -1, 1))
        inner = np.arccos(np.clip((k.thigh**2 + reach**2 - k.shank**2) / (2 * k.thigh * reach), -1, 1))
        return np.arctan2(delta[..., 0], down) + inner, knee, np.arctan2(delta[..., 2], -delta[..., 1])

    def _plan_swings(self, right: bool) -> _Swings:
        steps = self.steps
        steps_of_leg = np.flatnonzero(steps.right == right)
        if not len(steps_of_leg):
            return _Swings(*np.empty((2, 0)), *np.empty((4, 4, 0)))

        def state(i: NDArray[np.int_], t: FloatArray) -> FloatArray:
            ankle, pitch = self._stance_foot(i, t)
            thigh, knee, _ = self._bend(self._hips(t)[right], ankle)
            return np.stack([thigh, knee, pitch, ankle[:, 2]], axis=-1)

        def ends(t: FloatArray) -> tuple[FloatArray, FloatArray]:
            slope = (state(steps_of_leg, t + _SLOPE_STEP_S) - state(steps_of_leg, t - _SLOPE_STEP_S)) / (
                2 * _SLOPE_STEP_S
            )
            return state(steps_of_leg, t), slope

        toe_off_value, toe_off_slope = ends(steps.toe_off[steps_of_leg])
        contact_value, contact_slope = ends(steps.contact[steps_of_leg] + _SLOPE_STEP_S)
        # The ground stops a foot, not the leg: before contact the joints still move mostly as in free swing.
        free = reference.swing_curves(self.runner.speed_mps)
        following = np.append(steps.contact[steps_of_leg[1:]], np.nan) - steps.toe_off[steps_of_leg]
        flying = np.r_[np.nanmean(following), following[:-1]]
        for column, name in enumerate(("thigh", "knee")):
            rate = float(CubicSpline(np.linspace(0, 1, 21), np.radians(free[name]))(1.0, 1)) / flying
            contact_slope[:, column] = _IMPACT_SHARE * rate + (1 - _IMPACT_SHARE) * contact_slope[:, column]
        contact_slope[:, 2] = _PITCH_RATE_BEFORE
        start, end = steps.toe_off[steps_of_leg[:-1]], steps.contact[steps_of_leg[1:]]
        length = (end - start)[:, None]
        # (4 kinds of ends, swings, 4 curves)
        ends_of = np.stack(
            [toe_off_value[:-1], toe_off_slope[:-1] * length, contact_value[1:], contact_slope[1:] * length]
        )
        return _Swings(start, end, *np.moveaxis(ends_of, -1, 0))

    def _swing_leg(self, swing: _Swings, t: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Thigh angle, knee flexion, ankle's z and foot pitch, each time in a swing of its own."""
        u = (t - swing.start) / (swing.end - swing.start)
        curves = self._swing_curves
        thigh, knee = curves["thigh"].joined(u, swing.thigh), curves["knee"].joined(u, swing.knee)
        pitch = curves["pitch"].joined(u, swing.pitch)
        knee = knee + np.radians(self.tuning.knee_swing_deg) * (4 * u * (1 - u)) ** 3
        # Bumps of height 1 at 0.2, 0.62 and 0.83 of swing keep the shoe off the belt.
        early, middle, late = np.radians(self.tuning.clearance_deg)
        lift = middle * 76.0 * u**4 * (1 - u) ** 2.5
        knee = knee + lift + early * 149.0 * u**2 * (1 - u) ** 8
        pitch = pitch + 0.8 * lift
        reach_up = late * 222.8 * u**10 * (1 - u) ** 2
        thigh, knee = thigh + reach_up, knee + 0.6 * reach_up
        # A knee does not bend backwards: nearly straight, it goes straight more and more slowly.
        straight = np.radians(6.0)
        knee = np.where(knee < straight, straight * np.exp(np.minimum(knee / straight - 1, 0)), knee)
        side = np.where(swing.across[2] + swing.across[0] > 0, 1.0, -1.0)
        across = _joined(u, swing.across) + side * 0.022 * (4 * u * (1 - u)) ** 2
        return thigh, knee, across, pitch

    def _leg(
        self, right: bool, t: FloatArray, hip: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Thigh angle, knee flexion, plane tilt and foot pitch of one leg, all (T,), rad."""
        steps = self.steps
        thigh, knee, tilt, pitch = (np.full(len(t), np.nan) for _ in range(4))
        steps_of_leg = np.flatnonzero(steps.right == right)
        before = np.clip(np.searchsorted(steps.contact[steps_of_leg], t, side="right") - 1, 0, len(steps_of_leg) - 1)
        stance = (t >= steps.contact[steps_of_leg[before]]) & (t <= steps.toe_off[steps_of_leg[before]])
        if stance.any():
            ankle, pitch[stance] = self._stance_foot(steps_of_leg[before][stance], t[stance])
            thigh[stance], knee[stance], tilt[stance] = self._bend(hip[stance], ankle)
        swings = self._swings[right]
        last = np.searchsorted(swings.start, t) - 1  # the last swing that began before
        inside = ~stance & (last >= 0)
        inside[inside] = t[inside] < swings.end[last[inside]]
        if inside.any():
            chosen = swings.chosen(last[inside])
            thigh[inside], knee[inside], across, pitch[inside] = self._swing_leg(chosen, t[inside])
            k = self.skeleton
            down = k.thigh * np.cos(thigh[inside]) + k.shank * np.cos(thigh[inside] - knee[inside])
            tilt[inside] = np.arcsin(np.clip((across - hip[inside, 2]) / down, -0.5, 0.5))
        if np.isnan(thigh).any():
            raise InputError(
                f"time {t[np.isnan(thigh)][0]:.2f} s lies outside the planned steps; choose a time inside the clip"
            )
        return thigh, knee, tilt, pitch

    def _toe_box_of(self, right: bool) -> ToeBox:
        """Find the bend of the toes at each last touch of a foot."""
        k, steps_of_leg = self.skeleton, np.flatnonzero(self.steps.right == right)[:-1]
        toe_box = ToeBox(k.toe - k.ball, self.steps.contact[steps_of_leg], self.steps.toe_off[steps_of_leg])
        rotation, origin = self._leg_down_to_the_ball(right, toe_box.last_touch)
        pitch = np.arcsin(np.clip(rotation["foot"][:, 1, 0], -1, 1))
        return replace(toe_box, bend_at_last_touch=toe_box.bend_against_belt(pitch, origin["toes"][:, 1]))

    def _leg_down_to_the_ball(self, right: bool, t: FloatArray) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
        """Rotations and origins of thigh, shank and foot, the ankle joint, and where the toe box begins."""
        k = self.skeleton
        hip = self._hips(t)[right]
        thigh, knee, tilt, pitch = self._leg(right, t, hip)
        plane = rotation_about_x(-tilt)
        turn = rotation_about_y(np.full_like(t, -np.radians(self.runner.toe_out_deg) * (1.0 if right else -1.0)))
        rotation = {
            "thigh": plane @ rotation_about_z(thigh),
            "shank": plane @ rotation_about_z(thigh - knee),
            "foot": turn @ rotation_about_z(pitch),
        }
        origin = {"thigh": hip, "shank": hip + rotated(rotation["thigh"], (0, -k.thigh, 0))}
        origin["ankle"] = origin["shank"] + rotated(rotation["shank"], (0, -k.shank, 0))
        origin["foot"] = origin["ankle"] - (rotation["foot"] @ _ankle_lift(pitch)[..., None])[..., 0]
        origin["toes"] = origin["foot"] + rotated(rotation["foot"], (k.ball, -k.ankle_height, 0))
        return rotation, origin

    def _add_leg(
        self, right: bool, t: FloatArray, rotation: dict[str, FloatArray], origin: dict[str, FloatArray]
    ) -> None:
        turned, placed = self._leg_down_to_the_ball(right, t)
        pitch = np.arcsin(np.clip(turned["foot"][:, 1, 0], -1, 1))
        bend = self._toe_box[right].bend(t, pitch, placed["toes"][:, 1])
        turned["toes"] = turned["foot"] @ rotation_about_z(bend)
        name = "right" if right else "left"
        rotation.update({f"{name}_{bone}": value for bone, value in turned.items()})
        origin.update({f"{name}_{bone}": value for bone, value in placed.items()})


def _ankle_lift(pitch: FloatArray) -> FloatArray:
    """How far the ankle joint lies off its place in the shoe that stands flat, in the axes of the foot, (T, 3), m."""
    share = np.tanh(np.maximum(-pitch, 0.0) / np.radians(_ANKLE_LIFT_DEG))
    lift: FloatArray = share[..., None] * np.array([*_ANKLE_LIFT_M, 0.0])
    return lift
