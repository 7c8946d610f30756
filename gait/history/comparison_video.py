"""Two clips side by side: at every moment both runners are at the same point of their stride."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gait._typing import FloatArray, Image, ProgressCallback
from gait.display_language import _
from gait.errors import RefusedError
from gait.history.comparison_clip import MAX_DURATION_S, ComparisonClip
from gait.history.stride_alignment import StrideClock, align_strides
from gait.report.annotated_video import stance_phases
from gait.report.frame_drawing import HALO, INK, RIBBON, Ribbon, TextWriter, draw_skeleton
from gait.report.keypoint_lookup import KeypointLookup, KeypointPixels

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.video import Frame

#: Size of one runner's panel and height of the strip with the label above it, pixels. [E]
WIDTH, HEIGHT, HEADER = 540, 720, 48
#: Standing height in the panel, pixels. [E]
STATURE = 580
#: Where the lowest foot stands, as a share of the panel's height. [E]
FLOOR = 0.95
#: Thigh, shank and trunk (shoulders to hips) together, as a share of standing height (Winter, Biomechanics and Motor
#: Control of Human Movement).
LEG_AND_TRUNK = 0.245 + 0.246 + 0.288
#: Highest frame rate of the video, frames per second; players show more than that badly. [E]
MAX_FPS = 60.0
#: Below this scale images are averaged before they are placed, which keeps thin lines whole. [E]
_AVERAGING_SCALE = 0.7
#: Percentile of the height of heels and toes that counts as the floor; the lowest ones are outliers. [E]
_FLOOR_PERCENTILE = 97


@dataclass(frozen=True)
class PanelTransform:
    """Where a frame lies in its panel: pixels × ``scale`` + ``shift``, mirrored about the vertical first or not.

    Attributes
    ----------
    scale : float
    shift : (x, y)
        Pixels of the panel.
    mirrored : bool
    """

    scale: float
    shift: tuple[float, float]
    mirrored: bool

    def transform_points(self, points: KeypointPixels) -> dict[str, FloatArray]:
        """Transform keypoints to the panel.

        Parameters
        ----------
        points : mapping
            Name → (2,) float array, pixels of the frame.

        Returns
        -------
        dict
            The same in pixels of the panel.
        """
        flip = np.array([-1.0 if self.mirrored else 1.0, 1.0])
        return {name: point * flip * self.scale + self.shift for name, point in points.items()}

    def transform_image(self, image: Image) -> Image:
        """Transform a frame to the panel.

        Parameters
        ----------
        image : (height, width, 3) uint8 array
            RGB.

        Returns
        -------
        (HEIGHT, WIDTH, 3) uint8 array
            RGB; dark where the frame has no pixels.
        """
        scale = self.scale
        if scale < _AVERAGING_SCALE:
            image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
            scale = 1.0
        flip = -scale if self.mirrored else scale
        matrix = np.array([[flip, 0.0, self.shift[0]], [0.0, scale, self.shift[1]]])
        panel = cv2.warpAffine(image, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderValue=HALO)
        return np.asarray(panel, np.uint8)


def write_comparison_video(
    first: ComparisonClip,
    second: ComparisonClip,
    labels: tuple[str, str],
    path: Path,
    *,
    progress: ProgressCallback | None = None,
) -> Path:
    """Write two clips side by side, aligned by their strides.

    The first plays at its true speed. The second is stretched in time so that every contact of a foot falls on the
    same foot's contact in the first. Both runners are equally tall and stand on one line. Where they run to different
    sides, the second is mirrored and labelled so; left and right remain the runner's.

    Parameters
    ----------
    first, second : ComparisonClip
        Of the same view.
    labels : (str, str)
    path : Path
        An ``.mp4``, which is made or replaced, whole or not at all.
    progress : callable, optional
        Called with (frames done, frames in all).

    Returns
    -------
    Path
        ``path``.

    Notes
    -----
    A video that cannot be read raises `gait.errors.InputError`.
    """
    from gait.video import VideoWriter

    one, other = align_strides(first.clock, second.clock, max_s=MAX_DURATION_S / first.real_per_playback)
    mirrored = first.view.camera.facing != second.view.camera.facing
    fps = min(MAX_FPS, max(first.fps, second.fps))
    times, second_times = matching_times(one, other, fps=fps, real_per_playback=first.real_per_playback)
    panels = (
        _Panel(first, labels[0], one, one, first.real_per_playback, mirrored=False),
        _Panel(
            second,
            _("{name} (mirrored)").format(name=labels[1]) if mirrored else labels[1],
            other,
            one,
            first.real_per_playback,
            mirrored=mirrored,
        ),
    )
    height = HEADER + HEIGHT + panels[0].ribbon.height
    canvas: Image = np.empty((height, 2 * WIDTH, 3), np.uint8)
    with VideoWriter(path, width=2 * WIDTH, height=height, fps=fps) as writer:
        for done, (time, second_time) in enumerate(zip(times, second_times, strict=True), start=1):
            panels[0].draw(canvas[:, :WIDTH], float(time), float(time))
            panels[1].draw(canvas[:, WIDTH:], float(second_time), float(time))
            canvas[:, WIDTH - 1 : WIDTH + 1] = HALO
            writer.write(canvas, time_s=(done - 1) / fps)
            if progress is not None:
                progress(done, len(times))
    return path


def matching_times(
    first: StrideClock, second: StrideClock, *, fps: float, real_per_playback: float
) -> tuple[FloatArray, FloatArray]:
    """Compute the times in both clips for every frame of the side-by-side video.

    Parameters
    ----------
    first, second : StrideClock
        With the same number of contacts.
    fps : float
        Frame rate of the side-by-side video.
    real_per_playback : float
        Real seconds per second of the first clip's playback.

    Returns
    -------
    first_times, second_times : (n,) float arrays
        Seconds in each clip.
    """
    begin, end = float(first.contacts_s[0]), float(first.contacts_s[-1])
    times = begin + np.arange(int((end - begin) * real_per_playback * fps) + 1) / (fps * real_per_playback)
    times = np.minimum(times, end)
    return times, second.time_at(first.phase_at(times))


class NearestFrame:
    """The frame of a video nearest to one time after another; times must not decrease.

    Parameters
    ----------
    frames : iterator of Frame
    """

    def __init__(self, frames: Iterator[Frame]) -> None:
        self._frames = frames
        self._now = next(frames)
        self._next = next(frames, None)

    def at(self, time_s: float) -> Frame:
        """Read on to the frame nearest to a time.

        Parameters
        ----------
        time_s : float
            Seconds, not before that of the previous call.

        Returns
        -------
        Frame
        """
        while self._next is not None and abs(self._next.time_s - time_s) <= abs(self._now.time_s - time_s):
            self._now, self._next = self._next, next(self._frames, None)
        return self._now


class _RibbonOnAnotherClock(Ribbon):
    """Ground contacts of one run on the clock of another; steps per minute are those of the run itself."""

    def __init__(
        self,
        width: int,
        clip: ComparisonClip,
        clip_clock: StrideClock,
        shared_clock: StrideClock,
        real_per_playback: float,
    ) -> None:
        stances = stance_phases(clip.view)
        moved = [
            (side, *shared_clock.time_at(clip_clock.phase_at(np.array([contact, toe_off]))))
            for side, contact, toe_off in stances
        ]
        super().__init__(
            width,
            [(side, float(a), float(b)) for side, a, b in moved if np.isfinite(a + b)],
            real_per_playback=real_per_playback,
            span_s=2.0,
        )
        self._clip_ribbon = Ribbon(width, stances, real_per_playback=clip.real_per_playback)
        self._clip_clock, self._shared_clock = clip_clock, shared_clock

    def cadence_at(self, time_s: float) -> float | None:
        """Return steps per minute in the run itself."""
        clip_time = float(self._clip_clock.time_at(self._shared_clock.phase_at(time_s)))
        return self._clip_ribbon.cadence_at(clip_time) if np.isfinite(clip_time) else None


class _Panel:
    """One runner's half of the frame."""

    def __init__(
        self,
        clip: ComparisonClip,
        label: str,
        clip_clock: StrideClock,
        shared_clock: StrideClock,
        real_per_playback: float,
        *,
        mirrored: bool,
    ) -> None:
        from gait.video import read_frames

        times = np.asarray(clip.view.clean["time"].values, dtype=float)
        interval = float(np.median(np.diff(times)))
        begin, end = float(clip_clock.contacts_s[0]), float(clip_clock.contacts_s[-1])
        self._frames = NearestFrame(
            read_frames(clip.file, start=max(begin - 2 * interval, 0.0), end=end + 2 * interval)
        )
        self._points = KeypointLookup(clip.view.clean, slack_s=0.25 * interval, apart_s=1.5 * interval)
        self._transform = fit_to_panel(clip.view, mirrored=mirrored)
        self._label, self._text = label, TextWriter()
        self._stance = Ribbon(WIDTH, stance_phases(clip.view))
        self.ribbon = _RibbonOnAnotherClock(WIDTH, clip, clip_clock, shared_clock, real_per_playback)

    def draw(self, canvas: Image, time_s: float, clock_s: float) -> None:
        """Draw one moment: ``time_s`` in this clip, ``clock_s`` on the shared clock."""
        frame = self._frames.at(time_s)
        canvas[:HEADER] = RIBBON
        self._text.write(canvas[:HEADER], self._label, (16, round(HEADER * 0.66)), 22, INK)
        panel = np.ascontiguousarray(self._transform.transform_image(frame.image))
        points = self._transform.transform_points(self._points.at(frame.time_s))
        if points:
            draw_skeleton(panel, points, stance=self._stance.stance_at(frame.time_s))
        canvas[HEADER : HEADER + HEIGHT] = panel
        strip: Image = np.empty((self.ribbon.height, WIDTH, 3), np.uint8)
        self.ribbon.draw(strip, clock_s, frame.time_s)
        canvas[HEADER + HEIGHT :] = strip


