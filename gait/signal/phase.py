"""The stride phase of a clip and waveforms locked to it.

Running repeats with the stride, so signals can be averaged over strides at equal phase. Noise falls with the square
root of the number of strides. Strides also start at arbitrary moments between frames: N strides sample the mean
waveform about N times more densely than the camera samples one stride.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gait._typing import BoolArray, FloatArray
from gait.display_language import _
from gait.display_units import number_text
from gait.errors import RefusedError
from gait.limit_text import missed_limit_text

#: Stride frequencies that are searched, Hz of playback time. The range is wide because slow motion must be found at its
#: own frequency, and a video that plays up to three times too fast. The harmonic model excludes octave errors, not the
#: range. [E]
STRIDE_RANGE_HZ = (0.10, 4.2)
#: Frames and seconds with a visible runner that a rhythm needs at least. [E]
MIN_FRAMES, MIN_DURATION_S = 20, 0.8
#: Frames of a segment in which a runner must be visible, or its phase is that of the rhythm. [E]
MIN_RUN_FRAMES = 12
#: Explained share of variance below which there is no running rhythm. [E]
MIN_CLARITY = 0.35
#: Longest piece over which one frequency is fitted, s: a longer fit loses coherence when the cadence drifts. [E]
MAX_PIECE_S = 8.0
#: Weight of the bounce's explained variance beside that of the antiphase signal. [E]
BOUNCE_WEIGHT = 0.5
#: Width of the running mean that removes drift along the belt, s. [E]
DETREND_S = 3.0
#: Median absolute residual → standard deviation of a normal distribution.
MAD_TO_SD = 1.4826
#: Tukey's biweight gives no weight to residuals beyond this many standard deviations (Holland and Welsch 1977: 4.685).
BIWEIGHT_SD = 4.7


@dataclass(frozen=True)
class StridePhase:
    """Phase of the stride cycle at every frame.

    Attributes
    ----------
    time : (T,) float array
        Frame times, s, playback timeline.
    phase : (T,) float array
        Strides, unwrapped and strictly increasing. The zero is arbitrary.
    frequency_hz : float
        Mean stride frequency on the playback timeline.
    clarity : float
        Share of the variance of both signals that the harmonic model explains, 0 to 1.
    starts : (n,) float array
        Where the frames continue after a gap (`gait.pose.dataset.window_starts`), s, playback timeline. The phase
        continues through a gap at the runner's rhythm; how many strides it lasted is a guess.
    """

    time: FloatArray
    phase: FloatArray
    frequency_hz: float
    clarity: float
    starts: FloatArray = field(default_factory=lambda: np.empty(0))

    @property
    def segments(self) -> list[slice]:
        """Frames without a gap between them, in order."""
        return segments(self.time, self.starts)

    @property
    def strides(self) -> float:
        """Strides that were seen: those of the gaps do not count."""
        return float(sum(self.phase[part.stop - 1] - self.phase[part.start] for part in self.segments))

    def in_segments(self, phase: FloatArray) -> BoolArray:
        """Say which phases were seen.

        Parameters
        ----------
        phase : (n,) float array
            Strides, unwrapped.

        Returns
        -------
        (n,) bool array
        """
        seen = np.zeros(len(phase), dtype=bool)
        for part in self.segments:
            seen |= (phase >= self.phase[part.start]) & (phase <= self.phase[part.stop - 1])
        return seen

    def time_at(self, phase: FloatArray | float) -> FloatArray:
        """Return the times at which a phase is reached.

        Parameters
        ----------
        phase : (...) float array or float
            Strides, unwrapped.

        Returns
        -------
        (...) float array
            s, playback timeline; extrapolated at the mean frequency outside the clip.
        """
        period = 1.0 / self.frequency_hz
        query = np.asarray(phase, dtype=float)
        inside = np.interp(query, self.phase, self.time)
        before = self.time[0] + (query - self.phase[0]) * period
        after = self.time[-1] + (query - self.phase[-1]) * period
        return np.asarray(np.where(query < self.phase[0], before, np.where(query > self.phase[-1], after, inside)))

    def phase_at(self, time: FloatArray | float) -> FloatArray:
        """Return the phase at given times.

        Parameters
        ----------
        time : (...) float array or float
            s, playback timeline.

        Returns
        -------
        (...) float array
            Strides, unwrapped; extrapolated at the mean frequency outside the clip.
        """
        query = np.asarray(time, dtype=float)
        inside = np.interp(query, self.time, self.phase)
        before = self.phase[0] + (query - self.time[0]) * self.frequency_hz
        after = self.phase[-1] + (query - self.time[-1]) * self.frequency_hz
        return np.asarray(np.where(query < self.time[0], before, np.where(query > self.time[-1], after, inside)))

    def mean_phase_at(self, times: FloatArray) -> float:
        """Return the circular mean of the stride phase at given times.

        Parameters
        ----------
        times : (n,) float array
            s, playback timeline.

        Returns
        -------
        float
            Strides, −0.5 to 0.5.
        """
        return float(np.angle(np.mean(np.exp(2j * np.pi * self.phase_at(times)))) / (2 * np.pi))


def segments(time: FloatArray, starts: FloatArray) -> list[slice]:
    """Split frames where there are gaps between them.

    Parameters
    ----------
    time : (T,) float array
        Frame times, s.
    starts : (n,) float array
        Where the frames continue after a gap, s.

    Returns
    -------
    list of slice
        None empty; one for all frames without a gap.
    """
    edges = np.unique(np.concatenate([[0], np.searchsorted(time, starts - 1e-6), [len(time)]]).astype(int))
    return [slice(int(start), int(stop)) for start, stop in pairwise(edges)]


def mean_rate(time: FloatArray, phase: FloatArray, starts: FloatArray) -> float:
    """Fit the stride frequency to phases: one slope for all segments, so that gaps do not count.

    Parameters
    ----------
    time : (T,) float array
        s, playback timeline.
    phase : (T,) float array
        Strides, unwrapped.
    starts : (n,) float array
        As in `StridePhase`.

    Returns
    -------
    float
        Hz, playback timeline.
    """
    parts = segments(time, starts)
    if len(parts) < 2:
        return float(np.polyfit(time, phase, 1)[0])
    own_time = np.concatenate([time[part] - time[part].mean() for part in parts])
    own_phase = np.concatenate([phase[part] - phase[part].mean() for part in parts])
    return float(own_time @ own_phase / (own_time @ own_time))


def wrap(phase: FloatArray | float) -> FloatArray:
    """Wrap phase differences.

    Parameters
    ----------
    phase : (...) float array or float
        Strides.

    Returns
    -------
    (...) float array
        Strides, −0.5 to 0.5.
    """
    return np.asarray((np.asarray(phase) + 0.5) % 1.0 - 0.5)


def harmonic_basis(phase: FloatArray, harmonics: NDArray[np.int_]) -> FloatArray:
    """Evaluate the Fourier basis at given phases.

    Parameters
    ----------
    phase : (T,) float array
        Strides.
    harmonics : (K,) int array
        Multiples of the stride frequency.

    Returns
    -------
    (T, 1 + 2K) float array
        Columns: 1, then cos 2πkp for each harmonic k, then sin 2πkp.
    """
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


def _explained_at(
    frequencies: FloatArray, time: FloatArray, signal: FloatArray, harmonics: tuple[int, ...]
) -> FloatArray:
    """Share of the signal's variance that harmonics of each of many frequencies (Hz) explain."""
    centred = signal - signal.mean()
    total = float(centred @ centred)
    if total <= 0:
        return np.zeros(len(frequencies))
    # Times about their middle keep the columns of a slow frequency apart.
    turn = np.exp(2j * np.pi * np.outer(frequencies, time - 0.5 * (time[0] + time[-1])))
    waves = [turn**harmonic for harmonic in harmonics]
    basis = np.stack([np.ones(turn.shape), *(w.real for w in waves), *(w.imag for w in waves)], axis=2)
    orthogonal, _ = np.linalg.qr(basis)
    along = orthogonal.transpose(0, 2, 1) @ centred
    return np.asarray((along**2).sum(axis=1) / total)


