"""Poses made elsewhere, turned into the pose dataset, so that they go through the same kinematics."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import xarray as xr

from gait.errors import InputError
from gait.io.marker_plane import in_picture
from gait.io.pose_readers import READERS, ForeignPoses, format_of
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS, make_pose_dataset
from gait.pose.skeletons import REQUIRED, blazepose_name

__all__ = ["load_poses"]

Names = Mapping[str, str | Sequence[str]]


def load_poses(
    path: str | os.PathLike[str],
    *,
    format: str = "auto",  # noqa: A002 (the word everybody looks for)
    fps: float | None = None,
    capture_fps: float | None = None,
    view: Literal["side", "rear", "front"] = "side",
    names: Names | None = None,
    individual: str | None = None,
    width: int | None = None,
    height: int | None = None,
    least_confidence: float = 0.0,
) -> xr.Dataset:
    """Read poses or markers that another program has made; formats, units and axes are in ``docs/formats.md``.

    Parameters
    ----------
    path : path
        NetCDF of ``movement``; folder of OpenPose's JSON; TRC (OpenSim, Pose2Sim, Sports2D); C3D; DeepLabCut's CSV or
        H5; COCO-17, COCO-WholeBody or Halpe-26 keypoints (RTMPose, AlphaPose) in one CSV or JSON.
    format : {"auto", "movement", "openpose", "trc", "c3d", "deeplabcut", "keypoints-csv", "keypoints-json"}
        ``auto`` tells it from the name.
    fps : float, optional
        Frames per second of the video, where the file only counts frames.
    capture_fps : float, optional
        How fast the camera sampled reality, where the video plays slower than that.
    view : {"side", "rear", "front"}
        The plane onto which three-dimensional markers are laid; poses in two dimensions have theirs.
    names : mapping, optional
        Our keypoint → the file's name of it, or several whose middle it is: ``{"left_hip": ("LASI", "LPSI")}``. Other
        keypoints are told by their usual names.
    individual : str, optional
        Whose poses, where the file has those of several.
    width, height : int, optional
        Of the picture, pixels; without them, as far as the file does not say, the picture is taken to be large enough.
    least_confidence : float
        Points less sure than this are taken as not seen. DeepLabCut gives a place to every point: 0.6 is its own usual
        limit.

    Returns
    -------
    xarray.Dataset
        See `gait.pose.dataset`. Keypoints that the skeleton lacks are not there; metrics that need them are refused by
        name. Lengths in metres become pixels of a millimetre with the attribute ``metres_per_px``, so that no height
        need be given.

    Raises
    ------
    InputError
        The file cannot be read, says no rate, or has no hips, knees and ankles.

    Examples
    --------
    >>> import gait
    >>> pose = gait.load_poses("notebooks/data/side.nc", least_confidence=0.5)
    >>> pose.position.dims
    ('time', 'space', 'keypoint', 'individual')
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path}: no such file")
    kind = format_of(path) if format == "auto" else format
    if kind not in READERS:
        raise InputError(f"format {format!r} is unknown; choose from: auto, {', '.join(READERS)}")
    if view not in ("side", "rear", "front"):
        raise InputError(f"view {view!r} is unknown: use side, rear or front")
    if fps is not None and not 0 < fps < float("inf"):
        raise InputError(f"fps={fps:g} must be above 0")
    several = {"individual": individual} if kind in ("movement", "deeplabcut") else {}
    tracks = _chosen(path, READERS[kind](path, **several), names or {})
    seen = np.isfinite(tracks.position).all(axis=2)
    confidence = seen.astype(float) if tracks.confidence is None else np.nan_to_num(tracks.confidence)
    seen &= confidence >= least_confidence
    position, size, metres = in_picture(
        np.where(seen[..., None], tracks.position, np.nan), tracks.names, tracks.unit, view
    )
    time, rate = _times(path, tracks, fps)
    known = tracks.size if width is None or height is None else (width, height)
    attributes = dict(tracks.attributes)
    if metres is not None:
        attributes["metres_per_px"] = metres
    slow = attributes.pop("capture_fps", None)
    return make_pose_dataset(
        time_s=time,
        position=position,
        confidence=np.where(seen, np.clip(confidence, 0, 1), 0.0),
        fps=rate,
        capture_fps=capture_fps or slow,
        image_width=size[0] if known is None or metres is not None else known[0],
        image_height=size[1] if known is None or metres is not None else known[1],
        source_file=str(path),
        keypoints=tracks.names,
        source_software=tracks.software,
        engine=tracks.engine,
        model=kind,
        attributes=attributes,
    )


def _chosen(path: Path, tracks: ForeignPoses, wanted: Names) -> ForeignPoses:
    """Keep the keypoints that have a name of ours, in the order of BlazePose."""
    strange = [name for name in wanted if name not in BLAZEPOSE_KEYPOINTS]
    if strange:
        raise InputError(
            f"names: {strange[0]!r} is not a BlazePose keypoint; they are: {', '.join(BLAZEPOSE_KEYPOINTS)}"
        )
    made_of: dict[str, list[int]] = {}
    for number, name in enumerate(tracks.names):
        if (own := blazepose_name(name)) is not None and own not in wanted:
            made_of.setdefault(own, [number])
    for own, markers in wanted.items():
        for marker in [markers] if isinstance(markers, str) else markers:
            if marker not in tracks.names:
                raise InputError(f"{path}: has no marker {marker!r}; it has: {', '.join(tracks.names)}")
            made_of.setdefault(own, []).append(tracks.names.index(marker))
    absent = [name for name in REQUIRED if name not in made_of]
    if absent:
        raise InputError(
            f"{path}: keypoint {', '.join(absent)} missing; it has: {', '.join(tracks.names[:40])}; "
            "say which are which (names=)"
        )
    # A point that only one side has is of no use, and would be taken for the other side's.
    kept = [n for n in BLAZEPOSE_KEYPOINTS if n in made_of and (n == "nose" or _other(n) in made_of)]
    position = np.stack([tracks.position[:, made_of[n]].mean(axis=1) for n in kept], axis=1)
    confidence = tracks.confidence
    if confidence is not None:
        confidence = np.stack([confidence[:, made_of[n]].min(axis=1) for n in kept], axis=1)
    return ForeignPoses(
        kept,
        position,
        confidence,
        tracks.time_s,
        tracks.fps,
        tracks.unit,
        tracks.size,
        tracks.software,
        tracks.engine,
        tracks.attributes,
    )


def _other(name: str) -> str:
    return name.replace("left", "right") if "left" in name else name.replace("right", "left")


def _times(path: Path, tracks: ForeignPoses, fps: float | None) -> tuple[np.ndarray, float]:
    """Give the time of each frame and the rate: those that were asked for before those of the file."""
    count = len(tracks.position)
    if fps is None and tracks.time_s is not None and count > 1:
        time = np.asarray(tracks.time_s, dtype=float)
        if not np.isfinite(time).all() or (np.diff(time) <= 0).any():
            raise InputError(f"{path}: its times do not increase; say fps= to count frames instead")
        return time, tracks.fps or 1 / float(np.median(np.diff(time)))
    rate = fps or tracks.fps
    if rate is None:
        raise InputError(f"{path}: does not say how many frames a second it has: give it (fps=, --fps)")
    return np.arange(count) / rate, float(rate)
