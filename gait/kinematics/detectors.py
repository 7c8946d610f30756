"""Detectors of initial contact and toe-off on the mean stride, and how late each of them is.

Each detector's bias and spread were measured against the force plate (``gait/knowledge/events.toml`` and the command
that made it), and what a pose engine adds on rendered runners (``gait/knowledge/engines.toml``). `locate` combines them
by inverse variance; a detector that contradicts the rest is left out, and what disagreement remains widens the
uncertainty.

Deviations from the published detectors
---------------------------------------
1. Milner & Paquette 2015 works on single strides of marker data; here its signal is read off the mean stride, because
   pose landmarks are ten times noisier.
2. The foot reaching belt speed (side view) is no published rule. On a treadmill a foot that stands must move at belt
   speed, which is a condition on the ground contact itself.
3. Heel, ankle and toe risen by a fixed share of the leg (side view) is no published rule either. Against the force
   plate it varies less from runner to runner than peak knee extension (Fellin 2010), and a height needs no derivative.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import numpy as np

from gait.errors import RefusedError
from gait.kinematics.mean_stride import GRID, MeanStride
from gait.kinematics.phase import Array, wrap

Kind = Literal["contact", "off"]
#: Pose engine → the model behind it, whose landmarks were measured.
SOURCES: Mapping[str, str] = {"mediapipe": "blazepose", "litert": "blazepose"}
#: Detectors further from the rest than this many of their standard deviations are left out. [E]
REJECT = 2.5


def _crossing(values: Array, level: float, rising: bool, near: float, window: float) -> float:
    """Phase nearest to ``near`` where a periodic signal on the grid crosses ``level``; NaN outside ±``window``."""
    above = values - level
    following = np.roll(above, -1)
    start = np.flatnonzero((above < 0) & (following >= 0) if rising else (above > 0) & (following <= 0))
    if len(start) == 0:
        return float("nan")
    at = (start + above[start] / (above[start] - following[start])) / len(values)
    offset = wrap(at - near)
    best = int(np.argmin(np.abs(offset)))
    return near + float(offset[best]) if abs(offset[best]) <= window else float("nan")


def _extremum(values: Array, near: float, window: float) -> float:
    """Phase of the maximum within ±``window`` of ``near``, refined by a parabola; NaN at the window's edge."""
    n = len(values)
    inside = np.flatnonzero(np.abs(wrap(np.arange(n) / n - near)) <= window)
    best = int(inside[np.argmax(values[inside])])
    before, here, after = values[best - 1], values[best], values[(best + 1) % n]
    if here < before or here < after:
        return float("nan")
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return near + float(wrap((best + shift) / n - near))


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
        before = wrap(np.arange(GRID) / GRID - near)
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
    body_s, body_sd_s : mapping
        The same for contact and toe-off read off the body's rise and fall, from behind and in front.
    """

    toe_slope_deg: float
    toe_slope_sd_deg: float
    extra_s: Mapping[str, float]
    extra_sd_s: Mapping[str, float]
    body_s: Mapping[str, float]
    body_sd_s: Mapping[str, float]


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("gait.knowledge").joinpath("events.toml").read_text(encoding="utf-8"))


@cache
def _engines() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("gait.knowledge").joinpath("engines.toml").read_text(encoding="utf-8"))


@cache
def source_of(name: str) -> Source:
    """Load what is known of a source of landmarks; one that nobody has measured counts as exact but uncertain."""
    row = _engines()["source"].get(SOURCES.get(name, name), _engines()["source"]["unknown"])
    detectors, body = row.get("detector", {}), row.get("body", {})
    return Source(
        row["toe_slope_deg"],
        row["toe_slope_sd_deg"],
        {d.name: detectors.get(d.name, {}).get("late_ms", 0.0) / 1e3 for d in DETECTORS},
        {d.name: detectors.get(d.name, {}).get("sd_ms", row["sd_ms"]) / 1e3 for d in DETECTORS},
        {kind: body.get(kind, {}).get("late_ms", 0.0) / 1e3 for kind in ("contact", "off")},
        {kind: body.get(kind, {}).get("sd_ms", row["sd_ms"]) / 1e3 for kind in ("contact", "off")},
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


#: Phones and belts are level to about this much: roll, incline and perspective together, degrees. [E]
LEVEL_SD_DEG = 3.0


def belt_path_slope(stride: MeanStride, contact: float, off: float) -> float:
    """Slope of the standing toe's path over 15–70 % of stance."""
    phase = (contact + np.linspace(0.15, 0.70, 56) * ((off - contact) % 1.0)) % 1.0
    return float(np.polyfit(stride.sample("toe", 0, phase), stride.sample("toe", 1, phase), 1)[0])


