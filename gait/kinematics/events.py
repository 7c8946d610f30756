"""Initial contact and toe-off, between the frames.

The events are found on the mean stride of a clip (`gait.kinematics.phase`), where noise is small and sampling
dense, by several detectors that look at different parts of the body. Each detector's bias and spread were
measured against the force plate (``gait/knowledge/events.toml`` and the command that made it); they are combined by
inverse variance, a detector that contradicts the rest is left out, and what disagreement remains widens the
uncertainty. Each single step is then placed by how far its own signals run ahead of or behind the mean stride.

Deviations from the published detectors
---------------------------------------
1. Fellin 2010, Milner & Paquette 2015 and Handsaker 2016 work on single strides of marker data; here their signals
   are read off the mean stride, because pose landmarks are ten times noisier.
2. The foot reaching belt speed (side view) is no published rule. On a treadmill a foot that stands must move at belt
   speed, which is a condition on the ground contact itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

import numpy as np
import pandas as pd

from gait.errors import RefusedError
from gait.kinematics.camera import LEG, SHANK, THIGH, Camera, points
from gait.kinematics.clean import Cleaned, harmonics_for, low_pass
from gait.kinematics.phase import Array, Waveform, fold

Kind = Literal["contact", "off"]
#: Channels of the mean stride of one leg, each with x (forwards) and y (up).
CHANNELS = ("hip", "knee", "ankle", "heel", "toe", "body")
#: Thigh plus shank of a runner of 1.75 m, for velocity thresholds when the height is unknown. [E]
NOMINAL_LEG_M = 1.75 * (THIGH + SHANK)
GRID = 720
#: Detectors further from the rest than this many of their standard deviations are left out. [E]
REJECT = 2.5


@dataclass(frozen=True)
class MeanStride:
    """Mean movement of one leg over the stride, in metres (nominal scale where the height is unknown).

    ``wave`` has the channels of `CHANNELS`, x then y. ``frequency_hz`` is real time. ``belt_mps`` is the speed of the
    standing foot (side view), positive backwards. ``leg_m`` is thigh plus shank.
    ``belt_slope`` is the rise of the belt in the image per length forwards (camera roll, incline and perspective
    together); heights are measured from it. ``body`` is the middle of hips and
    shoulders, the shoulders alone from the front: there the thighs that swing towards the camera move the hip
    landmarks up and down.
    """

    wave: Waveform
    frequency_hz: float
    leg_m: float
    belt_mps: float | None = None
    belt_slope: float = 0.0
    source: str = "markers"

    def sample(self, name: str, axis: int, phase: Array | float, derivative: int = 0) -> Array:
        """Position (m), velocity (m/s) or acceleration (m/s²) of a channel at stride phases."""
        values = self.wave(phase, derivative)
        value = values[:, 2 * CHANNELS.index(name) + axis]
        if axis == 1:
            value = value - self.belt_slope * values[:, 2 * CHANNELS.index(name)]
        return value * self.frequency_hz**derivative

    def noise(self, name: str, axis: int, derivative: int) -> float:
        """Return the standard error of `sample`, from the scatter of the single frames about the mean."""
        channel = 2 * CHANNELS.index(name) + axis
        k = np.arange(1, self.wave.order + 1)
        power = float(np.sum((2 * np.pi * k * self.frequency_hz) ** (2 * derivative)))
        # Landmark errors of neighbouring frames go together: about half the frames count. [E]
        count = max(float(self.wave.samples[channel]) / 2, 1.0)
        return float(self.wave.noise[channel]) * float(np.sqrt(2 * power / count))


def mean_strides(cleaned: Cleaned, camera: Camera, *, time_factor: float = 1.0) -> dict[str, MeanStride]:
    """Fold both legs of a cleaned clip.

    Parameters
    ----------
    cleaned : Cleaned
    camera : Camera
    time_factor : float
        Real seconds per playback second (playback rate over capture rate).

    Returns
    -------
    dict
        ``"left"`` and ``"right"``.
    """
    scale = camera.m_per_px if camera.m_per_px is not None else NOMINAL_LEG_M / camera.leg_px
    time, phase = cleaned.phase.time, cleaned.phase
    observed = cleaned.pose.drop_vars("position").rename(observed="position")
    mid = points(cleaned.pose, "left_hip", "right_hip")
    seen = np.isfinite(mid[:, 0])
    filled = np.stack([np.interp(time, time[seen], mid[seen, c]) for c in range(2)], axis=1)
    drift = low_pass(time, filled, 0.35 * phase.frequency_hz)
    sign = np.array([camera.direction, -1.0])
    hips, shoulders = ["left_hip", "right_hip"], ["left_shoulder", "right_shoulder"]
    if shoulders[0] not in cleaned.pose.keypoint.values:
        body = hips
    else:
        body = shoulders if camera.view == "front" else hips + shoulders
    strides: dict[str, MeanStride] = {}
    for side in ("left", "right"):
        tracks = [f"{side}_hip", f"{side}_knee", f"{side}_ankle", f"{side}_heel", f"{side}_foot_index"]
        channels = [points(observed, name) for name in tracks] + [points(observed, *body)]
        values = np.concatenate([(c - drift) * sign * scale for c in channels], axis=1)
        wave = fold(phase.phase, values, harmonics=harmonics_for(phase.strides))
        strides[side] = MeanStride(
            wave,
            phase.frequency_hz / time_factor,
            scale * camera.leg_px,
            source=str(cleaned.pose.attrs.get("engine", "unknown")),
        )
    return strides


#: Phones and belts are level to about this much: roll, incline and perspective together, degrees. [E]
LEVEL_SD_DEG = 3.0


def belt_slope(stride: MeanStride, contact: float, off: float) -> float:
    """Slope of the belt in the image, from the path of the standing toe over 15–70 % of stance.

    Drawn towards level by how well the toe's path shows it.
    """
    source = source_of(stride.source)
    phase = (contact + np.linspace(0.15, 0.70, 56) * ((off - contact) % 1.0)) % 1.0
    slope = np.polyfit(stride.sample("toe", 0, phase), stride.sample("toe", 1, phase), 1)[0]
    trust = LEVEL_SD_DEG**2 / (LEVEL_SD_DEG**2 + source.toe_slope_sd_deg**2)
    return float(np.tan(trust * (np.arctan(slope) - np.radians(source.toe_slope_deg))))


def _wrap(phase: Array | float) -> Array:
    """Phase difference brought to −0.5 … 0.5."""
    return (np.asarray(phase) + 0.5) % 1.0 - 0.5


def _crossing(values: Array, level: float, rising: bool, near: float, window: float) -> float:
    """Phase nearest to ``near`` where a periodic signal on the grid crosses ``level``; NaN outside ±``window``."""
    above = values - level
    following = np.roll(above, -1)
    start = np.flatnonzero((above < 0) & (following >= 0) if rising else (above > 0) & (following <= 0))
    if len(start) == 0:
        return float("nan")
    at = (start + above[start] / (above[start] - following[start])) / len(values)
    offset = _wrap(at - near)
    best = int(np.argmin(np.abs(offset)))
    return near + float(offset[best]) if abs(offset[best]) <= window else float("nan")


def _extremum(values: Array, near: float, window: float) -> float:
    """Phase of the maximum within ±``window`` of ``near``, refined by a parabola; NaN at the window's edge."""
    n = len(values)
    inside = np.flatnonzero(np.abs(_wrap(np.arange(n) / n - near)) <= window)
    best = int(inside[np.argmax(values[inside])])
    before, here, after = values[best - 1], values[best], values[(best + 1) % n]
    if here < before or here < after:
        return float("nan")
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return near + float(_wrap((best + shift) / n - near))


