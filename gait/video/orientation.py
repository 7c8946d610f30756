"""From stored frames to upright ones: quarter turns, mirroring, square pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.sidedata.sidedata import Type as SideDataType

from gait._typing import FloatArray, Image

#: Width over height of a pixel; a file that states another one is taken to be wrong. [E]
_MIN_ASPECT, _MAX_ASPECT = 0.2, 5
#: Options of a conversion by PyAV: in the calling thread, where it can be told so. Threads of its own cost ten times as
#: much as the work for a part of a frame, and more than they save for a whole one.
IN_ONE_THREAD: Mapping[str, Any] = {"threads": 1} if int(av.__version__.partition(".")[0]) >= 17 else {}


@dataclass(frozen=True)
class Orientation:
    """How a stored frame becomes upright: mirror, quarter turns, and square pixels.

    Attributes
    ----------
    width, height : int
        Pixels of the upright frame.
    stored_width : int
        Pixels of the frame as stored, after non-square pixels are stretched.
    transpose, flip_x, flip_y : bool
        Rows and columns are swapped first; then columns, then rows, are reversed.
    """

    width: int
    height: int
    stored_width: int
    transpose: bool
    flip_x: bool
    flip_y: bool

    @classmethod
    def of(cls, decoded: Any, stream: Any) -> Orientation:
        """Read the display matrix, which maps stored (x, y) to displayed (a·x + c·y, b·x + d·y).

        Parameters
        ----------
        decoded : av.VideoFrame
        stream : av.video.stream.VideoStream

        Returns
        -------
        Orientation
        """
        a, b, c, d = 1, 0, 0, 1
        for data in decoded.side_data:
            if data.type == SideDataType.DISPLAYMATRIX:
                matrix = np.frombuffer(bytes(data), dtype=np.int32)
                a, b, c, d = (int(matrix[k]) for k in (0, 1, 3, 4))
        aspect = stream.sample_aspect_ratio or 1
        stored_width = round(decoded.width * aspect) if _MIN_ASPECT < aspect < _MAX_ASPECT else decoded.width
        if abs(a) + abs(d) >= abs(b) + abs(c):
            return cls(stored_width, decoded.height, stored_width, False, a < 0, d < 0)
        return cls(decoded.height, stored_width, stored_width, True, c < 0, b < 0)

    @property
    def clockwise(self) -> int:
        """Degrees of the turn, clockwise; for a mirrored frame the turn before the mirror."""
        if self.transpose:
            return 90 if self.flip_x else 270
        return 180 if self.flip_y else 0

    def upright_rgb(self, decoded: Any) -> Image:
        """Convert a decoded frame to upright RGB.

        Parameters
        ----------
        decoded : av.VideoFrame

        Returns
        -------
        (height, width, 3) uint8 array
            RGB, contiguous.
        """
        return self.turn(rgb_pixels(decoded, width=self.stored_width))

    def turn(self, image: Image) -> Image:
        """Turn and mirror a stored image upright.

        Parameters
        ----------
        image : (h, w) or (h, w, channels) uint8 array

        Returns
        -------
        (height, width) or (height, width, channels) uint8 array
            Contiguous.
        """
        if self.transpose:
            image = image.swapaxes(0, 1)
        if self.flip_x:
            image = image[:, ::-1]
        if self.flip_y:
            image = image[::-1]
        return np.ascontiguousarray(image)

    def stored_box(self, left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
        """Find the part of a stored frame, its pixels square, that shows a part of the upright one.

        Parameters
        ----------
        left, top, right, bottom : int
            Pixels of the upright frame; what lies beyond it is left out.

        Returns
        -------
        tuple of int
            The same of the stored frame.
        """
        x0, x1 = (min(max(at, 0), self.width) for at in (left, right))
        y0, y1 = (min(max(at, 0), self.height) for at in (top, bottom))
        if self.flip_x:
            x0, x1 = self.width - x1, self.width - x0
        if self.flip_y:
            y0, y1 = self.height - y1, self.height - y0
        return (y0, x0, y1, x1) if self.transpose else (x0, y0, x1, y1)

    def from_upright(self, decoded_width: int) -> FloatArray:
        """Return the map from upright pixels to those of a decoded frame.

        Parameters
        ----------
        decoded_width : int
            Width of the decoded frame, pixels.

        Returns
        -------
        (2, 3) float array
            Maps (x, y, 1) to (x, y), pixels; see `gait.video.reader.YuvPlanes`.
        """
        x, y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
        if self.flip_x:
            x = np.array([-1.0, 0.0, self.width - 1])
        if self.flip_y:
            y = np.array([0.0, -1.0, self.height - 1])
        if self.transpose:
            x, y = y, x
        stretch = decoded_width / self.stored_width
        return np.stack([x * stretch + (0.0, 0.0, (stretch - 1) / 2), y])


def rgb_pixels(decoded: Any, *, width: int | None = None) -> Image:
    """Convert a decoded frame to RGB, as it is stored.

    Parameters
    ----------
    decoded : av.VideoFrame
    width : int, optional
        Width of the result, pixels; that of the frame without it.

    Returns
    -------
    (height, width, 3) uint8 array
    """
    size = {} if width in (None, decoded.width) else {"width": width}
    image: Image = decoded.to_ndarray(format="rgb24", **size, **IN_ONE_THREAD)
    return image