def _detrended(time: FloatArray, signal: FloatArray, width: float) -> FloatArray:
    """Return the signal minus its running mean over ``width`` seconds, which removes drift along the belt."""
    from scipy.ndimage import uniform_filter1d  # slow to import

    frames = max(3, round(width / float(np.median(np.diff(time)))))
    return signal - uniform_filter1d(signal, min(frames, len(signal)), mode="nearest")


def track_phase(
    time: FloatArray, antiphase: FloatArray, bounce: FloatArray, *, starts: FloatArray | None = None
) -> StridePhase:
    """Track the stride phase through a clip.

    Parameters
    ----------
    time : (T,) float array
        Frame times, s; uneven spacing is allowed.
    antiphase : (T,) float array
        A signal with opposite signs in the two halves of a stride, such as left minus right ankle position, in any
        unit; NaN where unknown. Exchanged left and right labels do no harm in a minority of frames.
    bounce : (T,) float array
        A signal that repeats with every step, such as the height of the hips, in any unit; NaN where unknown.
    starts : (n,) float array, optional
        Where the frames continue after a gap, s.

    Returns
    -------
    StridePhase

    Raises
    ------
    RefusedError
        There is no periodic motion: the clip is too short, or nobody runs.

    Notes
    -----
    The antiphase signal has only odd harmonics of the stride, the bounce only even ones. Fitting just those makes
    half and double the true frequency fit badly, which prevents octave errors. The phase is the mean of both signals'
    phases, weighted by how clear each is: in a rear view the feet are hard to see, but the bounce is clear.
    """
    good = np.isfinite(antiphase) & np.isfinite(bounce)
    starts = np.empty(0) if starts is None else starts
    parts = segments(time, starts)
    duration = float(sum(time[part.stop - 1] - time[part.start] for part in parts)) if len(time) > 1 else 0.0
    if good.sum() < MIN_FRAMES or duration < MIN_DURATION_S:
        count = int(good.sum())
        if count < MIN_FRAMES:
            text = _(
                "a runner is visible in only {count} frames of {time} s, at least {least} are needed: film at least "
                "10 s, better 30 s"
            )
            seen = text.format(count=count, time=number_text(duration, 1), least=MIN_FRAMES)
        else:
            seconds, least = missed_limit_text(duration, MIN_DURATION_S)
            text = _(
                "only {time} s with a visible runner, at least {least} s are needed: film at least 10 s, better 30 s"
            )
            seen = text.format(time=seconds, least=least)
        raise RefusedError(seen)
    t = time[good]
    # Runs of frames with a visible runner, and the frames whose phase each gives.
    runs = [part for part in segments(t, starts) if part.stop - part.start >= MIN_RUN_FRAMES]
    if not runs:
        runs = [slice(0, len(t))]
    swing, hips = antiphase[good].copy(), bounce[good].copy()
    for run in runs:
        swing[run] = _detrended(t[run], swing[run], DETREND_S)
        hips[run] = _detrended(t[run], hips[run], DETREND_S)
    nyquist = 0.5 / float(np.median(np.diff(t)))
    spans: list[tuple[float, float]] = []
    for run in runs:
        run_s = float(t[run.stop - 1] - t[run.start]) if len(parts) > 1 else duration
        edges = np.linspace(t[run.start], t[run.stop - 1] + 1e-9, max(1, int(run_s // MAX_PIECE_S)) + 1)
        spans += list(pairwise(edges.tolist()))
    pieces = len(spans)
    high = min(STRIDE_RANGE_HZ[1], nyquist / 2)
    low = max(STRIDE_RANGE_HZ[0], 0.8 / duration)
    grid = np.arange(low, high, 0.15 / min(duration, MAX_PIECE_S))
    score = np.zeros_like(grid)
    for start, stop in spans:
        part = (t >= start) & (t < stop)
        if part.sum() < 12:
            continue
        score += _explained_at(grid, t[part], swing[part], (1, 3))
        score += _explained_at(grid, t[part], hips[part], (2,)) * BOUNCE_WEIGHT
    best = int(np.argmax(score))
    frequency = float(grid[best])
    clarity = float(score[best]) / ((1 + BOUNCE_WEIGHT) * pieces)
    if clarity < MIN_CLARITY:
        found, least = missed_limit_text(clarity, MIN_CLARITY, 2)
        raise RefusedError(
            _(
                "no running rhythm found (clarity {clarity}, at least {least} needed): film one runner, whole body, "
                "from a phone that stands still"
            ).format(clarity=found, least=least)
        )
    if len(parts) > 1:
        return _track_segments(time, t, swing, hips, frequency, clarity, starts)
    phase = _blended(
        _demodulate(time, t, swing, frequency),
        0.5 * _demodulate(time, t, hips, 2 * frequency),
        _quality(t * frequency, swing, np.array([1, 3])),
        # A bounce takes half a stride, so an equal phase error is half as large in strides.
        4 * _quality(t * frequency, hips, np.array([2])),
    )
    slope = np.polyfit(time, phase, 1)[0] if len(time) > 2 else frequency
    return StridePhase(time, phase, float(slope), clarity)


def _track_segments(
    time: FloatArray,
    t: FloatArray,
    swing: FloatArray,
    hips: FloatArray,
    frequency: float,
    clarity: float,
    starts: FloatArray,
) -> StridePhase:
    """Track the phase in each segment for itself, and continue it through the gaps by whole strides."""
    frames = {part.start: part for part in segments(time, starts)}
    seen = {}
    for part in frames.values():
        inside = (t >= time[part.start] - 1e-9) & (t <= time[part.stop - 1] + 1e-9)
        if inside.sum() >= MIN_RUN_FRAMES:
            seen[part.start] = inside
    swings = {at: _demodulate(time[frames[at]], t[own], swing[own], frequency) for at, own in seen.items()}
    bounces = {at: 0.5 * _demodulate(time[frames[at]], t[own], hips[own], 2 * frequency) for at, own in seen.items()}
    qualities = []
    for signal, harmonics in ((swing, np.array([1, 3])), (hips, np.array([2]))):
        each = [(float(own.sum()), _quality(t[own] * frequency, signal[own], harmonics)) for own in seen.values()]
        qualities.append(float(np.average([q for _, q in each], weights=[n for n, _ in each])))
    # The lag between both signals is the runner's: one for all segments.
    apart = np.concatenate([swings[at] - bounces[at] for at in seen])
    lag = float(np.angle(np.mean(np.exp(4j * np.pi * apart))) / (4 * np.pi))
    phase = np.full(len(time), np.nan)
    for at in seen:
        phase[frames[at]] = _blended(swings[at], bounces[at], qualities[0], 4 * qualities[1], lag=lag)
    known = np.flatnonzero(np.isfinite(phase))
    rate = mean_rate(time[known], phase[known], starts)
    before: int | None = None
    for at, part in frames.items():
        if at not in seen:
            continue
        if before is not None:
            waited = (time[part.start] - time[before]) * rate
            phase[part] += np.round(phase[before] + waited - phase[part.start])
        before = part.stop - 1
    first, last = int(known[0]), int(known[-1])
    phase = np.interp(time, time[known], phase[known])
    phase[:first] += (time[:first] - time[first]) * rate
    phase[last + 1 :] += (time[last + 1 :] - time[last]) * rate
    return StridePhase(time, np.maximum.accumulate(phase + 1e-9 * np.arange(len(phase))), rate, clarity, starts)


def _quality(phase: FloatArray, signal: FloatArray, harmonics: NDArray[np.int_]) -> float:
    """Return the power of the periodic part of a signal over that of the rest."""
    share = min(_explained(signal, harmonic_basis(phase, harmonics)), 0.999)
    return share / (1 - share)


def _blended(
    swing: FloatArray, bounce: FloatArray, swing_quality: float, bounce_quality: float, *, lag: float | None = None
) -> FloatArray:
    """Average the phases of both signals, weighted by quality.

    The bounce alone does not determine which step of the stride it belongs to, nor its lag: the swing decides both.
    """
    if lag is None:
        lag = float(np.angle(np.mean(np.exp(4j * np.pi * (swing - bounce)))) / (4 * np.pi))
    bounce = bounce + lag
    bounce = bounce + 0.5 * np.round(2 * np.median(swing - bounce))
    share = bounce_quality / (swing_quality + bounce_quality)
    return np.maximum.accumulate((1 - share) * swing + share * bounce + 1e-9 * np.arange(len(swing)))


def _demodulate(time: FloatArray, t: FloatArray, signal: FloatArray, frequency: float) -> FloatArray:
    """Return the phase (strides) of ``signal`` at ``time`` by complex demodulation over about one stride."""
    for sigma in (1.2 / frequency, 0.45 / frequency):
        carrier = signal * np.exp(-2j * np.pi * frequency * t)
        step = 0.05 / frequency
        centres = np.arange(time[0], time[-1] + step, step)
        first, last = np.searchsorted(t, centres - 3 * sigma, side="right"), np.searchsorted(t, centres + 3 * sigma)
        window = first[:, None] + np.arange(int((last - first).max()))
        inside = np.minimum(window, len(t) - 1)
        weight = np.exp(-0.5 * ((t[inside] - centres[:, None]) / sigma) ** 2) * (window < last[:, None])
        # The mirror image at −f bends the estimate near the ends of the clip. Least squares with a constant and the
        # mirror image, solved by Cramer's rule, removes it.
        mirror = np.exp(-4j * np.pi * frequency * t)
        total, across = weight.sum(axis=1) + 1e-9, (weight * mirror[inside]).sum(axis=1)
        level = (weight * carrier[inside]).sum(axis=1)
        mirrored = (weight * (carrier * mirror.conj())[inside]).sum(axis=1)
        values = (level * total - across * mirrored) / (total**2 - np.abs(across) ** 2)
        angle = np.unwrap(np.angle(values)) / (2 * np.pi)
        phase = np.interp(time, centres, angle) + frequency * time
        # The second pass uses the refined frequency: a wrong first guess bends the phase.
        frequency = float(np.polyfit(time, phase, 1)[0])
    return np.maximum.accumulate(phase + 1e-9 * np.arange(len(phase)))


@dataclass(frozen=True)
class Waveform:
    """A periodic function of the stride phase: a Fourier series for each of C channels.

    Attributes
    ----------
    coefficients : (1 + 2K, C) float array
        In the order of `harmonic_basis`, in the unit of the channels.
    noise : (C,) float array
        Robust standard deviation of the samples about the waveform, in the unit of the channels.
    samples : (C,) int array
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
        """Evaluate at phases (P,), giving (P, C); derivatives are with respect to the phase in strides."""
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
    phase : (T,) float array
        Strides.
    values : (T, C) float array
        Samples in any unit; NaN where missing, channel by channel.
    harmonics : int
        Highest harmonic of the stride frequency. Lowered where there are too few samples for it.
    ridge : float
        Penalty that grows with the fourth power of the harmonic and prevents ringing in sparsely sampled phases.

    Returns
    -------
    Waveform
        A channel with fewer than 8 samples is NaN throughout.

    Notes
    -----
    Iteratively reweighted least squares with Tukey's biweight. The scale is the median absolute residual about the
    fit (not about the residuals' median, which ``scipy.stats.median_abs_deviation`` uses).
    """
    values = np.asarray(values, dtype=float)
    coefficients = np.full((1 + 2 * harmonics, values.shape[1]), np.nan)
    noise = np.full(values.shape[1], np.nan)
    seen = np.isfinite(values).T
    samples = seen.sum(axis=1)
    orders = np.minimum(harmonics, np.maximum(1, (samples - 2) // 4))
    # The products of two of the basis are sums of harmonics up to twice as high.
    waves = harmonic_basis(phase, np.arange(1, 2 * harmonics + 1))
    cosines, sines = waves[:, : 2 * harmonics + 1], waves[:, 2 * harmonics + 1 :]
    enough = samples >= 8
    for order in np.unique(orders[enough]).tolist():
        members = np.flatnonzero(enough & (orders == order))
        k = np.r_[0 : order + 1, 1 : order + 1]
        fitted, noise[members] = _robust_fit(
            cosines[:, : 2 * order + 1],
            sines[:, : 2 * order],
            np.where(seen, values.T, 0.0)[members],
            seen[members],
            ridge * samples[members, None] * (k / max(harmonics, 1)) ** 4,
        )
        coefficients[:, members] = 0.0
        coefficients[np.ix_(np.where(np.arange(2 * order + 1) > order, k + harmonics, k), members)] = fitted.T
    return Waveform(coefficients, noise, samples)


def _robust_fit(
    cosines: FloatArray, sines: FloatArray, values: FloatArray, seen: BoolArray, penalty: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Fit each of C channels as :func:`fold` does, with K harmonics.

    Parameters
    ----------
    cosines, sines : (T, 1 + 2K) and (T, 2K) float array
        Of harmonics 0 to 2K, and 1 to 2K.
    values : (C, T) float array
        0 where nothing was seen.
    seen : (C, T) bool array
    penalty : (C, 1 + 2K) float array

    Returns
    -------
    coefficients : (C, 1 + 2K) float array
    scales : (C,) float array
    """
    order = sines.shape[1] // 2
    basis = np.concatenate([cosines[:, : order + 1], sines[:, :order]], axis=1)
    channel, term = np.arange(len(values)), np.arange(1 + 2 * order)
    count = seen.sum(axis=1)
    all_seen = bool(seen.all())
    weight = seen.astype(float)
    solution, scale = np.zeros((len(values), len(term))), np.zeros(len(values))
    for _round in range(8):
        normal = _products(weight @ cosines, weight @ sines)
        normal[:, term, term] += penalty
        solution = np.linalg.solve(normal, ((weight * values) @ basis)[:, :, None])[:, :, 0]
        residual = values - solution @ basis.T
        size = np.abs(residual)
        if not all_seen:
            size[~seen] = np.inf
        size.sort(axis=1)
        median = 0.5 * (size[channel, (count - 1) // 2] + size[channel, count // 2])
        scale = MAD_TO_SD * median + 1e-9
        ratio = np.clip(residual / (BIWEIGHT_SD * scale[:, None]), -1, 1)
        weight = (1 - ratio**2) ** 2 + 1e-6
        if not all_seen:
            weight *= seen
    return solution, scale


def _products(cosines: FloatArray, sines: FloatArray) -> FloatArray:
    """Sum the products of every two functions of a basis from sums of waves: 2 cos a cos b = cos(a − b) + cos(a + b).

    Parameters
    ----------
    cosines, sines : (C, 1 + 2K) and (C, 2K) float array
        Weighted sums over the samples, for each of C channels: of harmonics 0 to 2K, and 1 to 2K.

    Returns
    -------
    (C, 1 + 2K, 1 + 2K) float array
        In the order of `harmonic_basis`.
    """
    order = sines.shape[1] // 2
    k = np.arange(order + 1)
    apart, together = k[:, None] - k, k[:, None] + k
    sines = np.concatenate([np.zeros((len(sines), 1)), sines], axis=1)
    difference, total = cosines[:, np.abs(apart)], cosines[:, together]
    mixed = (sines[:, together] + np.sign(apart) * sines[:, np.abs(apart)])[:, 1:]
    twice = np.empty((len(cosines), 1 + 2 * order, 1 + 2 * order))
    twice[:, : order + 1, : order + 1] = total + difference
    twice[:, order + 1 :, order + 1 :] = (difference - total)[:, 1:, 1:]
    twice[:, order + 1 :, : order + 1] = mixed
    twice[:, : order + 1, order + 1 :] = mixed.transpose(0, 2, 1)
    return 0.5 * twice
