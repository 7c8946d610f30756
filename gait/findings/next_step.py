"""The one next step that decides most: an input, or a further clip.

A comparison with an ordinary range is decided where it is clear, likely or fine. For every step that a runner could
take, the number of comparisons that it would decide beyond those of today is expected, one for each metric:

- **An input** (speed, height). The comparison is made again at five speeds or heights, over all that is possible, and
  decided ones are averaged. A metric that was refused for want of the input counts as one from a new clip.
- **A clip that measures again what is open** (60 frames a second, longer). The error e₀ falls to e₁: the method error
  at the new rate (`gait.metrics.method_error`) and the scatter of the steps, which falls with their number. The next
  value lies about today's with the variance e₀² − e₁², and it decides where it lies 0.84 e₁ or more from the limit:
  80 % probability either way.
- **A clip that shows what was not measured** (another view, tape, a square camera). The value to come lies about the
  middle of the ordinary range, with one and a half times the spread of ordinary runners, and the method error of that
  view.

Of equal steps the cheaper one is told: an input before a clip. A step that decides less than half a comparison is not
worth a runner's evening.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import numpy as np

from gait.display_language import speak, spoken_language
from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.bands import ORDINARY_SPEEDS_MPS, Limits
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import BandFlag, Knowledge, MetricEntry
from gait.findings.knowledge_text import translate_tables
from gait.findings.probability import LIKELY
from gait.metrics.grading import COARSE_FPS, GOOD_STEPS
from gait.metrics.method_error import method_error
from gait.metrics.register import METRIC_BY_KEY
from gait.pose.dataset import NetworkVariant
from gait.records import NextStep, Runner, Side, View
from gait.signal.distributions import NORMAL_95, normal_quantile, normal_share

#: A step that is expected to decide fewer comparisons is not told. [E]
LEAST_GAIN = 0.5
#: Frame rate that a phone gives without ado, 1/s.
NEW_FPS = 60.0
#: Heights of grown-ups, m. [E]
HEIGHTS_M = (1.55, 1.95)
#: Uncertainty of a speed that is read off the belt as soon as the height is known, as a share of it. [E]
SEEN_SPEED_SD = 0.05
#: Spread of the runners who film themselves, in that of ordinary runners. [E]
WIDER_THAN_ORDINARY = 1.5
#: Share of a comparison that an indicative value decides: a pelvis that is read off clothes. [E]
INDICATIVE = 0.5
#: Half of a range in standard deviations of ordinary runners.
_RANGE_SD = 2.0
_DECIDED = ("outside", "likely", "inside")
_VIEW_STEPS: Mapping[str, View] = {"film_side": "side", "film_rear_tape": "rear", "film_front": "front"}
#: Causes of a refusal that a step removes.
_REMOVES = {
    "film_square": ("camera_not_square",),
    "film_feet": ("feet_outside",),
    "film_faster": ("frame_rate_too_low",),
    "film_longer": ("too_few_steps",),
    "film_clearer": ("keypoints_missing", "legs_not_followed", "knee_implausible", "implausible_value"),
    "give_height": ("height_missing",),
    "give_speed": ("speed_missing",),
}


@dataclass(frozen=True)
class FilmedView:
    """How one video was filmed, as far as it decides about errors.

    Attributes
    ----------
    view : {"side", "rear", "front"}
    fps : float
        Frames per second of real time.
    network : {"full", "heavy", "mixed"} or None
        Pose network.
    near_side : {"left", "right", "both"}
        Leg towards the camera in a side view.
    pelvis_marked : bool
        Tape or a waistband shows the pelvis.
    """

    view: View
    fps: float
    network: NetworkVariant | None = None
    near_side: Side = "both"
    pelvis_marked: bool = False


@dataclass(frozen=True)
class StepText:
    """One step as stored in ``next_step.toml``."""

    code: str
    cost: float
    text_one: str
    text_two: str
    text_more: str

    def sentence(self, topics: Sequence[str]) -> str:
        """Write the step with what it decides.

        Parameters
        ----------
        topics : sequence of str
            The most important first; at least one.

        Returns
        -------
        str
        """
        if len(topics) == 1:
            return self.text_one.format(first=topics[0])
        text = self.text_two if len(topics) == 2 else self.text_more
        return text.format(first=topics[0], second=topics[1])


def load_steps() -> tuple[tuple[StepText, ...], Mapping[str, str], Mapping[str, float]]:
    """Read ``next_step.toml``, in the language that is written now.

    Returns
    -------
    steps : tuple of StepText
    topics : mapping
        Metric → what a step decides, in a runner's words.
    weights : mapping
        Metric → its weight among the comparisons, where that is not 1.
    """
    return _steps_in(spoken_language())


@cache
def _steps_in(language: str) -> tuple[tuple[StepText, ...], Mapping[str, str], Mapping[str, float]]:
    text = (resources.files("gait.findings") / "next_step.toml").read_text(encoding="utf-8")
    with speak(language):
        data = translate_tables("next_step.toml", tomllib.loads(text))
    return tuple(StepText(**row) for row in data["step"]), data["topic"], data["weight"]


def choose_next_step(
    assessed: Sequence[Assessment],
    runner: Runner,
    filmed: Sequence[FilmedView],
    *,
    knowledge: Knowledge | None = None,
) -> NextStep | None:
    """Choose the one input or further clip that is expected to decide most.

    Parameters
    ----------
    assessed : sequence of Assessment
        Every measurement compared with its range.
    runner : Runner
    filmed : sequence of FilmedView
        The videos, in the order that ``Measurement.video`` counts.
    knowledge : Knowledge, optional
        By default that of the package.

    Returns
    -------
    NextStep or None
        ``None`` where no step is expected to decide half a comparison, or where nothing was filmed.
    """
    if not filmed:
        return None
    steps, topics, weights = load_steps()
    gains = expected_gains(assessed, runner, filmed, knowledge=knowledge)
    worth = {step: sum(gain * weights.get(key, 1.0) for key, gain in gains[step.code].items()) for step in steps}
    best = max(steps, key=lambda step: worth[step] - step.cost)
    if worth[best] < LEAST_GAIN:
        return None
    own = gains[best.code]
    named = [topics[key] for key in topics if own.get(key, 0.0) >= 0.5 * max(own.values())]
    undecided = sum(not decided for key, decided in _decided_now(assessed).items() if key in topics)
    return NextStep(best.code, best.sentence(named), round(sum(own.values()), 2), undecided)


def expected_gains(
    assessed: Sequence[Assessment],
    runner: Runner,
    filmed: Sequence[FilmedView],
    *,
    knowledge: Knowledge | None = None,
) -> dict[str, dict[str, float]]:
    """Compute for every step how many comparisons it is expected to decide, by metric.

    Parameters
    ----------
    assessed, runner, filmed, knowledge
        As in :func:`choose_next_step`.

    Returns
    -------
    dict
        Code of the step → metric → expected gain, at most 1; negative where an input would open what is decided now.
        Metrics without one are left out.
    """
    knowledge = load_knowledge() if knowledge is None else knowledge
    steps, topics, _ = load_steps()
    case = _Case(tuple(a for a in assessed if a.measurement.key in topics), runner, tuple(filmed), knowledge)
    return {step.code: {key: gain for key in topics if abs(gain := case.gain(step.code, key)) > 0.01} for step in steps}


@dataclass(frozen=True)
class _Case:
    assessed: tuple[Assessment, ...]
    runner: Runner
    filmed: tuple[FilmedView, ...]
    knowledge: Knowledge

    def gain(self, code: str, key: str) -> float:
        """Return the probability that a step decides a metric that is not decided now; negative where it opens it."""
        own = [a for a in self.assessed if a.measurement.key == key]
        decided = any(a.verdict in _DECIDED for a in own)
        refused = all(a.verdict == "refused" for a in own)
        if refused and code in _REMOVES:
            return self._made(code, key, own)
        if code == "give_speed":
            return self._with_runners(key, own, self._speeds()) if self.runner.speed_mps is None else 0.0
        if code == "give_height":
            return self._with_runners(key, own, self._heights()) if self.runner.height_m is None else 0.0
        if decided:
            return 0.0
        if code in _VIEW_STEPS:
            return self._another_view(code, key, own, refused=refused)
        better = {"film_faster": self._at_60_frames, "film_longer": self._with_more_steps}.get(code)
        return max((_refined(a, better(a)) for a in own), default=0.0) if better and not refused else 0.0

    def _metric(self, key: str) -> MetricEntry:
        return self.knowledge.metrics[key]

    def _limits(self, key: str) -> Limits | None:
        band = self._metric(key).band
        if band is None:
            return None
        return band.of(self.runner)

    def _made(self, code: str, key: str, own: Sequence[Assessment]) -> float:
        """Expect what a step decides of a metric that it makes measurable."""
        causes = {a.measurement.reason_code for a in own}
        if not own or not causes & set(_REMOVES[code]):
            return 0.0
        shown = [view for view in self.filmed if view.view in METRIC_BY_KEY[key].views]
        fps = NEW_FPS if code == "film_faster" else max((view.fps for view in shown), default=NEW_FPS)
        return max((self._new(key, replace(view, fps=fps), scale=code == "give_height") for view in shown), default=0.0)

    def _another_view(self, code: str, key: str, own: Sequence[Assessment], *, refused: bool) -> float:
        """Expect what a clip from another side decides, or one from behind with tape."""
        view = _VIEW_STEPS[code]
        taped = code == "film_rear_tape"
        if any(one.view == view and (one.pelvis_marked or not taped) for one in self.filmed):
            return 0.0
        new = FilmedView(view, NEW_FPS, self.filmed[0].network, pelvis_marked=taped)
        if refused:
            return self._new(key, new)
        error = self._error(key, new)
        return 0.0 if error is None else max((_refined(a, error) for a in own), default=0.0)

    def _error(self, key: str, view: FilmedView, *, scale: bool = False) -> float | None:
        """Return the method error of a metric on a new clip; ``None`` where it would not be measured."""
        spec = METRIC_BY_KEY[key]
        if view.view not in spec.views or (spec.needs_scale and self.runner.height_m is None and not scale):
            return None
        error = method_error(
            spec,
            view.view,
            far=False,
            network=view.network,
            fps=view.fps,
            pelvis_marked=view.pelvis_marked,
            shoe_tracked=True,
        )
        return None if error is None or error > spec.max_method_error_sd else error

    def _new(self, key: str, view: FilmedView, *, scale: bool = False) -> float:
        """Expect whether a metric that was never measured would be decided."""
        error, limits = self._error(key, view, scale=scale), self._limits(key)
        if error is None or limits is None:
            return 0.0
        shares = []
        for flag in self._metric(key).flags:
            limit, middle, spread = _ordinary(flag, limits)
            shares.append(_decides(limit, middle, WIDER_THAN_ORDINARY * spread, error))
        indicative = "pelvis_tilt" in METRIC_BY_KEY[key].rests_on and not view.pelvis_marked
        return min(shares, default=0.0) * (INDICATIVE if indicative else 1.0)

    def _with_runners(self, key: str, own: Sequence[Assessment], runners: Sequence[Runner]) -> float:
        """Compare again for runners of whom more is known."""
        given = [a.measurement for a in own]
        if all(m.value is None for m in given):
            return 0.0
        then = [
            any(a.verdict in _DECIDED for a in compare_with_bands(given, runner, knowledge=self.knowledge))
            for runner in runners
        ]
        return float(np.mean(then)) - any(a.verdict in _DECIDED for a in own)

    def _speeds(self) -> list[Runner]:
        low, high = self.runner.speed_seen_mps or ORDINARY_SPEEDS_MPS
        return [replace(self.runner, speed_mps=float(v), speed_seen_mps=None) for v in np.linspace(low, high, 5)]

    def _heights(self) -> list[Runner]:
        heights = np.linspace(*HEIGHTS_M, 5)
        runners = [replace(self.runner, height_m=float(height)) for height in heights]
        if self.runner.speed_mps is not None or not any(view.view == "side" for view in self.filmed):
            return runners
        # With a height the speed is read off the belt, in the side view.
        half = NORMAL_95 * SEEN_SPEED_SD
        usual = float(np.mean(heights))
        speeds = np.linspace(*(self.runner.speed_seen_mps or ORDINARY_SPEEDS_MPS), 5).tolist()
        return [
            replace(self.runner, height_m=usual, speed_seen_mps=(speed * (1 - half), speed * (1 + half)))
            for speed in speeds
        ]

    def _at_60_frames(self, one: Assessment) -> float | None:
        view = self._view(one)
        if view is None or view.fps >= COARSE_FPS:
            return None
        now, then = self._own_error(one, view), self._own_error(one, replace(view, fps=NEW_FPS))
        whole = _standard_error(one)
        if now is None or then is None or whole is None:
            return None
        return math.sqrt(max(whole**2 - now**2, 0.0) + then**2)

    def _with_more_steps(self, one: Assessment) -> float | None:
        view, whole = self._view(one), _standard_error(one)
        steps = one.measurement.steps
        if view is None or whole is None or not 0 < steps < GOOD_STEPS:
            return None
        now = self._own_error(one, view)
        if now is None:
            return None
        return math.sqrt(min(now, whole) ** 2 + max(whole**2 - now**2, 0.0) * steps / GOOD_STEPS)

    def _own_error(self, one: Assessment, view: FilmedView) -> float | None:
        return method_error(
            METRIC_BY_KEY[one.measurement.key],
            view.view,
            far=view.view == "side" and one.measurement.side not in ("both", view.near_side),
            network=view.network,
            fps=view.fps,
            pelvis_marked=view.pelvis_marked,
            shoe_tracked=True,
        )

    def _view(self, one: Assessment) -> FilmedView | None:
        number = one.measurement.video
        return self.filmed[number] if 0 <= number < len(self.filmed) else None


def _decided_now(assessed: Iterable[Assessment]) -> dict[str, bool]:
    """Say for each metric with a limit that gives a finding whether it is decided, on either leg."""
    now: dict[str, bool] = {}
    for one in assessed:
        if one.metric is not None and one.metric.flags:
            now[one.measurement.key] = now.get(one.measurement.key, False) or one.verdict in _DECIDED
    return now


def _standard_error(one: Assessment) -> float | None:
    if one.measurement.interval is None:
        return None
    return (one.measurement.interval[1] - one.measurement.interval[0]) / 2 / NORMAL_95


def _ordinary(flag: BandFlag, limits: Limits) -> tuple[float, float, float]:
    """Give a limit, and middle and spread of ordinary runners."""
    limit = limits.high if flag.when == "high" else limits.low
    assert limit is not None
    if limits.low is not None and limits.high is not None:
        return limit, (limits.low + limits.high) / 2, (limits.high - limits.low) / 2 / _RANGE_SD
    reach = flag.reach or flag.marked
    return limit, limit - reach if flag.when == "high" else limit + reach, reach / _RANGE_SD


def _decides(limit: float, middle: float, spread: float, error: float) -> float:
    """Compute the probability that a value about the middle, with a new error, lies far enough from the limit."""
    total = math.hypot(spread, error)
    if total == 0:
        return float(middle != limit)
    near = float(normal_quantile(LIKELY)) * error
    return 1.0 - float(normal_share((limit + near - middle) / total) - normal_share((limit - near - middle) / total))


def _refined(one: Assessment, error: float | None) -> float:
    """Expect whether an open comparison would be decided if its error fell."""
    now, value, limits, metric = _standard_error(one), one.measurement.value, one.limits, one.metric
    if error is None or now is None or value is None or limits is None or metric is None or error >= now:
        return 0.0
    shares = []
    for flag in metric.flags:
        limit, _, _ = _ordinary(flag, limits)
        spread = math.sqrt(now**2 - error**2)
        shares.append(_decides(limit, value, spread, error))
    return min(shares, default=0.0)
