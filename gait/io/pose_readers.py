"""One reader for each kind of pose file. Each returns what the file holds, in the file's own axes and units."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.errors import InputError
from gait.pose.dataset import METRES_PER_PX_ATTR, VIDEO_FPS_ATTR
from gait.pose.skeletons import detect_skeleton


@dataclass(frozen=True, eq=False)
class PosesInFile:
    """Keypoints over time as a file has them.

    Attributes
    ----------
    names : list of str
        K names, in the file's own words.
    position : (T, K, 2 or 3) array
        NaN where missing.
    confidence : (T, K) array or None
        0–1.
    time_s : (T,) array or None
        ``None`` where the file only counts frames.
    fps : float or None
    unit : {"px", "mm", "m"}
    size : (int, int) or None
        Width and height of the frames, pixels.
    software : str
    engine : str
        Program that found the keypoints, as far as the file says.
    attributes : mapping
        Rates and scale that the file states, by name of the pose dataset's attribute.
    """

    names: list[str]
    position: FloatArray
    confidence: FloatArray | None = None
    time_s: FloatArray | None = None
    fps: float | None = None
    unit: str = "px"
    size: tuple[int, int] | None = None
    software: str = "unknown"
    engine: str = "unknown"
    attributes: Mapping[str, float] = field(default_factory=dict)


def unreadable_error(path: Path, what: str) -> InputError:
    """Make the error for a file that is not what its reader expects.

    Parameters
    ----------
    path : Path
    what : str
        What is wrong with it.

    Returns
    -------
    InputError
    """
    return InputError(f"{path}: {what}; see docs/formats.md")


def _several_individuals(path: Path, names: Sequence[str]) -> InputError:
    text = f"{path}: has the individuals {', '.join(names)}; give the name of one"
    return InputError(text, code="several_individuals")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


# --- people, frame by frame -------------------------------------------------------------------------------


def _nearest_person(frames: Sequence[Sequence[FloatArray]]) -> FloatArray:
    """Choose one person in each frame, (T, K, 3): the most confident one at first, then the nearest to the last.

    Each person is (K, 3): x, y, confidence; NaN or confidence 0 where a point was not found.
    """
    keypoints = next((len(people[0]) for people in frames if len(people)), 0)
    chosen = np.full((len(frames), keypoints, 3), np.nan)
    totals = [max((float(np.nansum(p[:, 2])) for p in people), default=0.0) for people in frames]
    if not keypoints:
        return chosen
    start = int(np.argmax(totals))

    def centre(person: FloatArray) -> FloatArray:
        found = person[:, 2] > 0
        return np.median(person[found, :2], axis=0) if found.any() else np.full(2, np.nan)

    for order in (range(start, len(frames)), range(start, -1, -1)):
        last: FloatArray | None = None
        for number in order:
            people = [p for p in frames[number] if np.isfinite(centre(p)).all()]
            if not people:
                continue
            if last is None:
                best = max(people, key=lambda p: float(np.nansum(p[:, 2])))
            else:
                best = min(people, key=lambda p, at=last: float(np.linalg.norm(centre(p) - at)))  # type: ignore[misc]
            chosen[number], last = best, centre(best)
    return chosen


def _poses_of_one_person(path: Path, frames: Sequence[Sequence[FloatArray]], software: str, engine: str) -> PosesInFile:
    counts = {len(person) for people in frames for person in people}
    if not counts:
        raise unreadable_error(path, "no frame has a person in it")
    if len(counts) > 1:
        raise unreadable_error(
            path, f"people have different numbers of keypoints: {', '.join(map(str, sorted(counts)))}"
        )
    names = detect_skeleton(counts.pop())
    if names is None:
        count = next(len(person) for people in frames for person in people)
        raise unreadable_error(path, f"{count} keypoints a person fit no known skeleton (17, 18, 23, 25, 26, 33, 133)")
    chosen = _nearest_person(frames)
    confidence = np.nan_to_num(chosen[..., 2])
    position = np.where(confidence[..., None] > 0, chosen[..., :2], np.nan)
    top = float(confidence.max(initial=0.0))
    # RTMPose's scores are heights of a heat map and may exceed 1 a little; others count to 100.
    return PosesInFile(list(names), position, np.clip(confidence / (100.0 if top > 2 else 1.0), 0, 1), None, None,
                  software=software, engine=engine)  # fmt: skip


def _triples(values: Any) -> FloatArray:
    flat = np.asarray(values, dtype=float)
    return flat.reshape(-1, 3)


def read_openpose(path: Path) -> PosesInFile:
    """Read a folder of ``*_keypoints.json``, one file a frame (OpenPose).

    Parameters
    ----------
    path : Path

    Returns
    -------
    PosesInFile

    Raises
    ------
    InputError
        The folder has no such files, or one of them is damaged.
    """
    files = sorted(path.glob("*_keypoints.json")) or sorted(path.glob("*.json"))
    if not files:
        raise unreadable_error(path, "there are no *_keypoints.json files in this folder")
    frames = []
    for file in files:
        try:
            people = json.loads(file.read_text(encoding="utf-8"))["people"]
            frames.append([_triples(p["pose_keypoints_2d"]) for p in people if p["pose_keypoints_2d"]])
        except (OSError, ValueError, KeyError, TypeError):
            raise unreadable_error(file, "is not a file of OpenPose (people, pose_keypoints_2d)") from None
    return _poses_of_one_person(path, frames, "OpenPose", "openpose")


def read_keypoints_json(path: Path) -> PosesInFile:
    """Read one JSON file of all frames: MMPose (``instance_info``), AlphaPose or COCO results (a list).

    Parameters
    ----------
    path : Path

    Returns
    -------
    PosesInFile

    Raises
    ------
    InputError
        The file is not of that kind, or most of its frames are missing.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise unreadable_error(path, "is not JSON") from None
    try:
        if isinstance(record, dict) and "instance_info" in record:
            record = record["instance_info"]
        if isinstance(record, dict) and "annotations" in record:
            record = record["annotations"]
        by_frame: dict[int, list[FloatArray]] = {}
        for number, entry in enumerate(record):
            if "instances" in entry:
                at = int(entry.get("frame_id", number))
                people = [np.column_stack([p["keypoints"], p["keypoint_scores"]]) for p in entry["instances"]]
            else:
                at = _frame_number(entry.get("frame_id", entry.get("image_id", number)))
                people = [_triples(entry["keypoints"])]
            by_frame.setdefault(at, []).extend(people)
        first, last = min(by_frame), max(by_frame)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise unreadable_error(path, "holds no keypoints of MMPose (instance_info), AlphaPose or COCO") from None
    if last - first > 50 * len(by_frame) + 1000:
        raise unreadable_error(path, f"frames are numbered {first} to {last}, but only {len(by_frame)} are there")
    return _poses_of_one_person(path, [by_frame.get(n, []) for n in range(first, last + 1)], "keypoints", "rtmpose")


