"""Two clips side by side, played in step: at every moment both runners are at the same point of their stride."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from gait._typing import Image, ProgressCallback
from gait.errors import InputError, RefusedError
from gait.history.stride_alignment import StrideClock, align_strides, stride_clock
from gait.io.report_reader import Report
from gait.report.annotated_video import stances_of
from gait.report.frame_drawing import HALO, INK, RIBBON, Lettering, Ribbon, draw_skeleton
from gait.report.pose_moments import Moments, Points

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.video.reader import Frame

#: Size of one runner's picture, pixels, and of the strip with the name above it.
WIDTH, HEIGHT, HEADER = 540, 720, 48
#: Standing height in that picture, pixels, and where the lowest foot stands, as a share of its height.
STATURE, FLOOR = 580, 0.95
#: Thigh, shank and trunk (shoulders to hips) together, as a share of standing height (Winter).
LEG_AND_TRUNK = 0.245 + 0.246 + 0.288
#: More of a run shows nothing new, s; frames per second that a player shows well.
MOST_S, MOST_FPS = 20.0, 60.0
#: Poses before and after what is shown, s: filters need them.
MARGIN_S = 2.0


@dataclass(frozen=True)
class ComparisonClip:
    """One video of a report, analysed again from its kept poses.

    ``real`` is real seconds per second of playback.
    """

    file: Path
    view: ViewAnalysis = field(repr=False)
    rhythm: StrideClock
    real: float
    fps: float


@dataclass(frozen=True)
class Placing:
    """Where a picture goes in its panel: pixels × ``factor`` + ``shift``, mirrored about the vertical first or not."""

    factor: float
    shift: tuple[float, float]
    mirrored: bool

    def points(self, points: Points) -> dict[str, NDArray[np.float64]]:
        """Give landmarks in the panel."""
        flip = np.array([-1.0 if self.mirrored else 1.0, 1.0])
        return {name: point * flip * self.factor + self.shift for name, point in points.items()}

    def picture(self, image: Image) -> Image:
        """Give the panel's part of a picture, dark where there is none."""
        factor = self.factor
        if factor < 0.7:  # averaging before shrinking keeps thin lines whole
            image = np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
            factor = 1.0
        flip = -factor if self.mirrored else factor
        onto = np.array([[flip, 0.0, self.shift[0]], [0.0, factor, self.shift[1]]])
        made = cv2.warpAffine(image, onto, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderValue=HALO)
        return np.asarray(made, np.uint8)


def comparison_clip(report: Report, view: str) -> ComparisonClip:
    """Read a report's clip of a view again.

    Raises
    ------
    InputError
        The report was handed over as data, or its video or poses are gone.
    RefusedError
        Too few contacts follow one another.
    """
    from gait.analysis.view_analysis import analyze_pose
    from gait.pose.dataset import load_pose

    number = next(n for n, v in enumerate(report.videos) if v["view"] == view)
    record = report.videos[number]
    name = Path(record["file"]).name
    file = report.video_file(number)
    if report.folder is None or file is None:
        raise InputError(f"{record['file']}: the video is not there any more; put it back, or beside the report")
    contacts = [
        (float(e["time_s"]), str(e["side"]))
        for e in report.record["events"]
        if e["video"] == number and e["kind"] == "contact"
    ]
    rhythm = stride_clock(contacts)
    if rhythm is None:
        raise RefusedError(f"{name}: too few landings follow one another")
    pose = None
    for kept in sorted(report.folder.glob("pose_*.nc")):
        pose = load_pose(kept)
        if Path(str(pose.attrs.get("source_file"))).name == name:
            break
        pose.close()
        pose = None
    if pose is None:
        raise InputError(f"{report.folder}: the poses of {name} are not there any more; run gait analyze again")
    real = float(record["playback_fps"]) / float(record["capture_fps"])
    if float(record["capture_fps"]) != float(record["playback_fps"]):
        pose.attrs["capture_fps"] = float(record["capture_fps"])
    rhythm = rhythm.first(int(np.searchsorted(rhythm.contacts_s, rhythm.contacts_s[0] + MOST_S / real, side="right")))
    first, last = float(rhythm.contacts_s[0]), float(rhythm.contacts_s[-1])
    around = slice(first - MARGIN_S / real, last + MARGIN_S / real)
    analysed = analyze_pose(pose.sel(time=around).load(), view=view)  # type: ignore[arg-type]
    pose.close()
    return ComparisonClip(file, analysed, rhythm, real, float(record["capture_fps"]))


