"""The pose dataset: one labelled container for the keypoints of one video, in the schema of ``movement``.

An `xarray.Dataset` with dims ``time, space, keypoint, individual``:

=================  =======================================  =====================================================
``position``       (time, space, keypoint, individual)      pixels, x right, y down; NaN where nobody was found
``confidence``     (time, keypoint, individual)             0–1; 0 where nobody was found
``world``          (time, axis, keypoint, individual)       optional: metres, origin mid-hip, camera axes (x right,
                                                            y down, z away from the camera)
=================  =======================================  =====================================================

Left and right are the runner's own. ``time`` is in seconds on the playback timeline of the file.

Later stages add variables and attributes. Their names are the constants of this module, and nowhere else: a name that
was written to a file never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from gait._typing import FloatArray, PathLike
from gait.display_language import _
from gait.errors import OUTPUT_UNWRITABLE, InputError

if TYPE_CHECKING:  # the engines read names here, and start their networks before xarray is there
    import xarray as xr

#: Shoulders and hips.
TRUNK_KEYPOINTS = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
#: The 33 keypoints of BlazePose, in the order of the model's output.
BLAZEPOSE_KEYPOINTS: tuple[str, ...] = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
#: Dimensions of the variables, and values of the coordinates ``space``, ``axis`` and ``individual``.
POSITION_DIMS = ("time", "space", "keypoint", "individual")
CONFIDENCE_DIMS = ("time", "keypoint", "individual")
WORLD_DIMS = ("time", "axis", "keypoint", "individual")
SPACE = ("x", "y")
AXES = ("x", "y", "z")
INDIVIDUAL = "runner"

#: Engine → the kind of model behind it, whose keypoints were measured. For poses without the attribute
#: ``keypoint_family``: all that gait 0.x wrote, and what other programs write.
_FAMILY_OF_ENGINE: Mapping[str, str] = {"mediapipe": "blazepose", "litert": "blazepose", "markers": "markers"}

#: Variable (time, individual): tilt of the pelvis in the image, degrees against the clip's mean, + = the right side of
#: the image higher; see `gait.pose.appearance.pelvis`.
PELVIS_TILT = "pelvis_tilt"
#: Variables (time, individual) by side: turn of the shoe, degrees, + = toe up against the flat foot of the same stance;
#: and its place in the direction of running, shares of the leg. See `gait.pose.appearance.shoes`.
FOOT_TURN: Mapping[str, str] = {"left": "left_foot_turn", "right": "right_foot_turn"}
FOOT_AHEAD: Mapping[str, str] = {"left": "left_foot_ahead", "right": "right_foot_ahead"}
#: Variable (time, space, keypoint, individual): where a dot over a joint is, pixels; NaN where there is none or it was
#: not seen. See `gait.pose.appearance.joint_dots`.
DOT_POSITION = "dot_position"
#: Variables (as ``position`` and ``confidence``) of a second, better network that ran in some strides; NaN elsewhere.
#: See `gait.pose.refinement`.
REFINED_POSITION, REFINED_CONFIDENCE = "refined_position", "refined_confidence"
#: Attributes of poses that were not estimated in every frame: playback rate of the video (1/s), number of its frames.
VIDEO_FPS_ATTR = "video_fps"
VIDEO_FRAMES_ATTR = "video_frames"
#: Attribute of poses that were estimated in windows of consecutive frames, with nothing between: start and end of each,
#: s of playback, one after the other. Without it every frame was seen. See `seen_windows`.
SAMPLED_WINDOWS_ATTR = "sampled_windows"
#: Attribute of such poses: version of the plan of windows (`gait.pose.sampling_plan.SAMPLING_VERSION`).
SAMPLING_VERSION_ATTR = "sampling_version"
#: Attribute: number of frames with somebody beside the runner.
BYSTANDER_FRAMES_ATTR = "bystander_frames"
#: Attribute: kind of model that set the keypoints, see `keypoint_family`.
KEYPOINT_FAMILY_ATTR = "keypoint_family"
#: Attribute: which network of that kind, see `network_variant`.
MODEL_VARIANT_ATTR = "model_variant"
#: Networks whose errors were measured.
Network = Literal["full", "heavy"]
#: Keypoints of no measured network take the errors and event maps of this one: the best guess there is. [E]
UNMEASURED_NETWORK: Network = "heavy"
#: The same, and keypoints of the full network that the heavy one refines.
NetworkVariant = Literal["full", "heavy", "mixed"]
CALIBRATED_VARIANTS: tuple[NetworkVariant, ...] = ("full", "heavy", "mixed")
CALIBRATED_NETWORKS: tuple[Network, Network] = ("full", "heavy")
#: Attributes: what was tracked on the pelvis ("tape", "waistband", "none"; "hidden" where something stands before it),
#: and the version of the code that read it.
PELVIS_MARKER_ATTR = "pelvis_mark"
PELVIS_VERSION_ATTR = "pelvis_version"
#: Attributes: sides whose shoe was tracked to contact in enough of its landings, with commas between, and the version
#: of the code that read the shoes.
TRACKED_FEET_ATTR = "feet_followed"
SHOES_VERSION_ATTR = "feet_version"
#: Attributes: keypoints whose joint bears a dot, with commas between; how far the dots lie from them over the stride
#: (JSON, see `gait.pose.appearance.joint_dots`); and the version of the code that read the dots.
DOTTED_JOINTS_ATTR = "dotted_joints"
DOT_OFFSETS_ATTR = "dot_offsets"
DOTS_VERSION_ATTR = "dots_version"
#: Attributes: joints set by hand in some frames (JSON, see `gait.io.adjustments`), and in clean datasets by how much
#: keypoints were moved for that (JSON, see `gait.geometry.joint_offsets`).
HAND_POINTS_ATTR = "hand_points"
HAND_OFFSETS_ATTR = "hand_offsets"
#: Attribute: contacts and toe-offs moved by hand (JSON, see `gait.events.hand_moved_events`).
HAND_EVENTS_ATTR = "hand_events"
#: Attribute: roll of the camera, degrees; see `gait.geometry.camera`.
CAMERA_ROLL_ATTR = "camera_roll_deg"
#: Attribute: aspects of how the video is filmed that are not good, with commas between; see `gait.quality.video_pose`.
FILMING_FAULTS_ATTR = "filming_faults"
#: Attribute: why nothing can be measured from the video, JSON with ``code`` and ``reason``; see
#: `gait.quality.video_pose`.
FILMING_REFUSAL_ATTR = "filming_refusal"
#: Attribute, 1: the runner moves over ground, past the camera or with it along; see `gait.quality.video_pose`.
OVER_GROUND_ATTR = "over_ground"
#: Attributes: a view that the user gave, and what a reader should know about how the video is filmed, one a line, as
#: `gait.formatted_message.message_to_json` writes it (words in files of earlier versions); see
#: `gait.quality.video_pose`.
DECLARED_VIEW_ATTR = "declared_view"
FILMING_WARNINGS_ATTR = "filming_warnings"
#: Attribute: scale of the image where it is known, metres per pixel.
METRES_PER_PX_ATTR = "metres_per_px"

#: Attributes that every pose dataset carries, with their type.
REQUIRED_ATTRIBUTES: Mapping[str, type] = {
    "ds_type": str,
    "fps": float,
    "time_unit": str,
    "source_software": str,
    "source_file": str,
    "capture_fps": float,
    "image_width": int,
    "image_height": int,
    "engine": str,
    "model": str,
}


def make_pose_dataset(
    *,
    time_s: ArrayLike,
    position: ArrayLike,
    confidence: ArrayLike,
    fps: float,
    image_width: int,
    image_height: int,
    source_file: str,
    world: ArrayLike | None = None,
    keypoints: Sequence[str] = BLAZEPOSE_KEYPOINTS,
    capture_fps: float | None = None,
    source_software: str = "gait",
    engine: str = "unknown",
    model: str = "unknown",
    keypoint_family: str | None = None,
    attributes: Mapping[str, str | int | float] | None = None,
) -> xr.Dataset:
    """Put the keypoints of one runner into the labelled container, and check it.

    Parameters
    ----------
    time_s : (n,) array
        Presentation times, seconds, strictly increasing.
    position : (n, k, 2) array
        Pixels (x right, y down); NaN where nobody was found.
    confidence : (n, k) array
        0–1.
    fps : float
        Rate of these poses on the playback timeline, 1/s.
    image_width, image_height : int
        Pixels of the upright frame.
    source_file : str
        Name of the video.
    world : (n, k, 3) array, optional
        Metres, origin mid-hip, camera axes.
    keypoints : sequence of k str
        Their names.
    capture_fps : float, optional
        Capture rate of the video, 1/s; ``fps`` when not given. Where poses are not those of every frame, the attribute
        ``video_fps`` holds the playback rate of the video.
    source_software, engine, model : str
        Where the poses come from.
    keypoint_family : str, optional
        Kind of model behind the engine (see `keypoint_family`); by the engine's name when not given.
    attributes : mapping, optional
        Further attributes; strings and numbers only.

    Returns
    -------
    xr.Dataset
        Positions are float64 rounded to float32, so that a saved dataset read back gives the same numbers.

    Raises
    ------
    InputError
        As :func:`validate_pose`.
    """
    import xarray as xr

    def labelled(values: ArrayLike, dims: tuple[str, ...]) -> tuple[tuple[str, ...], FloatArray]:
        array = np.asarray(values, dtype=np.float32).astype(np.float64)
        if array.ndim != len(dims) - 1:
            raise InputError(
                _("pose array has {ndim} dimensions, expected {count} ({names})").format(
                    ndim=array.ndim, count=len(dims) - 1, names=", ".join(dims[:-1])
                )
            )
        return dims, (array.swapaxes(1, 2) if array.ndim == 3 else array)[..., np.newaxis]

    variables = {
        "position": labelled(position, POSITION_DIMS),
        "confidence": labelled(confidence, CONFIDENCE_DIMS),
    }
    coords: dict[str, object] = {
        "time": np.asarray(time_s, dtype=np.float64),
        "space": list(SPACE),
        "keypoint": list(keypoints),
        "individual": [INDIVIDUAL],
    }
    if world is not None:
        variables["world"] = labelled(world, WORLD_DIMS)
        coords["axis"] = list(AXES)
    try:
        ds = xr.Dataset(variables, coords=coords)
    except ValueError as error:
        raise InputError(
            _("pose arrays do not fit together: {error}").format(error=str(error).splitlines()[0])
        ) from None
    ds.attrs.update(
        ds_type="poses",
        fps=float(fps),
        time_unit="seconds",
        source_software=source_software,
        source_file=source_file,
        capture_fps=float(fps if capture_fps is None else capture_fps),
        image_width=int(image_width),
        image_height=int(image_height),
        engine=engine,
        model=model,
        keypoint_family=engine_keypoint_family(engine) if keypoint_family is None else keypoint_family,
        **(attributes or {}),
    )
    validate_pose(ds)
    return ds


def engine_keypoint_family(engine: str) -> str:
    """Return the keypoint family of an engine (see `keypoint_family`).

    Parameters
    ----------
    engine : str
        Name of a pose engine or of another source of poses.

    Returns
    -------
    str
        ``"blazepose"``, ``"markers"`` or, for every other engine, ``"unknown"``.
    """
    return _FAMILY_OF_ENGINE.get(engine, "unknown")


def keypoint_family(pose: xr.Dataset) -> str:
    """Return which kind of model set the keypoints of a pose dataset, which decides their systematic errors.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset, also one from an earlier version without the attribute ``keypoint_family``.

    Returns
    -------
    str
        ``"blazepose"`` (errors measured on rendered runners), ``"markers"`` (no systematic error) or ``"unknown"``.
    """
    family = pose.attrs.get(KEYPOINT_FAMILY_ATTR)
    return str(family) if family is not None else engine_keypoint_family(str(pose.attrs.get("engine", "unknown")))


def network_variant(pose: xr.Dataset) -> str:
    """Return which network of its kind set the keypoints: networks of one family differ in their systematic errors.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset, also one from an earlier version without the attribute ``model_variant``.

    Returns
    -------
    str
        ``"full"``, ``"heavy"`` or ``"mixed"`` (`gait.pose.engines.model_file.MODEL_NAMES`); ``"other"`` for another
        BlazePose network and for poses that are not BlazePose's.
    """
    if keypoint_family(pose) != "blazepose":
        return "other"
    variant = pose.attrs.get(MODEL_VARIANT_ATTR)
    if variant is None:
        variant = str(pose.attrs.get("model", "")).removeprefix("pose_landmarker_")
    return str(variant) if variant in ("full", "heavy", "mixed") else "other"


def calibrated_network(pose: xr.Dataset) -> Network | None:
    """Return the network whose measured errors apply to these keypoints.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset.

    Returns
    -------
    {"full", "heavy"} or None
        ``"heavy"`` also for keypoints that it refines; ``"full"`` for other BlazePose networks, which are closest to
        it; ``None`` for keypoints that are not BlazePose's.
    """
    if keypoint_family(pose) != "blazepose":
        return None
    return "heavy" if network_variant(pose) in ("heavy", "mixed") else "full"


def network_of_errors(pose: xr.Dataset) -> NetworkVariant | None:
    """Return the network whose method errors apply to what is measured on these keypoints.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset.

    Returns
    -------
    {"full", "heavy", "mixed"} or None
        ``"full"`` for other BlazePose networks; ``None`` for keypoints that are not BlazePose's.
    """
    return "mixed" if network_variant(pose) == "mixed" else calibrated_network(pose)


def seen_windows(pose: xr.Dataset) -> list[tuple[float, float]]:
    """Return the parts of a video in which poses were estimated.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset.

    Returns
    -------
    list of (float, float)
        Start and end of each window of consecutive frames, s of playback: frames with ``start <= time < end``. One for
        the whole clip where every frame was seen, none without frames.
    """
    edges = pose.attrs.get(SAMPLED_WINDOWS_ATTR)
    if edges is not None:
        pairs = np.asarray(edges, dtype=float).reshape(-1, 2)
        return [(float(start), float(end)) for start, end in pairs]
    time = np.asarray(pose["time"].values, dtype=float)
    return [(float(time[0]), float(time[-1]) + 1 / float(pose.attrs["fps"]))] if len(time) else []


def window_starts(pose: xr.Dataset) -> FloatArray:
    """Return where a pose dataset continues after a gap.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset, or a part of one.

    Returns
    -------
    (n,) float array
        Start of each window but the first, s of playback; empty where every frame was seen.
    """
    if SAMPLED_WINDOWS_ATTR not in pose.attrs:
        return np.empty(0)
    return np.array([start for start, _ in seen_windows(pose)[1:]], dtype=float)


def seen_seconds(pose: xr.Dataset) -> float:
    """Return for how long a video was seen.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset.

    Returns
    -------
    float
        Seconds of playback from the first to the last frame, without the gaps between windows.
    """
    time = np.asarray(pose["time"].values, dtype=float)
    edges = np.searchsorted(time, window_starts(pose))
    return float(sum(part[-1] - part[0] for part in np.split(time, edges) if len(part)))


def length_per_seen(pose: xr.Dataset) -> float:
    """Return how many times as long as what was seen a video is.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset.

    Returns
    -------
    float
        1 where every frame was seen.
    """
    if SAMPLED_WINDOWS_ATTR not in pose.attrs:
        return 1.0
    frames = float(pose.attrs.get(VIDEO_FRAMES_ATTR, pose.sizes["time"]))
    per_pose = float(pose.attrs.get(VIDEO_FPS_ATTR, pose.attrs["fps"])) / float(pose.attrs["fps"])
    return max(1.0, frames / per_pose / max(pose.sizes["time"], 1))


def validate_pose(ds: xr.Dataset, *, required: Iterable[str] = ()) -> None:
    """Check that a dataset is a pose dataset; list all faults in one message.

    Parameters
    ----------
    ds : xr.Dataset
        The dataset to check.
    required : iterable of str
        Keypoints that must be there.

    Raises
    ------
    InputError
        One line that lists every fault.

    Examples
    --------
    >>> validate_pose(load_pose("notebooks/data/side.nc"), required=["left_heel"])
    >>> validate_pose(load_pose("notebooks/data/side.nc"), required=["tail"])
    Traceback (most recent call last):
    gait.errors.InputError: not a valid pose dataset: keypoint tail missing
    """
    faults: list[str] = []
    wanted = {"position": POSITION_DIMS, "confidence": CONFIDENCE_DIMS}
    if "world" in ds:
        wanted["world"] = WORLD_DIMS
    numbers = []
    for name, dims in wanted.items():
        if name not in ds.data_vars:
            faults.append(f"variable '{name}' is missing")
        elif ds[name].dims != dims:
            faults.append(f"'{name}' has dims {_listed(map(str, ds[name].dims))}, must be {_listed(dims)}")
        elif ds[name].dtype.kind != "f":
            faults.append(f"'{name}' is {ds[name].dtype}, must be floating point")
        else:
            numbers.append(name)
    if numbers:
        faults += _number_faults(ds[numbers])
    faults += _coordinate_faults(ds)
    keypoints = {str(name) for name in ds["keypoint"].values} if "keypoint" in ds.coords else set()
    absent = [name for name in required if name not in keypoints]
    if absent:
        faults.append(f"keypoint {_listed(absent)} missing")
    for name, kind in REQUIRED_ATTRIBUTES.items():
        value = ds.attrs.get(name)
        if value is None:
            faults.append(f"attribute '{name}' is missing")
        elif kind is str:
            if not isinstance(value, str):
                faults.append(f"attribute '{name}' is {value!r}, must be text")
        elif isinstance(value, str) or not np.isfinite(value) or value <= 0:
            faults.append(f"attribute '{name}' is {value!r}, must be a number above 0")
    if ds.attrs.get("ds_type", "poses") != "poses":
        faults.append(f"attribute 'ds_type' is {ds.attrs['ds_type']!r}, must be 'poses'")
    if ds.attrs.get("time_unit", "seconds") != "seconds":
        faults.append(f"attribute 'time_unit' is {ds.attrs['time_unit']!r}, must be 'seconds'")
    if faults:
        raise InputError(_("not a valid pose dataset: {faults}").format(faults="; ".join(faults)))


def _number_faults(ds: xr.Dataset) -> list[str]:
    """Check the values, a piece at a time."""
    from gait.netcdf import blocks

    infinite: dict[str, None] = {}
    low, high = 0.0, 1.0
    for piece in blocks(ds):
        infinite |= {str(name): None for name in piece.data_vars if np.isinf(piece[name].values).any()}
        if "confidence" in piece and piece["confidence"].size:
            values = piece["confidence"].values
            low, high = float(np.nanmin(values, initial=low)), float(np.nanmax(values, initial=high))
    faults = [f"'{name}' holds infinite values" for name in infinite]
    if low < 0 or high > 1:
        faults.append(f"'confidence' runs from {low:g} to {high:g}, must lie between 0 and 1")
    return faults


def _coordinate_faults(ds: xr.Dataset) -> list[str]:
    faults = [
        f"coordinate '{name}' is missing"
        for name in ("time", "space", "keypoint", "individual")
        if name not in ds.coords
    ]
    if "time" in ds.coords:
        times = ds["time"].values
        if times.dtype.kind not in "fiu":
            faults.append(f"'time' is {times.dtype}, must be seconds as numbers")
        elif not np.isfinite(times).all():
            faults.append("'time' holds values that are not finite")
        elif (np.diff(times) <= 0).any():
            at = int(np.argmax(np.diff(times) <= 0))
            faults.append(f"'time' does not increase at frame {at + 1} ({times[at]:g} s, then {times[at + 1]:g} s)")
    if "space" in ds.coords and tuple(ds["space"].values) != SPACE:
        faults.append(f"'space' is {_listed(map(str, ds['space'].values))}, must be x, y")
    if "keypoint" in ds.coords:
        names = [str(name) for name in ds["keypoint"].values]
        double = sorted({name for name in names if names.count(name) > 1})
        if double:
            faults.append(f"keypoint {_listed(double)} appears more than once")
    if ds.sizes.get("individual", 1) != 1:
        faults.append(f"{ds.sizes['individual']} individuals, must be one runner")
    return faults


def save_pose(ds: xr.Dataset, path: PathLike) -> None:
    """Write a pose dataset to a NetCDF file, whole or not at all.

    Parameters
    ----------
    ds : xr.Dataset
        Stored compressed, positions as float32 (error below 0.001 px up to 8K frames); times as float64.
    path : path
        The file to make or replace.

    Raises
    ------
    InputError
        When ``ds`` is not a valid pose dataset or the file cannot be written.
    """
    from gait.netcdf import blocks

    validate_pose(ds)
    write_pose(blocks(ds), path)


def write_pose(pieces: Iterable[xr.Dataset], path: PathLike) -> None:
    """Write valid pose datasets that follow each other in time to one file, as :func:`save_pose` does.

    Parameters
    ----------
    pieces : iterable of xr.Dataset
        In order of time.
    path : path
        The file to make or replace.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    from gait.netcdf import write_along_time

    try:
        write_along_time(path, pieces)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}"
        raise InputError(message, code=OUTPUT_UNWRITABLE) from None


