"""Reports read back: the content of ``report.json`` (schema ``gait.report/1``), checked."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gait.checked_json import (
    COUNT,
    NUMBER,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
    TEXT,
    describe_fault,
    list_schema,
    parse_json,
    record_schema,
)
from gait.display_language import LANGUAGES, _
from gait.display_units import UNITS, Units
from gait.errors import InputError

SCHEMA = "gait.report/1"

_SIDES = ["left", "right", "both"]
_RATE = {"type": "number", "exclusiveMinimum": 0, "maximum": 1e6}
_SIZE = {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 1e3}
_VIDEO = record_schema(
    {
        "file": TEXT,
        "view": {"enum": ["side", "rear", "front"]},
        "facing": {"enum": ["left", "right", "away", "towards"]},
        "playback_fps": _RATE,
        "capture_fps": _RATE,
        "duration_s": {"type": "number", "minimum": 0},
        "frames": COUNT,
        "engine": TEXT,
    },
    {
        "sha256": OPTIONAL_TEXT,
        "detected_fraction": NUMBER,
        "swapped_frames_repaired": COUNT,
        "warnings": list_schema(TEXT),
        "frames_seen": COUNT,
        "windows_s": list_schema({**list_schema(NUMBER, least=2), "maxItems": 2}),
    },
)
_MEASUREMENT = record_schema(
    {
        "key": TEXT,
        "side": {"enum": _SIDES},
        "value": OPTIONAL_NUMBER,
        "unit": TEXT,
        "interval": {"anyOf": [{"type": "null"}, {**list_schema(NUMBER, least=2), "maxItems": 2}]},
        "steps": COUNT,
        "grade": {"enum": ["good", "fair", "poor", "refused"]},
        "reason": OPTIONAL_TEXT,
        "video": COUNT,
    },
    {
        "evidence_s": OPTIONAL_NUMBER,
        "reason_code": OPTIONAL_TEXT,
        "method": OPTIONAL_TEXT,
        "probability_below": OPTIONAL_NUMBER,
        "probability_above": OPTIONAL_NUMBER,
    },
)
_EVENT = record_schema(
    {"video": COUNT, "side": {"enum": ["left", "right"]}, "kind": {"enum": ["contact", "off"]}, "time_s": NUMBER},
    {"uncertainty_s": OPTIONAL_NUMBER},
)
_RUNNER = record_schema({}, {"name": OPTIONAL_TEXT, "height_m": _SIZE, "leg_length_m": _SIZE, "speed_mps": _SIZE})
_FINDING = record_schema(
    {"key": TEXT, "metric": TEXT, "side": {"enum": _SIDES}, "severity": TEXT, "headline": TEXT},
    {"evidence": {"enum": ["clear", "likely"]}, "probability": OPTIONAL_NUMBER, "parts": list_schema(TEXT)},
)
_NEXT_STEP = record_schema({"code": TEXT, "text": TEXT, "decides": NUMBER, "open_now": COUNT})
#: What every reader of a report relies on. Reports of all versions have it; other fields are not read.
_REPORT = record_schema(
    {
        "runner": _RUNNER,
        "videos": list_schema(_VIDEO, least=1),
        "measurements": list_schema(_MEASUREMENT),
        "events": list_schema(_EVENT),
    },
    {
        "gait_version": TEXT,
        "units": {"enum": list(UNITS)},
        "language": {"type": "string"},
        "findings": list_schema(_FINDING),
        "likely": list_schema(_FINDING),
        "next_step": {"anyOf": [{"type": "null"}, _NEXT_STEP]},
        "corrections": list_schema({"type": "object"}),
        "warnings": list_schema(record_schema({"code": TEXT, "message": TEXT})),
    },
)


@dataclass(frozen=True)
class SavedReport:
    """A report that was read back.

    Attributes
    ----------
    record : mapping
        Content of ``report.json``.
    folder : Path or None
        Folder of the report; ``None`` for one that was given as data.
    """

    record: Mapping[str, Any]
    folder: Path | None = None

    @property
    def name(self) -> str | None:
        """Name of the runner; ``None`` where it was not given."""
        given = self.record["runner"].get("name")
        return str(given).strip() or None if given is not None else None

    @property
    def videos(self) -> list[Mapping[str, Any]]:
        """The videos' records."""
        return list(self.record["videos"])

    @property
    def speed_mps(self) -> float | None:
        """Belt speed, m/s; ``None`` where it was not given."""
        given = self.record["runner"].get("speed_mps")
        return None if given is None else float(given)

    @property
    def units(self) -> Units:
        """Units in which the report shows speeds and lengths; reports of earlier versions show metric ones."""
        units: Units = self.record.get("units", "metric")
        return units

    @property
    def language(self) -> str | None:
        """Language of the report; ``None`` in reports of earlier versions, and for a language of later ones."""
        language = self.record.get("language")
        return language if language in LANGUAGES else None

    def video_file(self, number: int) -> Path | None:
        """Find a video: where it was, or beside the report.

        Parameters
        ----------
        number : int
            Number of the video, from 0.

        Returns
        -------
        Path or None
            ``None`` where the video is gone.
        """
        recorded = Path(self.videos[number]["file"])
        candidates = [recorded]
        if self.folder is not None:
            candidates += [self.folder / recorded.name, self.folder.parent / recorded.name]
        return next((path for path in candidates if path.is_file()), None)

    def content_hash(self) -> str:
        """Hash what was measured; neither the runner's name, nor words, the version or folders count.

        Returns
        -------
        str
            SHA-256.
        """
        videos = [
            {**{k: value for k, value in v.items() if k != "sha256"}, "file": Path(v["file"]).name, "warnings": None}
            for v in self.videos
        ]
        runner = {k: v for k, v in self.record["runner"].items() if k != "name"}
        measured = [runner, videos, self.record["measurements"], self.record["events"]]
        return hashlib.sha256(json.dumps(measured, sort_keys=True, ensure_ascii=True).encode()).hexdigest()

    def clip_signature(self) -> str:
        """Describe the clips such that equal ones compare equal: names, lengths and rates.

        Returns
        -------
        str
            JSON.
        """
        clips = [(Path(v["file"]).name, v["frames"], v["duration_s"], v["capture_fps"]) for v in self.videos]
        return json.dumps(sorted(clips))

    def recording_time(self) -> datetime | None:
        """Read when the camera recorded the first video that states it.

        Returns
        -------
        datetime or None
            Local time without zone.
        """
        from gait.video.recording_time import recording_time

        files = (self.video_file(number) for number in range(len(self.videos)))
        moments = (recording_time(file) for file in files if file is not None)
        return next((moment for moment in moments if moment is not None), None)