def _frame_number(label: Any) -> int:
    """Read a frame's number: 12, "12", "000012.jpg", "clip_000012.png"."""
    digits = "".join(c if c.isdigit() else " " for c in Path(str(label)).stem).split()
    return int(digits[-1])


# --- tables -----------------------------------------------------------------------------------------------------------

_VALUES: Mapping[str, Sequence[str]] = {
    "x": ("x",),
    "y": ("y",),
    "z": ("z",),
    "c": ("c", "score", "confidence", "likelihood", "visibility", "p", "s"),
}


def read_keypoints_csv(path: Path) -> PosesInFile:
    """Read a table with one row a frame: ``time`` (s) or ``frame``, and ``_x, _y, _score`` of each keypoint.

    Parameters
    ----------
    path : Path

    Returns
    -------
    PosesInFile

    Raises
    ------
    InputError
        The file is not such a table.
    """
    header, rows = _table(path)
    columns: dict[str, dict[str, int]] = {}
    for number, head in enumerate(header):
        stem, _, value = head.strip().replace(".", "_").rpartition("_")
        kind = next((k for k, words in _VALUES.items() if value.lower() in words), None)
        if stem and kind:
            columns.setdefault(stem, {})[kind] = number
    columns = {name: at for name, at in columns.items() if {"x", "y"} <= set(at)}
    if not columns:
        raise unreadable_error(path, "has no columns <keypoint>_x and <keypoint>_y")
    if not len(rows):
        raise unreadable_error(path, "has no rows")
    lower = [h.strip().lower() for h in header]
    names = list(columns)
    axes = "xyz" if all("z" in at for at in columns.values()) else "xy"
    position = np.stack([[rows[:, columns[n][a]] for a in axes] for n in names]).transpose(2, 0, 1)
    confidence = None
    if all("c" in at for at in columns.values()):
        confidence = np.stack([rows[:, columns[n]["c"]] for n in names], axis=1)
    time = next((rows[:, lower.index(h)] for h in ("time", "time_s", "timestamp", "t") if h in lower), None)
    frame = next((rows[:, lower.index(h)] for h in ("frame", "frame_id", "frame_number") if h in lower), None)
    if time is None and frame is not None and np.isfinite(frame).all():
        position, confidence = _place_at_frames(path, frame.astype(int), position, confidence)
    return PosesInFile(names, position, confidence, time, software="keypoints", engine="rtmpose")


