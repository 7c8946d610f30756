"""Frames are the same every time, and every option of the look and the room shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gait.synthetic import Renderer, SceneSpec
from gait.synthetic.run_spec import LookSpec
from tests.synthetic.drawing import PLAIN, SMALL, drawn, neutral_run


@pytest.mark.usefixtures("needs_vtk")
def test_frames_are_the_same_every_time() -> None:
    motion = neutral_run()
    runs = []
    for _ in range(2):
        renderer = Renderer(motion, SMALL, SceneSpec(), seed=3, fineness=0.35)
        runs.append(list(renderer.frames(np.array([0.2, 0.5]))))
        renderer.close()
    np.testing.assert_array_equal(runs[0], runs[1])
    assert np.abs(runs[0][0].astype(int) - runs[0][1]).max() > 50


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize(
    "change",
    [
        *({"hair_style": style} for style in ("bald", "ponytail", "long", "bun", "cap")),
        *({"pattern": pattern} for pattern in ("plain", "stripes", "heather")),
        {"sleeves": False},
        {"loose": False},
        {"legwear": "tights"},
    ],
    ids=lambda change: "-".join(map(str, *change.items())),
)
def test_each_option_of_the_look_shows(change: dict[str, Any]) -> None:
    side = replace(SMALL, view="side")
    (usual,), (other,) = drawn(PLAIN, side), drawn(replace(PLAIN, look=replace(LookSpec(), **change)), side)
    changed = np.abs(usual - other).max(axis=-1) > 25
    assert 3 <= changed.sum() < 0.2 * changed.size


@pytest.mark.usefixtures("needs_vtk")
def test_light_and_clutter() -> None:
    side = replace(SMALL, view="side")
    (bright,), (dim,) = drawn(PLAIN, side), drawn(replace(PLAIN, light=0.25), side)
    assert 0.3 < dim.mean() / bright.mean() < 0.6
    (full,) = drawn(replace(PLAIN, clutter=1.0), side)
    wall = np.s_[2:80, :45]
    assert np.abs(np.diff(bright[wall], axis=1)).mean() < 0.5 * np.abs(np.diff(full[wall], axis=1)).mean()
    assert (np.abs(drawn(PLAIN, side, seed=4)[0] - bright).mean(axis=-1) > 5).mean() > 0.2


@pytest.mark.usefixtures("needs_vtk")
def test_a_rail_hides_what_is_behind_it_and_a_console_what_it_stands_before() -> None:
    for view, change in (("side", {"rails": True}), ("front", {"console": True})):
        camera = replace(SMALL, view=view)  # type: ignore[arg-type]
        (clear,), (hidden,) = drawn(PLAIN, camera), drawn(replace(PLAIN, **change), camera)  # type: ignore[arg-type]
        blue_shirt_or_skin = (
            np.abs(clear - drawn(replace(PLAIN, look=LookSpec(shirt=(1, 0, 0))), camera)[0]).max(-1) > 60
        )
        assert (np.abs(clear - hidden).max(axis=-1) > 25)[blue_shirt_or_skin].sum() > 2
