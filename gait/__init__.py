"""Measure running form from one treadmill video, with its uncertainty.

The names below are loaded on first use, so that ``import gait`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gait.errors import GaitError, InputError, RefusedError

if TYPE_CHECKING:
    from gait.analysis.pipeline import clean_pose, detect_events, measure
    from gait.analysis.view_analysis import analyze_pose
    from gait.batch.batch_run import batch
    from gait.findings.answers import load_answers
    from gait.history.athlete_history import History
    from gait.history.comparison import compare
    from gait.io.export import export_session
    from gait.io.poses import load_poses
    from gait.metrics.gait_cycles import gait_cycles
    from gait.pose.dataset import load_pose, save_pose, validate_pose
    from gait.pose.estimation import estimate_pose
    from gait.quality.video_check import check_video
    from gait.report.report_folder import write_report
    from gait.session import Session, analyze, assess
    from gait.video.reader import frame_at, probe, read_frames, read_video

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
    "History": "gait.history.athlete_history",
    "Session": "gait.session",
    "analyze": "gait.session",
    "analyze_pose": "gait.analysis.view_analysis",
    "assess": "gait.session",
    "batch": "gait.batch.batch_run",
    "check_video": "gait.quality",
    "clean_pose": "gait.analysis.pipeline",
    "compare": "gait.history.comparison",
    "detect_events": "gait.analysis.pipeline",
    "estimate_pose": "gait.pose.estimation",
    "export_session": "gait.io.export",
    "frame_at": "gait.video.reader",
    "gait_cycles": "gait.metrics.gait_cycles",
    "load_answers": "gait.findings.answers",
    "load_pose": "gait.pose.dataset",
    "load_poses": "gait.io.poses",
    "measure": "gait.analysis.pipeline",
    "probe": "gait.video.reader",
    "read_frames": "gait.video.reader",
    "read_video": "gait.video.reader",
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
