"""What a whole mean stride says at once: where a foot lands and leaves, and what single landmarks say badly.

Single features of the stride (the foot at belt speed, the heel risen, the body falling fastest) are each late by an
amount that depends on the runner, and each is led astray by other faults of the landmarks. Here all of them count at
once: the mean stride of a leg, as a Fourier series about a first guess, goes through a linear map to the time that is
left between guess and event. The map is the best linear estimate (least mean square error) where strides vary as those
of runners recorded over a force plate do (Fukuchi 2017), and landmarks stray from the joints as the pose engine's do on
rendered runners: directions in which its errors are large count little. Nothing starts from a landmark in one frame.

The same way gives a leg's mean of metrics that rest on landmarks with large errors of their own (heel and toe, hip):
what the rest of the stride says of them counts too.

The maps are computed by ``python -m calibration.calibrate`` (`calibration.stride_fit`) and kept in
``gait/calibration/stride_model.npz``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np

from gait._typing import FloatArray
from gait.geometry.camera import LANDMARK_FAMILY, Camera
from gait.records import View
from gait.signal.mean_stride import CHANNELS, MeanStride

EventKind = Literal["contact", "toe_off"]
#: What is shown how: the near and the far leg of a side view, and any leg from behind or in front.
LegView = Literal["near", "far", "rear", "front"]
EVENT_KINDS: tuple[EventKind, EventKind] = ("contact", "toe_off")
LEG_VIEWS: tuple[LegView, ...] = ("near", "far", "rear", "front")
#: Harmonics of the stride that the model reads; more change nothing (0.1 ms).
HARMONICS = 6
#: Rounds of the second stage, and the share of each correction that is taken.
ROUNDS, SHARE = 4, 0.7
#: Landmarks that nobody has measured: events are off by this much more, s. [E]
UNKNOWN_SD_S = 0.010
#: Joints whose travel over the stride tells the legs apart.
_FEET = ("knee", "ankle", "heel", "toe")
#: What the landmarks of legs must show, or they do not follow the legs. Amplitudes of the fundamental of the ankle over
#: the stride, shares of the leg: rise 0.066 to 0.34 and travel 0.32 to 0.52 on the joints of force-plate runners, the
#: rise from behind down to a third of that by landmarks. Legs out of turn by less than this share of a stride. Scatter
#: of the better leg about its mean path, shares of the leg: 0.01 to 0.035 where the engine sees legs. [E]
LEAST_RISE: Mapping[View, float] = {"side": 0.05, "rear": 0.03, "front": 0.03}
LEAST_TRAVEL, OUT_OF_TURN, MOST_SCATTER = 0.28, 0.10, 0.045


@dataclass(frozen=True)
class EventPhase:
    """Phase of one event of one leg on the mean stride, with its standard uncertainty in seconds of real time."""

    phase: float
    uncertainty_s: float


def leg_view(camera: Camera, side: str) -> LegView:
    """Say how a leg is shown."""
    if camera.view == "side":
        return "near" if side == camera.near_side else "far"
    return camera.view


def _series(stride: MeanStride) -> FloatArray:
    """Fourier series in shares of the leg, (HARMONICS, channels) complex: the value at p is Re Σ z e^{2πikp}."""
    order = min(HARMONICS, stride.wave.order)
    made = np.zeros((HARMONICS, stride.wave.coefficients.shape[1]), dtype=complex)
    cos, sin = stride.wave.coefficients[1 : 1 + order], stride.wave.coefficients[1 + stride.wave.order :][:order]
    made[:order] = (cos - 1j * sin) / stride.leg_m
    return np.nan_to_num(made)


def features(stride: MeanStride, phase: float, view: View) -> FloatArray:
    """Describe the mean stride about a phase.

    Parameters
    ----------
    stride : MeanStride
    phase : float
    view : {"side", "rear", "front"}
        From behind and in front only heights are used.

    Returns
    -------
    (F,) array
        Harmonics turned to the phase, mean places relative to the hip (both in shares of the leg: the runner's height
        does not count), and the stride frequency, Hz.
    """
    columns = slice(None) if view == "side" else slice(1, None, 2)
    turn = np.exp(2j * np.pi * np.arange(1, HARMONICS + 1) * phase)
    turned = (_series(stride) * turn[:, None])[:, columns]
    mean = np.nan_to_num(stride.wave.coefficients[0]) / stride.leg_m
    steady = (mean - np.tile(mean[:2], len(CHANNELS)))[2:][columns]
    return np.concatenate([turned.real.ravel(), turned.imag.ravel(), steady, [stride.frequency_hz]])


def first_guess(strides: Mapping[str, MeanStride], view: View) -> dict[str, float]:
    """Give the phase at which each foot is farthest in front (side) or lowest, from the fundamental of both legs.

    Both legs share one answer, half a stride apart, so that a leg that is badly seen follows the other.
    """
    axis, sign = (0, 1.0) if view == "side" else (1, -1.0)
    columns = [2 * CHANNELS.index(name) + axis for name in _FEET]
    apart = (_series(strides["left"])[0] - _series(strides["right"])[0])[columns].sum()
    left = float(-np.angle(sign * apart) / (2 * np.pi))
    return {"left": left % 1.0, "right": (left + 0.5) % 1.0}


@dataclass(frozen=True)
class Line:
    """A linear map from features to a value: ``offset + weights · features − shift``.

    ``shift`` is what the pose engine adds to the value on average; with other landmarks it is left out.
    """

    weights: FloatArray
    offset: float
    shift: float

    def __call__(self, given: FloatArray, *, shifted: bool) -> float:
        """Give the time from the guess to the event, s, or a metric in its unit."""
        return self.offset + float(self.weights @ given) - self.shift * shifted


#: Metrics whose mean is read off the whole stride, from the side, and the event about which the stride is described.
STRIDE_METRICS: Mapping[str, EventKind] = {
    "overstride": "contact",
    "tibia_angle": "contact",
    "foot_strike_angle": "contact",
    "knee_flexion_contact": "contact",
    "knee_flexion_stance": "contact",
    "hip_extension": "toe_off",
}
#: How much the whole stride counts for such a mean beside the landmarks themselves. Landmarks alone err as much from
#: body to body as the whole stride does for an unusual form; foot strike cannot be read off heel and toe. [E]
BLEND_WEIGHT: Mapping[str, float] = {key: 1.0 if key == "foot_strike_angle" else 0.5 for key in STRIDE_METRICS}


@dataclass(frozen=True)
class StrideModel:
    """What was learned.

    Attributes
    ----------
    events : mapping
        By place and kind: a rough map from the first guess, and a fine one from the rough answer.
    sd_s : mapping
        How far events were off (root mean square) on runners not learned from, s.
    metrics : mapping
        By place and metric: the map from features about the metric's event to the leg's mean.
    landing : Line, optional
        From how the shoe lands in the picture to the time of contact, s (`gait.events.shoe_landing`).
    landing_sd_s : mapping
        How far contacts were off that picture and stride tell together, by place; as ``sd_s``.
    """

    events: Mapping[tuple[LegView, EventKind], tuple[Line, Line]]
    sd_s: Mapping[tuple[LegView, EventKind], float]
    metrics: Mapping[tuple[LegView, str], Line]
    landing: Line | None = None
    landing_sd_s: Mapping[LegView, float] = field(default_factory=dict)

    def locate(self, stride: MeanStride, guess: float, place: LegView, kind: EventKind) -> EventPhase:
        """Locate one event of one leg from its first guess."""
        rough, fine = self.events[place, kind]
        view, shifted = view_of(place), LANDMARK_FAMILY.get(stride.source) == "blazepose"
        at = guess + rough(features(stride, guess, view), shifted=shifted) * stride.frequency_hz
        for _ in range(ROUNDS):
            at += SHARE * fine(features(stride, at, view), shifted=shifted) * stride.frequency_hz
        sd = float(np.hypot(self.sd_s[place, kind], 0.0 if stride.source in LANDMARK_FAMILY else UNKNOWN_SD_S))
        return EventPhase(at % 1.0, sd)

    def mean_of(self, metric: str, stride: MeanStride, event: float, place: LegView) -> float | None:
        """Give a leg's mean of a metric, in its unit; ``None`` where it is not among `STRIDE_METRICS` of this place.

        ``event`` is the phase of the event that `STRIDE_METRICS` names.
        """
        line = self.metrics.get((place, metric))
        if line is None:
            return None
        return line(features(stride, event, view_of(place)), shifted=LANDMARK_FAMILY.get(stride.source) == "blazepose")


def view_of(place: LegView) -> View:
    """Give the view that shows a leg like this."""
    return "side" if place in ("near", "far") else place  # type: ignore[return-value]


def _to_arrays(name: str, line: Line) -> dict[str, FloatArray]:
    return {name: np.array([*line.weights, line.offset, line.shift], dtype=np.float32)}


def to_arrays(models: Mapping[str, StrideModel]) -> dict[str, FloatArray]:
    """Give models by name as arrays to be stored."""
    made: dict[str, FloatArray] = {}
    for name, model in models.items():
        for (place, kind), lines in model.events.items():
            made[f"{name}/{place}/{kind}/sd_s"] = np.array(model.sd_s[place, kind], dtype=np.float32)
            for number, line in enumerate(lines):
                made |= _to_arrays(f"{name}/{place}/{kind}/{number}", line)
        for (place, metric), line in model.metrics.items():
            made |= _to_arrays(f"{name}/{place}/{metric}", line)
        if model.landing is not None:
            made |= _to_arrays(f"{name}/landing", model.landing)
        for place, sd in model.landing_sd_s.items():
            made[f"{name}/{place}/landing/sd_s"] = np.array(sd, dtype=np.float32)
    return made


def _stored_line(stored: Mapping[str, FloatArray], name: str) -> Line:
    *weights, offset, shift = np.asarray(stored[name], dtype=float).tolist()
    return Line(np.array(weights), offset, shift)


@cache
def load_model(name: str = "all", path: Path | None = None) -> StrideModel:
    """Load a model: ``all``, or one that does not know everybody, for validation (`calibration.calibrate`).

    ``path`` is another file than the package's own.
    """
    source = path if path is not None else resources.files("gait.calibration").joinpath("stride_model.npz")
    with source.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        pairs = [(place, kind) for place in LEG_VIEWS for kind in EVENT_KINDS]
        sides: tuple[LegView, LegView] = ("near", "far")
        return StrideModel(
            events={
                (place, kind): (
                    _stored_line(stored, f"{name}/{place}/{kind}/0"),
                    _stored_line(stored, f"{name}/{place}/{kind}/1"),
                )
                for place, kind in pairs
            },
            sd_s={(place, kind): float(stored[f"{name}/{place}/{kind}/sd_s"]) for place, kind in pairs},
            metrics={
                (place, metric): _stored_line(stored, f"{name}/{place}/{metric}")
                for place in sides
                for metric in STRIDE_METRICS
            },
            landing=_stored_line(stored, f"{name}/landing") if f"{name}/landing" in stored else None,
            landing_sd_s={
                place: float(stored[key]) for place in sides if (key := f"{name}/{place}/landing/sd_s") in stored
            },
        )


_in_use: ContextVar[StrideModel | None] = ContextVar("stride_model", default=None)


@contextmanager
def using(model: StrideModel) -> Iterator[None]:
    """Use another model for a while: to validate on runners that it has not learned from."""
    token = _in_use.set(model)
    try:
        yield
    finally:
        _in_use.reset(token)


def model_in_use() -> StrideModel:
    """Give the model that `using` has chosen."""
    return _in_use.get() or load_model()


def locate_both(strides: Mapping[str, MeanStride], camera: Camera) -> dict[tuple[str, EventKind], EventPhase]:
    """Locate contact and toe-off of both legs on their mean strides.

    Each by itself: what the model errs by is mostly the same for both legs of a runner, so that averaging them would
    not help, but hide a limp.
    """
    guesses, model = first_guess(strides, camera.view), model_in_use()
    return {
        (side, kind): model.locate(stride, guesses[side], leg_view(camera, side), kind)
        for side, stride in strides.items()
        for kind in EVENT_KINDS
    }


def legs_followed(strides: Mapping[str, MeanStride], view: View) -> bool:
    """Say whether the landmarks of both legs do what running legs do: move in turn, far enough, and much the same."""
    x, y = (2 * CHANNELS.index("ankle") + axis for axis in (0, 1))
    first = [_series(strides[side])[0] for side in ("left", "right")]
    shown = x if view == "side" else y
    apart = float(np.angle(-first[0][shown] * np.conj(first[1][shown]))) / (2 * np.pi)
    followed = abs(apart) < OUT_OF_TURN and min(abs(z[y]) for z in first) > LEAST_RISE[view]
    if view != "side":
        return followed
    scatter = min(float(stride.wave.noise[x]) / stride.leg_m for stride in strides.values())
    return followed and min(abs(z[x]) for z in first) > LEAST_TRAVEL and scatter < MOST_SCATTER
