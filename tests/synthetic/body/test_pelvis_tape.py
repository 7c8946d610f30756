"""Tape and waistband show where the pelvis is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gait.synthetic import camera_of
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.pelvis_tape import add_pelvis_tape
from gait.synthetic.pelvis_landmarks import pelvis_landmarks_of
from gait.synthetic.run_spec import LookSpec
from gait.synthetic.solids import thickened
from tests.synthetic.body.parts import built
from tests.synthetic.drawing import PLAIN, SMALL, body_open_edges, drawn, neutral_run


@pytest.mark.usefixtures("needs_vtk")
def test_four_closed_strips_lie_over_the_landmarks(body: BareBody) -> None:
    cloth = thickened(body.torso, 0.004)
    mesh = built(body, lambda builder: add_pelvis_tape(builder, body, cloth, (1.0, 1.0, 0.0)), fineness=1.0)
    assert body_open_edges(mesh) == 0
    for landmark in pelvis_landmarks_of(body.proportions.skeleton).values():
        assert np.linalg.norm(mesh.points[:, 1:] - landmark[1:], axis=1).min() < 0.01
    assert 0.05 < np.ptp(mesh.points[(mesh.points[:, 0] < 0) & (mesh.points[:, 2] < 0), 1]) < 0.065


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize(
    ("view", "names"), [("rear", ("left_psis", "right_psis")), ("front", ("left_asis", "right_asis"))]
)
def test_tape_and_waistband_show_where_the_pelvis_is(view: str, names: tuple[str, str]) -> None:
    camera = replace(SMALL, view=view, width=320, height=240, aim_m=1.0, field_of_view_deg=12.0)  # type: ignore[arg-type]
    yellow, green = (0.98, 0.9, 0.05), (0.05, 0.95, 0.1)

    def like(image: Any, colour: Any) -> Any:
        shade = image.sum(axis=-1, keepdims=True)
        return (np.abs(image / shade - np.asarray(colour) / sum(colour)).max(axis=-1) < 0.07) & (shade[..., 0] > 150)

    look = LookSpec(tape=yellow)
    (taped,), (bare,) = drawn(replace(PLAIN, look=look), camera), drawn(PLAIN, camera)
    (banded,) = drawn(replace(PLAIN, look=LookSpec(waistband=green)), camera)
    assert like(bare, yellow).sum() == like(bare, green).sum() == 0
    motion = neutral_run()
    bones, landmarks = motion.bones(np.array([0.4])), pelvis_landmarks_of(motion.skeleton)
    for name in names:
        position = bones.origin["pelvis"][0] + bones.rotation["pelvis"][0] @ landmarks[name]
        x, y = camera_of(camera).project(position)
        rows, columns = np.nonzero(like(taped, yellow))
        near = np.abs(columns - x) < 24
        assert near.sum() > 15
        # A strip is centred on its mark, to a centimetre.
        assert (
            np.hypot(columns[near].mean() + 0.5 - x, rows[near].mean() + 0.5 - y)
            < 0.012 * camera_of(camera).focal_px / 4
        )
    band = like(banded, green)
    # 3.5 cm high, right across the waist.
    assert band.any(axis=0).sum() > 0.22 * camera_of(camera).focal_px / 4
    height = np.median(band.sum(axis=0)[band.any(axis=0)]) * 4 / camera_of(camera).focal_px
    assert 0.018 < height < 0.045
