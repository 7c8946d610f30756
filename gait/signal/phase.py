"""The stride phase of a clip and waveforms locked to it.

Running is periodic with the stride. Everything that repeats can therefore be averaged over strides at equal
phase: noise falls with the square root of the number of strides, and because strides start at arbitrary moments
between frames, N strides sample the mean waveform about N times finer than the camera did.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.errors import RefusedError

#: Stride frequencies looked for, in Hz of playback time. Wide, because retimed slow motion must be found, not folded
#: into the plausible range; octave errors are excluded by the harmonic model, not by the range.
STRIDE_HZ = (0.10, 2.4)


@dataclass(frozen=True)
class StridePhase:
    """Phase of the stride cycle at every frame.

    Attributes
    ----------
    time : (T,) s
        Frame times, playback timeline.
    phase : (T,) strides
        Unwrapped, strictly increasing; 1 unit is one stride. The zero is arbitrary.
    frequency_hz : float
        Mean stride frequency on the playback timeline.
    clarity : float
        Share of the variance of the identifying signals that the harmonic model explains, 0..1.
    """

    time: FloatArray
    phase: FloatArray
    frequency_hz: float
    clarity: float

    @property
    def strides(self) -> float:
        """Strides covered by the clip."""
        return float(self.phase[-1] - self.phase[0])

    def time_at(self, phase: FloatArray | float) -> FloatArray:
        """Time (s) at which the given unwrapped phase is reached; linear beyond the ends."""
        period = 1.0 / self.frequency_hz
        query = np.asarray(phase, dtype=float)
        inside = np.interp(query, self.phase, self.time)
        before = self.time[0] + (query - self.phase[0]) * period
        after = self.time[-1] + (query - self.phase[-1]) * period
        return np.asarray(np.where(query < self.phase[0], before, np.where(query > self.phase[-1], after, inside)))

    def phase_at(self, time: FloatArray | float) -> FloatArray:
        """Unwrapped phase at the given times; linear beyond the ends."""
        query = np.asarray(time, dtype=float)
        inside = np.interp(query, self.time, self.phase)
        before = self.phase[0] + (query - self.time[0]) * self.frequency_hz
        after = self.phase[-1] + (query - self.time[-1]) * self.frequency_hz
        return np.asarray(np.where(query < self.time[0], before, np.where(query > self.time[-1], after, inside)))

    def mean_phase_at(self, times: FloatArray) -> float:
        """Circular mean (−0.5 … 0.5) of the stride phase at times (n,): where in the stride they lie."""
        return float(np.angle(np.mean(np.exp(2j * np.pi * self.phase_at(times)))) / (2 * np.pi))


def wrap(phase: FloatArray | float) -> FloatArray:
    """Bring phase differences (strides) to −0.5 … 0.5."""
    return np.asarray((np.asarray(phase) + 0.5) % 1.0 - 0.5)


def harmonic_basis(phase: FloatArray, harmonics: NDArray[np.int_]) -> FloatArray:
    """Columns 1, cos 2πkp, sin 2πkp for each k in ``harmonics``; shape (len(phase), 1 + 2·len(harmonics))."""
    angle = 2 * np.pi * np.outer(phase, harmonics)
    return np.concatenate([np.ones((len(phase), 1)), np.cos(angle), np.sin(angle)], axis=1)


def _explained(signal: FloatArray, basis: FloatArray) -> float:
    """Share of the signal's variance about its mean explained by a least-squares fit of ``basis``."""
    centred = signal - signal.mean()
    total = float(centred @ centred)
    if total <= 0:
        return 0.0
    coefficients, *_ = np.linalg.lstsq(basis, signal, rcond=None)
    residual = signal - basis @ coefficients
    return 1.0 - float(residual @ residual) / total


def _detrended(time: FloatArray, signal: FloatArray, width: float) -> FloatArray:
    """Signal minus its running mean over ``width`` seconds: drifting along the belt is no part of the cycle."""
    from scipy.ndimage import uniform_filter1d

    frames = max(3, round(width / float(np.median(np.diff(time)))))
    return signal - uniform_filter1d(signal, min(frames, len(signal)), mode="nearest")


