"""What can be measured from a video, and how well: one set of rules for the analysis and for the check before it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gait.display_language import Texts, _, decimal_sign, gettext, list_text
from gait.geometry.camera import LEG_PER_HEIGHT, SHANK_PER_HEIGHT, THIGH_PER_HEIGHT, Camera
from gait.metrics.method_error import method_error
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.running_speed import GIVEN_SPEED_SD
from gait.pose.dataset import NetworkVariant
from gait.records import Grade, Side, View

#: Steps a leg: fewer than the first are refused, fewer than the second are poor, from the third on good
#: (Oliveira & Pirscoveanu 2021: at least 10, stable from 25).
MIN_STEPS, FAIR_STEPS, GOOD_STEPS = 4, 10, 25
#: Steps a leg that must be seen of a video that is seen in parts, so that those between count too. [E]
STEPS_SEEN = 8
#: Share of frames in which a foot may be outside the frame before leg metrics are refused. [E]
MAX_FEET_OUT = 0.15
#: Share of leg keypoints that may be bridged before the grade falls to poor. [E]
MAX_FILLED = 0.25
#: Share of frames in which the runner must be found, or the grade falls to poor. [E]
MIN_DETECTED = 0.8
#: Steps/min outside which the clip is not running at normal speed. [E] The slowest and the fastest of 13 healthy
#: runners have 151 and 224 (method §2b).
PLAUSIBLE_CADENCE = (125.0, 245.0)
#: Frames per second of real time below which a contact lasts fewer than six frames, and below which contact and flight
#: times are coarse. [E]
LOW_FPS, COARSE_FPS = 24.0, 50.0
#: Leg of the runner (thigh + shank), pixels, below which joints are found too coarsely for a good grade. [E]
SMALL_LEG_PX = 110.0
#: Degrees off square beyond which only cadence gets a good grade. [E]
FAIR_YAW_DEG = 20.0


@dataclass(frozen=True)
class Refusal:
    """Why a metric is not measured.

    Attributes
    ----------
    code : str
        Short name of the cause, for programs (`gait.records.Measurement.reason_code`).
    reason : str
        The cause and what to do, in one line for a runner.
    """

    code: str
    reason: str


def is_far_leg(side: Side, camera: Camera) -> bool:
    """Say whether a side is the far one of a side view.

    Parameters
    ----------
    side : {"left", "right", "both"}
    camera : Camera

    Returns
    -------
    bool
    """
    return camera.near_side is not None and side not in ("both", camera.near_side)


#: Views as they follow "film the".
VIEW_WORDS: Mapping[str, str] = Texts({"side": "side", "rear": "rear", "front": "front"}, context="film the … view")


def other_view_text(views: Sequence[View]) -> str:
    """Say that a metric is not visible, and which view to film.

    Parameters
    ----------
    views : sequence of {"side", "rear", "front"}

    Returns
    -------
    str
        One line.
    """
    text = _("not visible from this side: film the {views} view")
    return text.format(views=list_text([VIEW_WORDS[view] for view in views], word="or"))


def feet_outside(share: float) -> str:
    """Say how often a foot is outside the frame, and what to do.

    Parameters
    ----------
    share : float
        Share of frames.

    Returns
    -------
    str
        One line.
    """
    text = _("a foot is outside the picture in {percent} % of the frames: move the camera back")
    return text.format(percent=f"{100 * share:.0f}")


@dataclass(frozen=True)
class ViewConditions:
    """The facts about a video on which refusals and grades rest.

    Attributes
    ----------
    camera : Camera
    network : {"full", "heavy", "mixed"} or None
        Pose network that set the keypoints (`gait.pose.dataset.network_of_errors`).
    fps : float
        Poses per second of real time.
    cadence : float
        Steps/min.
    feet_out : float
        Share of frames in which a foot is outside the frame.
    detected : float
        Share of frames in which the runner is found.
    filled : float
        Share of leg keypoints that were bridged.
    corrected : bool
        ``False``: as if the method had no error.
    pelvis_marked : bool
        Tape or a waistband shows the pelvis.
    tracked_shoes : frozenset of str
        Sides whose shoe was tracked in the frames.
    speed_known : bool
        The speed of the belt is given, or can be measured.
    given_speed_mps : float or None
        The speed that the runner gave, m/s.
    level : bool
        The camera's roll is known.
    over_ground : bool
        There is no belt: the runner passes the camera, or it moves along.
    steps_per_seen : float
        Steps of the video for each one that was seen. Those that were not would change no interval
        (`gait.analysis.sampling_need`), so they count where enough were seen.
    placed_px : mapping
        Keypoints that dots or a hand have set → standard uncertainty of their place, pixels.
    """

    camera: Camera
    network: NetworkVariant | None
    fps: float
    cadence: float
    feet_out: float
    detected: float
    filled: float = 0.0
    corrected: bool = True
    pelvis_marked: bool = False
    tracked_shoes: frozenset[str] = frozenset()
    speed_known: bool = True
    given_speed_mps: float | None = None
    level: bool = True
    over_ground: bool = False
    placed_px: Mapping[str, float] = field(default_factory=dict)
    steps_per_seen: float = 1.0

    def method_error(self, spec: MetricSpec, side: Side) -> float | None:
        """Give the method error of a metric under these conditions.

        Parameters
        ----------
        spec : MetricSpec
        side : {"left", "right", "both"}

        Returns
        -------
        float or None
            Standard deviation, in the metric's unit.
            ``None`` where it was never measured; zero where ``corrected`` is false.
        """
        if not self.corrected:
            return 0.0
        if spec.key == "step_length" and self.given_speed_mps is not None:
            return self._step_length_error_cm(self.given_speed_mps)
        measured = method_error(
            spec,
            self.camera.view,
            far=is_far_leg(side, self.camera),
            network=self.network,
            fps=self.fps,
            pelvis_marked=self.pelvis_marked,
            shoe_tracked=side in self.tracked_shoes,
            level=self.level,
        )
        placed = self._placed_error(spec, side)
        return measured if measured is None or placed is None else min(measured, placed)

    def _step_length_error_cm(self, speed_mps: float) -> float:
        """Return the method error of speed over cadence, where the picture does not give the speed."""
        length_cm = 100 * speed_mps * 60 / self.cadence
        return length_cm * GIVEN_SPEED_SD

    def _placed_error(self, spec: MetricSpec, side: Side) -> float | None:
        """Return the method error where all joints of a metric were set by dots or by hand."""
        joints = [f"{side}_{joint}" for joint in spec.placed_joints]
        if not joints or not set(joints) <= set(self.placed_px):
            return None
        uncertainty_px = math.sqrt(sum(self.placed_px[joint] ** 2 for joint in joints))
        segment_px = self.camera.leg_px / 2
        leg_length_px = self.camera.leg_px * LEG_PER_HEIGHT / (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT)
        by_place = math.degrees(uncertainty_px / segment_px) if spec.unit == "deg" else uncertainty_px / leg_length_px
        return math.hypot(spec.placed_error_sd, by_place)

    def view_refusal(self, spec: MetricSpec) -> Refusal | None:
        """Refuse a metric that this view does not show.

        Parameters
        ----------
        spec : MetricSpec

        Returns
        -------
        Refusal or None
            With the view to film; ``None`` where this view shows the metric.
        """
        if self.camera.view in spec.views:
            return None
        if self.camera.view == "rear" and spec.rear_view_hint is not None:
            return Refusal("not_visible", gettext(spec.rear_view_hint))
        return Refusal("not_visible", other_view_text(spec.views))

    def refusal(self, spec: MetricSpec, side: Side) -> Refusal | None:
        """Refuse a metric that cannot be measured under these conditions.

        Parameters
        ----------
        spec : MetricSpec
        side : {"left", "right", "both"}

        Returns
        -------
        Refusal or None
            The first cause that applies; ``None`` where the metric can be measured.
        """
        low, high = PLAUSIBLE_CADENCE
        if refusal := self.view_refusal(spec):
            return refusal
        if not low <= self.cadence <= high:
            slow = self.cadence < low
            too_slow = _(
                "{cadence} steps/min is not running at normal speed: if the video is slow motion, give the rate at "
                "which it was filmed"
            )
            too_fast = _(
                "{cadence} steps/min is not running at normal speed: if the video plays faster than life, give the "
                "rate at which it was filmed"
            )
            return Refusal(
                "slow_cadence" if slow else "implausible_cadence",
                (too_slow if slow else too_fast).format(cadence=f"{self.cadence:.0f}"),
            )
        if spec.key == "cadence":
            return None
        if not self.camera.square:
            return Refusal(
                "camera_not_square",
                _("the camera looks {angle}° off: place it square to the treadmill").format(
                    angle=f"{self.camera.yaw_deg:.0f}"
                ),
            )
        if spec.needs_feet_in_frame and self.feet_out > MAX_FEET_OUT:
            return Refusal("feet_outside", feet_outside(self.feet_out))
        if "event_times" in spec.rests_on and self.fps < LOW_FPS:
            return Refusal(
                "frame_rate_too_low",
                _("{rate} frames/s is too coarse for a contact of a quarter second: film at 60").format(
                    rate=f"{self.fps:.0f}"
                ),
            )
        if spec.needs_scale and self.camera.m_per_px is None:
            return Refusal("height_missing", _("centimetres need the runner's height"))
        if spec.needs_speed and not self.speed_known:
            return Refusal(
                "speed_missing",
                _("step length needs the speed of the belt: give it, or film the side and give the height"),
            )
        return self._method_error_refusal(spec, side)

    def _method_error_refusal(self, spec: MetricSpec, side: Side) -> Refusal | None:
        error = self.method_error(spec, side)
        if error is None:
            return Refusal(
                "method_error_unknown", _("the accuracy of this metric from this view has not been measured yet")
            )
        if error <= spec.max_method_error_sd:
            return None
        if is_far_leg(side, self.camera):
            return Refusal(
                "method_error_too_large", _("too uncertain for the leg away from the camera: film the other side too")
            )
        return Refusal(
            "method_error_too_large",
            _("pose estimation errs by ±{error} {unit} here: too much to say anything").format(
                error=f"{1.96 * error:.2g}".replace(".", decimal_sign()), unit=spec.unit
            ),
        )

    def grade(self, spec: MetricSpec, side: Side, steps: float) -> tuple[Grade, str | None]:
        """Grade a metric that was or can be measured.

        Parameters
        ----------
        spec : MetricSpec
        side : {"left", "right", "both"}
        steps : float
            Steps a leg.

        Returns
        -------
        grade : {"good", "fair", "poor"}
        limit : str or None
            What keeps the grade from being better.
        """
        timing = "event_times" in spec.rests_on
        if steps >= STEPS_SEEN:
            steps *= self.steps_per_seen
        poor = {
            _("filmed over ground, where the errors of the method were not measured"): self.over_ground,
            _("under {count} steps a leg").format(count=FAIR_STEPS): steps < FAIR_STEPS,
            _("the pelvis is read off clothes; tape or a waistband that stands out shows it better"): (
                "pelvis_tilt" in spec.rests_on and not self.pelvis_marked
            ),
            _("the runner is found in {percent} % only").format(percent=f"{100 * self.detected:.0f}"): self.detected
            < MIN_DETECTED,
            _("much of the legs had to be bridged"): self.filled > MAX_FILLED,
            _("times are better seen from the side"): timing and self.camera.view != "side",
        }
        fair = {
            _("the leg away from the camera"): is_far_leg(side, self.camera),
            _("the runner is small"): self.camera.leg_px < SMALL_LEG_PX,
            _("the camera is about {angle}° off").format(angle=f"{self.camera.yaw_deg:.0f}"): spec.key != "cadence"
            and self.camera.yaw_deg > FAIR_YAW_DEG,
            _("{rate} frames/s").format(rate=f"{self.fps:.0f}"): timing and self.fps < COARSE_FPS,
            _("under {count} steps a leg").format(count=GOOD_STEPS): steps < GOOD_STEPS,
        }
        limits: tuple[tuple[Grade, dict[str, bool]], ...] = (("poor", poor), ("fair", fair))
        for grade, causes in limits:
            if limit := next((text for text, applies in causes.items() if applies), None):
                return grade, limit
        return "good", None
