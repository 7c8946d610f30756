"""What can be measured from a video, and how far it can be trusted: one set of rules for the analysis and the check."""

from __future__ import annotations

from dataclasses import dataclass

from gait.geometry.camera import Camera
from gait.metrics.register import PELVIS, TIMING, MethodError, MetricSpec, method_error
from gait.records import Grade, Side

#: Steps per leg: fewer than the first refuse, fewer than the second are indicative, from the third on good
#: (Oliveira & Pirscoveanu 2021: at least 10, stable from 25).
MIN_STEPS, FAIR_STEPS, GOOD_STEPS = 4, 10, 25
#: Share of frames in which a foot may be outside the picture before leg metrics are refused. [E]
MAX_FEET_OUT = 0.15
#: Share of leg points that may be repaired before the grade falls to poor. [E]
MAX_FILLED = 0.25
#: Share of frames in which the runner must be found, or the grade falls to poor. [E]
LEAST_FOUND = 0.8
#: Steps/min outside which the clip is not running at normal speed. The slowest and fastest of the healthy runners
#: are 151 and 224.
PLAUSIBLE_CADENCE = (125.0, 245.0)
#: Frame rates (per second of real time) below which a contact lasts fewer than six frames, and below which contact and
#: flight times are coarse. [E]
LOW_FPS, COARSE_FPS = 24.0, 50.0
#: Runner's leg (thigh + shank) in pixels below which joints are found too coarsely to grade well. [E]
SMALL_LEG_PX = 110.0
#: Degrees off square beyond which nothing but cadence is graded well. [E]
FAIR_YAW_DEG = 20.0
#: Metrics that the trunk hides from behind: BlazePose guesses the wrists 0.25 shoulder widths too far out there, with a
#: confidence under 0.1.
BEHIND_TRUNK = ("arm_crossover", "arm_swing_lateral")
#: Metrics that do not need the feet in the picture.
WITHOUT_FEET = ("cadence", "arm_crossover", "arm_swing_lateral", "pelvic_drop", "pelvic_drop_midstance")


def is_far(side: Side, camera: Camera) -> bool:
    """Say whether a side is the hidden one of a side view."""
    return camera.near_side is not None and side not in ("both", camera.near_side)


def feet_outside(share: float) -> str:
    """Say that feet are outside the picture in a share of the frames, and what to do."""
    return f"a foot is outside the picture in {100 * share:.0f} % of the frames: move the camera back"


@dataclass(frozen=True)
class Conditions:
    """What decides about the metrics of a video.

    Attributes
    ----------
    camera : Camera
    engine : str
        Pose engine.
    fps : float
        Poses per second of real time.
    cadence : float
        Steps/min.
    feet_out : float
        Share of frames in which a foot is outside the picture.
    found : float
        Share of frames in which the runner is found.
    filled : float
        Share of leg points that had to be bridged.
    corrected : bool
        ``False``: as if the method had no errors of its own.
    marked : bool
        Tape or a waistband shows the pelvis.
    followed : frozenset of str
        Sides whose shoe was followed in the picture.
    """

    camera: Camera
    engine: str
    fps: float
    cadence: float
    feet_out: float
    found: float
    filled: float = 0.0
    corrected: bool = True
    marked: bool = False
    followed: frozenset[str] = frozenset()

    def own_error(self, metric: MetricSpec, side: Side) -> MethodError | None:
        """Give the method's own error; ``None`` where nobody has measured it."""
        if not self.corrected:
            return MethodError(0.0, 0.0)
        far = is_far(side, self.camera)
        return method_error(
            metric,
            self.camera.view,
            far=far,
            engine=self.engine,
            fps=self.fps,
            marked=self.marked,
            followed=side in self.followed,
        )

    def not_shown(self, metric: MetricSpec) -> str | None:
        """Say what to film where this view does not show a metric."""
        if self.camera.view in metric.views:
            return None
        if self.camera.view == "rear" and metric.key in BEHIND_TRUNK:
            return "the hands are hidden behind the trunk where they come closest to its middle: film the front view"
        return f"not visible from this side: film the {' or '.join(metric.views)} view"

    def obstacle(self, metric: MetricSpec, side: Side) -> str | None:
        """Say why a metric cannot be measured from such a video, if so."""
        low, high = PLAUSIBLE_CADENCE
        if reason := self.not_shown(metric):
            return reason
        if not low <= self.cadence <= high:
            return (
                f"{self.cadence:.0f} steps/min is not running at normal speed: if the video is slow motion, "
                "say how fast it was filmed (--capture-fps)"
            )
        if metric.key == "cadence":
            return None
        if not self.camera.square:
            return f"the camera looks {self.camera.yaw_deg:.0f}° off: place it square to the treadmill"
        if metric.key not in WITHOUT_FEET and self.feet_out > MAX_FEET_OUT:
            return feet_outside(self.feet_out)
        if metric.key in TIMING and self.fps < LOW_FPS:
            return f"{self.fps:.0f} frames/s is too coarse for a contact of a quarter second: film at 60"
        if metric.needs_scale and self.camera.m_per_px is None:
            return "needs the runner's height to turn pixels into centimetres: give --height"
        own = self.own_error(metric, side)
        if own is None:
            return "how exact this is from this view has not been validated yet"
        if own.sd > metric.largest_sd:
            if is_far(side, self.camera):
                return "too uncertain for the leg away from the camera: film the other side too"
            return f"pose estimation errs by ±{1.96 * own.sd:.2g} {metric.unit} here: too much to say anything"
        return None

    def grade(self, metric: MetricSpec, side: Side, steps: float) -> tuple[Grade, str | None]:
        """Grade what rests on so many steps a leg; also what keeps the grade from being better."""
        timing = metric.key in TIMING
        poor = {
            f"under {FAIR_STEPS} steps a leg": steps < FAIR_STEPS,
            "the pelvis is read off clothes; tape or a waistband that stands out shows it better": (
                metric.key in PELVIS and not self.marked
            ),
            f"the runner is found in {100 * self.found:.0f} % only": self.found < LEAST_FOUND,
            "much of the legs had to be bridged": self.filled > MAX_FILLED,
            "times are better seen from the side": timing and self.camera.view != "side",
        }
        fair = {
            "the leg away from the camera": is_far(side, self.camera),
            "the runner is small": self.camera.leg_px < SMALL_LEG_PX,
            f"the camera is about {self.camera.yaw_deg:.0f}° off": metric.key != "cadence"
            and self.camera.yaw_deg > FAIR_YAW_DEG,
            f"{self.fps:.0f} frames/s": timing and self.fps < COARSE_FPS,
            f"under {GOOD_STEPS} steps a leg": steps < GOOD_STEPS,
        }
        limits: tuple[tuple[Grade, dict[str, bool]], ...] = (("poor", poor), ("fair", fair))
        for grade, holding in limits:
            if reason := next((text for text, holds in holding.items() if holds), None):
                return grade, reason
        return "good", None
