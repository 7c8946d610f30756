"""Invented reports for the history: parsed ``report.json`` with a few measurements or with all there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gait.findings.knowledge_loader import load_knowledge


def measured(key: str, value: float | None, half: float = 0.5, *, side: str = "both", **more: Any) -> dict[str, Any]:
    """One measurement in the unit of its metric, with an interval of value ± half."""
    metric = load_knowledge().metric(key)
    assert metric is not None
    measurable = value is not None
    record = {
        "key": key,
        "side": side,
        "value": value,
        "unit": metric.unit,
        "interval": [value - half, value + half] if measurable else None,
        "steps": 30 if measurable else 0,
        "grade": "good" if measurable else "refused",
        "reason": None if measurable else "not visible from this side: film the rear view",
        "video": 0,
        "evidence_s": 1.0 if measurable else None,
    }
    return {**record, **more}


def report(
    *measurements: dict[str, Any], name: str | None = "Anna", speed: float | None = 3.0, **video: Any
) -> dict[str, Any]:
    """A report of one video; without measurements one of cadence."""
    clip = {
        "file": "side.mp4",
        "view": "side",
        "facing": "right",
        "playback_fps": 60.0,
        "capture_fps": 60.0,
        "duration_s": 10.0,
        "frames": 600,
        "detected_fraction": 1.0,
        "swapped_frames_repaired": 0,
        "engine": "litert",
        "warnings": [],
    }
    return {
        "schema": "gait.report/1",
        "gait_version": "0.1.0",
        "runner": {"name": name, "height_m": 1.7, "leg_length_m": None, "speed_mps": speed},
        "videos": [{**clip, **video}],
        "measurements": list(measurements) or [measured("cadence", 165.0)],
        "events": [],
        "findings": [],
        "corrections": [],
        "warnings": [],
    }


def whole_report(number: int, name: str) -> dict[str, Any]:
    """A report with every metric; each number gives other values."""
    measurements = [
        measured(metric.key, 10 + number * 1e-3, 1.0, side=side)
        for metric in load_knowledge().metrics.values()
        for side in (("left", "right") if metric.sided else ("both",))
    ]
    return report(*measurements, name=name)


def write_report_file(folder: Path, record: dict[str, Any]) -> Path:
    """Write a report into a folder, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(record), encoding="utf-8")
    return folder
