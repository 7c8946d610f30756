"""Learning where events lie on the mean stride, and what metrics it shows; see `gait.events.stride_model`.

Errors of landmarks enter as errors in variables: with strides x that vary as recorded runners' do (covariance S_xx) and
landmark errors d of rendered runners (covariance S_dd), the best linear estimate of y from x + d is
w = (S_xx + S_dd + λ)⁻¹ S_xy. Nothing is drawn at random.
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
    Line,
    StrideModel,
    features,
    first_guess,
    leg_view,
    view_of,
)
from gait.geometry.camera import Camera
from gait.records import View
from gait.signal.cleaning import CleanedPose
from gait.signal.mean_stride import MeanStride, mean_strides
from gait.signal.phase import wrap
from gait.validation.rendered_clips import RenderedClip

#: Penalty on the weights, squared shares of the leg. Chosen by leaving runners out, of 1e-5 … 1e-3; heights alone (rear
#: and front) vary less than paths do.
PENALTY: Mapping[View, float] = {"side": 1e-4, "rear": 2e-5, "front": 2e-5}
#: The second stage learns to come back from guesses so far off, strides.
OFFSETS = (-0.03, -0.015, 0.0, 0.015, 0.03)
#: Events are found so far off; metrics learn to bear it, strides.
EVENT_OFF = (-0.01, 0.0, 0.01)
#: Runners to be measured vary this much more (variance) than those learned from: what is out of the ordinary must not
#: be taken for an error. Foot strike is seen too badly for that. [E]
TRUST: Mapping[str, float] = {"overstride": 100.0, "foot_strike_angle": 1.0}
USUAL_TRUST = 10.0
#: In the recordings the force leads the vertical acceleration of the pelvis by 5.5 ± 1.8 ms in every trial: clocks or
#: the give of the leg, which cannot be told apart. A video shows motion and not force; half of it is taken for the
#: clocks, and as much counts as uncertainty. [E]
FORCE_LEADS_S = 0.0055 / 2


@dataclass(frozen=True)
class Leg:
    """One leg's mean stride with the true phases of its events.

    ``runner`` is who was recorded (empty for planned motion), ``guess`` the first guess, ``value`` the true mean of
    each metric.
    """

    clip: str
    number: int
    runner: str
    side: str
    place: LegView
    stride: MeanStride
    guess: float
    at: Mapping[EventKind, float]
    value: Mapping[str, float]

    def seen_from(self, phase: float) -> FloatArray:
        """Describe the stride about a phase."""
        return features(self.stride, phase, view_of(self.place))


def legs_of(clip: RenderedClip, cleaned: CleanedPose, camera: Camera) -> list[Leg]:
    """Give both legs of a clip."""
    strides = mean_strides(cleaned, camera)
    guesses = first_guess(strides, camera.view)
    events = clip.events()
    runner = "" if clip.case.recording is None else clip.case.recording.split("_")[0]

    return [
        Leg(
            clip.case.name,
            clip.case.seed,
            runner,
            side,
            leg_view(camera, side),
            stride,
            guesses[side],
            {kind: cleaned.phase.mean_phase_at(events[side, kind]) for kind in EVENT_KINDS},
            {key: value for key in STRIDE_METRICS if (value := clip.value(key, side)) is not None},
        )
        for side, stride in strides.items()
    ]


@dataclass(frozen=True)
class Pair:
    """One leg of a rendered clip: as the pose engine saw it and as it was drawn."""

    seen: Leg
    drawn: Leg


def best_line(x: FloatArray, y: FloatArray, errors: FloatArray, penalty: float, *, trust: float = 1.0) -> Line:
    """Give the best linear map; ``trust`` is the variance of strides over that of the runners learned from."""
    shift = errors.mean(axis=0)
    spread = (errors - shift).T @ (errors - shift) / max(len(errors) - 1, 1) / trust
    penalty = penalty / trust
    mean, offset = x.mean(axis=0), float(y.mean())
    centred = x - mean
    gram = centred.T @ centred / len(x) + spread + penalty * np.eye(x.shape[1])
    weights = np.linalg.solve(gram, centred.T @ (y - offset) / len(x))
    return Line(weights, offset - float(weights @ mean), float(weights @ shift))


def fit(joints: Sequence[Leg], pairs: Sequence[Pair]) -> StrideModel:
    """Learn from the joints of recorded runners and the landmark errors on rendered ones.

    Parameters
    ----------
    joints : sequence of Leg
        From all sides.
    pairs : sequence of Pair

    Returns
    -------
    StrideModel
        Without spread (``sd_s`` 0); see `spread`.
    """
    events: dict[tuple[LegView, EventKind], tuple[Line, Line]] = {}
    metrics: dict[tuple[LegView, str], Line] = {}
    for place in LEG_VIEWS:
        view = view_of(place)
        # Exact joints of a side view are the same for either leg.
        legs = [leg for leg in joints if view_of(leg.place) == view]
        shown = [pair for pair in pairs if pair.seen.place == place]
        for kind in EVENT_KINDS:
            rough = best_line(
                np.array([leg.seen_from(leg.guess) for leg in legs]),
                np.array([_seconds(leg, leg.guess, kind) for leg in legs]),
                np.array([_error(pair, pair.seen.guess - pair.seen.at[kind], kind) for pair in shown]),
                PENALTY[view],
            )
            fine = best_line(
                np.array([leg.seen_from(leg.at[kind] + off) for leg in legs for off in OFFSETS]),
                np.array([_seconds(leg, leg.at[kind] + off, kind) for leg in legs for off in OFFSETS]),
                np.array([_error(pair, 0.0, kind) for pair in shown]),
                PENALTY[view],
            )
            events[place, kind] = (rough, fine)
        if view == "side":
            # Planned motions too: recorded runners are all healthy, and overstriders are to be told from them.
            drawn = [pair.drawn for pair in pairs if not pair.drawn.runner and view_of(pair.drawn.place) == view]
            everyone = [*legs, *drawn]
            for metric, event in STRIDE_METRICS.items():
                known = [leg for leg in everyone if metric in leg.value]
                metrics[place, metric] = best_line(
                    np.array([leg.seen_from(leg.at[event] + off) for leg in known for off in EVENT_OFF]),
                    np.array([leg.value[metric] for leg in known for _ in EVENT_OFF]),
                    np.array([_error(pair, 0.0, event) for pair in shown]),
                    PENALTY[view],
                    trust=TRUST.get(metric, USUAL_TRUST),
                )
    return StrideModel(events, dict.fromkeys(events, 0.0), metrics)


def _seconds(leg: Leg, phase: float, kind: EventKind) -> float:
    return float(wrap(leg.at[kind] - phase)) / leg.stride.frequency_hz + FORCE_LEADS_S


def _error(pair: Pair, offset: float, kind: EventKind) -> FloatArray:
    """Give what the engine adds to the features about a phase that lies ``offset`` after the event."""
    return pair.seen.seen_from(pair.seen.at[kind] + offset) - pair.drawn.seen_from(pair.drawn.at[kind] + offset)


def errors(model: StrideModel, legs: Iterable[Leg]) -> dict[tuple[LegView, EventKind], list[float]]:
    """Give how far a model is off, s, by place and kind."""
    made: dict[tuple[LegView, EventKind], list[float]] = {}
    for leg in legs:
        for kind in EVENT_KINDS:
            found = model.locate(leg.stride, leg.guess, leg.place, kind)
            off = float(wrap(found.phase - leg.at[kind])) / leg.stride.frequency_hz - FORCE_LEADS_S
            made.setdefault((leg.place, kind), []).append(off)
    return made


def spread(off: Mapping[tuple[LegView, EventKind], Sequence[float]]) -> dict[tuple[LegView, EventKind], float]:
    """Give the root of the mean square of errors, s, without what lies beyond three robust standard deviations."""
    made = {}
    for key, values in off.items():
        squares = np.square(values)
        limit = 9 * 1.4826**2 * float(np.median(squares))
        made[key] = float(np.hypot(np.sqrt(squares[squares <= limit].mean()), FORCE_LEADS_S))
    return made