@dataclass(frozen=True)
class Detector:
    """One way to see an event on the mean stride.

    ``find(stride, near)`` gives the phase of its feature near a first guess, or NaN. ``channel`` is (name, axis,
    derivative) of the signal that the feature is read from, for the noise of its time.
    """

    name: str
    kind: Kind
    needs_belt: bool
    channel: tuple[str, int, int]
    find: Callable[[MeanStride, float], float]


def _grid(stride: MeanStride, name: str, axis: int, derivative: int) -> Array:
    return stride.sample(name, axis, np.arange(GRID) / GRID, derivative)


def _belt_crossing(name: str, share: float) -> Callable[[MeanStride, float], float]:
    def find(stride: MeanStride, near: float) -> float:
        return _crossing(_grid(stride, name, 0, 1), -share * float(stride.belt_mps or 0.0), False, near, 0.12)

    return find


def _fastest(name: str, upwards: bool) -> Callable[[MeanStride, float], float]:
    def find(stride: MeanStride, near: float) -> float:
        return _extremum(_grid(stride, name, 1, 1) * (1 if upwards else -1), near, 0.16)

    return find


def _rises(name: str, share_of_leg: float) -> Callable[[MeanStride, float], float]:
    def find(stride: MeanStride, near: float) -> float:
        height = _grid(stride, name, 1, 0)
        # Lowest in the stance before: a window that followed the guess would let a late guess raise its own baseline.
        before = _wrap(np.arange(GRID) / GRID - near)
        lowest = float(height[(before > -0.35) & (before < -0.05)].min())
        return _crossing(height - lowest, share_of_leg * stride.leg_m, True, near, 0.12)

    return find


