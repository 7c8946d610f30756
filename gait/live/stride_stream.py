"""One metric after every picture: rhythm and steps of the last seconds, tied to what the whole window gave.

A picture takes about a millisecond here. Rhythm and phase come from a least-squares fit of the two signals that
`gait.signal.phase` uses: ankles apart (odd harmonics of the stride) and the height of the hips (even ones). Where in
the stride the foot lands, and how far the keypoints of single pictures lie from the corrected ones, comes from the last
`gait.live.window_measurement.WindowMeasurement`. The value therefore has the metric's definition, and follows the
newest step.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from gait._typing import FloatArray
from gait.live.live_targets import LiveCamera, LiveTarget
from gait.live.window_measurement import WindowMeasurement
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS

#: Seconds that are kept, over which the rhythm is fitted, and over which the phase is. [E]
WINDOW_S, RHYTHM_S, PHASE_S = 8.0, 6.0, 2.5
#: Seconds of pictures that a rhythm needs. [E]
MIN_RHYTHM_S = 3.0
#: Steps of a side that are averaged, and how many a value needs. [E]
STEPS, MIN_STEPS = 6, 3
#: Share of a new window in the offset of single pictures. [E]
OFFSET_SHARE = 0.3
#: Variance of the rhythm over what white noise gives, as in `gait.events.detection`.
NOISE_CORRELATION = 2.0
#: Share of the ankles' variance that the rhythm must explain (`gait.signal.phase.MIN_CLARITY`).
MIN_CLARITY = 0.35
_ANKLES = tuple(BLAZEPOSE_KEYPOINTS.index(f"{side}_ankle") for side in ("left", "right"))
_HIPS = tuple(BLAZEPOSE_KEYPOINTS.index(f"{side}_hip") for side in ("left", "right"))


@dataclass(frozen=True)
class LiveEstimate:
    """The value after a picture.

    Attributes
    ----------
    value : float
        In the metric's unit.
    standard_error : float
        Of the mean over the last steps, without method error.
    half_width : float
        Of the 95 % interval, with the method error of the last window.
    cadence : float
        Steps/min.
    steps : int
        That were averaged; for cadence those of the window.
    """

    value: float
    standard_error: float
    half_width: float
    cadence: float
    steps: int


@dataclass(frozen=True)
class Rhythm:
    """Stride frequency and phase at the end of a window.

    Attributes
    ----------
    frequency_hz, standard_error_hz : float
    phase : float
        Of the ankles' first harmonic at ``time_s``, strides.
    time_s : float
    clarity : float
        Share of the ankles' variance that the rhythm explains.
    """

    frequency_hz: float
    standard_error_hz: float
    phase: float
    time_s: float
    clarity: float

    def phase_at(self, time_s: FloatArray) -> FloatArray:
        """Return the phase at given times.

        Parameters
        ----------
        time_s : (n,) float array

        Returns
        -------
        (n,) float array
            Strides.
        """
        return self.phase + (time_s - self.time_s) * self.frequency_hz


def fit_rhythm(time_s: FloatArray, antiphase: FloatArray, bounce: FloatArray, frequency_hz: float) -> Rhythm | None:
    """Fit the stride frequency and the phase of the newest picture.

    Parameters
    ----------
    time_s : (T,) float array
        s; uneven spacing is allowed.
    antiphase, bounce : (T,) float array
        As in `gait.signal.phase.track_phase`.
    frequency_hz : float
        First guess; may be off by a third of a stride over the window.

    Returns
    -------
    Rhythm or None
        ``None`` where there are too few pictures, or no rhythm near the guess.
    """
    good = np.isfinite(antiphase) & np.isfinite(bounce)
    t, swing, hips = time_s[good], antiphase[good], bounce[good]
    if len(t) < 20 or t[-1] - t[0] < MIN_RHYTHM_S:
        return None
    tau = t - t[-1]
    frequency, information = frequency_hz, 0.0
    for _round in range(4):
        gradient = 0.0
        information = 0.0
        for signal, harmonics in ((swing, (1, 3)), (hips, (2,))):
            residual, column = _linearised(tau, signal, frequency, harmonics)
            noise = float(residual @ residual) / max(len(t) - 8, 1)
            gradient += float(column @ residual) / noise
            information += float(column @ column) / noise
        frequency += gradient / information
        if not 0.5 * frequency_hz < frequency < 2 * frequency_hz:
            return None
    late = tau >= -PHASE_S
    basis = _basis(tau[late], frequency, (1, 3))
    coefficients, *_rest = np.linalg.lstsq(basis, swing[late], rcond=None)
    rest = swing[late] - basis @ coefficients
    clarity = 1 - float(rest @ rest) / max(float(np.var(swing[late])) * late.sum(), 1e-12)
    if clarity < MIN_CLARITY:
        return None
    phase = -float(np.arctan2(coefficients[3], coefficients[2])) / (2 * np.pi)
    return Rhythm(frequency, float(np.sqrt(NOISE_CORRELATION / information)), phase, float(t[-1]), clarity)


def _basis(tau: FloatArray, frequency: float, harmonics: tuple[int, ...]) -> FloatArray:
    """Constant, drift, and cosine and sine of each harmonic."""
    turns = [2 * np.pi * h * frequency * tau for h in harmonics]
    return np.stack([np.ones_like(tau), tau, *(f(turn) for turn in turns for f in (np.cos, np.sin))], axis=1)


def _linearised(
    tau: FloatArray, signal: FloatArray, frequency: float, harmonics: tuple[int, ...]
) -> tuple[FloatArray, FloatArray]:
    """Return what a rhythm leaves of a signal, and how its fit changes with the frequency."""
    basis = _basis(tau, frequency, harmonics)
    coefficients, *_rest = np.linalg.lstsq(basis, signal, rcond=None)
    column = np.zeros_like(tau)
    for place, harmonic in enumerate(harmonics):
        cosine, sine = coefficients[2 + 2 * place], coefficients[3 + 2 * place]
        turn = 2 * np.pi * harmonic * frequency * tau
        column += 2 * np.pi * harmonic * tau * (sine * np.cos(turn) - cosine * np.sin(turn))
    own, *_rest = np.linalg.lstsq(basis, column, rcond=None)
    return signal - basis @ coefficients, column - basis @ own


class StrideStream:
    """Pictures in, one value out.

    Parameters
    ----------
    target : LiveTarget
    """

    def __init__(self, target: LiveTarget) -> None:
        self._target = target
        self._time: deque[float] = deque()
        self._position: deque[FloatArray] = deque()
        self._window: WindowMeasurement | None = None
        self._rhythm: Rhythm | None = None
        self._contact_phase: dict[str, float] = {}
        self._offset: dict[str, float] = {}
        self._steps: dict[str, deque[tuple[float, float]]] = {s: deque(maxlen=STEPS) for s in ("left", "right")}

    def add(self, time_s: float, position: FloatArray | None) -> None:
        """Take the keypoints of the next picture.

        Parameters
        ----------
        time_s : float
            When it was taken, s. Pictures that come out of order are left out.
        position : (33, 2) float array or None
            Pixels; ``None`` where nobody was found.
        """
        if self._time and time_s <= self._time[-1]:
            return
        self._time.append(time_s)
        self._position.append(np.full((len(BLAZEPOSE_KEYPOINTS), 2), np.nan) if position is None else position)
        while self._time[0] < time_s - WINDOW_S:
            self._time.popleft()
            self._position.popleft()
        if self._window is not None and self._window.camera is not None and self._window.reason is None:
            self._follow()

    def use_window(self, window: WindowMeasurement) -> None:
        """Tie the stream to a window that was measured.

        Parameters
        ----------
        window : WindowMeasurement
        """
        if window.reason is not None or window.camera is None:
            self._window, self._rhythm = window, None
            return
        before = self._window
        if before is not None and before.camera is not None and before.camera.near_side != window.camera.near_side:
            self._offset.clear()
            for steps in self._steps.values():
                steps.clear()
        self._window, self._rhythm = window, None
        self._follow()
        self._tie(window)

    @property
    def reason(self) -> str | None:
        """Why there is no value, as the last window said."""
        return None if self._window is None else self._window.reason

    def estimate(self) -> LiveEstimate | None:
        """Return the value after the last picture.

        Returns
        -------
        LiveEstimate or None
            ``None`` before the first window, and where the rhythm is lost.
        """
        window, rhythm = self._window, self._rhythm
        if window is None or rhythm is None or self._time[-1] - rhythm.time_s > 1.0:
            return None
        cadence = 120 * rhythm.frequency_hz
        if self._target.signal is None:
            error = 120 * rhythm.standard_error_hz
            return LiveEstimate(cadence, error, max(window.half_width, 2 * error), cadence, window.steps)
        sides = {side: means for side in self._sides() if (means := self._mean(side)) is not None}
        if not sides:
            return None
        if self._target.legs == "largest":
            sides = dict([max(sides.items(), key=lambda item: item[1][0])])
        value = float(np.mean([mean for mean, _error, _n in sides.values()]))
        error = float(np.sqrt(np.sum([e**2 for _mean, e, _n in sides.values()]))) / len(sides)
        count = sum(n for _mean, _error, n in sides.values())
        return LiveEstimate(value, error, max(window.half_width, 2 * error), cadence, count)

    def _sides(self) -> tuple[str, ...]:
        near = None if self._window is None or self._window.camera is None else self._window.camera.near_side
        return (near,) if self._target.legs == "near" and near is not None else ("left", "right")

    def _mean(self, side: str) -> tuple[float, float, int] | None:
        offset = self._offset.get(side)
        recent = [value for at, value in self._steps[side] if at > self._time[-1] - WINDOW_S]
        if offset is None or len(recent) < MIN_STEPS:
            return None
        return float(np.mean(recent)) + offset, float(np.std(recent, ddof=1) / np.sqrt(len(recent))), len(recent)

    def _follow(self) -> None:
        """Fit the rhythm with the newest picture, and measure the steps that it completes."""
        assert self._window is not None
        assert self._window.camera is not None
        camera = self._window.camera
        guess = self._window.frequency_hz if self._rhythm is None else self._rhythm.frequency_hz
        time = np.array(self._time)
        recent = time >= time[-1] - RHYTHM_S
        position = np.array(self._position)
        axis = 0 if camera.view == "side" else 1
        ankles = position[recent][:, _ANKLES, axis]
        hips = position[recent][:, _HIPS, 1].mean(axis=1)
        fitted = fit_rhythm(time[recent], ankles[:, 0] - ankles[:, 1], hips, guess)
        if fitted is None:
            if self._rhythm is not None and time[-1] - self._rhythm.time_s > 1.0:
                self._rhythm = None
            return
        self._rhythm = fitted
        if self._target.signal is None:
            return
        for side, landing in self._contact_phase.items():
            late = self._samples()[-1] / fitted.frequency_hz
            at = time[-1] - late
            contact = at - float((fitted.phase_at(np.array([at]))[0] - landing) % 1.0) / fitted.frequency_hz
            steps = self._steps[side]
            if steps and contact < steps[-1][0] + 0.6 / fitted.frequency_hz:
                continue
            value = self._step_values(side, np.array([contact]), time, position, camera, fitted.frequency_hz)[0]
            if np.isfinite(value):
                steps.append((contact, float(value)))

    def _samples(self) -> FloatArray:
        """Where in the stride after contact a value is taken, strides."""
        stance = self._window.stance_share if self._window is not None else 0.0
        part = self._target.part
        return np.zeros(1) if part == "contact" else np.linspace(0, stance if part == "stance" else 1.0, 25)

    def _step_values(
        self, side: str, contact: FloatArray, time: FloatArray, position: FloatArray, camera: LiveCamera, rate: float
    ) -> FloatArray:
        assert self._target.signal is not None
        signal = self._target.signal(position, camera, side)
        at = contact[:, None] + self._samples() / rate
        values = np.interp(at, time, signal, left=np.nan, right=np.nan)
        return np.asarray(values.max(axis=1) if self._target.part == "stride" else values.mean(axis=1))

    def _tie(self, window: WindowMeasurement) -> None:
        """Learn at which phase the feet land, and how far single pictures are off."""
        rhythm = self._rhythm
        if rhythm is None or window.camera is None:
            return
        time, position = np.array(self._time), np.array(self._position)
        for side, contacts in window.contacts.items():
            near = contacts[contacts > rhythm.time_s - PHASE_S] if len(contacts) else contacts
            near = near if len(near) else contacts[-2:]
            if not len(near):
                continue
            turns = np.exp(2j * np.pi * rhythm.phase_at(near))
            self._contact_phase[side] = float(np.angle(turns.mean()) / (2 * np.pi))
            known = window.values.get(side, window.values.get("both"))
            if self._target.signal is None or known is None:
                continue
            raw = self._step_values(side, contacts, time, position, window.camera, rhythm.frequency_hz)
            raw = raw[np.isfinite(raw)]
            if not len(raw):
                continue
            if not self._steps[side]:
                inside = contacts[contacts > time[0]][-STEPS:]
                own = self._step_values(side, inside, time, position, window.camera, rhythm.frequency_hz)
                seen = np.isfinite(own)
                self._steps[side].extend(zip(inside[seen].tolist(), own[seen].tolist(), strict=True))
            offset = known - float(raw.mean())
            old = self._offset.get(side, offset)
            self._offset[side] = old + OFFSET_SHARE * (offset - old)
        if "both" in window.values and self._target.signal is not None:
            # One offset for the mean of both legs: each leg keeps its own difference.
            offsets = [self._offset[s] for s in self._sides() if s in self._offset]
            self._offset.update({s: float(np.mean(offsets)) for s in self._sides() if s in self._offset})
