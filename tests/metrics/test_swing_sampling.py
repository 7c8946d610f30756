"""Times spread over swings and strides."""

from __future__ import annotations

import numpy as np

from gait.metrics.swing_sampling import SAMPLES, sample_strides, sample_swings


def test_a_swing_ends_one_median_stride_after_contact() -> None:
    # The third contact is missing, which must not lengthen the swings.
    contact, toe_off = np.array([1.0, 1.7, 3.1, 3.8]), np.array([1.25, 1.95, 3.35, 4.05])
    times = sample_swings(contact, toe_off)
    np.testing.assert_allclose(times[:, 0], toe_off)
    np.testing.assert_allclose(times[:, -1], contact + 0.7)
    np.testing.assert_allclose(sample_strides(contact)[:, [0, -1]], np.stack([contact, contact + 0.7], axis=1))


def test_one_contact_is_no_stride() -> None:
    assert np.isnan(sample_swings(np.array([1.0]), np.array([1.2]))).all()
    assert sample_strides(np.empty(0)).shape == (0, SAMPLES)