def _table(path: Path) -> tuple[list[str], FloatArray]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [line for line in csv.reader(file) if any(cell.strip() for cell in line)]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise unreadable_error(path, "is not a table of text") from None
    if not lines:
        raise unreadable_error(path, "is empty")
    width = len(lines[0])
    cells = [[_number(c) for c in line[:width]] + [np.nan] * (width - len(line)) for line in lines[1:]]
    return lines[0], np.array(cells, dtype=float).reshape(-1, width)


def _place_at_frames(
    path: Path, frame: NDArray[np.int_], position: FloatArray, confidence: FloatArray | None
) -> tuple[FloatArray, FloatArray | None]:
    """Put rows at their frames, so that frames that are not in the file are gaps."""
    order = np.argsort(frame, kind="stable")
    frame = frame[order]
    if (np.diff(frame) == 0).any():
        raise unreadable_error(path, f"frame {frame[:-1][np.diff(frame) == 0][0]} is there twice: keep one runner")
    count = int(frame[-1] - frame[0]) + 1
    if count > 50 * len(frame) + 1000:
        raise unreadable_error(path, f"frames are numbered {frame[0]} to {frame[-1]}, but only {len(frame)} are there")
    whole = np.full((count, *position.shape[1:]), np.nan)
    whole[frame - frame[0]] = position[order]
    if confidence is None:
        return whole, None
    sure = np.zeros((count, confidence.shape[1]))
    sure[frame - frame[0]] = confidence[order]
    return whole, sure


def read_deeplabcut(path: Path, individual: str | None = None) -> PosesInFile:
    """Read DeepLabCut's CSV or H5: rows ``scorer, (individuals,) bodyparts, coords`` above the numbers.

    Parameters
    ----------
    path : Path
    individual : str, optional
        Name of one individual, where the file has several.

    Returns
    -------
    PosesInFile

    Raises
    ------
    InputError
        The file is not of DeepLabCut, PyTables is missing, or there are several individuals (code
        ``several_individuals``).
    """
    import pandas as pd

    try:
        if path.suffix.lower() in (".h5", ".hdf5"):
            table: Any = pd.read_hdf(path)
        else:
            with path.open(encoding="utf-8") as file:
                heads = [next(file, "").split(",")[0].strip() for _ in range(4)]
            depth = 4 if heads[1] == "individuals" else 3
            table = pd.read_csv(path, header=list(range(depth)), index_col=0)
    except ImportError:
        raise InputError(
            f"{path}: DeepLabCut's H5 needs PyTables: pip install tables; or give the CSV that lies beside it"
        ) from None
    except (OSError, ValueError, KeyError, UnicodeDecodeError, pd.errors.ParserError):
        raise unreadable_error(path, "is not a file of DeepLabCut (scorer, bodyparts, coords)") from None
    levels = [str(name) for name in table.columns.names]
    if "bodyparts" not in levels or "coords" not in levels:
        raise unreadable_error(path, "is not a file of DeepLabCut (scorer, bodyparts, coords)")
    table = table.droplevel("scorer", axis=1) if "scorer" in levels else table
    if "individuals" in levels:
        animals = [str(a) for a in dict.fromkeys(table.columns.get_level_values("individuals"))]
        chosen = animals[0] if individual is None else individual
        if chosen not in animals or (individual is None and len(animals) > 1):
            raise _several_individuals(path, animals)
        table = table.xs(chosen, axis=1, level="individuals")
    names = [str(n) for n in dict.fromkeys(table.columns.get_level_values("bodyparts"))]
    position = np.stack([[table[n][a].to_numpy(dtype=float) for a in ("x", "y")] for n in names]).transpose(2, 0, 1)
    confidence = np.stack([table[n]["likelihood"].to_numpy(dtype=float) for n in names], axis=1)
    return PosesInFile(names, position, confidence, software="DeepLabCut", engine="deeplabcut")


