"""Drawing on video frames with OpenCV: skeleton, stance foot, and the ribbon of ground contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gait._typing import Image
from gait.report.keypoint_lookup import BONES, KeypointPixels

#: Red, green, blue, 0–255.
RgbColour = tuple[int, int, int]

#: Blue and orange differ for every common kind of colour vision (Okabe & Ito 2008).
COLOURS: dict[str, RgbColour] = {"left": (74, 163, 255), "right": (255, 150, 40), "middle": (235, 235, 235)}
#: Measured tilt of the pelvis, and midline of the trunk.
PELVIS: RgbColour = (120, 230, 170)
HALO: RgbColour = (12, 16, 24)
RIBBON: RgbColour = (18, 22, 30)
RIBBON_ROW: RgbColour = (34, 40, 52)
INK: RgbColour = (236, 239, 244)
MUTED: RgbColour = (150, 158, 172)
#: Fractional bits of coordinates: OpenCV draws to 1/8 pixel.
SHIFT = 3
#: Text whose red, green and blue differ by no more is written in brightness alone. [E]
GREY_SPREAD = 30


class TextWriter:
    """Text on images: OpenCV's outline font where it has one (version 5), otherwise its stroke font."""

    def __init__(self) -> None:
        face = getattr(cv2, "FontFace", None)
        self._face: Any = face("sans") if face is not None else None

    def write(
        self, image: Image, text: str, at: tuple[int, int], size: int, colour: tuple[float, float, float] | float
    ) -> None:
        """Write text on an image.

        Parameters
        ----------
        image : (height, width, 3) or (height, width) uint8 array
            Drawn on in place.
        text : str
        at : (int, int)
            Left end of the baseline, pixels.
        size : int
            Height of a line, pixels.
        colour : tuple or float
            In the order of the image's channels.
        """
        values: Any = colour if isinstance(colour, tuple) else (colour, colour, colour)
        if self._face is not None:
            cv2.putText(image, text, at, values, self._face, size, 500)
        else:
            plain = text.replace("·", "-").replace("…", "...").encode("ascii", "replace").decode()
            cv2.putText(image, plain, at, cv2.FONT_HERSHEY_SIMPLEX, size / 32, values, 1, cv2.LINE_AA)


