"""Measure running form from one treadmill video, with its uncertainty.

The names below are loaded on first use, so that ``import gait`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gait.errors import GaitError, InputError, RefusedError

if TYPE_CHECKING:
    from gait.athletes.batch import batch
    from gait.check import check_video
    from gait.kinematics import analyze_pose, gait_cycles
    from gait.knowledge.answers import load_answers
    from gait.pose.dataset import load_pose, save_pose, validate_pose
    from gait.pose.estimate import estimate_pose
    from gait.report import write_report
    from gait.session import Session, analyze
    from gait.video import frame_at, probe, read_frames

    __version__: str

__all__ = [
    "GaitError",
    "InputError",
    "RefusedError",
    "Session",
    "__version__",
    "analyze",
    "analyze_pose",
    "batch",
    "check_video",
    "estimate_pose",
    "frame_at",
    "gait_cycles",
    "load_answers",
    "load_pose",
    "probe",
    "read_frames",
    "save_pose",
    "validate_pose",
    "write_report",
]

_HOME = {
    "Session": "gait.session",
    "analyze": "gait.session",
    "analyze_pose": "gait.kinematics",
    "batch": "gait.athletes.batch",
    "check_video": "gait.check",
    "estimate_pose": "gait.pose.estimate",
    "frame_at": "gait.video",
    "gait_cycles": "gait.kinematics",
    "load_answers": "gait.knowledge.answers",
    "load_pose": "gait.pose.dataset",
    "probe": "gait.video",
    "read_frames": "gait.video",
    "save_pose": "gait.pose.dataset",
    "validate_pose": "gait.pose.dataset",
    "write_report": "gait.report",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib import metadata

        try:
            return metadata.version("gait")
        except metadata.PackageNotFoundError:  # run from a source tree that was never installed
            return "0+unknown"
    if name not in _HOME:
        raise AttributeError(f"module 'gait' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
