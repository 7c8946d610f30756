"""A stand-in for the worker of the pages *Adjust* and *Label*: no film, no poses. Workers import it."""

from __future__ import annotations

import os
import signal
from typing import Any

from gait.app.job_process import JobTask, ReportFunction
from gait.errors import InputError


def stub_adjust(task: JobTask, _report: ReportFunction) -> dict[str, Any]:
    """Answer with one value that follows what was set by hand."""
    options = task.options
    if task.kind == "frame":
        if options["number"] == 666:
            os.kill(os.getpid(), signal.SIGSEGV)
        return {"jpeg": b"\xff\xd8 " + str(options["number"]).encode()}
    if task.kind == "people":
        return {"people": [{"x": 1.0, "y": 2.0, "width": 3.0, "height": 4.0}]}
    if task.kind == "film":
        return {"width": 64, "height": 48, "times_s": [n / 10 for n in range(30)]}
    if task.kind == "picture":
        if options["of_video"]:
            raise InputError("there is no such video", code="not_found")
        return {"picture": _picture()}
    joints = [{**joint, "from_x": 10.0, "from_y": 20.0} for joint in options["joints"]]
    if any(event["to_s"] > 5 for event in options["events"]):
        raise InputError("a landing must lie between two toe-offs of its foot")
    number = 16.0 + sum(joint["x"] for joint in joints) / 100 + len(options["events"])
    value = {"key": "tibia_angle", "side": "left", "name": "Shin", "side_text": "left", "unit": "°", "steps": 16}
    value |= {"number": number, "measured_number": 16.0, "measured": "16.0°", "now": f"{number:.1f}°"}
    return {
        "joints": joints,
        "events": options["events"],
        "values": [{**value, "interval": "12 to 20°", "note": None}],
        "findings": [],
        "pictures": [_picture()],
        "steps": [],
        "films": [{"file": "run.mp4", "view": "side", "width": 64, "height": 48}],
    }


def _picture() -> dict[str, Any]:
    about = {"video": 0, "time_s": 1.0, "number": 10, "around": [[10, 1.0]], "moment": "contact", "side": "left"}
    return {**about, "moment_text": "landing", "metrics": [], "joints": [], "events": []}
