"""Side-to-side range of each wrist."""

from __future__ import annotations

import pytest

from gait.metrics.arm_swing_lateral import SPEC
from gait.synthetic import presets
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import EXACT, FRONT_CAMERA, mean_value


def test_value_is_that_of_the_geometry() -> None:
    run = filmed(presets.arms_crossing(), camera=FRONT_CAMERA, **EXACT)
    for side in ("left", "right"):
        assert mean_value(SPEC, run, side) == pytest.approx(run.metrics[SPEC.key][side]["value"], abs=0.06)
