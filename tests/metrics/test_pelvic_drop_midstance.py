"""Pelvic drop at mid-stance."""

from __future__ import annotations

import numpy as np
import pytest

from gait.metrics.pelvic_drop_midstance import SPEC
from gait.synthetic import presets
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import EXACT, REAR_CAMERA, mean_value
from tests.metrics.test_pelvis_tilt_in_stance import tilted_tracks


def test_value_is_that_of_the_geometry() -> None:
    run = filmed(presets.neutral(pelvic_drop_deg=6.0), camera=REAR_CAMERA, **EXACT)
    tracks = tilted_tracks(run, "tape")
    drop = np.mean([mean_value(SPEC, run, side, tracks) for side in ("left", "right")])
    assert drop == pytest.approx(run.metrics[SPEC.key]["value"], abs=1.2)
