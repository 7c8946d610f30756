"""A rendered treadmill runner whose every measure is known.

`RunnerSpec` describes how somebody runs, `CameraSpec` from where the run is filmed and `SceneSpec` how it looks.
`solve` makes the motion (fast, without drawing), `render_clip` the video and its `Truth`. Drawing needs
``gait[synthetic]``.
"""

from __future__ import annotations

import warnings
from typing import Any

from gait.synthetic import presets
from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import solve
from gait.synthetic.pinhole_camera import PinholeCamera, camera_of
from gait.synthetic.recorded_motion import RecordedMotion, Recording
from gait.synthetic.render import render_clip, render_motion, truth_of
from gait.synthetic.renderer import Renderer
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

#: Name of an earlier version → its name now. They go in the version after the next.
_RENAMED = {"Camera": "PinholeCamera"}


def __getattr__(name: str) -> Any:
    if name in _RENAMED:
        new = _RENAMED[name]
        warnings.warn(
            f"gait.synthetic.{name} is now gait.synthetic.{new}; the old name goes in the next version",
            DeprecationWarning,
            stacklevel=2,
        )
        return globals()[new]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
