"""The steps of the method one by one, each from labelled data to labelled data: clean, detect events, measure.

`gait.analyze_pose` is these three in a row, and gives the same numbers to the last digit. Each can be left
out or replaced: events from a force plate can be measured with, poses cleaned elsewhere can be searched for events.
"""

from __future__ import annotations

import math
import warnings
from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr

from gait.analysis.view_analysis import (
    ViewAnalysis,
    ViewSetup,
    clean_or_refuse,
    grade_view,
    inspect_view,
    measure_steps,
)
from gait.errors import InputError
from gait.events import detection as _events
from gait.geometry.camera import Camera
from gait.pose.frame_rates import FrameRates
from gait.records import Runner
from gait.signal.cleaning import CleanedPose
from gait.signal.phase import StridePhase

#: Variables of the clean dataset: what went in. Of the pelvis' tilt too, where the picture showed it.
ESTIMATED, TILT = "estimated", "pelvis_tilt"
EVENT_COLUMNS = ("side", "kind", "time_s", "uncertainty_s")


def clean_pose(
    pose: xr.Dataset,
    *,
    view: Literal["auto", "side", "rear", "front"] = "auto",
    height_m: float | None = None,
    leg_length_m: float | None = None,
) -> xr.Dataset:
    """Find the camera and the stride, repair exchanged legs, take outliers out, bridge short gaps, smooth without lag.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset (`gait.estimate_pose`, `gait.load_poses`), all of which must fit into memory.
    view : {"auto", "side", "rear", "front"}
        Where the camera stood.
    height_m, leg_length_m : float, optional
        Of the runner, m. Give the scale.

    Returns
    -------
    xarray.Dataset
        The pose dataset with ``position`` cleaned, and

        - ``observed``: repaired but not smoothed; ``estimated``: as given; ``status``: 0 measured, 1 labels were
          exchanged, 2 bridged, 3 missing;
        - ``stride_phase`` (time): unwrapped, 1 = one stride; ``swapped`` (time): frames with exchanged labels;
        - attributes ``camera_…`` (a `gait.geometry.camera.Camera`), ``stride_frequency_hz`` (playback timeline),
          ``stride_clarity``, ``filled_fraction``, ``detected_fraction``, ``feet_out_fraction``.

    Raises
    ------
    InputError
        Unknown ``view``.
    RefusedError
        Nobody runs, too short, feet out of the picture.

    Examples
    --------
    >>> import gait
    >>> clean = gait.clean_pose(gait.load_pose("notebooks/data/side.nc"), height_m=1.70)
    >>> clean.attrs["camera_view"], round(60 * 2 * clean.attrs["stride_frequency_hz"])  # steps/min
    ('side', 150)
    """
    pose = pose.load()
    setting = inspect_view(pose, runner=Runner(None, height_m, leg_length_m), view=view)
    cleaned = clean_or_refuse(pose, setting.camera)
    clean = cleaned.pose.copy()
    clean[ESTIMATED] = pose.position
    if TILT in pose:
        clean[f"{TILT}_{ESTIMATED}"] = pose[TILT]
    clean["stride_phase"] = ("time", cleaned.phase.phase)
    clean["swapped"] = ("time", cleaned.swapped)
    camera = setting.camera
    clean.attrs = {
        **clean.attrs,
        "stride_frequency_hz": cleaned.phase.frequency_hz,
        "stride_clarity": cleaned.phase.clarity,
        "filled_fraction": cleaned.filled_fraction,
        "detected_fraction": setting.detected,
        "feet_out_fraction": setting.feet_out,
        "camera_view": camera.view,
        "camera_facing": camera.facing,
        "camera_direction": camera.direction,
        "camera_square": int(camera.square),
        "camera_yaw_deg": camera.yaw_deg,
        "camera_leg_px": camera.leg_px,
        "camera_m_per_px": math.nan if camera.m_per_px is None else camera.m_per_px,
        "camera_leg_length_m": math.nan if camera.leg_length_m is None else camera.leg_length_m,
        "camera_warnings": "\n".join(camera.warnings),
    }
    return clean


def camera_in(clean: xr.Dataset) -> Camera:
    """Give the camera that :func:`clean_pose` has found.

    Parameters
    ----------
    clean : xarray.Dataset

    Returns
    -------
    Camera

    Raises
    ------
    InputError
        The dataset is not one of :func:`clean_pose`.
    """
    needed = ("camera_view", "stride_frequency_hz")
    if "stride_phase" not in clean or any(name not in clean.attrs for name in needed):
        raise InputError("these poses have not been cleaned: give what gait.clean_pose returns")
    told = {name.removeprefix("camera_"): value for name, value in clean.attrs.items() if name.startswith("camera_")}
    scale, length = (float(told[name]) for name in ("m_per_px", "leg_length_m"))
    return Camera(
        told["view"],
        told["facing"],
        int(told["direction"]),
        bool(told["square"]),
        float(told["yaw_deg"]),
        float(told["leg_px"]),
        None if math.isnan(scale) else scale,
        None if math.isnan(length) else length,
        tuple(str(told["warnings"]).split("\n")) if told["warnings"] else (),
    )


