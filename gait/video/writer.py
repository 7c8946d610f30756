"""Writing H.264 that every browser and phone plays."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np

from gait._typing import Image, PathLike
from gait.errors import OUTPUT_UNWRITABLE, InputError
from gait.owned_files import owned_write

#: The clock of written files, ticks per second: whole ticks per frame at 24, 25, 30, 50, 60, 120 and 240 frames per
#: second and at their 1000/1001 relatives.
_CLOCK_HZ = 600_000


class VideoWriter:
    """Write an H.264 MP4 that browsers and phones play, or nothing at all.

    Parameters
    ----------
    path : path
        The file to make or replace; its folder must exist.
    width, height : int
        Pixels of the images that will be written. Odd sizes are padded by one pixel, which the format requires.
    fps : float
        Rate for frames that are written without a time, and how long the last frame is shown.
    crf : int
        x264's constant quality: lower is better and larger; 18 looks lossless, 23 is its default.
    rotation : {0, 90, 180, 270}
        Store the frames turned, with metadata by which players turn them clockwise by so many degrees, as phones do.
        Images are given upright and are shown upright; ``width`` and ``height`` are the upright ones.
    preset : str
        x264's trade of time for size.
    colour_space : (int, bool)
        Matrix, numbered as in ITU-T H.273, and full range of what `write_planes` gets; BT.709, 16–235 otherwise.
    comment : str
        Text kept in the file.

    Notes
    -----
    The file appears under its name when the ``with`` block ends without an exception, complete; on an exception
    or Ctrl-C nothing is left behind. Its timeline starts at 0: ``time_s`` of the first image is kept in
    ``start_s`` and is subtracted from every later one.

    Examples
    --------
    >>> import tempfile
    >>> from gait.video import probe
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with VideoWriter(f"{folder}/out.mp4", width=64, height=48, fps=30) as writer:
    ...         for _ in range(3):
    ...             writer.write(np.zeros((48, 64, 3), np.uint8))
    ...     probe(f"{folder}/out.mp4").frames
    3
    """

    def __init__(
        self,
        path: PathLike,
        *,
        width: int,
        height: int,
        fps: float,
        crf: int = 21,
        rotation: int = 0,
        preset: str = "veryfast",
        colour_space: tuple[int, bool] = (1, False),
        comment: str = "",
    ) -> None:
        if width < 1 or height < 1:
            raise ValueError(f"width={width}, height={height}: both must be at least 1")
        if not 0 < fps <= 1000:
            raise ValueError(f"fps={fps:g} must be above 0 and at most 1000")
        if rotation not in (0, 90, 180, 270):
            raise ValueError(f"rotation={rotation} must be one of 0, 90, 180, 270")
        self.path = Path(path)
        self.width, self.height, self.fps = width, height, fps
        self.start_s: float | None = None
        self._crf = crf
        self._rotation = rotation
        self._preset, self._colour_space, self._comment = preset, colour_space, comment
        self._stack = ExitStack()
        self._last_tick = -1
        self._written = 0

    def __enter__(self) -> Self:
        try:
            temporary = self._stack.enter_context(owned_write(self.path))
        except OSError as error:
            message = f"{self.path}: cannot be written: {error.strerror}; choose another folder"
            raise InputError(message, code=OUTPUT_UNWRITABLE) from None
        try:
            self._container = av.open(
                f"file:{temporary}", mode="w", format="mp4", container_options={"movflags": "+faststart"}
            )
            if self._comment:
                self._container.metadata["comment"] = self._comment
            stream = self._container.add_stream(
                "libx264",
                rate=Fraction(self.fps).limit_denominator(1001),
                # Without B-frames decoding order is display order: no edit list, exact seeking everywhere.
                options={"crf": str(self._crf), "preset": self._preset, "bf": "0"},
            )
            even = (self.width + self.width % 2, self.height + self.height % 2)
            stream.width, stream.height = even if self._rotation % 180 == 0 else even[::-1]
            stream.pix_fmt = "yuv420p"
            context = stream.codec_context
            context.time_base = Fraction(1, _CLOCK_HZ)
            context.gop_size = max(round(self.fps), 1)
            # Without the tags players guess the colour space from the frame's size.
            context.color_primaries = context.color_trc = 1  # BT.709
            context.colorspace = self._colour_space[0]
            context.color_range = 2 if self._colour_space[1] else 1  # 0–255 or 16–235
            if self._rotation:
                stream.set_display_rotation(-self._rotation)  # libav counts counter-clockwise
            self._stream = stream
        except BaseException:
            self._abandon()
            raise
        return self

    def write(self, image: Image, time_s: float | None = None) -> None:
        """Append one image.

        Parameters
        ----------
        image : (height, width, 3) uint8, RGB
        time_s : float, optional
            When it is shown, seconds; must increase. Without it: the frame's number over ``fps``.

        Raises
        ------
        ValueError
            When the image has another size or type, or the time does not increase.
        """
        if image.shape != (self.height, self.width, 3) or image.dtype != np.uint8:
            raise ValueError(
                f"image is {image.dtype} {image.shape}, must be uint8 ({self.height}, {self.width}, 3) as announced"
            )
        tick = self._next_tick(time_s)
        if self.width % 2 or self.height % 2:
            image = np.pad(image, ((0, self.height % 2), (0, self.width % 2), (0, 0)), mode="edge")
        if self._rotation:
            image = np.rot90(image, k=self._rotation // 90)  # counter-clockwise; players undo it
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        self._encode(frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"), tick)

    def write_planes(self, y: Image, u: Image, v: Image, time_s: float | None = None) -> None:
        """Append one image that needs no conversion, in the announced colour space and without `rotation`.

        Parameters
        ----------
        y : (height, width) uint8
            Brightness; both sizes even.
        u, v : (height / 2, width / 2) uint8
            Colours.
        time_s : float, optional
            As in `write`.

        Raises
        ------
        ValueError
            As in `write`, and with a rotation.
        """
        half = (self.height // 2, self.width // 2)
        if y.shape != (self.height, self.width) or u.shape != half or v.shape != half or y.dtype != np.uint8:
            raise ValueError(
                f"planes are {y.shape}, {u.shape}, {v.shape}, announced were ({self.height}, {self.width})"
            )
        if self.height % 2 or self.width % 2 or self._rotation:
            raise ValueError("planes need even sizes and no rotation")
        tick = self._next_tick(time_s)
        frame = av.VideoFrame(self.width, self.height, "yuv420p")
        for plane, values in zip(frame.planes, (y, u, v), strict=True):
            target = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
            target[: plane.height, : plane.width] = values
        self._encode(frame, tick)

    def _next_tick(self, time_s: float | None) -> int:
        if time_s is None:
            time_s = (self.start_s or 0.0) + self._written / self.fps
        if self.start_s is None:
            self.start_s = time_s
        tick = round((time_s - self.start_s) * _CLOCK_HZ)
        if tick <= self._last_tick:
            raise ValueError(f"time_s={time_s:g} does not come after the image before it")
        return tick

    def _encode(self, frame: av.VideoFrame, tick: int) -> None:
        frame.pts, frame.time_base = tick, Fraction(1, _CLOCK_HZ)
        frame.duration = round(_CLOCK_HZ / self.fps)
        self._container.mux(self._stream.encode(frame))
        self._last_tick = tick
        self._written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._abandon()
            return
        try:
            if not self._written:
                raise ValueError(f"{self.path}: no image was written")
            self._container.mux(self._stream.encode(None))
            self._container.close()
        except BaseException:
            self._abandon()
            raise
        self._stack.close()

    def _abandon(self) -> None:
        """Close without finishing: remove the temporary file and keep whatever was at ``path``."""
        abort = RuntimeError("abandoned")
        try:
            container = getattr(self, "_container", None)
            if container is not None:
                container.close()
        except Exception:  # the file is removed, so how its closing failed does not matter
            pass
        finally:
            # An exception makes `owned_write` remove instead of rename.
            self._stack.__exit__(RuntimeError, abort, None)