def write_video(
    first: ComparisonClip,
    second: ComparisonClip,
    labels: tuple[str, str],
    path: Path,
    *,
    progress: ProgressCallback | None = None,
) -> Path:
    """Write two clips side by side, in step.

    The first plays at its true speed. The second is stretched and squeezed so that every landing of a foot falls on
    the same foot's landing in the first. Both are drawn equally tall and standing on one line; where they run to
    different sides, the second is mirrored (and says so), left and right staying the runner's own.

    Parameters
    ----------
    first, second : Clip
        Of the same view.
    labels : (str, str)
    path : path
        An ``.mp4`` to be made or replaced, whole or not at all.
    progress : callable, optional
        Called with (frames done, frames in all).

    Raises
    ------
    InputError
        A video cannot be read.
    """
    from gait.video.reader import VideoWriter

    one, other = align_strides(first.rhythm, second.rhythm, most_s=MOST_S / first.real)
    mirrored = first.view.camera.facing != second.view.camera.facing
    fps = min(MOST_FPS, max(first.fps, second.fps))
    times, seconds = moments(one, other, fps=fps, real=first.real)
    panels = (
        _Panel(first, labels[0], one, one, first.real, mirrored=False),
        _Panel(second, f"{labels[1]} (mirrored)" if mirrored else labels[1], other, one, first.real, mirrored=mirrored),
    )
    height = HEADER + HEIGHT + panels[0].ribbon.height
    canvas: Image = np.empty((height, 2 * WIDTH, 3), np.uint8)
    with VideoWriter(path, width=2 * WIDTH, height=height, fps=fps) as writer:
        for done, (time, at) in enumerate(zip(times, seconds, strict=True), start=1):
            panels[0].draw(canvas[:, :WIDTH], float(time), float(time))
            panels[1].draw(canvas[:, WIDTH:], float(at), float(time))
            canvas[:, WIDTH - 1 : WIDTH + 1] = HALO
            writer.write(canvas, time_s=(done - 1) / fps)
            if progress is not None:
                progress(done, len(times))
    return path