# --- movement ---------------------------------------------------------------------------------------------------------


def read_movement(path: Path, individual: str | None = None) -> PosesInFile:
    """Read a poses dataset of ``movement`` (NetCDF).

    Parameters
    ----------
    path : Path
    individual : str, optional
        Name of one individual, where the file has several.

    Returns
    -------
    PosesInFile

    Raises
    ------
    InputError
        The file is not such a dataset, or it has several individuals (code ``several_individuals``).
    """
    import xarray as xr

    try:
        with xr.open_dataset(path, engine="h5netcdf", decode_times=False) as opened:
            ds = opened.load()
    except Exception:  # the reader raises many kinds of error on a broken file
        raise unreadable_error(path, "is not a readable NetCDF file") from None
    ds = ds.rename(
        {old: new for old, new in (("keypoints", "keypoint"), ("individuals", "individual")) if old in ds.dims}
    )
    absent = {"time", "space", "keypoint"} - set(map(str, ds.dims))
    if "position" not in ds or absent:
        raise unreadable_error(
            path, f"is not a dataset of poses by movement ({', '.join(sorted(absent)) or 'position'} missing)"
        )
    if "individual" in ds.dims:
        names = [str(n) for n in ds["individual"].values]
        chosen = names[0] if individual is None else individual
        if chosen not in names or (individual is None and len(names) > 1):
            raise _several_individuals(path, names)
        ds = ds.isel(individual=names.index(chosen))
    position = ds["position"].transpose("time", "keypoint", "space").values.astype(float)
    confidence = None
    if "confidence" in ds and np.isfinite(ds["confidence"]).any():
        confidence = ds["confidence"].transpose("time", "keypoint").values.astype(float)
    in_seconds = ds.attrs.get("time_unit", "seconds") == "seconds"
    fps = ds.attrs.get("fps")
    size = tuple(int(ds.attrs.get(f"image_{name}", 0)) for name in ("width", "height"))
    kept = ("capture_fps", VIDEO_FPS_ATTR, METRES_PER_PX_ATTR)
    return PosesInFile(
        [str(n) for n in ds["keypoint"].values],
        position,
        confidence,
        ds["time"].values.astype(float) if in_seconds else None,
        None if fps is None else float(fps),
        size=(size[0], size[1]) if all(size) else None,
        software=str(ds.attrs.get("source_software", "movement")),
        engine=str(ds.attrs.get("engine", ds.attrs.get("source_software", "movement"))).lower(),
        attributes={name: float(ds.attrs[name]) for name in kept if name in ds.attrs},
    )


# --- markers ----------------------------------------------------------------------------------------------------------


