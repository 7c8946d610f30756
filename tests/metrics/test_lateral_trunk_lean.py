"""Sideways lean of the trunk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gait.metrics.lateral_trunk_lean import SPEC
from gait.synthetic import presets
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import EXACT, FRONT_CAMERA, mean_value


@pytest.mark.parametrize("view", ["rear", "front"])
def test_lean_towards_the_stance_leg_is_positive(view: str) -> None:
    run = filmed(presets.neutral(lateral_lean_deg=5.0), camera=replace(FRONT_CAMERA, view=view), **EXACT)
    for side in ("left", "right"):
        assert mean_value(SPEC, run, side) == pytest.approx(5.0, abs=1.5)