class RgbCanvas:
    """An RGB image that can be drawn on.

    Parameters
    ----------
    image : (height, width, 3) uint8 array, RGB
        Drawn on in place.
    """

    def __init__(self, image: Image) -> None:
        self._layers: tuple[tuple[Image, int], ...] = ((image, 1),)
        self.height, self.width = image.shape[:2]
        self._text = TextWriter()

    def _values(self, colour: RgbColour) -> tuple[Any, ...]:
        """Return the colour for each layer, in the order of its channels."""
        return (colour,)

    def line(self, a: NDArray[np.float64], b: NDArray[np.float64], colour: RgbColour, width: int) -> None:
        """Draw a line.

        Parameters
        ----------
        a, b : (2,) float array
            Pixels.
        colour : tuple
            RGB.
        width : int
            Pixels.
        """
        for (layer, by), value in zip(self._layers, self._values(colour), strict=True):
            cv2.line(layer, _fixed(a, by), _fixed(b, by), value, max(round(width / by), 1), cv2.LINE_AA, SHIFT)

    def circle(self, centre: NDArray[np.float64], radius: float, colour: RgbColour, width: int) -> None:
        """Draw a circle, filled where ``width`` is −1.

        Parameters
        ----------
        centre : (2,) float array
            Pixels.
        radius : float
            Pixels.
        colour : tuple
            RGB.
        width : int
            Pixels, or −1.
        """
        for (layer, by), value in zip(self._layers, self._values(colour), strict=True):
            thick = width if width < 0 else max(round(width / by), 1)
            cv2.circle(layer, _fixed(centre, by), round(radius / by * (1 << SHIFT)), value, thick, cv2.LINE_AA, SHIFT)

    def fill(self, left: int, top: int, right: int, bottom: int, colour: RgbColour) -> None:
        """Fill a rectangle.

        Parameters
        ----------
        left, top, right, bottom : int
            Pixels, the last two exclusive.
        colour : tuple
            RGB.
        """
        for (layer, by), value in zip(self._layers, self._values(colour), strict=True):
            layer[top // by : -(-bottom // by), left // by : -(-right // by)] = value

    def text(self, text: str, at: tuple[int, int], size: int, colour: RgbColour) -> None:
        """Write text.

        Parameters
        ----------
        text : str
        at : (int, int)
            Left end of the baseline, pixels.
        size : int
            Height of a line, pixels.
        colour : tuple
            RGB.
        """
        for (layer, by), value in zip(self._layers, self._values(colour), strict=True):
            if by == 1 or max(colour) - min(colour) > GREY_SPREAD:
                self._text.write(layer, text, (at[0] // by, at[1] // by), size // by, value)


class PlanesCanvas(RgbCanvas):
    """An image as video files store it, brightness and two colours at half the size, that can be drawn on.

    Parameters
    ----------
    y : (height, width) uint8 array
        Drawn on in place; both sizes even.
    u, v : (height / 2, width / 2) uint8 array
        Drawn on in place.
    to_rgb : (3, 4) float array
        See `gait.video.reader.YuvPlanes`.
    """

    def __init__(self, y: Image, u: Image, v: Image, to_rgb: NDArray[np.float64]) -> None:
        super().__init__(y)
        self._layers = ((y, 1), (u, 2), (v, 2))
        self._from_rgb, self._black = np.linalg.inv(to_rgb[:, :3]), to_rgb[:, 3]
        self._known: dict[RgbColour, tuple[float, ...]] = {}

    def _values(self, colour: RgbColour) -> tuple[Any, ...]:
        if colour not in self._known:
            stored = self._from_rgb @ (np.array(colour, dtype=float) - self._black)
            self._known[colour] = tuple(float(round(value)) for value in np.clip(stored, 0, 255))
        return self._known[colour]

    def draw_on(self, y: Image, u: Image, v: Image) -> PlanesCanvas:
        """Continue on other planes of the same colour space.

        Parameters
        ----------
        y, u, v : uint8 arrays
            As for the class.

        Returns
        -------
        PlanesCanvas
            This one.
        """
        self._layers = ((y, 1), (u, 2), (v, 2))
        self.height, self.width = y.shape[:2]
        return self


def draw_skeleton(
    image: Image | RgbCanvas, points: KeypointPixels, *, stance: Sequence[str] = (), estimated: bool = False
) -> None:
    """Draw the skeleton: left limbs blue, right limbs orange, and a ring around each foot on the ground.

    Where the pelvis was measured, its line and the midline of the trunk are drawn green.

    Parameters
    ----------
    image : (height, width, 3) uint8 array, RGB, or RgbCanvas
        Drawn on in place.
    points : mapping
        Keypoint name to ``(x, y)``, pixels; missing ones are not drawn.
    stance : sequence of str
        The sides whose foot is on the ground.
    estimated : bool
        The keypoints were not found in this frame: lines are thin, without dots.
    """
    canvas = image if isinstance(image, RgbCanvas) else RgbCanvas(image)
    width = _thickness(points, canvas.height)
    measured = "left_pelvis" in points and "right_pelvis" in points
    bones = [bone for bone in BONES if not (measured and set(bone[1:]) == {"left_hip", "right_hip"})]
    segments = [(COLOURS[s], points[a], points[b]) for s, a, b in bones if a in points and b in points]
    if measured:
        segments.append((PELVIS, points["left_pelvis"], points["right_pelvis"]))
        if "left_shoulder" in points and "right_shoulder" in points:
            top = (points["left_shoulder"] + points["right_shoulder"]) / 2
            segments.append((PELVIS, top, (points["left_pelvis"] + points["right_pelvis"]) / 2))
    if estimated:
        for _, a, b in segments:
            canvas.line(a, b, HALO, max(width // 3, 1) + 1)
        for colour, a, b in segments:
            canvas.line(a, b, colour, max(width // 3, 1))
        return
    for _, a, b in segments:
        canvas.line(a, b, HALO, width + 2)
    for colour, a, b in segments:
        canvas.line(a, b, colour, width)
    for side in stance:
        foot = [points[k] for k in (f"{side}_heel", f"{side}_foot_index", f"{side}_ankle") if k in points]
        if foot:
            centre, radius = np.asarray(np.mean(foot, axis=0), dtype=float), 6.0 * width
            canvas.circle(centre, radius, HALO, width + 2)
            canvas.circle(centre, radius, COLOURS[side], width)
    for name, point in points.items():
        side, _, joint = name.partition("_")
        if joint in {"shoulder", "elbow", "wrist", "hip", "knee", "ankle"} and side in COLOURS:
            canvas.circle(point, width * 0.95, HALO, -1)
            canvas.circle(point, width * 0.6, COLOURS["middle"], -1)


def _thickness(points: KeypointPixels, image_height: int) -> int:
    if not points:
        return 2
    heights = [p[1] for p in points.values()]
    # A keypoint far off must not thicken the lines.
    body = min(float(max(heights) - min(heights)), float(image_height))
    return int(np.clip(round(body / 170), 2, 7))


def _fixed(point: NDArray[np.float64], by: int = 1) -> tuple[int, int]:
    # The middle of a pixel of the half-size planes lies between two pixels of the picture.
    x, y = (((min(max(float(value), -4000.0), 12000.0) + 0.5) / by - 0.5) * (1 << SHIFT) for value in point)
    return round(x), round(y)


class Ribbon:
    """The strip under the image: when each foot is on the ground, the time, and steps per minute.

    Parameters
    ----------
    width : int
        Width of the image, pixels.
    stances : sequence of (side, contact_s, toe_off_s)
        Seconds of playback.
    real_per_playback : float
        Real seconds per second of playback: 1 unless the clip is slow motion.
    span_s : float
        Length of the timeline that is drawn, playback seconds.
    """

    def __init__(
        self,
        width: int,
        stances: Sequence[tuple[str, float, float]],
        *,
        real_per_playback: float = 1.0,
        span_s: float = 4.0,
    ) -> None:
        self.width = width
        self.height = max(56, round(width * 0.075)) // 2 * 2
        self._stances = sorted(stances, key=lambda stance: stance[1])
        self._longest = max((toe_off - contact for _, contact, toe_off in stances), default=0.0)
        self._span = span_s / real_per_playback
        self._contacts = np.array([contact for _, contact, _ in self._stances])
        self._real = real_per_playback
        self._size = max(14, round(self.height * 0.30))
        self._left = round(self._size * 8.4)

    def stance_at(self, time_s: float) -> tuple[str, ...]:
        """List the sides on the ground at a time.

        Parameters
        ----------
        time_s : float
            Seconds of playback.

        Returns
        -------
        tuple of str
        """
        near = self._between(time_s, time_s)
        return tuple(dict.fromkeys(side for side, contact, toe_off in near if contact <= time_s < toe_off))

    def _between(self, start_s: float, end_s: float) -> Sequence[tuple[str, float, float]]:
        """Return the stances that reach into a part of the timeline, and perhaps some earlier ones."""
        first, last = np.searchsorted(self._contacts, [start_s - self._longest, end_s + 1e-9])
        return self._stances[first:last]

    def cadence_at(self, time_s: float) -> float | None:
        """Compute the cadence from the eight contacts nearest to a time.

        Parameters
        ----------
        time_s : float
            Seconds of playback.

        Returns
        -------
        float or None
            Steps/min of real time; ``None`` with fewer than four contacts.
        """
        if len(self._contacts) < 4:
            return None
        middle = int(np.searchsorted(self._contacts, time_s))
        first = int(np.clip(middle - 4, 0, max(len(self._contacts) - 8, 0)))
        near = self._contacts[first : first + 8]
        # The median is robust against one missed contact.
        return float(60 / (np.median(np.diff(near)) * self._real))

    def draw(self, strip: Image | RgbCanvas, time_s: float, shown_s: float) -> None:
        """Draw the ribbon for one moment.

        Parameters
        ----------
        strip : (height, width, 3) uint8 array, RGB, or RgbCanvas
            Drawn on in place.
        time_s : float
            Seconds of playback.
        shown_s : float
            The time written on the strip, seconds.
        """
        canvas = strip if isinstance(strip, RgbCanvas) else RgbCanvas(strip)
        canvas.fill(0, 0, canvas.width, canvas.height, RIBBON)
        rows = {"left": round(self.height * 0.14), "right": round(self.height * 0.55)}
        thick = round(self.height * 0.31)
        x0, x1 = self._left, self.width - self._size
        per_s = (x1 - x0) / self._span
        begin = time_s - self._span / 2
        for side, y in rows.items():
            canvas.fill(x0, y, x1, y + thick, RIBBON_ROW)
            baseline = y + round(thick * 0.5 + self._size * 0.34)
            canvas.text(side[0].upper(), (x0 - self._size, baseline), self._size, COLOURS[side])
        for side, contact, toe_off in self._between(begin, begin + self._span):
            a, b = (round(x0 + (t - begin) * per_s) for t in (contact, toe_off))
            a, b = max(a, x0), min(b, x1)
            if a < b:
                canvas.fill(a, rows[side], b, rows[side] + thick, COLOURS[side])
        middle = (x0 + x1) // 2
        canvas.fill(middle - 1, round(self.height * 0.06), middle + 1, round(self.height * 0.94), INK)
        indent = round(self._size * 0.6)
        canvas.text(f"{shown_s:.2f} s", (indent, round(self.height * 0.44)), self._size, INK)
        cadence = self.cadence_at(time_s)
        text = "" if cadence is None else f"{cadence:.0f} steps/min"
        canvas.text(text, (indent, round(self.height * 0.82)), round(self._size * 0.8), MUTED)
