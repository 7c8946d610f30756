"""From the poses of one video to its measurements, in one call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from gait._typing import PathLike
from gait.analysis.measurement_builder import MeasurementBuilder
from gait.analysis.step_measuring import MeasuredSteps, add_speed_metrics, clip_duration_s
from gait.analysis.view_setup import ViewSetup
from gait.analysis.view_stages import clean_view, locate_view_events, measure_view_steps
from gait.display_language import _
from gait.display_units import speed_in_units, speed_range_in_units
from gait.events.shoe_landing import tracked_sides
from gait.formatted_message import message_from_json
from gait.geometry.camera import SHANK_PER_HEIGHT, THIGH_PER_HEIGHT, Camera
from gait.geometry.joint_offsets import adjusted_joints, dotted_joints, moved_joint_notes
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.cadence import measure_cadence
from gait.metrics.grading import (
    COARSE_FPS,
    MAX_FEET_OUT,
    PLAUSIBLE_CADENCE,
    SMALL_LEG_PX,
    ViewConditions,
    feet_outside,
)
from gait.metrics.pelvis_tilt_in_stance import is_pelvis_marked
from gait.metrics.register import METRICS
from gait.metrics.running_speed import belt_ratio, implausible_belt, running_speed
from gait.pose.dataset import (
    CAMERA_ROLL_ATTR,
    FILMING_WARNINGS_ATTR,
    OVER_GROUND_ATTR,
    SAMPLED_WINDOWS_ATTR,
    VIDEO_FRAMES_ATTR,
    length_per_seen,
    network_of_errors,
    seen_windows,
)
from gait.pose.frame_rates import FrameRates
from gait.pose.picture_stretch import measurable_part
from gait.records import Measurement, Runner, VideoInfo, ViewChoice
from gait.signal.cleaning import CleanedPose
from gait.signal.mean_stride import NOMINAL_LEG_M
from gait.single_core import on_one_core

#: A warning is given below this share of frames in which the runner was found, above this share of leg keypoints that
#: were bridged, and above this share of frames with a foot outside the frame. [E]
WARN_DETECTED, WARN_FILLED, WARN_FEET_OUT = 0.95, 0.10, MAX_FEET_OUT / 3


@dataclass(frozen=True)
class ViewAnalysis:
    """Everything measured from one video.

    Attributes
    ----------
    info : VideoInfo
    pose : xarray.Dataset
        As estimated.
    clean : xarray.Dataset
        Labels repaired, smoothed, gaps marked; see `gait.signal.cleaning.clean_keypoints`.
    camera : Camera
    events : pandas.DataFrame
        ``side, kind, time_s, uncertainty_s``.
    steps : pandas.DataFrame
        One row a step: ``step, side, contact_s, toe_off_s`` and one column per metric.
    measurements : tuple of Measurement
    belt_speed_mps : (float, float) or None
        Range of the belt's speed (95 %), m/s; from the side and with a scale only.
    belt_heights_per_s : (float, float) or None
        The same in body heights per second, from the side where no scale is known.
    """

    info: VideoInfo
    pose: xr.Dataset
    clean: xr.Dataset
    camera: Camera
    events: pd.DataFrame
    steps: pd.DataFrame
    measurements: tuple[Measurement, ...]
    belt_speed_mps: tuple[float, float] | None = None
    belt_heights_per_s: tuple[float, float] | None = None


@on_one_core
def analyze_pose(
    pose: xr.Dataset,
    *,
    runner: Runner | None = None,
    view: ViewChoice = "auto",
    video: int = 0,
    corrected: bool = True,
    keep: PathLike | None = None,
) -> ViewAnalysis:
    """Measure running form from the poses of one video.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset. Its attributes carry the playback rate, the capture rate and the rate of the poses
        (`gait.pose.frame_rates.FrameRates`).
    runner : Runner, optional
        Height or leg length give the scale, speed checks it.
    view : {"auto", "side", "rear", "front"}
        Where the camera stood.
    video : int
        Number of the video in the session, for the measurements.
    corrected : bool
        ``False`` ignores the method error: intervals hold the variation between steps only, and
        no metric is refused for being inexact. For measuring the method error.
    keep : path, optional
        File for the clean dataset of a clip that is measured in chunks (`gait.analysis.chunks`), so that the dataset
        need not fit into memory. A shorter clip makes no file.

    Returns
    -------
    ViewAnalysis

    Raises
    ------
    InputError
        Unknown ``view``.
    RefusedError
        Nothing can be measured: nobody runs, the clip is too short, or the feet are outside the frame. The message
        says what to film.

    Examples
    --------
    >>> from gait import load_poses
    >>> view = analyze_pose(load_poses("notebooks/data/side.nc"), runner=Runner(height_m=1.70))
    >>> cadence = view.measurements[0]
    >>> cadence.key, round(cadence.value), cadence.unit, cadence.steps, cadence.grade
    ('cadence', 150, 'steps/min', 25, 'fair')
    """
    runner = runner or Runner()
    pose = measurable_part(pose)
    cleaned = clean_view(pose, runner=runner, view=view, keep=keep)
    whole = measure_view_steps(cleaned, locate_view_events(cleaned))
    return grade_view(whole, pose, cleaned.setup, runner=runner, video=video, corrected=corrected)


def grade_view(
    whole: MeasuredSteps,
    pose: xr.Dataset,
    setup: ViewSetup,
    *,
    runner: Runner,
    video: int = 0,
    corrected: bool = True,
) -> ViewAnalysis:
    """Turn the steps of a video into graded measurements or refusals.

    Parameters
    ----------
    whole : MeasuredSteps
        Of the whole video.
    pose : xarray.Dataset
        As estimated.
    setup : ViewSetup
    runner : Runner
        Their speed is compared with that of the belt.
    video : int
        Number of the video in the session.
    corrected : bool
        As in :func:`analyze_pose`.

    Returns
    -------
    ViewAnalysis
    """
    rates, camera, feet_out, detected = FrameRates.of(pose), setup.camera, setup.feet_out, setup.detected
    real_per_playback, network = rates.real_per_playback, network_of_errors(pose)
    cleaned, events, steps = whole.cleaned, whole.events, whole.steps
    tracks = KeypointTracks(cleaned.pose, camera)
    cadence = measure_cadence(events, cleaned, real_per_playback)[0]
    warnings = [
        *camera.warnings,
        *whole.warnings,
        *dict.fromkeys(refusal.reason for refusal in whole.refusals.values()),
    ]
    warnings += _warnings(detected, cleaned, camera, cadence, rates.sampled_fps, feet_out)
    belt = whole.belt_mps
    belt_range = None
    over_ground = bool(pose.attrs.get(OVER_GROUND_ATTR, 0))
    if over_ground:
        belt = None
    if belt is not None and camera.m_per_px is not None and (doubt := implausible_belt(belt)):
        warnings.append(doubt)
        belt = None
    if belt is not None and camera.m_per_px is not None:
        cleaned.pose.attrs["belt_speed_mps"] = belt
        belt_range = belt_ratio(network).range_mps(belt)
    belt_heights = None
    if belt is not None and camera.m_per_px is None and implausible_belt(belt) is None:
        # Without a scale lengths are those of a runner of nominal height.
        nominal_height_m = NOMINAL_LEG_M / (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT)
        low, high = belt_ratio(network).range_mps(belt)
        belt_heights = (low / nominal_height_m, high / nominal_height_m)
    speed = running_speed(runner.speed_mps, None if belt_range is None else belt, network)
    steps = add_speed_metrics(steps, None if speed is None else speed.mps, camera.view)
    if belt_range is not None and runner.speed_mps and not belt_range[0] <= runner.speed_mps <= belt_range[1]:
        warnings.append(
            _(
                "the belt seems to move at {range}, {speed} was given: check height, speed and whether this is "
                "slow motion"
            ).format(
                range=speed_range_in_units(*belt_range, decimals=1),
                speed=speed_in_units(runner.speed_mps),
            )
        )
    warnings += [message_from_json(line) for line in str(pose.attrs.get(FILMING_WARNINGS_ATTR, "")).splitlines()]
    warnings += moved_joint_notes(cleaned.pose)
    info = VideoInfo(
        file=str(pose.attrs["source_file"]),
        view=camera.view,
        facing=camera.facing,
        playback_fps=rates.playback_fps,
        capture_fps=rates.capture_fps,
        duration_s=clip_duration_s(pose),
        frames=int(pose.attrs.get(VIDEO_FRAMES_ATTR, pose.sizes["time"])),
        width=int(pose.attrs["image_width"]),
        height=int(pose.attrs["image_height"]),
        detected_fraction=detected,
        swapped_frames_repaired=int(cleaned.swapped.sum()),
        engine=str(pose.attrs["engine"]),
        warnings=tuple(warnings),
        frames_seen=pose.sizes["time"] if SAMPLED_WINDOWS_ATTR in pose.attrs else None,
        windows_s=tuple(seen_windows(pose)) if SAMPLED_WINDOWS_ATTR in pose.attrs else None,
    )
    conditions = ViewConditions(
        camera,
        network,
        rates.sampled_fps,
        cadence,
        feet_out,
        detected,
        cleaned.filled_fraction,
        corrected,
        pelvis_marked=is_pelvis_marked(tracks),
        tracked_shoes=tracked_sides(cleaned.pose),
        speed_known=speed is not None,
        given_speed_mps=runner.speed_mps,
        placed_px=dict.fromkeys(dotted_joints(cleaned.pose), 0.0) | dict(adjusted_joints(cleaned.pose)),
        over_ground=over_ground,
        level=CAMERA_ROLL_ATTR in pose.attrs or network is None,
        steps_per_seen=length_per_seen(pose),
    )
    builder = MeasurementBuilder(conditions, cleaned, video, tracks, whole.refusals, speed, whole.by_hand)
    measurements = tuple(m for spec in METRICS for m in builder.build(spec, events, steps, real_per_playback))
    for refused in (m for m in measurements if m.reason_code == "implausible_value" and m.key in steps):
        steps.loc[(steps.side == refused.side) | (refused.side == "both"), refused.key] = np.nan
    return ViewAnalysis(info, pose, cleaned.pose, camera, events, steps, measurements, belt_range, belt_heights)


def _warnings(
    detected: float, cleaned: CleanedPose, camera: Camera, cadence: float, fps: float, feet_out: float
) -> list[str]:
    """List what a reader should know about this video before trusting its numbers."""
    warnings = []
    if detected < WARN_DETECTED:
        warnings.append(
            _("the runner was found in {percent} % of the frames only: more light, nothing in front").format(
                percent=f"{100 * detected:.0f}"
            )
        )
    if feet_out > WARN_FEET_OUT:
        warnings.append(feet_outside(feet_out))
    if cleaned.filled_fraction > WARN_FILLED:
        warnings.append(
            _("{percent} % of the leg points were implausible and bridged from the gait cycle").format(
                percent=f"{100 * cleaned.filled_fraction:.0f}"
            )
        )
    if fps < COARSE_FPS:
        text = _("{rate} frames/s: contact and flight times are coarse; film at 60 frames/s or more")
        warnings.append(text.format(rate=f"{fps:.0f}"))
    if not PLAUSIBLE_CADENCE[0] <= cadence <= PLAUSIBLE_CADENCE[1]:
        too_slow, too_fast = (
            _(
                "{cadence} steps/min is not running at normal speed: if this is slow motion, give the rate at which "
                "it was filmed, e.g. 240 frames/s"
            ),
            _(
                "{cadence} steps/min is not running at normal speed: if this plays too fast, give the rate at which "
                "it was filmed, e.g. 30 frames/s"
            ),
        )
        text = too_slow if cadence < PLAUSIBLE_CADENCE[0] else too_fast
        warnings.append(text.format(cadence=f"{cadence:.0f}"))
    if camera.leg_px < SMALL_LEG_PX:
        warnings.append(_("the runner is small in the picture: come closer or film at a higher resolution"))
    return warnings
