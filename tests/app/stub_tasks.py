"""Stand-ins for the work of a job: no network, no video. Workers import them."""

from __future__ import annotations

import json
import os
import signal
import time
import zlib
from pathlib import Path
from typing import Any

from gait.app.job_process import JobReport, JobTask, ReportFunction
from gait.errors import RefusedError


def stub_task(task: JobTask, report: ReportFunction) -> dict[str, Any]:
    """Behave as the first bytes of the clip say: well, slowly, badly, or by crashing."""
    content = Path(task.clips[0]).read_bytes()[:200].split(b"\n")[0]
    if task.kind == "check":
        report(JobReport("check", 0, 1))
        return {"check": {}, "usable": True, "advice": ["Step back: the feet are cut off."], "refusals": []}
    if content.startswith(b"CRASH"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if content.startswith(b"ABORT"):
        os.abort()
    if content.startswith(b"EXIT"):
        os._exit(3)
    if content.startswith(b"REFUSE"):
        raise RefusedError(f"{task.clips[0]}: nobody runs in this video", code="nobody")
    if content.startswith(b"FAULT"):
        raise ZeroDivisionError("a fault of the program")
    if content.startswith(b"HUNGRY"):
        hoard: list[bytearray] = []
        while True:
            hoard.append(bytearray(50_000_000))
            time.sleep(0.01)
    folder = Path(task.folder)
    if task.kind == "remeasure" and (folder / "adjust_states.json").exists():
        return {"report_ready": True, "headlines": [], "findings": []}  # the page Adjust has written the numbers
    folder.mkdir(parents=True, exist_ok=True)
    steps = 80 if content.startswith(b"SLOW") else 3
    kept = folder / "steps.done"
    begun = int(kept.read_text()) if kept.exists() else 0
    with (folder / "begun_at").open("a", encoding="utf-8") as file:
        file.write(f"{begun}\n")
    for step in range(begun, steps):
        report(JobReport("poses", step, steps))
        time.sleep(0.02)
        kept.write_text(str(step + 1))
    record = _report(task, 150.0 + zlib.crc32(content) % 40)  # each clip has its own cadence
    (folder / "report.json").write_text(json.dumps(record), encoding="utf-8")
    (folder / "report.html").write_text("<!doctype html><title>report</title><script>1</script>")
    (folder / "side.mp4").write_bytes(bytes(range(256)) * 8)
    result = {"report_ready": True, "headlines": ["You land far in front."], "findings": []}
    report(JobReport("videos", result=result))
    return result


def _report(task: JobTask, cadence: float) -> dict[str, Any]:
    """As `tests.made_reports.report`, without the time that loading the metrics takes."""
    return {
        "schema": "gait.report/1",
        "gait_version": "0.1.0",
        "runner": {"name": task.options["athlete"], "height_m": 1.7, "leg_length_m": None, "speed_mps": 3.0},
        "videos": [
            {
                "file": Path(task.clips[0]).name,
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
        ],
        "measurements": [
            {
                "key": "cadence",
                "side": "both",
                "value": cadence,
                "unit": "steps/min",
                "interval": [cadence - 1, cadence + 1],
                "steps": 30,
                "grade": "good",
                "reason": None,
                "video": 0,
                "evidence_s": 1.0,
            }
        ],
        "events": [],
        "findings": [],
        "corrections": [],
        "warnings": [],
    }
