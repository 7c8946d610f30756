"""The annotated video: the runner's own clip with skeleton, stance foot and the ribbon of ground contacts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gait._typing import Image, ProgressCallback
from gait.report.frame_drawing import Ribbon, draw_skeleton
from gait.report.pose_moments import Moments

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.video.reader import Frame

LONGEST_SIDE = 1280  # more than a report's player shows, and four times the work


def write_overlay(view: ViewAnalysis, path: Path, *, progress: ProgressCallback | None = None) -> Path:
    """Write the annotated video of one view.

    Every analysed frame is kept at its own time, counted from the first one, so that a player can slow the clip down.

    Parameters
    ----------
    view
        One analysed video; its file is read again.
    path
        An ``.mp4`` to be made or replaced, whole or not at all.
    progress
        Called with ``(frames done, frames in all)``.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    InputError
        If the source video cannot be read any more.
    """
    from gait.video.reader import VideoWriter, read_frames

    info = view.info
    margin = 0.5 / info.playback_fps
    every = 1 / float(view.clean.attrs.get("fps", info.playback_fps))
    # A frame without poses of its own, of many per second, lies between two that have them.
    moments = Moments(view.clean, slack_s=margin / 2, apart_s=1.5 * every)
    times = moments.times
    frames = read_frames(info.file, start=float(times[0]) - margin, end=float(times[-1]) + every - margin)
    first = next(iter(frames))
    size, factor = _fit(first.image)
    ribbon = Ribbon(size[0], stances_of(view), real_per_playback=info.playback_fps / info.capture_fps)
    canvas: Image = np.empty((size[1] + ribbon.height, size[0], 3), np.uint8)
    with VideoWriter(path, width=size[0], height=canvas.shape[0], fps=info.playback_fps) as writer:
        for done, frame in enumerate(_chain(first, frames), start=1):
            picture = canvas[: size[1]]
            if factor == 1:
                picture[:] = frame.image
            else:
                cv2.resize(frame.image, size, dst=picture, interpolation=cv2.INTER_AREA)
            points = {name: point * factor for name, point in moments.at(frame.time_s).items()}
            if points:
                draw_skeleton(picture, points, stance=ribbon.stance_at(frame.time_s))
            ribbon.draw(canvas[size[1] :], frame.time_s, frame.time_s)
            writer.write(canvas, time_s=frame.time_s)
            if progress is not None:
                progress(done, info.frames)
    return path


def stances_of(view: ViewAnalysis) -> list[tuple[str, float, float]]:
    """Give every stance phase as ``(side, contact_s, toe_off_s)`` in playback time."""
    steps = view.steps
    if not {"side", "contact_s", "toe_off_s"} <= set(steps.columns):
        return []
    whole = steps[["side", "contact_s", "toe_off_s"]].dropna()
    times = whole[["contact_s", "toe_off_s"]].to_numpy(dtype=float)
    return [(str(side), float(t[0]), float(t[1])) for side, t in zip(whole["side"], times, strict=True)]


def _fit(image: Image) -> tuple[tuple[int, int], float]:
    height, width = image.shape[:2]
    factor = min(1.0, LONGEST_SIDE / max(height, width))
    return (round(width * factor), round(height * factor)), factor


def _chain(first: Frame, rest: Iterable[Frame]) -> Iterable[Frame]:
    yield first
    yield from rest