def moments(
    first: StrideClock, second: StrideClock, *, fps: float, real: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give for every frame of the side-by-side video the time in the first clip and that in the second, (n,) each.

    Parameters
    ----------
    first, second : StrideClock
        With as many contacts each.
    fps : float
        Of the video to be made.
    real : float
        Real seconds per second of the first clip's playback.
    """
    begin, end = float(first.contacts_s[0]), float(first.contacts_s[-1])
    times = begin + np.arange(int((end - begin) * real * fps) + 1) / (fps * real)
    times = np.minimum(times, end)
    return times, second.time_at(first.phase_at(times))


class Nearest:
    """The frame of a video nearest to one moment after another; moments must not go back.

    Parameters
    ----------
    frames : iterator of Frame
    """

    def __init__(self, frames: Iterator[Frame]) -> None:
        self._frames = frames
        self._now = next(frames)
        self._next = next(frames, None)

    def at(self, time_s: float) -> Frame:
        """Give it."""
        while self._next is not None and abs(self._next.time_s - time_s) <= abs(self._now.time_s - time_s):
            self._now, self._next = self._next, next(self._frames, None)
        return self._now


class _OnAnotherClock(Ribbon):
    """Ground contacts of a run laid on the clock of another; steps per minute stay its own."""

    def __init__(self, width: int, clip: ComparisonClip, own: StrideClock, clock: StrideClock, real: float) -> None:
        stances = stances_of(clip.view)
        ends = [(side, *clock.time_at(own.phase_at(np.array([on, off])))) for side, on, off in stances]
        super().__init__(
            width,
            [(s, float(a), float(b)) for s, a, b in ends if np.isfinite(a + b)],
            real_per_playback=real,
            span_s=2.0,
        )
        self._own = Ribbon(width, stances, real_per_playback=clip.real)
        self._back, self._clock = own, clock

    def cadence_at(self, time_s: float) -> float | None:
        """Return steps per minute in the run itself."""
        at = float(self._back.time_at(self._clock.phase_at(time_s)))
        return self._own.cadence_at(at) if np.isfinite(at) else None


class _Panel:
    """One runner's half of the picture."""

    def __init__(
        self, clip: ComparisonClip, label: str, rhythm: StrideClock, clock: StrideClock, real: float, *, mirrored: bool
    ) -> None:
        from gait.video.reader import read_frames

        times = np.asarray(clip.view.clean["time"].values, dtype=float)
        every = float(np.median(np.diff(times)))
        begin, end = float(rhythm.contacts_s[0]), float(rhythm.contacts_s[-1])
        self._frames = Nearest(read_frames(clip.file, start=max(begin - 2 * every, 0.0), end=end + 2 * every))
        self._points = Moments(clip.view.clean, slack_s=0.25 * every, apart_s=1.5 * every)
        self._placing = placing(clip.view, mirrored=mirrored)
        self._label, self._text = label, Lettering()
        self._stance = Ribbon(WIDTH, stances_of(clip.view))
        self.ribbon = _OnAnotherClock(WIDTH, clip, rhythm, clock, real)

    def draw(self, canvas: Image, time_s: float, clock_s: float) -> None:
        """Draw one moment: ``time_s`` in this clip, ``clock_s`` on the common clock."""
        frame = self._frames.at(time_s)
        canvas[:HEADER] = RIBBON
        self._text.write(canvas[:HEADER], self._label, (16, round(HEADER * 0.66)), 22, INK)
        picture = np.ascontiguousarray(self._placing.picture(frame.image))
        points = self._placing.points(self._points.at(frame.time_s))
        if points:
            draw_skeleton(picture, points, stance=self._stance.stance_at(frame.time_s))
        canvas[HEADER : HEADER + HEIGHT] = picture
        strip: Image = np.empty((self.ribbon.height, WIDTH, 3), np.uint8)
        self.ribbon.draw(strip, clock_s, frame.time_s)
        canvas[HEADER + HEIGHT :] = strip


def placing(view: ViewAnalysis, *, mirrored: bool = False) -> Placing:
    """Say how a clip's picture is laid into its panel, so that all runners are equally tall and stand on one line."""
    position = view.clean["position"].isel(individual=0).transpose("time", "keypoint", "space")
    names = [str(name) for name in position["keypoint"].values]
    values = np.asarray(position.values, dtype=float)

    def middle(joint: str) -> NDArray[np.float64]:
        pair = [values[:, names.index(f"{side}_{joint}")] for side in ("left", "right")]
        return np.asarray((pair[0] + pair[1]) / 2, dtype=float)

    hips, shoulders = middle("hip"), middle("shoulder")
    trunk = float(np.nanmedian(np.linalg.norm(shoulders - hips, axis=1)))
    feet = np.concatenate(
        [values[:, names.index(f"{s}_{k}"), 1] for s in ("left", "right") for k in ("heel", "foot_index")]
    )
    factor = STATURE * LEG_AND_TRUNK / (view.camera.leg_px + trunk)
    if not np.isfinite(factor):
        raise RefusedError("the runner is not found well enough to be drawn to scale")
    flip = -1.0 if mirrored else 1.0
    x = WIDTH / 2 - flip * factor * float(np.nanmedian(hips[:, 0]))
    y = FLOOR * HEIGHT - factor * float(np.nanpercentile(feet, 97))
    return Placing(factor, (x, y), mirrored)
