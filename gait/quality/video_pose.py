"""From a video to all that its pictures show of the runner: keypoints, the camera's roll, shoes and pelvis.

The first stage of the method. What follows (`gait.clean_pose`, `gait.detect_events`, `gait.measure`) reads the pose
dataset alone, so poses of other programs can be measured without their video; with it, `read_appearance` adds the rest.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TypeVar

import xarray as xr

from gait._typing import FloatArray, PathLike, ProgressCallback
from gait.analysis.chunks import sample_frames
from gait.analysis.dot_tracking import look_for_dots, track_dots
from gait.analysis.sampling_need import parts_where_change_begins, times_needed
from gait.analysis.shoe_tracking import track_shoes
from gait.display_language import keep_language
from gait.errors import GaitError
from gait.formatted_message import message_to_json
from gait.geometry.camera import Camera, find_camera
from gait.netcdf import as_stored
from gait.pose.appearance.pelvis import PELVIS_VERSION, add_pelvis_tilt
from gait.pose.appearance.seen_frames import SeenFrames
from gait.pose.dataset import (
    CAMERA_ROLL_ATTR,
    DECLARED_VIEW_ATTR,
    FILMING_FAULTS_ATTR,
    FILMING_REFUSAL_ATTR,
    FILMING_WARNINGS_ATTR,
    OVER_GROUND_ATTR,
    PELVIS_VERSION_ATTR,
    seen_windows,
)
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.pose.estimation import estimate_keypoints
from gait.pose.picture_stretch import PICTURE_STRETCH_ATTR
from gait.quality.picture_changes import read_pictures_ahead
from gait.quality.video_check import assess_filming
from gait.records import ViewChoice
from gait.single_core import on_one_core

_Judged = TypeVar("_Judged")


def estimate_pose(
    video: PathLike,
    *,
    view: ViewChoice = "auto",
    engine: str = DEFAULT_ENGINE,
    model: PathLike | None = None,
    start: float | None = None,
    end: float | None = None,
    capture_fps: float | None = None,
    appearance: bool = True,
    workers: int | None = None,
    checkpoint_dir: PathLike | None = None,
    progress: ProgressCallback | None = None,
    every_frame: bool = False,
    keep: PathLike | None = None,
) -> xr.Dataset:
    """Estimate where the runner's joints are in a video, and read off its pictures what joints do not show.

    Parameters
    ----------
    video : path
    view : {"auto", "side", "rear", "front"}
        Where the camera stood. A view that is given holds for the stages that follow, unless they are given another.
    engine : str
        A name in `gait.pose.engines.engine_registry.ENGINES`.
    model : str or path, optional
        Another model for the engine than its own: "full", "heavy" or "mixed" (full in every frame, heavy in some
        strides as well), or a file.
    start, end : float, optional
        Only frames with ``start <= time < end``, seconds on the file's own timeline.
    capture_fps : float, optional
        Capture rate, frames per second of real time, when the file plays slower than that.
    appearance : bool
        ``False``: keypoints only, in less time. `read_appearance` adds the rest.
    workers : int, optional
        Frames in work at the same time; one per processor core without it. Does not change the result.
    checkpoint_dir : path, optional
        As in `gait.pose.estimation.estimate_keypoints`.
    progress : callable, optional
        Called with (frames done, frames in all).
    every_frame : bool
        As in `gait.analyze`.
    keep : path, optional
        Old name of ``checkpoint_dir``.

    Returns
    -------
    xarray.Dataset
        Pose dataset (`gait.pose.dataset`): keypoints, and what `read_appearance` adds. A video without any person is
        not an error here.

    Raises
    ------
    InputError
        When the video, range, view, engine or model cannot be used.

    Examples
    --------
    The stages give what `gait.analyze` gives, to the last digit::

        pose = gait.estimate_pose("run.mp4")
        clean = gait.clean_pose(pose, height_m=1.76)
        events = gait.detect_events(clean)
        view = gait.measure(clean, events)
        session = gait.assess(view, runner=gait.Runner(height_m=1.76))
    """
    if keep is not None:
        warnings.warn("estimate_pose(keep=) is now checkpoint_dir=", DeprecationWarning, stacklevel=2)
        checkpoint_dir = keep
    seen = SeenFrames()

    def ahead(judge: Callable[[xr.Dataset], _Judged]) -> Callable[[xr.Dataset], _Judged]:
        return reading_ahead(judge, video=video, seen=seen, start=start, end=end) if appearance else judge

    pose = estimate_keypoints(
        video,
        engine=engine,
        model=model,
        start=start,
        end=end,
        workers=workers,
        checkpoint_dir=checkpoint_dir,
        progress=progress,
        every_frame=every_frame,
        more=ahead(partial(times_needed, view=view, capture_fps=capture_fps)),
        where=ahead(partial(parts_where_change_begins, view=view, capture_fps=capture_fps)),
        watch=seen.add if appearance else None,
    )
    if capture_fps is not None:
        pose = pose.assign_attrs(capture_fps=float(capture_fps))
    with seen:
        return read_appearance(video, pose, view=view, start=start, end=end, seen=seen) if appearance else pose


def reading_ahead(
    judge: Callable[[xr.Dataset], _Judged],
    *,
    video: PathLike,
    seen: SeenFrames,
    start: float | None = None,
    end: float | None = None,
) -> Callable[[xr.Dataset], _Judged]:
    """Have pictures read for `read_appearance` while poses are judged: the networks wait, and one of two cores is free.

    Parameters
    ----------
    judge : callable
        Called with the poses of the windows that were seen.
    video : path
    seen : SeenFrames
        Gets the pictures.
    start, end : float, optional
        Part of the video that the poses cover, seconds.

    Returns
    -------
    callable
        Does the same as ``judge``.
    """

    def judged(pose: xr.Dataset) -> _Judged:
        windows = seen_windows(pose)
        seen.fill_in_background(partial(read_pictures_ahead, video, seen, windows=windows, start=start, end=end))
        return judge(pose)

    return judged


@on_one_core
def read_appearance(
    video: PathLike,
    pose: xr.Dataset,
    *,
    view: ViewChoice = "auto",
    start: float | None = None,
    end: float | None = None,
    seen: SeenFrames | None = None,
) -> xr.Dataset:
    """Add to poses what only the pictures show: the camera's roll, how shoes land (side), how the pelvis tilts.

    Parameters
    ----------
    video : path
        The video of the poses.
    pose : xarray.Dataset
        Pose dataset, also one of another program (`gait.load_poses`) whose times are those of the video.
    view : {"auto", "side", "rear", "front"}
        Where the camera stood.
    start, end : float, optional
        Part of the video that the poses cover, seconds.
    seen : SeenFrames, optional
        What was put aside of its frames, which then need not be decoded again.

    Returns
    -------
    xarray.Dataset
        The poses with

        - the attribute ``camera_roll_deg``: how far upright things are turned where the runner is, degrees,
          + = counter-clockwise; absent where too few upright lines show it;
        - from the side ``left_foot_turn`` and the like (`gait.analysis.shoe_tracking.track_shoes`), and where dots over
          the joints are (`gait.analysis.dot_tracking.track_dots`); from behind and in front ``pelvis_tilt``
          (`gait.pose.appearance.pelvis.add_pelvis_tilt`). Those of the same version of this program are kept;
        - the attribute ``over_ground`` (1) where the runner moves over ground and no belt gives a speed;
        - the attribute ``filming_faults``, which names what hides legs that cannot be followed;
        - the attributes ``filming_warnings`` (one a line, on how the video is filmed; as
          `gait.formatted_message.message_to_json` writes it), ``declared_view`` (a view that was given)
          and ``source_file`` (the video).

        Only the last two where nobody was found.

    Raises
    ------
    InputError
        The file or ``view`` cannot be used.
    """
    read = pose.assign_attrs(source_file=str(Path(video)))
    for name in (
        CAMERA_ROLL_ATTR,
        FILMING_FAULTS_ATTR,
        FILMING_REFUSAL_ATTR,
        FILMING_WARNINGS_ATTR,
        DECLARED_VIEW_ATTR,
        OVER_GROUND_ATTR,
    ):  # of an earlier reading
        read.attrs.pop(name, None)
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(keep_language(partial(_look_for_dots_early, video, pose, view)))
        filming = assess_filming(video, read, view=view, start=start, end=end, seen=seen)
        expected, colour = looking.result()
    # A NetCDF attribute cannot be empty: what does not apply is left out.
    if view != "auto":
        read.attrs[DECLARED_VIEW_ATTR] = view
    if filming.camera_roll_deg is not None:
        read.attrs[CAMERA_ROLL_ATTR] = filming.camera_roll_deg
    if filming.faults:
        read.attrs[FILMING_FAULTS_ATTR] = ",".join(filming.faults)
    if filming.over_ground:
        read.attrs[OVER_GROUND_ATTR] = 1
    if filming.warnings:
        read.attrs[FILMING_WARNINGS_ATTR] = "\n".join(message_to_json(text) for text in filming.warnings)
    if filming.stretch is not None:
        read.attrs[PICTURE_STRETCH_ATTR] = filming.stretch.to_json()
    if filming.refusal is not None:
        read.attrs[FILMING_REFUSAL_ATTR] = json.dumps(
            asdict(filming.refusal) | {"reason": message_to_json(filming.refusal.reason)}
        )
        return read
    camera = filming.camera
    if camera is None:
        return read
    if camera.view == "side":
        look = (lambda: colour) if camera == expected else partial(look_for_dots, video, read, camera)
        complete = track_dots(video, track_shoes(video, read, camera, seen=seen), camera, look=look)
    elif read.attrs.get(PELVIS_VERSION_ATTR) == PELVIS_VERSION:
        complete = read
    else:
        complete = add_pelvis_tilt(video, read, view=camera.view, leg_px=camera.leg_px, seen=seen)
    added = as_stored(complete[[name for name in complete.data_vars if name not in read]])
    return complete.assign(added.data_vars).assign_attrs(complete.attrs)


def _look_for_dots_early(
    video: PathLike, pose: xr.Dataset, view: ViewChoice
) -> tuple[Camera | None, FloatArray | None]:
    """Look for dots before it is known how the video is filmed: the camera that was found, and their colour.

    Nearly always it turns out as expected: all pictures follow each other, and the camera is that of all poses.
    """
    try:
        camera = find_camera(sample_frames(pose)[0], view=view)
    except GaitError:
        return None, None
    return camera, look_for_dots(video, pose, camera) if camera.view == "side" else None
