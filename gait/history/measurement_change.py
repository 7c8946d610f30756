"""The change between two measurements of one metric: real, or within the noise.

The interval of a measurement holds two kinds of error (``docs/architecture.md``, Intervals). The *scatter of steps* is
new in every session. The *method error* is not: where keypoints sit on this body, under these clothes, is much the same
the next time the same engine measures the same person from the same side. It shifts both values alike and drops out of
their difference. The shared part of the method error is a share of the variance that was measured on rendered runners.
Seven runners were each filmed from the side by three cameras in three outfits and rooms
(``python -m calibration.repeatability``). They shared one half of the variance (near leg and trunk; median over metrics
0.55, quartiles 0.37 to 0.75) and one fifth (far leg; 0.21, 0.05 to 0.48). The sample is too small to separate metrics.
From behind and from the front the share is two fifths, the median of all values. [E]

The shared part is at most three quarters of a measurement's variance. [E] Nothing is shared between two people, between
videos that show different sides of the body, or between engines. Across views only cadence is compared.

People also differ from one day to the next. The smallest detectable difference covers that: the published one between
days (``smallest_detectable`` in ``gait/findings/metrics.toml``), or 2 % of cadence and 2° of trunk lean, which are also
the limits of drift within a run. [E] Where none is published, the interval decides alone, and the page says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from gait.display_language import N_, Texts, _, clauses_text, gettext
from gait.history.belt_speeds import different_speeds
from gait.records import ASYMMETRY, View

Verdict = Literal["changed", "within noise", "not comparable"]

#: Share of the method's variance on rendered runners that one runner has again: `calibration.repeatability`.
SHARED_NEAR_LEG, SHARED_FAR_LEG = 0.5, 0.2
#: The same from behind and from the front; see the module. [E]
SHARED_OTHER_VIEWS = 0.4
#: Largest share of a measurement's variance that drops out. [E]
MAX_SHARED_VARIANCE = 0.75
#: Smallest changes that count where none is published, as a share of the value. [E]
MIN_CHANGE_SHARE = {"cadence": 0.02}
#: The same, in the metric's unit. [E]
MIN_CHANGE = {"trunk_lean": 2.0}
#: View → word.
_VIEW_WORDS: Mapping[str, str] = Texts({"side": "side", "rear": "rear", "front": "front"}, context="a … view")
#: Poses per second above which frames are skipped; see ``docs/architecture.md``, Rates. [E]
MAX_POSES_PER_S = 120


@dataclass(frozen=True)
class ComparableValue:
    """One metric of one side in one session, with what decides about its errors.

    Attributes
    ----------
    key, side : str
    value : float or None
        In ``unit``; ``None`` where the metric was refused.
    unit : str
    low, high : float or None
        95 % interval, in ``unit``.
    steps : int
    grade : str
    reason : str or None
        Why it was refused.
    view, facing, engine : str
        Of the video that it was measured in.
    capture_fps : float
        Capture rate of that video, frames per second.
    """

    key: str
    side: str
    value: float | None
    unit: str
    low: float | None
    high: float | None
    steps: int
    grade: str
    reason: str | None
    view: str
    facing: str
    engine: str
    capture_fps: float

    @property
    def half_width(self) -> float | None:
        """Half the width of the 95 % interval, in the metric's unit."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


@dataclass(frozen=True)
class ValueChange:
    """Later minus earlier (or second person minus first), in the metric's unit.

    Attributes
    ----------
    difference : float or None
    interval : (low, high) or None
        95 %.
    smallest : float or None
        The smallest detectable difference; ``None`` where there is none.
    verdict : {"changed", "within noise", "not comparable"}
        "changed": the interval leaves out zero, and the difference exceeds the smallest detectable.
    reason : str or None
        Why it cannot be compared, or what limits the comparison.
    """

    difference: float | None
    interval: tuple[float, float] | None
    smallest: float | None
    verdict: Verdict
    reason: str | None = None


