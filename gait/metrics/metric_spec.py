"""The record that describes one metric: what it is, how it is computed, which views show it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from gait._typing import FloatArray
from gait.display_language import _
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.measured_view import MeasuredView
from gait.records import Measurement, View
from gait.signal.cleaning import CleanedPose

#: Measures one value a step from cleaned keypoints: tracks, side, contacts (S,) s, toe-offs (S,) s → (S,).
KeypointMeasure = Callable[[KeypointTracks, str, FloatArray, FloatArray], FloatArray]
#: Measures one value a step from event times: steps (`gait.events.steps.find_steps`), mean stride (s, playback
#: timeline), real seconds per playback second → (S,).
TimingMeasure = Callable[[pd.DataFrame, float, float], FloatArray]
#: Measures one value a step from steps with their durations and other metrics, and the belt's speed, m/s → (S,).
SpeedMeasure = Callable[[pd.DataFrame, float], FloatArray]
#: Measures one value of a whole clip from its events: value and standard error.
ClipMeasure = Callable[[pd.DataFrame, CleanedPose, float], tuple[float, float]]
#: Measures changes in the course of a run from its views and the smallest detectable differences.
RunMeasure = Callable[[Sequence[MeasuredView], Mapping[str, float]], tuple[Measurement, ...]]

#: Moment of a step that shows a metric best; ``widest``: where the wrist is farthest past the midline; in swing,
#: ``knee_bent``: where the knee is bent most, ``knee_forward``: where the thigh is farthest forwards.
Moment = Literal["contact", "mid_stance", "toe_off", "widest", "knee_bent", "knee_forward"]
#: What a metric rests on, beyond keypoints of hip and trunk.
Basis = Literal["event_times", "leg_keypoints", "knee_keypoint", "pelvis_tilt", "shoe_motion"]

#: Joints of either side: the whole leg also gives contact and toe-off, and the camera model needs it in any case.
LEG_JOINTS = ("hip", "knee", "ankle", "heel", "foot_index")
#: Joints of either side between which the trunk axis runs.
TRUNK_JOINTS = ("shoulder", "hip")


@dataclass(frozen=True, kw_only=True)
class MetricSpec:
    """Everything about one metric but its ordinary values, which stand in ``gait/findings/metrics.toml``.

    Attributes
    ----------
    key, unit : str
    views : tuple
        Views that show it, best first.
    sided : bool
        One value for each leg (or arm); otherwise one for both.
    moment : {"contact", "mid_stance", "toe_off", "widest", "knee_bent", "knee_forward"}
        The moment of a step to show as evidence.
    definition : str
        What it is, in plain words for a runner.
    formula : str
        The same as a formula. x forwards, y up, z to the runner's right; IC initial contact, TO toe-off, L leg length.
    sign : str
        What a positive value means.
    plausible : (float, float)
        Lowest and highest value that anybody shows who runs, in ``unit``: far wider than ordinary values. Outside of it
        something is wrong with the picture or the keypoints, and the value is refused.
    sources : tuple of str
        Where it comes from; ids in ``gait/findings/sources.toml``.
    keypoints : tuple of str
        Joints of either side that the metric needs, itself or through the times of contact and toe-off.
    evidence : str
        Name of the drawing that shows it (`gait.report.evidence_shapes.DRAWINGS`).
    measure : callable, optional
        Computes it from keypoints, step by step. Exactly one of the five functions is given.
    measure_times : callable, optional
        Computes it from the times of events, step by step.
    measure_with_speed : callable, optional
        Computes it from the steps measured so far and the speed of the belt, step by step.
    measure_clip : callable, optional
        Computes it from all events of a clip.
    measure_run : callable, optional
        Computes it from the course of a run (`gait.metrics.drift`).
    correction : str
        What the function corrects on top of the formula, in words; empty where it corrects nothing.
    rests_on : tuple
        What else must be sound for the metric to be measured.
    needs_scale : bool
        Needs metres, hence the runner's height or leg length.
    needs_feet_in_frame : bool
        Is refused where the feet leave the frame too often.
    rear_view_hint : str, optional
        What to do about a rear view, which might be expected to show the metric but does not.
    max_method_error_sd : float
        Method error (standard deviation) above which a value says nothing about a runner. [E]
    per_degree_of_roll : float
        By how much a camera that is rolled by one degree changes the value, in its unit.
    placed_joints : tuple of str
        Joints of the same side from which it is computed: where dots or hands set all of them, `placed_error_sd` holds.
    placed_error_sd : float
        Method error where these joints are set: on three rendered clips with dots, the errors that times of contact
        leave included. [E]
    """

    key: str
    unit: str
    views: tuple[View, ...]
    sided: bool
    definition: str
    formula: str
    sign: str
    sources: tuple[str, ...]
    moment: Moment
    evidence: str
    plausible: tuple[float, float] = (-math.inf, math.inf)
    keypoints: tuple[str, ...] = LEG_JOINTS
    measure: KeypointMeasure | None = None
    measure_times: TimingMeasure | None = None
    measure_with_speed: SpeedMeasure | None = None
    measure_clip: ClipMeasure | None = None
    measure_run: RunMeasure | None = None
    correction: str = ""
    rests_on: tuple[Basis, ...] = ()
    needs_scale: bool = False
    needs_feet_in_frame: bool = True
    rear_view_hint: str | None = None
    max_method_error_sd: float = math.inf
    per_degree_of_roll: float = 0.0
    placed_joints: tuple[str, ...] = ()
    placed_error_sd: float = math.inf

    @property
    def function(self) -> Callable[..., object]:
        """The function that computes the metric."""
        of_steps = self.measure or self.measure_times or self.measure_with_speed
        function = of_steps or self.measure_clip or self.measure_run
        assert function is not None, f"{self.key} has no function"
        return function

    @property
    def needs_speed(self) -> bool:
        """Whether it needs the speed of the belt: given, or measured in a side view with a scale."""
        return self.measure_with_speed is not None

    @property
    def estimator(self) -> tuple[str, ...]:
        """What lies between the formula and the value in a report, in the order in which it is computed."""
        return (*((self.correction,) if self.correction else ()), _basis_in_words(self))


def _basis_in_words(spec: MetricSpec) -> str:
    if spec.measure_run is not None:
        return "The interval is that of the slope."
    if spec.measure_with_speed is not None:
        return "The error left over, that of the belt's speed included, widens the interval."
    if spec.measure is None:
        return "From the times of events alone. The error left over widens the interval."
    return (
        "From corrected keypoints (`gait/geometry/keypoint_correction.py`) at the measured events. Nothing is "
        "subtracted from the value; the error left over widens the interval."
    )


def missing_keypoints(spec: MetricSpec, keypoints: Collection[str]) -> str | None:
    """Say which keypoints a metric needs that a skeleton lacks.

    Parameters
    ----------
    spec : MetricSpec
    keypoints : collection of str
        Names of the skeleton's keypoints.

    Returns
    -------
    str or None
        What is missing and what to do, in one line; ``None`` where nothing is missing.
    """
    joints = [j for j in spec.keypoints if not {f"left_{j}", f"right_{j}"} <= set(keypoints)]
    if not joints:
        return None
    names = ", ".join(f"{side}_{joint}" for joint in joints for side in ("left", "right"))
    text = _("these poses lack {names}: estimate them with a skeleton that has them, such as BlazePose's or Halpe-26")
    return text.format(names=names)
