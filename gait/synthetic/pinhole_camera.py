"""Where the camera stands and where a point of the world falls in its frame.

The lens
--------
``distortion`` *k* is radial about the middle of the frame. A lens shows at distance *v* from the middle what a pinhole
camera shows at distance *u*, both in halves of the frame's diagonal:

    u = v (1 − k v²)

so that v ≈ u (1 + k u²) for small k. Negative = barrel (squeezed towards the middle, as wide phone lenses do),
positive = pincushion. The formula leads from the frame to the world because every pixel needs that direction, and
because it has one answer everywhere in the frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.run_spec import CameraSpec


def undistorted(offsets: FloatArray, distortion: float, half_diagonal: float) -> FloatArray:
    """Give where a pinhole camera shows what a lens shows at given points.

    Parameters
    ----------
    offsets : (..., 2) array
        From the middle of the frame, pixels.
    distortion : float
        *k* of the formula above.
    half_diagonal : float
        Of the frame, pixels.

    Returns
    -------
    (..., 2) array
        From the middle of the frame, pixels.
    """
    square = (offsets**2).sum(axis=-1, keepdims=True) / half_diagonal**2
    straight: FloatArray = offsets * (1 - distortion * square)
    return straight


def distorted(offsets: FloatArray, distortion: float, half_diagonal: float) -> FloatArray:
    """Give where a lens shows what a pinhole camera shows at given points: the inverse of `undistorted`.

    Parameters
    ----------
    offsets : (..., 2) array
        From the middle of the frame, pixels.
    distortion : float
        *k* of the formula above.
    half_diagonal : float
        Of the frame, pixels.

    Returns
    -------
    (..., 2) array
        From the middle of the frame, pixels.
    """
    if distortion == 0:
        return offsets
    u = np.linalg.norm(offsets, axis=-1, keepdims=True) / half_diagonal
    # With k > 0 the formula turns back at v = 1/√(3k), far outside the frame (v ≤ 1); what lies beyond stays beyond.
    turn = 1 / np.sqrt(3 * distortion) if distortion > 0 else np.inf
    u_turn = 2 / 3 * turn
    within = np.minimum(u, 0.999 * u_turn)
    v = within.copy()
    for _ in range(30):
        v = np.minimum(v - (v * (1 - distortion * v**2) - within) / (1 - 3 * distortion * v**2), 0.9999 * turn)
    ratio = np.divide(v, within, out=np.ones_like(u), where=within > 0)
    bent: FloatArray = offsets * ratio
    return bent


@dataclass(frozen=True)
class PinholeCamera:
    """A camera in the world.

    Attributes
    ----------
    position : (3,) array
        Metres.
    right, up, forward : (3,) arrays
        Axes of the frame and the way the camera looks, unit vectors in the world.
    focal_px : float
        Focal length, pixels.
    width, height : int
        Of the upright frame, pixels.
    distortion : float
        Of the lens, see the head of this module; 0 = a pinhole.
    """

    position: FloatArray
    right: FloatArray
    up: FloatArray
    forward: FloatArray
    focal_px: float
    width: int
    height: int
    distortion: float = 0.0

    @property
    def half_diagonal(self) -> float:
        """Half the diagonal of the frame, pixels."""
        return math.hypot(self.width, self.height) / 2

    def project(self, points: FloatArray) -> FloatArray:
        """Give where points of the world fall in the frame.

        Parameters
        ----------
        points : (..., 3) array
            Metres.

        Returns
        -------
        (..., 2) array
            Pixels, x right and y down from the top left corner of the upright frame; the middle of the first pixel is
            (0.5, 0.5). Points outside the frame get a position outside it.
        """
        relative = points - self.position
        depth = relative @ self.forward
        across = self.focal_px * (relative @ self.right) / depth
        down = -self.focal_px * (relative @ self.up) / depth
        offsets = distorted(np.stack([across, down], axis=-1), self.distortion, self.half_diagonal)
        pixels: FloatArray = offsets + np.array([self.width / 2, self.height / 2])
        return pixels


def camera_of(spec: CameraSpec) -> PinholeCamera:
    """Place the camera that a spec describes.

    Parameters
    ----------
    spec : CameraSpec

    Returns
    -------
    PinholeCamera
        World in metres: X forward, Y up, Z to the runner's right.
    """
    yaw = math.radians(spec.yaw_deg)
    if spec.view == "side":
        side = 1.0 if spec.facing == "right" else -1.0
        direction = np.array([math.sin(yaw), 0.0, side * math.cos(yaw)])
    else:
        ahead = 1.0 if spec.view == "front" else -1.0
        direction = np.array([ahead * math.cos(yaw), 0.0, math.sin(yaw)])
    position = direction * spec.distance_m + np.array([0.0, spec.height_m, 0.0])
    aim = np.array([0.0, spec.aim_m, 0.0]) - position
    level = np.array([aim[0], 0.0, aim[2]]) / math.hypot(aim[0], aim[2])
    pitch = math.atan2(aim[1], math.hypot(aim[0], aim[2])) + math.radians(spec.pitch_deg)
    forward = math.cos(pitch) * level + math.sin(pitch) * np.array([0.0, 1.0, 0.0])
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    roll = math.radians(spec.roll_deg)
    # Turning the camera clockwise turns what it shows counter-clockwise.
    turned_up = math.cos(roll) * up + math.sin(roll) * right
    turned_right = math.cos(roll) * right - math.sin(roll) * up
    focal = spec.height / 2 / math.tan(math.radians(spec.field_of_view_deg) / 2)
    return PinholeCamera(position, turned_right, turned_up, forward, focal, spec.width, spec.height, spec.distortion)
