"""Events read off the whole mean stride of a leg by linear maps.

Single features of the stride (the foot at belt speed, the heel rising, the body falling fastest) are each late by an
amount that depends on the runner, and each suffers from different keypoint errors. Here all of them count at once. The
mean stride of a leg, as a Fourier series about a first guess, goes through a linear map to the time between guess and
event. The map is the best linear estimate (least mean square error) for strides that vary as those recorded over a
force plate do (Fukuchi 2017) and for keypoints with the errors that the pose engine makes on rendered runners:
directions in which its errors are large get little weight. No event depends on a keypoint in one frame.

The map is held to be right on average for every kind of runner: among the recorded runners its error is uncorrelated
with what makes one runner unlike another (`calibration.stride_fit.UNBIASED_FOR`), so that an unusual runner is not
drawn towards the usual ones.

``python -m calibration.calibrate`` (`calibration.stride_fit`) computes the maps and stores them in
``gait/calibration/stride_model.npz``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Literal

import numpy as np

from gait._typing import FloatArray
from gait.calibration import constants_file
from gait.geometry.camera import Camera, LegView, leg_view_of
from gait.pose.dataset import CALIBRATED_NETWORKS, UNMEASURED_NETWORK, Network
from gait.records import View
from gait.signal.mean_stride import CHANNELS, MeanStride

EventKind = Literal["contact", "toe_off"]
EVENT_KINDS: tuple[EventKind, EventKind] = ("contact", "toe_off")
LEG_VIEWS: tuple[LegView, ...] = ("near", "far", "rear", "front")
#: A pose network, a leg view and a kind of event.
EventKey = tuple[Network, LegView, EventKind]
#: Harmonics of the stride that the model uses; more change events by 0.1 ms (`calibration.stride_fit`).
HARMONICS = 6
#: Iterations of the second stage, and the share of each correction that is applied. [E]
ITERATIONS, STEP_SIZE = 4, 0.7
#: Keypoint families whose errors were measured.
MEASURED_FAMILIES = ("blazepose", "markers")
#: Keypoints of any other family: events are off by this much more, s. [E]
UNKNOWN_SD_S = 0.010
#: Channels whose motion over the stride distinguishes the legs.
_FOOT_CHANNELS = ("knee", "ankle", "heel", "toe")
#: Limits on the keypoints' motion: beyond them they do not show running legs. MIN_RISE and MIN_TRAVEL are amplitudes of
#: the ankle's fundamental over the stride, shares of the leg. On force-plate recordings the rise is 0.066 to 0.34 and
#: the travel 0.32 to 0.52; by keypoints the rise in a rear view is as little as a third of that. MAX_PHASE_LAG is the
#: deviation from half a stride between the legs, strides. MAX_SCATTER is that of the better leg about its mean path,
#: shares of the leg: 0.01 to 0.035 where the engine shows the legs. [E]
MIN_RISE: Mapping[View, float] = {"side": 0.05, "rear": 0.03, "front": 0.03}
MIN_TRAVEL, MAX_PHASE_LAG, MAX_SCATTER = 0.28, 0.10, 0.045


@dataclass(frozen=True)
class EventPhase:
    """An event of one leg on its mean stride.

    Attributes
    ----------
    phase : float
        Strides, 0 to 1.
    uncertainty_s : float
        Standard uncertainty, s of real time.
    """

    phase: float
    uncertainty_s: float


def _series(stride: MeanStride) -> FloatArray:
    """Return the Fourier series in shares of the leg, (HARMONICS, channels): the value at p is Re Σ z e^{2πikp}."""
    order = min(HARMONICS, stride.wave.order)
    series = np.zeros((HARMONICS, stride.wave.coefficients.shape[1]), dtype=complex)
    cos, sin = stride.wave.coefficients[1 : 1 + order], stride.wave.coefficients[1 + stride.wave.order :][:order]
    series[:order] = (cos - 1j * sin) / stride.leg_m
    return np.nan_to_num(series)


def stride_features(stride: MeanStride, phase: float, view: View) -> FloatArray:
    """Describe the mean stride relative to a phase.

    Parameters
    ----------
    stride : MeanStride
    phase : float
        Strides.
    view : {"side", "rear", "front"}
        In rear and front views only heights are used.

    Returns
    -------
    (F,) float array
        Harmonics rotated to the phase and mean positions relative to the hip, both in shares of the leg so that the
        runner's height has no influence; then the stride frequency, Hz.
    """
    columns = slice(None) if view == "side" else slice(1, None, 2)
    turn = np.exp(2j * np.pi * np.arange(1, HARMONICS + 1) * phase)
    turned = (_series(stride) * turn[:, None])[:, columns]
    mean = np.nan_to_num(stride.wave.coefficients[0]) / stride.leg_m
    steady = (mean - np.tile(mean[:2], len(CHANNELS)))[2:][columns]
    return np.concatenate([turned.real.ravel(), turned.imag.ravel(), steady, [stride.frequency_hz]])


def initial_phases(strides: Mapping[str, MeanStride], view: View) -> dict[str, float]:
    """Estimate the phase at which each foot is farthest forward (side view) or lowest, from the fundamental.

    Parameters
    ----------
    strides : mapping of str to MeanStride
        Of both legs, by side.
    view : {"side", "rear", "front"}

    Returns
    -------
    dict of str to float
        Strides, by side. The legs are exactly half a stride apart, so a hidden leg gets its phase from the other.
    """
    axis, sign = (0, 1.0) if view == "side" else (1, -1.0)
    columns = [2 * CHANNELS.index(name) + axis for name in _FOOT_CHANNELS]
    apart = (_series(strides["left"])[0] - _series(strides["right"])[0])[columns].sum()
    left = float(-np.angle(sign * apart) / (2 * np.pi))
    return {"left": left % 1.0, "right": (left + 0.5) % 1.0}


@dataclass(frozen=True)
class LinearMap:
    """A linear map from features to a value: ``offset + weights · features − shift``.

    Attributes
    ----------
    weights : (F,) float array
    offset : float
        In the unit of the value.
    shift : float
        Mean error that a measured network's keypoints add to the value; other keypoints do not have it.
    """

    weights: FloatArray
    offset: float
    shift: float

    def __call__(self, features: FloatArray, *, shifted: bool) -> float:
        """Return the time from guess to event, s; ``shifted``: from keypoints of a measured network."""
        return self.offset + float(self.weights @ features) - self.shift * shifted


@dataclass(frozen=True)
class StrideModel:
    """The linear maps and their errors.

    Attributes
    ----------
    events : mapping
        By pose network, leg view and kind of event: a rough map from the first guess, and a fine one from the rough
        result.
    sd_s : mapping
        By the same: root mean square error on runners and bodies that the model did not learn from, s.
    landing : LinearMap, optional
        From the landing of the shoe in the image to the time of contact, s (`gait.events.shoe_landing`).
    landing_sd_s : mapping
        By leg view: error of contacts from shoe and stride together, as ``sd_s``.
    """

    events: Mapping[EventKey, tuple[LinearMap, LinearMap]]
    sd_s: Mapping[EventKey, float]
    landing: LinearMap | None = None
    landing_sd_s: Mapping[LegView, float] = field(default_factory=dict)

    def locate(self, stride: MeanStride, guess: float, leg_view: LegView, kind: EventKind) -> EventPhase:
        """Locate one event of one leg, starting from a first guess.

        Parameters
        ----------
        stride : MeanStride
        guess : float
            Phase, strides (see `initial_phases`).
        leg_view : {"near", "far", "rear", "front"}
        kind : {"contact", "toe_off"}

        Returns
        -------
        EventPhase
        """
        network = stride.network or UNMEASURED_NETWORK
        rough, fine = self.events[network, leg_view, kind]
        view, shifted = view_of(leg_view), stride.network is not None
        phase = guess + rough(stride_features(stride, guess, view), shifted=shifted) * stride.frequency_hz
        for _ in range(ITERATIONS):
            phase += STEP_SIZE * fine(stride_features(stride, phase, view), shifted=shifted) * stride.frequency_hz
        unknown_sd = 0.0 if stride.keypoint_family in MEASURED_FAMILIES else UNKNOWN_SD_S
        return EventPhase(phase % 1.0, float(np.hypot(self.sd_s[network, leg_view, kind], unknown_sd)))


def view_of(leg_view: LegView) -> View:
    """Return the camera view that shows a leg like this.

    Parameters
    ----------
    leg_view : {"near", "far", "rear", "front"}

    Returns
    -------
    {"side", "rear", "front"}
    """
    return "side" if leg_view == "near" or leg_view == "far" else leg_view


def _to_arrays(name: str, line: LinearMap) -> dict[str, FloatArray]:
    return {name: np.array([*line.weights, line.offset, line.shift], dtype=np.float32)}


def to_arrays(models: Mapping[str, StrideModel]) -> dict[str, FloatArray]:
    """Convert models to named arrays, as `load_stride_model` reads them from a file.

    Parameters
    ----------
    models : mapping of str to StrideModel
        By the name under which each is loaded.

    Returns
    -------
    dict of str to array
    """
    arrays: dict[str, FloatArray] = {}
    for name, model in models.items():
        for key, lines in model.events.items():
            place = "/".join((name, *key))
            arrays[f"{place}/sd_s"] = np.array(model.sd_s[key], dtype=np.float32)
            for number, line in enumerate(lines):
                arrays |= _to_arrays(f"{place}/{number}", line)
        if model.landing is not None:
            arrays |= _to_arrays(f"{name}/landing", model.landing)
        for leg_view, sd in model.landing_sd_s.items():
            arrays[f"{name}/{leg_view}/landing/sd_s"] = np.array(sd, dtype=np.float32)
    return arrays


def _stored_line(stored: Mapping[str, FloatArray], name: str) -> LinearMap:
    *weights, offset, shift = np.asarray(stored[name], dtype=float).tolist()
    return LinearMap(np.array(weights), offset, shift)


@cache
def load_stride_model(name: str = "all", path: Path | None = None) -> StrideModel:
    """Load a model.

    Parameters
    ----------
    name : str
        ``all``, or for validation one that did not learn from some runners: ``without_005`` and so on
        (`calibration.calibrate`).
    path : Path, optional
        Another file than the one in the package.

    Returns
    -------
    StrideModel
    """
    source = path if path is not None else constants_file("stride_model.npz")
    with source.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        keys = list(product(CALIBRATED_NETWORKS, LEG_VIEWS, EVENT_KINDS))
        side_views: tuple[LegView, LegView] = ("near", "far")
        return StrideModel(
            events={
                key: (
                    _stored_line(stored, "/".join((name, *key, "0"))),
                    _stored_line(stored, "/".join((name, *key, "1"))),
                )
                for key in keys
            },
            sd_s={key: float(stored["/".join((name, *key, "sd_s"))]) for key in keys},
            landing=_stored_line(stored, f"{name}/landing") if f"{name}/landing" in stored else None,
            landing_sd_s={
                leg_view: float(stored[key])
                for leg_view in side_views
                if (key := f"{name}/{leg_view}/landing/sd_s") in stored
            },
        )


_model_in_use: ContextVar[StrideModel | None] = ContextVar("stride_model", default=None)


@contextmanager
def use_stride_model(model: StrideModel) -> Iterator[None]:
    """Use another model inside a ``with`` block, to validate on runners that it did not learn from.

    Parameters
    ----------
    model : StrideModel

    Yields
    ------
    None
    """
    token = _model_in_use.set(model)
    try:
        yield
    finally:
        _model_in_use.reset(token)


def current_stride_model() -> StrideModel:
    """Return the model in use: that of `use_stride_model`, or ``all``.

    Returns
    -------
    StrideModel
    """
    return _model_in_use.get() or load_stride_model()


def locate_mean_events(strides: Mapping[str, MeanStride], camera: Camera) -> dict[tuple[str, EventKind], EventPhase]:
    """Locate contact and toe-off of both legs on their mean strides.

    Parameters
    ----------
    strides : mapping of str to MeanStride
        Of both legs, by side.
    camera : Camera

    Returns
    -------
    dict of (str, str) to EventPhase
        By side and kind of event.

    Notes
    -----
    Each leg is located by itself. The model's error is mostly the same for both legs of a runner: averaging them would
    not reduce it, but would hide a limp.
    """
    guesses, model = initial_phases(strides, camera.view), current_stride_model()
    return {
        (side, kind): model.locate(stride, guesses[side], leg_view_of(camera, side), kind)
        for side, stride in strides.items()
        for kind in EVENT_KINDS
    }


def are_legs_tracked(strides: Mapping[str, MeanStride], view: View) -> bool:
    """Return whether the keypoints of both legs move like running legs: alternately, far enough and regularly.

    Parameters
    ----------
    strides : mapping of str to MeanStride
        Of both legs, by side.
    view : {"side", "rear", "front"}

    Returns
    -------
    bool
    """
    x, y = (2 * CHANNELS.index("ankle") + axis for axis in (0, 1))
    fundamentals = [_series(strides[side])[0] for side in ("left", "right")]
    main = x if view == "side" else y
    lag = float(np.angle(-fundamentals[0][main] * np.conj(fundamentals[1][main]))) / (2 * np.pi)
    tracked = abs(lag) < MAX_PHASE_LAG and min(abs(z[y]) for z in fundamentals) > MIN_RISE[view]
    if view != "side":
        return tracked
    scatter = min(float(stride.wave.noise[x]) / stride.leg_m for stride in strides.values())
    return tracked and min(abs(z[x]) for z in fundamentals) > MIN_TRAVEL and scatter < MAX_SCATTER