def compare_measurements(
    before: ComparableValue,
    after: ComparableValue,
    *,
    same_runner: bool = True,
    speeds_mps: tuple[float | None, float | None] = (None, None),
) -> ValueChange:
    """Compare two measurements of one metric and side.

    Parameters
    ----------
    before, after : ComparableValue
    same_runner : bool
        Whether both are of one person, so that the method error partly drops out; see the module.
    speeds_mps : (float or None, float or None)
        Belt speeds, m/s. What depends on speed is not judged across different ones (`gait.history.belt_speeds`).

    Returns
    -------
    ValueChange
        ``after`` minus ``before``.
    """
    reason = incomparable_reason(before, after) or different_speeds(before.key, *speeds_mps)
    smallest = smallest_detectable(before.key, before.value)
    if reason is not None or before.value is None or after.value is None:
        return ValueChange(None, None, smallest, "not comparable", reason)
    assert before.half_width is not None
    assert after.half_width is not None
    shared = (0.0, 0.0)
    if same_runner and filmed_alike(before, after):
        shared = (shared_half_width(before), shared_half_width(after))
    halves = (before.half_width, after.half_width)
    unshared = sum(half**2 - common**2 for half, common in zip(halves, shared, strict=True))
    # Shared errors are fully correlated: where their sizes differ (two frame rates, say), the difference remains.
    half = math.sqrt(max(unshared, 0.0) + (shared[1] - shared[0]) ** 2)
    difference = after.value - before.value
    interval = (difference - half, difference + half)
    beyond = (interval[0] > 0 or interval[1] < 0) and abs(difference) > (smallest or 0.0)
    remarks = []
    if same_runner and not filmed_alike(before, after):
        remarks.append(_("filmed differently, so that no method error drops out"))
    if "poor" in (before.grade, after.grade):
        remarks.append(_("indicative only"))
    verdict: Verdict = "changed" if beyond else "within noise"
    return ValueChange(difference, interval, smallest, verdict, clauses_text(remarks) or None)


def incomparable_reason(before: ComparableValue, after: ComparableValue) -> str | None:
    """Explain why two measurements cannot be compared.

    Parameters
    ----------
    before, after : ComparableValue

    Returns
    -------
    str or None
        ``None`` where they can be compared.
    """
    for text, one in (
        (N_("not measured in the first: {reason}"), before),
        (N_("not measured in the second: {reason}"), after),
    ):
        if one.value is None or one.half_width is None:
            return gettext(text).format(reason=one.reason or _("no reason given"))
    if before.view != after.view and before.key != "cadence":
        first, second = (_VIEW_WORDS.get(view, view) for view in (before.view, after.view))
        text = _("filmed from different sides ({first}, then {second}): film the same side again")
        return text.format(first=first, second=second)
    if before.unit != after.unit:
        text = _("measured in {first} and in {second}: make both reports again with this version")
        return text.format(first=before.unit, second=after.unit)
    return None


def filmed_alike(before: ComparableValue, after: ComparableValue) -> bool:
    """Check that both have the same view, the same leg near the camera and the same engine.

    Parameters
    ----------
    before, after : ComparableValue

    Returns
    -------
    bool
    """
    setups = [(v.view, v.facing if v.side in ("left", "right") else "", v.engine) for v in (before, after)]
    return setups[0] == setups[1]


def smallest_detectable(key: str, value: float | None = None) -> float | None:
    """Look up the smallest difference of a metric that exceeds the variation between two days.

    Parameters
    ----------
    key : str
        Key of the metric.
    value : float, optional
        For metrics whose smallest difference is a share of their value.

    Returns
    -------
    float or None
        In the metric's unit; ``None`` where there is none.
    """
    from gait.findings.knowledge_loader import load_knowledge  # slow to import

    metric = load_knowledge().metrics.get(key.removesuffix(ASYMMETRY))
    if metric is not None and metric.smallest_detectable is not None:
        return metric.smallest_detectable
    if key in MIN_CHANGE_SHARE and value is not None:
        return MIN_CHANGE_SHARE[key] * value
    return MIN_CHANGE.get(key)


def shared_half_width(value: ComparableValue) -> float:
    """Compute the part of the interval's half width that one person, filmed the same way, has again.

    Parameters
    ----------
    value : ComparableValue

    Returns
    -------
    float
        In the metric's unit, 0 or more.
    """
    half = value.half_width or 0.0
    far = value.view == "side" and value.side in ("left", "right") and value.side != _near_side(value.facing)
    shared = 1.96 * _shared_sd(value.key, value.view, far, value.engine, value.capture_fps)
    return min(shared, math.sqrt(MAX_SHARED_VARIANCE) * half)


def _near_side(facing: str) -> str:
    return "right" if facing == "right" else "left"


@cache
def _shared_sd(key: str, view: View, far: bool, engine: str, capture_fps: float) -> float:
    """Spread of the method error between people at the rate of the poses; 0 where it is unknown."""
    from gait.metrics.method_error import method_error
    from gait.metrics.register import METRIC_BY_KEY
    from gait.pose.engines.model_file import default_network

    metric = METRIC_BY_KEY.get(key)
    if metric is None:
        return 0.0
    fps = capture_fps / max(int(capture_fps // MAX_POSES_PER_S), 1)
    # A report does not tell whether tape or the shoe was visible: take the smaller error, so that less drops out.
    network = default_network(engine)
    rows = [
        method_error(metric, view, far=far, network=network, fps=fps, pelvis_marked=visible, shoe_tracked=visible)
        for visible in (False, True)
    ]
    spreads = [row for row in rows if row is not None]
    share = SHARED_OTHER_VIEWS if view != "side" else SHARED_FAR_LEG if far else SHARED_NEAR_LEG
    return math.sqrt(share) * min(spreads) if spreads else 0.0
