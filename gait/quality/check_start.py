"""What a check of a video begins with: its networks are loaded and its pictures compared, each in a thread of its own.

This module imports neither xarray nor what measures keypoints. So a program can begin here, and load those meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from gait._typing import PathLike
from gait.display_language import keep_language
from gait.quality.picture_changes import MOMENT_MARGIN_S, find_picture_changes
from gait.video import VideoMeta, key_times, probe

if TYPE_CHECKING:
    from gait.pose.engines.pose_engine import PoseEngine
    from gait.pose.picture_stretch import PictureStretch

#: A check looks at every picture of a video that has no more pixels than this, millions: twelve seconds at 720p60. [E]
CHECKED_MPX = 700.0
#: Of a longer one it looks at so many windows of consecutive pictures, of so many pixels together, millions, each at
#: least so long, s: `gait.quality.picture_changes.find_picture_changes`. [E]
CHECKED_WINDOWS, WINDOWS_MPX, MIN_WINDOW_S = 3, 150.0, 0.6
#: … and at the pictures around moments that the sizes of the coded frames point to, of so many pixels, millions. [E]
MOMENTS_MPX = 250.0


class StartedCheck:
    """A check that has begun. A context manager; ends its threads and leaves the engine.

    Parameters
    ----------
    path : path
        Of the video.
    make_engine : callable
        Makes the pose engine, which is then entered.

    Attributes
    ----------
    meta : VideoMeta
        Of the video.
    stretch : Future of PictureStretch
        How the pictures follow each other.

    Raises
    ------
    InputError
        When the video cannot be read.
    """

    def __init__(self, path: PathLike, make_engine: Callable[[], PoseEngine]) -> None:
        path = Path(path)
        self.meta = probe(path)
        self._entered = ExitStack()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="gait-check")
        self._engine: Future[PoseEngine] = self._pool.submit(keep_language(self._enter), make_engine)
        self.stretch: Future[PictureStretch] = self._pool.submit(keep_language(_picture_stretch), path, self.meta)

    def _enter(self, make_engine: Callable[[], PoseEngine]) -> PoseEngine:
        return self._entered.enter_context(make_engine())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._entered.close()

    def engine(self) -> PoseEngine:
        """Wait for the engine.

        Returns
        -------
        PoseEngine
            Entered, until :meth:`leave_engine` is called or the ``with`` block ends.

        Raises
        ------
        InputError
            When it cannot be used.
        """
        return self._engine.result()

    def leave_engine(self) -> None:
        """Leave the engine: it holds memory, and keeps OpenCV to one core."""
        self._entered.close()


def _picture_stretch(path: Path, meta: VideoMeta) -> PictureStretch:
    """Look at all pictures of a video, or at those in a few windows of one that takes long to read."""
    frame_mpx = meta.width * meta.height / 1e6
    if meta.frames * frame_mpx <= CHECKED_MPX:
        return find_picture_changes(path)
    length_s = min(max(WINDOWS_MPX / frame_mpx / CHECKED_WINDOWS / meta.fps, MIN_WINDOW_S), meta.duration_s)
    keys = key_times(path)
    windows: list[tuple[float, float]] = []
    for number in range(CHECKED_WINDOWS):
        aim = meta.start_s + (number + 0.5) / CHECKED_WINDOWS * meta.duration_s - length_s / 2
        start = float(keys[np.abs(keys - aim).argmin()])
        windows.append((start, start + length_s) if abs(start - aim) <= length_s else (aim, aim + length_s))
    moments = int(MOMENTS_MPX / (frame_mpx * meta.fps * 2 * MOMENT_MARGIN_S))
    return find_picture_changes(path, windows=windows, moments=moments)