def belt_slope(stride: MeanStride, contact: float, off: float) -> float:
    """Slope of the belt in the image, from the standing toe's path.

    Drawn towards level by how well the toe's path shows it.
    """
    source = source_of(stride.source)
    slope = belt_path_slope(stride, contact, off)
    trust = LEVEL_SD_DEG**2 / (LEVEL_SD_DEG**2 + source.toe_slope_sd_deg**2)
    return float(np.tan(trust * (np.arctan(slope) - np.radians(source.toe_slope_deg))))


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
        offsets.append(float(wrap(found - near)) * period - lateness)
        sds.append(float(np.hypot(calibration.sd_s, noise)))
    if not names and prior is None:
        raise RefusedError(f"no {kind} found: the feet must be in the picture and not hidden")
    if prior is not None:
        expected = float(wrap(prior[0] - near)) * period
        if names:
            centre, sd_own = _combined(np.array(offsets), np.array(sds))
            contradiction = abs(centre - expected) > REJECT * float(np.hypot(sd_own, prior[1]))
        if not names or contradiction:
            # A hidden leg whose landmarks say what no healthy pair of legs does: they are what is wrong.
            wide = prior[1] if not names else max(prior[1], 0.5 * abs(centre - expected))
            return EventPhase(prior[0] % 1.0, wide, {})
        names.append("other_leg")
        offsets.append(expected)
        sds.append(prior[1])
    centre, uncertainty = _combined(np.array(offsets), np.array(sds))
    spread = dict(zip(names, (np.array(offsets) - centre).tolist(), strict=True))
    return EventPhase((near + centre / period) % 1.0, uncertainty, spread)


def _combined(offset: Array, sd: Array) -> tuple[float, float]:
    """Mean by inverse variance without what contradicts the rest, and its standard uncertainty."""
    keep = np.ones(len(offset), dtype=bool)
    while keep.sum() > 2:
        deviation = np.where(keep, np.abs(offset - np.median(offset[keep])) / sd, 0.0)
        worst = int(np.argmax(deviation))
        if deviation[worst] <= REJECT:
            break
        keep[worst] = False
    weight = np.where(keep, 1 / sd**2, 0.0)
    centre = float(np.sum(weight * offset) / weight.sum())
    scatter = float(np.sqrt(np.sum(weight * (offset - centre) ** 2) / weight.sum()))
    return centre, float(np.hypot(np.sqrt(1 / weight.sum()), scatter / np.sqrt(keep.sum())))


@dataclass(frozen=True)
class BodyCalibration:
    """Lateness of the body's fastest fall and rise: ``bias + per_interval·(h − 0.15 s) + per_stride·(T − 0.7 s)``.

    ``h`` is the time from the fastest fall to the fastest rise, ``T`` the stride time.
    """

    bias_s: float
    per_interval: float
    per_stride: float
    sd_s: float

    def lateness(self, interval_s: float, period_s: float) -> float:
        """Seconds to subtract, for the time from fall to rise and the stride time."""
        return self.bias_s + self.per_interval * (interval_s - 0.15) + self.per_stride * (period_s - 0.7)


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
    source = source_of(stride.source)
    for kind, at in kinds:
        c = body_calibrations()[kind]
        lateness = c.lateness(interval, period) + source.body_s[kind]
        bend = abs(float(stride.sample("body", 1, at, 3)[0]))
        noise = stride.noise("body", 1, 2) / max(bend, 1e-6)
        spread = float(np.sqrt(c.sd_s**2 + noise**2 + source.body_sd_s[kind] ** 2))
        result[kind] = EventPhase((at - lateness / period) % 1.0, spread, {})
    return result