def load_pose(path: PathLike) -> xr.Dataset:
    """Read a pose dataset.

    Parameters
    ----------
    path : path
        A file made by :func:`save_pose`, or by ``movement`` with the attributes gait needs.

    Returns
    -------
    xr.Dataset
        Values are read lazily, so that a long video need not fit into memory; ``.load()`` reads all of them. The file
        must stay until then.

    Raises
    ------
    InputError
        When the file is missing, is not NetCDF, or does not hold a valid pose dataset.

    Examples
    --------
    >>> pose = load_pose("notebooks/data/side.nc")
    >>> dict(pose.position.sizes)
    {'time': 600, 'space': 2, 'keypoint': 33, 'individual': 1}
    >>> float(pose.position.sel(keypoint="left_ankle", space="y").mean().round(-1))  # pixels, down
    570.0
    """
    from gait.netcdf import open_along_time

    path = Path(path)
    if not path.is_file():
        raise InputError(_("{path}: no such file").format(path=path))
    try:
        ds = open_along_time(path)
    except InputError:
        raise
    except Exception:  # the libraries below raise many kinds of error on a broken file
        raise InputError(
            _("{path}: is not a readable pose file; remove it and run again").format(path=path),
            code="pose_file_unreadable",
        ) from None
    for name, kind in REQUIRED_ATTRIBUTES.items():
        if isinstance(ds.attrs.get(name), np.generic):
            ds.attrs[name] = kind(ds.attrs[name])
    try:
        validate_pose(ds)
    except InputError as error:
        ds.close()
        raise InputError(f"{path}: {error}") from None
    except OSError:
        ds.close()
        raise InputError(
            _("{path}: is damaged; remove it and run again").format(path=path), code="pose_file_damaged"
        ) from None
    return ds


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
