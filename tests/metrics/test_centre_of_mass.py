"""Height of the centre of mass."""

from __future__ import annotations

import numpy as np
import pytest

from gait.metrics.centre_of_mass import HEAD_MASS, SEGMENTS, TRUNK_MASS, centre_of_mass_height
from tests.filmed_joints import edited, filmed
from tests.metrics.exact_runs import SIDE_CAMERA, tracks_of


def test_the_segments_make_up_the_whole_body() -> None:
    assert TRUNK_MASS + HEAD_MASS + 2 * sum(mass for _, _, mass, _ in SEGMENTS) == pytest.approx(1.0, abs=0.001)


def test_it_lies_near_the_hips_and_moves_with_the_body() -> None:
    run = filmed(camera=SIDE_CAMERA, seconds=2.0, noise_px=0.0)
    height = centre_of_mass_height(tracks_of(run))
    hip, shoulder = (tracks_of(run).xy(f"left_{joint}", f"right_{joint}")[:, 1] for joint in ("hip", "shoulder"))
    assert (height < shoulder).all()
    assert np.abs(height - hip).max() < 0.5 * np.median(shoulder - hip)

    def lift(position: np.ndarray, names: list[str]) -> None:
        position[..., 1] -= 10.0

    lifted = centre_of_mass_height(tracks_of(type(run)(edited(run.pose, lift), run.motion, run.seconds)))
    # All masses but rounding of Winter's table move along.
    np.testing.assert_allclose(lifted - height, 10.0, atol=0.02)
