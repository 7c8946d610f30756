"""One reader for each kind of pose file. Each returns what the file holds, in the file's own axes and units."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gait._typing import FloatArray
from gait.display_language import N_, _
from gait.errors import InputError
from gait.formatted_message import FormattedMessage, format_message
from gait.hdf5_guard import check_hdf5
from gait.io.c3d_points import read_c3d_points
from gait.io.marker_units import unit_of
from gait.pose.dataset import METRES_PER_PX_ATTR, VIDEO_FPS_ATTR
from gait.pose.skeletons import detect_skeleton
from gait.text_tables import decode_text, read_number, read_text_table

if TYPE_CHECKING:
    import xarray as xr

#: Largest file of text that is read, bytes: half an hour of 133 keypoints at 60 frames/s; parsed JSON takes five times
#: as much memory. [E]
MAX_TEXT_BYTES = 350_000_000
#: Frame rates between which a stated one is taken for real, 1/s. [E]
MIN_FPS, MAX_FPS = 1.0, 10_000.0
#: Longest side of a picture, pixels. [E]
MAX_PICTURE_PX = 100_000
#: Numbers of frames are believed while no more than so many are missing for each that is there; the share of missing
#: frames that is told. [E]
_MOST_GAPS, _TOLD_GAPS = 50, 0.02


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
    unit : {"px", "m", "cm", "mm", "inch", "foot"} or None
        ``None`` where the file does not state it.
    size : (int, int) or None
        Width and height of the frames, pixels.
    software : str
    engine : str
        Program that found the keypoints, as far as the file says.
    attributes : mapping
        Rates and scale that the file states, by name of the pose dataset's attribute.
    notes : tuple of str
        What a reader of the report should know about the file.
    """

    names: list[str]
    position: FloatArray
    confidence: FloatArray | None = None
    time_s: FloatArray | None = None
    fps: float | None = None
    unit: str | None = "px"
    size: tuple[int, int] | None = None
    software: str = "unknown"
    engine: str = "unknown"
    attributes: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def unreadable_error(path: Path, what: str) -> InputError:
    """Make the error for a file that is not what its reader expects.

    Parameters
    ----------
    path : Path
    what : str
        What is wrong with it, translated.

    Returns
    -------
    InputError
    """
    return InputError(_("{path}: {what}; see docs/formats.md").format(path=path, what=what))


def _several_individuals(path: Path, names: Sequence[str]) -> InputError:
    text = _("{path}: has the individuals {names}; give the name of one")
    return InputError(text.format(path=path, names=", ".join(names)), code="several_individuals")


