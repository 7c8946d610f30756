"""Label files: what people read off the frames of a clip, several labellings side by side (``docs/formats.md``)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from gait.checked_json import parse_json
from gait.errors import InputError
from gait.owned_files import owned_write

#: Version of the format that this module writes. Files without ``version`` are of version 1.
LABEL_VERSION = 1
EVENT_KINDS = ("initial_contact", "toe_off")
SIDES = ("left", "right")
#: The points of a contact, from the top: shoulder and hip joint centre (hip: greater trochanter), knee joint centre,
#: lateral malleolus, lowest rear corner of the sole, front tip of the sole.
LABEL_POINTS = ("shoulder", "hip", "knee", "ankle", "heel", "toe")
FOOT_POINTS = ("heel", "toe")
#: Names of labellings: they become part of a file's name.
_LABELLER = re.compile(r"\w(?:[\w .-]{0,38}\w)?")
#: Suffix of unfinished labellings that `gait.labelling.label_server` saves beside the label file.
DRAFT_SUFFIX = ".draft.json"

LegSide = Literal["left", "right"]


@dataclass(frozen=True)
class LabelledPoint:
    """A point in a frame.

    Attributes
    ----------
    x, y : float
        Pixels of the upright frame, x right and y down; whole numbers are the middles of pixels.
    sd : float
        The labeller's own standard uncertainty in each direction, pixels.
    """

    x: float
    y: float
    sd: float


@dataclass(frozen=True)
class LabelledEvent:
    """First or last touch of a foot.

    Attributes
    ----------
    kind : {"initial_contact", "toe_off"}
    side : {"left", "right"}
        The runner's own foot.
    frame : float
        Frames from 0 in the order in which they are shown; 20.5 lies halfway between frames 20 and 21.
    frame_sd : float
        The labeller's own standard uncertainty, frames.
    labelled_frame : int, optional
        Frame near the event in which the points were read.
    points : mapping
        Name of `LABEL_POINTS` → LabelledPoint; points that are hidden are absent.
    """

    kind: str
    side: LegSide
    frame: float
    frame_sd: float
    labelled_frame: int | None = None
    points: Mapping[str, LabelledPoint] = field(default_factory=dict)


@dataclass(frozen=True)
class FlatFoot:
    """A foot that stands flat on the belt in mid-stance, the zero of the foot strike angle.

    Attributes
    ----------
    frame : int
    heel, toe : LabelledPoint
        Of the sole.
    side : {"left", "right"}, optional
        ``None``: the near side.
    """

    frame: int
    heel: LabelledPoint
    toe: LabelledPoint
    side: LegSide | None = None


@dataclass(frozen=True)
class Labelling:
    """What one person read off a clip in one go.

    Attributes
    ----------
    events : tuple of LabelledEvent
    flat_feet : tuple of FlatFoot
    """

    events: tuple[LabelledEvent, ...]
    flat_feet: tuple[FlatFoot, ...] = ()


@dataclass(frozen=True)
class LabelFile:
    """All labellings of a clip.

    Attributes
    ----------
    clip : str
        Name of the clip without suffix.
    near_side : {"left", "right"}
        The leg nearer to the camera.
    labellings : mapping
        Name → Labelling.
    """

    clip: str
    near_side: LegSide
    labellings: Mapping[str, Labelling]


def read_label_file(path: Path) -> LabelFile:
    """Read and check a label file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    LabelFile

    Raises
    ------
    InputError
        The file cannot be read, or a field is missing, unknown or of another kind; the message names the field.
    """
    try:
        record = parse_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}; give a label file (JSON)") from None
    except ValueError as error:
        raise InputError(f"{path}: {error}; see docs/formats.md") from None
    return label_file_from_record(record, where=str(path))


def label_file_from_record(record: Any, *, where: str) -> LabelFile:
    """Check the content of a label file.

    Parameters
    ----------
    record : object
        Decoded JSON.
    where : str
        The file, for messages.

    Returns
    -------
    LabelFile

    Raises
    ------
    InputError
        A field is missing, unknown or of another kind.
    """
    top = _Fields(record, where, "")
    version = top.get("version", _whole, LABEL_VERSION)
    if version != LABEL_VERSION:
        raise InputError(f"{where}: version {version} is newer than this gait, which reads version {LABEL_VERSION}")
    clip = top.need("clip", _text)
    near_side = cast("LegSide", top.need("near_side", _one_of(SIDES)))
    by_name = top.need("labellings", _mapping)
    top.no_others()
    if not by_name:
        raise InputError(f"{where}: labellings: is empty; give at least one labelling")
    labellings = {
        check_labeller(str(name), where=f"{where}: labellings"): labelling_from_record(
            value, where=where, path=f"labellings.{name}"
        )
        for name, value in by_name.items()
    }
    return LabelFile(clip, near_side, labellings)


def labelling_from_record(record: Any, *, where: str, path: str = "labelling") -> Labelling:
    """Check one labelling.

    Parameters
    ----------
    record : object
        Decoded JSON.
    where : str
        The file, for messages.
    path : str
        Place in the file, for messages.

    Returns
    -------
    Labelling

    Raises
    ------
    InputError
        A field is missing, unknown or of another kind.
    """
    fields = _Fields(record, where, path)
    events = fields.need("events", _sequence)
    flat = fields.get("flat_foot", _anything, [])
    fields.no_others()
    feet = flat if isinstance(flat, list) else [flat]
    return Labelling(
        tuple(_event(e, where, f"{path}.events[{n}]") for n, e in enumerate(events)),
        tuple(
            _flat_foot(f, where, f"{path}.flat_foot" + (f"[{n}]" if isinstance(flat, list) else ""))
            for n, f in enumerate(feet)
        ),
    )


def check_labeller(name: str, *, where: str = "labeller") -> str:
    """Check the name of a labelling.

    Parameters
    ----------
    name : str
    where : str
        For the message.

    Returns
    -------
    str
        The name.

    Raises
    ------
    InputError
        It is empty, long, or has characters that file names cannot have everywhere.
    """
    if not _LABELLER.fullmatch(name):
        raise InputError(f"{where}: the name {name!r} must have 1 to 40 letters, digits, blanks or . _ -")
    return name


def labelling_record(labelling: Labelling) -> dict[str, Any]:
    """Turn a labelling into what its JSON holds.

    Parameters
    ----------
    labelling : Labelling

    Returns
    -------
    dict
    """
    events = []
    for event in labelling.events:
        row: dict[str, Any] = {
            "kind": event.kind,
            "side": event.side,
            "frame": event.frame,
            "frame_sd": event.frame_sd,
        }
        if event.labelled_frame is not None:
            row["labelled_frame"] = event.labelled_frame
            row["points_px"] = {name: _triple(p) for name, p in event.points.items()}
        events.append(row)
    record: dict[str, Any] = {"events": events}
    feet: list[dict[str, Any]] = [
        {
            "frame": f.frame,
            **({} if f.side is None else {"side": f.side}),
            "heel": _triple(f.heel),
            "toe": _triple(f.toe),
        }
        for f in labelling.flat_feet
    ]
    if feet:
        record["flat_foot"] = feet[0] if len(feet) == 1 else feet
    return record


def write_label_file(path: Path, labels: LabelFile) -> None:
    """Write a label file whole or not at all; one that gait wrote and nobody has changed since is replaced.

    Parameters
    ----------
    path : Path
        Its folder must exist. Use `add_labelling` to add to a file of others.
    labels : LabelFile
    """
    _write(path, _record(labels))


def _record(labels: LabelFile) -> dict[str, Any]:
    return {
        "version": LABEL_VERSION,
        "clip": labels.clip,
        "near_side": labels.near_side,
        "labellings": {name: labelling_record(labelling) for name, labelling in labels.labellings.items()},
    }


def _write(path: Path, record: dict[str, Any], *, changing: bool = False) -> None:
    with owned_write(path, changing=changing) as temporary:
        text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")


def add_labelling(path: Path, *, clip: str, near_side: LegSide, labeller: str, labelling: Labelling) -> LabelFile:
    """Add a labelling to a label file, or make the file; labellings that are there stay as they are.

    Parameters
    ----------
    path : Path
    clip : str
        Name of the clip without suffix.
    near_side : {"left", "right"}
    labeller : str
        Name of the new labelling.
    labelling : Labelling

    Returns
    -------
    LabelFile
        As written.

    Raises
    ------
    InputError
        The file has a labelling of this name, belongs to another clip or states another near side, or the labelling
        is empty.
    """
    check_labeller(labeller)
    if not labelling.events:
        raise InputError("the labelling has no events: mark a contact or a toe-off first")
    labels = LabelFile(clip, near_side, {})
    record = _record(labels)
    if path.exists():
        labels = read_label_file(path)
        record = parse_json(path.read_bytes())  # comments stay too
        if labels.clip != clip:
            raise InputError(f"{path}: belongs to the clip {labels.clip!r}, not to {clip!r}; choose another file")
        if labels.near_side != near_side:
            raise InputError(f"{path}: its near side is {labels.near_side}, not {near_side}; correct one of them")
        refuse_labeller(path, labels, labeller)
    record["labellings"][labeller] = labelling_record(labelling)
    _write(path, record, changing=path.exists())
    return replace(labels, labellings={**labels.labellings, labeller: labelling})


def refuse_labeller(path: Path, labels: LabelFile, labeller: str) -> None:
    """Refuse a name that a label file has already.

    Parameters
    ----------
    path : Path
        For the message.
    labels : LabelFile
    labeller : str

    Raises
    ------
    InputError
        The file has a labelling of this name.
    """
    taken = {name.casefold() for name in labels.labellings}
    if labeller.casefold() in taken:
        raise InputError(f"{path}: already has a labelling {labeller!r}; choose another name", code="labeller_taken")


# --- checks ---------------------------------------------------------------------------------------------------------


class _Fields:
    """The fields of one object in the file, taken one by one; what is left over is unknown."""

    def __init__(self, record: Any, where: str, path: str) -> None:
        self.where, self.path = where, path
        if not isinstance(record, dict):
            raise InputError(f"{where}: {path or 'the file'}: must be an object {{…}}, is {_shown(record)}")
        self.rest = dict(record)

    def name(self, field_name: str) -> str:
        return f"{self.path}.{field_name}" if self.path else field_name

    def need(self, field_name: str, check: Callable[[Any], Any]) -> Any:
        if field_name not in self.rest:
            raise InputError(f"{self.where}: {self.name(field_name)}: is missing; see docs/formats.md")
        try:
            return check(self.rest.pop(field_name))
        except _WrongValueError as wrong:
            raise InputError(f"{self.where}: {self.name(field_name)}: {wrong}") from None

    def get(self, field_name: str, check: Callable[[Any], Any], default: Any) -> Any:
        return self.need(field_name, check) if field_name in self.rest else default

    def no_others(self) -> None:
        for name in self.rest:
            if name != "comment":
                raise InputError(f"{self.where}: {self.name(str(name))}: no such field; see docs/formats.md")


class _WrongValueError(Exception):
    pass


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else text[:39] + "…"


def _number(value: Any) -> float:
    try:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise _WrongValueError(f"must be a number, is {_shown(value)}")
        return float(value)
    except OverflowError:
        raise _WrongValueError("must be a number below 1e308") from None


def _frame(value: Any) -> float:
    number = _number(value)
    if number < 0:
        raise _WrongValueError(f"must be 0 or more, is {_shown(value)}")
    return number


def _whole(value: Any) -> int:
    number = _frame(value)
    if number != int(number):
        raise _WrongValueError(f"must be a whole number, is {_shown(value)}")
    return int(number)


def _positive(value: Any) -> float:
    number = _number(value)
    if number <= 0:
        raise _WrongValueError(f"must be above 0, is {_shown(value)}")
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise _WrongValueError(f"must be text, is {_shown(value)}")
    return value


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _WrongValueError(f"must be an object {{…}}, is {_shown(value)}")
    return value


def _sequence(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _WrongValueError(f"must be a list […], is {_shown(value)}")
    return value


def _anything(value: Any) -> Any:
    return value


def _one_of(allowed: tuple[str, ...]) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in allowed:
            raise _WrongValueError(f"must be {' or '.join(allowed)}, is {_shown(value)}")
        return str(value)

    return check


def _point(value: Any) -> LabelledPoint:
    if not isinstance(value, list) or len(value) != 3:
        raise _WrongValueError(f"must be [x, y, sd], is {_shown(value)}")
    return LabelledPoint(_number(value[0]), _number(value[1]), _positive(value[2]))


def _triple(point: LabelledPoint) -> list[float]:
    return [point.x, point.y, point.sd]


def _event(record: Any, where: str, path: str) -> LabelledEvent:
    fields = _Fields(record, where, path)
    kind = fields.need("kind", _one_of(EVENT_KINDS))
    side = cast("LegSide", fields.need("side", _one_of(SIDES)))
    frame, frame_sd = fields.need("frame", _frame), fields.need("frame_sd", _positive)
    labelled_frame = fields.get("labelled_frame", _whole, None)
    points = fields.get("points_px", _mapping, {})
    fields.no_others()
    if points and labelled_frame is None:
        raise InputError(f"{where}: {path}.labelled_frame: is missing; points_px need the frame that they were read in")
    of_points = _Fields(points, where, f"{path}.points_px")
    read = {name: of_points.need(name, _point) for name in LABEL_POINTS if name in points}
    of_points.no_others()
    return LabelledEvent(kind, side, frame, frame_sd, labelled_frame if read else None, read)


def _flat_foot(record: Any, where: str, path: str) -> FlatFoot:
    fields = _Fields(record, where, path)
    frame = fields.need("frame", _whole)
    heel, toe = fields.need("heel", _point), fields.need("toe", _point)
    side = cast("LegSide | None", fields.get("side", _one_of(SIDES), None))
    fields.no_others()
    return FlatFoot(frame, heel, toe, side)