DETECTORS: tuple[Detector, ...] = (
    Detector("heel_at_belt_speed", "contact", True, ("heel", 0, 1), _belt_crossing("heel", 0.60)),
    Detector("ankle_at_belt_speed", "contact", True, ("ankle", 0, 1), _belt_crossing("ankle", 0.47)),
    Detector("toe_at_belt_speed", "contact", True, ("toe", 0, 1), _belt_crossing("toe", 0.52)),
    # Milner & Paquette 2015
    Detector("body_fastest_down", "contact", False, ("body", 1, 2), _fastest("body", upwards=False)),
    Detector("heel_risen", "off", True, ("heel", 1, 0), _rises("heel", 0.163)),
    Detector("ankle_risen", "off", True, ("ankle", 1, 0), _rises("ankle", 0.105)),
    Detector("toe_risen", "off", True, ("toe", 1, 0), _rises("toe", 0.023)),
    # The body's fastest rise is left out on purpose: its lateness depends so much on the duty factor (1.7 times the
    # time below body weight) that feeding the duty factor back would amplify errors fourfold.
)


def time_below_body_weight(stride_s: float, duty: float) -> float:
    """Time (s) between contact and the moment the ground carries the body's weight, for a half-sine ground force.

    The body falls fastest, and rises fastest, when the ground force equals its weight, not at contact and toe-off.
    With force F sin(πt/t_c) and its mean over the stride equal to body weight over both feet, F = π/(4 DF) body
    weights, so that t = t_c/π · asin(4 DF/π) [D]. Against the force plate this predicts 42/31/25 ms at
    2.5/3.5/4.5 m/s where 41/31/24 are measured.
    """
    return duty * stride_s / np.pi * float(np.arcsin(min(1.0, 4 * duty / np.pi)))


@dataclass(frozen=True)
class Calibration:
    """Lateness of a detector: ``bias_s + slope·(time below body weight − 35 ms)``, and the spread of what is left."""

    bias_s: float
    slope: float
    sd_s: float

    def lateness(self, stride_s: float, duty: float) -> float:
        """Seconds to subtract from the detector's time."""
        return self.bias_s + self.slope * (time_below_body_weight(stride_s, duty) - 0.035)


@dataclass(frozen=True)
class Source:
    """What a source of landmarks (pose engine or markers) adds to a detector calibrated on markers.

    Attributes
    ----------
    toe_slope_deg : float
        Slope that the standing toe's path shows on a level belt.
    toe_slope_sd_deg : float
        Its spread from runner to runner.
    extra_s, extra_sd_s : mapping
        Further lateness of each detector and its spread, seconds.
    """

    toe_slope_deg: float
    toe_slope_sd_deg: float
    extra_s: Mapping[str, float]
    extra_sd_s: Mapping[str, float]


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("gait.knowledge").joinpath("events.toml").read_text(encoding="utf-8"))


@cache
def _engines() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("gait.knowledge").joinpath("engines.toml").read_text(encoding="utf-8"))


