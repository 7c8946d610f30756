"""From poses to measurements: identity, smoothing, camera, events, steps, metrics, intervals."""

from gait.kinematics.analysis import ViewAnalysis, analyze_pose
from gait.kinematics.camera import Camera, find_camera, with_scale
from gait.kinematics.clean import Cleaned, clean_pose
from gait.kinematics.cycles import gait_cycles
from gait.kinematics.events import detect_events
from gait.kinematics.steps import find_steps

__all__ = [
    "Camera",
    "Cleaned",
    "ViewAnalysis",
    "analyze_pose",
    "clean_pose",
    "detect_events",
    "find_camera",
    "find_steps",
    "gait_cycles",
    "with_scale",
]
