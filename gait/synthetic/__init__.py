"""A rendered treadmill runner whose every measure is known.

`RunnerSpec` says how someone runs, `CameraSpec` from where it is filmed and `SceneSpec` how it looks; `solve` makes
the motion (fast, no drawing), `render_clip` the video and its `Truth`. Drawing needs the extra ``gait[synthetic]``.
"""

from __future__ import annotations

from gait.synthetic import presets
from gait.synthetic.camera import Camera, camera_of
from gait.synthetic.motion import Motion
from gait.synthetic.render import Renderer, render_clip, truth_of
from gait.synthetic.solve import solve
from gait.synthetic.spec import CameraSpec, LookSpec, RunnerSpec, SceneSpec
from gait.synthetic.truth import Event, Truth, events_of, metrics_of

__all__ = [
    "Camera",
    "CameraSpec",
    "Event",
    "LookSpec",
    "Motion",
    "Renderer",
    "RunnerSpec",
    "SceneSpec",
    "Truth",
    "camera_of",
    "events_of",
    "metrics_of",
    "presets",
    "render_clip",
    "solve",
    "truth_of",
]
