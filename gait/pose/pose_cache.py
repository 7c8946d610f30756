"""Poses kept in a folder, so that a second run on the same video estimates nothing.

A folder holds ``pose_<n>.nc`` for video number n (from 1). While poses are estimated, finished chunks lie in
``pose_<n>.part``, where a run that was killed continues.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait._typing import PathLike, ProgressCallback
from gait.errors import GaitError
from gait.owned_files import move_to
from gait.pose.checkpoints import FINISHED_FILE, discard_checkpoints
from gait.pose.dataset import (
    CAMERA_ROLL_ATTR,
    DOTS_VERSION_ATTR,
    FILMING_REFUSAL_ATTR,
    FILMING_WARNINGS_ATTR,
    HAND_EVENTS_ATTR,
    HAND_POINTS_ATTR,
    PELVIS_VERSION_ATTR,
    SHOES_VERSION_ATTR,
    load_pose,
    save_pose,
)
from gait.pose.engines.window_tracking import WatchFrame
from gait.pose.estimation import can_reuse_poses, estimate_keypoints, frame_times_to_estimate
from gait.pose.picture_stretch import PICTURE_STRETCH_ATTR
from gait.pose.window_estimation import DenserParts, MoreWindows
from gait.session_files import pose_file_name

if TYPE_CHECKING:
    import xarray as xr


def load_or_estimate_poses(
    videos: Sequence[Path],
    *,
    engine: str,
    model: PathLike | None = None,
    start: float | None = None,
    end: float | None = None,
    cache_dir: Path | None = None,
    fresh: bool = False,
    workers: int | None = None,
    progress: ProgressCallback | None = None,
    every_frame: bool = True,
    more: Sequence[MoreWindows] | None = None,
    where: Sequence[DenserParts] | None = None,
    watch: Sequence[WatchFrame] | None = None,
) -> list[xr.Dataset]:
    """Load the poses of each video where kept ones fit, and estimate the others.

    Parameters
    ----------
    videos : sequence of Path
    engine : str
        Name of the pose engine.
    model : str or path, optional
        Model of the engine, by name or file.
    start, end : float, optional
        Part of each video, seconds of its own timeline.
    cache_dir : Path, optional
        Folder of kept poses and checkpoints.
    fresh : bool
        Estimate all poses, also those that are kept.
    workers : int, optional
        Frames in work at the same time.
    progress : callable, optional
        Called with (frames done, frames in all) over all videos that need poses.
    every_frame : bool
        ``False``: only in windows of frames (`gait.pose.estimation.estimate_keypoints`).
    more : sequence of callable, optional
        For each video, what decides whether the windows seen so far are enough.
    where : sequence of callable, optional
        For each video, what finds the parts of it that should be seen more densely.
    watch : sequence of callable, optional
        For each video, what is shown the frames that are looked at.

    Returns
    -------
    list of xarray.Dataset
        One pose dataset per video, in the given order.
    """
    poses: dict[int, xr.Dataset] = {}
    for number, video in enumerate(videos):
        file = _pose_file(cache_dir, number) if cache_dir else None
        if file is None or fresh or not file.exists():
            continue
        try:
            pose = load_pose(file)
        except GaitError:
            continue  # damaged, or from another program
        if can_reuse_poses(pose, video, engine=engine, model=model, start=start, end=end, every_frame=every_frame):
            poses[number] = pose
        else:
            pose.close()
    lengths = {
        number: len(frame_times_to_estimate(video, start=start, end=end))
        for number, video in enumerate(videos)
        if number not in poses
    }
    total, done = sum(lengths.values()), 0
    for number, video in enumerate(videos):
        if number in poses:
            continue
        before = done

        def advance(frames: int, of: int | None, before: int = before, length: int = lengths[number]) -> None:
            # Frames in which a second network runs as well count twice there.
            if progress is not None:
                progress(before + (frames * length // of if of else frames), total)

        checkpoints = None if cache_dir is None else checkpoint_folder(cache_dir, number)
        if checkpoints is not None and fresh:
            discard_checkpoints(checkpoints)
        poses[number] = estimate_keypoints(
            video,
            engine=engine,
            model=model,
            start=start,
            end=end,
            workers=workers,
            checkpoint_dir=checkpoints,
            progress=advance,
            every_frame=every_frame,
            more=None if more is None else more[number],
            where=None if where is None else where[number],
            watch=None if watch is None else watch[number],
        )
        done += lengths[number]
    return [poses[number] for number in range(len(videos))]


def keep_pose(pose: xr.Dataset, cache_dir: Path, number: int) -> xr.Dataset:
    """Save poses where the next run looks for them, unless they were loaded from there.

    Parameters
    ----------
    pose : xarray.Dataset
    cache_dir : Path
    number : int
        Number of the video, from 0.

    Returns
    -------
    xarray.Dataset
        The same poses, read from the file that keeps them.
    """
    target = _pose_file(cache_dir, number)
    estimated = checkpoint_folder(cache_dir, number) / FINISHED_FILE
    if _appearance(pose.attrs) != _appearance_in_file(estimated if estimated.exists() else target):
        save_pose(pose, target)
        return load_pose(target).assign_attrs(pose.attrs)
    if estimated.exists():
        pose.close()
        move_to(estimated, target)
        return load_pose(target).assign_attrs(pose.attrs)
    if pose.encoding.get("source") != os.path.abspath(target):  # noqa: PTH100  (links stay)
        save_pose(pose, target)
    return pose


def checkpoint_folder(cache_dir: Path, number: int) -> Path:
    """Name the folder for the finished chunks of poses that are being estimated.

    Parameters
    ----------
    cache_dir : Path
    number : int
        Number of the video, from 0.

    Returns
    -------
    Path
    """
    return cache_dir / f"pose_{number + 1}.part"


def _pose_file(cache_dir: Path, number: int) -> Path:
    return cache_dir / pose_file_name(number)


def _appearance(attributes: Mapping[Any, Any]) -> tuple[object, ...]:
    """Give what was read off the frames: versions of the code (0: not read), roll, warnings, joints set by hand."""
    roll = attributes.get(CAMERA_ROLL_ATTR)
    return (
        *(int(attributes.get(name, 0)) for name in (PELVIS_VERSION_ATTR, SHOES_VERSION_ATTR, DOTS_VERSION_ATTR)),
        None if roll is None else float(roll),
        attributes.get(FILMING_WARNINGS_ATTR),
        attributes.get(FILMING_REFUSAL_ATTR),
        attributes.get(PICTURE_STRETCH_ATTR),
        attributes.get(HAND_POINTS_ATTR),
        attributes.get(HAND_EVENTS_ATTR),
    )


def _appearance_in_file(file: Path) -> tuple[object, ...]:
    from gait.netcdf import attributes_along_time

    try:
        return _appearance(attributes_along_time(file))
    except Exception:  # the reader raises many kinds of error on a broken file, which is replaced anyway
        return _appearance({})
