"""Fit where events lie on the mean stride, and which metrics it shows; see `gait.events.stride_model`.

Keypoint errors enter as errors in variables: with strides x that vary as those of recorded runners (covariance S_xx)
and keypoint errors d of rendered runners (covariance S_dd), the best linear estimate of y from x + d is
w = (S_xx + S_dd + λ)⁻¹ S_xy. Nothing is random.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gait._typing import FloatArray
from gait.events.stride_model import (
    EVENT_KINDS,
    LEG_VIEWS,
    STRIDE_METRICS,
    EventKind,
    LegView,
    LinearMap,
    StrideModel,
    initial_phases,
    leg_view_of,
    stride_features,
    view_of,
)
from gait.geometry.camera import Camera
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
#: Errors of found events that metrics must tolerate, strides. [E]
EVENT_OFFSETS = (-0.01, 0.0, 0.01)
#: Variance of the runners to be measured over that of the runners fitted to: an unusual runner must not be taken for an
#: error. Foot strike shows too badly for a value above 1. [E]
VARIANCE_RATIO: Mapping[str, float] = {"overstride": 100.0, "foot_strike_angle": 1.0}
DEFAULT_VARIANCE_RATIO = 10.0
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
            {key: value for key in STRIDE_METRICS if (value := clip.value(key, side)) is not None},
        )
        for side, stride in strides.items()
    ]


@dataclass(frozen=True)
class LegPair:
    """One leg of a rendered clip: by the pose engine's keypoints and by the exact joints."""

    estimated: LegStride
    exact: LegStride


def fit_linear_map(
    x: FloatArray, y: FloatArray, errors: FloatArray, penalty: float, *, variance_ratio: float = 1.0
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
    variance_ratio : float
        Variance of the runners to be measured over that of the runners in ``x``.

    Returns
    -------
    LinearMap
    """
    shift = errors.mean(axis=0)
    covariance = (errors - shift).T @ (errors - shift) / max(len(errors) - 1, 1) / variance_ratio
    penalty = penalty / variance_ratio
    mean, offset = x.mean(axis=0), float(y.mean())
    centred = x - mean
    gram = centred.T @ centred / len(x) + covariance + penalty * np.eye(x.shape[1])
    weights = np.linalg.solve(gram, centred.T @ (y - offset) / len(x))
    return LinearMap(weights, offset - float(weights @ mean), float(weights @ shift))


def fit_stride_model(exact_legs: Sequence[LegStride], pairs: Sequence[LegPair]) -> StrideModel:
    """Fit events and metrics to the joints of recorded runners and the keypoint errors of rendered ones.

    Parameters
    ----------
    exact_legs : sequence of LegStride
        Joints of recorded runners, from all views.
    pairs : sequence of LegPair
        Legs of rendered clips.

    Returns
    -------
    StrideModel
        Without spread (``sd_s`` 0); see `robust_rms`.
    """
    events: dict[tuple[LegView, EventKind], tuple[LinearMap, LinearMap]] = {}
    metrics: dict[tuple[LegView, str], LinearMap] = {}
    for leg_view in LEG_VIEWS:
        view = view_of(leg_view)
        # Exact joints of a side view are the same for either leg.
        legs = [leg for leg in exact_legs if view_of(leg.leg_view) == view]
        pairs_of_view = [pair for pair in pairs if pair.estimated.leg_view == leg_view]
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
            fine = fit_linear_map(
                np.array([leg.features_at(leg.event_phases[kind] + off) for leg in legs for off in GUESS_OFFSETS]),
                np.array(
                    [
                        _seconds_to_event(leg, leg.event_phases[kind] + off, kind)
                        for leg in legs
                        for off in GUESS_OFFSETS
                    ]
                ),
                np.array([_feature_error(pair, 0.0, kind) for pair in pairs_of_view]),
                PENALTY[view],
            )
            events[leg_view, kind] = (rough, fine)
        if view == "side":
            # Planned motions too: the recorded runners are all healthy, and overstriders must differ from them.
            planned = [pair.exact for pair in pairs if not pair.exact.runner and view_of(pair.exact.leg_view) == view]
            for metric, event in STRIDE_METRICS.items():
                with_truth = [leg for leg in [*legs, *planned] if metric in leg.metric_values]
                metrics[leg_view, metric] = fit_linear_map(
                    np.array(
                        [leg.features_at(leg.event_phases[event] + off) for leg in with_truth for off in EVENT_OFFSETS]
                    ),
                    np.array([leg.metric_values[metric] for leg in with_truth for _ in EVENT_OFFSETS]),
                    np.array([_feature_error(pair, 0.0, event) for pair in pairs_of_view]),
                    PENALTY[view],
                    variance_ratio=VARIANCE_RATIO.get(metric, DEFAULT_VARIANCE_RATIO),
                )
    return StrideModel(events, dict.fromkeys(events, 0.0), metrics)


def _seconds_to_event(leg: LegStride, phase: float, kind: EventKind) -> float:
    return float(wrap(leg.event_phases[kind] - phase)) / leg.stride.frequency_hz + FORCE_LEAD_S


def _feature_error(pair: LegPair, offset: float, kind: EventKind) -> FloatArray:
    """Return the engine's error of the features about a phase that lies ``offset`` strides after the event."""
    estimated, exact = pair.estimated, pair.exact
    return estimated.features_at(estimated.event_phases[kind] + offset) - exact.features_at(
        exact.event_phases[kind] + offset
    )


def event_errors(model: StrideModel, legs: Iterable[LegStride]) -> dict[tuple[LegView, EventKind], list[float]]:
    """Measure the errors of a model's events.

    Parameters
    ----------
    model : StrideModel
    legs : iterable of LegStride

    Returns
    -------
    dict
        (leg view, kind) → found minus true time of each leg, s.
    """
    errors: dict[tuple[LegView, EventKind], list[float]] = {}
    for leg in legs:
        for kind in EVENT_KINDS:
            found = model.locate(leg.stride, leg.initial_phase, leg.leg_view, kind)
            error = float(wrap(found.phase - leg.event_phases[kind])) / leg.stride.frequency_hz - FORCE_LEAD_S
            errors.setdefault((leg.leg_view, kind), []).append(error)
    return errors


def robust_rms(
    errors: Mapping[tuple[LegView, EventKind], Sequence[float]],
) -> dict[tuple[LegView, EventKind], float]:
    """Compute the root mean square of event errors without outliers beyond three robust standard deviations.

    Parameters
    ----------
    errors : mapping
        As `event_errors` returns.

    Returns
    -------
    dict
        (leg view, kind) → s; never below `FORCE_LEAD_S`, which is added in quadrature.
    """
    rms = {}
    for key, values in errors.items():
        squares = np.square(values)
        limit = 9 * 1.4826**2 * float(np.median(squares))
        rms[key] = float(np.hypot(np.sqrt(squares[squares <= limit].mean()), FORCE_LEAD_S))
    return rms
