"""The stride phase: right frequency, no octave errors, and mean waveforms that noise does not distort."""

from __future__ import annotations

import numpy as np
import pytest

from gait.errors import RefusedError
from gait.signal.phase import StridePhase, fold, harmonic_basis, track_phase


def swing_and_bounce(time: np.ndarray, stride_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Left minus right ankle (odd harmonics) and hip height (even ones), pixels."""
    p = 2 * np.pi * stride_hz * time
    return 150 * np.cos(p) + 25 * np.cos(3 * p + 0.4), 20 * np.cos(2 * p + 1.0)


@pytest.mark.parametrize("stride_hz", [1.1, 1.4, 1.9])
@pytest.mark.parametrize("fps", [24, 60, 240])
def test_the_stride_frequency_is_found_without_octave_errors(stride_hz: float, fps: float) -> None:
    time = np.arange(0, 10, 1 / fps)
    swing, bounce = swing_and_bounce(time, stride_hz)
    noise = np.random.default_rng(0)
    found = track_phase(time, swing + noise.normal(0, 15, len(time)), bounce + noise.normal(0, 5, len(time)))
    assert 120 * found.frequency_hz == pytest.approx(120 * stride_hz, abs=0.6)  # steps/min
    assert found.strides == pytest.approx(stride_hz * time[-1], abs=0.15)
    assert found.clarity > 0.8


def test_slow_motion_keeps_its_own_frequency() -> None:
    time = np.arange(0, 40, 1 / 30)
    assert track_phase(time, *swing_and_bounce(time, 0.175)).frequency_hz == pytest.approx(0.175, rel=0.01)


def test_exchanged_labels_and_gaps_do_not_change_the_phase() -> None:
    time = np.arange(0, 10, 1 / 60)
    swing, bounce = swing_and_bounce(time, 1.4)
    rng = np.random.default_rng(1)
    swing[rng.random(len(time)) < 0.25] *= -1
    swing[100:130] = np.nan
    found = track_phase(time, swing, bounce)
    truth = 1.4 * time
    drift = found.phase - truth
    assert np.ptp(drift[20:-20]) < 0.1


def test_the_phase_of_a_runner_who_speeds_up_is_tracked() -> None:
    time = np.arange(0, 20, 1 / 60)
    truth = 1.35 * time + 0.5 * 0.006 * time**2
    p = 2 * np.pi * truth
    found = track_phase(time, 150 * np.cos(p), 20 * np.cos(2 * p))
    assert np.ptp((found.phase - truth)[30:-30]) < 0.03


@pytest.mark.parametrize("seconds", [0.3, 0.7])
def test_a_clip_too_short_for_a_rhythm_is_refused_with_what_to_film(seconds: float) -> None:
    time = np.arange(0, seconds, 1 / 60)
    with pytest.raises(RefusedError, match="film at least 10 s"):
        track_phase(time, *swing_and_bounce(time, 1.4))


def test_a_person_who_stands_still_is_refused() -> None:
    time = np.arange(0, 10, 1 / 60)
    rng = np.random.default_rng(0)
    with pytest.raises(RefusedError, match="no running rhythm"):
        track_phase(time, rng.normal(0, 3, len(time)), rng.normal(0, 3, len(time)))


def test_time_and_phase_are_inverse_also_outside_the_clip() -> None:
    phase = StridePhase(np.array([0.0, 1.0, 2.5]), np.array([5.0, 6.5, 8.5]), 1.4, 1.0)
    for at in (-0.5, 0.0, 0.7, 2.5, 3.0):
        assert float(phase.time_at(phase.phase_at(at))) == pytest.approx(at)
    assert float(phase.phase_at(3.5)) == pytest.approx(8.5 + 1.4)
    assert phase.strides == 3.5


def test_fold_recovers_a_waveform_through_outliers_and_gaps() -> None:
    rng = np.random.default_rng(2)
    phase = np.arange(0, 17, 1.4 / 60)
    truth = 3.0 + 10 * np.cos(2 * np.pi * phase) - 4 * np.sin(4 * np.pi * phase)
    values = truth + rng.normal(0, 0.5, len(phase))
    values[rng.random(len(phase)) < 0.1] += 30
    values[rng.random(len(phase)) < 0.1] = np.nan
    wave = fold(phase, values[:, None], harmonics=6)
    grid = np.linspace(0, 1, 50)
    expected = 3.0 + 10 * np.cos(2 * np.pi * grid) - 4 * np.sin(4 * np.pi * grid)
    np.testing.assert_allclose(wave(grid)[:, 0], expected, atol=0.4)
    assert wave.noise[0] == pytest.approx(0.5, rel=0.4)
    assert wave.samples[0] == np.isfinite(values).sum()


def test_channels_are_folded_as_if_each_were_alone() -> None:
    rng = np.random.default_rng(5)
    phase = np.sort(rng.uniform(0, 12, 400))
    values = np.cos(2 * np.pi * np.outer(phase, [1, 2, 3, 4])) + rng.normal(0, 0.2, (400, 4))
    values[rng.random((400, 4)) < 0.2] = np.nan
    values[25:, 2] = np.nan  # so few that only low harmonics are fitted
    together = fold(phase, values, harmonics=8)
    for channel in range(4):
        alone = fold(phase, values[:, [channel]], harmonics=8)
        np.testing.assert_allclose(together.coefficients[:, [channel]], alone.coefficients, atol=1e-9)
        np.testing.assert_allclose(together.noise[channel], alone.noise[0], rtol=1e-9)
    assert together.coefficients[6, 2] == 0 != together.coefficients[6, 3]


def test_fold_is_least_squares_with_weights_that_leave_outliers_out() -> None:
    rng = np.random.default_rng(6)
    phase, k = rng.uniform(0, 30, 500), np.r_[0:7, 1:7]
    values = 2 + np.sin(2 * np.pi * phase) + rng.standard_t(2, 500)
    basis, weight = harmonic_basis(phase, np.arange(1, 7)), np.ones(500)
    for _ in range(8):
        normal = (basis * weight[:, None]).T @ basis + np.diag(1e-3 * 500 * (k / 6) ** 4)
        expected = np.linalg.solve(normal, (basis * weight[:, None]).T @ values)
        residual = values - basis @ expected
        scale = 1.4826 * np.median(np.abs(residual))
        weight = np.where(np.abs(residual) < 4.7 * scale, (1 - (residual / (4.7 * scale)) ** 2) ** 2, 0) + 1e-6
    wave = fold(phase, values[:, None], harmonics=6)
    np.testing.assert_allclose(wave.coefficients[:, 0], expected, atol=1e-7)
    np.testing.assert_allclose(wave.noise[0], scale, rtol=1e-7)


def test_derivatives_are_per_stride() -> None:
    phase = np.linspace(0, 10, 600, endpoint=False)
    wave = fold(phase, np.sin(2 * np.pi * phase)[:, None], harmonics=3)
    assert wave(0.0, 1)[0, 0] == pytest.approx(2 * np.pi, rel=0.01)
    assert wave(0.25, 2)[0, 0] == pytest.approx(-4 * np.pi**2, rel=0.01)


def test_a_channel_with_too_few_samples_is_missing_rather_than_guessed() -> None:
    phase = np.linspace(0, 10, 600)
    values = np.full((600, 2), np.nan)
    values[:, 0] = np.cos(2 * np.pi * phase)
    values[:7, 1] = 1.0
    found = fold(phase, values, harmonics=4)(np.array([0.0]))
    assert found[0, 0] == pytest.approx(1.0, abs=0.02)
    assert np.isnan(found[0, 1])


def test_harmonic_basis_has_the_documented_columns() -> None:
    basis = harmonic_basis(np.array([0.0, 0.25]), np.array([1, 2]))
    np.testing.assert_allclose(basis, [[1, 1, 1, 0, 0], [1, 0, -1, 1, 0]], atol=1e-12)
