"""A person is drawn where the bones are, darker in the dark."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic import CameraSpec, camera_of
from gait.synthetic.body import sculpt_body
from gait.synthetic.lighting import Lamp, Lighting
from gait.synthetic.person import Person
from gait.synthetic.render_window import PixelBox
from gait.synthetic.run_spec import LookSpec
from tests.synthetic.drawing import neutral_run


@pytest.mark.usefixtures("needs_vtk")
def test_a_person_stands_where_the_bones_are_and_is_dark_in_the_dark() -> None:
    motion, camera = neutral_run(), camera_of(CameraSpec(width=160, height=160))
    body = sculpt_body(motion.runner, LookSpec(), fineness=0.25)
    bones = motion.bones(np.array([0.3]))
    brightness = []
    for gain in (1.0, 0.4):
        lighting = Lighting((Lamp(np.array([0.0, 0.6, 0.8]), 0.6, (1.0, 1.0, 1.0)),), gain)
        person = Person(body, camera, PixelBox(0, 0, 160, 160), lighting, oversampling=1)
        drawing = person.draw(bones, 0)
        person.close()
        covered = drawing[..., 3] > 0
        brightness.append(drawing[covered][:, :3].mean())
    assert brightness[1] == pytest.approx(0.4 * brightness[0], rel=0.08)
    x, y = camera.project(bones.origin["spine"][0])
    assert covered[int(y), int(x)]
    assert 0.02 < covered.mean() < 0.3


def test_glossy_tights_mirror_the_lamp_and_stay_dark_elsewhere() -> None:
    motion, camera = neutral_run(), camera_of(CameraSpec(width=160, height=160))
    lighting = Lighting((Lamp(np.array([0.0, 0.6, 0.8]), 0.6, (1.0, 1.0, 1.0)),), 1.0)
    drawings = []
    for gloss in (0.0, 0.9):
        body = sculpt_body(motion.runner, LookSpec(legwear="tights", gloss=gloss), fineness=0.25)
        person = Person(body, camera, PixelBox(0, 0, 160, 160), lighting, oversampling=1)
        drawings.append(person.draw(motion.bones(np.array([0.3])), 0)[..., :3].mean(axis=2))
        person.close()
    brighter = drawings[1] - drawings[0]
    legs = brighter[np.abs(brighter) > 0.5]
    assert legs.max() > 40
    assert np.median(np.abs(legs)) < 15
    assert (np.abs(brighter) > 0.5).mean() < 0.1