def _cleaned_in(clean: xr.Dataset) -> CleanedPose:
    phase = StridePhase(
        np.asarray(clean.time.values, dtype=float),
        np.asarray(clean["stride_phase"].values, dtype=float),
        float(clean.attrs["stride_frequency_hz"]),
        float(clean.attrs["stride_clarity"]),
    )
    swapped = np.asarray(clean["swapped"].values, dtype=bool)
    pose = clean.drop_vars(["stride_phase", "swapped", ESTIMATED, f"{TILT}_{ESTIMATED}"], errors="ignore")
    pose.attrs = dict(clean.attrs)
    return CleanedPose(pose, phase, swapped, float(clean.attrs["filled_fraction"]))


def _estimated_in(clean: xr.Dataset) -> xr.Dataset:
    """Give the poses that :func:`clean_pose` was given."""
    made = ["observed", "status", "stride_phase", "swapped", ESTIMATED, TILT, f"{TILT}_{ESTIMATED}"]
    pose = clean.drop_vars(made, errors="ignore")
    pose["position"] = clean[ESTIMATED]
    if TILT in clean:
        pose[TILT] = clean[f"{TILT}_{ESTIMATED}"]
    told = ("camera_", "stride_", "filled_fraction", "detected_fraction", "feet_out_fraction")
    pose.attrs = {k: v for k, v in clean.attrs.items() if k == "camera_roll_deg" or not k.startswith(told)}
    return pose


def detect_events(clean: xr.Dataset) -> pd.DataFrame:
    """Find every initial contact and toe-off, between the frames.

    Parameters
    ----------
    clean : xarray.Dataset
        Of :func:`clean_pose`.

    Returns
    -------
    pandas.DataFrame
        ``side`` ("left", "right"), ``kind`` ("contact", "toe_off"), ``time_s`` (s, playback timeline), ``uncertainty_s``
        (standard uncertainty, s); by time.

    Raises
    ------
    InputError
        The dataset is not one of :func:`clean_pose`.

    Examples
    --------
    >>> import gait
    >>> events = gait.detect_events(gait.clean_pose(gait.load_pose("notebooks/data/side.nc")))
    >>> list(events.columns)
    ['side', 'kind', 'time_s', 'uncertainty_s']
    >>> set(events.kind) == {"contact", "toe_off"}
    True
    """
    camera = camera_in(clean)
    return _events.locate_events(_cleaned_in(clean), camera, time_factor=FrameRates.of(clean).time_factor)[0]


def measure(
    clean: xr.Dataset,
    events: pd.DataFrame,
    *,
    runner: Runner | None = None,
    video: int = 0,
    corrected: bool = True,
) -> ViewAnalysis:
    """Measure each step, and give every metric its mean, interval and grade, or refuse it with the reason.

    Parameters
    ----------
    clean : xarray.Dataset
        Of :func:`clean_pose`, which knows view and scale.
    events : pandas.DataFrame
        Of :func:`detect_events`, or from elsewhere with the same columns (``uncertainty_s`` may be missing).
    runner : Runner, optional
        Its speed is compared with that of the belt.
    video : int
        Number of the video in the session.
    corrected : bool
        As in `gait.analyze_pose`.

    Returns
    -------
    ViewAnalysis

    Raises
    ------
    InputError
        ``clean`` is not one of :func:`clean_pose`, or ``events`` lack a column or hold other words.

    Examples
    --------
    >>> import gait
    >>> clean = gait.clean_pose(gait.load_pose("notebooks/data/side.nc"), height_m=1.70)
    >>> view = gait.measure(clean, gait.detect_events(clean))
    >>> cadence = view.measurements[0]
    >>> cadence.key, round(cadence.value), cadence.unit
    ('cadence', 150, 'steps/min')
    """
    camera, cleaned, rates = camera_in(clean), _cleaned_in(clean), FrameRates.of(clean)
    strides, _ = _events.located_strides(cleaned, camera, time_factor=rates.time_factor)
    whole = measure_steps(cleaned, camera, rates, _checked(events), strides, corrected=corrected)
    setting = ViewSetup(camera, float(clean.attrs["detected_fraction"]), float(clean.attrs["feet_out_fraction"]))
    return grade_view(whole, _estimated_in(clean), setting, runner=runner or Runner(), video=video, corrected=corrected)


def _checked(events: pd.DataFrame) -> pd.DataFrame:
    """Check a table of events that anybody may have made, and put it in order."""
    if "kind" in events and (events.kind == "off").any():
        warnings.warn('the event kind "off" is now "toe_off"', DeprecationWarning, stacklevel=3)
        events = events.assign(kind=events.kind.replace("off", "toe_off"))
    absent = [name for name in EVENT_COLUMNS[:3] if name not in events]
    if absent:
        raise InputError(f"events lack the column {', '.join(absent)}: side, kind and time_s are needed")
    for column, words in (("side", ("left", "right")), ("kind", ("contact", "toe_off"))):
        strange = sorted({str(word) for word in events[column]} - set(words))
        if strange:
            raise InputError(f"events have the {column} {strange[0]!r}: use {' or '.join(words)}")
    given = events if "uncertainty_s" in events else events.assign(uncertainty_s=np.nan)
    return _events.in_order(given[list(EVENT_COLUMNS)])
