"""Evenly spaced frames in metres and degrees, with events in real time, for files of other programs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gait._typing import FloatArray
from gait.analysis.view_analysis import ViewAnalysis
from gait.display_language import _, gettext
from gait.errors import InputError
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.gait_cycles import SIGNALS
from gait.pose.frame_rates import FrameRates

#: An interval between frames that differs from the usual one by more than this share makes a recording uneven. [E]
MAX_INTERVAL_DEVIATION = 0.02


@dataclass(frozen=True, eq=False)
class ExportMotion:
    """Clean keypoints of a view at an even rate.

    Attributes
    ----------
    rate : float
        Frames per second of real time.
    time_s : (T,) array
        Real time, 0 at the first frame.
    names : list of str
        K keypoints.
    position : (T, K, 3) array
        m; x forwards, y up, z to the runner's right. The axis that one camera does not show is 0: z in the side view,
        x in the rear and front views. The origin lies on the ground below the mean of the hips. NaN in gaps.
    events : pandas.DataFrame
        ``side, kind, time_s`` on this clock.
    """

    rate: float
    time_s: FloatArray
    names: list[str]
    position: FloatArray
    events: pd.DataFrame


def evenly_spaced_times(view: ViewAnalysis) -> tuple[FloatArray, float]:
    """Give the times of evenly spaced frames: the frames themselves where they are even.

    Parameters
    ----------
    view : ViewAnalysis

    Returns
    -------
    times : (T,) float array
        Playback time, s.
    rate : float
        Frames per second of real time.

    Raises
    ------
    InputError
        The view has fewer than two frames.
    """
    time = np.asarray(view.clean.time.values, dtype=float)
    if len(time) < 2:
        raise InputError(_("the view has fewer than two frames"))
    rates = FrameRates.of(view.pose)
    step = float(np.median(np.diff(time)))
    if np.abs(np.diff(time) / step - 1).max() > MAX_INTERVAL_DEVIATION:
        time = np.arange(time[0], time[-1] + step * 1e-6, step)
    return time, 1 / (step * rates.real_per_playback)


def real_time(view: ViewAnalysis, playback_s: FloatArray) -> FloatArray:
    """Turn playback times into real time since the first frame.

    Parameters
    ----------
    view : ViewAnalysis
    playback_s : (n,) float array
        Times on the playback timeline, s.

    Returns
    -------
    (n,) float array
        s
    """
    return np.asarray((playback_s - float(view.clean.time.values[0])) * FrameRates.of(view.pose).real_per_playback)


def export_motion(view: ViewAnalysis) -> ExportMotion:
    """Lay the clean keypoints of a view out in metres.

    Parameters
    ----------
    view : ViewAnalysis

    Returns
    -------
    ExportMotion

    Raises
    ------
    InputError
        The view has no scale (code ``height_missing``).
    """
    scale = view.camera.m_per_px
    if scale is None:
        raise InputError(_("lengths in metres need the runner's height"), code="height_missing")
    time, rate = evenly_spaced_times(view)
    tracks = KeypointTracks(view.clean.load(), view.camera)
    names = [str(name) for name in view.clean.keypoint.values]
    flat = np.stack([tracks.at(time, name) for name in names], axis=1) * scale
    lowest = [n for n, name in enumerate(names) if name.endswith(("heel", "foot_index", "ankle"))]
    hips = [names.index("left_hip"), names.index("right_hip")]
    flat = flat - np.array([np.nanmean(flat[:, hips, 0]), np.nanpercentile(flat[:, lowest, 1], 1)])
    position = np.zeros((*flat.shape[:2], 3))
    position[..., 1] = flat[..., 1]
    if view.camera.view == "side":
        position[..., 0] = flat[..., 0]
    else:
        position[..., 2] = flat[..., 0] if view.camera.view == "rear" else -flat[..., 0]
    position[~np.isfinite(flat).all(axis=2)] = np.nan
    events = view.events[["side", "kind", "time_s"]].copy()
    events["time_s"] = real_time(view, events.time_s.to_numpy(dtype=float))
    return ExportMotion(rate, real_time(view, time), names, position, events)


def export_angles(view: ViewAnalysis) -> tuple[FloatArray, float, pd.DataFrame]:
    """Give joint angles frame by frame under OpenSim's names of coordinates.

    Parameters
    ----------
    view : ViewAnalysis
        From the side.

    Returns
    -------
    (T,) array
        Real time, s.
    float
        Frames per second of real time.
    pandas.DataFrame
        Degrees; ``pelvis_tx``, ``pelvis_ty`` in metres where there is a scale. The pelvis is taken to be level, because
        one camera does not see its tilt: ``hip_flexion`` is the thigh against the vertical (+ = forwards),
        ``lumbar_extension`` minus the lean of the trunk. ``knee_angle`` + = flexion; ``ankle_angle`` + = toes up, 0 =
        heel–toe line square to the shank.

    Raises
    ------
    InputError
        The view is not from the side.
    """
    if view.camera.view != "side":
        raise InputError(
            gettext("joint angles need the side view, not the rear view")
            if view.camera.view == "rear"
            else gettext("joint angles need the side view, not the front view")
        )
    time, rate = evenly_spaced_times(view)
    tracks = KeypointTracks(view.clean.load(), view.camera)
    signal = {key: measure for key, (_, _, measure) in SIGNALS["side"].items()}
    columns: dict[str, FloatArray] = {
        "pelvis_tilt": np.zeros(len(time)),
        "lumbar_extension": -signal["trunk_lean"](tracks, "both", time),
    }
    for side, letter in (("right", "r"), ("left", "l")):
        thigh, shank = (signal[key](tracks, side, time) for key in ("thigh_angle", "shank_angle"))
        columns[f"hip_flexion_{letter}"] = thigh
        columns[f"knee_angle_{letter}"] = signal["knee_flexion"](tracks, side, time)
        columns[f"ankle_angle_{letter}"] = signal["foot_pitch"](tracks, side, time) - shank
    if view.camera.m_per_px is not None:
        motion = export_motion(view)
        hips = motion.position[:, [motion.names.index(f"{s}_hip") for s in ("left", "right")]].mean(axis=1)
        columns |= {"pelvis_tx": hips[:, 0], "pelvis_ty": hips[:, 1]}
    return real_time(view, time), rate, pd.DataFrame(columns)
