"""The annotated video: the clip with skeleton, stance foot and a ribbon of ground contacts."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gait._typing import Image, ProgressCallback
from gait.display_language import _
from gait.display_units import number_text
from gait.pose.worker_thread import in_worker_thread
from gait.report.frame_drawing import HALO, INK, PlanesCanvas, Ribbon, draw_skeleton
from gait.report.keypoint_lookup import KeypointLookup
from gait.report.unseen_keypoints import UnseenKeypoints, is_gap

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.report.video_windows import VideoWindows
    from gait.video.reader import DecodedFrame

#: Longest side of the annotated video, pixels: more than a report's player shows. [E]
MAX_SIDE_PX = 1280
#: How long the video says that it has jumped, seconds of playback. [E]
JUMP_SHOWN_S = 1.5
#: Between poses no farther apart than this, s of real time, keypoints are interpolated linearly and count as seen. [E]
SEEN_APART_S = 1 / 50
#: x264's preset. On 10 s of 1080p60 "superfast" took 1 s less of processor time; its file was 3.3 times as large. [E]
PRESET = "veryfast"


@dataclass(frozen=True)
class _DrawnFrame:
    """One finished picture: its planes, and when the annotated video shows it."""

    planes: tuple[Image, Image, Image]
    player_s: float
    colour_space: tuple[int, bool]


def write_annotated_video(
    view: ViewAnalysis, path: Path, *, windows: VideoWindows | None = None, progress: ProgressCallback | None = None
) -> Path:
    """Write the annotated video of one view.

    Every frame keeps its own distance in time from the one before, so that a player can slow the clip down. Between two
    windows the video jumps, and says so. The clock that is drawn shows the time of the clip.

    Parameters
    ----------
    view : ViewAnalysis
        One analysed video; its file is read again.
    path : Path
        An ``.mp4`` to make or replace, whole or not at all.
    windows : VideoWindows, optional
        The parts of the clip to write; all of the analysed part without it.
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
    from gait.report.video_windows import on_frames, whole_film
    from gait.video import VideoWriter, frame_times

    info = view.info
    margin = 0.5 / info.playback_fps
    wanted = windows or whole_film(view)
    times = frame_times(info.file, start=wanted.parts[0][0] - margin, end=wanted.parts[-1][1] - margin)
    shown = on_frames(wanted, times, 1 / info.playback_fps)
    frames = sum(int(((times >= a - 1e-6) & (times < b - 1e-6)).sum()) for a, b in shown.parts)
    size = _fit(info.width, info.height)
    ribbon = Ribbon(size[0], stance_phases(view), real_per_playback=info.real_per_playback)
    # Reading, drawing and encoding each have a thread: the libraries behind them do not hold up one another.
    drawn = in_worker_thread(_drawn(view, shown, size, ribbon))
    first = next(drawn)
    with VideoWriter(
        path,
        width=size[0],
        height=size[1] + ribbon.height,
        fps=info.playback_fps,
        preset=PRESET,
        colour_space=first.colour_space,
        comment=shown.to_comment(),
    ) as writer:
        writer.write_planes(*first.planes, time_s=first.player_s)
        for done, picture in enumerate(drawn, start=2):
            writer.write_planes(*picture.planes, time_s=picture.player_s)
            if progress is not None:
                progress(done, frames)
    return path