def read_trc(path: Path) -> PosesInFile:
    """Read marker trajectories in OpenSim's TRC (also Pose2Sim, Sports2D).

    Parameters
    ----------
    path : Path

    Returns
    -------
    PosesInFile

    Raises
    ------
    InputError
        The file is not TRC, or its unit is not m, mm or px.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        header = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=False))
        header = {key.strip(): value.strip() for key, value in header.items()}
        names = [cell.strip() for cell in lines[3].split("\t")[2:] if cell.strip()]
        rate, unit = float(header["DataRate"]), header["Units"].lower()
    except (OSError, UnicodeDecodeError, IndexError, KeyError, ValueError):
        raise unreadable_error(
            path, "is not a TRC file (DataRate, Units and markers in its first four lines)"
        ) from None
    if unit not in ("m", "mm", "px"):
        raise unreadable_error(path, f"its unit is {unit!r}, must be m, mm or px")
    rows = [line.rstrip("\r\n").split("\t") for line in lines[5:] if line.strip()]
    rows = [row for row in rows if np.isfinite(_number(row[0]))]
    if not rows:
        raise unreadable_error(path, "has no rows of numbers")
    width = 2 + 3 * len(names)
    table = np.array([[_number(c) for c in row[:width]] + [np.nan] * (width - len(row)) for row in rows])
    position = table[:, 2:].reshape(len(table), len(names), 3)
    return PosesInFile(names, position, None, table[:, 1], rate, unit=unit, software="TRC", engine="trc")


def read_c3d(path: Path) -> PosesInFile:
    """Read marker trajectories in C3D.

    Parameters
    ----------
    path : Path

    Returns
    -------
    PosesInFile

    Raises
    ------
    InputError
        The file is not C3D, its unit is not m or mm, or ezc3d is missing.
    """
    try:
        import ezc3d
    except ImportError:
        raise InputError("C3D files need ezc3d: pip install 'gait[export]'") from None
    try:
        file = ezc3d.c3d(str(path))
    except Exception:  # the reader raises many kinds of error on a broken file
        raise unreadable_error(path, "is not a readable C3D file") from None
    about = file["parameters"]["POINT"]
    names = [str(n) for n in about["LABELS"]["value"]]
    points = np.asarray(file["data"]["points"], dtype=float)[:3, : len(names)].transpose(2, 1, 0)
    names = names[: points.shape[1]]
    if not points.size:
        raise unreadable_error(path, "holds no points")
    residual = np.asarray(file["data"]["meta_points"]["residuals"])[0, : len(names)].T
    points = np.where((residual < 0)[..., None], np.nan, points)
    unit = str((about["UNITS"]["value"] or ["mm"])[0]).strip().lower()
    if unit not in ("m", "mm"):
        raise unreadable_error(path, f"its unit is {unit!r}, must be m or mm")
    rate = float(about["RATE"]["value"][0])
    # The first frame of a file that was cut out of a longer recording is not number 0.
    time = (file["header"]["points"]["first_frame"] + np.arange(len(points))) / rate
    return PosesInFile(names, points, None, time, rate, unit=unit, software="C3D", engine="markers")


READERS: Mapping[str, Callable[..., PosesInFile]] = {
    "movement": read_movement,
    "openpose": read_openpose,
    "trc": read_trc,
    "c3d": read_c3d,
    "deeplabcut": read_deeplabcut,
    "keypoints-csv": read_keypoints_csv,
    "keypoints-json": read_keypoints_json,
}


def detect_format(path: Path) -> str:
    """Detect the format of a file from its name and first line.

    Parameters
    ----------
    path : Path
        File, or folder of OpenPose.

    Returns
    -------
    str
        A key of `READERS`.

    Raises
    ------
    InputError
        The name fits no format (code ``unknown_pose_format``).
    """
    if path.is_dir():
        return "openpose"
    kind = {
        ".nc": "movement",
        ".trc": "trc",
        ".c3d": "c3d",
        ".h5": "deeplabcut",
        ".hdf5": "deeplabcut",
        ".json": "keypoints-json",
    }.get(path.suffix.lower())
    if kind is None and path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8", errors="replace") as file:
            kind = "deeplabcut" if file.readline().lower().startswith("scorer,") else "keypoints-csv"
    if kind is None:
        raise InputError(
            f"{path}: the name fits no format of poses; give the format: {', '.join(READERS)}",
            code="unknown_pose_format",
        )
    return kind
