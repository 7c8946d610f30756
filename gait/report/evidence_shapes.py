"""What to draw on a still to show what was measured: lines, arcs, rings and one label a metric.

Shapes are in pixels of the frame; `gait.report.evidence_stills` turns them into SVG.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from gait.metrics.centre_of_mass import centre_of_mass
from gait.metrics.register import METRIC_BY_KEY
from gait.records import DRIFT
from gait.report.keypoint_lookup import KeypointPixels, PixelPoint, near_side

#: ``measure``: what was measured; ``guide``: what it is measured against; left and right in their own colours.
Style = Literal["measure", "guide", "left", "right"]


@dataclass(frozen=True)
class LineShape:
    """A straight line from ``a`` to ``b``; ``guide`` lines are dashed."""

    a: PixelPoint
    b: PixelPoint
    style: Style


@dataclass(frozen=True)
class ArcShape:
    """The smaller arc around ``centre``, from the direction of ``a`` to that of ``b``."""

    centre: PixelPoint
    a: PixelPoint
    b: PixelPoint
    radius: float


@dataclass(frozen=True)
class RingShape:
    """A circle around a point."""

    centre: PixelPoint
    radius: float
    style: Style


@dataclass(frozen=True)
class LabelShape:
    """Where the number is written: beside ``at``, in the direction ``away``."""

    at: PixelPoint
    away: PixelPoint


Shape = LineShape | ArcShape | RingShape | LabelShape


@dataclass(frozen=True)
class FrameGeometry:
    """One frame as a drawing needs it.

    Attributes
    ----------
    points : mapping
        Keypoint name to ``(x, y)``, pixels.
    side : {"left", "right"}
        The leg that is shown.
    direction : float
        +1 = the runner faces image right, −1 = left.
    size : float
        Height of the body, pixels.
    up : (2,) float array
        Unit vector that points upwards in the world; not (0, −1) where the camera was rolled.
    """

    points: KeypointPixels
    side: str
    direction: float
    size: float
    up: PixelPoint = field(default_factory=lambda: _point(0, -1))

    def of(self, joint: str) -> PixelPoint:
        """Return a keypoint of the leg that is shown.

        Parameters
        ----------
        joint : str
            Name without side, such as ``"ankle"``.

        Returns
        -------
        (2,) float array
            Pixels.
        """
        return self.points[f"{self.side}_{joint}"]

    def other(self, joint: str) -> PixelPoint:
        """Return a keypoint of the other leg.

        Parameters
        ----------
        joint : str
            Name without side.

        Returns
        -------
        (2,) float array
            Pixels.
        """
        return self.points[f"{'left' if self.side == 'right' else 'right'}_{joint}"]

    def middle(self, joint: str) -> PixelPoint:
        """Return the point half-way between left and right.

        Parameters
        ----------
        joint : str
            Name without side.

        Returns
        -------
        (2,) float array
            Pixels.
        """
        return (self.points[f"left_{joint}"] + self.points[f"right_{joint}"]) / 2


def _point(x: float, y: float) -> PixelPoint:
    return np.array([x, y], dtype=float)


def frame_geometry(
    points: KeypointPixels, side: str, view: str, direction: float, *, roll_deg: float = 0.0
) -> FrameGeometry:
    """Describe a frame for a drawing.

    Parameters
    ----------
    points : mapping
        Keypoint name to ``(x, y)``, pixels.
    side : {"left", "right", "both"}
        For ``both`` the leg towards the camera is shown.
    view : {"side", "rear", "front"}
    direction : float
        +1 = the runner faces image right, −1 = left.
    roll_deg : float
        Attribute ``camera_roll_deg`` of the poses, degrees, + = counter-clockwise.

    Returns
    -------
    FrameGeometry
    """
    shown = side if side in {"left", "right"} else near_side(direction if view == "side" else 1)
    heights = [p[1] for p in points.values()]
    roll = np.radians(roll_deg)
    up = _point(-np.sin(roll), -np.cos(roll))
    return FrameGeometry(points, shown, direction, max(float(max(heights) - min(heights)), 1.0), up)


def evidence_shapes(key: str, frame: FrameGeometry) -> list[Shape]:
    """Make the shapes that show a metric.

    Parameters
    ----------
    key : str
        Metric, also with ``_drift`` behind it.
    frame : FrameGeometry

    Returns
    -------
    list of Shape
        Empty where the metric has no drawing or a keypoint is missing in this frame.
    """
    spec = METRIC_BY_KEY.get(key.removesuffix(DRIFT))
    if spec is None:
        return []
    drawing = DRAWINGS[spec.evidence]
    try:
        return drawing(frame)
    except KeyError:  # a keypoint of this frame was not found
        return []


def _hip_to_ankle(s: FrameGeometry) -> list[Shape]:
    hip, ankle = s.of("hip"), s.of("ankle")
    below = hip + s.up * float((ankle - hip) @ s.up)
    tick = 0.02 * s.size * s.up
    return [
        LineShape(hip, below - 1.5 * tick, "guide"),
        LineShape(below, ankle, "measure"),
        LineShape(ankle - tick, ankle + tick, "measure"),
        LineShape(below - tick, below + tick, "measure"),
        LabelShape((below + ankle) / 2, _point(0, 1)),
    ]


def _against_vertical(foot: PixelPoint, head: PixelPoint, s: FrameGeometry) -> list[Shape]:
    length = float(np.linalg.norm(head - foot))
    up = foot + length * s.up
    away = _point(1 if head[0] < up[0] else -1, -0.4)
    return [
        LineShape(foot, up, "guide"),
        LineShape(foot, head, "measure"),
        ArcShape(foot, up, head, 0.7 * length),
        LabelShape(foot + 0.62 * (up - foot), away),
    ]


def _shank(s: FrameGeometry) -> list[Shape]:
    return _against_vertical(s.of("ankle"), s.of("knee"), s)


def _trunk(s: FrameGeometry) -> list[Shape]:
    return _against_vertical(s.middle("hip"), s.middle("shoulder"), s)


def _thigh(s: FrameGeometry) -> list[Shape]:
    hip, knee = s.of("hip"), s.of("knee")
    down = hip - s.up * float(np.linalg.norm(knee - hip))
    away = _point(1 if knee[0] < hip[0] else -1, 0)
    return [
        LineShape(hip, down, "guide"),
        LineShape(hip, knee, "measure"),
        ArcShape(hip, down, knee, 0.12 * s.size),
        LabelShape(down, away),
    ]


def _knee(s: FrameGeometry) -> list[Shape]:
    hip, knee, ankle = s.of("hip"), s.of("knee"), s.of("ankle")
    onward = knee + 0.8 * (knee - hip)
    return [
        LineShape(knee, onward, "guide"),
        LineShape(hip, knee, "measure"),
        LineShape(knee, ankle, "measure"),
        ArcShape(knee, onward, ankle, 0.1 * s.size),
        LabelShape(knee, _point(s.direction, 0)),
    ]


def _elbow(s: FrameGeometry) -> list[Shape]:
    shoulder, elbow, wrist = s.of("shoulder"), s.of("elbow"), s.of("wrist")
    onward = elbow + 0.8 * (elbow - shoulder)
    return [
        LineShape(elbow, onward, "guide"),
        LineShape(shoulder, elbow, "measure"),
        LineShape(elbow, wrist, "measure"),
        ArcShape(elbow, onward, wrist, 0.06 * s.size),
        LabelShape(elbow, _point(-s.direction, 0)),
    ]


def _head(s: FrameGeometry) -> list[Shape]:
    hip, shoulder, ear = s.middle("hip"), s.middle("shoulder"), s.middle("ear")
    along = (shoulder - hip) / (float(np.linalg.norm(shoulder - hip)) or 1.0)
    onward = shoulder + 1.4 * float(np.linalg.norm(ear - shoulder)) * along
    return [
        LineShape(hip, onward, "guide"),
        LineShape(shoulder, ear, "measure"),
        ArcShape(shoulder, onward, ear, float(np.linalg.norm(ear - shoulder))),
        LabelShape(ear, _point(s.direction, -0.4)),
    ]


def _centre_to_heel(s: FrameGeometry) -> list[Shape]:
    def mean_position(*names: str) -> PixelPoint:
        return np.asarray(np.mean([s.points[name] for name in names], axis=0))

    centre, heel = centre_of_mass(mean_position), s.of("heel")
    below = centre + s.up * float((heel - centre) @ s.up)
    tick = 0.02 * s.size * s.up
    return [
        LineShape(centre, below - 1.5 * tick, "guide"),
        LineShape(below, heel, "measure"),
        LineShape(heel - tick, heel + tick, "measure"),
        LineShape(below - tick, below + tick, "measure"),
        RingShape(centre, 0.02 * s.size, "measure"),
        LabelShape((below + heel) / 2, _point(0, 1)),
    ]


def _foot(s: FrameGeometry) -> list[Shape]:
    # The angle of the tracked shoe where there is one: keypoints of heel and toe do not follow the sole.
    heel, toe = s.of("heel"), s.points.get(f"{s.side}_sole", s.of("foot_index"))
    ahead = _point(-s.up[1], s.up[0])
    level = heel + 1.3 * ahead * float((toe - heel) @ ahead)
    return [
        LineShape(heel, level, "guide"),
        LineShape(heel, toe, "measure"),
        LabelShape((heel + toe) / 2, _point(0, 1)),
    ]


def _pelvis(s: FrameGeometry) -> list[Shape]:
    # The tilt that was read off the image: the line through the hip keypoints does not follow the pelvis.
    stance, free = sorted((s.of("pelvis"), s.other("pelvis")), key=lambda end: float(end[1]))
    reach = free - stance
    level = stance + _point(float(reach[0]), 0)
    return [
        LineShape(stance - 0.5 * reach * _point(1, 0), level, "guide"),
        LineShape(stance - 0.3 * reach, stance + reach, "measure"),
        ArcShape(stance, level, stance + reach, 0.85 * float(np.linalg.norm(reach))),
        LabelShape(stance + reach, _point(float(np.sign(reach[0]) or 1), 0.4)),
    ]


def _wrist_to_midline(s: FrameGeometry) -> list[Shape]:
    top, bottom, wrist = s.middle("shoulder"), s.middle("hip"), s.of("wrist")
    share = (wrist[1] - top[1]) / max(float(bottom[1] - top[1]), 1.0)
    line = top + share * (bottom - top)
    return [
        LineShape(top - 0.1 * (bottom - top), bottom + 0.2 * (bottom - top), "guide"),
        LineShape(line, wrist, "measure"),
        RingShape(wrist, 0.025 * s.size, "measure"),
        LabelShape(wrist, _point(float(np.sign(wrist[0] - line[0]) or 1), 0.6)),
    ]


def _stance_foot(s: FrameGeometry) -> list[Shape]:
    foot = (s.of("heel") + s.of("foot_index")) / 2
    style: Style = "left" if s.side == "left" else "right"
    radius = 0.085 * s.size
    behind = float(np.sign(s.other("ankle")[0] - foot[0])) or 1.0
    return [RingShape(foot, radius, style), LabelShape(foot - _point(behind * radius, 0), _point(-behind, 0))]


def _both_feet(s: FrameGeometry) -> list[Shape]:
    centre = {side: s.points[f"{side}_ankle"] for side in ("left", "right")}
    return [
        RingShape(centre["left"], 0.07 * s.size, "left"),
        RingShape(centre["right"], 0.07 * s.size, "right"),
        LabelShape((centre["left"] + centre["right"]) / 2 - _point(0, 0.09 * s.size), _point(0, -1)),
    ]


def _hip_height(s: FrameGeometry) -> list[Shape]:
    hip = s.middle("hip")
    half = _point(0.16 * s.size, 0)
    return [
        LineShape(hip - half, hip + half, "guide"),
        RingShape(hip, 0.02 * s.size, "measure"),
        LabelShape(hip + half, _point(1, 0)),
    ]


def _foot_to_midline(s: FrameGeometry) -> list[Shape]:
    foot, hip = s.of("ankle"), s.middle("hip")
    below = _point(hip[0], foot[1])
    return [
        LineShape(hip, below + _point(0, 0.04 * s.size), "guide"),
        LineShape(below, foot, "measure"),
        LabelShape((below + foot) / 2, _point(0, 1)),
    ]


def _knee_gap(s: FrameGeometry) -> list[Shape]:
    a, b = s.of("knee"), s.other("knee")
    return [LineShape(a, b, "measure"), LabelShape((a + b) / 2, _point(0, 1))]


#: Name of a drawing (`gait.metrics.metric_spec.MetricSpec.evidence`) to the function that makes it.
DRAWINGS: dict[str, Callable[[FrameGeometry], list[Shape]]] = {
    "both_feet": _both_feet,
    "centre_to_heel": _centre_to_heel,
    "elbow": _elbow,
    "foot": _foot,
    "foot_to_midline": _foot_to_midline,
    "head": _head,
    "hip_height": _hip_height,
    "hip_to_ankle": _hip_to_ankle,
    "knee": _knee,
    "knee_gap": _knee_gap,
    "pelvis": _pelvis,
    "shank": _shank,
    "stance_foot": _stance_foot,
    "thigh": _thigh,
    "trunk": _trunk,
    "wrist_to_midline": _wrist_to_midline,
}