def fit_to_panel(view: ViewAnalysis, *, mirrored: bool = False) -> PanelTransform:
    """Compute where a clip lies in its panel, so that all runners are equally tall and stand on one line.

    Parameters
    ----------
    view : ViewAnalysis
    mirrored : bool

    Returns
    -------
    PanelTransform

    Raises
    ------
    RefusedError
        The runner's size cannot be measured.
    """
    position = view.clean["position"].isel(individual=0).transpose("time", "keypoint", "space")
    names = [str(name) for name in position["keypoint"].values]
    values = np.asarray(position.values, dtype=float)

    def middle(joint: str) -> FloatArray:
        pair = [values[:, names.index(f"{side}_{joint}")] for side in ("left", "right")]
        return np.asarray((pair[0] + pair[1]) / 2, dtype=float)

    hips, shoulders = middle("hip"), middle("shoulder")
    trunk = float(np.nanmedian(np.linalg.norm(shoulders - hips, axis=1)))
    feet = np.concatenate(
        [values[:, names.index(f"{s}_{k}"), 1] for s in ("left", "right") for k in ("heel", "foot_index")]
    )
    scale = STATURE * LEG_AND_TRUNK / (view.camera.leg_px + trunk)
    if not np.isfinite(scale):
        raise RefusedError(_("the runner's size cannot be measured in the video; film the whole body"))
    flip = -1.0 if mirrored else 1.0
    x = WIDTH / 2 - flip * scale * float(np.nanmedian(hips[:, 0]))
    y = FLOOR * HEIGHT - scale * float(np.nanpercentile(feet, _FLOOR_PERCENTILE))
    return PanelTransform(scale, (x, y), mirrored)