def read_report(given: SavedReport | Mapping[str, Any] | str | os.PathLike[str]) -> SavedReport:
    """Read and check a report.

    Parameters
    ----------
    given : SavedReport, mapping or path
        The parsed ``report.json``, that file, or its folder.

    Returns
    -------
    SavedReport

    Raises
    ------
    InputError
        There is none, or it is not a report of this program.
    """
    if isinstance(given, SavedReport):
        return given
    if isinstance(given, Mapping):
        return SavedReport(_checked(given, "the report"))
    path = Path(given)
    file = path / "report.json" if path.is_dir() else path
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(_("{file}: no such file; give the folder of a report").format(file=file)) from None
    except (OSError, ValueError) as error:
        raise InputError(
            _("{file}: cannot be read: {reason}").format(file=file, reason=getattr(error, "strerror", None) or error)
        ) from None
    try:
        record = parse_json(content)
    except ValueError as error:
        raise InputError(
            _("{file}: is not a report ({error}); give the folder that gait analyze has made").format(
                file=file, error=error
            )
        ) from None
    return SavedReport(_checked(record, str(file)), file.parent)


def _checked(record: Any, source: str) -> Mapping[str, Any]:
    schema = record.get("schema") if isinstance(record, Mapping) else None
    if schema != SCHEMA:
        raise InputError(
            _("{source}: is not a report of this program (schema {schema}, not {schema_2})").format(
                source=source, schema=f"{schema!r:.60}", schema_2=repr(SCHEMA)
            )
        )
    fault = describe_fault(record, _REPORT) or _wrong_number(record)
    if fault is not None:
        raise InputError(
            _("{source}: is damaged: {fault}; move it away and run gait analyze again").format(
                source=source, fault=fault
            )
        )
    assert isinstance(record, Mapping)
    return record


def _wrong_number(record: Mapping[str, Any]) -> str | None:
    """Find a measurement or an event of a video that the report does not have."""
    videos = len(record["videos"])
    for name in ("measurements", "events"):
        for number, entry in enumerate(record[name]):
            if entry["video"] >= videos:
                return f"{name}[{number}].video is {entry['video']}, the report has {videos}"
    return None
