"""The moving mean is that of SciPy."""

import numpy as np
import pytest

from gait.signal.moving_mean import moving_mean


@pytest.mark.parametrize("count", [3, 4, 10, 57, 600, 1801])
@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 21, 60, 121])
def test_it_equals_scipy_to_the_last_bit(count: int, width: int) -> None:
    from scipy.ndimage import uniform_filter1d

    if width > count:
        pytest.skip("wider than the series")
    values = np.random.default_rng(count).normal(500.0, 100.0, count)
    np.testing.assert_array_equal(moving_mean(values, width), uniform_filter1d(values, width, mode="nearest"))


def test_a_constant_stays() -> None:
    np.testing.assert_array_equal(moving_mean(np.full(9, 0.25), 4), np.full(9, 0.25))
