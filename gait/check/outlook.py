"""Which metrics a video can give, with which grade at best: the rules of the analysis, asked beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gait.check.records import Observation, Outlook
from gait.kinematics.analysis import (
    FAIR_STEPS,
    GOOD_STEPS,
    LOW_FPS,
    MAX_FEET_OUT,
    PLAUSIBLE_CADENCE,
    SMALL_LEG_PX,
)
from gait.kinematics.camera import Camera
from gait.kinematics.metrics import METRICS, TIMING, Metric, own_error
from gait.results import Grade, Side

#: Bad pictures do not stop the analysis, but its numbers are then no more than indicative.
SPOILING = ("sharpness", "light", "place")


@dataclass(frozen=True)
class Facts:
    """What decides about metrics. ``cadence`` (steps/min) and ``steps`` (per leg): ``None`` without a rhythm."""

    camera: Camera
    engine: str
    capture_fps: float
    cadence: float | None
    steps: float | None
    feet_out: float
    found: float
    seen: Mapping[str, Observation]


def outlook_of(facts: Facts) -> tuple[Outlook, ...]:
    """Say of every metric and side whether it can be measured, and how well.

    Notes
    -----
    Follows `gait.kinematics.analysis`, whose refusals and grades rest on the same numbers over the whole video.
    """
    rows: list[Outlook] = []
    for metric in METRICS:
        sides: tuple[Side, ...] = ("left", "right") if metric.sided else ("both",)
        rows += [_outlook(metric, side, facts) for side in sides]
    return tuple(rows)


def _outlook(metric: Metric, side: Side, facts: Facts) -> Outlook:
    if metric.refused:
        return Outlook(metric.key, side, "refused", metric.refused, ever=False)
    reason = _obstacle(metric, side, facts)
    if reason is not None:
        return Outlook(metric.key, side, "refused", reason)
    grade, limit = _grade(metric, side, facts)
    return Outlook(metric.key, side, grade, limit)


def _obstacle(metric: Metric, side: Side, facts: Facts) -> str | None:
    camera = facts.camera
    if camera.view not in metric.views:
        return f"not visible from this side: film the {' or '.join(metric.views)} view"
    length = facts.seen["length"]
    if length.verdict == "bad":
        return length.sentence
    if facts.cadence is None or facts.steps is None:
        return "no running rhythm found: film one runner, whole body, in good light, from a phone that stands still"
    if not PLAUSIBLE_CADENCE[0] <= facts.cadence <= PLAUSIBLE_CADENCE[1]:
        return (
            f"{facts.cadence:.0f} steps/min is not running at normal speed: "
            "for slow motion say how fast it was filmed (--capture-fps)"
        )
    if facts.feet_out > 0.5:
        return _feet(facts)
    if metric.key == "cadence":
        return None
    if not camera.square:
        return f"the camera looks {camera.yaw_deg:.0f}° off: place it square to the treadmill"
    if metric.key not in ("arm_crossover", "arm_swing_lateral") and facts.feet_out > MAX_FEET_OUT:
        return _feet(facts)
    if metric.key in TIMING and facts.capture_fps < LOW_FPS:
        return f"{facts.capture_fps:.0f} frames/s is too coarse for a contact of a quarter second: film at 60"
    if metric.needs_scale and camera.m_per_px is None:
        return "needs the runner's height to turn pixels into centimetres: give --height"
    own = own_error(metric, camera.view, far=_far(side, camera), engine=facts.engine, fps=facts.capture_fps)
    if own is None:
        return "how exact this is from this view has not been validated yet"
    if own.sd > metric.largest_sd:
        if _far(side, camera):
            return "too uncertain for the leg away from the camera: film the other side too"
        return "pose estimation errs too much here to say anything"
    return None


def _feet(facts: Facts) -> str:
    return f"a foot is outside the picture in {100 * facts.feet_out:.0f} % of the frames: move the camera back"


def _far(side: Side, camera: Camera) -> bool:
    return camera.near_side is not None and side not in ("both", camera.near_side)


def _grade(metric: Metric, side: Side, facts: Facts) -> tuple[Grade, str | None]:
    """Give the best grade there can be, and what keeps it from being better."""
    camera, steps = facts.camera, facts.steps or 0.0
    timing = metric.key in TIMING
    for aspect in SPOILING:
        one = facts.seen.get(aspect)
        if one is not None and one.verdict == "bad":
            return "poor", one.seen
    poor = {
        f"under {FAIR_STEPS} steps a leg": steps < FAIR_STEPS,
        f"the runner is found in {100 * facts.found:.0f} % only": facts.found < 0.8,
        "times are better seen from the side": timing and camera.view != "side",
    }
    fair = {
        "the leg away from the camera": _far(side, camera),
        "the runner is small": camera.leg_px < SMALL_LEG_PX,
        f"the camera is about {camera.yaw_deg:.0f}° off": metric.key != "cadence" and camera.yaw_deg > 20,
        f"{facts.capture_fps:.0f} frames/s": timing and facts.capture_fps < 50,
        f"under {GOOD_STEPS} steps a leg": steps < GOOD_STEPS,
    }
    for grade, limits in (("poor", poor), ("fair", fair)):
        holding = [text for text, holds in limits.items() if holds]
        if holding:
            return grade, holding[0]  # type: ignore[return-value]
    return "good", None
