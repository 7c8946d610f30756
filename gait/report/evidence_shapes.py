"""What to draw on a still so that a reader sees what was measured: lines, arcs and one label per metric.

Shapes are in pixels of the picture; :mod:`gait.report.evidence_stills` turns them into SVG.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from gait.records import DRIFT
from gait.report.pose_moments import Point, Points, near_side

Style = Literal["measure", "guide", "left", "right"]


@dataclass(frozen=True)
class Line:
    """A straight line; ``guide`` lines are dashed."""

    a: Point
    b: Point
    style: Style


@dataclass(frozen=True)
class Arc:
    """The smaller arc round ``centre`` from the direction of ``a`` to that of ``b``."""

    centre: Point
    a: Point
    b: Point
    radius: float


@dataclass(frozen=True)
class Ring:
    """A circle round a place."""

    centre: Point
    radius: float
    style: Style


@dataclass(frozen=True)
class Label:
    """Where the number goes: beside ``at``, on the side of the vector ``away``."""

    at: Point
    away: Point


Shape = Line | Arc | Ring | Label


@dataclass(frozen=True)
class Scene:
    """One frame: its landmarks, the leg in question, the way the runner faces (+1 = image right), body height (px).

    ``up`` is the world's, in the picture: not straight up where the camera was rolled.
    """

    points: Points
    side: str
    direction: float
    size: float
    up: Point = field(default_factory=lambda: xy(0, -1))

    def of(self, joint: str) -> Point:
        """Return the landmark of the leg in question."""
        return self.points[f"{self.side}_{joint}"]

    def other(self, joint: str) -> Point:
        """Return the landmark of the other leg."""
        return self.points[f"{'left' if self.side == 'right' else 'right'}_{joint}"]

    def middle(self, joint: str) -> Point:
        """Return the point between left and right."""
        return (self.points[f"left_{joint}"] + self.points[f"right_{joint}"]) / 2


def xy(x: float, y: float) -> Point:
    """Make a point."""
    return np.array([x, y], dtype=float)


def scene(points: Points, side: str, view: str, direction: float, *, roll_deg: float = 0.0) -> Scene:
    """Describe a frame; for both sides the leg towards the camera stands for them.

    ``roll_deg`` is the attribute ``camera_roll_deg`` of the poses: + = the world's picture turned counter-clockwise.
    """
    chosen = side if side in {"left", "right"} else near_side(direction if view == "side" else 1)
    heights = [p[1] for p in points.values()]
    roll = np.radians(roll_deg)
    up = xy(-np.sin(roll), -np.cos(roll))
    return Scene(points, chosen, direction, max(float(max(heights) - min(heights)), 1.0), up)


def shapes(key: str, frame: Scene) -> list[Shape]:
    """Give the shapes that show a metric, or an empty list when it has none or its landmarks are missing."""
    drawing = DRAWINGS.get(key.removesuffix(DRIFT))
    if drawing is None:
        return []
    try:
        return drawing(frame)
    except KeyError:  # a landmark of this frame was not found
        return []


def _along(s: Scene) -> list[Shape]:
    hip, ankle = s.of("hip"), s.of("ankle")
    below = hip + s.up * float((ankle - hip) @ s.up)
    tick = 0.02 * s.size * s.up
    return [
        Line(hip, below - 1.5 * tick, "guide"),
        Line(below, ankle, "measure"),
        Line(ankle - tick, ankle + tick, "measure"),
        Line(below - tick, below + tick, "measure"),
        Label((below + ankle) / 2, xy(0, 1)),
    ]


def _against_vertical(foot: Point, head: Point, s: Scene) -> list[Shape]:
    length = float(np.linalg.norm(head - foot))
    up = foot + length * s.up
    away = xy(1 if head[0] < up[0] else -1, -0.4)
    return [
        Line(foot, up, "guide"),
        Line(foot, head, "measure"),
        Arc(foot, up, head, 0.7 * length),
        Label(foot + 0.62 * (up - foot), away),
    ]


def _tibia(s: Scene) -> list[Shape]:
    return _against_vertical(s.of("ankle"), s.of("knee"), s)


def _trunk(s: Scene) -> list[Shape]:
    return _against_vertical(s.middle("hip"), s.middle("shoulder"), s)


def _thigh(s: Scene) -> list[Shape]:
    hip, knee = s.of("hip"), s.of("knee")
    down = hip - s.up * float(np.linalg.norm(knee - hip))
    away = xy(1 if knee[0] < hip[0] else -1, 0)
    return [
        Line(hip, down, "guide"),
        Line(hip, knee, "measure"),
        Arc(hip, down, knee, 0.12 * s.size),
        Label(down, away),
    ]


def _knee(s: Scene) -> list[Shape]:
    hip, knee, ankle = s.of("hip"), s.of("knee"), s.of("ankle")
    onward = knee + 0.8 * (knee - hip)
    return [
        Line(knee, onward, "guide"),
        Line(hip, knee, "measure"),
        Line(knee, ankle, "measure"),
        Arc(knee, onward, ankle, 0.1 * s.size),
        Label(knee, xy(s.direction, 0)),
    ]


def _foot(s: Scene) -> list[Shape]:
    # As the shoe itself was followed, where it was: heel and toe do not follow the sole.
    heel, toe = s.of("heel"), s.points.get(f"{s.side}_sole", s.of("foot_index"))
    ahead = xy(-s.up[1], s.up[0])
    level = heel + 1.3 * ahead * float((toe - heel) @ ahead)
    return [Line(heel, level, "guide"), Line(heel, toe, "measure"), Label((heel + toe) / 2, xy(0, 1))]


def _pelvis(s: Scene) -> list[Shape]:
    # Not the line through the hip landmarks, which does not follow the pelvis, but the tilt read off the picture.
    stance, free = sorted((s.of("pelvis"), s.other("pelvis")), key=lambda end: float(end[1]))
    reach = free - stance
    level = stance + xy(float(reach[0]), 0)
    return [
        Line(stance - 0.5 * reach * xy(1, 0), level, "guide"),
        Line(stance - 0.3 * reach, stance + reach, "measure"),
        Arc(stance, level, stance + reach, 0.85 * float(np.linalg.norm(reach))),
        Label(stance + reach, xy(float(np.sign(reach[0]) or 1), 0.4)),
    ]


def _wrist(s: Scene) -> list[Shape]:
    top, bottom, wrist = s.middle("shoulder"), s.middle("hip"), s.of("wrist")
    share = (wrist[1] - top[1]) / max(float(bottom[1] - top[1]), 1.0)
    line = top + share * (bottom - top)
    return [
        Line(top - 0.1 * (bottom - top), bottom + 0.2 * (bottom - top), "guide"),
        Line(line, wrist, "measure"),
        Ring(wrist, 0.025 * s.size, "measure"),
        Label(wrist, xy(float(np.sign(wrist[0] - line[0]) or 1), 0.6)),
    ]


def _stance_foot(s: Scene) -> list[Shape]:
    foot = (s.of("heel") + s.of("foot_index")) / 2
    style: Style = "left" if s.side == "left" else "right"
    radius = 0.085 * s.size
    behind = float(np.sign(s.other("ankle")[0] - foot[0])) or 1.0
    return [Ring(foot, radius, style), Label(foot - xy(behind * radius, 0), xy(-behind, 0))]


def _step(s: Scene) -> list[Shape]:
    centre = {side: s.points[f"{side}_ankle"] for side in ("left", "right")}
    return [
        Ring(centre["left"], 0.07 * s.size, "left"),
        Ring(centre["right"], 0.07 * s.size, "right"),
        Label((centre["left"] + centre["right"]) / 2 - xy(0, 0.09 * s.size), xy(0, -1)),
    ]


def _bounce(s: Scene) -> list[Shape]:
    hip = s.middle("hip")
    half = xy(0.16 * s.size, 0)
    return [Line(hip - half, hip + half, "guide"), Ring(hip, 0.02 * s.size, "measure"), Label(hip + half, xy(1, 0))]


def _width(s: Scene) -> list[Shape]:
    foot, hip = s.of("ankle"), s.middle("hip")
    below = xy(hip[0], foot[1])
    return [
        Line(hip, below + xy(0, 0.04 * s.size), "guide"),
        Line(below, foot, "measure"),
        Label((below + foot) / 2, xy(0, 1)),
    ]


def _knees(s: Scene) -> list[Shape]:
    a, b = s.of("knee"), s.other("knee")
    return [Line(a, b, "measure"), Label((a + b) / 2, xy(0, 1))]


def _side_lean(s: Scene) -> list[Shape]:
    return _against_vertical(s.middle("hip"), s.middle("shoulder"), s)


DRAWINGS: dict[str, Callable[[Scene], list[Shape]]] = {
    "cadence": _step,
    "overstride": _along,
    "foot_pickup": _along,
    "tibia_angle": _tibia,
    "foot_strike_angle": _foot,
    "knee_flexion_contact": _knee,
    "knee_flexion_stance": _knee,
    "trunk_lean": _trunk,
    "hip_extension": _thigh,
    "contact_time": _stance_foot,
    "duty_factor": _stance_foot,
    "flight_time": _step,
    "vertical_oscillation": _bounce,
    "pelvic_drop": _pelvis,
    "pelvic_drop_midstance": _pelvis,
    "step_width": _width,
    "knee_window": _knees,
    "arm_crossover": _wrist,
    "arm_swing_lateral": _wrist,
    "lateral_trunk_lean": _side_lean,
}
