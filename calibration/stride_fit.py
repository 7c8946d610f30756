"""Fit where events lie on the mean stride; see `gait.events.stride_model`.

Keypoint errors enter as errors in variables: with strides x that vary as those of recorded runners (covariance S_xx)
and keypoint errors d of rendered runners (covariance S_dd), the best linear estimate of y from x + d is
w = (S_xx + S_dd + λ)⁻¹ S_xy. Such an estimate is drawn towards the mean. Here w is held to be unbiased: the error
w·x − y is uncorrelated with everything in `UNBIASED_FOR` (Lagrange multipliers). Nothing is random.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from gait._typing import FloatArray
from gait.events.stride_model import (
    EVENT_KINDS,
    LEG_VIEWS,
    EventKey,
    EventKind,
    LinearMap,
    StrideModel,
    initial_phases,
    stride_features,
    view_of,
)
from gait.geometry.camera import Camera, LegView, leg_view_of
from gait.pose.dataset import CALIBRATED_NETWORKS, UNMEASURED_NETWORK, Network
from gait.records import View
from gait.signal.cleaning import CleanedPose
from gait.signal.mean_stride import MeanStride, mean_strides
from gait.signal.phase import wrap
from gait.validation.cases import runner_id
from gait.validation.rendered_clips import RenderedClip

#: Penalty on the weights, squared shares of the leg. Chosen by leaving runners out, of 1e-5 … 1e-3; heights alone (rear
#: and front) vary less than paths do.
PENALTY: Mapping[View, float] = {"side": 1e-4, "rear": 2e-5, "front": 2e-5}
#: Offsets of the initial phase from the event, strides; the second step of the event model is fitted about them. [E]
GUESS_OFFSETS = (-0.03, -0.015, 0.0, 0.015, 0.03)
#: What makes one runner unlike another: the error of an event is uncorrelated with these.
UNBIASED_FOR = ("overstride", "tibia_angle", "knee_flexion_contact", "hip_extension", "foot_strike_angle")
#: Least share of the variance among the legs that a combination of them must hold to be a constraint of its own. [E]
MIN_VARIANCE_SHARE = 0.02
#: In the recordings the force leads the vertical acceleration of the pelvis by 5.5 ± 1.8 ms in every trial. The cause
#: is the clocks or the compliance of the leg; the data do not separate them. A video shows motion and not force: half
#: of the lead is attributed to the clocks, and the same amount counts as uncertainty. [E]
FORCE_LEAD_S = 0.0055 / 2


@dataclass(frozen=True)
class LegStride:
    """One leg's mean stride with the true phases of its events.

    Attributes
    ----------
    clip : str
        Name of the case.
    number : int
        Seed of the case.
    runner : str
        Who was recorded; empty for planned motion.
    side : {"left", "right"}
    leg_view : {"near", "far", "rear", "front"}
    stride : MeanStride
    initial_phase : float
        First estimate of the contact, strides.
    event_phases : mapping
        Event kind → true phase, strides.
    metric_values : mapping
        Metric → true mean.
    """

    clip: str
    number: int
    runner: str
    side: str
    leg_view: LegView
    stride: MeanStride
    initial_phase: float
    event_phases: Mapping[EventKind, float]
    metric_values: Mapping[str, float]

    def features_at(self, phase: float) -> FloatArray:
        """Describe the stride about a phase.

        Parameters
        ----------
        phase : float
            Strides.

        Returns
        -------
        (F,) array
            As `gait.events.stride_model.stride_features`.
        """
        return stride_features(self.stride, phase, view_of(self.leg_view))


def leg_strides(clip: RenderedClip, cleaned: CleanedPose, camera: Camera) -> list[LegStride]:
    """Compute the mean strides of both legs of a clip.

    Parameters
    ----------
    clip : RenderedClip
        Gives the truth.
    cleaned : CleanedPose
        Cleaned poses of the clip, estimated or exact.
    camera : Camera

    Returns
    -------
    list of LegStride
    """
    strides = mean_strides(cleaned, camera)
    guesses = initial_phases(strides, camera.view)
    events = clip.events()
    runner = "" if clip.case.recording is None else runner_id(clip.case.recording)

    return [
        LegStride(
            clip.case.name,
            clip.case.seed,
            runner,
            side,
            leg_view_of(camera, side),
            stride,
            guesses[side],
            {kind: cleaned.phase.mean_phase_at(events[side, kind]) for kind in EVENT_KINDS},
            {key: value for key in UNBIASED_FOR if (value := clip.value(key, side)) is not None},
        )
        for side, stride in strides.items()
    ]


@dataclass(frozen=True)
class LegPair:
    """One leg of a rendered clip: by a network's keypoints and by the exact joints."""

    network: Network
    estimated: LegStride
    exact: LegStride


def fit_linear_map(
    x: FloatArray, y: FloatArray, errors: FloatArray, penalty: float, *, unbiased_for: FloatArray | None = None
) -> LinearMap:
    """Fit the best linear map from features with errors to a value.

    Parameters
    ----------
    x : (n, F) array
        Exact features.
    y : (n,) array
        True values.
    errors : (m, F) array
        Errors of estimated features.
    penalty : float
        On the squared weights.
    unbiased_for : (n, C) array, optional
        Quantities with which the error of the map is uncorrelated, the value itself among them as a rule.

    Returns
    -------
    LinearMap
    """
    shift = errors.mean(axis=0)
    covariance = (errors - shift).T @ (errors - shift) / max(len(errors) - 1, 1)
    mean, offset = x.mean(axis=0), float(y.mean())
    centred, deviation = x - mean, y - offset
    gram = centred.T @ centred / len(x) + covariance + penalty * np.eye(x.shape[1])
    weights = np.linalg.solve(gram, centred.T @ deviation / len(x))
    if unbiased_for is not None:
        directions = _main_directions(unbiased_for)
        demanded, constraints = directions.T @ deviation / len(x), directions.T @ centred / len(x)
        solved = np.linalg.solve(gram, constraints.T)
        weights = weights + solved @ np.linalg.solve(constraints @ solved, demanded - constraints @ weights)
    return LinearMap(weights, offset - float(weights @ mean), float(weights @ shift))


