"""Clips that calibration works on, in the processes of `gait.validation.process_pool`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any

import pandas as pd
import xarray as xr

from gait.geometry.camera import Camera, find_camera, with_scale
from gait.validation.cases import ValidationCase
from gait.validation.process_pool import worker_inputs
from gait.validation.rendered_clips import RenderedClip, load_clip
from gait.validation.truth_comparison import wrong_person_share

#: Frame rate at which event models are fitted. Mean strides do not depend on it.
EVENT_RATE = 60
#: Clips in which the engine followed somebody else in more than this share of the frames calibrate nothing: that is an
#: error of another kind, which `gait validate` reports by itself. [E]
MAX_WRONG_PERSON = 0.02


def usable_clip(case: ValidationCase, network: str) -> RenderedClip | None:
    """Load the clip of a case.

    Parameters
    ----------
    case : ValidationCase
    network : str
        Network whose poses are read.

    Returns
    -------
    RenderedClip or None
        ``None`` where nobody was found, or too often somebody else than the runner.
    """
    clip = load_clip(worker_inputs().clip_folder, case, network)
    if not isinstance(clip, RenderedClip) or wrong_person_share(clip) > MAX_WRONG_PERSON:
        return None
    return clip


def at_event_rate(clip: RenderedClip) -> RenderedClip:
    """Thin out a clip to the rate at which event models are fitted.

    Parameters
    ----------
    clip : RenderedClip

    Returns
    -------
    RenderedClip
        At `EVENT_RATE`.
    """
    return clip.thinned(round(clip.case.camera.fps / EVENT_RATE))


def scaled_camera(clip: RenderedClip, pose: xr.Dataset) -> Camera | None:
    """Find the camera of a clip as an analysis does.

    Parameters
    ----------
    clip : RenderedClip
    pose : xarray.Dataset
        Poses of the clip, estimated or exact.

    Returns
    -------
    Camera or None
        ``None`` where the view found is not the true one.
    """
    camera = with_scale(find_camera(pose), height_m=clip.height_m)
    return camera if camera.view == clip.case.camera.view else None


def table_of(
    pool: Executor, measure: Callable[[ValidationCase], list[dict[str, Any]]], cases: Sequence[ValidationCase]
) -> pd.DataFrame:
    """Measure every case in a pool of processes.

    Parameters
    ----------
    pool : Executor
    measure : callable
        Case → rows.
    cases : sequence of ValidationCase

    Returns
    -------
    DataFrame
        The rows of all cases, with a column ``clip``.
    """
    rows: list[dict[str, Any]] = []
    for case, measured in zip(cases, pool.map(measure, cases), strict=True):
        rows += [{"clip": case.name, **row} for row in measured]
    return pd.DataFrame(rows)
