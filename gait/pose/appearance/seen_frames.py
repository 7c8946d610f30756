"""Parts of the frames that the pose network looked at, for the stages that read the pictures after it.

Decoding takes as long as all that is read off the pictures. So while the network looks at a frame, that part of it is
put aside which shows the legs (from the side) or the hips (from behind and in front), and the whole picture as a small
one. A later stage that needs a frame or a part that is not there decodes the film again, and gets the same pixels.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Self

import numpy as np

from gait._typing import FloatArray, Image
from gait.background_work import in_background
from gait.display_language import keep_language
from gait.pose.engines.pose_engine import PersonKeypoints
from gait.video import DecodedFrame

#: Pixels along the shorter side of the small pictures: a runner's leg then has about fifteen. [E]
SMALL_PX = 72
#: So many small pictures (9 kB each) lie in memory, the others and all parts in a temporary file: at most so many
#: pictures (of an hour and a half), and so many bytes of parts. [E]
HELD_PICTURES, MOST_PICTURES, MOST_BYTES = 1000, 28_000, 256 << 20
#: From the middle of the hips: left, right, above, below, in legs (hip to ankle). Where feet land, with the shoe's
#: surroundings; and the cloth over the pelvis. [E]
LEGS_PART, HIPS_PART = (-1.0, 1.0, -0.25, 1.45), (-0.35, 0.35, 0.34, 0.20)
#: Shoulders nearer to each other than this share of the trunk are those of a side view. [E]
SIDE_SHOULDERS = 0.4


def small_picture(frame: DecodedFrame) -> Image:
    """Shrink a frame to `SMALL_PX` along its shorter side.

    Parameters
    ----------
    frame : DecodedFrame

    Returns
    -------
    (height, width) uint8 array
        Brightness, as stored.
    """
    return shrink(frame.planes().y, SMALL_PX)


def shrink(brightness: Image, shorter_px: int) -> Image:
    """Shrink an image by the mean of the pixels that fall together.

    Parameters
    ----------
    brightness : (h, w) uint8 array
    shorter_px : int
        Pixels along the shorter side afterwards.

    Returns
    -------
    (height, width) uint8 array
        As ``cv2.resize`` with ``INTER_AREA`` gives it.
    """
    import cv2

    factor = shorter_px / min(brightness.shape)
    size = [max(1, round(length * factor)) for length in reversed(brightness.shape)]
    return np.asarray(cv2.resize(brightness, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


@dataclass(frozen=True)
class _Part:
    """A part of a frame: its box in pixels of the frame, its colours (1: grey), and where it lies in the file."""

    box: tuple[int, int, int, int]
    colours: int
    offset: int

    @property
    def shape(self) -> tuple[int, ...]:
        left, top, right, bottom = self.box
        return (bottom - top, right - left) if self.colours == 1 else (bottom - top, right - left, self.colours)

    def holds(self, box: tuple[int, int, int, int]) -> bool:
        return all(a <= b for a, b in zip(self.box[:2], box[:2], strict=True)) and all(
            a >= b for a, b in zip(self.box[2:], box[2:], strict=True)
        )


class SeenFrames:
    """Parts and small pictures of one video's frames. A context manager; may be used in several threads.

    Nothing that is read off the pictures depends on what it holds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: dict[float, Image | _Part] = {}
        self._parts: dict[float, list[_Part]] = {}
        self._file: IO[bytes] | None = None
        self._parts_bytes, self._end, self._is_full = 0, 0, False
        self._closed = threading.Event()
        self._size = 0, 0
        self._filling: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget all of it."""
        self._closed.set()
        with self._lock:
            self._pictures.clear()
            self._parts.clear()
            if self._file is not None:
                with suppress(OSError):
                    self._file.close()
                self._file = None

    def add(self, frame: DecodedFrame, people: Sequence[PersonKeypoints], names: Sequence[str]) -> None:
        """Put aside what later stages may need of a frame.

        Parameters
        ----------
        frame : DecodedFrame
        people : sequence of PersonKeypoints
            Who was found in it.
        names : sequence of str
            Of their keypoints.
        """
        if self._closed.is_set():
            return
        picture = small_picture(frame) if len(self._pictures) < MOST_PICTURES else None
        parts = [part for person in people if (part := _part_of(frame, person, names)) is not None]
        with self._lock:
            if self._closed.is_set():
                return
            self._size = frame.width, frame.height
            if picture is not None:
                self._keep_picture(frame.time_s, picture)
            for box, image in parts:
                if self._parts_bytes + image.nbytes > MOST_BYTES or (kept := self._written(box, image)) is None:
                    continue
                self._parts.setdefault(frame.time_s, []).append(kept)
                self._parts_bytes += image.nbytes

    def add_picture(self, time_s: float, picture: Image) -> bool:
        """Put a small picture aside.

        Parameters
        ----------
        time_s : float
            Time of the frame in the file.
        picture : (height, width) uint8 array
            As :func:`small_picture` gives it.

        Returns
        -------
        bool
            Whether more pictures are of use.
        """
        with self._lock:
            if len(self._pictures) >= MOST_PICTURES or self._closed.is_set():
                return False
            self._keep_picture(time_s, picture)
            return True

    def has_picture(self, time_s: float) -> bool:
        """Say whether a frame was put aside as a small picture.

        Parameters
        ----------
        time_s : float
            Its time in the file.

        Returns
        -------
        bool
        """
        return time_s in self._pictures

    def fill_in_background(self, fill: Callable[[], object]) -> None:
        """Have pictures added in a thread of its own; once, later calls do nothing.

        Parameters
        ----------
        fill : callable
            Adds pictures by :meth:`add_picture`, until that returns ``False``. What it raises is dropped.
        """
        if self._filling is None and not self._closed.is_set():
            self._filling = in_background(keep_language(fill))

    def wait_until_filled(self) -> None:
        """Wait for the pictures of :meth:`fill_in_background`."""
        if self._filling is not None:
            self._filling.join()

    def _keep_picture(self, time_s: float, picture: Image) -> None:
        if len(self._pictures) < HELD_PICTURES:
            self._pictures[time_s] = picture
        elif (written := self._written((0, 0, picture.shape[1], picture.shape[0]), picture)) is not None:
            self._pictures[time_s] = written

    def _written(self, box: tuple[int, int, int, int], image: Image) -> _Part | None:
        """Append an image to the file; ``None`` where the disk is full: the film is then read again."""
        if self._is_full:
            return None
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="gait-")  # noqa: SIM115  (closed by `close`)
            self._file.seek(self._end)
            self._file.write(np.ascontiguousarray(image).data)
        except OSError:
            self._is_full = True
            return None
        part = _Part(box, 1 if image.ndim == 2 else 3, self._end)
        self._end += image.nbytes
        return part

    def _read(self, part: _Part) -> Image | None:
        if self._file is None:
            return None
        self._file.seek(part.offset)
        return np.frombuffer(self._file.read(int(np.prod(part.shape))), np.uint8).reshape(part.shape)

    def picture(self, time_s: float) -> Image | None:
        """Return a frame as a small picture.

        Parameters
        ----------
        time_s : float
            Its time in the file, as `gait.video` gives it.

        Returns
        -------
        (height, width) uint8 array or None
            As :func:`small_picture` gives it; ``None`` where it is not there.
        """
        with self._lock:
            kept = self._pictures.get(time_s)
            return self._read(kept) if isinstance(kept, _Part) else kept

    def grey_part(self, time_s: float, left: int, top: int, right: int, bottom: int) -> Image | None:
        """Return a part of a frame in grey.

        Parameters
        ----------
        time_s : float
            Time of the frame in the file.
        left, top, right, bottom : int
            As in `gait.video.DecodedFrame.grey_part`.

        Returns
        -------
        (h, w) uint8 array or None
            The same; ``None`` where it is not there.
        """
        return self._part(time_s, (left, top, right, bottom), 1)

    def rgb_part(self, time_s: float, left: int, top: int, right: int, bottom: int) -> Image | None:
        """Return a part of a frame in colours.

        Parameters
        ----------
        time_s : float
            Time of the frame in the file.
        left, top, right, bottom : int
            As in `gait.video.DecodedFrame.rgb_part`.

        Returns
        -------
        (h, w, 3) uint8 array or None
            The same; ``None`` where it is not there.
        """
        return self._part(time_s, (left, top, right, bottom), 3)

    def _part(self, time_s: float, box: tuple[int, int, int, int], colours: int) -> Image | None:
        with self._lock:
            left, top, right, bottom = _inside(box, *self._size)
            for part in self._parts.get(time_s, ()):
                if not (part.colours == colours and part.holds((left, top, right, bottom))):
                    continue
                image = self._read(part)
                if image is not None:
                    x, y = part.box[:2]
                    return image[top - y : bottom - y, left - x : right - x]
        return None


def _inside(box: tuple[int, int, int, int], width: int, height: int) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    return min(max(left, 0), width), min(max(top, 0), height), min(max(right, 0), width), min(max(bottom, 0), height)


def _part_of(
    frame: DecodedFrame, person: PersonKeypoints, names: Sequence[str]
) -> tuple[tuple[int, int, int, int], Image] | None:
    """Cut out the legs or the hips of somebody; ``None`` where the keypoints do not say where they are."""
    try:
        at = {name: person.position[names.index(name)] for name in _NEEDED}
    except ValueError:  # this skeleton lacks some
        return None
    hips = 0.5 * (at["left_hip"] + at["right_hip"])
    shoulders = at["left_shoulder"], at["right_shoulder"]
    leg = max(
        _length(at[f"{side}_hip"], at[f"{side}_knee"]) + _length(at[f"{side}_knee"], at[f"{side}_ankle"])
        for side in ("left", "right")
    )
    if not np.isfinite([*hips, leg]).all():
        return None
    trunk = _length(0.5 * (shoulders[0] + shoulders[1]), hips)
    from_side = _length(*shoulders) < SIDE_SHOULDERS * trunk
    left, right, above, below = LEGS_PART if from_side else HIPS_PART
    wanted = (hips[0] + left * leg, hips[1] - above * leg, hips[0] + right * leg, hips[1] + below * leg)
    box = _inside((int(wanted[0]), int(wanted[1]), int(wanted[2]) + 1, int(wanted[3]) + 1), frame.width, frame.height)
    if box[2] <= box[0] or box[3] <= box[1]:
        return None
    return box, frame.grey_part(*box) if from_side else frame.rgb_part(*box)


def _length(a: FloatArray, b: FloatArray) -> float:
    return float(np.hypot(*(a - b)))


_NEEDED = tuple(f"{side}_{joint}" for side in ("left", "right") for joint in ("shoulder", "hip", "knee", "ankle"))
