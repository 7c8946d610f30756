"""The lamps of a room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.pinhole_camera import PinholeCamera
from gait.synthetic.run_spec import Colour, SceneSpec

# An image is not linear in light, and a camera opens up in the dark, though not all the way. [E]
_EXPOSURE_POWER = 0.6


@dataclass(frozen=True)
class Lamp:
    """A lamp so far away that its light is parallel.

    Attributes
    ----------
    towards : (3,) array
        Direction to the lamp, unit vector.
    strength : float
    colour : (float, float, float)
        Red, green, blue; 0 to 1.
    """

    towards: FloatArray
    strength: float
    colour: Colour


@dataclass(frozen=True)
class Lighting:
    """The light in a room and what of it the camera records.

    Attributes
    ----------
    lamps : tuple of Lamp
        The strongest first.
    gain : float
        How bright everything comes out, 1 = a bright room.
    """

    lamps: tuple[Lamp, ...]
    gain: float


def lighting_of(scene: SceneSpec, camera: PinholeCamera, rng: np.random.Generator) -> Lighting:
    """Place the lamps of a room.

    Parameters
    ----------
    scene : SceneSpec
    camera : PinholeCamera
        The strongest lamp stands on its side of the runner.
    rng : numpy.random.Generator
        Decides from where, how high and how warm that lamp shines.

    Returns
    -------
    Lighting
    """
    towards, right = -camera.forward * [1, 0, 1], camera.right
    side = float(rng.choice([-1.0, 1.0])) * rng.uniform(0.6, 1.0)
    height = rng.uniform(1.6, 2.6)
    warm = rng.uniform(-1, 1)
    lamps = (
        (2.0 * towards + 1.8 * side * right + [0, height, 0], 0.60, (1.0, 0.975 - 0.02 * warm, 0.93 - 0.05 * warm)),
        (2.4 * towards - 2.2 * side * right + [0, 0.8, 0], 0.22, (0.90, 0.94, 1.0)),
        (-1.6 * towards + 0.5 * side * right + [0, 2.4, 0], 0.26, (1.0, 1.0, 1.0)),
    )
    return Lighting(
        tuple(Lamp(position / np.linalg.norm(position), strength, colour) for position, strength, colour in lamps),
        gain=scene.light**_EXPOSURE_POWER,
    )