def _content(path: Path) -> bytes:
    """Read a whole file that has a sensible size."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would never end
            raise unreadable_error(path, _("is not a file"))
        if status.st_size > MAX_TEXT_BYTES:
            size, most = status.st_size / 1e6, MAX_TEXT_BYTES / 1e6
            text = _("has {size} MB, at most {most} are read; give a shorter part")
            raise unreadable_error(path, text.format(size=f"{size:.0f}", most=f"{most:.0f}"))
        return path.read_bytes()
    except OSError as error:
        raise _unopened_error(path, error) from None


def _unopened_error(path: Path, error: OSError) -> InputError:
    return unreadable_error(path, _("cannot be read ({reason})").format(reason=error.strerror or error))


def _json(path: Path) -> Any:
    text = decode_text(_content(path))
    try:
        return json.loads(text)
    except RecursionError:
        raise unreadable_error(path, _("is JSON that is nested too deeply to be poses")) from None
    except ValueError:
        raise unreadable_error(path, _("is not JSON")) from None


def _positive_rate(text: Any) -> float | None:
    """Read a frame rate; ``None`` for 0, for what is no number and for what no camera does."""
    try:
        rate = read_number(text) if isinstance(text, str) else float(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return rate if MIN_FPS <= rate <= MAX_FPS else None


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


def _poses_of_one_person(
    path: Path, frames: Sequence[Sequence[FloatArray]], software: str, engine: str, notes: tuple[str, ...] = ()
) -> PosesInFile:
    counts = {len(person) for people in frames for person in people}
    if not counts:
        raise unreadable_error(path, _("no frame has a person in it"))
    if len(counts) > 1:
        text = _("people have different numbers of keypoints: {counts}")
        raise unreadable_error(path, text.format(counts=", ".join(map(str, sorted(counts)))))
    names = detect_skeleton(counts.pop())
    if names is None:
        count = next(len(person) for people in frames for person in people)
        text = _("{count} keypoints a person fit no known skeleton (17, 18, 23, 25, 26, 33, 133)")
        raise unreadable_error(path, text.format(count=count))
    chosen = _nearest_person(frames)
    confidence = np.nan_to_num(chosen[..., 2], nan=0.0, posinf=0.0, neginf=0.0)
    position = np.where(confidence[..., None] > 0, chosen[..., :2], np.nan)
    top = float(confidence.max(initial=0.0))
    # RTMPose's scores are heights of a heat map and may exceed 1 a little; others count to 100.
    return PosesInFile(list(names), position, np.clip(confidence / (100.0 if top > 2 else 1.0), 0, 1), None, None,
                  software=software, engine=engine, notes=notes)  # fmt: skip


def _triples(values: Any) -> FloatArray:
    flat = np.asarray(values, dtype=float).reshape(-1, 3)
    return np.where(np.isfinite(flat), flat, np.nan)


def read_openpose(path: Path) -> PosesInFile:
    """Read a folder of ``*_keypoints.json``, one file a frame (OpenPose).

    Parameters
    ----------
    path : Path

    Returns
    -------
    PosesInFile
        The number at the end of a name (``clip_000000000012_keypoints.json``) is that of the frame; frames without a
        file are gaps. Without numbers the files are counted in the order of their names.

    Raises
    ------
    InputError
        The folder has no such files, one of them is damaged, or two have the same number.
    """
    try:
        files = [file for file in path.iterdir() if file.suffix.lower() == ".json" and not file.name.startswith(".")]
    except OSError as error:
        raise _unopened_error(path, error) from None
    named = [file for file in files if file.stem.lower().endswith("_keypoints")]
    files = sorted(named or files)
    if not files:
        raise unreadable_error(path, _("there are no *_keypoints.json files in this folder"))
    by_frame: dict[int, list[FloatArray]] = {}
    file_of: dict[int, Path] = {}
    for number, file in _numbered(path, files):
        if number in by_frame:
            text = _("two files are of frame {number}: {first} and {second}; keep the files of one video")
            raise unreadable_error(path, text.format(number=number, first=file_of[number].name, second=file.name))
        file_of[number] = file
        record = _json(file)
        try:
            people = record["people"]
            by_frame[number] = [_triples(p["pose_keypoints_2d"]) for p in people if p["pose_keypoints_2d"]]
        except (ValueError, KeyError, TypeError, OverflowError):
            raise unreadable_error(file, _("is not a file of OpenPose (people, pose_keypoints_2d)")) from None
    frames, notes = _in_order(path, by_frame)
    return _poses_of_one_person(path, frames, "OpenPose", "openpose", notes)


def _numbered(path: Path, files: Sequence[Path]) -> list[tuple[int, Path]]:
    """Find the number of each file's frame: the last one in its name."""
    stems = [re.sub(r"_keypoints$", "", file.stem, flags=re.IGNORECASE) for file in files]
    found = [re.search(r"([0-9]{1,18})[^0-9]*$", stem) for stem in stems]
    if not any(found):
        return list(enumerate(files))
    numbers = [None if match is None else int(match[1]) for match in found]
    missing = next((file for file, number in zip(files, numbers, strict=True) if number is None), None)
    if missing is not None:
        text = _("{file} has no number of a frame in its name, other files have")
        raise unreadable_error(path, text.format(file=missing.name))
    return sorted((number, file) for number, file in zip(numbers, files, strict=True) if number is not None)


def _in_order(path: Path, by_frame: Mapping[int, list[FloatArray]]) -> tuple[list[list[FloatArray]], tuple[str, ...]]:
    """Lay frames out from the first to the last; those that are not there are gaps."""
    first, last = min(by_frame), max(by_frame)
    count = last - first + 1
    if count > _MOST_GAPS * len(by_frame) + 1000:
        raise _few_frames_error(path, first, last, len(by_frame))
    return [by_frame.get(n, []) for n in range(first, last + 1)], _gap_notes(count, len(by_frame))


def _few_frames_error(path: Path, first: int, last: int, count: int) -> InputError:
    text = _("frames are numbered {first} to {last}, but only {count} are there")
    return unreadable_error(path, text.format(first=first, last=last, count=count))


