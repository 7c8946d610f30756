"""The method step by step, each step from labelled data to labelled data: clean, detect events, measure.

`gait.analyze_pose` runs all three and gives the same numbers to the last digit; so does `gait.analyze` with the poses
of `gait.estimate_pose`. Each step can be replaced: events of a force plate can be measured, and poses cleaned elsewhere
can be searched for events.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from gait._typing import FloatArray, PathLike
from gait.analysis.view_analysis import ViewAnalysis, grade_view
from gait.analysis.view_setup import ViewSetup
from gait.analysis.view_stages import CleanedView, clean_view, locate_view_events, measure_view_steps
from gait.display_language import _
from gait.errors import InputError
from gait.events.detection import drop_out_of_order
from gait.geometry.camera import Camera
from gait.pose.dataset import CAMERA_ROLL_ATTR, PELVIS_TILT, window_starts
from gait.pose.frame_rates import FrameRates
from gait.pose.picture_stretch import measurable_part
from gait.records import Runner, ViewChoice
from gait.signal.cleaning import CleanedPose
from gait.signal.phase import StridePhase

#: Variable of the clean dataset: the positions that went in. Of the pelvis' tilt too, where the picture showed it.
ESTIMATED = "estimated"
#: Attributes of the clean dataset: names of the variables that went in, with commas between, and parts of a long clip
#: in which nothing can be measured, one a line.
ESTIMATED_VARIABLES, UNMEASURED_PARTS = "estimated_variables", "unmeasured_parts"
EVENT_COLUMNS = ("side", "kind", "time_s", "uncertainty_s")


def clean_pose(
    pose: xr.Dataset,
    *,
    view: ViewChoice = "auto",
    height_m: float | None = None,
    leg_length_m: float | None = None,
    keep: PathLike | None = None,
) -> xr.Dataset:
    """Find the camera and the stride, repair exchanged legs, remove outliers, bridge short gaps, smooth without lag.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset (`gait.estimate_pose`, `gait.load_poses`).
    view : {"auto", "side", "rear", "front"}
        Where the camera stood; ``auto`` stands for what `gait.estimate_pose` was given, if anything.
    height_m, leg_length_m : float, optional
        Of the runner, m; they give the scale.
    keep : path, optional
        File for the cleaned keypoints of a clip that goes in chunks (`gait.analysis.chunks`), so that they need not fit
        into memory. A shorter clip makes no file.

    Returns
    -------
    xarray.Dataset
        The pose dataset with ``position`` cleaned, and

        - ``observed``: repaired but not smoothed; ``estimated``: as given; ``status``: 0 measured, 1 labels were
          exchanged, 2 bridged, 3 missing, 4 the leg cannot be there;
        - ``stride_phase`` (time): unwrapped, 1 = one stride; ``swapped`` (time): frames with exchanged labels;
        - attributes ``camera_…`` (a `gait.geometry.camera.Camera`), ``stride_frequency_hz`` (playback timeline),
          ``stride_clarity``, ``filled_fraction``, ``detected_fraction``, ``feet_out_fraction``.

    Raises
    ------
    InputError
        Unknown ``view``.
    RefusedError
        Nobody runs, the clip is too short, or the feet are outside the frame.

    Examples
    --------
    >>> import gait
    >>> clean = gait.clean_pose(gait.load_poses("notebooks/data/side.nc"), height_m=1.70)
    >>> clean.attrs["camera_view"], round(60 * 2 * clean.attrs["stride_frequency_hz"])  # steps/min
    ('side', 150)
    """
    pose = measurable_part(pose)
    viewed = clean_view(pose, runner=Runner(None, height_m, leg_length_m), view=view, keep=keep)
    cleaned, setup = viewed.cleaned, viewed.setup
    clean = cleaned.pose.copy()
    clean[ESTIMATED] = pose.position
    if PELVIS_TILT in pose:
        clean[f"{PELVIS_TILT}_{ESTIMATED}"] = pose[PELVIS_TILT]
    clean["stride_phase"] = ("time", cleaned.phase.phase)
    clean["swapped"] = ("time", cleaned.swapped)
    camera = setup.camera
    clean.attrs = {
        **clean.attrs,
        "stride_frequency_hz": cleaned.phase.frequency_hz,
        "stride_clarity": cleaned.phase.clarity,
        "filled_fraction": cleaned.filled_fraction,
        "detected_fraction": setup.detected,
        "feet_out_fraction": setup.feet_out,
        "camera_view": camera.view,
        "camera_facing": camera.facing,
        "camera_direction": camera.direction,
        "camera_square": int(camera.square),
        "camera_yaw_deg": camera.yaw_deg,
        "camera_leg_px": camera.leg_px,
        "camera_m_per_px": math.nan if camera.m_per_px is None else camera.m_per_px,
        "camera_leg_length_m": math.nan if camera.leg_length_m is None else camera.leg_length_m,
        "camera_warnings": "\n".join(camera.warnings),
        ESTIMATED_VARIABLES: ",".join(str(name) for name in pose.data_vars),
        UNMEASURED_PARTS: "\n".join(viewed.warnings),
    }
    return clean


def camera_in(clean: xr.Dataset) -> Camera:
    """Read the camera that :func:`clean_pose` has found.

    Parameters
    ----------
    clean : xarray.Dataset
        Of :func:`clean_pose`.

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
        raise InputError(_("these poses have not been cleaned: give what gait.clean_pose returns"))
    camera = {name.removeprefix("camera_"): value for name, value in clean.attrs.items() if name.startswith("camera_")}
    scale, length = (float(camera[name]) for name in ("m_per_px", "leg_length_m"))
    return Camera(
        camera["view"],
        camera["facing"],
        int(camera["direction"]),
        bool(camera["square"]),
        float(camera["yaw_deg"]),
        float(camera["leg_px"]),
        None if math.isnan(scale) else scale,
        None if math.isnan(length) else length,
        tuple(str(camera["warnings"]).split("\n")) if camera["warnings"] else (),
    )


