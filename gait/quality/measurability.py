"""Which metrics a video can give, and with which grade at best: the rules of the analysis, applied beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import xarray as xr

from gait.analysis.step_measuring import pelvis_refusal
from gait.analysis.view_setup import MAX_FEET_OUT_FOR_STEPS
from gait.formatted_message import format_message
from gait.geometry.camera import Camera
from gait.metrics.grading import Refusal, ViewConditions, feet_outside
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.register import METRICS
from gait.pose.dataset import PELVIS_MARKER_ATTR
from gait.pose.engines.model_file import default_network
from gait.quality.quality_records import ExpectedMetric, Observation
from gait.records import Side

#: Steps/min that are too few even for walking. [E]
SLOWER_THAN_WALKING = 70.0
#: Aspects of filming that make every number poor where they are bad.
LIMITING_ASPECTS = ("sharpness", "light", "place")


@dataclass(frozen=True)
class VideoFacts:
    """What decides which metrics a video can give.

    Attributes
    ----------
    camera : Camera
    engine : str
        Name of the pose engine.
    capture_fps : float
        1/s.
    cadence : float or None
        Steps/min; ``None`` where no running rate was found.
    steps : float or None
        Steps a leg; ``None`` where no running rate was found.
    feet_out : float
        Share of frames in which a foot is outside the picture, 0–1.
    found : float
        Share of frames in which the runner was found, 0–1.
    observations : mapping
        Aspect to `Observation`.
    level : bool
        The camera's roll can be read off the picture.
    pelvis : xarray.Dataset or None
        Poses of a few seconds with what the pictures show of the pelvis; from behind and in front only.
    """

    camera: Camera
    engine: str
    capture_fps: float
    cadence: float | None
    steps: float | None
    feet_out: float
    found: float
    observations: Mapping[str, Observation]
    level: bool = True
    pelvis: xr.Dataset | None = None


def expected_grades(facts: VideoFacts) -> tuple[ExpectedMetric, ...]:
    """Predict for every metric and side whether it can be measured, and how well.

    Parameters
    ----------
    facts : VideoFacts

    Returns
    -------
    tuple of ExpectedMetric
    """
    expected: list[ExpectedMetric] = []
    for spec in METRICS:
        sides: tuple[Side, ...] = ("left", "right") if spec.sided else ("both",)
        expected += [_expected_grade(spec, side, facts) for side in sides]
    return tuple(expected)


def _expected_grade(spec: MetricSpec, side: Side, facts: VideoFacts) -> ExpectedMetric:
    conditions = ViewConditions(
        facts.camera,
        default_network(facts.engine),
        facts.capture_fps,
        facts.cadence or 0.0,
        facts.feet_out,
        facts.found,
        # Only the analysis shows whether shoes can be tracked; the best case is that they can.
        tracked_shoes=frozenset({"left", "right"}),
        pelvis_marked=facts.pelvis is not None and facts.pelvis.attrs.get(PELVIS_MARKER_ATTR) in ("tape", "waistband"),
        level=facts.level,
        # From the side the belt's speed is read off the stance foot.
        speed_known=facts.camera.view == "side" and facts.camera.m_per_px is not None,
    )
    refusal = conditions.view_refusal(spec) or video_refusal(facts) or conditions.refusal(spec, side)
    if refusal is None and facts.pelvis is not None and "pelvis_tilt" in spec.rests_on:
        refusal = pelvis_refusal(facts.pelvis, facts.camera.view)
    motion = facts.observations.get("motion")
    if refusal is None and motion is not None and spec.key != "cadence":
        refusal = Refusal(motion.code or "not_running", motion.sentence)
    if refusal is not None:
        return ExpectedMetric(spec.key, side, "refused", refusal.reason, refusal.code)
    for aspect in LIMITING_ASPECTS:
        observation = facts.observations.get(aspect)
        if observation is not None and observation.verdict == "bad":
            return ExpectedMetric(spec.key, side, "poor", observation.text, observation.code)
    grade, limit = conditions.grade(spec, side, facts.steps or 0.0)
    return ExpectedMetric(spec.key, side, grade, limit)


def video_refusal(facts: VideoFacts) -> Refusal | None:
    """Say why nothing at all can be measured from a video that was looked at in a few places.

    Parameters
    ----------
    facts : VideoFacts

    Returns
    -------
    Refusal or None
    """
    refusal = general_refusal(facts.observations, feet_out=facts.feet_out)
    if refusal is None and (facts.cadence is None or facts.steps is None):
        return Refusal(
            "no_running_steps",
            format_message(
                "no running steps found: film one runner, whole body, in good light, from a phone that stands still"
            ),
        )
    return refusal


def general_refusal(observations: Mapping[str, Observation], *, feet_out: float) -> Refusal | None:
    """Say why nothing at all can be measured from a video: one gate for the check and for the analysis.

    Parameters
    ----------
    observations : mapping
        Aspect to `Observation`; those that are missing do not count.
    feet_out : float
        Share of frames in which a foot is outside the picture, 0–1.

    Returns
    -------
    Refusal or None
    """
    pictures, length, motion, speed = (observations.get(name) for name in ("pictures", "length", "motion", "speed"))
    if pictures is not None and pictures.verdict == "bad":
        return Refusal(pictures.code or "pictures_unusable", pictures.sentence)
    if length is not None and length.verdict == "bad":
        return Refusal("too_few_steps", length.sentence)
    # In slow motion a run may look like a walk, so the speed of the video comes first.
    if speed is not None and speed.verdict == "bad" and speed.value is not None:
        other_speed = speed.code in ("slow_motion_suspected", "implausible_cadence")
        if other_speed or speed.value < SLOWER_THAN_WALKING:
            return Refusal(speed.code or "slow_cadence", speed.sentence)
    if motion is not None and motion.code == "not_running":
        return Refusal("not_running", motion.sentence)
    if speed is not None and speed.verdict == "bad":
        return Refusal(speed.code or "no_running_steps", speed.sentence)
    if feet_out > MAX_FEET_OUT_FOR_STEPS:
        return Refusal("feet_outside", feet_outside(feet_out))
    return None
