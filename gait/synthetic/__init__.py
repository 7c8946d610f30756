"""A rendered treadmill runner whose every measure is known.

`RunnerSpec` says how someone runs, `CameraSpec` from where it is filmed and `SceneSpec` how it looks; `solve` makes
the motion (fast, no drawing), `render_clip` the video and its `Truth`. Drawing needs the extra ``gait[synthetic]``.
"""

from __future__ import annotations

from gait.synthetic import presets
from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import solve
from gait.synthetic.pinhole_camera import PinholeCamera, camera_of
from gait.synthetic.recorded_motion import RecordedMotion, Recording
from gait.synthetic.render import Renderer, render_clip, render_motion, truth_of
from gait.synthetic.run_spec import CameraSpec, Drift, LookSpec, RunnerSpec, SceneSpec
from gait.synthetic.truth import Event, Truth, events_of, metrics_of

__all__ = [
    "CameraSpec",
    "Drift",
    "Event",
    "LookSpec",
    "Motion",
    "PinholeCamera",
    "RecordedMotion",
    "Recording",
    "Renderer",
    "RunnerSpec",
    "SceneSpec",
    "Truth",
    "camera_of",
    "events_of",
    "metrics_of",
    "presets",
    "render_clip",
    "render_motion",
    "solve",
    "truth_of",
]
