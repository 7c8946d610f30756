"""The annotated video: the clip with skeleton, stance foot and a ribbon of ground contacts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gait._typing import Image, ProgressCallback
from gait.report.frame_drawing import Ribbon, draw_skeleton
from gait.report.keypoint_lookup import KeypointLookup

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.video import Frame

#: Longest side of the annotated video, pixels: more than a report's player shows. [E]
MAX_SIDE_PX = 1280


def write_annotated_video(view: ViewAnalysis, path: Path, *, progress: ProgressCallback | None = None) -> Path:
    """Write the annotated video of one view.

    Every analysed frame keeps its own time, counted from the first one, so that a player can slow the clip down.

    Parameters
    ----------
    view : ViewAnalysis
        One analysed video; its file is read again.
    path : Path
        An ``.mp4`` to make or replace, whole or not at all.
    progress : callable, optional
        Called with ``(frames done, frames in all)``.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    InputError
        The source video cannot be read any more.
    """
    from gait.video import VideoWriter, read_frames

    info = view.info
    margin = 0.5 / info.playback_fps
    every = 1 / float(view.clean.attrs.get("fps", info.playback_fps))
    # At a high frame rate only some frames have poses; the others lie between two that have them.
    lookup = KeypointLookup(view.clean, slack_s=margin / 2, apart_s=1.5 * every)
    times = lookup.times
    frames = read_frames(info.file, start=float(times[0]) - margin, end=float(times[-1]) + every - margin)
    first = next(iter(frames))
    size, factor = _fit(first.image)
    ribbon = Ribbon(size[0], stance_phases(view), real_per_playback=info.real_per_playback)
    canvas: Image = np.empty((size[1] + ribbon.height, size[0], 3), np.uint8)
    with VideoWriter(path, width=size[0], height=canvas.shape[0], fps=info.playback_fps) as writer:
        for done, frame in enumerate(_chain(first, frames), start=1):
            image = canvas[: size[1]]
            if factor == 1:
                image[:] = frame.image
            else:
                cv2.resize(frame.image, size, dst=image, interpolation=cv2.INTER_AREA)
            points = {name: point * factor for name, point in lookup.at(frame.time_s).items()}
            if points:
                draw_skeleton(image, points, stance=ribbon.stance_at(frame.time_s))
            ribbon.draw(canvas[size[1] :], frame.time_s, frame.time_s)
            writer.write(canvas, time_s=frame.time_s)
            if progress is not None:
                progress(done, info.frames)
    return path


def stance_phases(view: ViewAnalysis) -> list[tuple[str, float, float]]:
    """List all stance phases.

    Parameters
    ----------
    view : ViewAnalysis

    Returns
    -------
    list of (side, contact_s, toe_off_s)
        Seconds of playback.
    """
    steps = view.steps
    if not {"side", "contact_s", "toe_off_s"} <= set(steps.columns):
        return []
    whole = steps[["side", "contact_s", "toe_off_s"]].dropna()
    times = whole[["contact_s", "toe_off_s"]].to_numpy(dtype=float)
    return [(str(side), float(t[0]), float(t[1])) for side, t in zip(whole["side"], times, strict=True)]


def _fit(image: Image) -> tuple[tuple[int, int], float]:
    height, width = image.shape[:2]
    factor = min(1.0, MAX_SIDE_PX / max(height, width))
    return (round(width * factor), round(height * factor)), factor


def _chain(first: Frame, rest: Iterable[Frame]) -> Iterable[Frame]:
    yield first
    yield from rest
