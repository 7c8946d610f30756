"""Peak pelvic drop."""

from __future__ import annotations

import numpy as np
import pytest

from gait.metrics.pelvic_drop import SPEC
from gait.synthetic import presets
from tests.filmed_joints import filmed
from tests.metrics.exact_runs import EXACT, REAR_CAMERA, mean_value
from tests.metrics.test_pelvis_tilt_in_stance import tilted_tracks


@pytest.mark.parametrize(("mark", "scale"), [("tape", 1.0), ("none", 0.65)])
def test_the_drop_of_cloth_is_stretched_and_that_of_tape_hardly(mark: str, scale: float) -> None:
    run = filmed(presets.neutral(pelvic_drop_deg=6.0), camera=REAR_CAMERA, **EXACT)
    tracks = tilted_tracks(run, mark, scale=scale)
    drop = np.mean([mean_value(SPEC, run, side, tracks) for side in ("left", "right")])
    assert drop == pytest.approx(6.0, abs=1.2)