def _gap_notes(count: int, present: int) -> tuple[FormattedMessage, ...]:
    missing = count - present
    if missing < _TOLD_GAPS * count:
        return ()
    text = format_message(
        "the file has only {present} of {count} frames: the others count as gaps", present=present, count=count
    )
    return (text,)


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
    record = _json(path)
    try:
        if isinstance(record, dict) and "instance_info" in record:
            record = record["instance_info"]
        if isinstance(record, dict) and "annotations" in record:
            record = record["annotations"]
        by_frame: dict[int, list[FloatArray]] = {}
        for number, entry in enumerate(record):
            if "instances" in entry:
                at = int(entry.get("frame_id", number))
                people = [_triples(np.column_stack([p["keypoints"], p["keypoint_scores"]])) for p in entry["instances"]]
            else:
                at = _frame_number(entry.get("frame_id", entry.get("image_id", number)))
                people = [_triples(entry["keypoints"])]
            by_frame.setdefault(at, []).extend(people)
        next(iter(by_frame))
    except (StopIteration, KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError):
        raise unreadable_error(path, _("holds no keypoints of MMPose (instance_info), AlphaPose or COCO")) from None
    frames, notes = _in_order(path, by_frame)
    return _poses_of_one_person(path, frames, "keypoints", "rtmpose", notes)


def _frame_number(label: Any) -> int:
    """Read a frame's number: 12, "12", "000012.jpg", "clip_000012.png"."""
    if isinstance(label, (int, float)):
        return int(label)
    return int(re.findall(r"[0-9]+", Path(str(label)).stem)[-1])


# --- tables -----------------------------------------------------------------------------------------------------------

#: Columns of the time, in seconds and in milliseconds.
_TIMES_S = ("time", "time_s", "timestamp", "t", "time (s)", "time [s]", "seconds")
_TIMES_MS = ("time_ms", "timestamp_ms", "t_ms", "time (ms)", "time [ms]", "milliseconds")
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
    table = read_text_table(_content(path), str(path))
    header = table.header
    if not header:
        raise unreadable_error(path, _("is empty"))
    found: list[tuple[str, dict[str, int]]] = []
    for number, head in enumerate(header):
        stem, _dot, value = head.replace(".", "_").rpartition("_")
        kind = next((k for k, words in _VALUES.items() if value.lower() in words), None)
        if stem and kind:
            place = next((at for name, at in found if name == stem and kind not in at), None)
            if place is None:  # a name that occurs twice has two places
                found.append((stem, place := {}))
            place[kind] = number
    found = [(name, at) for name, at in found if {"x", "y"} <= set(at)]
    if not found:
        raise unreadable_error(path, _("has no columns <keypoint>_x and <keypoint>_y"))
    rows = table.numbers()
    rows = rows[np.isfinite(rows).any(axis=1)]
    if not len(rows):
        raise unreadable_error(path, _("has no rows of numbers"))
    lower = [h.lower() for h in header]
    names, places = [name for name, _ in found], [at for _, at in found]
    axes = "xyz" if all("z" in at for at in places) else "xy"
    position = np.stack([[rows[:, at[a]] for a in axes] for at in places]).transpose(2, 0, 1)
    confidence = None
    if all("c" in at for at in places):
        confidence = np.stack([rows[:, at["c"]] for at in places], axis=1)
    time = next((rows[:, lower.index(h)] for h in _TIMES_S if h in lower), None)
    if time is None:
        time = next((rows[:, lower.index(h)] / 1000 for h in _TIMES_MS if h in lower), None)
    frame = next((rows[:, lower.index(h)] for h in ("frame", "frame_id", "frame_number") if h in lower), None)
    notes: tuple[str, ...] = ()
    if time is None and frame is not None:
        position, confidence, notes = _place_at_frames(path, frame, position, confidence)
    return PosesInFile(names, position, confidence, time, software="keypoints", engine="rtmpose", notes=notes)


