"""How loose cloth and hair lag behind the body and swing on: damped springs that the limbs drive."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.bones import rotated
from gait.synthetic.motion import Motion

ANCHORS = ("left_leg", "right_leg", "tail", "hair")
"""What swings, in the order of `BodyMesh.swing_shares`: the legs of shorts or a skirt, a shirt's tail, hair."""


class _Spring(NamedTuple):
    """A point of a bone (forward, up, right; body heights) that drives a spring of that frequency and damping."""

    bone: str
    offset: tuple[float, float, float]
    hertz: float
    damping: float


# Cloth of half a metre swings about as a pendulum of a fifth of that length, well damped by the skin. [E]
_SPRINGS = {
    "left_leg": _Spring("left_thigh", (0.0, -0.12, 0.0), 3.2, 0.40),
    "right_leg": _Spring("right_thigh", (0.0, -0.12, 0.0), 3.2, 0.40),
    "tail": _Spring("pelvis", (0.0, 0.0, 0.0), 3.0, 0.35),
    "hair": _Spring("head", (-0.06, 0.03, 0.0), 2.6, 0.30),
}
_RATE_HZ, _BEFORE_S = 240.0, 0.5
_FARTHEST_M = 0.035  # the spring stiffens towards this displacement [E]


def swing_of(motion: Motion, times: FloatArray) -> FloatArray:
    """Find how far each loose part is from where the bones alone would carry it.

    Parameters
    ----------
    motion : Motion
    times : (T,) array
        Real seconds.

    Returns
    -------
    (T, A, 3) array
        Displacements in the order of `ANCHORS`, m.
    """
    height = motion.skeleton.height
    grid = np.arange(times.min() - _BEFORE_S, times.max() + 2.5 / _RATE_HZ, 1 / _RATE_HZ)
    bones = motion.bones(grid)
    places = np.stack(
        [
            bones.origin[s.bone]
            + rotated(bones.rotation[s.bone], (s.offset[0] * height, s.offset[1] * height, s.offset[2] * height))
            for s in (_SPRINGS[name] for name in ANCHORS)
        ],
        axis=1,
    )
    push = -np.gradient(np.gradient(places, 1 / _RATE_HZ, axis=0), 1 / _RATE_HZ, axis=0)
    omega = np.array([[2 * np.pi * _SPRINGS[name].hertz] for name in ANCHORS])
    damping = np.array([[_SPRINGS[name].damping] for name in ANCHORS])
    way, speed = np.zeros(places.shape), np.zeros(places.shape[1:])
    for n in range(1, len(grid)):
        speed = speed + (push[n] - 2 * damping * omega * speed - omega**2 * way[n - 1]) / _RATE_HZ
        way[n] = way[n - 1] + speed / _RATE_HZ
    length = np.linalg.norm(way, axis=2, keepdims=True)
    way *= _FARTHEST_M * np.tanh(length / _FARTHEST_M) / (length + 1e-12)
    swung = np.stack([[np.interp(times, grid, way[:, a, c]) for c in range(3)] for a in range(len(ANCHORS))])
    return np.ascontiguousarray(np.moveaxis(swung, 2, 0))
