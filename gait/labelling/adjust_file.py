"""Files that say where joints are in a few frames, and when events are, set by hand (``docs/formats.md``)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gait._typing import PathLike
from gait.checked_json import parse_json
from gait.errors import InputError
from gait.labelling.label_file import EVENT_KINDS, LABEL_POINTS, SIDES, LabelFile, label_file_from_record

#: Version of the format.
ADJUST_VERSION = 1
#: Uncertainty of a point without one, pixels. [E]
DEFAULT_SD_PX = 5.0
_FIELDS = ("version", "video", "video_sha256", "entries", "events")
_ENTRY_FIELDS = ("time_s", "frame", "side", "joint", "x", "y", "sd", "scope", "from_x", "from_y", "set_at")
_EVENT_FIELDS = ("side", "kind", "from_s", "to_s", "sd_s", "set_at")
#: Where a joint counts that was set by hand: its error is the same in the whole film, or it is that of one picture.
SCOPES = ("film", "picture")
#: Uncertainty of a moment that was set by hand without one, s: half a picture at 60 frames/s. [E]
DEFAULT_SD_S = 1 / 120


@dataclass(frozen=True)
class HandSetJoint:
    """A joint in one frame, set by hand.

    Attributes
    ----------
    side : {"left", "right"}
        The runner's own.
    joint : str
        One of `gait.labelling.label_file.LABEL_POINTS`.
    x, y : float
        Pixels of the upright frame, x right and y down; whole numbers are the middles of pixels.
    sd : float
        Standard uncertainty in each direction, pixels.
    time_s : float, optional
        Time of the frame, s of the video.
    frame : int, optional
        Its number from 0, where there is no time.
    scope : {"film", "picture"}
        Whether the joint is moved alike in the whole film, or in this picture alone.
    from_x, from_y : float, optional
        Where it was measured.
    set_at : str
        When it was set, ISO 8601; may be empty.
    """

    side: str
    joint: str
    x: float
    y: float
    sd: float
    time_s: float | None = None
    frame: int | None = None
    scope: str = "film"
    from_x: float | None = None
    from_y: float | None = None
    set_at: str = ""


@dataclass(frozen=True)
class HandMovedEvent:
    """A contact or toe-off, moved by hand.

    Attributes
    ----------
    side : {"left", "right"}
        The runner's own.
    kind : {"contact", "toe_off"}
    from_s, to_s : float
        Time at which it was measured, and its new one, s of the video.
    sd_s : float
        Standard uncertainty of the new one, s.
    set_at : str
        When it was moved, ISO 8601; may be empty.
    """

    side: str
    kind: str
    from_s: float
    to_s: float
    sd_s: float = DEFAULT_SD_S
    set_at: str = ""


@dataclass(frozen=True)
class AdjustFile:
    """Joints of one video, set by hand.

    Attributes
    ----------
    path : Path
        The file.
    video : str
        Name of the video, with or without its suffix.
    video_sha256 : str, optional
        Hash of its content.
    joints : tuple of HandSetJoint
    events : tuple of HandMovedEvent
    """

    path: Path
    video: str
    video_sha256: str | None
    joints: tuple[HandSetJoint, ...]
    events: tuple[HandMovedEvent, ...] = ()


def read_adjust_file(path: PathLike) -> AdjustFile:
    """Read and check a file of joints that were set by hand, or a label file, whose points are taken as such.

    Parameters
    ----------
    path : path

    Returns
    -------
    AdjustFile

    Raises
    ------
    InputError
        The file cannot be read, or a field is missing, unknown or of another kind; the message names the field.
    """
    path = Path(path)
    try:
        record = parse_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}; give a file of moved joints") from None
    except ValueError as error:
        raise InputError(f"{path}: {error}; see docs/formats.md") from None
    if not isinstance(record, Mapping):
        raise InputError(f"{path}: must hold an object {{…}}; see docs/formats.md")
    if "labellings" in record:
        return _from_labels(path, label_file_from_record(record, where=str(path)))
    _check_names(path, "", record, _FIELDS)
    version = record.get("version", ADJUST_VERSION)
    if version != ADJUST_VERSION:
        raise InputError(f"{path}: version {version} is unknown; this gait reads version {ADJUST_VERSION}")
    video, sha256, entries = record.get("video"), record.get("video_sha256"), record.get("entries")
    if not isinstance(video, str) or not video:
        raise InputError(f"{path}: video: must be the name of the video")
    if sha256 is not None and not isinstance(sha256, str):
        raise InputError(f"{path}: video_sha256: must be text")
    if not isinstance(entries, list):
        raise InputError(f"{path}: entries: must be a list of joints; see docs/formats.md")
    joints = tuple(_joint(path, f"entries[{number}]", entry) for number, entry in enumerate(entries))
    moved = record.get("events", [])
    if not isinstance(moved, list):
        raise InputError(f"{path}: events: must be a list of moved events; see docs/formats.md")
    events = tuple(_event(path, f"events[{number}]", entry) for number, entry in enumerate(moved))
    return AdjustFile(path, Path(video).name, sha256, joints, events)


def _from_labels(path: Path, labels: LabelFile) -> AdjustFile:
    """Take the points of all labellings as joints that were set by hand."""
    joints = [
        HandSetJoint(event.side, name, point.x, point.y, point.sd, frame=event.labelled_frame)
        for labelling in labels.labellings.values()
        for event in labelling.events
        for name, point in event.points.items()
    ]
    return AdjustFile(path, labels.clip, None, tuple(joints))


def _check_names(path: Path, where: str, record: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    unknown = [str(name) for name in record if name not in allowed]
    if unknown:
        raise InputError(f"{path}: {where}{unknown[0]}: is unknown; there are {', '.join(allowed)}")


def _joint(path: Path, where: str, entry: Any) -> HandSetJoint:
    if not isinstance(entry, Mapping):
        raise InputError(f"{path}: {where}: must be an object {{…}}")
    _check_names(path, f"{where}.", entry, _ENTRY_FIELDS)
    for name, allowed in (("side", SIDES), ("joint", LABEL_POINTS)):
        if entry.get(name) not in allowed:
            raise InputError(f"{path}: {where}.{name}: must be one of {', '.join(allowed)}, is {entry.get(name)!r}")
    if ("time_s" in entry) == ("frame" in entry):
        raise InputError(f"{path}: {where}: give either time_s or frame")

    def number(name: str, least: float = -math.inf) -> float:
        return _number(path, where, entry, name, least)

    scope = entry.get("scope", "film")
    if scope not in SCOPES:
        raise InputError(f"{path}: {where}.scope: must be one of {', '.join(SCOPES)}, is {scope!r}")
    sd = number("sd") if "sd" in entry else DEFAULT_SD_PX
    if sd <= 0:
        raise InputError(f"{path}: {where}.sd: must be above 0, is {sd:g}")
    time_s, frame = (number("time_s"), None) if "time_s" in entry else (None, number("frame", 0))
    if frame is not None and frame != int(frame):
        raise InputError(f"{path}: {where}.frame: must be a whole number, is {frame:g}")
    return HandSetJoint(
        str(entry["side"]),
        str(entry["joint"]),
        number("x"),
        number("y"),
        sd,
        time_s,
        None if frame is None else int(frame),
        scope,
        number("from_x") if "from_x" in entry else None,
        number("from_y") if "from_y" in entry else None,
        _moment_of_change(path, where, entry),
    )


def _event(path: Path, where: str, entry: Any) -> HandMovedEvent:
    if not isinstance(entry, Mapping):
        raise InputError(f"{path}: {where}: must be an object {{…}}")
    _check_names(path, f"{where}.", entry, _EVENT_FIELDS)
    for name, allowed in (("side", SIDES), ("kind", EVENT_KINDS)):
        if entry.get(name) not in allowed:
            raise InputError(f"{path}: {where}.{name}: must be one of {', '.join(allowed)}, is {entry.get(name)!r}")
    sd_s = _number(path, where, entry, "sd_s") if "sd_s" in entry else DEFAULT_SD_S
    if sd_s <= 0:
        raise InputError(f"{path}: {where}.sd_s: must be above 0, is {sd_s:g}")
    kind = {"initial_contact": "contact"}.get(str(entry["kind"]), str(entry["kind"]))
    from_s, to_s = (_number(path, where, entry, name) for name in ("from_s", "to_s"))
    return HandMovedEvent(str(entry["side"]), kind, from_s, to_s, sd_s, _moment_of_change(path, where, entry))


def _number(path: Path, where: str, entry: Mapping[str, Any], name: str, least: float = -math.inf) -> float:
    value = entry.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < least:
        at_least = "" if least == -math.inf else f" of {least:g} or more"
        raise InputError(f"{path}: {where}.{name}: must be a number{at_least}, is {value!r}")
    return float(value)


def _moment_of_change(path: Path, where: str, entry: Mapping[str, Any]) -> str:
    set_at = entry.get("set_at", "")
    try:
        return dt.datetime.fromisoformat(set_at).isoformat() if set_at != "" else ""
    except (TypeError, ValueError):
        raise InputError(f"{path}: {where}.set_at: must be a day or moment as 2026-11-27, is {set_at!r}") from None
