"""Strips of tape on the clothes over the bony points of the pelvis."""

from __future__ import annotations

import numpy as np

from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.surface_patterns import uniform_colour
from gait.synthetic.pelvis_landmarks import pelvis_landmarks_of
from gait.synthetic.run_spec import Colour
from gait.synthetic.solids import SignedDistance, box, clipped, thickened, union

# Half of a strip's length and width, m: 6 by 2.5 cm.
_HALF_LENGTH_M, _HALF_WIDTH_M = 0.030, 0.0125
# Turn of the strips from upright, degrees, + = the right one's top outwards: in front along the groin, behind towards
# the spine below. [E]
_LEAN_FRONT_DEG, _LEAN_BACK_DEG = 24.0, -14.0


def add_pelvis_tape(builder: MeshBuilder, body: BareBody, cloth: SignedDistance, colour: Colour) -> None:
    """Add a strip of tape over each bony point of the pelvis, rigid with it.

    Parameters
    ----------
    builder : MeshBuilder
    body : BareBody
    cloth : SignedDistance
        All clothes; the tape lies on them.
    colour : (float, float, float)
        Red, green, blue; 0 to 1.
    """
    h = body.proportions.height
    layer = thickened(union([cloth, body.torso]), 0.0042 * h)
    for name, landmark in pelvis_landmarks_of(body.proportions.skeleton).items():
        ahead = 1.0 if name.endswith("asis") else -1.0
        sign = 1.0 if name.startswith("right") else -1.0
        lean = np.radians(sign * (_LEAN_FRONT_DEG if ahead > 0 else _LEAN_BACK_DEG))
        up = np.array([0.0, np.cos(lean), np.sin(lean)])
        axes = np.array([[1.0, 0.0, 0.0], up, np.cross([1.0, 0.0, 0.0], up)])
        middle = np.array([ahead * 0.10 * h, landmark[1], landmark[2]])
        strip = clipped(layer, box(middle, axes, (0.10 * h, _HALF_LENGTH_M, _HALF_WIDTH_M)))
        reach = np.array([0.10 * h, 0.036, 0.030])
        builder.add(
            strip, middle - reach, middle + reach, uniform_colour(colour), attachment="pelvis", triangle_size=0.45
        )
