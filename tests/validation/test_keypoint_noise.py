"""The scatter of keypoints: its size, its memory and what repeats with the stride."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic.body_segments import JOINTS
from gait.validation.keypoint_noise import KeypointNoise, measured_noise


def test_scatter_has_the_given_size_and_memory() -> None:
    count = len(JOINTS)
    noise = KeypointNoise(np.full((count, 2), 0.01), np.full(count, 0.05), np.zeros((count, 2)))
    times = np.arange(6000) / 100
    scatter = noise.draw(times, times, 500.0, np.random.default_rng(1))
    assert np.std(scatter) == pytest.approx(5.0, rel=0.05)
    correlation = np.mean(scatter[:-1] * scatter[1:]) / np.mean(scatter**2)
    assert correlation == pytest.approx(np.exp(-0.01 / 0.05), abs=0.03)


def test_stride_locked_scatter_repeats_with_the_stride() -> None:
    count = len(JOINTS)
    noise = KeypointNoise(np.zeros((count, 2)), np.ones(count), np.full((count, 2), 0.02))
    phase = np.linspace(0, 3, 301)
    scatter = noise.draw(phase, phase, 100.0, np.random.default_rng(2))
    np.testing.assert_allclose(scatter[:100], scatter[100:200], atol=1e-9)


@pytest.mark.parametrize("view", ["side", "rear", "front"])
def test_scatter_was_measured_for_every_view(view) -> None:
    noise = measured_noise(view, near_side="left" if view == "side" else None)
    named = [n for n, joint in enumerate(JOINTS) if "sis" not in joint]
    assert (noise.random_sd[named] > 0.0005).all()
    assert (noise.random_sd[named] < 0.05).all()
    assert noise.random_sd[JOINTS.index("left_psis")].max() == 0
