"""The zero-phase filter against scipy's."""

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from gait.signal.butterworth import filter_zero_phase


@pytest.mark.parametrize("frames", [16, 17, 300])
@pytest.mark.parametrize("cutoff", [0.02, 0.2, 0.6])
@pytest.mark.parametrize("padding", [0, 12])
def test_same_as_scipy(frames, cutoff, padding):
    values = 500 + np.random.default_rng(frames).normal(size=(frames, 3)).cumsum(axis=0)
    expected = sosfiltfilt(butter(2, cutoff, output="sos"), values, axis=0, padlen=padding)
    np.testing.assert_allclose(filter_zero_phase(values, cutoff, padding=padding), expected, rtol=1e-12, atol=1e-9)


def test_a_constant_stays():
    values = np.full((40, 2), 7.5)
    np.testing.assert_allclose(filter_zero_phase(values, 0.1, padding=12), values, rtol=1e-12)
