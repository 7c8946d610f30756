"""Where the camera stands and where a point of the world falls in its picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gait.synthetic.reference import Array
from gait.synthetic.spec import CameraSpec


@dataclass(frozen=True)
class Camera:
    """A pinhole camera in the world: ``position`` (3,), and the picture's axes ``right``, ``up``, ``forward`` (3,)."""

    position: Array
    right: Array
    up: Array
    forward: Array
    focal_px: float
    width: int
    height: int

    def project(self, points: Array) -> Array:
        """Give picture positions (..., 2), x right and y down from the top left corner, of points (..., 3) in m."""
        relative = points - self.position
        depth = relative @ self.forward
        x = self.width / 2 + self.focal_px * (relative @ self.right) / depth
        y = self.height / 2 - self.focal_px * (relative @ self.up) / depth
        return np.stack([x, y], axis=-1)


def camera_of(spec: CameraSpec) -> Camera:
    """Place the camera that a spec describes."""
    yaw = math.radians(spec.yaw_deg)
    if spec.view == "side":
        side = 1.0 if spec.facing == "right" else -1.0
        place = np.array([math.sin(yaw), 0.0, side * math.cos(yaw)])
    else:
        ahead = 1.0 if spec.view == "front" else -1.0
        place = np.array([ahead * math.cos(yaw), 0.0, math.sin(yaw)])
    position = place * spec.distance_m + np.array([0.0, spec.height_m, 0.0])
    aim = np.array([0.0, spec.aim_m, 0.0]) - position
    level = np.array([aim[0], 0.0, aim[2]]) / math.hypot(aim[0], aim[2])
    pitch = math.atan2(aim[1], math.hypot(aim[0], aim[2])) + math.radians(spec.pitch_deg)
    forward = math.cos(pitch) * level + math.sin(pitch) * np.array([0.0, 1.0, 0.0])
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    roll = math.radians(spec.roll_deg)
    # Turning the camera clockwise turns the picture of the world counter-clockwise.
    turned_up = math.cos(roll) * up + math.sin(roll) * right
    turned_right = math.cos(roll) * right - math.sin(roll) * up
    focal = spec.height / 2 / math.tan(math.radians(spec.field_of_view_deg) / 2)
    return Camera(position, turned_right, turned_up, forward, focal, spec.width, spec.height)
