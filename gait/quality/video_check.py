"""How well a video is filmed: a check before the analysis, and the same check during it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from gait._typing import PathLike
from gait.analysis.chunks import sample_frames
from gait.errors import RefusedError
from gait.geometry.camera import SHANK_PER_HEIGHT, THIGH_PER_HEIGHT, Camera, find_camera, keypoint_xy, with_scale
from gait.pose.engines.engine_registry import DEFAULT_ENGINE, make_engine
from gait.pose.estimation import available_cores
from gait.pose.frame_rates import FrameRates
from gait.quality.camera_roll import roll_from_runner
from gait.quality.frame_sampling import SEGMENT_S, sample_bursts, sample_long_segment, sample_video
from gait.quality.image_quality import ImageQuality, measure_image_quality
from gait.quality.measurability import VideoFacts, expected_grades
from gait.quality.observations import (
    measure_framing,
    observe_camera_movement,
    observe_foot_blur,
    observe_frame_rate,
    observe_framing,
    observe_length,
    observe_light,
    observe_people,
    observe_place,
    observe_sharpness,
    observe_speed,
    observe_tilt,
    observe_view,
    steps_per_leg,
)
from gait.quality.quality_records import Observation, VideoCheck
from gait.quality.running_rate import RunningRate, find_running_rate
from gait.records import ViewChoice
from gait.video import frame_times, probe

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

    Returns
    -------
    VideoCheck

    Raises
    ------
    InputError
        The file or an option cannot be used.
    RefusedError
        Nobody is in the video.

    Notes
    -----
    Two consecutive frames at eight moments show how the video is filmed, and five seconds at 20 frames a second show
    the cadence. What happens in between is not checked; an analysis uses every frame.
    """
    path = Path(path)
    meta = probe(path)
    real_fps = meta.assumed_capture_fps if capture_fps is None else capture_fps
    workers = available_cores() if workers is None else workers
    sample = sample_video(path, meta, make_engine(engine, workers=workers))
    pose = sample.pose
    camera = with_scale(find_camera(pose, view=view), height_m=height_m)
    real_per_playback = meta.fps / real_fps
    rate = _running_rate(sample.segment, camera, real_per_playback)
    if rate is None and meta.duration_s > SEGMENT_S:
        longer = sample_long_segment(path, meta, make_engine(engine, workers=workers))
        rate = _running_rate(longer, camera, real_per_playback)
    quality = measure_image_quality(sample.bursts, pose, camera.leg_px)
    framing = measure_framing(pose)
    duration_s = meta.duration_s / real_per_playback
    observations = (
        observe_view(camera, view),
        observe_framing(framing, camera),
        observe_frame_rate(meta, frame_times(path), real_fps),
        *_observe_time(duration_s, rate, real_fps),
        *_observe_images(quality, pose, sample.segment, camera),
        observe_people(pose, framing.position),
    )
    facts = VideoFacts(
        camera=camera,
        engine=engine,
        capture_fps=real_fps,
        cadence=None if rate is None else rate.cadence,
        steps=None if rate is None else steps_per_leg(duration_s, rate),
        feet_out=framing.feet_out,
        found=framing.found,
        observations={observation.aspect: observation for observation in observations},
    )
    return VideoCheck(
        file=str(path),
        width=meta.width,
        height=meta.height,
        playback_fps=meta.fps,
        capture_fps=real_fps,
        duration_s=meta.duration_s,
        view=camera.view,
        facing=camera.facing,
        yaw_deg=camera.yaw_deg,
        cadence=facts.cadence,
        camera_roll_deg=quality.roll.degrees if quality.roll is not None and quality.roll.reliable else None,
        observations=observations,
        expected_metrics=expected_grades(facts),
    )


def _running_rate(pose: xr.Dataset, camera: Camera, real_per_playback: float) -> RunningRate | None:
    """Find the running rate of a video that plays ``real_per_playback`` seconds of real time a second."""
    pose = pose.assign_attrs(capture_fps=FrameRates.of(pose).playback_fps / real_per_playback)
    return find_running_rate(
        pose, camera, guessed_m_per_px=ASSUMED_HEIGHT_M * (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT) / camera.leg_px
    )


def _observe_time(duration_s: float, rate: RunningRate | None, real_fps: float) -> tuple[Observation, ...]:
    length = observe_length(duration_s, rate)
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
    """

    warnings: tuple[str, ...] = ()
    camera_roll_deg: float | None = None
    camera: Camera | None = None


def assess_filming(
    path: PathLike,
    pose: xr.Dataset,
    *,
    view: ViewChoice = "auto",
    start: float | None = None,
    end: float | None = None,
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

    Returns
    -------
    FilmingQuality
        Empty where nobody was found: the analysis refuses such a video itself.

    Raises
    ------
    InputError
        The file or ``view`` cannot be used.
    """
    try:
        sampled, _ = sample_frames(pose)
        camera = find_camera(sampled, view=view)
    except RefusedError:
        return FilmingQuality()
    quality = measure_image_quality(sample_bursts(path, start=start, end=end), pose, camera.leg_px)
    time = np.asarray(pose.time.values, dtype=float)
    segment = pose.isel(time=np.flatnonzero(np.abs(time - time.mean()) <= SEGMENT_S / 2)).load()
    observations = _observe_images(quality, sampled, segment, camera)
    rate = _running_rate(segment, camera, FrameRates.of(pose).real_per_playback)
    if rate is not None:
        speed = observe_speed(rate, float(pose.attrs["capture_fps"]))
        # A bad verdict concerns the cadence, which the analysis measures from every frame.
        observations += (speed,) if speed.verdict == "watch" else ()
    warnings = tuple(o.sentence for o in observations if o.verdict != "good")
    if quality.roll is None or not quality.roll.reliable:
        return FilmingQuality(warnings, None, camera)
    across = float(np.nanmedian(keypoint_xy(sampled, "left_hip", "right_hip")[:, 0]))
    roll = quality.roll.at(across, int(pose.attrs["image_width"]), int(pose.attrs["image_height"]))
    return FilmingQuality(warnings, roll, camera)