def _place_at_frames(
    path: Path, frame: FloatArray, position: FloatArray, confidence: FloatArray | None
) -> tuple[FloatArray, FloatArray | None, tuple[str, ...]]:
    """Put rows at their frames, so that frames that are not in the file are gaps."""
    if not (np.isfinite(frame) & (np.abs(frame) < 2**53)).all() or (frame != np.round(frame)).any():
        raise unreadable_error(path, _("has rows whose column of the frame is no whole number"))
    order = np.argsort(frame, kind="stable")
    number = frame[order].astype(np.int64)
    if (np.diff(number) == 0).any():
        text = _("frame {number} is there twice: keep one runner")
        raise unreadable_error(path, text.format(number=number[:-1][np.diff(number) == 0][0]))
    count = int(number[-1] - number[0]) + 1
    if count > _MOST_GAPS * len(number) + 1000:
        raise _few_frames_error(path, int(number[0]), int(number[-1]), len(number))
    notes = _gap_notes(count, len(number))
    whole = np.full((count, *position.shape[1:]), np.nan)
    whole[number - number[0]] = position[order]
    if confidence is None:
        return whole, None, notes
    sure = np.zeros((count, confidence.shape[1]))
    sure[number - number[0]] = confidence[order]
    return whole, sure, notes


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
    is_h5 = path.suffix.lower() in (".h5", ".hdf5")
    columns, frame, values = _deeplabcut_h5(path) if is_h5 else _deeplabcut_csv(path)
    individuals = list(dict.fromkeys(who for who, _, _ in columns if who))
    if individuals:
        chosen = individuals[0] if individual is None else individual
        if chosen not in individuals or (individual is None and len(individuals) > 1):
            raise _several_individuals(path, individuals)
        values = values[:, [who == chosen for who, _, _ in columns]]
        columns = [column for column in columns if column[0] == chosen]
    found: list[tuple[str, dict[str, int]]] = []
    for number, (_who, name, kind) in enumerate(columns):
        place = next((at for known, at in found if known == name and kind not in at), None)
        if place is None:
            found.append((name, place := {}))
        place[kind] = number
    if not found or any(set(at) != {"x", "y", "likelihood"} for _, at in found) or not len(values):
        raise unreadable_error(path, _(_NOT_DEEPLABCUT))
    position = np.stack([[values[:, at[a]] for a in ("x", "y")] for _, at in found]).transpose(2, 0, 1)
    confidence = np.stack([values[:, at["likelihood"]] for _, at in found], axis=1)
    whole, sure, notes = _place_at_frames(path, frame, position, confidence)
    names = [name for name, _ in found]
    return PosesInFile(names, whole, sure, software="DeepLabCut", engine="deeplabcut", notes=notes)


_NOT_DEEPLABCUT = N_("is not a file of DeepLabCut (scorer, bodyparts, coords)")


def _deeplabcut_csv(path: Path) -> tuple[list[tuple[str, str, str]], FloatArray, FloatArray]:
    """Read individual, keypoint and kind of each column; the frames; the values."""
    table = read_text_table(_content(path), str(path))
    heads = {"scorer": table.header}
    rows: list[FloatArray] = []
    for _line, cells in table.rows:
        if not rows and cells and cells[0].strip().lower() in ("individuals", "bodyparts", "coords"):
            heads[cells[0].strip().lower()] = tuple(cell.strip() for cell in cells)
        else:
            rows.append(np.array([read_number(cell) for cell in cells[: len(table.header)]]))
    width = len(table.header)
    if not {"bodyparts", "coords"} <= set(heads) or width < 2 or any(len(h) < width for h in heads.values()):
        raise unreadable_error(path, _(_NOT_DEEPLABCUT))
    individuals = heads.get("individuals", ("",) * width)
    columns = [(individuals[n], heads["bodyparts"][n], heads["coords"][n].lower()) for n in range(1, width)]
    values = np.full((len(rows), width), np.nan)
    for number, row in enumerate(rows):
        values[number, : len(row)] = row
    return columns, values[:, 0], values[:, 1:]


def _deeplabcut_h5(path: Path) -> tuple[list[tuple[str, str, str]], FloatArray, FloatArray]:
    import pandas as pd

    check_hdf5(path)
    try:
        table: Any = pd.read_hdf(path)
        levels = [str(name) for name in table.columns.names]
        keys = [levels.index(name) for name in ("bodyparts", "coords")]
        who = levels.index("individuals") if "individuals" in levels else None
        columns = [("" if who is None else str(c[who]), str(c[keys[0]]), str(c[keys[1]])) for c in table.columns]
        return columns, np.asarray(table.index, dtype=float), table.to_numpy(dtype=float)
    except ImportError:
        raise InputError(
            _(
                "{path}: DeepLabCut's H5 needs PyTables: pip install 'gait[deeplabcut]'; or give the CSV that lies "
                "beside it"
            ).format(path=path)
        ) from None
    except Exception:  # the reader raises many kinds of error on a broken file
        raise unreadable_error(path, _(_NOT_DEEPLABCUT)) from None


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
    from gait.netcdf import open_netcdf

    try:
        with open_netcdf(path) as opened:
            ds = opened.load()
    except InputError:
        raise
    except Exception:  # the reader raises many kinds of error on a broken file
        raise unreadable_error(path, _("is not a readable NetCDF file")) from None
    renamed = {"keypoints": "keypoint", "individuals": "individual"}
    absent = {"time", "space", "keypoint"} - {renamed.get(str(dim), str(dim)) for dim in ds.dims}
    if "position" not in ds or absent:
        text = _("is not a dataset of poses by movement ({absent} missing)")
        raise unreadable_error(path, text.format(absent=", ".join(sorted(absent)) or "position"))
    try:
        ds = ds.rename({old: new for old, new in renamed.items() if old in ds.dims})
        return _movement_poses(path, ds, individual)
    except InputError:
        raise
    except (KeyError, ValueError, TypeError, IndexError, OverflowError):  # values that are none
        text = _("is a dataset of movement with values or attributes that cannot be used")
        raise unreadable_error(path, text) from None


