"""Mean curves are those of runners: smooth in speed, closed over the stride."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.reference_curves import ELBOW_FLEXION, SPEEDS_MPS, fourier, step_height, swing_curves


def test_curves_between_two_speeds_lie_between_theirs() -> None:
    slow, middle, fast = (swing_curves(speed)["knee"] for speed in (2.5, 3.0, 3.5))
    np.testing.assert_allclose(middle, (slow + fast) / 2)
    np.testing.assert_array_equal(swing_curves(1.8)["knee"], swing_curves(float(SPEEDS_MPS[0]))["knee"])
    assert all(len(curve) == 21 for curve in swing_curves(3.0).values())


def test_the_knee_bends_more_in_fast_running() -> None:
    assert swing_curves(4.5)["knee"].max() > swing_curves(2.5)["knee"].max() + 15


def test_the_hips_rise_and_fall_by_1() -> None:
    stance, flight = step_height(3.1)
    assert max(stance.max(), flight.max()) - min(stance.min(), flight.min()) == pytest.approx(1.0)
    assert stance.argmin() in (4, 5)


def test_a_series_repeats_every_stride() -> None:
    phase = np.linspace(0, 1, 9)
    np.testing.assert_allclose(fourier(ELBOW_FLEXION, phase), fourier(ELBOW_FLEXION, phase + 3))
    assert fourier(ELBOW_FLEXION, np.linspace(0, 1, 1000)).mean() == pytest.approx(107.3, abs=0.1)