def track_phase(time: FloatArray, antiphase: FloatArray, bounce: FloatArray) -> StridePhase:
    """Follow the stride phase through a clip.

    Parameters
    ----------
    time : (T,) s
        Frame times; need not be even.
    antiphase : (T,)
        A signal with opposite sign in the two halves of a stride, such as left minus right ankle position.
        Frames where left and right are exchanged do no harm while they are the minority.
    bounce : (T,)
        A signal that repeats with every step, such as the height of the hips.

    Returns
    -------
    StridePhase

    Raises
    ------
    RefusedError
        When no periodic motion is found: too short, or nobody runs.

    Notes
    -----
    The antiphase signal has odd harmonics of the stride only, the bounce even ones only. Fitting just those
    makes half and double the true frequency a bad fit, so that octave errors do not arise. The phase is that of both,
    weighed by how clear each is: from behind, feet are seen badly and the body's bounce well.
    """
    good = np.isfinite(antiphase) & np.isfinite(bounce)
    duration = float(time[-1] - time[0]) if len(time) > 1 else 0.0
    if good.sum() < 20 or duration < 0.8:
        raise RefusedError(
            f"only {duration:.1f} s with a visible runner ({int(good.sum())} frames): film at least 10 s, better 30 s"
        )
    t = time[good]
    swing = _detrended(t, antiphase[good], 3.0)
    hips = _detrended(t, bounce[good], 3.0)
    nyquist = 0.5 / float(np.median(np.diff(t)))
    # Coherence is lost when the cadence drifts, so the search looks at pieces of at most eight seconds.
    pieces = max(1, int(duration // 8))
    edges = np.linspace(t[0], t[-1] + 1e-9, pieces + 1)
    high = min(STRIDE_HZ[1], nyquist / 2)
    low = max(STRIDE_HZ[0], 0.8 / duration)
    grid = np.arange(low, high, 0.15 / min(duration, 8.0))
    score = np.zeros_like(grid)
    for start, stop in pairwise(edges):
        part = (t >= start) & (t < stop)
        if part.sum() < 12:
            continue
        for i, f in enumerate(grid):
            score[i] += _explained(swing[part], harmonic_basis(t[part] * f, np.array([1, 3])))
            score[i] += _explained(hips[part], harmonic_basis(t[part] * f, np.array([2]))) * 0.5
    best = int(np.argmax(score))
    frequency = float(grid[best])
    clarity = float(score[best]) / (1.5 * pieces)
    if clarity < 0.35:
        raise RefusedError(
            f"no running rhythm found (clarity {clarity:.2f}, at least 0.35 needed): "
            "film one runner, whole body, from a phone that stands still"
        )
    phase = _blended(
        _demodulate(time, t, swing, frequency),
        0.5 * _demodulate(time, t, hips, 2 * frequency),
        _quality(t * frequency, swing, np.array([1, 3])),
        # A bounce takes half as long as a stride: its phase is known twice as well.
        4 * _quality(t * frequency, hips, np.array([2])),
    )
    slope = np.polyfit(time, phase, 1)[0] if len(time) > 2 else frequency
    return StridePhase(time, phase, float(slope), clarity)


def _quality(phase: FloatArray, signal: FloatArray, harmonics: NDArray[np.int_]) -> float:
    """Power of the periodic part of a signal over that of the rest."""
    share = min(_explained(signal, harmonic_basis(phase, harmonics)), 0.999)
    return share / (1 - share)


def _blended(swing: FloatArray, bounce: FloatArray, swing_quality: float, bounce_quality: float) -> FloatArray:
    """Average the phases of both signals by their quality.

    The bounce leaves open which step of the stride it is, and when in the step it happens: both follow the swing.
    """
    lag = float(np.angle(np.mean(np.exp(4j * np.pi * (swing - bounce)))) / (4 * np.pi))
    bounce = bounce + lag
    bounce = bounce + 0.5 * np.round(2 * np.median(swing - bounce))
    share = bounce_quality / (swing_quality + bounce_quality)
    return np.maximum.accumulate((1 - share) * swing + share * bounce + 1e-9 * np.arange(len(swing)))


def _demodulate(time: FloatArray, t: FloatArray, signal: FloatArray, frequency: float) -> FloatArray:
    """Phase (strides) of ``signal`` at ``time`` by complex demodulation with a window of about one stride."""
    for sigma in (1.2 / frequency, 0.45 / frequency):
        carrier = signal * np.exp(-2j * np.pi * frequency * t)
        step = 0.05 / frequency
        centres = np.arange(time[0], time[-1] + step, step)
        first, last = np.searchsorted(t, centres - 3 * sigma, side="right"), np.searchsorted(t, centres + 3 * sigma)
        window = first[:, None] + np.arange(int((last - first).max()))
        inside = np.minimum(window, len(t) - 1)
        weight = np.exp(-0.5 * ((t[inside] - centres[:, None]) / sigma) ** 2) * (window < last[:, None])
        # Removing the mirror image at −f keeps the estimate straight near the ends of the clip: least squares with a
        # constant and the mirror image, solved by Cramer's rule.
        mirror = np.exp(-4j * np.pi * frequency * t)
        total, across = weight.sum(axis=1) + 1e-9, (weight * mirror[inside]).sum(axis=1)
        level = (weight * carrier[inside]).sum(axis=1)
        mirrored = (weight * (carrier * mirror.conj())[inside]).sum(axis=1)
        values = (level * total - across * mirrored) / (total**2 - np.abs(across) ** 2)
        angle = np.unwrap(np.angle(values)) / (2 * np.pi)
        phase = np.interp(time, centres, angle) + frequency * time
        # A second pass around the refined frequency: a wrong first guess would bend the phase.
        frequency = float(np.polyfit(time, phase, 1)[0])
    return np.maximum.accumulate(phase + 1e-9 * np.arange(len(phase)))


@dataclass(frozen=True)
class Waveform:
    """A periodic function of the stride phase: a Fourier series for each of C channels.

    Attributes
    ----------
    coefficients : (1 + 2K, C)
        In the order of `harmonic_basis`.
    noise : (C,)
        Robust standard deviation of the samples about the waveform.
    samples : (C,) int
        Samples used.
    """

    coefficients: FloatArray
    noise: FloatArray
    samples: NDArray[np.int_]

    @property
    def order(self) -> int:
        """Number of harmonics."""
        return int(self.coefficients.shape[0] - 1) // 2

    def __call__(self, phase: FloatArray | float, derivative: int = 0) -> FloatArray:
        """Evaluate at phases (P,); returns (P, C). Derivatives are with respect to phase, per stride."""
        p = np.atleast_1d(np.asarray(phase, dtype=float))
        k = np.arange(1, self.order + 1)
        cos, sin = self.coefficients[1 : self.order + 1], self.coefficients[self.order + 1 :]
        angle = 2 * np.pi * np.outer(p, k)
        scale = (2 * np.pi * k)[:, None] ** derivative
        turn = derivative * np.pi / 2
        value = np.cos(angle + turn) @ (cos * scale) + np.sin(angle + turn) @ (sin * scale)
        return np.asarray(value + self.coefficients[0] if derivative == 0 else value)


def fold(phase: FloatArray, values: FloatArray, *, harmonics: int, ridge: float = 1e-3) -> Waveform:
    """Fit the mean waveform of several channels over the stride cycle, robustly.

    Parameters
    ----------
    phase : (T,) strides
    values : (T, C)
        NaN marks missing samples, channel by channel.
    harmonics : int
        Highest harmonic of the stride frequency. Lowered where there are too few samples for it.
    ridge : float
        Penalty growing with the fourth power of the harmonic; keeps thinly sampled phases from ringing.

    Returns
    -------
    Waveform
        A channel with fewer than 8 samples is NaN throughout.

    Notes
    -----
    Iteratively reweighted least squares with Tukey's biweight (4.7 robust standard deviations).
    """
    values = np.asarray(values, dtype=float)
    channels = values.shape[1]
    coefficients = np.full((1 + 2 * harmonics, channels), np.nan)
    noise = np.full(channels, np.nan)
    samples = np.zeros(channels, dtype=int)
    full = harmonic_basis(phase, np.arange(1, harmonics + 1))
    k = np.concatenate([[0], np.arange(1, harmonics + 1), np.arange(1, harmonics + 1)]).astype(float)
    for c in range(channels):
        good = np.isfinite(values[:, c])
        samples[c] = int(good.sum())
        if samples[c] < 8:
            continue
        order = min(harmonics, max(1, (samples[c] - 2) // 4))
        keep = k <= order
        basis, y = full[good][:, keep], values[good, c]
        penalty = np.diag(ridge * len(y) * (k[keep] / max(harmonics, 1)) ** 4)
        weight = np.ones(len(y))
        solution = np.zeros(basis.shape[1])
        scale = 0.0
        for _ in range(8):
            gram = (basis * weight[:, None]).T @ basis + penalty
            solution = np.linalg.solve(gram, (basis * weight[:, None]).T @ y)
            residual = y - basis @ solution
            scale = 1.4826 * float(np.median(np.abs(residual))) + 1e-9
            ratio = np.clip(residual / (4.7 * scale), -1, 1)
            weight = (1 - ratio**2) ** 2 + 1e-6
        coefficients[keep, c] = solution
        coefficients[~keep, c] = 0.0
        noise[c] = scale
    return Waveform(coefficients, noise, samples)