def _main_directions(values: FloatArray) -> FloatArray:
    """Return uncorrelated combinations of the columns, (n, D), without those that hardly vary."""
    scaled = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-12)
    left, size, _ = np.linalg.svd(scaled, full_matrices=False)
    kept = size**2 >= MIN_VARIANCE_SHARE * (size**2).sum()
    return np.asarray(left[:, kept] * np.sqrt(len(values)))


def fit_stride_model(exact_legs: Sequence[LegStride], pairs: Sequence[LegPair]) -> StrideModel:
    """Fit the events to the joints of recorded runners and the keypoint errors of rendered ones.

    Parameters
    ----------
    exact_legs : sequence of LegStride
        Joints of recorded runners, from all views.
    pairs : sequence of LegPair
        Legs of rendered clips, with the keypoints of both networks.

    Returns
    -------
    StrideModel
        Without spread (``sd_s`` 0); see `robust_rms`.
    """
    events: dict[EventKey, tuple[LinearMap, LinearMap]] = {}
    for network, leg_view in product(CALIBRATED_NETWORKS, LEG_VIEWS):
        view = view_of(leg_view)
        # Exact joints of a side view are the same for either leg.
        legs = [leg for leg in exact_legs if view_of(leg.leg_view) == view]
        pairs_of_view = [pair for pair in pairs if (pair.network, pair.estimated.leg_view) == (network, leg_view)]
        for kind in EVENT_KINDS:
            rough = fit_linear_map(
                np.array([leg.features_at(leg.initial_phase) for leg in legs]),
                np.array([_seconds_to_event(leg, leg.initial_phase, kind) for leg in legs]),
                np.array(
                    [
                        _feature_error(pair, pair.estimated.initial_phase - pair.estimated.event_phases[kind], kind)
                        for pair in pairs_of_view
                    ]
                ),
                PENALTY[view],
            )
            to_event = np.array(
                [_seconds_to_event(leg, leg.event_phases[kind] + off, kind) for leg in legs for off in GUESS_OFFSETS]
            )
            runners = np.array([_what_differs(leg) for leg in legs for _ in GUESS_OFFSETS])
            fine = fit_linear_map(
                np.array([leg.features_at(leg.event_phases[kind] + off) for leg in legs for off in GUESS_OFFSETS]),
                to_event,
                np.array([_feature_error(pair, 0.0, kind) for pair in pairs_of_view]),
                PENALTY[view],
                unbiased_for=np.column_stack([to_event, runners]),
            )
            events[network, leg_view, kind] = (rough, fine)
    return StrideModel(events, dict.fromkeys(events, 0.0))


def _what_differs(leg: LegStride) -> list[float]:
    """Return what makes a runner unlike others: the metrics of `UNBIASED_FOR`, contact time and stride frequency."""
    contact_s = ((leg.event_phases["toe_off"] - leg.event_phases["contact"]) % 1.0) / leg.stride.frequency_hz
    return [*(leg.metric_values[key] for key in UNBIASED_FOR), contact_s, leg.stride.frequency_hz]


def _seconds_to_event(leg: LegStride, phase: float, kind: EventKind) -> float:
    return float(wrap(leg.event_phases[kind] - phase)) / leg.stride.frequency_hz + FORCE_LEAD_S


def _feature_error(pair: LegPair, offset: float, kind: EventKind) -> FloatArray:
    """Return the engine's error of the features about a phase that lies ``offset`` strides after the event."""
    estimated, exact = pair.estimated, pair.exact
    return estimated.features_at(estimated.event_phases[kind] + offset) - exact.features_at(
        exact.event_phases[kind] + offset
    )


def event_errors(model: StrideModel, legs: Iterable[LegStride]) -> dict[EventKey, list[float]]:
    """Measure the errors of a model's events.

    Parameters
    ----------
    model : StrideModel
    legs : iterable of LegStride

    Returns
    -------
    dict
        (network, leg view, kind) → found minus true time of each leg, s.
    """
    errors: dict[EventKey, list[float]] = {}
    for leg in legs:
        for kind in EVENT_KINDS:
            found = model.locate(leg.stride, leg.initial_phase, leg.leg_view, kind)
            error = float(wrap(found.phase - leg.event_phases[kind])) / leg.stride.frequency_hz - FORCE_LEAD_S
            errors.setdefault((leg.stride.network or UNMEASURED_NETWORK, leg.leg_view, kind), []).append(error)
    return errors


def robust_rms(
    errors: Mapping[EventKey, Sequence[float]],
) -> dict[EventKey, float]:
    """Compute the root mean square of event errors without outliers beyond three robust standard deviations.

    Parameters
    ----------
    errors : mapping
        As `event_errors` returns.

    Returns
    -------
    dict
        (network, leg view, kind) → s; never below `FORCE_LEAD_S`, which is added in quadrature.
    """
    rms = {}
    for key, values in errors.items():
        squares = np.square(values)
        limit = 9 * 1.4826**2 * float(np.median(squares))
        rms[key] = float(np.hypot(np.sqrt(squares[squares <= limit].mean()), FORCE_LEAD_S))
    return rms