def _movement_poses(path: Path, ds: xr.Dataset, individual: str | None) -> PosesInFile:
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
    size = tuple(int(ds.attrs.get(f"image_{name}", 0)) for name in ("width", "height"))
    rates = {name: _positive_rate(ds.attrs[name]) for name in ("capture_fps", VIDEO_FPS_ATTR) if name in ds.attrs}
    attributes = {name: rate for name, rate in rates.items() if rate is not None}
    scale = float(ds.attrs.get(METRES_PER_PX_ATTR, 0))
    if np.isfinite(scale) and scale > 0:
        attributes[METRES_PER_PX_ATTR] = scale
    return PosesInFile(
        [str(n) for n in ds["keypoint"].values],
        position,
        confidence,
        ds["time"].values.astype(float) if in_seconds else None,
        _positive_rate(ds.attrs.get("fps")),
        size=(size[0], size[1]) if all(0 < side < MAX_PICTURE_PX for side in size) else None,
        software=str(ds.attrs.get("source_software", "movement")),
        engine=str(ds.attrs.get("engine", ds.attrs.get("source_software", "movement"))).lower(),
        attributes=attributes,
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
        The file is not TRC, or its unit is none.
    """
    lines = re.split(r"\r\n|\r|\n", decode_text(_content(path)))
    try:
        header = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=False))
        header = {key.strip(): value.strip() for key, value in header.items()}
        names = _marker_names(path, lines[3].split("\t"), header.get("NumMarkers", ""))
        rate = _positive_rate(header["DataRate"])
    except (IndexError, KeyError):
        what = _("is not a TRC file (DataRate, Units and markers in its first four lines)")
        raise unreadable_error(path, what) from None
    rows = [line.split("\t") for line in lines[4:] if line.strip()]
    rows = [row for row in rows if np.isfinite(read_number(row[0]))]
    if not rows:
        raise unreadable_error(path, _("has no rows of numbers"))
    width = 2 + 3 * len(names)
    table = np.full((len(rows), width), np.nan)
    for number, row in enumerate(rows):
        table[number, : min(len(row), width)] = [read_number(cell) for cell in row[:width]]
    position = table[:, 2:].reshape(len(table), len(names), 3)
    time = table[:, 1] if np.isfinite(table[:, 1]).any() else None
    unit = unit_of(path, header.get("Units", ""))
    return PosesInFile(names, position, None, time, rate, unit=unit, software="TRC", engine="trc")


def _marker_names(path: Path, cells: Sequence[str], stated: str) -> list[str]:
    """Read the markers' names, one above each three columns; some programs leave no empty cells, or repeat the name."""
    cells = [cell.strip() for cell in cells[2:]]
    filled = [cell for cell in cells if cell]
    above = cells[::3]
    count = read_number(stated)
    if [name for name in above if name] == filled:
        while above and not above[-1]:
            above.pop()
        names = [name or f"unnamed {number + 1}" for number, name in enumerate(above)]
    elif len(filled) == 3 * count and filled[::3] == filled[1::3] == filled[2::3]:
        names = filled[::3]
    elif len(filled) == count:
        names = filled
    else:
        text = (
            _("has {count} names of markers, but states {stated}")
            if stated
            else _("has {count} names of markers, but states no number")
        )
        raise unreadable_error(path, text.format(count=len(filled), stated=stated))
    if not names:
        raise unreadable_error(path, _("names no markers"))
    return names


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
        The file is not C3D, its unit is not known, or ezc3d is missing.
    """
    points = read_c3d_points(path)
    names, position, rate, unit, first = points
    names = names[: position.shape[1]]
    if not position[:, : len(names)].size:
        raise unreadable_error(path, _("holds no points"))
    fps = _positive_rate(rate)
    # The first frame of a file that was cut out of a longer recording is not number 0.
    time = None if fps is None else (first + np.arange(len(position))) / fps
    return PosesInFile(
        names, position[:, : len(names)], None, time, fps, unit=unit_of(path, unit), software="C3D", engine="markers"
    )


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
        head = read_text_table(_content(path), str(path)).header
        kind = "deeplabcut" if head and head[0].lower() == "scorer" else "keypoints-csv"
    if kind is None:
        raise InputError(
            _("{path}: the name fits no format of poses; give the format: {readers}").format(
                path=path, readers=", ".join(READERS)
            ),
            code="unknown_pose_format",
        )
    return kind
