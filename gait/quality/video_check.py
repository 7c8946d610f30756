"""How well a video is filmed: a check before the analysis, and the same check during it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr

from gait._typing import PathLike
from gait.analysis.chunks import sample_frames
from gait.analysis.motion_kind import find_other_motion
from gait.display_language import keep_language
from gait.errors import RefusedError
from gait.formatted_message import format_message
from gait.geometry.body_direction import refuse_turned_picture
from gait.geometry.camera import SHANK_PER_HEIGHT, THIGH_PER_HEIGHT, Camera, find_camera, keypoint_xy, with_scale
from gait.metrics.grading import Refusal
from gait.pose.appearance.pelvis import MIN_FRAMES, add_pelvis_tilt
from gait.pose.appearance.seen_frames import SeenFrames
from gait.pose.dataset import SAMPLED_WINDOWS_ATTR, VIDEO_FPS_ATTR, seen_windows
from gait.pose.engines.engine_registry import DEFAULT_ENGINE, make_engine
from gait.pose.frame_rates import FrameRates
from gait.pose.picture_stretch import PICTURE_STRETCH_ATTR, PictureStretch, measurable_part
from gait.quality.camera_roll import roll_from_runner
from gait.quality.check_start import StartedCheck
from gait.quality.frame_sampling import (
    LONG_SEGMENT_FPS,
    SAME_TIME_S,
    SEGMENT_FPS,
    SEGMENT_S,
    SHORT_S,
    VideoSample,
    every_nth,
    sample_bursts,
    sample_long_segment,
    sample_video,
    segment_length_s,
)
from gait.quality.image_quality import ImageQuality, measure_combing, measure_image_quality
from gait.quality.measurability import VideoFacts, expected_grades, general_refusal, video_refusal
from gait.quality.observations import (
    LOW_LEG_CONTRAST,
    OVER_GROUND,
    measure_framing,
    observe_camera_movement,
    observe_foot_blur,
    observe_frame_rate,
    observe_framing,
    observe_length,
    observe_light,
    observe_motion,
    observe_people,
    observe_pictures,
    observe_place,
    observe_sharpness,
    observe_speed,
    observe_tilt,
    observe_view,
    steps_per_leg,
)
from gait.quality.picture_changes import find_picture_changes
from gait.quality.quality_records import Observation, VideoCheck
from gait.quality.running_rate import RunningRate, find_running_rate
from gait.records import ViewChoice
from gait.single_core import available_cores
from gait.video import frame_times

#: Steps in one frame of the long segment that can still be told from their aliases: Nyquist's limit is 0.5. [E]
MAX_SLOW_STEPS = 0.4
#: Height that is assumed to test free fall where the runner's is not known, m. [E] It lies between women's and men's
#: mean; an error of 10 % changes the fall by 10 %, slow motion by a factor of two and more.
ASSUMED_HEIGHT_M = 1.72


def check_video(
    path: PathLike,
    *,
    capture_fps: float | None = None,
    view: ViewChoice = "auto",
    engine: str = DEFAULT_ENGINE,
    height_m: float | None = None,
    workers: int | None = None,
    started: StartedCheck | None = None,
) -> VideoCheck:
    """Predict from about a hundred frames what can be measured from a video, and advise how to film it better.

    Parameters
    ----------
    path : path
    capture_fps : float, optional
        Frames per second of real time, 1/s, where the file plays slower or faster than it was filmed.
    view : {"auto", "side", "rear", "front"}
        From where the runner was filmed; ``auto``: find out.
    engine : str
        Pose engine, see `gait.pose.engines.pose_engine`.
    height_m : float, optional
        The runner's height, m.
    workers : int, optional
        Frames that are analysed at the same time; one per processor core without it.
    started : StartedCheck, optional
        The check of this video with this engine, where it was begun already; it is ended.

    Returns
    -------
    VideoCheck

    Raises
    ------
    InputError
        The file or an option cannot be used.
    RefusedError
        Nobody is in the video, or the picture is turned.

    Notes
    -----
    Two consecutive frames at eight moments show how the video is filmed, and five seconds at 20 frames a second show
    the cadence. What happens in between is not checked; an analysis uses every frame.
    """
    path = Path(path)
    workers = available_cores() if workers is None else workers
    # Nearly always the pictures follow each other, so that the frames of the whole video are the right ones.
    with (
        started or StartedCheck(path, partial(make_engine, engine, workers=workers)) as begun,
        ThreadPoolExecutor(2) as pool,
    ):
        whole = meta = begun.meta
        real_fps = meta.assumed_capture_fps if capture_fps is None else capture_fps
        real_per_playback = meta.fps / real_fps
        try:
            sample: VideoSample | RefusedError = sample_video(
                path, meta, begun.engine(), real_per_playback=real_per_playback
            )
        except RefusedError as refusal:
            sample = refusal
        stretch = begun.stretch.result()
        if not stretch.whole and stretch.duration_s > 0:
            meta = replace(meta, start_s=stretch.start_s, duration_s=stretch.duration_s)
            sample = sample_video(path, meta, begun.engine(), real_per_playback=real_per_playback)
        begun.leave_engine()
        if isinstance(sample, RefusedError):
            raise sample
        pose = sample.pose
        refuse_turned_picture(pose)
        camera = with_scale(find_camera(pose, view=view), height_m=height_m)
        measuring = pool.submit(measure_image_quality, sample.bursts, pose, camera.leg_px)
        combing = pool.submit(measure_combing, sample.bursts)
        rate = _running_rate(sample.segment, camera, real_per_playback)
        if rate is None and meta.duration_s > SEGMENT_S:
            with make_engine(engine, workers=workers) as slow_engine:
                longer = sample_long_segment(path, meta, slow_engine)
            rate = _running_rate(longer, camera, real_per_playback)
            # So few frames a second resolve the steps of slow motion only, and alias those of running.
            if rate is not None and rate.cadence * real_per_playback > MAX_SLOW_STEPS * 60 * LONG_SEGMENT_FPS:
                rate = None
        other_motion = find_other_motion(sample.segment, camera)
        pelvis = _seen_pelvis(path, sample.segment, camera)
        quality = measuring.result()
    framing = measure_framing(pose)
    duration_s = meta.duration_s * real_per_playback
    observations = (
        observe_view(camera, view),
        observe_framing(framing, camera),
        observe_frame_rate(meta, frame_times(path), real_fps, stretch.repeated_share),
        observe_pictures(stretch, combing.result()),
        *_observe_time(duration_s, rate, real_fps, stretch),
        *observe_motion(other_motion),
        *_observe_images(quality, pose, sample.segment, camera),
        observe_people(pose, framing.position),
    )
    facts = VideoFacts(
        camera=camera,
        engine=engine,
        capture_fps=real_fps * (1 - stretch.repeated_share),
        cadence=None if rate is None else rate.cadence,
        steps=None if rate is None else steps_per_leg(duration_s, rate),
        feet_out=framing.feet_out,
        found=framing.found,
        observations={observation.aspect: observation for observation in observations},
        level=quality.roll is not None and quality.roll.reliable,
        pelvis=pelvis,
    )
    return VideoCheck(
        file=str(path),
        width=meta.width,
        height=meta.height,
        playback_fps=meta.fps,
        capture_fps=real_fps,
        duration_s=whole.duration_s,
        view=camera.view,
        facing=camera.facing,
        yaw_deg=camera.yaw_deg,
        cadence=facts.cadence,
        camera_roll_deg=quality.roll.degrees if quality.roll is not None and quality.roll.reliable else None,
        observations=observations,
        expected_metrics=expected_grades(facts),
        refused=video_refusal(facts),
    )


def _seen_pelvis(path: Path, segment: xr.Dataset, camera: Camera) -> xr.Dataset | None:
    """Read what a few seconds show of the pelvis, as the analysis does from all; ``None`` where they are too few."""
    if camera.view == "side" or segment.sizes["time"] < MIN_FRAMES:
        return None
    return add_pelvis_tilt(path, segment, view=camera.view, leg_px=camera.leg_px)


def _running_rate(pose: xr.Dataset, camera: Camera, real_per_playback: float) -> RunningRate | None:
    """Find the running rate of a video that plays ``real_per_playback`` seconds of real time a second."""
    pose = pose.assign_attrs(capture_fps=FrameRates.of(pose).playback_fps / real_per_playback)
    return find_running_rate(
        pose, camera, guessed_m_per_px=ASSUMED_HEIGHT_M * (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT) / camera.leg_px
    )


def _observe_time(
    duration_s: float, rate: RunningRate | None, real_fps: float, stretch: PictureStretch
) -> tuple[Observation, ...]:
    length = observe_length(duration_s, rate)
    if length.verdict == "bad" and not stretch.whole and duration_s < SEGMENT_S:
        length = replace(
            length,
            text=format_message(
                "only {length}, in the longest stretch that is left: {faults}",
                length=length.text,
                faults=stretch.fault_text,
            ),
        )
    if rate is None and length.verdict == "bad":
        return (length,)  # too short to find the running rate
    return length, observe_speed(rate, real_fps)


def _observe_images(
    quality: ImageQuality, pose: xr.Dataset, segment: xr.Dataset, camera: Camera
) -> tuple[Observation, ...]:
    """Observe what only the images show; the analysis finds the rest by itself, from every frame."""
    feet = observe_foot_blur(quality)
    return (
        observe_sharpness(quality),
        *(() if feet is None else (feet,)),
        observe_light(quality),
        observe_tilt(quality.roll, roll_from_runner(pose, camera)),
        observe_camera_movement(quality),
        observe_place(segment, camera, quality),
    )


@dataclass(frozen=True)
class FilmingQuality:
    """What the images of a video add to its analysis.

    Attributes
    ----------
    warnings : tuple of str
        One line each; without those that the analysis gives itself.
    camera_roll_deg : float or None
        How far upright things are turned where the runner is, + = counter-clockwise: the camera's roll, plus the
        effect of its pitch away from the middle of the frame. ``None`` where it is not known well enough.
    camera : Camera or None
        As found from the poses, in pixels; ``None`` where nobody was found.
    over_ground : bool
        The runner moves over ground, so that there is no belt.
    faults : tuple of str
        Aspects that are not good (`gait.quality.quality_records.Observation`), for naming what hides the legs.
    stretch : PictureStretch or None
        The part of the video whose pictures follow each other.
    refusal : Refusal or None
        Why nothing can be measured; `check_video` gives the same reason.
    """

    warnings: tuple[str, ...] = ()
    camera_roll_deg: float | None = None
    camera: Camera | None = None
    over_ground: bool = False
    faults: tuple[str, ...] = ()
    stretch: PictureStretch | None = None
    refusal: Refusal | None = None


def assess_filming(
    path: PathLike,
    pose: xr.Dataset,
    *,
    view: ViewChoice = "auto",
    start: float | None = None,
    end: float | None = None,
    seen: SeenFrames | None = None,
) -> FilmingQuality:
    """Check a few frames of a video whose poses were estimated already.

    Parameters
    ----------
    path : path
    pose : xarray.Dataset
        Of the whole video, or of the part from ``start`` to ``end``.
    view : {"auto", "side", "rear", "front"}
    start, end : float, optional
        Seconds.
    seen : SeenFrames, optional
        What was put aside of its frames.

    Returns
    -------
    FilmingQuality
        Empty where nobody was found: the analysis refuses such a video itself.

    Raises
    ------
    InputError
        The file or ``view`` cannot be used.
    """
    windows = seen_windows(pose) if SAMPLED_WINDOWS_ATTR in pose.attrs else None
    whole_pose = pose
    with ThreadPoolExecutor(2) as pool:
        # Nearly always the pictures follow each other, so that the frames of the whole part are the right ones.
        reading = pool.submit(keep_language(partial(sample_bursts, path, start=start, end=end)))
        stretch = PictureStretch.of(pose) or find_picture_changes(
            path, start=start, end=end, windows=windows, seen=seen
        )
        pose = measurable_part(pose.assign_attrs({PICTURE_STRETCH_ATTR: stretch.to_json()}))
        try:
            sampled, _ = sample_frames(pose)
            refuse_turned_picture(sampled)
            camera = find_camera(sampled, view=view)
        except RefusedError:
            # Where nobody is found anywhere, it does not matter how the pictures follow each other.
            return FilmingQuality(stretch=stretch if _somebody_found(whole_pose) else None)
        if stretch.whole or stretch.duration_s <= 0:
            bursts = reading.result()
        else:
            bursts = sample_bursts(path, start=stretch.start_s - SAME_TIME_S, end=stretch.end_s)
        measuring = pool.submit(measure_image_quality, bursts, pose, camera.leg_px)
        combing = pool.submit(measure_combing, bursts)
        segment = _segment_in_the_middle(pose, sampled)
        rate = _running_rate(_thinned_segment(segment), camera, FrameRates.of(pose).real_per_playback)
        quality = measuring.result()
    time = np.asarray(pose.time.values, dtype=float)
    observations = _observe_images(quality, sampled, segment, camera)
    rates = FrameRates.of(pose)
    pictures = observe_pictures(stretch, combing.result())
    observations += (pictures,)
    gate = [pictures]
    if rate is not None:
        # Without a rhythm in these seconds, the analysis of every frame decides.
        duration_s = (float(time[-1] - time[0]) + 1 / float(pose.attrs["fps"])) * rates.real_per_playback
        length, speed = _observe_time(duration_s, rate, rates.capture_fps, stretch)
        gate += [length, speed]
        observations += (speed,) if speed.verdict == "watch" else ()
    warnings = tuple(o.sentence for o in observations if o.verdict != "good")
    if repeated := stretch.repeated_notice(rates.capture_fps):
        warnings += (repeated,)
    refusal = general_refusal({o.aspect: o for o in gate}, feet_out=0.0)
    framing = observe_framing(measure_framing(sampled), camera)
    low_contrast = ("leg contrast",) if quality.leg_contrast < LOW_LEG_CONTRAST else ()
    faults = (*(o.aspect for o in (*observations, framing) if o.verdict != "good"), *low_contrast)
    over_ground = any(o.code == OVER_GROUND for o in observations)
    if quality.roll is None or not quality.roll.reliable:
        return FilmingQuality(warnings, None, camera, over_ground, faults, stretch, refusal)
    across = float(np.nanmedian(keypoint_xy(sampled, "left_hip", "right_hip")[:, 0]))
    roll = quality.roll.at(across, int(pose.attrs["image_width"]), int(pose.attrs["image_height"]))
    return FilmingQuality(warnings, roll, camera, over_ground, faults, stretch, refusal)


def _segment_in_the_middle(pose: xr.Dataset, sampled: xr.Dataset) -> xr.Dataset:
    """Return a few seconds without a gap around the middle of the frames in which the runner was found."""
    time = np.asarray(pose.time.values, dtype=float)
    real_per_playback = FrameRates.of(pose).real_per_playback
    whole_s = (float(time[-1] - time[0]) + 1 / float(pose.attrs["fps"])) * real_per_playback
    length_s = segment_length_s(whole_s) / real_per_playback
    if whole_s <= SHORT_S:
        length_s *= 2  # all of it, wherever its middle is
    found = np.isfinite(keypoint_xy(sampled, "left_hip", "right_hip")[:, 0])
    middle = float(np.median(np.asarray(sampled.time.values, dtype=float)[found]))
    if SAMPLED_WINDOWS_ATTR in pose.attrs:
        # Seconds without a gap: of the window nearest to the middle.
        held = [w for w in seen_windows(pose) if ((time >= w[0]) & (time < w[1])).any()]
        first, last = min(held, key=lambda window: abs(window[0] + window[1] - 2 * middle))
        inside = (time >= first) & (time < last)
        middle = float(np.clip(middle, first + length_s / 2, max(last - length_s / 2, first + length_s / 2)))
    else:
        inside = np.ones(len(time), dtype=bool)
    return pose.isel(time=np.flatnonzero(inside & (np.abs(time - middle) <= length_s / 2))).load()


def _somebody_found(pose: xr.Dataset) -> bool:
    try:
        sample_frames(pose)
    except RefusedError:
        return False
    return True


def _thinned_segment(segment: xr.Dataset) -> xr.Dataset:
    """Keep as many frames a second as `check_video` looks at, so that both read the same running rate."""
    fps = float(segment.attrs["fps"])
    every = every_nth(fps, SEGMENT_FPS * FrameRates.of(segment).real_per_playback)
    rates = {"fps": fps / every, VIDEO_FPS_ATTR: float(segment.attrs.get(VIDEO_FPS_ATTR, fps))}
    return segment.isel(time=slice(None, None, every)).assign_attrs(rates)
