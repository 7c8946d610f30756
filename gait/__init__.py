"""Measure running form from one treadmill video, with its uncertainty.

The names below are loaded on first use, so that ``import gait`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gait.errors import GaitError, InputError, RefusedError

if TYPE_CHECKING:
    from gait.athletes.batch import batch
    from gait.athletes.compare import compare
    from gait.athletes.history import History
    from gait.check import check_video
    from gait.export import export_session
    from gait.kinematics import analyze_pose, gait_cycles
    from gait.kinematics.stages import clean_pose, detect_events, measure
    from gait.knowledge.answers import load_answers
    from gait.pose.dataset import load_pose, save_pose, validate_pose
    from gait.pose.estimate import estimate_pose
    from gait.pose.foreign import load_poses
    from gait.report import write_report
    from gait.session import Session, analyze, assess
    from gait.video import frame_at, probe, read_frames, read_video

    __version__: str

__all__ = [
    "GaitError",
    "History",
    "InputError",
    "RefusedError",
    "Session",
    "__version__",
    "analyze",
    "analyze_pose",
    "assess",
    "batch",
    "check_video",
    "clean_pose",
    "compare",
    "detect_events",
    "estimate_pose",
    "export_session",
    "frame_at",
    "gait_cycles",
    "load_answers",
    "load_pose",
    "load_poses",
    "measure",
    "probe",
    "read_frames",
    "read_video",
    "save_pose",
    "validate_pose",
    "write_report",
]

_HOME = {
    "History": "gait.athletes.history",
    "Session": "gait.session",
    "analyze": "gait.session",
    "analyze_pose": "gait.kinematics",
    "assess": "gait.session",
    "batch": "gait.athletes.batch",
    "check_video": "gait.check",
    "clean_pose": "gait.kinematics.stages",
    "compare": "gait.athletes.compare",
    "detect_events": "gait.kinematics.stages",
    "estimate_pose": "gait.pose.estimate",
    "export_session": "gait.export",
    "frame_at": "gait.video",
    "gait_cycles": "gait.kinematics",
    "load_answers": "gait.knowledge.answers",
    "load_pose": "gait.pose.dataset",
    "load_poses": "gait.pose.foreign",
    "measure": "gait.kinematics.stages",
    "probe": "gait.video",
    "read_frames": "gait.video",
    "read_video": "gait.video",
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
