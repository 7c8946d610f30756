"""Gap between the knees."""

from __future__ import annotations

import numpy as np

from gait.metrics.knee_window import SPEC
from gait.synthetic import presets
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import EXACT, FRONT_CAMERA, mean_value


def test_knees_that_come_together_close_the_window() -> None:
    windows = []
    for width in (-2.0, 4.0, 12.0):
        run = filmed(presets.neutral(step_width_cm=width), camera=FRONT_CAMERA, **EXACT)
        windows.append(np.mean([mean_value(SPEC, run, side) for side in ("left", "right")]))
    assert windows[0] < windows[1] < windows[2]