def _drawn(view: ViewAnalysis, windows: VideoWindows, size: tuple[int, int], ribbon: Ribbon) -> Generator[_DrawnFrame]:
    """Read, scale and draw the frames of all windows."""
    info = view.info
    every = 1 / float(view.clean.attrs.get("fps", info.playback_fps))
    # At a high frame rate only some frames have poses; the others lie between two that have them.
    apart = 1.5 * every if every * info.real_per_playback <= SEEN_APART_S else 0.0
    margin = 0.5 / info.playback_fps
    lookup = KeypointLookup(view.clean, slack_s=margin / 2, apart_s=apart)
    notes = _Notes(size)
    factor = size[0] / info.width
    canvas: PlanesCanvas | None = None
    before_s: float | None = None
    for start_s, end_s, player_s in windows.table:
        unseen = _unseen(view, lookup, start_s, end_s, slack_s=max(margin, apart))
        for frame, planes in in_worker_thread(
            _scaled(info.file, start_s - margin, end_s - margin, size, ribbon.height)
        ):
            space = frame.colour_space
            if canvas is None:
                canvas = PlanesCanvas(*planes, frame.planes().to_rgb)
            height = size[1]
            canvas.draw_on(*(plane[: height // by] for plane, by in zip(planes, (1, 2, 2), strict=True)))
            points = lookup.at(frame.time_s)
            estimated = not points and unseen is not None and is_gap(lookup.times, frame.time_s, max(margin, apart))
            if estimated and unseen is not None:
                points = unseen.at(frame.time_s)
            if points:
                scaled = {name: (point + 0.5) * factor - 0.5 for name, point in points.items()}
                draw_skeleton(canvas, scaled, stance=ribbon.stance_at(frame.time_s), estimated=estimated)
            if before_s is not None and frame.time_s - start_s < JUMP_SHOWN_S:
                notes.jumped(canvas, (start_s - before_s) * info.real_per_playback)
            elif estimated and points:
                notes.estimated(canvas)
            canvas.draw_on(*(plane[height // by :] for plane, by in zip(planes, (1, 2, 2), strict=True)))
            ribbon.draw(canvas, frame.time_s, frame.time_s)
            yield _DrawnFrame(planes, player_s + frame.time_s - start_s, space)
        before_s = end_s


def _scaled(
    file: str, start_s: float, end_s: float, size: tuple[int, int], below: int
) -> Generator[tuple[DecodedFrame, tuple[Image, Image, Image]]]:
    """Read frames, each with its planes at the size of the annotated video and room for the ribbon below."""
    from gait.video.reader import read_decoded_frames

    for frame in read_decoded_frames(file, start=start_s, end=end_s):
        planes = []
        for plane, by in zip(frame.scaled_planes(*size), (1, 2, 2), strict=True):
            whole: Image = np.empty((plane.shape[0] + below // by, plane.shape[1]), np.uint8)
            whole[: plane.shape[0]] = plane
            planes.append(whole)
        yield frame, (planes[0], planes[1], planes[2])


def _unseen(
    view: ViewAnalysis, lookup: KeypointLookup, start_s: float, end_s: float, *, slack_s: float
) -> UnseenKeypoints | None:
    """Prepare the estimate of keypoints for a window in which frames were not seen."""
    inside = lookup.times[slice(*np.searchsorted(lookup.times, [start_s, end_s]))]
    edges = np.concatenate([[start_s - slack_s], inside, [end_s]])
    return UnseenKeypoints.of(view, start_s, end_s) if np.diff(edges).max() > 2 * slack_s + 1e-6 else None


class _Notes:
    """Sentences written into the picture."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = max(16, round(min(size) * 0.032))

    def jumped(self, canvas: PlanesCanvas, seconds: float) -> None:
        text = _("… {seconds} s later").format(seconds=number_text(seconds, 0 if seconds >= 10 else 1))
        self._plate(canvas, text, 2 * self._size)

    def estimated(self, canvas: PlanesCanvas) -> None:
        self._plate(canvas, _("thin lines: estimated from your other strides"), self._size)

    def _plate(self, canvas: PlanesCanvas, text: str, size: int) -> None:
        height = round(1.7 * size)
        width = min(round(0.56 * size * len(text)) + size, canvas.width - size)
        canvas.fill(size // 2, size // 2, size // 2 + width // 2 * 2, size // 2 + height // 2 * 2, HALO)
        canvas.text(text, (size, size // 2 + round(1.2 * size)), size, INK)


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


def _fit(width: int, height: int) -> tuple[int, int]:
    """Return the size of the annotated picture: even, and the longer side at most `MAX_SIDE_PX`."""
    factor = min(1.0, MAX_SIDE_PX / max(height, width))
    return max(round(width * factor / 2), 1) * 2, max(round(height * factor / 2), 1) * 2