@cache
def source_of(name: str) -> Source:
    """Load what is known of a source of landmarks; one that nobody has measured counts as exact but uncertain."""
    row = _engines()["source"].get(name, _engines()["source"]["unknown"])
    detectors = row.get("detector", {})
    return Source(
        row["toe_slope_deg"],
        row["toe_slope_sd_deg"],
        {d.name: detectors.get(d.name, {}).get("late_ms", 0.0) / 1e3 for d in DETECTORS},
        {d.name: detectors.get(d.name, {}).get("sd_ms", row["sd_ms"]) / 1e3 for d in DETECTORS},
    )


@cache
def calibrations(source: str = "markers") -> Mapping[str, Calibration]:
    """Load the detectors' calibrations for a source of landmarks, by name."""
    extra = source_of(source)
    return {
        name: Calibration(
            row["bias_ms"] / 1e3 + extra.extra_s[name],
            row["slope"],
            float(np.hypot(row["sd_ms"] / 1e3, extra.extra_sd_s[name])),
        )
        for name, row in _table()["detector"].items()
    }


def first_guess(stride: MeanStride, side_view: bool) -> tuple[float, float, float | None]:
    """Rough phases of contact and toe-off and, from the side, the belt speed (m/s).

    From the side, stance is where the foot moves backwards steadily; the belt speed is the median speed over 20–60 %
    of it. Otherwise the moments at which the body falls and rises fastest, shortly after contact and before toe-off.
    """
    grid = np.arange(GRID) / GRID
    if not side_view:
        speed = stride.sample("body", 1, grid, 1)
        both = speed[: GRID // 2] + speed[GRID // 2 :]
        down, up = int(np.argmin(both)), int(np.argmax(both))
        # The body falls fastest once a step; the leg that then stands is the one whose ankle is low.
        height = stride.sample("ankle", 1, grid)
        begin = min(down, down + GRID // 2, key=lambda i: height[i % GRID])
        return begin / GRID, (begin + (up - down) % (GRID // 2)) / GRID % 1.0, None
    velocity = np.mean([stride.sample(n, 0, grid, 1) for n in ("ankle", "heel", "toe")], axis=0)
    forwards = float(grid[np.argmax(velocity)])
    belt = float(-np.percentile(velocity, 12))
    contact = off = float("nan")
    for _ in range(4):
        after = (forwards + np.arange(GRID) / GRID) % 1.0
        ordered = np.interp(after, grid, velocity, period=1.0)
        standing = np.flatnonzero(ordered < -0.55 * belt)
        if len(standing) == 0:
            break
        leaving = np.flatnonzero(ordered[standing[0] :] > -0.45 * belt)
        if len(leaving) == 0:
            break
        begin, length = standing[0] / GRID, leaving[0] / GRID
        contact, off = (forwards + begin) % 1.0, (forwards + begin + length) % 1.0
        inside = np.interp((contact + np.linspace(0.2, 0.6, 60) * length) % 1.0, grid, velocity, period=1.0)
        belt = float(-np.median(inside))
    if not (np.isfinite(contact) and np.isfinite(off) and belt > 0.3):
        raise RefusedError("no stance phase found: the feet must be in the picture and the runner must run")
    return contact, off, belt


@dataclass(frozen=True)
class EventPhase:
    """Phase of one event of one leg on the mean stride, with its standard uncertainty in seconds of real time."""

    phase: float
    uncertainty_s: float
    detectors: Mapping[str, float]


def locate(
    stride: MeanStride, kind: Kind, near: float, duty: float, *, prior: tuple[float, float] | None = None
) -> EventPhase:
    """Combine the detectors of one event.

    Parameters
    ----------
    stride : MeanStride
        With ``belt_mps`` set when seen from the side.
    kind : {"contact", "off"}
    near : float
        First guess, phase.
    duty : float
        Duty factor as far as known; the detectors' lateness depends on it.
    prior : (float, float), optional
        Phase expected from the other leg, and its standard uncertainty in seconds; counts like a detector.

    Returns
    -------
    EventPhase
        ``detectors`` gives each one's corrected time relative to the combination, seconds.

    Raises
    ------
    RefusedError
        When no detector sees the event.
    """
    period = 1.0 / stride.frequency_hz
    names, offsets, sds = [], [], []
    for detector in DETECTORS:
        if detector.kind != kind or (detector.needs_belt and stride.belt_mps is None):
            continue
        calibration = calibrations(stride.source)[detector.name]
        lateness = calibration.lateness(period, duty)
        found = detector.find(stride, near + lateness / period)
        if not np.isfinite(found):
            continue
        name, axis, derivative = detector.channel
        slope = abs(float(stride.sample(name, axis, found, derivative + 1)[0]))
        noise = stride.noise(name, axis, derivative) / max(slope, 1e-6)
        names.append(detector.name)
        offsets.append(float(_wrap(found - near)) * period - lateness)
        sds.append(float(np.hypot(calibration.sd_s, noise)))
    if prior is not None:
        names.append("other_leg")
        offsets.append(float(_wrap(prior[0] - near)) * period)
        sds.append(prior[1])
    if not names:
        raise RefusedError(f"no {kind} found: the feet must be in the picture and not hidden")
    offset, sd = np.array(offsets), np.array(sds)
    keep = np.ones(len(offset), dtype=bool)
    while keep.sum() > 2:
        weight = np.where(keep, 1 / sd**2, 0.0)
        deviation = np.where(keep, np.abs(offset - np.median(offset[keep])) / sd, 0.0)
        worst = int(np.argmax(deviation))
        if deviation[worst] <= REJECT:
            break
        keep[worst] = False
    weight = np.where(keep, 1 / sd**2, 0.0)
    centre = float(np.sum(weight * offset) / weight.sum())
    inner = float(np.sqrt(1 / weight.sum()))
    scatter = float(np.sqrt(np.sum(weight * (offset - centre) ** 2) / weight.sum()))
    spread = dict(zip(names, (offset - centre).tolist(), strict=True))
    return EventPhase((near + centre / period) % 1.0, float(np.hypot(inner, scatter / np.sqrt(keep.sum()))), spread)


@dataclass(frozen=True)
class BodyCalibration:
    """Lateness of the body's fastest fall and rise: ``bias + per_interval·(h − 0.15 s) + per_stride·(T − 0.7 s)``.

    ``h`` is the time from the fastest fall to the fastest rise, ``T`` the stride time.
    """

    bias_s: float
    per_interval: float
    per_stride: float
    sd_s: float


@cache
def body_calibrations() -> Mapping[str, BodyCalibration]:
    """Load the calibrations for views that do not show the feet's travel, by kind of event."""
    return {
        kind: BodyCalibration(row["bias_ms"] / 1e3, row["per_interval"], row["per_stride"], row["sd_ms"] / 1e3)
        for kind, row in _table()["body"].items()
    }


def body_features(stride: MeanStride, contact: float, off: float) -> tuple[float, float]:
    """Phases at which the body falls and rises fastest, near the first guesses; NaN where there is no peak."""
    speed = _grid(stride, "body", 1, 1)
    return _extremum(-speed, contact, 0.12), _extremum(speed, off, 0.12)


def locate_from_body(stride: MeanStride, contact: float, off: float) -> dict[Kind, EventPhase]:
    """Locate contact and toe-off of one leg from the vertical movement of the body alone (rear and front view).

    From these views the detectors' dependence on the duty factor cannot be resolved without amplifying noise fourfold
    (the interval between fall and rise changes little with contact time); a regression on what is seen replaces it.
    """
    down, up = body_features(stride, contact, off)
    # No peak of this leg's own: the first guess, which is the mean of both legs' peaks, stands.
    down, up = (at if np.isfinite(at) else guess for at, guess in ((down, contact), (up, off)))
    period = 1 / stride.frequency_hz
    interval = float((up - down) % 1.0) * period
    result: dict[Kind, EventPhase] = {}
    kinds: tuple[tuple[Kind, float], ...] = (("contact", down), ("off", up))
    for kind, at in kinds:
        c = body_calibrations()[kind]
        lateness = c.bias_s + c.per_interval * (interval - 0.15) + c.per_stride * (period - 0.7)
        bend = abs(float(stride.sample("body", 1, at, 3)[0]))
        noise = stride.noise("body", 1, 2) / max(bend, 1e-6)
        result[kind] = EventPhase((at - lateness / period) % 1.0, float(np.hypot(c.sd_s, noise)), {})
    return result


#: Healthy legs differ by 8 ± 5 ms in contact time, and contacts halve the stride to about 10 ms (force-plate runners).
OTHER_LEG_SD_S = 0.010


def locate_both(
    strides: Mapping[str, MeanStride], guesses: Mapping[str, tuple[float, float, float | None]], camera: Camera
) -> dict[tuple[str, Kind], EventPhase]:
    """Locate the four events of the mean stride.

    Lateness of the detectors depends on the duty factor, which depends on the events: a fixed point, reached in a few
    rounds. In a side view the far leg, half hidden, leans on the near one.
    """
    located: dict[tuple[str, Kind], EventPhase] = {}
    kinds: tuple[Kind, Kind] = ("contact", "off")
    if camera.view != "side":
        for side, (contact, off, _) in guesses.items():
            for kind, event in locate_from_body(strides[side], contact, off).items():
                located[side, kind] = event
        return located
    order = ["right", "left"] if camera.near_side == "right" else ["left", "right"]
    for number, side in enumerate(order):
        contact, off, _ = guesses[side]
        lean = number == 1
        at: dict[Kind, float] = {"contact": contact, "off": off}
        duty = float((off - contact) % 1.0)
        for _ in range(8):
            for kind in kinds:
                prior = None
                if lean:
                    other = located[order[0], kind]
                    prior = (other.phase + 0.5, float(np.hypot(other.uncertainty_s, OTHER_LEG_SD_S)))
                located[side, kind] = locate(strides[side], kind, at[kind], duty, prior=prior)
                at[kind] = located[side, kind].phase
            updated = float(np.clip((at["off"] - at["contact"]) % 1.0, 0.15, 0.55))
            if abs(updated - duty) < 1e-4:
                break
            duty = 0.5 * (duty + updated)
    return located


def step_delays(
    cleaned: Cleaned, camera: Camera, side: str, event_phase: float, *, half_window: float = 0.11
) -> tuple[Array, Array]:
    """How much earlier or later than the mean stride each single event happens.

    Parameters
    ----------
    cleaned : Cleaned
    camera : Camera
    side : {"left", "right"}
    event_phase : float
        Phase of the event on the mean stride.
    half_window : float
        Part of the stride on either side that is compared.

    Returns
    -------
    (S,) strides
        Unwrapped mean-stride phase of every event inside the clip.
    (S,) strides
        Delay of each, already shrunk towards 0 by how well it can be seen.

    Notes
    -----
    One Newton step of least squares: the difference of a stride from the mean, projected on the mean's own time
    derivative. The variance of the estimates exceeds the natural variability by their error; the ratio of the two
    gives the shrinkage (empirical Bayes), so that a noisy clip falls back on the mean stride's rhythm.
    """
    phase = cleaned.phase
    first = np.ceil(phase.phase[0] - event_phase)
    last = np.floor(phase.phase[-1] - event_phase)
    numbers = np.arange(first, last + 1) + event_phase
    if len(numbers) == 0:
        return numbers, numbers
    observed = cleaned.pose.drop_vars("position").rename(observed="position")
    root = points(cleaned.pose, "left_hip", "right_hip")
    names = ("ankle", "heel") if camera.view == "side" else ("ankle", "knee")
    values = np.concatenate([points(observed, f"{side}_{n}") - root for n in names], axis=1)
    wave = fold(phase.phase, values, harmonics=harmonics_for(phase.strides))
    residual = values - wave(phase.phase)
    slope = wave(phase.phase, 1)
    delays, variances = np.zeros(len(numbers)), np.full(len(numbers), np.inf)
    for i, number in enumerate(numbers):
        near = np.abs(phase.phase - number) <= half_window
        r, g = residual[near] / wave.noise, slope[near] / wave.noise
        ok = np.isfinite(r) & (np.abs(r) < 5)
        if ok.sum() < 6:
            continue
        # A constant offset of the stride (standing further forward) is not a delay: fit it along.
        design = np.stack(
            [-g[ok]] + [np.broadcast_to(np.eye(r.shape[1])[c], r.shape)[ok] for c in range(r.shape[1])], 1
        )
        gram = design.T @ design + 1e-9 * np.eye(design.shape[1])
        solution = np.linalg.solve(gram, design.T @ r[ok])
        delays[i], variances[i] = solution[0], 2 * np.linalg.inv(gram)[0, 0]
    seen = np.isfinite(variances)
    if seen.sum() >= 4:
        total = float(np.var(delays[seen]))
        natural = max(total - float(np.median(variances[seen])), 0.0)
        delays = np.where(seen, delays * natural / (natural + np.where(seen, variances, 1.0) + 1e-12), 0.0)
        limit = 0.06
        delays = np.clip(delays - np.mean(delays[seen]) * seen, -limit, limit)
    else:
        delays[:] = 0.0
    return numbers, delays


def detect_events(
    cleaned: Cleaned, camera: Camera, *, time_factor: float = 1.0
) -> tuple[pd.DataFrame, dict[str, MeanStride]]:
    """Find every initial contact and toe-off.

    Parameters
    ----------
    cleaned : Cleaned
    camera : Camera
    time_factor : float
        Real seconds per playback second.

    Returns
    -------
    pandas.DataFrame
        Columns ``side`` ("left", "right"), ``kind`` ("contact", "off"), ``time_s`` (playback timeline),
        ``uncertainty_s`` (standard uncertainty, playback timeline); sorted by time; contacts of the two feet
        alternate and every contact is followed by its toe-off.
    dict
        The mean stride of each leg with its belt speed.

    Raises
    ------
    RefusedError
        No stance phase can be seen.
    """
    strides = mean_strides(cleaned, camera, time_factor=time_factor)
    side_view = camera.view == "side"
    guesses = {side: first_guess(stride, side_view) for side, stride in strides.items()}
    if side_view:
        near = camera.near_side or "left"
        contact, off, belt = guesses[near]
        slope = belt_slope(strides[near], contact, off)
        strides = {s: replace(m, belt_mps=belt, belt_slope=slope) for s, m in strides.items()}
    phase = cleaned.phase
    rows: list[tuple[str, str, float, float]] = []
    located = locate_both(strides, guesses, camera)
    for (side, kind), event in located.items():
        numbers, delays = step_delays(cleaned, camera, side, event.phase)
        jitter = float(np.std(delays)) / phase.frequency_hz if len(delays) else 0.0
        uncertainty = float(np.hypot(event.uncertainty_s / time_factor, max(0.003 / time_factor, 0.5 * jitter)))
        rows += [(side, kind, float(t), uncertainty) for t in phase.time_at(numbers + delays)]
    events = pd.DataFrame(rows, columns=["side", "kind", "time_s", "uncertainty_s"])
    inside = (events.time_s >= phase.time[0]) & (events.time_s <= phase.time[-1])
    return in_order(events[inside]), strides


def in_order(events: pd.DataFrame) -> pd.DataFrame:
    """Sort events and drop what breaks the order of running.

    Each leg alternates contact and toe-off; a second event of a kind without the other between is dropped.
    """
    events = events.sort_values("time_s", ignore_index=True)
    keep = np.ones(len(events), dtype=bool)
    for side in ("left", "right"):
        previous: str | None = None
        for i in events.index[events.side == side]:
            kind = str(events.kind[i])
            keep[i] = kind != previous
            previous = kind
    return events[keep].reset_index(drop=True)


def belt_leg_lengths_per_s(stride: MeanStride, camera: Camera) -> float | None:
    """Belt speed in leg lengths (hip to floor) per second, for checking the scale; ``None`` unless from the side."""
    if stride.belt_mps is None:
        return None
    scale = camera.m_per_px if camera.m_per_px is not None else NOMINAL_LEG_M / camera.leg_px
    return stride.belt_mps / (scale * camera.leg_px) * (THIGH + SHANK) / LEG
