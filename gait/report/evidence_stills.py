"""The still image that shows a finding: the frame, cropped to the runner, with the measured lines as SVG over it.

Where the film cannot be read any more, `draw_figure` draws the runner from the keypoints instead.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from markupsafe import Markup

from gait._typing import Image
from gait.pose.dataset import CAMERA_ROLL_ATTR
from gait.report.evidence_shapes import (
    ArcShape,
    LabelShape,
    LineShape,
    RingShape,
    Shape,
    evidence_shapes,
    frame_geometry,
)
from gait.report.keypoint_lookup import BONES, KeypointPixels, PixelPoint, keypoints_at
from gait.report.page_templates import html_text

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis

#: Height of the still, pixels: twice what a report shows. [E]
HEIGHT_PX = 680
#: Largest data URI of a still, characters: keeps the report small. [E]
MAX_URI_LENGTH = 120_000
#: Margin around the runner, as a share of the runner's height. [E]
MARGIN = 0.10
#: Smallest width of the still over its height. [E]
MIN_ASPECT = 0.62
#: Fewest keypoints that make a figure. [E]
FEWEST_POINTS = 8
#: Corners of the trunk in the order in which its outline goes.
TRUNK_CORNERS = (("left", "shoulder"), ("right", "shoulder"), ("right", "hip"), ("left", "hip"))


@dataclass(frozen=True)
class EvidenceStill:
    """An image for the report: JPEG data URI, its size in pixels, and the SVG drawn over it.

    ``uri`` is empty where there is no film, and the SVG shows the whole runner.
    """

    uri: str
    width: int
    height: int
    overlay: Markup


def make_still(view: ViewAnalysis, *, key: str, side: str, time_s: float, label: str) -> EvidenceStill:
    """Make the still of one measurement.

    Parameters
    ----------
    view : ViewAnalysis
        The analysed video; its file is read.
    key, side : str
        The metric and the leg to draw.
    time_s : float
        The frame, seconds on the playback timeline.
    label : str
        The number to write beside the line; it is escaped here.

    Returns
    -------
    EvidenceStill
        Without lines where keypoints of that frame are missing.

    Raises
    ------
    InputError
        The video cannot be read any more.
    """
    from gait.video import frame_at

    image = frame_at(view.info.file, time_s).image
    # At the measured moment, not in the nearest frame: so the angle that is drawn is that of the step.
    points = keypoints_at(view.clean, time_s, between_frames=True)
    roll = float(view.clean.attrs.get(CAMERA_ROLL_ATTR, 0.0))
    drawn: list[Shape] = []
    if points:
        geometry = frame_geometry(points, side, view.info.view, view.camera.direction, roll_deg=roll)
        drawn = evidence_shapes(key, geometry)
    x0, y0, x1, y1 = _crop(points, drawn, image)
    factor = HEIGHT_PX / (y1 - y0)
    width = round((x1 - x0) * factor)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    crop = cv2.resize(image[y0:y1, x0:x1], (width, HEIGHT_PX), interpolation=method)
    placed = _PlacedCrop(np.array([x0, y0], float), factor, width, HEIGHT_PX)
    return EvidenceStill(_jpeg_uri(np.asarray(crop, np.uint8)), width, HEIGHT_PX, placed.svg(points, drawn, label))


def draw_figure(view: ViewAnalysis, *, key: str, side: str, time_s: float, label: str) -> EvidenceStill | None:
    """Draw the runner from the keypoints of one moment, without the film.

    Parameters
    ----------
    view : ViewAnalysis
        The analysed video; its file is not read.
    key, side : str
        The metric and the leg to draw.
    time_s : float
        The frame, seconds on the playback timeline.
    label : str
        The number to write beside the line; it is escaped here.

    Returns
    -------
    EvidenceStill or None
        ``None`` where fewer than `FEWEST_POINTS` keypoints were found at that moment.
    """
    points = keypoints_at(view.clean, time_s, between_frames=True)
    if len(points) < FEWEST_POINTS:
        return None
    roll = float(view.clean.attrs.get(CAMERA_ROLL_ATTR, 0.0))
    geometry = frame_geometry(points, side, view.info.view, view.camera.direction, roll_deg=roll)
    drawn = evidence_shapes(key, geometry)
    x0, y0, x1, y1 = _enclosing_box(points, drawn)
    factor = HEIGHT_PX / (y1 - y0)
    width = round((x1 - x0) * factor)
    placed = _PlacedCrop(np.array([x0, y0], float), factor, width, HEIGHT_PX)
    body = Markup("".join(_trunk_and_head(points, placed, 0.05 * geometry.size * factor)))
    floor = max(float(placed.at(p)[1]) for p in points.values()) + 0.012 * HEIGHT_PX
    ground = Markup(f'<path class="ground" d="M0 {floor:.1f}H{width}"/>')
    return EvidenceStill("", width, HEIGHT_PX, ground + body + placed.svg(points, drawn, label))


def _trunk_and_head(points: KeypointPixels, placed: _PlacedCrop, radius: float) -> list[str]:
    """Fill the trunk, and draw head and neck: without the film, lines alone are hard to read as a runner."""
    tags = []
    corners = [f"{side}_{joint}" for side, joint in TRUNK_CORNERS]
    shoulders = [points[name] for name in corners[:2] if name in points]
    if all(name in points for name in corners):
        path = "L".join("{:.1f} {:.1f}".format(*placed.at(points[name])) for name in corners)
        tags.append(f'<path class="trunk" d="M{path}Z"/>')
    ears = [points[name] for name in ("left_ear", "right_ear", "nose") if name in points]
    if ears:
        x, y = placed.at(np.asarray(np.mean(ears, axis=0)))
        if shoulders:
            base_x, base_y = placed.at(np.asarray(np.mean(shoulders, axis=0)))
            tags.append(f'<path class="neck" d="M{base_x:.1f} {base_y:.1f}L{x:.1f} {y:.1f}"/>')
        tags.append(f'<circle class="head" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
    return tags


def _crop(points: KeypointPixels, drawn: list[Shape], image: Image) -> tuple[int, int, int, int]:
    full_height, full_width = image.shape[:2]
    if not points:
        return 0, 0, full_width, full_height
    left, top, right, bottom = _enclosing_box(points, drawn)
    wide = right - left
    left = max(left, 0.0)
    right = min(left + wide, float(full_width))
    left = max(right - wide, 0.0)
    box = (round(left), round(max(top, 0.0)), round(right), round(min(bottom, full_height)))
    # A pose far outside the frame leaves no crop: show the whole frame.
    return box if box[2] - box[0] > 16 and box[3] - box[1] > 16 else (0, 0, full_width, full_height)


def _enclosing_box(points: KeypointPixels, drawn: list[Shape]) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a box around the runner and the lines, pixels, with a margin."""
    enclosed = [
        *points.values(),
        *(s.a for s in drawn if isinstance(s, LineShape)),
        *(s.b for s in drawn if isinstance(s, LineShape)),
    ]
    low, high = np.min(enclosed, axis=0), np.max(enclosed, axis=0)
    margin = MARGIN * float(high[1] - low[1])
    top, bottom = float(low[1] - margin), float(high[1] + margin)
    bottom = max(bottom, top + 1.0)
    wide = max(float(high[0] - low[0]) + 2 * margin, MIN_ASPECT * (bottom - top))
    left = float(low[0] + high[0]) / 2 - wide / 2
    return left, top, left + wide, bottom


