"""A quick replacement for the analysis of one session that leaves a trace of every call.

The clip itself says what happens: a file that begins with "crash", "die", "segfault", "hang", "eat", "refuse", "wait"
or anything else.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from gait._typing import ProgressCallback
from gait.batch.job import JobOptions, JobResult
from gait.batch.planned_session import ClipEntry
from gait.errors import RefusedError
from gait.owned_files import owned_write
from tests import made_reports as reports

#: Environment variable: a folder in which every call leaves a file.
TRACE = "GAIT_STUB_TRACE"


def measure(
    paths: Sequence[Path],
    clips: Sequence[ClipEntry],
    folder: Path,
    options: JobOptions,
    workers: int,
    fresh: bool,
    progress: ProgressCallback | None,
) -> JobResult:
    contents = [path.read_bytes() for path in paths]
    leave_trace("begun", folder.name, *(clip.label for clip in clips))
    word, _, rest = contents[0].decode(errors="replace").partition(" ")
    if word == "crash":
        raise ZeroDivisionError("a fault of the program")
    if word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "die-once" and not (trace() / "died").exists():
        (trace() / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "refuse":
        raise RefusedError(f"{paths[0].name}: nobody is in the picture; film the runner")
    if word == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "hang":
        while True:  # as in a decoder's loop
            pass
    if word == "eat":
        eaten = []
        while True:
            eaten.append(bytearray(b"x") * 50_000_000)
            time.sleep(0.01)
    if word == "wait":
        seconds = float(rest.split()[0])
        for n in range(10):
            time.sleep(seconds / 10)
            if progress is not None:
                progress(n + 1, 10)
    views = [{"clip": n, "view": clip.view if clip.view != "auto" else "side"} for n, clip in enumerate(clips)]
    value = 150.0 + sum(contents[0]) % 30
    measurements = [
        {
            **{
                "key": "cadence",
                "side": "both",
                "value": value,
                "unit": "steps/min",
                "interval": [value - 1, value + 1],
            },
            **{"steps": 40, "grade": "good", "reason": None, "video": 0, "evidence_s": 1.0},
        },
        {
            **{"key": "overstride", "side": "left", "value": None, "unit": "leg", "interval": None, "steps": 0},
            **{"grade": "refused", "reason": "hidden", "video": 0, "evidence_s": None},
        },
    ]
    finding = {"key": "low_cadence", "metric": "cadence", "side": "both", "severity": "moderate", "headline": "Slow"}
    findings = [{**finding, "corrections": []}] if value < 165 else []
    report = reports.report(*measurements, name=None)
    report["videos"] = [{**report["videos"][0], "file": str(path)} for path in paths]
    for name, text in (("report.json", json.dumps(report)), ("report.html", "<p>report</p>")):
        with owned_write(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    leave_trace("ended", folder.name, *(clip.label for clip in clips))
    return JobResult(findings, measurements, views, {})


def trace() -> Path:
    return Path(os.environ[TRACE])


def leave_trace(*words: str) -> None:
    if TRACE in os.environ:
        path = trace() / f"{time.time_ns()}-{os.getpid()}"
        path.write_text("\n".join(words), encoding="utf-8")


def calls(what: str) -> list[str]:
    """The clips of every call, joined; "begun" or "ended"."""
    lines = [p.read_text(encoding="utf-8").split("\n") for p in sorted(trace().iterdir()) if "-" in p.name]
    return sorted(" + ".join(line[2:]) for line in lines if line[0] == what)