def _view_in(clean: xr.Dataset) -> CleanedView:
    """Restore what :func:`clean_pose` has found."""
    setup = ViewSetup(
        camera_in(clean), float(clean.attrs["detected_fraction"]), float(clean.attrs["feet_out_fraction"])
    )
    phase = StridePhase(
        np.asarray(clean.time.values, dtype=float),
        np.asarray(clean["stride_phase"].values, dtype=float),
        float(clean.attrs["stride_frequency_hz"]),
        float(clean.attrs["stride_clarity"]),
        window_starts(clean),
    )
    swapped = np.asarray(clean["swapped"].values, dtype=bool)
    pose = clean.drop_vars(["stride_phase", "swapped", ESTIMATED, f"{PELVIS_TILT}_{ESTIMATED}"], errors="ignore")
    pose.attrs = _estimated_attributes(clean)
    cleaned = CleanedPose(pose, phase, swapped, float(clean.attrs["filled_fraction"]))
    warnings_of_parts = tuple(str(clean.attrs.get(UNMEASURED_PARTS, "")).splitlines())
    return CleanedView(cleaned, setup, FrameRates.of(pose), warnings_of_parts)


def _estimated_in(clean: xr.Dataset) -> xr.Dataset:
    """Restore the poses that :func:`clean_pose` was given."""
    names = str(clean.attrs[ESTIMATED_VARIABLES]).split(",")
    pose = clean[names]
    pose["position"] = clean[ESTIMATED]
    if PELVIS_TILT in names:
        pose[PELVIS_TILT] = clean[f"{PELVIS_TILT}_{ESTIMATED}"]
    pose.attrs = _estimated_attributes(clean)
    return pose


def _estimated_attributes(clean: xr.Dataset) -> dict[str, Any]:
    """Return the attributes of the poses that :func:`clean_pose` was given."""
    added = (
        *("camera_", "stride_", "filled_fraction", "detected_fraction", "feet_out_fraction"),
        *(ESTIMATED_VARIABLES, UNMEASURED_PARTS),
    )
    return {str(k): v for k, v in clean.attrs.items() if k == CAMERA_ROLL_ATTR or not str(k).startswith(added)}


def detect_events(clean: xr.Dataset) -> pd.DataFrame:
    """Find every initial contact and toe-off, between the frames.

    Parameters
    ----------
    clean : xarray.Dataset
        Of :func:`clean_pose`.

    Returns
    -------
    pandas.DataFrame
        ``side`` ("left", "right"), ``kind`` ("contact", "toe_off"), ``time_s`` (s, playback timeline),
        ``uncertainty_s`` (standard uncertainty, s); sorted by time.

    Raises
    ------
    InputError
        The dataset is not one of :func:`clean_pose`.

    Examples
    --------
    >>> import gait
    >>> events = gait.detect_events(gait.clean_pose(gait.load_poses("notebooks/data/side.nc")))
    >>> list(events.columns)
    ['side', 'kind', 'time_s', 'uncertainty_s']
    >>> set(events.kind) == {"contact", "toe_off"}
    True
    """
    return locate_view_events(_view_in(clean))


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
        Of :func:`clean_pose`; its attributes hold view and scale.
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
        ``clean`` is not one of :func:`clean_pose`, or ``events`` lack a column or hold an unknown side or kind.

    Examples
    --------
    >>> import gait
    >>> clean = gait.clean_pose(gait.load_poses("notebooks/data/side.nc"), height_m=1.70)
    >>> view = gait.measure(clean, gait.detect_events(clean))
    >>> cadence = view.measurements[0]
    >>> cadence.key, round(cadence.value), cadence.unit
    ('cadence', 150, 'steps/min')
    """
    viewed = _view_in(clean)
    whole = measure_view_steps(viewed, _checked(events, window_starts(clean)))
    return grade_view(
        whole, _estimated_in(clean), viewed.setup, runner=runner or Runner(), video=video, corrected=corrected
    )


def _checked(events: pd.DataFrame, starts: FloatArray) -> pd.DataFrame:
    """Check a table of events from any source, and put it in order."""
    if "kind" in events and (events.kind == "off").any():
        warnings.warn('the event kind "off" is now "toe_off"', DeprecationWarning, stacklevel=3)
        events = events.assign(kind=events.kind.replace("off", "toe_off"))
    absent = [name for name in EVENT_COLUMNS[:3] if name not in events]
    if absent:
        raise InputError(
            _("events lack the column {absent}: side, kind and time_s are needed").format(absent=", ".join(absent))
        )
    for column, allowed in (("side", ("left", "right")), ("kind", ("contact", "toe_off"))):
        unknown = sorted({str(value) for value in events[column]} - set(allowed))
        if unknown:
            raise InputError(
                _("events have the {column} {unknown}: use {allowed}").format(
                    column=column, unknown=repr(unknown[0]), allowed=" or ".join(allowed)
                )
            )
    complete = events if "uncertainty_s" in events else events.assign(uncertainty_s=np.nan)
    return drop_out_of_order(complete[list(EVENT_COLUMNS)], starts=starts)
