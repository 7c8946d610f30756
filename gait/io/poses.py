"""Poses of other programs as the pose dataset, so that the same code measures them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import xarray as xr

from gait._typing import PathLike
from gait.display_language import _, gettext
from gait.errors import InputError
from gait.formatted_message import format_message, message_to_json
from gait.io.marker_plane import project_to_image
from gait.io.marker_units import marker_scale
from gait.io.pose_readers import READERS, PosesInFile, detect_format
from gait.pose.dataset import (
    BLAZEPOSE_KEYPOINTS,
    FILMING_WARNINGS_ATTR,
    METRES_PER_PX_ATTR,
    load_pose,
    make_pose_dataset,
)
from gait.pose.skeletons import REQUIRED_KEYPOINTS, blazepose_name

#: Coordinates beyond this are no place but a mark for a missing point. [E]
MAX_COORDINATE = 1e7
#: Times between frames that are believed, s: 10 000 and 5 frames/s. Slower ones show no running. [E]
MIN_STEP_S, MAX_STEP_S = 1e-4, 0.2
#: Difference between a stated frame rate and that of the times which is rounding, as a share. [E]
RATE_TOLERANCE = 0.05
#: Names that a message lists. [E]
_MOST_LISTED = 40

Names = Mapping[str, str | Sequence[str]]


def load_poses(
    path: PathLike,
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
    """Read poses from a file: those that gait keeps, or poses and markers of another program.

    Formats, units and axes are in ``docs/formats.md``.

    Parameters
    ----------
    path : path
        NetCDF of gait (``pose_<n>.nc``), returned as it is, or of ``movement``; folder of OpenPose's JSON; TRC
        (OpenSim, Pose2Sim, Sports2D); C3D; DeepLabCut's CSV or H5; COCO-17, COCO-WholeBody or Halpe-26 keypoints
        (RTMPose, AlphaPose) in one CSV or JSON.
    format : {"auto", "movement", "openpose", "trc", "c3d", "deeplabcut", "keypoints-csv", "keypoints-json"}
        ``auto`` goes by the name.
    fps : float, optional
        Frames per second of the video, where the file only counts frames.
    capture_fps : float, optional
        Capture rate, frames per second of real time, where the video plays slower than that.
    view : {"side", "rear", "front"}
        The plane onto which three-dimensional markers are laid; poses in two dimensions have theirs.
    names : mapping, optional
        BlazePose keypoint → its name in the file, or several names whose middle it is:
        ``{"left_hip": ("LASI", "LPSI")}``. Other keypoints are found by their usual names.
    individual : str, optional
        Name of one individual, where the file has several.
    width, height : int, optional
        Of the frames, pixels. Without them, and where the file does not state them, the image is made large enough.
    least_confidence : float
        Points with less confidence count as missing. DeepLabCut places every point: 0.6 is its own usual limit.

    Returns
    -------
    xarray.Dataset
        See `gait.pose.dataset`. Keypoints that the skeleton lacks are missing, and metrics that need them are refused.
        Lengths in metres become pixels of a millimetre with the attribute ``metres_per_px``; they need no height.

    Raises
    ------
    InputError
        The file cannot be read, states no frame rate, or lacks hips, knees or ankles.

    Examples
    --------
    >>> import gait
    >>> pose = gait.load_poses("notebooks/data/side.nc", least_confidence=0.5)
    >>> pose.position.dims
    ('time', 'space', 'keypoint', 'individual')
    """
    path = Path(path)
    if not path.exists():
        raise InputError(_("{path}: no such file").format(path=path))
    kind = detect_format(path) if format == "auto" else format
    if kind not in READERS:
        raise InputError(
            _("format {format} is unknown; choose from: auto, {readers}").format(
                format=repr(format), readers=", ".join(READERS)
            )
        )
    unchanged = (fps, capture_fps, names, individual, width, height) == (None,) * 6 and least_confidence <= 0
    if format == "auto" and unchanged and path.suffix.lower() == ".nc":
        with contextlib.suppress(InputError):  # of another program, which the reader below names
            return load_pose(path)
    if view not in ("side", "rear", "front"):
        raise InputError(_("view {view} is unknown: use side, rear or front").format(view=repr(view)))
    if fps is not None and not 0 < fps < float("inf"):
        raise InputError(_("fps={fps} must be above 0").format(fps=f"{fps:g}"))
    if capture_fps is not None and not 0 < capture_fps < float("inf"):
        raise InputError(_("capture_fps={capture_fps} must be above 0").format(capture_fps=f"{capture_fps:g}"))
    several = {"individual": individual} if kind in ("movement", "deeplabcut") else {}
    tracks = _select_keypoints(path, READERS[kind](path, **several), names or {})
    visible = (np.abs(np.nan_to_num(tracks.position, nan=np.inf)) < MAX_COORDINATE).all(axis=2)
    confidence = visible.astype(float)
    if tracks.confidence is not None:
        confidence = np.nan_to_num(tracks.confidence, posinf=0.0, neginf=0.0)
    visible &= confidence >= least_confidence
    time, rate, notes = _times(path, tracks, fps)
    kept = np.where(visible[..., None], tracks.position, np.nan)
    try:
        scale = marker_scale(path, kept, tracks.names, tracks.unit)
        position, size, metres = project_to_image(kept, tracks.names, scale.metres, view)
    except InputError as error:
        text = str(error)
        raise InputError(text if text.startswith(str(path)) else f"{path}: {text}", code=error.code) from None
    notes = [*tracks.notes, *notes, *([] if scale.note is None else [scale.note])]
    stated_size = tracks.size if width is None or height is None else (width, height)
    stated_capture_fps = tracks.attributes.get("capture_fps")
    attributes: dict[str, str | int | float] = {k: v for k, v in tracks.attributes.items() if k != "capture_fps"}
    if notes:
        attributes[FILMING_WARNINGS_ATTR] = "\n".join(map(message_to_json, notes))
    if metres is not None:
        attributes[METRES_PER_PX_ATTR] = metres
    return make_pose_dataset(
        time_s=time,
        position=position,
        confidence=np.where(visible, np.clip(confidence, 0, 1), 0.0),
        fps=rate,
        capture_fps=capture_fps or stated_capture_fps,
        image_width=size[0] if stated_size is None or metres is not None else stated_size[0],
        image_height=size[1] if stated_size is None or metres is not None else stated_size[1],
        source_file=str(path),
        keypoints=tracks.names,
        source_software=tracks.software,
        engine=tracks.engine,
        model=kind,
        attributes=attributes,
    )


def _select_keypoints(path: Path, tracks: PosesInFile, wanted: Names) -> PosesInFile:
    """Keep the keypoints that have a BlazePose name, in the order of BlazePose."""
    strange = [name for name in wanted if name not in BLAZEPOSE_KEYPOINTS]
    if strange:
        raise InputError(
            _("names: {strange} is not a BlazePose keypoint; they are: {blazepose_keypoints}").format(
                strange=repr(strange[0]), blazepose_keypoints=", ".join(BLAZEPOSE_KEYPOINTS)
            )
        )
    tracks = _without_doubles(path, tracks)
    made_of: dict[str, list[int]] = {}
    for number, name in enumerate(tracks.names):
        if (keypoint := blazepose_name(name)) is not None and keypoint not in wanted:
            made_of.setdefault(keypoint, [number])
    for keypoint, markers in wanted.items():
        for marker in [markers] if isinstance(markers, str) else markers:
            if marker not in tracks.names:
                raise InputError(
                    _("{path}: has no marker {marker}; it has: {listed}").format(
                        path=path, marker=repr(marker), listed=_listed(tracks.names)
                    )
                )
            made_of.setdefault(keypoint, []).append(tracks.names.index(marker))
    absent = [name for name in REQUIRED_KEYPOINTS if name not in made_of]
    if absent:
        raise InputError(
            _("{path}: keypoint {absent} missing; it has: {listed}; say which one it is").format(
                path=path, absent=", ".join(absent), listed=_listed(tracks.names)
            ),
            code="keypoint_missing",
        )
    # A point that only one side has would be taken for the other side's.
    kept = [n for n in BLAZEPOSE_KEYPOINTS if n in made_of and (n == "nose" or _other_side(n) in made_of)]
    position = np.stack([tracks.position[:, made_of[n]].mean(axis=1) for n in kept], axis=1)
    confidence = tracks.confidence
    if confidence is not None:
        confidence = np.stack([confidence[:, made_of[n]].min(axis=1) for n in kept], axis=1)
    return replace(tracks, names=kept, position=position, confidence=confidence)


def _listed(names: Sequence[str]) -> str:
    listed = ", ".join(names[:_MOST_LISTED])
    more = len(names) - _MOST_LISTED
    return _("{listed} and {count} more").format(listed=listed, count=more) if more > 0 else listed


def _without_doubles(path: Path, tracks: PosesInFile) -> PosesInFile:
    """Join keypoints of the same name where they agree; where they do not, nobody can say which one is right."""
    numbers: dict[str, list[int]] = {}
    for number, name in enumerate(tracks.names):
        numbers.setdefault(name, []).append(number)
    if len(numbers) == len(tracks.names):
        return tracks
    position, confidence = tracks.position.copy(), tracks.confidence
    for name, (first, *others) in numbers.items():
        for other in others:
            both = np.isfinite(position[:, first]).all(axis=1) & np.isfinite(position[:, other]).all(axis=1)
            apart = np.abs(position[both, first] - position[both, other])
            if len(apart) and apart.max() > 1e-3 * np.ptp(position[both][:, first]):
                raise InputError(
                    gettext(
                        "{path}: the name {name} is there {count} times, for points that lie apart; rename or remove "
                        "all but one"
                    ).format(path=path, name=repr(name), count=len(others) + 1)
                )
            gaps = ~np.isfinite(position[:, first]).all(axis=1)
            position[gaps, first] = position[gaps, other]
            if confidence is not None:
                confidence = confidence.copy()
                confidence[gaps, first] = confidence[gaps, other]
    chosen = [first for first, *_ in numbers.values()]
    return replace(
        tracks,
        names=list(numbers),
        position=position[:, chosen],
        confidence=None if confidence is None else confidence[:, chosen],
    )


def _other_side(name: str) -> str:
    return name.replace("left", "right") if "left" in name else name.replace("right", "left")


def _times(path: Path, tracks: PosesInFile, fps: float | None) -> tuple[np.ndarray, float, list[str]]:
    """Give the time of each frame, the rate, and what is to be told; the caller's rate comes before the file's."""
    count = len(tracks.position)
    if fps is None and tracks.time_s is not None and count > 1:
        time = np.asarray(tracks.time_s, dtype=float)
        _check_times(path, time)
        step = float(np.median(np.diff(time)))
        stated = tracks.fps
        if step > MAX_STEP_S and (step / 1000 < MAX_STEP_S if stated is None else _close(1000 / step, stated)):
            note = format_message(
                "the times of the file are {step} apart; they were read as milliseconds", step=f"{step:.3g}"
            )
            return time / 1000, stated or 1000 / step, [note]
        if not MIN_STEP_S <= step <= MAX_STEP_S:
            raise InputError(
                _(
                    "{path}: its times are {step} s apart, frames of a run lie closer than {max_step_s} s; give "
                    "the frames per second to count frames instead"
                ).format(path=path, step=f"{step:.3g}", max_step_s=f"{MAX_STEP_S:g}"),
                code="frame_rate_missing",
            )
        if stated is not None and not _close(1 / step, stated):
            note = format_message(
                "the file states {stated} frames/s, but its times are those of {rate}; the times count",
                stated=f"{stated:.4g}",
                rate=f"{1 / step:.4g}",
            )
            return time, 1 / step, [note]
        return time, stated or 1 / step, []
    rate = fps or tracks.fps
    if rate is None:
        raise InputError(
            _("{path}: states no frame rate; give the frames per second").format(path=path), code="frame_rate_missing"
        )
    return np.arange(count) / rate, float(rate), []


def _check_times(path: Path, time: np.ndarray) -> None:
    """Refuse times that stand still, run backwards or are missing, and name the first."""
    wrong = np.flatnonzero(~np.isfinite(time))
    if len(wrong):
        text = _("{path}: has no time in its row {row}; give the frames per second to count frames instead").format(
            path=path, row=wrong[0] + 1
        )
    else:
        wrong = np.flatnonzero(np.diff(time) <= 0)
        if not len(wrong):
            return
        before, after = time[wrong[0]], time[wrong[0] + 1]
        text = _(
            "{path}: its times do not increase: {after} s follows {before} s in row {row}; give the frames per second "
            "to count frames instead"
        ).format(path=path, after=f"{after:.6g}", before=f"{before:.6g}", row=wrong[0] + 2)
    raise InputError(text, code="frame_rate_missing")


def _close(rate: float, other: float) -> bool:
    return abs(rate / other - 1) <= RATE_TOLERANCE
