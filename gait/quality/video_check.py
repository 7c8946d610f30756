"""A look at a video before the long work, and the same look during it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import xarray as xr

from gait.analysis.chunks import sample_frames
from gait.errors import RefusedError
from gait.geometry.camera import SHANK, THIGH, Camera, find_camera, keypoint_xy, with_scale
from gait.pose.engines.engine import DEFAULT_ENGINE, make_engine
from gait.pose.estimation import available_cores
from gait.pose.frame_rates import FrameRates
from gait.quality import observations as aspects
from gait.quality.camera_roll import roll_from_runner
from gait.quality.frame_sampling import STRETCH_S, sample_longer, sample_spots, take_sample
from gait.quality.image_quality import ImageQuality, measure_image_quality
from gait.quality.measurability import VideoFacts, expected_grades
from gait.quality.quality_records import Observation, VideoCheck
from gait.quality.running_rate import RunningRate, find_running_rate
from gait.video.reader import frame_times, probe

ViewChoice = Literal["auto", "side", "rear", "front"]
#: Height that is assumed to ask whether bodies fall as they should, m: between women's and men's mean; ±10 % change
#: the fall by as much, slow motion by a factor of two and more.
SOME_HEIGHT_M = 1.72


def check_video(
    path: str | os.PathLike[str],
    *,
    capture_fps: float | None = None,
    view: ViewChoice = "auto",
    engine: str = DEFAULT_ENGINE,
    height_m: float | None = None,
    workers: int | None = None,
) -> VideoCheck:
    """Say what can and cannot be measured from a video, and how to film it better, from some hundred frames.

    Parameters
    ----------
    path : path
    capture_fps : float, optional
        How fast the camera sampled reality, 1/s, where the file plays slower than that.
    view : {"auto", "side", "rear", "front"}
    engine : str
        Pose engine, see `gait.pose.engines.engine`.
    height_m : float, optional
        The runner's height.
    workers : int, optional
        Pictures in work at the same time; one per processor core without it.

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
    Two pictures in a row at eight moments show how it is filmed, and five seconds at 20 pictures a second show the
    rhythm. What happens in between is not seen; `gait analyze` looks at every frame.
    """
    path = Path(path)
    meta = probe(path)
    real_fps = meta.assumed_capture_fps if capture_fps is None else capture_fps
    workers = available_cores() if workers is None else workers
    sample = take_sample(path, meta, make_engine(engine, workers=workers))
    pose = sample.pose
    camera = with_scale(find_camera(pose, view=view), height_m=height_m)
    slowed = meta.fps / real_fps
    rhythm = _rhythm(sample.stretch, camera, slowed)
    if rhythm is None and meta.duration_s > STRETCH_S:
        rhythm = _rhythm(sample_longer(path, meta, make_engine(engine, workers=workers)), camera, slowed)
    look = measure_image_quality(sample.spots, pose, camera.leg_px)
    framed = aspects.framing_of(pose)
    duration_s = meta.duration_s / slowed
    seen = (
        aspects.view_of(camera, view),
        aspects.framing(framed, camera),
        aspects.frame_rate(meta, frame_times(path), real_fps),
        *_time(duration_s, rhythm, real_fps),
        *_picture(look, pose, sample.stretch, camera),
        aspects.people(pose, framed.place),
    )
    facts = VideoFacts(
        camera=camera,
        engine=engine,
        capture_fps=real_fps,
        cadence=None if rhythm is None else rhythm.cadence,
        steps=None if rhythm is None else aspects.steps_per_leg(duration_s, rhythm),
        feet_out=framed.feet_out,
        found=framed.found,
        seen={one.aspect: one for one in seen},
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
        camera_roll_deg=look.roll.degrees if look.roll is not None and look.roll.sure else None,
        observations=seen,
        outlook=expected_grades(facts),
    )


def _rhythm(pose: xr.Dataset, camera: Camera, slowed: float) -> RunningRate | None:
    """Find the rhythm where the video plays ``slowed`` times slower than life."""
    pose = pose.assign_attrs(capture_fps=FrameRates.of(pose).playback_fps / slowed)
    return find_running_rate(pose, camera, guessed_m_per_px=SOME_HEIGHT_M * (THIGH + SHANK) / camera.leg_px)


def _time(duration_s: float, rhythm: RunningRate | None, real_fps: float) -> tuple[Observation, ...]:
    length = aspects.length(duration_s, rhythm)
    if rhythm is None and length.verdict == "bad":
        return (length,)  # too short to say anything about the rhythm
    return length, aspects.speed(rhythm, real_fps)


def _picture(look: ImageQuality, pose: xr.Dataset, stretch: xr.Dataset, camera: Camera) -> tuple[Observation, ...]:
    """Say what only the pictures show; the rest of what the check tells, an analysis tells itself from every frame."""
    feet = aspects.foot_blur(look)
    return (
        aspects.sharpness(look),
        *(() if feet is None else (feet,)),
        aspects.light(look),
        aspects.tilt(look.roll, roll_from_runner(pose, camera)),
        aspects.camera_movement(look),
        aspects.place(stretch, camera, look),
    )


@dataclass(frozen=True)
class Gate:
    """What a look at the pictures adds to an analysis.

    Attributes
    ----------
    warnings : tuple of str
        One line each; none of what the analysis says itself.
    camera_roll_deg : float or None
        How far upright things are turned where the runner is, + = counter-clockwise: the camera's roll, and what its
        pitch adds to it away from the middle; ``None`` where it is not known well.
    camera : Camera or None
        As found from the poses, in pixels; ``None`` where nobody was found.
    """

    warnings: tuple[str, ...] = ()
    camera_roll_deg: float | None = None
    camera: Camera | None = None


def gate(
    path: str | os.PathLike[str],
    pose: xr.Dataset,
    *,
    view: ViewChoice = "auto",
    start: float | None = None,
    end: float | None = None,
) -> Gate:
    """ImageQuality at a few pictures of a video whose poses are known already.

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
    Gate
        Says nothing where nobody was found: the analysis refuses such a video itself.

    Raises
    ------
    InputError
        The file or ``view`` cannot be used.
    """
    try:
        some, _ = sample_frames(pose)
        camera = find_camera(some, view=view)
    except RefusedError:
        return Gate()
    look = measure_image_quality(sample_spots(path, start=start, end=end), pose, camera.leg_px)
    time = np.asarray(pose.time.values, dtype=float)
    stretch = pose.isel(time=np.flatnonzero(np.abs(time - time.mean()) <= STRETCH_S / 2)).load()
    observations = _picture(look, some, stretch, camera)
    rhythm = _rhythm(stretch, camera, FrameRates.of(pose).time_factor)
    if rhythm is not None:
        speed = aspects.speed(rhythm, float(pose.attrs["capture_fps"]))
        # What is bad about it is the cadence, which the analysis knows better.
        observations += (speed,) if speed.verdict == "watch" else ()
    told = tuple(o.sentence for o in observations if o.verdict != "good")
    if look.roll is None or not look.roll.sure:
        return Gate(told, None, camera)
    across = float(np.nanmedian(keypoint_xy(some, "left_hip", "right_hip")[:, 0]))
    roll = look.roll.at(across, int(pose.attrs["image_width"]), int(pose.attrs["image_height"]))
    return Gate(told, roll, camera)
