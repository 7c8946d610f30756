"""``report.json``: the contract ``gait.report/1`` that other programs rely on."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.findings.assessment import Assessment, compare_with_bands
from gait.owned_files import owned_write
from gait.records import Finding, VideoInfo

if TYPE_CHECKING:
    from gait.session import Session

SCHEMA = "gait.report/1"
#: Significant digits of a value: more than any measurement is accurate to. [E]
DIGITS = 4
#: Decimals of times, s, and of probabilities. [E]
TIME_DECIMALS, PROBABILITY_DECIMALS = 4, 4


def report_dict(session: Session) -> dict[str, Any]:
    """Build the report as plain data: only dicts, lists, strings, finite numbers, booleans and ``None``.

    Parameters
    ----------
    session : Session
        A finished analysis.

    Returns
    -------
    dict
        In the order and with the keys of ``gait/report/report.schema.json``.
    """
    return {
        "schema": SCHEMA,
        "gait_version": gait_version(),
        "units": session.units,
        "language": session.language,
        "runner": {
            "name": session.runner.name,
            "height_m": _rounded(session.runner.height_m),
            "leg_length_m": _rounded(session.runner.leg_length_m),
            "speed_mps": _rounded(session.runner.speed_mps),
        },
        "videos": [_video(view.info) for view in session.views],
        "measurements": [_measurement(a) for a in compare_with_bands(session.measurements, session.runner)],
        "events": [event for number, view in enumerate(session.views) for event in _events(number, view.events)],
        "findings": [_finding(f) for f in session.findings],
        "likely": [_finding(f) for f in session.likely],
        "next_step": None if session.next_step is None else asdict(session.next_step),
        "corrections": [{**asdict(c), "research": list(c.research)} for c in session.corrections],
        "warnings": [asdict(n) for n in session.notices],
    }


def write_json(session: Session, path: Path) -> Path:
    """Write ``report.json``, whole or not at all.

    Parameters
    ----------
    session : Session
        A finished analysis.
    path : Path
        File to make or replace.

    Returns
    -------
    Path
        ``path``.
    """
    with owned_write(path) as temporary, temporary.open("w", encoding="utf-8", errors="backslashreplace") as file:
        # Streamed, so that the text of an hour's events is not held in memory. A number that is not finite is a fault.
        json.dump(report_dict(session), file, ensure_ascii=False, indent=1, allow_nan=False)
        file.write("\n")
    return path


def report_schema() -> dict[str, Any]:
    """Load the JSON schema of ``report.json`` (draft 2020-12).

    Returns
    -------
    dict
    """
    text = (resources.files("gait.report") / "report.schema.json").read_text(encoding="utf-8")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def gait_version() -> str:
    """Look up the installed version of gait.

    Returns
    -------
    str
        ``"0+unknown"`` in a source tree that was never installed.
    """
    try:
        return metadata.version("gait")
    except metadata.PackageNotFoundError:
        return "0+unknown"


def clip_sha256(file: str) -> str | None:
    """Hash a clip, so that a report can be told from one of another clip with the same name.

    Parameters
    ----------
    file : str
        Path of the video or of the file of poses.

    Returns
    -------
    str or None
        SHA-256; ``None`` where the file is gone, is a folder, or cannot be read.
    """
    try:
        with Path(file).open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


def _video(info: VideoInfo) -> dict[str, Any]:
    return {
        "file": info.file,
        "sha256": clip_sha256(info.file),
        "view": info.view,
        "facing": info.facing,
        "playback_fps": _rounded(info.playback_fps, 6),
        "capture_fps": _rounded(info.capture_fps, 6),
        "duration_s": _time(info.duration_s),
        "frames": int(info.frames),
        **({} if info.frames_seen is None else {"frames_seen": int(info.frames_seen)}),
        **({} if info.windows_s is None else {"windows_s": [list(window) for window in info.windows_s]}),
        "detected_fraction": _rounded(info.detected_fraction),
        "swapped_frames_repaired": int(info.swapped_frames_repaired),
        "engine": info.engine,
        "warnings": list(info.warnings),
    }


def _measurement(assessed: Assessment) -> dict[str, Any]:
    m = assessed.measurement
    refused = m.grade == "refused"
    interval = None
    if m.interval is not None and not refused:
        ends = [_rounded(end) for end in m.interval]
        interval = None if None in ends else ends
    return {
        "key": m.key,
        "side": m.side,
        "value": None if refused else _rounded(m.value),
        "unit": m.unit,
        "interval": interval,
        "probability_below": _probability(assessed.probability_below),
        "probability_above": _probability(assessed.probability_above),
        "steps": int(m.steps),
        "grade": m.grade,
        "reason": m.reason,
        "reason_code": m.reason_code,
        "method": m.method,
        "video": int(m.video),
        "evidence_s": _time(m.evidence_s),
        **({} if m.onset_interval_s is None else {"onset_interval_s": [_time(end) for end in m.onset_interval_s]}),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    lists = {"corrections": list(finding.corrections), "parts": list(finding.parts)}
    return {**asdict(finding), **lists, "probability": _probability(finding.probability)}


def _events(number: int, events: Any) -> list[dict[str, Any]]:
    return [
        {
            "video": number,
            "side": str(row.side),
            "kind": {"toe_off": "off"}.get(str(row.kind), str(row.kind)),  # `gait.report/1` calls toe-off "off"
            "time_s": _time(row.time_s),
            "uncertainty_s": _time(row.uncertainty_s),
        }
        for row in events.sort_values("time_s", kind="stable").itertuples()
    ]


def _rounded(value: float | None, digits: int = DIGITS) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return float(f"{float(value):.{digits}g}") + 0.0


def _probability(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, PROBABILITY_DECIMALS)


def _time(value: float | None) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), TIME_DECIMALS) + 0.0