def _jpeg_uri(image: Image) -> str:
    prefix = "data:image/jpeg;base64,"
    for quality in (90, 82, 74, 64, 52, 40, 25):
        done, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
        uri = prefix + base64.b64encode(data.tobytes()).decode("ascii")
        if done and len(uri) <= MAX_URI_LENGTH:
            return uri
    small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return _jpeg_uri(np.asarray(small, np.uint8))


@dataclass(frozen=True)
class _PlacedCrop:
    """Where the crop lies in the frame, and by how much it was scaled."""

    origin: PixelPoint
    factor: float
    width: int
    height: int

    def at(self, point: PixelPoint) -> PixelPoint:
        return (point - self.origin) * self.factor

    def svg(self, points: KeypointPixels, drawn: list[Shape], label: str) -> Markup:
        bones = [
            f'<path class="bone {side}" d="{self._path(points[a], points[b])}"/>'
            for side, a, b in BONES
            if a in points and b in points
        ]
        tags = [f'<g class="bones">{"".join(bones)}</g>']
        tags += [self._shape(s, label) for s in drawn if not isinstance(s, LabelShape)]
        tags += [self._shape(s, label) for s in drawn if isinstance(s, LabelShape)]
        return Markup("".join(tags))

    def _path(self, a: PixelPoint, b: PixelPoint) -> str:
        (ax, ay), (bx, by) = self.at(a), self.at(b)
        return f"M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}"

    def _shape(self, shape: Shape, label: str) -> str:
        if isinstance(shape, LineShape):
            path = self._path(shape.a, shape.b)
            halo = "halo faint" if shape.style == "guide" else "halo"
            return f'<path class="{halo}" d="{path}"/><path class="{shape.style}" d="{path}"/>'
        if isinstance(shape, RingShape):
            x, y = self.at(shape.centre)
            circle = f'cx="{x:.1f}" cy="{y:.1f}" r="{shape.radius * self.factor:.1f}"'
            return f'<circle class="halo" {circle}/><circle class="ring {shape.style}" {circle}/>'
        if isinstance(shape, ArcShape):
            return self._arc(shape)
        return self._label(shape, label)

    def _arc(self, arc: ArcShape) -> str:
        start, end = (np.arctan2(*(p - arc.centre)[::-1]) for p in (arc.a, arc.b))
        turn = (end - start + np.pi) % (2 * np.pi) - np.pi
        angles = start + turn * np.linspace(0, 1, 24)
        rim = arc.centre + arc.radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (self.at(p) for p in rim))
        return f'<path class="halo thin" d="{path}"/><path class="measure thin" d="{path}"/>'

    def _label(self, label: LabelShape, text: str) -> str:
        if not text:
            return ""
        size = 0.047 * self.height
        half = 0.29 * size * len(text) + 0.4 * size
        away = label.away / (float(np.linalg.norm(label.away)) or 1.0)
        x, y = self.at(label.at) + away * np.array([half + 0.5 * size, 1.15 * size])
        x = float(np.clip(x, half + 4, max(self.width - half - 4, half + 4)))
        y = float(np.clip(y, size, self.height - size))
        return (
            f'<rect class="plate" x="{x - half:.1f}" y="{y - 0.75 * size:.1f}" width="{2 * half:.1f}" '
            f'height="{1.5 * size:.1f}" rx="{0.35 * size:.1f}"/>'
            f'<text class="label" x="{x:.1f}" y="{y + 0.35 * size:.1f}" font-size="{size:.1f}">{html_text(text)}</text>'
        )
