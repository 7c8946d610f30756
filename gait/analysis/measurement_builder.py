"""From the values of single steps to graded measurements or refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.analysis.step_measuring import STEP_TIME
from gait.display_language import _, ngettext
from gait.display_units import significant_text
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.cadence import measure_cadence
from gait.metrics.grading import MIN_STEPS, Refusal, ViewConditions
from gait.metrics.leg_angles import knee_flexion_angle, thigh_angle
from gait.metrics.metric_spec import MetricSpec, Moment
from gait.metrics.running_speed import RunningSpeed
from gait.metrics.wrist_midline import wrist_past_midline
from gait.records import Grade, Measurement, Side
from gait.signal.cleaning import CleanedPose
from gait.signal.intervals import Estimate, mean_interval

#: Moments of a step at which a signal has its peak → the signal, one value a frame.
PEAKS: Mapping[Moment, Callable[[KeypointTracks, str], FloatArray]] = {
    "widest": wrist_past_midline,
    "knee_bent": lambda tracks, side: knee_flexion_angle(tracks, side, tracks.time),
    "knee_forward": lambda tracks, side: thigh_angle(tracks, side, tracks.time),
}
#: Half width of the cadence's 95 % interval in standard errors of the slope, rounded up from 1.96. [E]
CADENCE_ERRORS = 2.0


def implausible_value(spec: MetricSpec, value: float, error: float = 0.0) -> Refusal | None:
    """Refuse a value that nobody shows who runs: the picture or the keypoints are wrong, not the runner.

    Parameters
    ----------
    spec : MetricSpec
    value : float
        In the metric's unit.
    error : float
        Method error (standard deviation): so much more may be read off somebody who is at the edge of the range.

    Returns
    -------
    Refusal or None
    """
    low, high = spec.plausible
    if low - 1.96 * error <= value <= high + 1.96 * error:
        return None
    return Refusal(
        "implausible_value",
        _(
            "{value} {unit} was read, and nobody runs outside {low} to {high}: keypoints, scale or the picture are "
            "wrong here"
        ).format(
            value=significant_text(value, 3),
            unit=spec.unit,
            low=significant_text(low, 6),
            high=significant_text(high, 6),
        ),
    )


@dataclass(frozen=True)
class MeasurementBuilder:
    """Turns the steps of one video into measurements.

    Attributes
    ----------
    conditions : ViewConditions
    cleaned : CleanedPose
    video : int
        Number of the video in the session.
    tracks : KeypointTracks
    refusals : mapping
        Why a metric of a side is missing in the steps, by metric and side.
    speed : RunningSpeed or None
        Speed of the belt from which step length follows.
    by_hand : mapping
        How many steps hold what was set by hand, by metric and side.
    """

    conditions: ViewConditions
    cleaned: CleanedPose
    video: int
    tracks: KeypointTracks
    refusals: Mapping[tuple[str, str], Refusal]
    speed: RunningSpeed | None = None
    by_hand: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def build(
        self, spec: MetricSpec, events: pd.DataFrame, steps: pd.DataFrame, real_per_playback: float
    ) -> list[Measurement]:
        """Give a metric its mean, interval and grade, or refuse it with the reason.

        Parameters
        ----------
        spec : MetricSpec
        events, steps : pandas.DataFrame
            Of the whole video.
        real_per_playback : float
            Real seconds per playback second.

        Returns
        -------
        list of Measurement
            Left and right of a sided metric, otherwise one for both.
        """
        sides: tuple[Side, ...] = ("left", "right") if spec.sided else ("both",)
        return [self._build_side(spec, side, events, steps, real_per_playback) for side in sides]

    def _build_side(
        self, spec: MetricSpec, side: Side, events: pd.DataFrame, steps: pd.DataFrame, real_per_playback: float
    ) -> Measurement:
        if refusal := self.conditions.refusal(spec, side):
            # What this video does not show says more than that the method would err too much.
            if refusal.code == "method_error_too_large":
                refusal = self.refusals.get((spec.key, side), refusal)
            return self._refused(spec, side, refusal)
        if spec.key == "cadence":
            return self._cadence(spec, events, steps, real_per_playback)
        return self._mean_over_steps(spec, side, steps if side == "both" else steps[steps.side == side])

    def _refused(self, spec: MetricSpec, side: Side, refusal: Refusal, steps: int = 0) -> Measurement:
        return Measurement(
            key=spec.key,
            side=side,
            value=None,
            unit=spec.unit,
            interval=None,
            steps=steps,
            grade="refused",
            reason=refusal.reason,
            video=self.video,
            evidence_s=None,
            reason_code=refusal.code,
        )

    def _mean_over_steps(self, spec: MetricSpec, side: Side, steps: pd.DataFrame) -> Measurement:
        values = steps[spec.key].to_numpy(dtype=float)
        count = int(np.isfinite(values).sum())
        legs = 1 if side != "both" else 2
        if count < MIN_STEPS * legs:
            too_few = Refusal(
                "too_few_steps",
                _("only {count} steps could be measured, at least {least} are needed: film longer").format(
                    count=count, least=MIN_STEPS * legs
                ),
            )
            return self._refused(spec, side, self.refusals.get((spec.key, side), too_few), count)
        error = self.conditions.method_error(spec, side)
        assert error is not None, "a metric without a method error is refused before"
        estimate = mean_interval(values, error)
        if self.conditions.corrected and (refusal := implausible_value(spec, estimate.mean, error)):
            return self._refused(spec, side, refusal, count)
        nearest = int(np.nanargmin(np.abs(values - estimate.mean)))
        evidence_s = self._evidence_time(spec, steps.iloc[nearest])
        return self._measured(spec, side, estimate, self.conditions.grade(spec, side, count // legs)[0], evidence_s)

    def _measured(
        self, spec: MetricSpec, side: Side, estimate: Estimate, grade: Grade, evidence_s: float | None
    ) -> Measurement:
        return Measurement(
            key=spec.key,
            side=side,
            value=float(estimate.mean),
            unit=spec.unit,
            interval=(float(estimate.low), float(estimate.high)),
            steps=estimate.count,
            grade=grade,
            reason=None,
            video=self.video,
            evidence_s=evidence_s,
            method=self._method(spec, side, estimate.count),
            freedom=estimate.freedom,
        )

    def _method(self, spec: MetricSpec, side: Side, steps: int) -> str | None:
        """Say how the speed was found, and how many values hold what was set by hand; None where neither matters."""
        parts = [self.speed.method] if spec.needs_speed and self.speed is not None else []
        count = self.by_hand.get((spec.key if not spec.needs_speed else STEP_TIME, side), 0)
        if count:
            text = ngettext("{count} of {steps} steps set by hand", "{count} of {steps} steps set by hand", count)
            parts.append(text.format(count=min(count, steps), steps=steps))
        return "; ".join(parts) or None

    def _cadence(
        self, spec: MetricSpec, events: pd.DataFrame, steps: pd.DataFrame, real_per_playback: float
    ) -> Measurement:
        contacts = events[events.kind == "contact"]
        count = len(contacts)
        fewest = int(min((contacts.side == s).sum() for s in ("left", "right")))
        if fewest < MIN_STEPS:
            text = _("only {count} steps found: film at least 10 s, better 30 s")
            too_few = Refusal("too_few_steps", text.format(count=count))
            return self._refused(spec, "both", too_few, count)
        if refusal := self.refusals.get((spec.key, "both")):
            return self._refused(spec, "both", refusal, count)
        value, standard_error = measure_cadence(events, self.cleaned, real_per_playback)
        error = self.conditions.method_error(spec, "both")
        half = float(np.hypot(CADENCE_ERRORS * standard_error, 1.96 * (error or 0.0)))
        middle = float(steps.contact_s.iloc[len(steps) // 2]) if len(steps) else None
        grade = self.conditions.grade(spec, "both", fewest)[0]
        return self._measured(spec, "both", Estimate(value, value - half, value + half, count), grade, middle)

    def _evidence_time(self, spec: MetricSpec, step: pd.Series) -> float:
        """Find the time in the video that shows the metric best in this step, s of playback."""
        contact, toe_off = float(step.contact_s), float(step.toe_off_s)
        if spec.moment == "contact":
            return contact
        if spec.moment == "toe_off":
            return toe_off
        if spec.moment == "mid_stance":
            return 0.5 * (contact + toe_off)
        begin = contact if spec.moment == "widest" else toe_off
        tracks = self.tracks.between(begin, contact + 1 / self.cleaned.phase.frequency_hz)
        path = PEAKS[spec.moment](tracks, str(step.side)) if len(tracks.time) else np.empty(0)
        if not np.isfinite(path).any():
            return contact
        return float(tracks.time[int(np.nanargmax(path))])
