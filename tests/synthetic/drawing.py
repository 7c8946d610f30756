"""What the tests of drawn frames and bodies share."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from gait.synthetic import CameraSpec, Renderer, SceneSpec, presets
from gait.synthetic.body import BodyMesh
from gait.synthetic.body.sculpting import sculpt_body
from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import solve

SMALL = CameraSpec(view="rear", width=160, height=120, fps=24.0)
PLAIN = SceneSpec(clutter=0.0, rails=False, console=False)


@cache
def neutral_run() -> Motion:
    return solve(presets.neutral(), 1.0, seed=2)


_body = cache(sculpt_body)


@cache
def drawn(
    scene: SceneSpec, camera: CameraSpec = SMALL, *, at: tuple[float, ...] = (0.4,), seed: int = 3
) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
    """Frames of the neutral runner."""
    with pytest.MonkeyPatch.context() as patch:  # few bodies wear all looks: each is made once
        patch.setattr("gait.synthetic.renderer.sculpt_body", _body)
        renderer = Renderer(neutral_run(), camera, scene, seed=seed, fineness=0.3)
    try:
        return [frame.astype(int) for frame in renderer.frames(np.array(at))]
    finally:
        renderer.close()


def open_edges(points: np.ndarray, triangles: np.ndarray) -> int:
    """How many edges of a mesh belong to one triangle only: the rims of holes."""
    _, same = np.unique(points, axis=0, return_inverse=True)
    corners = same.ravel()[triangles]
    corners = corners[(np.diff(np.sort(corners, axis=1), axis=1) > 0).all(axis=1)]
    edges = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1)
    _, count = np.unique(edges, axis=0, return_counts=True)
    return int((count == 1).sum())


def body_open_edges(body: BodyMesh) -> int:
    """The same for a body."""
    return open_edges(body.points, body.triangles)
